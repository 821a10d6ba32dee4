#include "crawler/fetch.h"
#include "base/when.h"
#include "crawler/fetch_host.h"
#include "crawler/thread.h"
#include <curl/curl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* An error page is not read to its end where it is longer. */
enum { ERROR_PAGE_MAX_BYTES = 256 << 10 };

struct transfer {
	struct transfer *next;
	struct arena arena; /* the texts of the request */
	const char *url;
	const char *etag, *last_modified, *token; /* NULL: none */
	size_t max_bytes;
	bool as_is, plain_http;
	enum fetch_redirects follow;
	void (*done)(void *owner, struct fetch_answer *answer);
	void *owner;
	struct fetch_origin origin;
	CURL *easy;
	struct curl_slist *headers;
	struct buf body;
	bool started_body, too_large;
	size_t dropped_bytes; /* of an error page */
	unsigned redirects, retries;
	int64_t not_before_ms;
	char error[CURL_ERROR_SIZE];
};

struct queue {
	struct transfer *first, *last;
};

struct fetch {
	struct fetch_settings settings;
	CURLM *multi;
	pthread_t thread;
	pthread_mutex_t lock;
	struct queue incoming; /* under lock */
	bool closing;          /* under lock; stays true once the thread is joined */
	/* The fetch thread's own: */
	struct queue ready, delayed;
	struct fetch_host *hosts;
	struct transfer *active[FETCH_ACTIVE_MAX];
	size_t active_n;
	CURL *idle[FETCH_ACTIVE_MAX]; /* handles to use again */
	size_t idle_n;
};

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void start_curl(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		abort();
}

static void queue_put(struct queue *queue, struct transfer *transfer)
{
	transfer->next = NULL;
	if (queue->last)
		queue->last->next = transfer;
	else
		queue->first = transfer;
	queue->last = transfer;
}

static struct transfer *queue_take(struct queue *queue)
{
	struct transfer *transfer = queue->first;

	if (transfer) {
		queue->first = transfer->next;
		if (!queue->first)
			queue->last = NULL;
	}
	return transfer;
}

static void transfer_free(struct transfer *transfer)
{
	curl_slist_free_all(transfer->headers);
	buf_free(&transfer->body);
	arena_free(&transfer->arena);
	free(transfer);
}

/* The last act of a transfer. */
static void tell(struct transfer *transfer, struct fetch_answer *answer)
{
	transfer->done(transfer->owner, answer);
	buf_free(&answer->body);
	transfer_free(transfer);
}

static void fail(struct transfer *transfer, enum err_kind kind, const char *why)
{
	struct fetch_answer answer = { 0 };

	err_set(&answer.err, kind, "%s: %s", transfer->origin.text, why);
	tell(transfer, &answer);
}

static bool is_success(CURL *easy)
{
	long status = 0;

	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	return status >= 200 && status < 300;
}

/* libcurl's write callback: keeps the body of a success, and drops that of anything else. */
static size_t take_body(char *bytes, size_t size, size_t n, void *owner)
{
	struct transfer *transfer = owner;

	if (!is_success(transfer->easy)) {
		transfer->dropped_bytes += size * n;
		return transfer->dropped_bytes > ERROR_PAGE_MAX_BYTES ? 0 : size * n;
	}
	if (!transfer->started_body) {
		curl_off_t length = -1;
		transfer->started_body = true;
		curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
		if (length > 0 && (size_t)length <= transfer->max_bytes)
			IGNORE(!buf_room(&transfer->body, (size_t)length)); /* a failure shows below */
	}
	buf_put(&transfer->body, (struct str){ bytes, size * n });
	transfer->too_large = transfer->body.full;
	return transfer->too_large ? 0 : size * n;
}

static void add_header(struct transfer *transfer, const char *name, const char *value)
{
	if (!value)
		return;
	struct curl_slist *longer = curl_slist_append(
		transfer->headers, arena_printf(&transfer->arena, "%s: %s", name, value).p);
	if (!longer)
		abort();
	transfer->headers = longer;
}

