#include "crawler/fetch.h"
#include "crawler/fetch_host.h"
#include "tests/unit/local_server.h"
#include "tests/unit/packing.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* What came of one request, waited for. */
struct waiting {
	pthread_mutex_t lock;
	pthread_cond_t came;
	bool done;
	struct arena arena;
	struct err err;
	long status;
	struct str body, etag;
};

static void on_answer(void *owner, struct fetch_answer *answer)
{
	struct waiting *waiting = owner;

	pthread_mutex_lock(&waiting->lock);
	waiting->err = answer->err;
	waiting->status = answer->status;
	waiting->body = arena_str(&waiting->arena, buf_str(&answer->body));
	waiting->etag = arena_str(&waiting->arena, answer->etag);
	waiting->done = true;
	pthread_cond_signal(&waiting->came);
	pthread_mutex_unlock(&waiting->lock);
}

static struct waiting *get(struct fetch *fetch, const char *url, const struct fetch_request *more)
{
	struct waiting *waiting = calloc(1, sizeof *waiting);
	struct fetch_request request = more ? *more : (struct fetch_request){ 0 };
	struct err err = { 0 };

	assert_non_null(waiting);
	pthread_mutex_init(&waiting->lock, NULL);
	pthread_cond_init(&waiting->came, NULL);
	request.url = str_of(url);
	if (request.max_bytes == 0)
		request.max_bytes = 1 << 20;
	request.done = on_answer;
	request.owner = waiting;
	if (!fetch_start(fetch, &request, &err)) {
		waiting->err = err;
		return waiting;
	}
	pthread_mutex_lock(&waiting->lock);
	while (!waiting->done)
		pthread_cond_wait(&waiting->came, &waiting->lock);
	pthread_mutex_unlock(&waiting->lock);
	return waiting;
}

static void waiting_free(struct waiting **waiting)
{
	if (!*waiting)
		return;
	arena_free(&(*waiting)->arena);
	pthread_mutex_destroy(&(*waiting)->lock);
	pthread_cond_destroy(&(*waiting)->came);
	free(*waiting);
	*waiting = NULL;
}

static struct fetch *open_fetch(void)
{
	struct fetch_settings settings = { .connect_timeout_ms = 2000,
		                           .stall_timeout_ms = 1000,
		                           .total_timeout_ms = 10000,
		                           .patience_ms = 1500 };
	struct fetch *fetch = NULL;
	struct err err = { 0 };

	if (!fetch_open(&fetch, &settings, &err))
		fail_msg("%s", err.text);
	return fetch;
}

static char *url_of(struct arena *arena, const struct local_server *server, const char *path)
{
	return arena_cstr(arena, arena_printf(arena, "%s%s", local_server_url(server), path));
}

#define BODY STR("hello, this is a body")
static const struct local_answer ANSWERS[] = {
	{ .path = "/whole", .status = 200, .body = BODY, .etag = "\"v1\"" },
	{ .path = "/half", .status = 200, .body = BODY, .how = LOCAL_HALF },
	{ .path = "/drop", .status = 200, .how = LOCAL_DROP },
	{ .path = "/drop-once", .status = 200, .how = LOCAL_DROP, .times = 1 },
	{ .path = "/drop-once", .status = 200, .body = BODY },
	{ .path = "/stall", .status = 200, .body = BODY, .how = LOCAL_STALL },
	{ .path = "/endless", .status = 200, .body = BODY, .how = LOCAL_ENDLESS },
	{ .path = "/endless-error", .status = 404, .body = BODY, .how = LOCAL_ENDLESS },
	{ .path = "/error", .status = 500, .body = BODY },
	{ .path = "/error-once", .status = 500, .body = BODY, .times = 1 },
	{ .path = "/error-once", .status = 200, .body = BODY },
	{ .path = "/busy", .status = 503, .headers = "Retry-After: 0\r\n", .times = 2 },
	{ .path = "/busy", .status = 200, .body = BODY },
	{ .path = "/moved", .status = 301, .headers = "Location: /whole\r\n" },
	{ .path = "/loop", .status = 302, .headers = "Location: /loop\r\n" },
	{ .path = "/file", .status = 302, .headers = "Location: file:///etc/passwd\r\n" },
	{ .path = "/ftp", .status = 302, .headers = "Location: ftp://127.0.0.1/x\r\n" },
	{ .path = "/other", .status = 302, .headers = "Location: http://localhost:1/x\r\n" },
	{ .path = "/nowhere", .status = 302 },
	{ .path = "/gone", .status = 410, .body = BODY },
};

