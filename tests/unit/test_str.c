#include "base/str.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static const struct {
	const char *a, *b;
	int order; /* -1, 0 or 1 */
	bool starts, ends, same_but_case;
} pairs[] = {
	{ "", "", 0, true, true, true },         { "a", "", 1, true, true, false },
	{ "", "a", -1, false, false, false },    { "abc", "ab", 1, true, false, false },
	{ "abc", "bc", -1, false, true, false }, { "abc", "abc", 0, true, true, true },
	{ "aBc", "AbC", 1, false, false, true }, { "a[", "A{", 1, false, false, false },
	{ "\xff", "a", 1, false, false, false }, { "abd", "abce", 1, false, false, false },
};

static void texts_are_compared(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		struct str a = str_of(pairs[i].a), b = str_of(pairs[i].b);
		int order = str_cmp(a, b);

		if ((order > 0) - (order < 0) != pairs[i].order || str_eq(a, b) != (order == 0) ||
		    str_starts(a, b) != pairs[i].starts || str_ends(a, b) != pairs[i].ends ||
		    str_eq_nocase(a, b) != pairs[i].same_but_case)
			fail_msg("'%s' '%s'", pairs[i].a, pairs[i].b);
	}
	assert_int_equal(str_of(NULL).n, 0);
	assert_true(str_eq((struct str){ 0 }, STR_LIT("")));
}

static void bytes_and_texts_are_found(void **state)
{
	(void)state;
	struct str s = STR("a.b.c\0d");

	assert_int_equal(str_find(s, '.'), 1);
	assert_int_equal(str_find_last(s, '.'), 3);
	assert_int_equal(str_find(s, '\0'), 5);
	assert_int_equal(str_find(s, 'x'), STR_NONE);
	assert_int_equal(str_find_last(s, 'x'), STR_NONE);
	assert_int_equal(str_find((struct str){ 0 }, 'x'), STR_NONE);
	assert_int_equal(str_find_last((struct str){ 0 }, 'x'), STR_NONE);
	assert_int_equal(str_find_str(s, STR_LIT(".c")), 3);
	assert_int_equal(str_find_str(s, STR_LIT("")), 0);
	assert_int_equal(str_find_str(s, STR_LIT("a.b.c.d.e")), STR_NONE);
	assert_int_equal(str_find_str((struct str){ 0 }, STR_LIT("a")), STR_NONE);
}

static const struct {
	size_t from, to;
	const char *part;
} parts[] = {
	{ 0, 3, "abc" }, { 1, 2, "b" }, { 0, 99, "abc" }, { 2, 1, "" },
	{ 3, 9, "" },    { 9, 9, "" },  { 0, 0, "" },     { 0, SIZE_MAX, "abc" },
};

static void a_part_out_of_range_is_clamped(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		assert_true(str_eq(str_sub(STR_LIT("abc"), parts[i].from, parts[i].to),
		                   str_of(parts[i].part)));
}

static void white_space_is_trimmed_at_both_ends(void **state)
{
	(void)state;
	assert_true(str_eq(str_trim(STR_LIT(" \t\r\n\v\f a b \n")), STR_LIT("a b")));
	assert_true(str_eq(str_trim(STR_LIT(" \n ")), STR_LIT("")));
	assert_true(str_eq(str_trim((struct str){ 0 }), STR_LIT("")));
	assert_true(str_eq(str_trim(STR_LIT("\xa0"
	                                    "a\x1f")),
	                   STR_LIT("\xa0"
	                           "a\x1f")));
}

static void a_cut_gives_head_and_tail(void **state)
{
	(void)state;
	struct str s = STR("a=b=c"), head = { 0 };

	assert_true(str_cut(s, '=', &head, &s));
	assert_true(str_eq(head, STR_LIT("a")));
	assert_true(str_eq(s, STR_LIT("b=c")));
	assert_true(str_cut(s, '=', &head, &s));
	assert_false(str_cut(s, '=', &head, &s));
	assert_true(str_eq(head, STR_LIT("c")));
	assert_int_equal(s.n, 0);
	assert_true(str_cut(STR_LIT("="), '=', &head, &s));
	assert_int_equal(head.n + s.n, 0);
}

