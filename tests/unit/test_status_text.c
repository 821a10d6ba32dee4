#include "cli/status_text.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static const struct {
	const char *json, *text; /* text NULL: refused */
} cases[] = {
	{ "{\"daemon\":{\"version\":\"0.1.0\",\"pid\":7,\"uptime_seconds\":300,"
	  "\"rss_bytes\":23000000,\"requests\":1,\"socket\":\"/run/s\",\"log\":null,"
	  "\"shared\":false,\"offline\":true},"
	  "\"database\":{\"path\":\"/d\",\"size_bytes\":12345,\"crates\":3173,"
	  "\"versions\":1234567,\"advisories\":1},"
	  "\"sources\":[{\"name\":\"advisories\",\"address\":\"a\\u001b\",\"age_seconds\":null,"
	  "\"last_error\":\"no network\"},{\"name\":\"crates-io\",\"address\":\"\","
	  "\"age_seconds\":7200,\"last_error\":null}],"
	  "\"work\":{\"text\":\"\"}}\n",
	  "daemon      rtauditd 0.1.0, process 7, up 5 minutes, 23.0 MB, 1 request, offline\n"
	  "socket      /run/s\n"
	  "database    /d\n"
	  "            13 KB: 3,173 crates, 1,234,567 versions, 1 advisory\n"
	  "sources     advisories, never read, a\\x1b\n"
	  "              last try failed: no network\n"
	  "            crates-io, 2 hours old\n"
	  "at work     no\n" },
	{ "{\"work\":{\"text\":\"reading\"}}",
	  "daemon      rtauditd , process , up 0 seconds, 0 KB, 0 requests\n"
	  "            0 KB: 0 crates, 0 versions, 0 advisories\n"
	  "at work     reading\n" },
	{ "{", NULL },
	{ "", NULL },
};

static void a_status_is_told_in_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		CLEANUP(buf_free) struct buf got = buf_make(1 << 16);
		struct err err = { 0 };
		bool ok = status_text(&arena, str_of(cases[i].json), &got, &err);

		if (ok != (cases[i].text != NULL))
			fail_msg("row %zu: %s", i, ok ? "accepted" : err.text);
		if (!ok)
			assert_int_equal(err.kind, ERR_NETWORK);
		else if (!str_eq(buf_str(&got), str_of(cases[i].text)))
			fail_msg("row %zu: got\n" STR_FMT, i, STR_ARG(buf_str(&got)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_status_is_told_in_lines) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
