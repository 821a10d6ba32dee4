#include "crawler/index_file.h"
#include "audit/limits.h"
#include "db/crate_pack.h"
#include "tests/unit/index_lines.h"
#include <stdlib.h>

#define L(name, vers)                                                                              \
	"{\"name\":\"" name "\",\"vers\":\"" vers "\",\"deps\":[],\"cksum\":\"" CKSUM_A            \
	"\",\"features\":{},\"yanked\":false}"

static const struct {
	const char *body;
	size_t n, skipped;
	const char *name; /* NULL: refused */
	const char *text; /* what the refusal says */
} cases[] = {
	{ L("demo", "1.0.0"), 1, 0, "demo", NULL },
	{ L("demo", "1.0.0") "\n" L("demo", "1.1.0") "\n", 2, 0, "demo", NULL },
	{ L("Demo", "1.0.0") "\r\n\n" L("Demo", "1.1.0") "\n\n", 2, 0, "Demo", NULL },
	{ "{\"name\":\"demo\"}\n" L("demo", "1.1.0") "\n", 1, 1, "demo", NULL },
	{ L("demo", "not-a-version") "\n" L("demo", "1.1.0") "\n", 1, 1, "demo", NULL },
	{ "", 0, 0, NULL, "holds no version" },
	{ "\n\n", 0, 0, NULL, "holds no version" },
	{ "<html></html>", 0, 0, NULL, "cut off" },
	{ "<html>\n" L("demo", "1.0.0"), 0, 0, NULL, "no JSON object" },
	{ L("demo", "1.0.0") "\n{\"name\":\"demo\",\"vers\":\"1.1", 0, 0, NULL, "cut off" },
	{ L("demo", "1.0.0") "\n{\"name\":\"demo\",\"features\":{}", 0, 0, NULL, "" },
	{ L("demo", "1.0.0") "\n" L("other", "1.1.0"), 0, 0, NULL, "speaks of the crate 'other'" },
	{ L("demo-", "1.0.0"), 0, 0, NULL, "speaks of the crate 'demo-'" },
};

static void a_body_counts_whole_or_not_at_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct index_file file = { 0 };
		struct err err = { 0 };
		bool ok = index_file_parse(&arena, STR_LIT("demo"), str_of(cases[i].body), &file,
		                           &err);

		if (ok != (cases[i].name != NULL))
			fail_msg("row %zu: %s", i, ok ? "accepted" : err.text);
		if (ok && (file.n != cases[i].n || file.skipped != cases[i].skipped ||
		           !str_eq(file.name, str_of(cases[i].name))))
			fail_msg("row %zu: %zu versions, %zu skipped", i, file.n, file.skipped);
		if (!ok && (err.kind != ERR_INPUT || !strstr(err.text, cases[i].text) ||
		            !strstr(err.text, "demo")))
			fail_msg("row %zu: %s", i, err.text);
	}
}

static void every_prefix_of_a_body_is_refused_or_whole_lines(void **state)
{
	(void)state;
	struct str body = str_of(DEMO_LINES);
	size_t ends = 0;

	for (size_t n = 0; n < body.n; n++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct index_file file = { 0 };
		struct err err = { 0 };
		bool ok =
			index_file_parse(&arena, STR_LIT("demo"), str_sub(body, 0, n), &file, &err);
		bool is_end = n > 0 && (body.p[n - 1] == '\n' || body.p[n] == '\n');

		if (ok != is_end)
			fail_msg("%zu bytes: %s", n, ok ? "accepted" : err.text);
		ends += is_end;
	}
	assert_int_equal(ends, 2 * 6 - 1);
}

static void ceilings_hold(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct index_file file = { 0 };
	struct err err = { 0 };
	char *lines = arena_alloc(&arena, INDEX_VERSIONS_MAX + 1);
	char *line = arena_alloc(&arena, INDEX_LINE_MAX_BYTES + 1);

	memset(lines, '\n', INDEX_VERSIONS_MAX + 1);
	assert_false(index_file_parse(&arena, STR_LIT("demo"),
	                              (struct str){ lines, INDEX_VERSIONS_MAX + 1 }, &file, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	memset(line, ' ', INDEX_LINE_MAX_BYTES + 1);
	line[0] = '{';
	line[INDEX_LINE_MAX_BYTES] = '}';
	err = (struct err){ 0 };
	assert_false(index_file_parse(&arena, STR_LIT("demo"),
	                              (struct str){ line, INDEX_LINE_MAX_BYTES + 1 }, &file, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

/* What a line repeats of the one before is not read again, and must say the same. */
static void repeated_lines_say_what_single_ones_say(void **state)
{
	(void)state;
#define F(more) "\"features\":{\"a\":[\"x\"],\"b\":[]}" more
	static const char lines[] = LINE("1.0.0", DEP("x", "1") "," DEP("y", "1"), F("")) LINE(
		"1.0.1", DEP("x", "1") "," DEP("y", "1"),
		F("")) LINE("1.0.2", DEP("x", "2") "," DEP("y", "1"), F(""))
		LINE("1.0.3", DEP("new", "1") "," DEP("x", "2") "," DEP("y", "1"),
	             F("")) LINE("1.0.4", DEP("x", "2") "," DEP("y", "1"), "\"features\":{}")
			LINE("1.0.5", DEP("x", "2") ", " DEP("y", "1"),
	                     "\"features\": {}") LINE("1.0.6", " " DEP("x", "2") " ," DEP("y", "1"),
	                                              F(",\"features2\":null"))
				LINE("1.0.7", DEP("x", "2"),
	                             F(",\"features2\":{\"b\":[\"dep:x\"],\"c\":[]}"))
					LINE("1.0.8", DEP("x", "2"),
	                                     F(",\"features2\":{\"b\":[\"dep:x\"],\"c\":[]}"))
						LINE("1.0.9", DEP("x", "2"),
	                                             F(",\"features2\":{\"a\":[\"q\",\"r\"]}"))
							LINE("1.0.10", "", F(""))
								LINE("1.0.11", "", F(""));
#undef F
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct index_file file = { 0 };
	struct err err = { 0 };
	struct entry_list single = entries_of(&arena, str_of(lines));

	if (!index_file_parse(&arena, STR_LIT("demo"), str_of(lines), &file, &err))
		fail_msg("%s", err.text);
	assert_int_equal(file.n, single.n);
	for (size_t i = 0; i < file.n; i++) {
		const char *what = entry_difference(&file.entries[i], &single.p[i]);

		if (what)
			fail_msg("line %zu: %s", i + 1, what);
	}
	struct kept_version kept[2][12] = { 0 };
	struct buf bytes[2] = { buf_make(1 << 20), buf_make(1 << 20) };

	assert_int_equal(file.n, ARRAY_LEN(kept[0]));
	for (size_t i = 0; i < file.n; i++) {
		kept[0][i].entry = file.entries[i];
		kept[1][i].entry = single.p[i];
	}
	for (size_t i = 0; i < 2; i++)
		if (!crate_pack(&bytes[i], kept[i], file.n, &err))
			fail_msg("%s", err.text);
	assert_true(str_eq(buf_str(&bytes[0]), buf_str(&bytes[1])));
	for (size_t i = 0; i < 2; i++)
		buf_free(&bytes[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repeated_lines_say_what_single_ones_say),
		cmocka_unit_test(a_body_counts_whole_or_not_at_all),
		cmocka_unit_test(every_prefix_of_a_body_is_refused_or_whole_lines),
		cmocka_unit_test(ceilings_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