static long or_default(unsigned value, long otherwise)
{
	return value > 0 ? (long)value : otherwise;
}

static const char *first_set(const char *a, const char *b)
{
	return a && *a ? a : b;
}

/* Where the certificates of authorities are: for cargo, else for the curl command, else for OpenSSL. libcurl
 * itself reads none of these. */
static void set_authorities(CURL *easy, const char *configured)
{
	const char *folder = getenv("SSL_CERT_DIR");
	const char *file = first_set(getenv("CARGO_HTTP_CAINFO"), configured);

	file = first_set(file, first_set(getenv("CURL_CA_BUNDLE"), getenv("SSL_CERT_FILE")));
	if (file && *file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, file);
	if (folder && *folder)
		curl_easy_setopt(easy, CURLOPT_CAPATH, folder);
}

static void set_options(const struct fetch *fetch, struct transfer *transfer)
{
	const struct fetch_settings *settings = &fetch->settings;
	CURL *easy = transfer->easy;
	long stall_ms = or_default(settings->stall_timeout_ms, 20000);

	curl_easy_setopt(easy, CURLOPT_URL, transfer->url);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L); /* see redirect() */
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
	if (!transfer->as_is)
		curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "rtaudit/" RTAUDIT_VERSION);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, or_default(settings->connect_timeout_ms, 10000));
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 64L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, stall_ms < 1000 ? 1 : stall_ms / 1000);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, or_default(settings->total_timeout_ms, 120000));
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	set_authorities(easy, settings->authorities);
	add_header(transfer, "If-None-Match", transfer->etag);
	add_header(transfer, "If-Modified-Since", transfer->last_modified);
	add_header(transfer, "Authorization", transfer->token);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
}

static void begin(struct fetch *fetch, struct transfer *transfer)
{
	transfer->easy = fetch->idle_n > 0 ? fetch->idle[--fetch->idle_n] : curl_easy_init();
	if (!transfer->easy)
		abort();
	curl_slist_free_all(transfer->headers);
	transfer->headers = NULL;
	buf_free(&transfer->body);
	transfer->body = buf_make(transfer->max_bytes);
	transfer->started_body = transfer->too_large = false;
	transfer->dropped_bytes = 0;
	transfer->error[0] = '\0';
	set_options(fetch, transfer);
	if (curl_multi_add_handle(fetch->multi, transfer->easy) != CURLM_OK)
		abort();
	fetch->active[fetch->active_n++] = transfer;
}

/* Takes a transfer out of the multi handle and keeps its easy handle for the next. */
static void end(struct fetch *fetch, struct transfer *transfer)
{
	size_t i = 0;

	while (fetch->active[i] != transfer)
		i++;
	fetch->active[i] = fetch->active[--fetch->active_n];
	curl_multi_remove_handle(fetch->multi, transfer->easy);
	curl_easy_reset(transfer->easy);
	fetch->idle[fetch->idle_n++] = transfer->easy;
	transfer->easy = NULL;
}

/* Begins what may begin. What waits for a host at rest fails at once, or, where the rest is short, later. */
static void begin_ready(struct fetch *fetch)
{
	int64_t now_ms = when_monotonic_ms();
	struct queue still = { 0 };
	struct transfer *transfer;

	while ((transfer = queue_take(&fetch->delayed)) != NULL)
		queue_put(transfer->not_before_ms <= now_ms ? &fetch->ready : &still, transfer);
	fetch->delayed = still;
	while (fetch->active_n < FETCH_ACTIVE_MAX && (transfer = queue_take(&fetch->ready)) != NULL) {
		struct fetch_host *host = fetch_host_find(&fetch->hosts, &transfer->origin);
		int64_t rest_ms = host->rest_until_ms - now_ms;
		if (rest_ms <= 0) {
			begin(fetch, transfer);
		} else if (host->is_down || rest_ms > or_default(fetch->settings.patience_ms, 5000)) {
			fail(transfer, ERR_NETWORK, host->why);
		} else {
			transfer->not_before_ms = host->rest_until_ms;
			queue_put(&fetch->delayed, transfer);
		}
	}
}