static const struct {
	const char *path;
	enum err_kind kind;
	long status;
	const char *text; /* what the sentence holds, or the body is */
	unsigned hits;
} cases[] = {
	{ "/whole", ERR_NONE, 200, "hello, this is a body", 1 },
	{ "/half", ERR_NETWORK, 0, "bytes remaining", 3 },
	{ "/drop", ERR_NETWORK, 0, "Empty reply", 3 },
	{ "/drop-once", ERR_NONE, 200, "hello, this is a body", 2 },
	{ "/stall", ERR_NETWORK, 0, "too slow", 1 },
	{ "/endless", ERR_LIMIT, 0, "larger than 1048576 bytes", 1 },
	{ "/endless-error", ERR_NONE, 404, "", 1 },
	{ "/error", ERR_NONE, 500, "", 2 },
	{ "/error-once", ERR_NONE, 200, "hello, this is a body", 2 },
	{ "/busy", ERR_NONE, 200, "hello, this is a body", 3 },
	{ "/moved", ERR_NONE, 200, "hello, this is a body", 1 },
	{ "/loop", ERR_NETWORK, 0, "redirects too often", 4 },
	{ "/file", ERR_NETWORK, 0, "may not be asked", 1 },
	{ "/ftp", ERR_NETWORK, 0, "may not be asked", 1 },
	{ "/other", ERR_NETWORK, 0, "may not be asked", 1 },
	{ "/nowhere", ERR_NETWORK, 0, "may not be asked", 1 },
	{ "/gone", ERR_NONE, 410, "", 1 },
	{ "/unknown", ERR_NONE, 404, "", 0 },
};

static void servers_are_taken_as_they_are(void **state)
{
	(void)state;
	struct local_server *server = local_server_start(ANSWERS, ARRAY_LEN(ANSWERS));
	struct fetch *fetch = open_fetch();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		CLEANUP(waiting_free)
		struct waiting *got = get(fetch, url_of(&arena, server, cases[i].path), NULL);
		bool ok = got->err.kind == ERR_NONE;

		if (got->err.kind != cases[i].kind || (ok && got->status != cases[i].status))
			fail_msg("%s: kind %d, status %ld: %s", cases[i].path, (int)got->err.kind,
			         got->status, got->err.text);
		if (ok && !str_eq(got->body, str_of(cases[i].text)))
			fail_msg("%s: body '" STR_FMT "'", cases[i].path, STR_ARG(got->body));
		if (!ok && !strstr(got->err.text, cases[i].text))
			fail_msg("%s: %s", cases[i].path, got->err.text);
		if (local_server_hits(server, cases[i].path) != cases[i].hits)
			fail_msg("%s: asked %u times", cases[i].path,
			         local_server_hits(server, cases[i].path));
	}
	fetch_close(&fetch);
	local_server_stop(&server);
}

static void validators_and_tokens_are_sent(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct local_server *server = local_server_start(ANSWERS, ARRAY_LEN(ANSWERS));
	struct fetch *fetch = open_fetch();
	struct fetch_request request = { .etag = STR("\"v1\""),
		                         .last_modified = STR("yesterday"),
		                         .token = STR("secret") };
	CLEANUP(waiting_free)
	struct waiting *got = get(fetch, url_of(&arena, server, "/whole"), &request);

	assert_int_equal(got->err.kind, ERR_NONE);
	assert_int_equal(got->status, 304);
	assert_int_equal(got->body.n, 0);
	struct str head = local_server_request(server, &arena, "/whole");
	assert_true(str_find_str(head, STR_LIT("\r\nIf-None-Match: \"v1\"\r\n")) != STR_NONE);
	assert_true(str_find_str(head, STR_LIT("\r\nIf-Modified-Since: yesterday\r\n")) !=
	            STR_NONE);
	assert_true(str_find_str(head, STR_LIT("\r\nAuthorization: secret\r\n")) != STR_NONE);
	assert_true(str_find_str(head, STR_LIT("\r\nUser-Agent: rtaudit/")) != STR_NONE);
	CLEANUP(waiting_free)
	struct waiting *fresh = get(fetch, url_of(&arena, server, "/whole"), NULL);
	assert_int_equal(fresh->status, 200);
	assert_true(str_eq(fresh->etag, STR_LIT("\"v1\"")));
	head = local_server_request(server, &arena, "/whole");
	assert_true(str_find_str(head, STR_LIT("Authorization")) == STR_NONE);
	fetch_close(&fetch);
	local_server_stop(&server);
}

