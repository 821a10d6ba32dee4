#include "cli/client.h"
#include "audit/limits.h"
#include "base/file.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define HEADERS "Rtaudit-Exit: 1\r\nRTAUDIT-version:0.1.0\r\n"

static const struct {
	const char *raw;
	const char *body; /* NULL: refused, with this in the message: */
	const char *message;
	int http_status, exit_status;
	const char *version;
} cases[] = {
	{ "HTTP/1.1 200 OK\r\n" HEADERS "Content-Length: 5\r\n\r\nhello", "hello", NULL, 200, 1,
	  "0.1.0" },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", NULL, 200, -1, "" },
	{ "HTTP/1.0 404\r\nContent-Length: 2\r\n\r\n{}more", "{}", NULL, 404, -1, "" },
	{ "HTTP/1.1 204 No Content\r\n\r\n", "", NULL, 204, -1, "" },
	{ "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", "x", NULL,
	  200, -1, "" },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	  "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n",
	  "abc0123456789", NULL, 200, -1, "" },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "", NULL, 200, -1, "" },
	{ "HTTP/1.1 200 OK\r\nRtaudit-Exit: 999\r\nContent-Length: 0\r\n\r\n", "", NULL, 200, -1,
	  "" },
	{ "", NULL, "ended before its answer was complete", 0, 0, NULL },
	{ "HTTP/1.1 200 OK\r\nContent-Le", NULL, "ended before", 0, 0, NULL },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", NULL, "ended before", 0, 0, NULL },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", NULL, "ended before",
	  0, 0, NULL },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", NULL, "broken chunk", 0,
	  0, NULL },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n", NULL,
	  "broken chunk", 0, 0, NULL },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n", NULL,
	  "the answer has more than", 0, 0, NULL },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n123456789\r\n", NULL,
	  "broken chunk", 0, 0, NULL },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", NULL, "a coding unknown", 0, 0,
	  NULL },
	{ "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", NULL, "a length that is none", 0, 0,
	  NULL },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 268435457\r\n\r\n", NULL, "the answer has more than",
	  0, 0, NULL },
	{ "HTTP/1.1 200 OK\r\n\r\n", NULL, "without saying how much", 0, 0, NULL },
	{ "HTTP/1.1 200 OK\r\nno header\r\n\r\n", NULL, "no header", 0, 0, NULL },
	{ "SSH-2.0-OpenSSH_9.2\r\n\r\n", NULL, "no HTTP", 0, 0, NULL },
	{ "HTTP/1.1 2x0 OK\r\n\r\n", NULL, "no HTTP", 0, 0, NULL },
	{ "\r\n\r\n", NULL, "no HTTP", 0, 0, NULL },
};

/* Answers as a daemon would that wrote all of `raw` and hung up. */
static bool answered(struct arena *arena, const char *raw, struct client_response *out,
                     struct err *err)
{
	CLEANUP(fd_close) int mine = -1, theirs = -1;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	mine = pair[0];
	theirs = pair[1];
	assert_int_equal(write(theirs, raw, strlen(raw)), (ssize_t)strlen(raw));
	fd_close(&theirs);
	return client_receive(arena, mine, 1000, out, err);
}

static void answers_are_read_or_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct client_response got = { 0 };
		struct err err = { 0 };
		bool ok = answered(&arena, cases[i].raw, &got, &err);

		if (ok != (cases[i].body != NULL))
			fail_msg("row %zu: %s", i, ok ? "accepted" : err.text);
		if (!ok) {
			if (!strstr(err.text, cases[i].message))
				fail_msg("row %zu: %s", i, err.text);
			assert_true(err.kind == ERR_NETWORK || err.kind == ERR_LIMIT ||
			            err.kind == ERR_STOPPED);
			continue;
		}
		if (!str_eq(got.body, str_of(cases[i].body)))
			fail_msg("row %zu: got " STR_FMT, i, STR_ARG(got.body));
		assert_int_equal(got.http_status, cases[i].http_status);
		assert_int_equal(got.exit_status, cases[i].exit_status);
		assert_true(str_eq(got.version, str_of(cases[i].version)));
	}
}

static void a_head_without_end_is_refused(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str raw = arena_printf(&arena, "HTTP/1.1 200 OK\r\nX: %020000d", 0);
	struct client_response got = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_false(answered(&arena, raw.p, &got, &err));
	assert_non_null(strstr(err.text, "too long"));
}

static void a_silent_daemon_is_waited_for_no_longer_than_said(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(fd_close) int mine = -1, theirs = -1;
	struct client_response got = { 0 };
	struct err err = { 0 };
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	mine = pair[0];
	theirs = pair[1];
	assert_false(client_receive(&arena, mine, 0, &got, &err));
	assert_int_equal(err.kind, ERR_NETWORK);
	assert_non_null(strstr(err.text, "said nothing"));
}