static void retry(struct fetch *fetch, struct transfer *transfer, int64_t delay_ms)
{
	transfer->retries++;
	transfer->not_before_ms = when_monotonic_ms() + delay_ms;
	queue_put(&fetch->delayed, transfer);
}

static bool is_lost_connection(CURLcode code)
{
	return code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING ||
	       code == CURLE_PARTIAL_FILE || code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM;
}

static bool is_unreachable(CURLcode code)
{
	return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
	       code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_SSL_CONNECT_ERROR ||
	       code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_PROXY;
}

/* No answer came. */
static void finish_failed(struct fetch *fetch, struct transfer *transfer, CURLcode code)
{
	const char *why = transfer->error[0] ? transfer->error : curl_easy_strerror(code);

	if (transfer->too_large) {
		char text[80];
		snprintf(text, sizeof text, "the answer is larger than %zu bytes", transfer->max_bytes);
		fail(transfer, ERR_LIMIT, text);
		return;
	}
	if (is_lost_connection(code) && transfer->retries < FETCH_RETRIES_MAX) {
		retry(fetch, transfer, 100 << transfer->retries);
		return;
	}
	if (is_unreachable(code)) {
		struct fetch_host *host = fetch_host_find(&fetch->hosts, &transfer->origin);
		host->rest_until_ms = when_monotonic_ms() + or_default(fetch->settings.rest_ms, 30000);
		host->is_down = true;
		snprintf(host->why, sizeof host->why, "%.159s", why);
	}
	fail(transfer, ERR_NETWORK, why);
}

/* 429 and 503: the host rests for as long as it asks. True where the transfer waits for the end of it. */
static bool rest(struct fetch *fetch, struct transfer *transfer, long status, curl_off_t after_s)
{
	struct fetch_host *host = fetch_host_find(&fetch->hosts, &transfer->origin);
	int64_t patience_ms = or_default(fetch->settings.patience_ms, 5000);
	int64_t asked_ms = after_s > 86400 ? 86400000 : (int64_t)after_s * 1000;
	int64_t delay_ms = asked_ms > 0 ? asked_ms : (int64_t)200 << transfer->retries;
	int64_t until_ms = when_monotonic_ms() + delay_ms;

	if (asked_ms > 0 && host->rest_until_ms < until_ms) {
		host->rest_until_ms = until_ms;
		host->is_down = false;
		snprintf(host->why, sizeof host->why,
			 "answered %ld and asked to be left alone for %ld seconds", status,
			 (long)(asked_ms / 1000));
	}
	if (delay_ms > patience_ms || transfer->retries >= FETCH_RETRIES_MAX)
		return false;
	retry(fetch, transfer, delay_ms);
	return true;
}

/* Follows a redirect where the rules allow it. False with the reason in *why. */
static bool redirect(struct fetch *fetch, struct transfer *transfer, const char *to, const char **why)
{
	struct fetch_origin origin;
	struct err err = { 0 };

	*why = "redirects to an address that may not be asked";
	if (!to || !fetch_origin_of(to, &origin, &err))
		return false;
	bool is_same = strcmp(origin.text, transfer->origin.text) == 0;
	if (!is_same && (transfer->follow != FETCH_TO_HTTPS || !transfer->origin.is_https ||
			 !origin.is_https))
		return false;
	if (transfer->redirects++ >= FETCH_REDIRECTS_MAX) {
		*why = "redirects too often";
		return false;
	}
	if (!is_same)
		transfer->token = NULL;
	transfer->url = arena_cstr(&transfer->arena, str_of(to));
	transfer->origin = origin;
	queue_put(&fetch->ready, transfer);
	return true;
}

static struct str header(CURL *easy, struct arena *arena, const char *name)
{
	struct curl_header *found = NULL;

