#include "daemon/api.h"
#include "audit/limits.h"
#include "base/when.h"
#include "daemon/answer.h"
#include "daemon/routes.h"
#include <microhttpd.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CONNECTIONS_MAX = 128, /* the others wait in the socket's queue */
	IDLE_SECONDS = 30,     /* a connection on which nothing comes */
	/* For the headers and the buffer that a body passes through. A large one saves system
	 * calls, and is only touched as far as it is used. */
	CONNECTION_MEMORY_BYTES = 512 << 10,
	CONNECTION_STEP_BYTES = 128 << 10
};

struct api {
	struct service *service;
	struct MHD_Daemon *http;
	uid_t uid; /* the daemon's own user */
	atomic_bool refusing;
	atomic_bool watched;   /* the main loop wants to know of the next end */
	pthread_mutex_t mutex; /* guards what follows */
	pthread_cond_t ended;  /* a request ended */
	struct api_activity activity;
};

/* One request on its way, from its headers until the answer was sent. */
struct exchange {
	struct arena arena;
	struct buf body;
	const struct route *route; /* NULL: refused */
	const char *allow;         /* for 405 */
	unsigned refused_status;   /* where it is not that of the error's kind */
	struct err refusal;
	bool same_user, trusted;
	bool headers_seen;
};

static void exchange_free(struct exchange *exchange)
{
	arena_free(&exchange->arena);
	buf_free(&exchange->body);
	free(exchange);
}

static void begin_activity(struct api *api)
{
	pthread_mutex_lock(&api->mutex);
	api->activity.active++;
	pthread_mutex_unlock(&api->mutex);
}

static void end_activity(struct api *api)
{
	pthread_mutex_lock(&api->mutex);
	api->activity.served++;
	api->activity.active--;
	api->activity.ended_ms = when_monotonic_ms();
	pthread_cond_broadcast(&api->ended);
	pthread_mutex_unlock(&api->mutex);
	if (atomic_exchange(&api->watched, false))
		service_wake(api->service);
}

/* Called for each request that the handler was called for, also when the client went away. */
static void completed(void *owner, struct MHD_Connection *connection, void **at,
                      enum MHD_RequestTerminationCode code)
{
	struct api *api = owner;
	struct exchange *exchange = *at;

	(void)connection;
	(void)code;
	if (!exchange)
		return;
	exchange_free(exchange);
	*at = NULL;
	end_activity(api);
}

/* The first reason stands. `status` 0 is that of the kind. */
static void refuse(struct exchange *exchange, unsigned status, enum err_kind kind,
                   const char *format, ...) PRINTF_LIKE(4, 5);

static void refuse(struct exchange *exchange, unsigned status, enum err_kind kind,
                   const char *format, ...)
{
	char text[256];
	va_list args;

	if (exchange->refusal.kind != ERR_NONE)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	err_set(&exchange->refusal, kind, "%s", text);
	exchange->refused_status = status;
	exchange->route = NULL;
	buf_free(&exchange->body);
}

/* Who is at the other end, as the kernel says it. */
static void look_at_peer(struct api *api, struct MHD_Connection *connection,
                         struct exchange *exchange)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t size_bytes = sizeof peer;

	if (!info || getsockopt(info->connect_fd, SOL_SOCKET, SO_PEERCRED, &peer, &size_bytes) != 0)
		peer.uid = (uid_t)-1;
	exchange->same_user = peer.uid == api->uid;
	exchange->trusted = exchange->same_user || peer.uid == 0;
	if (exchange->trusted || api->service->place.system)
		return;
	refuse(exchange, MHD_HTTP_FORBIDDEN, ERR_USAGE, "this daemon serves another user");
}

