#include "cli/progress.h"
#include "base/file.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */
#include <sys/socket.h>
#include <unistd.h>

static const struct {
	const char *status, *text;
} statuses[] = {
	{ "{\"work\":{\"text\":\"index: 3 of 9\"}}", "index: 3 of 9" },
	{ "{\"daemon\":{\"text\":\"x\"},\"a\":[1],\"work\":{\"n\":{},\"text\":\"y\"}}", "y" },
	{ "{\"work\":{}}", "" },
	{ "{\"work\":null}", "" },
	{ "{\"work\":{\"text\":null}}", "" },
	{ "{}", "" },
	{ "[]", "" },
	{ "", "" },
	{ "{\"work\":{\"text\":\"cut", "" },
};

static void the_words_are_those_of_work(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct str got = progress_text(&arena, str_of(statuses[i].status));

		if (!str_eq(got, str_of(statuses[i].text)))
			fail_msg("row %zu: got " STR_FMT, i, STR_ARG(got));
	}
}

static const struct {
	const char *text;
	size_t width;
	const char *line;
} lines[] = {
	{ "abc", 80, "\r\x1b[Kabc" },      { "abcdef", 5, "\r\x1b[Kabcd" },
	{ "äöüß", 4, "\r\x1b[Käöü" },      { "a\x1b[2Jb", 80, "\r\x1b[Ka\\x1b[2Jb" },
	{ "a\nb", 80, "\r\x1b[Ka\\x0ab" }, { "", 80, "\r\x1b[K" },
	{ "abc", 1, "\r\x1b[K" },
};

static void a_line_fits_and_does_no_harm(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		CLEANUP(buf_free) struct buf got = buf_make(1024);

		progress_line(&got, str_of(lines[i].text), lines[i].width);
		if (!str_eq(buf_str(&got), str_of(lines[i].line)))
			fail_msg("row %zu: got " STR_FMT, i, STR_ARG(buf_str(&got)));
	}
}

static void waiting_ends_with_the_answer_or_in_time(void **state)
{
	struct err err = { 0 };
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_false(progress_wait("/nowhere", pair[0], 0, &err));
	assert_int_equal(err.kind, ERR_NETWORK);
	assert_int_equal(write(pair[1], "x", 1), 1);
	assert_true(progress_wait("/nowhere", pair[0], 10000, &err));
	fd_close(&pair[0]);
	fd_close(&pair[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_words_are_those_of_work),
		cmocka_unit_test(a_line_fits_and_does_no_harm),
		cmocka_unit_test(waiting_ends_with_the_answer_or_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
