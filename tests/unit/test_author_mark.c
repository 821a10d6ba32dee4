#include "audit/author_mark.h"
#include "tests/unit/unit.h"

/* What is written, and "place kind successors" of each mark. The crate is called demo-kit. */
static const struct {
	const char *badge, *description, *readme, *out;
} cases[] = {
	{ "deprecated", "", "", "badge deprecated " },
	{ "looking-for-maintainer", "", "", "" },
	{ "", "Deprecated in favor of `elder`", "", "description deprecated elder" },
	{ "", "This crate is deprecated in favour of elder.", "", "description deprecated elder" },
	{ "", "DEPRECATED: please use the `elder` crate", "", "description deprecated elder" },
	{ "", "Use other-kit instead", "", "description superseded other-kit" },
	{ "", "Please use a allocator of your own instead", "", "" },
	{ "", "Unmaintained, consider using other-kit instead", "",
	  "description unmaintained other-kit" },
	{ "", "Lints for deprecated functions", "", "" },
	{ "", "A maintained fork of the unmaintained elder crate", "", "" },
	{ "", "Deprecated functions of old libraries", "", "" },
	{ "", "", "# demo-kit\n\n**This crate is no longer maintained.** Use [elder] instead.\n",
	  "readme unmaintained elder" },
	{ "", "", "# demo-kit (deprecated)\n\nKits.\n", "readme deprecated " },
	{ "", "", "# Deprecated\n\nTake [`elder`](https://crates.io/crates/other-kit), please.\n",
	  "readme deprecated " },
	{ "", "", "# Deprecated\n\nPlease use [this](https://crates.io/crates/other-kit).\n",
	  "readme deprecated other-kit" },
	{ "", "", "> [!WARNING]\n> This library has been superseded by `elder` and `third`.\n",
	  "readme superseded elder third" },
	{ "", "", "demo-kit\n========\n\n`demo_kit` has been renamed to `kit`.\n",
	  "readme moved kit" },
	{ "", "", "This project has moved to [a new home](https://example.org/demo).\n", "" },
	{ "", "", "The `demo-kit` crate was merged into [`kit::demo`].\n",
	  "readme superseded kit" },
	{ "", "", "I do not actively maintain this any more.\n", "readme unmaintained " },
	{ "", "", "# demo\n![m](https://img.shields.io/badge/maintenance-deprecated-red.svg)\n",
	  "readme deprecated " },
	{ "", "",
	  "<p align=\"center\"><img src=\"https://www.repostatus.org/badges/latest/"
	  "abandoned.svg\"></p>\n",
	  "readme unmaintained " },
	/* others, parts, conditions, wishes */
	{ "", "", "The function `a` is deprecated, use `b` instead.\n", "" },
	{ "", "", "X is deprecated, use this crate.\n", "" },
	{ "", "", "- **deprecated**: `a` is deprecated, use `b`.\n", "" },
	{ "", "", "Others:\n- `elder`\n  - Unmaintained\n", "" },
	{ "", "", "| a | Deprecated, does nothing |\n", "" },
	{ "", "", "This crate is not deprecated.\n", "" },
	{ "", "", "If this crate is deprecated, use `elder`.\n", "" },
	{ "", "", "Is this crate unmaintained?\n", "" },
	{ "", "", "This crate may be deprecated without warning.\n", "" },
	{ "", "", "Version 1 of this crate is no longer maintained.\n", "" },
	{ "", "", "The 0.1.x series of this library is deprecated.\n", "" },
	{ "", "", "This is a fork of elder, which is no longer maintained.\n", "" },
	{ "", "", "The original `elder` crate is no longer maintained.\n", "" },
	{ "", "", "It was copied from [that](x). This crate is abandoned. I forked it.\n", "" },
	{ "", "", "```\n# This crate is deprecated.\n```\n<!-- This crate is deprecated. -->\n",
	  "" },
	{ "", "", "`deprecated` is an attribute.\n", "" },
	{ "", "", "This crate has been replaced by the [`kit!`] macro of std.\n",
	  "readme superseded " },
	{ "", "", "\xff\xfe This crate is deprecated \xff.\n", "readme deprecated " },
	{ "", "", "[![[[<<<(((```", "" },
};

