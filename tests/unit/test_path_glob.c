#include "audit/path_glob.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static const struct {
	const char *pattern, *path;
	bool matches;
} cases[] = {
	{ "crates/a", "crates/a", true },
	{ "crates/a", "crates/b", false },
	{ "crates/a", "crates/a/b", false },
	{ "crates/*", "crates/a", true },
	{ "crates/*", "crates/.hidden", true },
	{ "crates/*", "crates", false },
	{ "crates/*", "crates/a/b", false },
	{ "*", "a", true },
	{ "*", "", false },
	{ "crates/a*c*e", "crates/abcde", true },
	{ "crates/a*c*e", "crates/acce", true },
	{ "crates/a*c*e", "crates/abd", false },
	{ "crates/?", "crates/a", true },
	{ "crates/?", "crates/ab", false },
	{ "crates/?", "crates/\xc3\xa4", true },
	{ "crates/[a-c]x", "crates/bx", true },
	{ "crates/[a-c]x", "crates/dx", false },
	{ "crates/[!a-c]x", "crates/dx", true },
	{ "crates/[!a-c]x", "crates/bx", false },
	{ "crates/[]]x", "crates/]x", true },
	{ "crates/[a-]", "crates/-", true },
	{ "crates/[\xc3\xa0-\xc3\xbf]", "crates/\xc3\xa4", true },
	{ "crates/[a", "crates/[a", false },
	{ "**", "a/b", true },
	{ "**", "", false },
	{ "a/**", "a", false },
	{ "a/**", "a/b", true },
	{ "a/**", "a/b/c", true },
	{ "a/**/b", "a/b", true },
	{ "a/**/b", "a/x/y/b", true },
	{ "a/**/b", "a/x/y/c", false },
	{ "a/**/b/*", "a/b/b/c", true },
	{ "**/b", "b", true },
	{ "**/x/**/b", "a/x/b/x/c/b", true },
	{ "a**", "ab", false },
	{ "a/***", "a/b", false },
	{ "", "", true },
	{ "", "a", false },
};

static void paths_match_as_the_crate_has_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (path_glob_matches(str_of(cases[i].pattern), str_of(cases[i].path)) !=
		    cases[i].matches)
			fail_msg("%s and %s", cases[i].pattern, cases[i].path);
}

static void only_three_bytes_make_a_pattern(void **state)
{
	(void)state;
	assert_true(path_glob_is_pattern(STR_LIT("a/*")));
	assert_true(path_glob_is_pattern(STR_LIT("a?")));
	assert_true(path_glob_is_pattern(STR_LIT("[a]")));
	assert_false(path_glob_is_pattern(STR_LIT("crates/a-b_c.d")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_match_as_the_crate_has_it),
		cmocka_unit_test(only_three_bytes_make_a_pattern),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
