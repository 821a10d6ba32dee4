#include "daemon/params.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

struct taken {
	struct str value;
	struct str_list values;
	bool given;
	unsigned number;
};

static bool read_body(struct arena *arena, struct str body, struct taken *taken, struct err *err)
{
	const struct param params[] = {
		{ .name = "value", .value = &taken->value },
		{ .name = "many", .values = &taken->values },
		{ .name = "switch", .given = &taken->given },
		{ .name = "number", .number = &taken->number },
	};

	return params_read(arena, body, params, ARRAY_LEN(params), err);
}

static void put(struct buf *body, const char *kind, const char *name, const char *value)
{
	parcel_put(body, kind, str_of(name), str_of(value));
}

static void options_go_where_the_table_says(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf body = buf_make(1000);
	struct taken taken = { 0 };
	struct err err = { 0 };

	put(&body, "option", "value", "first");
	put(&body, "option", "many", "a");
	put(&body, "option", "switch", "1");
	put(&body, "option", "many", "");
	put(&body, "option", "value", "last");
	put(&body, "option", "number", "4294967295");
	if (!read_body(&arena, buf_str(&body), &taken, &err))
		fail_msg("%s", err.text);
	assert_true(str_eq(taken.value, STR_LIT("last")));
	assert_int_equal(taken.values.n, 2);
	assert_true(str_eq(taken.values.p[0], STR_LIT("a")));
	assert_true(taken.given);
	assert_int_equal(taken.number, 4294967295u);
}

static void an_empty_body_has_no_options(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct taken taken = { 0 };
	struct err err = { 0 };

	assert_true(read_body(&arena, (struct str){ 0 }, &taken, &err));
	assert_false(taken.given);
}

static const struct {
	const char *kind, *name, *value, *message; /* the message holds it */
} refused[] = {
	{ "lock", "Cargo.lock", "", "no part of kind 'lock'" },
	{ "option", "valu", "", "no option 'valu'" },
	{ "option", "", "", "no option ''" },
	{ "option", "switch", "yes", "'switch' is a switch" },
	{ "option", "switch", "", "'switch' is a switch" },
	{ "option", "number", "4294967296", "'number' wants a number" },
	{ "option", "number", "-1", "'number' wants a number" },
};

static void what_is_not_in_the_table_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		CLEANUP(buf_free) struct buf body = buf_make(1000);
		struct taken taken = { 0 };
		struct err err = { 0 };

		put(&body, refused[i].kind, refused[i].name, refused[i].value);
		if (read_body(&arena, buf_str(&body), &taken, &err))
			fail_msg("%s: accepted", refused[i].message);
		if (err.kind != ERR_USAGE || !strstr(err.text, refused[i].message))
			fail_msg("%s: %s", refused[i].message, err.text);
	}
}

static void a_body_that_is_no_parcel_is_refused(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct taken taken = { 0 };
	struct err err = { 0 };

	assert_false(read_body(&arena, STR_LIT("{\"value\":1}"), &taken, &err));
	assert_int_equal(err.kind, ERR_USAGE);
}

static void formats_are_text_and_json(void **state)
{
	(void)state;
	struct err err = { 0 };
	bool json = true;

	assert_true(params_format(STR_LIT(""), &json, &err) && !json);
	assert_true(params_format(STR_LIT("json"), &json, &err) && json);
	assert_true(params_format(STR_LIT("text"), &json, &err) && !json);
	assert_false(params_format(STR_LIT("xml"), &json, &err));
	assert_int_equal(err.kind, ERR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_go_where_the_table_says),
		cmocka_unit_test(an_empty_body_has_no_options),
		cmocka_unit_test(what_is_not_in_the_table_is_named),
		cmocka_unit_test(a_body_that_is_no_parcel_is_refused),
		cmocka_unit_test(formats_are_text_and_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