static const struct {
	const char *text;
	bool ok;
	uint64_t value;
} numbers[] = {
	{ "0", true, 0 },
	{ "007", true, 7 },
	{ "18446744073709551615", true, UINT64_MAX },
	{ "18446744073709551616", false, 0 },
	{ "99999999999999999999", false, 0 },
	{ "", false, 0 },
	{ "-1", false, 0 },
	{ "+1", false, 0 },
	{ " 1", false, 0 },
	{ "1 ", false, 0 },
	{ "1a", false, 0 },
};

static void numbers_are_decimal_and_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		uint64_t value = 42;
		bool ok = str_to_u64(str_of(numbers[i].text), &value);

		if (ok != numbers[i].ok || value != (ok ? numbers[i].value : 42))
			fail_msg("'%s'", numbers[i].text);
	}
}

static const struct {
	const char *text;
	bool ok;
} utf8[] = {
	{ "", true },
	{ "plain", true },
	{ "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", true },
	{ "eight by\xc3\xa9s and more", true },
	{ "\x80", false },
	{ "\xc0\x80", false },
	{ "\xc1\xbf", false },
	{ "\xc3", false },
	{ "\xc3(", false },
	{ "\xe0\x9f\xbf", false },
	{ "\xed\xa0\x80", false },
	{ "\xe2\x82", false },
	{ "\xe2\x82\x28", false },
	{ "\xf0\x8f\xbf\xbf", false },
	{ "\xf4\x90\x80\x80", false },
	{ "\xf5\x80\x80\x80", false },
	{ "\xff", false },
	{ "sixteen bytes, a\xfe", false },
};

static void utf8_is_that_of_the_rfc(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(utf8); i++)
		if (str_is_utf8(str_of(utf8[i].text)) != utf8[i].ok)
			fail_msg("row %zu", i);
	/* The broken byte at each place of a word. */
	for (size_t at = 0; at < 40; at++) {
		char text[40];

		memset(text, 'a', sizeof text);
		text[at] = (char)0x80;
		assert_false(str_is_utf8((struct str){ text, sizeof text }));
	}
}

static const struct {
	const char *a, *b;
	size_t ceiling, distance;
} distances[] = {
	{ "", "", 2, 0 },
	{ "tokio", "tokio", 2, 0 },
	{ "tokoi", "tokio", 2, 1 },
	{ "toki", "tokio", 2, 1 },
	{ "tokioo", "tokio", 2, 1 },
	{ "tikio", "tokio", 2, 1 },
	{ "", "ab", 2, 2 },
	{ "", "abc", 2, 3 },
	{ "abcd", "wxyz", 2, 3 },
	{ "kitten", "sitting", 9, 3 },
	{ "audit", "aduti", 5, 2 },
	{ "0123456789012345678901234567890123456789012345678901234567890123x", "x", 99, 100 },
};

static void distances_are_counted_in_edits(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(distances); i++) {
		struct str a = str_of(distances[i].a), b = str_of(distances[i].b);

		if (str_distance(a, b, distances[i].ceiling) != distances[i].distance ||
		    str_distance(b, a, distances[i].ceiling) != distances[i].distance)
			fail_msg("'%s' '%s': %zu", distances[i].a, distances[i].b,
			         str_distance(a, b, distances[i].ceiling));
	}
}

static void the_nearest_name_is_the_first_of_the_least_edits(void **state)
{
	struct str_nearest near = { .word = STR_LIT("tokoi"), .below = 3 };

	(void)state;
	str_nearest_offer(&near, STR_LIT("smol")); /* too far */
	assert_int_equal(near.name.n, 0);
	str_nearest_offer(&near, STR_LIT("token"));
	assert_true(str_eq(near.name, STR_LIT("token")));
	str_nearest_offer(&near, STR_LIT("tokio")); /* two letters swapped: one edit */
	str_nearest_offer(&near, STR_LIT("tokei")); /* as near, but later */
	assert_true(str_eq(near.name, STR_LIT("tokio")));
	assert_int_equal(near.below, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_nearest_name_is_the_first_of_the_least_edits),
		cmocka_unit_test(texts_are_compared),
		cmocka_unit_test(bytes_and_texts_are_found),
		cmocka_unit_test(a_part_out_of_range_is_clamped),
		cmocka_unit_test(white_space_is_trimmed_at_both_ends),
		cmocka_unit_test(a_cut_gives_head_and_tail),
		cmocka_unit_test(numbers_are_decimal_and_whole),
		cmocka_unit_test(utf8_is_that_of_the_rfc),
		cmocka_unit_test(distances_are_counted_in_edits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