/* The other side of a large request: reads all of it, so that the sender need not wait. */
static void *read_all(void *fd)
{
	struct buf buf = buf_make(64 << 20);
	ssize_t got;

	do {
		char *room = buf_room(&buf, 64 << 10);

		got = room ? read(*(int *)fd, room, 64 << 10) : 0;
		buf.n += got > 0 ? (size_t)got : 0;
	} while (got > 0);
	return memcpy(test_malloc(sizeof buf), &buf, sizeof buf);
}

enum { MANY_PARTS = 3000, LARGE_BYTES = 2000000 };

static void a_request_is_a_parcel_with_its_length(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(fd_close) int mine = -1;
	struct parts parts = { 0 };
	struct client_request request = { "POST", "/v1/audit", &parts };
	struct str rest, head, large = { arena_alloc(&arena, LARGE_BYTES), LARGE_BYTES };
	struct parcel_part part;
	struct err err = { 0 };
	pthread_t thread;
	void *result = NULL;
	int pair[2];

	(void)state;
	assert_true(parts_add(&arena, &parts, "lock", STR_LIT("Cargo.lock"), large, &err));
	for (size_t i = 1; i < MANY_PARTS; i++)
		parts_option(&arena, &parts, "target", STR_LIT("x"));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	mine = pair[0];
	assert_int_equal(pthread_create(&thread, NULL, read_all, &pair[1]), 0);
	assert_int_equal(client_send(mine, &request, 10000, &err), 1);
	fd_close(&mine);
	assert_int_equal(pthread_join(thread, &result), 0);
	close(pair[1]);

	struct buf *buf = result;
	struct str all = buf_str(buf);
	size_t end = str_find_str(all, STR_LIT("\r\n\r\n"));

	assert_true(end != STR_NONE);
	head = str_sub(all, 0, end);
	rest = str_sub(all, end + 4, all.n);
	assert_true(str_starts(head, STR_LIT("POST /v1/audit HTTP/1.1\r\nHost: rtaudit\r\n")));
	assert_true(str_find_str(head, arena_printf(&arena, "\r\nContent-Length: %zu\r\n",
	                                            rest.n)) != STR_NONE);
	assert_int_equal(parcel_next(&rest, &part, &err), 1);
	assert_true(str_eq(part.kind, STR_LIT("lock")));
	assert_true(str_eq(part.value, large));
	for (size_t i = 1; i < MANY_PARTS; i++)
		assert_int_equal(parcel_next(&rest, &part, &err), 1);
	assert_true(str_eq(part.name, STR_LIT("target")));
	assert_int_equal(parcel_next(&rest, &part, &err), 0);
	buf_free(buf);
	test_free(buf);
}

static void a_daemon_that_hung_up_is_told_apart(void **state)
{
	struct client_request request = { "GET", "/v1/status", NULL };
	struct err err = { 0 };
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	close(pair[1]);
	assert_int_equal(client_send(pair[0], &request, 1000, &err), 0);
	close(pair[0]);
}

static void nobody_at_a_socket_is_no_error(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	char folder[] = "/tmp/rtaudit-client-XXXXXX";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct err err = { 0 };
	int fd = -1, server;

	(void)state;
	assert_non_null(mkdtemp(folder));
	const char *path = arena_printf(&arena, "%s/s", folder).p;

	assert_int_equal(client_connect(path, &fd, &err), 0);
	/* A socket file that a killed daemon left behind. */
	memcpy(address.sun_path, path, strlen(path) + 1);
	server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(server, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(client_connect(path, &fd, &err), 0);
	assert_int_equal(listen(server, 1), 0);
	assert_int_equal(client_connect(path, &fd, &err), 1);
	fd_close(&fd);
	close(server);
	assert_int_equal(client_connect(path, &fd, &err), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
}

static void a_request_has_a_ceiling(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct parts parts = { 0 };
	struct err err = { 0 };
	struct str huge = { "", REQUEST_MAX_BYTES };

	(void)state;
	assert_true(parts_add(&arena, &parts, "lock", STR_LIT("a"), huge, &err));
	assert_false(parts_add(&arena, &parts, "lock", STR_LIT("a"), STR_LIT("x"), &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_int_equal(parts.n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_read_or_refused),
		cmocka_unit_test(a_head_without_end_is_refused),
		cmocka_unit_test(a_silent_daemon_is_waited_for_no_longer_than_said),
		cmocka_unit_test(a_request_is_a_parcel_with_its_length),
		cmocka_unit_test(a_daemon_that_hung_up_is_told_apart),
		cmocka_unit_test(nobody_at_a_socket_is_no_error),
		cmocka_unit_test(a_request_has_a_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
