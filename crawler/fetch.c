#include "crawler/fetch.h"
#include "base/when.h"
#include "crawler/fetch_transfer.h"
#include "crawler/thread.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

struct fetch {
	struct fetch_settings settings;
	CURLM *multi;
	pthread_t thread;
	pthread_mutex_t lock;
	struct transfer_queue incoming; /* under lock */
	bool closing;                   /* under lock; stays true once the thread is joined */
	/* The fetch thread's own: */
	struct transfer_queue ready, delayed;
	struct fetch_host *hosts;
	struct transfer *active[FETCH_ACTIVE_MAX];
	size_t active_n;
	CURL *idle[FETCH_ACTIVE_MAX]; /* handles to use again */
	size_t idle_n;
	size_t held_bytes; /* of the bodies of all active transfers */
};

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void start_curl(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		abort();
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

static void begin(struct fetch *fetch, struct transfer *transfer)
{
	transfer->easy = fetch->idle_n > 0 ? fetch->idle[--fetch->idle_n] : curl_easy_init();
	if (!transfer->easy)
		abort();
	transfer_prepare(transfer, &fetch->settings, &fetch->held_bytes);
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
	fetch->held_bytes -= transfer->body.n;
	curl_multi_remove_handle(fetch->multi, transfer->easy);
	curl_easy_reset(transfer->easy);
	fetch->idle[fetch->idle_n++] = transfer->easy;
	transfer->easy = NULL;
}

/* Begins what may begin. What waits for a host at rest fails at once, or, where the rest is short,
 * later. */
static void begin_ready(struct fetch *fetch)
{
	int64_t now_ms = when_monotonic_ms();
	struct transfer_queue still = { 0 };
	struct transfer *transfer;

	while ((transfer = transfer_queue_take(&fetch->delayed)) != NULL)
		transfer_queue_put(transfer->not_before_ms <= now_ms ? &fetch->ready : &still,
		                   transfer);
	fetch->delayed = still;
	while (fetch->active_n < FETCH_ACTIVE_MAX &&
	       (transfer = transfer_queue_take(&fetch->ready)) != NULL) {
		struct fetch_host *host = fetch_host_find(&fetch->hosts, &transfer->origin);
		int64_t rest_ms = host->rest_until_ms - now_ms;
		if (rest_ms <= 0) {
			begin(fetch, transfer);
		} else if (host->is_down ||
		           rest_ms > fetch_or_default(fetch->settings.patience_ms, 5000)) {
			fail(transfer, ERR_NETWORK, host->why);
		} else {
			transfer->not_before_ms = host->rest_until_ms;
			transfer_queue_put(&fetch->delayed, transfer);
		}
	}
}

static bool may_retry(const struct fetch *fetch, const struct transfer *transfer)
{
	return (long)transfer->retries + 1 < fetch_or_default(fetch->settings.tries, FETCH_TRIES);
}

static void retry(struct fetch *fetch, struct transfer *transfer, int64_t delay_ms)
{
	transfer->retries++;
	transfer->not_before_ms = when_monotonic_ms() + delay_ms;
	transfer_queue_put(&fetch->delayed, transfer);
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
		if (transfer->body.full)
			snprintf(text, sizeof text, "the answer is larger than %zu bytes",
			         transfer->max_bytes);
		else
			snprintf(text, sizeof text, "all answers together are larger than %d bytes",
			         FETCH_HELD_MAX_BYTES);
		fail(transfer, ERR_LIMIT, text);
		return;
	}
	if (is_lost_connection(code) && may_retry(fetch, transfer)) {
		retry(fetch, transfer, 100 << transfer->retries);
		return;
	}
	if (is_unreachable(code)) {
		struct fetch_host *host = fetch_host_find(&fetch->hosts, &transfer->origin);
		host->rest_until_ms =
			when_monotonic_ms() + fetch_or_default(fetch->settings.rest_ms, 30000);
		host->is_down = true;
		snprintf(host->why, sizeof host->why, "%.159s", why);
	}
	fail(transfer, ERR_NETWORK, why);
}

/* 429 and 503: the host rests for as long as it asks. True where the transfer waits for the end of
 * it. */
static bool rest(struct fetch *fetch, struct transfer *transfer, long status, curl_off_t after_s)
{
	struct fetch_host *host = fetch_host_find(&fetch->hosts, &transfer->origin);
	int64_t patience_ms = fetch_or_default(fetch->settings.patience_ms, 5000);
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
	if (delay_ms > patience_ms || !may_retry(fetch, transfer))
		return false;
	retry(fetch, transfer, delay_ms);
	return true;
}

/* Follows a redirect where the rules allow it. False with the reason in *why. */
static bool redirect(struct fetch *fetch, struct transfer *transfer, const char *to,
                     const char **why)
{
	struct fetch_origin origin;
	struct err err = { 0 };

	*why = "redirects to an address that may not be asked";
	if (!to || !fetch_origin_of(to, &origin, &err))
		return false;
	bool is_same = strcmp(origin.text, transfer->origin.text) == 0;
	if (!is_same &&
	    (transfer->follow != FETCH_TO_HTTPS || !transfer->origin.is_https || !origin.is_https))
		return false;
	if (transfer->redirects++ >= FETCH_REDIRECTS_MAX) {
		*why = "redirects too often";
		return false;
	}
	if (!is_same)
		transfer->token = NULL;
	transfer->url = arena_cstr(&transfer->arena, str_of(to));
	transfer->origin = origin;
	transfer_queue_put(&fetch->ready, transfer);
	return true;
}

static bool is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* A server answered. */
static void finish_answered(struct fetch *fetch, struct transfer *transfer,
                            struct fetch_answer *answer, const char *to, curl_off_t after_s)
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
	    transfer->retries == 0 && may_retry(fetch, transfer)) {
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
	answer.etag = transfer_header(transfer, "ETag");
	answer.last_modified = transfer_header(transfer, "Last-Modified");
	end(fetch, transfer);
	if (code != CURLE_OK && transfer->dropped_bytes <= TRANSFER_ERROR_PAGE_MAX_BYTES)
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
	while ((transfer = transfer_queue_take(&fetch->incoming)) != NULL)
		transfer_queue_put(&fetch->ready, transfer);
	bool closing = fetch->closing;
	pthread_mutex_unlock(&fetch->lock);
	return !closing;
}

static void stop_all(struct transfer_queue *queue)
{
	struct transfer *transfer;

	while ((transfer = transfer_queue_take(queue)) != NULL)
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
		transfer_queue_put(&fetch->ready, transfer);
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
	                  fetch_or_default(settings->connections_per_host, 2));
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
	if (ok && !transfer->origin.is_https && !transfer->origin.is_loopback &&
	    !transfer->plain_http)
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
		transfer_queue_put(&fetch->incoming, transfer);
	pthread_mutex_unlock(&fetch->lock);
	if (!ok) {
		transfer_free(transfer);
		return false;
	}
	curl_multi_wakeup(fetch->multi);
	return true;
}
