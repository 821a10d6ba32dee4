#include "base/printable.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static const struct {
	struct str in;
	const char *expected;
} texts[] = {
	{ STR(""), "" },
	{ STR("plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"),
	  "plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80" },
	{ STR("a\nb\tc\033[0m\0\x7f"), "a\\x0ab\\x09c\\x1b[0m\\x00\\x7f" },
	{ STR("\xc2\x9b"
	      "31m\xc2\xa0"),
	  "\\xc2\\x9b31m\xc2\xa0" },
	{ STR("\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f"), "\\xd8\\x9c\\xe2\\x80\\x8e\\xe2\\x80\\x8f" },
	{ STR("\xe2\x80\xa9\xe2\x80\xaa\xe2\x80\xae\xe2\x80\xaf"),
	  "\xe2\x80\xa9\\xe2\\x80\\xaa\\xe2\\x80\\xae\xe2\x80\xaf" },
	{ STR("\xe2\x81\xa5\xe2\x81\xa6\xe2\x81\xa9\xe2\x81\xaa"),
	  "\xe2\x81\xa5\\xe2\\x81\\xa6\\xe2\\x81\\xa9\xe2\x81\xaa" },
	{ STR("\xff\xc3"), "\\xff\\xc3" },
	{ STR("\xed\xa0\x80"), "\\xed\\xa0\\x80" },
};

static void harmful_bytes_are_escaped(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		char got[128];
		size_t n = printable_copy(got, sizeof got, texts[i].in);

		assert_string_equal(got, texts[i].expected);
		assert_int_equal(n, strlen(got));
	}
}

static const struct {
	const char *in;
	size_t room;
	const char *expected;
} cuts[] = {
	{ "abc", 4, "abc" },
	{ "abc", 3, "ab" },
	{ "abc", 1, "" },
	{ "a\xe2\x82\xac", 5, "a\xe2\x82\xac" },
	{ "a\xe2\x82\xac", 4, "a" },
	{ "a\n", 6, "a\\x0a" },
	{ "a\n", 5, "a" },
};

static void what_does_not_fit_is_cut_between_characters(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
		char got[16];

		memset(got, 'x', sizeof got);
		printable_copy(got, cuts[i].room, str_of(cuts[i].in));
		assert_string_equal(got, cuts[i].expected);
		assert_int_equal(got[cuts[i].room], 'x');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(harmful_bytes_are_escaped),
		cmocka_unit_test(what_does_not_fit_is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