	if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK)
		return (struct str){ 0 };
	struct str value = str_of(found->value);
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] < 0x20 || value.p[i] == 0x7f)
			return (struct str){ 0 };
	return value.n > FETCH_VALIDATOR_MAX_BYTES ? (struct str){ 0 } : arena_str(arena, value);
}

static bool is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* A server answered. */
static void finish_answered(struct fetch *fetch, struct transfer *transfer, struct fetch_answer *answer,
			    const char *to, curl_off_t after_s)
{
	const char *why;

	if (is_redirect(answer->status)) {
		if (!redirect(fetch, transfer, to, &why))
			fail(transfer, ERR_NETWORK, why);
		return;
	}
	if ((answer->status == 429 || answer->status == 503) &&
	    rest(fetch, transfer, answer->status, after_s))
		return;
	if ((answer->status == 500 || answer->status == 502 || answer->status == 504) &&
	    transfer->retries == 0) {
		retry(fetch, transfer, 100);
		return;
	}
	answer->body = transfer->body;
	transfer->body = (struct buf){ 0 };
	tell(transfer, answer);
}

static void finish(struct fetch *fetch, struct transfer *transfer, CURLcode code)
{
	struct fetch_answer answer = { 0 };
	char *found = NULL;
	const char *to = NULL;
	curl_off_t after_s = 0;

	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &answer.status);
	curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &after_s);
	curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_URL, &found);
	if (found)
		to = arena_cstr(&transfer->arena, str_of(found));
	answer.etag = header(transfer->easy, &transfer->arena, "ETag");
	answer.last_modified = header(transfer->easy, &transfer->arena, "Last-Modified");
	end(fetch, transfer);
	if (code != CURLE_OK && transfer->dropped_bytes <= ERROR_PAGE_MAX_BYTES)
		finish_failed(fetch, transfer, code);
	else
		finish_answered(fetch, transfer, &answer, to, after_s);
}

static void finish_done(struct fetch *fetch)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(fetch->multi, &left)) != NULL) {
		char *transfer = NULL;
		CURLcode code = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
		finish(fetch, (struct transfer *)(void *)transfer, code);
	}
}

/* How long the poll may last: until a delayed transfer is due, else for ever. */
static int poll_ms(const struct fetch *fetch)
{
	int64_t now_ms = when_monotonic_ms(), wait_ms = INT_MAX;

	if (fetch->ready.first && fetch->active_n < FETCH_ACTIVE_MAX)
		return 0;
	for (const struct transfer *at = fetch->delayed.first; at; at = at->next)
		if (at->not_before_ms - now_ms < wait_ms)
			wait_ms = at->not_before_ms < now_ms ? 0 : at->not_before_ms - now_ms;
	return (int)wait_ms;
}

/* At rest the handles go: each holds buffers. */
static void free_idle(struct fetch *fetch)
{
	if (fetch->active_n > 0 || fetch->ready.first || fetch->delayed.first)
		return;
	while (fetch->idle_n > 0)
		curl_easy_cleanup(fetch->idle[--fetch->idle_n]);
}

static bool take_incoming(struct fetch *fetch)
{
	struct transfer *transfer;

	pthread_mutex_lock(&fetch->lock);
	while ((transfer = queue_take(&fetch->incoming)) != NULL)
		queue_put(&fetch->ready, transfer);
	bool closing = fetch->closing;
	pthread_mutex_unlock(&fetch->lock);
	return !closing;
}

static void stop_all(struct queue *queue)
{
	struct transfer *transfer;

	while ((transfer = queue_take(queue)) != NULL)
		fail(transfer, ERR_STOPPED, "stopped");
}

static void *run(void *owner)
{
	struct fetch *fetch = owner;
	int running;

	while (take_incoming(fetch)) {
		begin_ready(fetch);
		if (curl_multi_perform(fetch->multi, &running) != CURLM_OK)
			abort();
		finish_done(fetch);
		free_idle(fetch);
		if (curl_multi_poll(fetch->multi, NULL, 0, poll_ms(fetch), NULL) != CURLM_OK)
			abort();
	}
	while (fetch->active_n > 0) {
		struct transfer *transfer = fetch->active[0];
		end(fetch, transfer);
		queue_put(&fetch->ready, transfer);
	}
	stop_all(&fetch->ready);
	stop_all(&fetch->delayed);
	return NULL;
}