static void look_at_route(struct exchange *exchange, const char *method, const char *path)
{
	const struct route *route = NULL;

	switch (routes_find(method, path, &route)) {
	case ROUTE_FOUND:
		exchange->route = route;
		break;
	case ROUTE_OTHER_METHOD:
		exchange->allow = strcmp(route->method, "GET") == 0 ? "GET, HEAD" : route->method;
		refuse(exchange, MHD_HTTP_METHOD_NOT_ALLOWED, ERR_USAGE, "%s is not for %.16s",
		       route->path, method);
		break;
	case ROUTE_NONE:
		refuse(exchange, MHD_HTTP_NOT_FOUND, ERR_USAGE, "there is no %.128s here", path);
		break;
	}
}

/* Room for the whole body at once where its length is told; false where it is too large to be read
 * at all, even for throwing it away. */
static bool look_at_length(struct MHD_Connection *connection, struct exchange *exchange)
{
	const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
	                                                 MHD_HTTP_HEADER_CONTENT_LENGTH);
	uint64_t n = 0;

	exchange->body = buf_make(REQUEST_MAX_BYTES);
	if (!length || !str_to_u64(str_of(length), &n))
		return true;
	if (n <= REQUEST_MAX_BYTES) {
		if (n > 0 && exchange->refusal.kind == ERR_NONE)
			buf_room(&exchange->body, (size_t)n);
		return true;
	}
	refuse(exchange, MHD_HTTP_CONTENT_TOO_LARGE, ERR_LIMIT,
	       "a request of %s bytes; at most %d are read", length, REQUEST_MAX_BYTES);
	return false;
}

static void take_body(struct exchange *exchange, struct str bytes)
{
	struct err err = { 0 };

	if (exchange->refusal.kind != ERR_NONE)
		return; /* it is read to its end, so that the client reads the refusal */
	buf_put(&exchange->body, bytes);
	if (!buf_done(&exchange->body, "the request", &err))
		refuse(exchange, MHD_HTTP_CONTENT_TOO_LARGE, err.kind, "%s", err.text);
}

static void run_handler(struct api *api, struct exchange *exchange, struct answer *answer)
{
	struct request request = {
		.body = buf_str(&exchange->body),
		.arena = &exchange->arena,
		.same_user = exchange->same_user,
		.trusted = exchange->trusted,
	};
	struct err err = { 0 };

	answer->http_status = MHD_HTTP_OK;
	if (!exchange->route) {
		answer_error(answer, exchange->refusal.kind, exchange->refusal.text);
		if (exchange->refused_status != 0)
			answer->http_status = exchange->refused_status;
		return;
	}
	if (!exchange->route->handle(api->service, &request, answer, &err))
		answer_error(answer, err.kind, err.text);
}

static void add_number(struct MHD_Response *response, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "%lld", (long long)value);
	MHD_add_response_header(response, name, text);
}

/* Hands the body of the answer to the library without a copy; it frees it. */
static enum MHD_Result send_answer(struct MHD_Connection *connection,
                                   const struct exchange *exchange, struct answer *answer,
                                   int64_t micros)
{
	static char nothing[1];
	bool empty = answer->body.n == 0;
	struct MHD_Response *response = MHD_create_response_from_buffer(
		answer->body.n, empty ? nothing : answer->body.p,
		empty ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_FREE);

	if (!response) {
		buf_free(&answer->body);
		return MHD_NO;
	}
	if (empty)
		buf_free(&answer->body);
	answer->body = (struct buf){ 0 };
	if (answer->content_type)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
		                        answer->content_type);
	if (exchange->allow)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, exchange->allow);
	MHD_add_response_header(response, "Rtaudit-Version", RTAUDIT_VERSION);
	add_number(response, "Rtaudit-Exit", answer->exit_status);
	add_number(response, "Rtaudit-Micros", micros);
	enum MHD_Result result = MHD_queue_response(connection, answer->http_status, response);

	MHD_destroy_response(response); /* the connection holds its own reference */
	return result;
}

static enum MHD_Result reply(struct api *api, struct MHD_Connection *connection,
                             struct exchange *exchange)
{
	int64_t begin_us = when_monotonic_us();
	struct answer answer = { 0 };