static void only_what_speaks_of_the_crate_is_a_mark(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct author_words words = { STR_LIT("demo-kit"), str_of(cases[i].badge),
			                      str_of(cases[i].description),
			                      str_of(cases[i].readme) };
		struct author_mark_list marks;
		struct str got = { 0 };

		author_marks_read(&arena, &words, &marks);
		for (size_t m = 0; m < marks.n; m++) {
			const struct author_mark *mark = &marks.p[m];
			got = arena_printf(&arena, STR_FMT "%s%s %s " STR_FMT, STR_ARG(got),
			                   m > 0 ? "|" : "", mark_place_name(mark->place),
			                   mark_kind_name(mark->kind), STR_ARG(mark->successors));
			assert_true(str_is_utf8(mark->text));
			assert_true(str_find(mark->text, '\n') == STR_NONE);
		}
		if (!str_eq(got, str_of(cases[i].out)))
			fail_msg("%s%s: '" STR_FMT "'", cases[i].description, cases[i].readme,
			         STR_ARG(got));
	}
}

static void a_mark_is_one_line_below_its_ceiling(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str readme = STR_LIT("This crate\n> is \adeprecated \xe2\x80\xae because");
	struct author_mark_list marks;

	for (int i = 0; i < 300; i++)
		readme = arena_printf(&arena, STR_FMT " \xc3\xa9\xc3\xa9", STR_ARG(readme));
	author_marks_read(&arena, &(struct author_words){ .name = STR("demo"), .readme = readme },
	                  &marks);
	assert_int_equal(marks.n, 1);
	assert_true(marks.p[0].text.n <= MARK_TEXT_MAX_BYTES);
	assert_true(marks.p[0].text.n > MARK_TEXT_MAX_BYTES - 8);
	assert_true(str_is_utf8(marks.p[0].text));
	assert_true(str_starts(marks.p[0].text, STR_LIT("This crate is deprecated")));
}

static void what_stands_far_down_is_not_read(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		size_t n = README_READ_BYTES - strlen("\nThis crate is deprecated") + more;
		char *text = arena_alloc(&arena, README_READ_BYTES + 2);
		struct author_mark_list marks;

		memset(text, ' ', n);
		memcpy(text + n, "\nThis crate is deprecated",
		       strlen("\nThis crate is deprecated"));
		author_marks_read(
			&arena,
			&(struct author_words){ .name = STR("demo"), .readme = str_of(text) },
			&marks);
		assert_int_equal(marks.n, 1 - more);
	}
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct readme readme;
	struct str text = { 0 };
	for (int i = 0; i < README_WORDS_MAX + 1; i++)
		text = i % 20 == 0 ? arena_printf(&arena, STR_FMT "a. ", STR_ARG(text))
		                   : arena_printf(&arena, STR_FMT "a ", STR_ARG(text));
	readme_read(&arena, text, &readme);
	assert_int_equal(readme.sentences.n, README_SENTENCES_MAX);
}

static void words_are_read_back(void **state)
{
	(void)state;
	for (int i = 0; i <= MARK_SUPERSEDED; i++) {
		enum mark_kind kind = MARK_DEPRECATED;
		assert_true(mark_kind_parse(str_of(mark_kind_name((enum mark_kind)i)), &kind));
		assert_int_equal(kind, i);
	}
	for (int i = 0; i <= MARK_IN_README; i++) {
		enum mark_place place = MARK_IN_BADGE;
		assert_true(mark_place_parse(str_of(mark_place_name((enum mark_place)i)), &place));
		assert_int_equal(place, i);
	}
	enum mark_kind kind = MARK_MOVED;
	assert_false(mark_kind_parse(STR_LIT("gone"), &kind));
	assert_int_equal(kind, MARK_MOVED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_speaks_of_the_crate_is_a_mark),
		cmocka_unit_test(a_mark_is_one_line_below_its_ceiling),
		cmocka_unit_test(what_stands_far_down_is_not_read),
		cmocka_unit_test(words_are_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