static void free_all(struct fetch *fetch)
{
	while (fetch->idle_n > 0)
		curl_easy_cleanup(fetch->idle[--fetch->idle_n]);
	curl_multi_cleanup(fetch->multi);
	fetch_host_free(&fetch->hosts);
	pthread_mutex_destroy(&fetch->lock);
	free(fetch);
}

bool fetch_open(struct fetch **out, const struct fetch_settings *settings, struct err *err)
{
	struct fetch *fetch = calloc(1, sizeof *fetch);

	if (!fetch)
		abort();
	pthread_once(&curl_once, start_curl);
	fetch->settings = *settings;
	fetch->multi = curl_multi_init();
	if (!fetch->multi)
		abort();
	curl_multi_setopt(fetch->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
			  or_default(settings->connections_per_host, 2));
	curl_multi_setopt(fetch->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
	pthread_mutex_init(&fetch->lock, NULL);
	if (!thread_start(&fetch->thread, "fetch", run, fetch, err)) {
		free_all(fetch);
		return false;
	}
	*out = fetch;
	return true;
}

void fetch_stop(struct fetch *fetch)
{
	if (!fetch)
		return;
	pthread_mutex_lock(&fetch->lock);
	bool was_closing = fetch->closing;
	fetch->closing = true;
	pthread_mutex_unlock(&fetch->lock);
	if (was_closing)
		return;
	curl_multi_wakeup(fetch->multi);
	pthread_join(fetch->thread, NULL);
}

void fetch_close(struct fetch **fetch)
{
	if (!*fetch)
		return;
	fetch_stop(*fetch);
	free_all(*fetch);
	*fetch = NULL;
}

static const char *text_or_null(struct arena *arena, struct str text)
{
	return text.n > 0 ? arena_cstr(arena, text) : NULL;
}

/* A header's value must not end its line. */
static bool is_one_line(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\r' || text.p[i] == '\n' || text.p[i] == '\0')
			return false;
	return true;
}

bool fetch_start(struct fetch *fetch, const struct fetch_request *request, struct err *err)
{
	struct transfer *transfer = calloc(1, sizeof *transfer);

	if (!transfer)
		abort();
	struct arena *arena = &transfer->arena;
	transfer->url = arena_cstr(arena, request->url);
	transfer->etag = text_or_null(arena, request->etag);
	transfer->last_modified = text_or_null(arena, request->last_modified);
	transfer->token = text_or_null(arena, request->token);
	transfer->max_bytes = request->max_bytes;
	transfer->as_is = request->as_is;
	transfer->plain_http = request->plain_http;
	transfer->follow = request->redirects;
	transfer->done = request->done;
	transfer->owner = request->owner;
	bool ok = fetch_origin_of(transfer->url, &transfer->origin, err);
	if (ok && !transfer->origin.is_https && !transfer->origin.is_loopback && !transfer->plain_http)
		ok = err_set(err, ERR_INPUT, "%s is not encrypted, and no configuration names it",
			     transfer->origin.text);
	if (ok && (!is_one_line(request->etag) || !is_one_line(request->last_modified) ||
		   !is_one_line(request->token)))
		ok = err_set(err, ERR_INPUT, "a header's value for %s holds a line end",
			     transfer->origin.text);
	pthread_mutex_lock(&fetch->lock);
	if (ok && fetch->closing)
		ok = err_set(err, ERR_STOPPED, "%s: stopped", transfer->origin.text);
	if (ok)
		queue_put(&fetch->incoming, transfer);
	pthread_mutex_unlock(&fetch->lock);
	if (!ok) {
		transfer_free(transfer);
		return false;
	}
	curl_multi_wakeup(fetch->multi);
	return true;
}