	run_handler(api, exchange, &answer);
	return send_answer(connection, exchange, &answer, when_monotonic_us() - begin_us);
}

/* The headers are there: what can be said of the request before its body. */
static enum MHD_Result begin_request(struct api *api, struct MHD_Connection *connection,
                                     const char *method, const char *path, void **at)
{
	struct exchange *exchange = calloc(1, sizeof *exchange);

	if (!exchange)
		abort();
	*at = exchange;
	begin_activity(api);
	if (atomic_load(&api->refusing))
		refuse(exchange, 0, ERR_STOPPED, "the daemon is ending");
	look_at_peer(api, connection, exchange);
	if (exchange->refusal.kind == ERR_NONE)
		look_at_route(exchange, method, path);
	if (!look_at_length(connection, exchange))
		return reply(api, connection, exchange);
	return MHD_YES;
}

static enum MHD_Result handle(void *owner, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_bytes, void **at)
{
	struct api *api = owner;
	struct exchange *exchange = *at;

	(void)version;
	if (!exchange)
		return begin_request(api, connection, method, path, at);
	if (*upload_bytes > 0) {
		take_body(exchange, (struct str){ upload, *upload_bytes });
		*upload_bytes = 0;
		return MHD_YES;
	}
	return reply(api, connection, exchange);
}

bool api_open(struct api **out, struct service *service, int socket, struct err *err)
{
	struct api *api = calloc(1, sizeof *api);

	if (!api || pthread_mutex_init(&api->mutex, NULL) != 0 ||
	    pthread_cond_init(&api->ended, NULL) != 0)
		abort();
	api->service = service;
	api->uid = geteuid();
	api->activity.ended_ms = when_monotonic_ms();
	*out = api; /* before the first request can come: its handler looks at it */
	api->http = MHD_start_daemon(
		MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
			MHD_USE_ITC,
		0, NULL, NULL, handle, api, MHD_OPTION_LISTEN_SOCKET, socket,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY_BYTES,
		MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)CONNECTION_STEP_BYTES,
		MHD_OPTION_NOTIFY_COMPLETED, completed, api, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
		MHD_OPTION_END);
	if (!api->http) {
		pthread_cond_destroy(&api->ended);
		pthread_mutex_destroy(&api->mutex);
		free(api);
		*out = NULL;
		return err_set(err, ERR_IO, "the HTTP server does not start: %m");
	}
	return true;
}

void api_refuse(struct api *api)
{
	/* The socket stays ours: MHD_ITC wakes its thread, which looks at it no more. */
	if (!atomic_exchange(&api->refusing, true))
		MHD_quiesce_daemon(api->http);
}

/* Whether all requests ended within wait_ms. */
static bool wait_for_requests(struct api *api, int64_t wait_ms)
{
	int64_t end_ms = when_monotonic_ms() + wait_ms;
	struct timespec end = { end_ms / 1000, end_ms % 1000 * 1000000 };
	int got = 0;

	pthread_mutex_lock(&api->mutex);
	while (api->activity.active > 0 && got == 0)
		got = pthread_cond_clockwait(&api->ended, &api->mutex, CLOCK_MONOTONIC, &end);
	bool ended = api->activity.active == 0;

	pthread_mutex_unlock(&api->mutex);
	return ended;
}

bool api_close(struct api **at, int64_t wait_ms)
{
	struct api *api = *at;

	if (!api)
		return true;
	api_refuse(api);
	if (!wait_for_requests(api, wait_ms))
		return false;
	MHD_stop_daemon(api->http);
	pthread_cond_destroy(&api->ended);
	pthread_mutex_destroy(&api->mutex);
	free(api);
	*at = NULL;
	return true;
}

struct api_activity api_activity(struct api *api)
{
	pthread_mutex_lock(&api->mutex);
	struct api_activity activity = api->activity;

	pthread_mutex_unlock(&api->mutex);
	return activity;
}

void api_watch(struct api *api)
{
	atomic_store(&api->watched, true);
}