static void packed_bodies_are_held_below_the_ceiling_too(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str zeros = { arena_alloc(&arena, 8 << 20), 8 << 20 };
	struct str bomb = gzip_of(&arena, zeros), small = gzip_of(&arena, (struct str)BODY);
	const struct local_answer answers[] = {
		{ .path = "/bomb",
		  .status = 200,
		  .headers = "Content-Encoding: gzip\r\n",
		  .body = bomb },
		{ .path = "/small",
		  .status = 200,
		  .headers = "Content-Encoding: gzip\r\n",
		  .body = small },
		{ .path = "/wrong",
		  .status = 200,
		  .headers = "Content-Encoding: gzip\r\n",
		  .body = BODY },
	};
	struct local_server *server = local_server_start(answers, ARRAY_LEN(answers));
	struct fetch *fetch = open_fetch();

	assert_true(bomb.n < 64 << 10);
	CLEANUP(waiting_free)
	struct waiting *got = get(fetch, url_of(&arena, server, "/bomb"), NULL);
	assert_int_equal(got->err.kind, ERR_LIMIT);
	CLEANUP(waiting_free)
	struct waiting *fine = get(fetch, url_of(&arena, server, "/small"), NULL);
	assert_int_equal(fine->err.kind, ERR_NONE);
	assert_true(str_eq(fine->body, (struct str)BODY));
	CLEANUP(waiting_free)
	struct waiting *wrong = get(fetch, url_of(&arena, server, "/wrong"), NULL);
	assert_int_equal(wrong->err.kind, ERR_NETWORK);
	struct fetch_request request = { .as_is = true };
	CLEANUP(waiting_free)
	struct waiting *kept = get(fetch, url_of(&arena, server, "/small"), &request);
	assert_true(str_eq(kept->body, small));
	fetch_close(&fetch);
	local_server_stop(&server);
}

static void a_host_that_wants_rest_is_left_alone(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	static const struct local_answer answers[] = {
		{ .path = "/rest", .status = 429, .headers = "Retry-After: 3600\r\n" },
		{ .path = "/fine", .status = 200, .body = BODY },
	};
	struct local_server *server = local_server_start(answers, ARRAY_LEN(answers));
	struct fetch *fetch = open_fetch();

	CLEANUP(waiting_free)
	struct waiting *first = get(fetch, url_of(&arena, server, "/rest"), NULL);
	assert_int_equal(first->err.kind, ERR_NONE);
	assert_int_equal(first->status, 429);
	CLEANUP(waiting_free)
	struct waiting *next = get(fetch, url_of(&arena, server, "/fine"), NULL);
	assert_int_equal(next->err.kind, ERR_NETWORK);
	assert_non_null(strstr(next->err.text, "3600 seconds"));
	assert_int_equal(local_server_hits(server, NULL), 1);
	fetch_close(&fetch);
	local_server_stop(&server);
}

static void a_host_that_is_down_is_asked_once(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct local_server *server = local_server_start(ANSWERS, ARRAY_LEN(ANSWERS));
	struct fetch *fetch = open_fetch();
	char *url = url_of(&arena, server, "/whole");

	local_server_stop(&server);
	CLEANUP(waiting_free) struct waiting *first = get(fetch, url, NULL);
	assert_int_equal(first->err.kind, ERR_NETWORK);
	/* Somebody may listen there by now; it is at rest all the same. */
	CLEANUP(waiting_free) struct waiting *next = get(fetch, url, NULL);
	assert_int_equal(next->err.kind, ERR_NETWORK);
	assert_string_equal(first->err.text, next->err.text);
	fetch_close(&fetch);
}

