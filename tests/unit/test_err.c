#include "base/err.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */
#include <errno.h>

static void both_shapes_fail_with_kind_and_sentence(void **state)
{
	(void)state;
	struct err err = { 0 };

	assert_false(err_set(&err, ERR_INPUT, "%d: no %s", 12, "version"));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, "12: no version");
	assert_int_equal(err_fail(&err, ERR_LIMIT, "too large"), -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_string_equal(err.text, "too large");
	errno = ENOENT;
	assert_false(err_set(&err, ERR_IO, "%m"));
	assert_string_equal(err.text, "No such file or directory");
}

static void a_prefix_stands_before_the_sentence(void **state)
{
	(void)state;
	struct err err = { 0 };

	assert_false(err_set(&err, ERR_INPUT, "%d: no '%s'", 3, "\xff"));
	err_prefix(&err, "%s:", "Cargo.lock\n");
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, "Cargo.lock\\x0a:3: no '\\xff'");
}

static void long_sentences_are_cut_between_characters(void **state)
{
	(void)state;
	struct err err = { 0 };
	char text[600];

	for (size_t from = 0; from < 3; from++) {
		memset(text, 'a', sizeof text);
		for (size_t i = from; i + 3 < sizeof text; i += 3)
			memcpy(text + i, "\xe2\x82\xac", 3);
		text[sizeof text - 1] = '\0';
		assert_false(err_set(&err, ERR_INPUT, "%s", text));
		assert_true(str_is_utf8(str_of(err.text)));
		assert_true(strlen(err.text) > sizeof err.text - 4);
	}
	/* A prefix too long to leave room keeps what is there. */
	assert_false(err_set(&err, ERR_INPUT, "%s", "why"));
	err_prefix(&err, "%s%s", text, text);
	assert_string_equal(err.text, "why");
}

static void each_kind_has_a_word_and_its_statuses(void **state)
{
	(void)state;
	static const struct {
		enum err_kind kind;
		const char *name;
		int exit_status, http_status;
	} kinds[] = {
		{ ERR_NONE, "none", 0, 200 },       { ERR_USAGE, "usage", 2, 400 },
		{ ERR_INPUT, "input", 2, 422 },     { ERR_LIMIT, "limit", 2, 413 },
		{ ERR_ABSENT, "absent", 3, 404 },   { ERR_NETWORK, "network", 3, 502 },
		{ ERR_STORE, "store", 3, 507 },     { ERR_IO, "io", 2, 500 },
		{ ERR_STOPPED, "stopped", 3, 503 }, { ERR_BUG, "bug", 3, 500 },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		assert_int_equal(kinds[i].kind, i);
		assert_string_equal(err_kind_name(kinds[i].kind), kinds[i].name);
		assert_int_equal(err_kind_of(kinds[i].name), kinds[i].kind);
		assert_int_equal(err_exit_status(kinds[i].kind), kinds[i].exit_status);
		assert_int_equal(err_http_status(kinds[i].kind), kinds[i].http_status);
	}
	assert_int_equal(err_kind_of("something else"), ERR_BUG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_shapes_fail_with_kind_and_sentence),
		cmocka_unit_test(a_prefix_stands_before_the_sentence),
		cmocka_unit_test(long_sentences_are_cut_between_characters),
		cmocka_unit_test(each_kind_has_a_word_and_its_statuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
