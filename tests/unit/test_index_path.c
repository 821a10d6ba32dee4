#include "audit/index_path.h"
#include "audit/limits.h"
#include "base/buf.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static const struct {
	const char *name, *path; /* path NULL: refused */
} cases[] = {
	{ "a", "1/a" },
	{ "os", "2/os" },
	{ "Url", "3/u/url" },
	{ "serde", "se/rd/serde" },
	{ "Inflector", "in/fl/inflector" },
	{ "", NULL },
	{ "../etc", NULL },
	{ "a/b", NULL },
	{ "a-name-of-sixty-five-bytes-which-is-one-more-than-crates-io-takes", NULL },
};

static void paths_are_those_of_the_book(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct str name = str_of(cases[i].name), got = { 0 };
		struct err err = { 0 };
		bool ok = index_path(&arena, name, &got, &err);

		if (ok != (cases[i].path != NULL))
			fail_msg("%s: %s", cases[i].name, ok ? "accepted" : err.text);
		if (ok && !str_eq(got, str_of(cases[i].path)))
			fail_msg("%s: got " STR_FMT, cases[i].name, STR_ARG(got));
		if (!ok)
			assert_int_equal(err.kind, ERR_INPUT);
	}
}

static void a_name_has_a_most_of_bytes(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf name = buf_make(CRATE_NAME_MAX + 1);
	struct str path = { 0 };
	struct err err = { 0 };

	buf_repeat(&name, 'a', CRATE_NAME_MAX);
	assert_true(index_path(&arena, buf_str(&name), &path, &err));
	assert_int_equal(path.n, CRATE_NAME_MAX + 6);
	buf_byte(&name, 'a');
	assert_false(index_path(&arena, buf_str(&name), &path, &err));
	assert_int_equal(err.kind, ERR_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_those_of_the_book),
		cmocka_unit_test(a_name_has_a_most_of_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