static void a_proxy_is_asked_and_one_try_is_one(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	static const struct local_answer answers[] = {
		{ .path = "http://127.0.0.1:1/drop", .status = 200, .how = LOCAL_DROP },
		{ .path = "http://127.0.0.1:1/error", .status = 500 },
		{ .path = "http://127.0.0.1:1/busy", .status = 503 },
		{ .path = "http://127.0.0.1:1/whole", .status = 200, .body = BODY },
	};
	struct local_server *server = local_server_start(answers, ARRAY_LEN(answers));
	struct fetch_settings settings = { .proxy = local_server_url(server),
		                           .tries = 1,
		                           .no_multiplexing = true };
	struct fetch *fetch = NULL;
	struct err err = { 0 };

	if (!fetch_open(&fetch, &settings, &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		CLEANUP(waiting_free) struct waiting *got = get(fetch, answers[i].path, NULL);

		if (got->err.kind != (i == 0 ? ERR_NETWORK : ERR_NONE))
			fail_msg("row %zu: %s", i, got->err.text);
		if (i > 0)
			assert_int_equal(got->status, answers[i].status);
		assert_int_equal(local_server_hits(server, answers[i].path), 1);
	}
	fetch_close(&fetch);
	local_server_stop(&server);
}

static const struct {
	const char *url;
	bool plain, ok;
} addresses[] = {
	{ "ftp://example.org/x", true, false },
	{ "file:///etc/passwd", true, false },
	{ "gopher://127.0.0.1/x", true, false },
	{ "http://example.org/x", false, false },
	{ "http://127.example.org/x", false, false },
	{ "https://user@example.org/x", true, false },
	{ "https://", true, false },
	{ "nonsense", true, false },
	{ "", true, false },
};

static void addresses_are_checked(void **state)
{
	(void)state;
	struct fetch *fetch = open_fetch();

	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		struct fetch_request request = { .plain_http = addresses[i].plain };
		CLEANUP(waiting_free) struct waiting *got = get(fetch, addresses[i].url, &request);
		if (got->done || got->err.kind != ERR_INPUT)
			fail_msg("%s: %s", addresses[i].url, got->err.text);
	}
	struct fetch_request split = { .token = STR("a\r\nHost: b") };
	CLEANUP(waiting_free) struct waiting *got = get(fetch, "https://example.org/", &split);
	assert_int_equal(got->err.kind, ERR_INPUT);
	fetch_close(&fetch);
}

static const struct {
	const char *url, *origin; /* NULL: refused */
	bool loopback;
} origins[] = {
	{ "https://Example.ORG/a/b", "https://example.org", false },
	{ "https://example.org:443/", "https://example.org", false },
	{ "http://example.org:8080/", "http://example.org:8080", false },
	{ "http://127.0.0.1:99/", "http://127.0.0.1:99", true },
	{ "http://127.9.9.9/", "http://127.9.9.9", true },
	{ "http://[::1]:99/", "http://[::1]:99", true },
	{ "http://localhost/", "http://localhost", true },
	{ "http://localhost.example.org/", "http://localhost.example.org", false },
	{ "ssh://example.org/", NULL, false },
};

static void origins_tell_hosts_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(origins); i++) {
		struct fetch_origin origin;
		struct err err = { 0 };
		bool ok = fetch_origin_of(origins[i].url, &origin, &err);

		if (ok != (origins[i].origin != NULL))
			fail_msg("%s: %s", origins[i].url, ok ? origin.text : err.text);
		if (ok && (strcmp(origin.text, origins[i].origin) != 0 ||
		           origin.is_loopback != origins[i].loopback))
			fail_msg("%s: %s, loopback %d", origins[i].url, origin.text,
			         origin.is_loopback);
	}
}

static void stopping_ends_what_is_under_way(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct local_server *server = local_server_start(ANSWERS, ARRAY_LEN(ANSWERS));
	struct fetch *fetch = open_fetch();
	struct waiting waiting = { .lock = PTHREAD_MUTEX_INITIALIZER,
		                   .came = PTHREAD_COND_INITIALIZER };
	struct fetch_request request = { .url = str_of(url_of(&arena, server, "/stall")),
		                         .max_bytes = 99,
		                         .done = on_answer,
		                         .owner = &waiting };
	struct err err = { 0 };

	assert_true(fetch_start(fetch, &request, &err));
	fetch_stop(fetch);
	assert_true(waiting.done);
	assert_int_equal(waiting.err.kind, ERR_STOPPED);
	assert_false(fetch_start(fetch, &request, &err));
	assert_int_equal(err.kind, ERR_STOPPED);
	fetch_close(&fetch);
	local_server_stop(&server);
	arena_free(&waiting.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(servers_are_taken_as_they_are),
		cmocka_unit_test(validators_and_tokens_are_sent),
		cmocka_unit_test(packed_bodies_are_held_below_the_ceiling_too),
		cmocka_unit_test(a_host_that_wants_rest_is_left_alone),
		cmocka_unit_test(a_host_that_is_down_is_asked_once),
		cmocka_unit_test(a_proxy_is_asked_and_one_try_is_one),
		cmocka_unit_test(addresses_are_checked),
		cmocka_unit_test(origins_tell_hosts_apart),
		cmocka_unit_test(stopping_ends_what_is_under_way),
	};

	/* A proxy of the machine has no business with loopback. */
	unsetenv("http_proxy");
	unsetenv("no_proxy");
	unsetenv("NO_PROXY");
	unsetenv("all_proxy");
	unsetenv("ALL_PROXY");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
