#include "base/jsonout.h"
#include "base/jsonpull.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

/* One of everything. */
static void write_example(struct jsonout *out)
{
	jsonout_object(out);
	jsonout_key(out, "a");
	jsonout_array(out);
	jsonout_u64(out, UINT64_MAX);
	jsonout_i64(out, INT64_MIN);
	jsonout_double(out, 0.125, 2);
	jsonout_array(out);
	jsonout_array_end(out);
	jsonout_object(out);
	jsonout_object_end(out);
	jsonout_array_end(out);
	jsonout_key_str(out, STR_LIT("b\""));
	jsonout_object(out);
	jsonout_key(out, "c");
	jsonout_bool(out, true);
	jsonout_key(out, "d");
	jsonout_null(out);
	jsonout_object_end(out);
	jsonout_key(out, "e");
	jsonout_text(out, NULL);
	jsonout_key(out, "f");
	jsonout_text(out, "x");
	jsonout_object_end(out);
}

static const struct {
	unsigned indent;
	const char *expected;
} forms[] = {
	{ 0, "{\"a\":[18446744073709551615,-9223372036854775808,0.12,[],{}],"
	     "\"b\\\"\":{\"c\":true,\"d\":null},\"e\":null,\"f\":\"x\"}" },
	{ 2,
	  "{\n  \"a\": [\n    18446744073709551615,\n    -9223372036854775808,\n    0.12,\n    "
	  "[],\n"
	  "    {}\n  ],\n  \"b\\\"\": {\n    \"c\": true,\n    \"d\": null\n  },\n  \"e\": null,\n"
	  "  \"f\": \"x\"\n}" },
};

static void commas_and_line_ends_are_put_by_the_writer(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		CLEANUP(buf_free) struct buf buf = buf_make(1 << 20);
		struct jsonout out = jsonout_open(&buf, forms[i].indent);

		write_example(&out);
		buf_byte(&buf, '\0');
		assert_string_equal(buf.p, forms[i].expected);
	}
}

static const struct {
	struct str in;
	const char *expected;
} strings[] = {
	{ STR(""), "\"\"" },
	{ STR("plain"), "\"plain\"" },
	{ STR("\"\\/\b\f\n\r\t"), "\"\\\"\\\\/\\b\\f\\n\\r\\t\"" },
	{ STR("\0\x01\x1f\x7f"), "\"\\u0000\\u0001\\u001f\\u007f\"" },
	{ STR("</script>&"), "\"\\u003c/script\\u003e\\u0026\"" },
	{ STR("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80"),
	  "\"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80\"" },
	{ STR("a\xff"
	      "b\xc3"),
	  "\"a\xef\xbf\xbd"
	  "b\xef\xbf\xbd\"" },
	{ STR("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ STR("\xc2\x9b\xc2\xa0"), "\"\\u009b\xc2\xa0\"" },
	{ STR("\xd8\x9c\xe2\x80\xae\xe2\x81\xa6\xe2\x81\xaa"),
	  "\"\\u061c\\u202e\\u2066\xe2\x81\xaa\"" },
	{ STR("\xe2\x82"), "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
};

static void strings_are_escaped(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(strings); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		CLEANUP(buf_free) struct buf buf = buf_make(1 << 20);
		struct jsonout out = jsonout_open(&buf, 0);
		struct json_token token = { 0 };
		struct err err = { 0 };

		jsonout_str(&out, strings[i].in);
		if (!str_eq(buf_str(&buf), str_of(strings[i].expected)))
			fail_msg("got " STR_FMT ", expected %s", STR_ARG(buf_str(&buf)),
			         strings[i].expected);
		struct jsonpull reader = jsonpull_open(&arena, buf_str(&buf));

		assert_int_equal(jsonpull_next(&reader, &token, &err), 1);
		if (str_is_utf8(strings[i].in))
			assert_true(str_eq(token.text, strings[i].in));
		assert_int_equal(jsonpull_next(&reader, &token, &err), 0);
	}
}

static void what_is_no_number_is_null(void **state)
{
	(void)state;
	CLEANUP(buf_free) struct buf buf = buf_make(1 << 20);
	struct jsonout out = jsonout_open(&buf, 0);

	jsonout_array(&out);
	jsonout_double(&out, 1.0 / 0.0, 2);
	jsonout_double(&out, -2.5, 0);
	jsonout_array_end(&out);
	assert_true(str_eq(buf_str(&buf), STR_LIT("[null,-2]")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commas_and_line_ends_are_put_by_the_writer),
		cmocka_unit_test(strings_are_escaped),
		cmocka_unit_test(what_is_no_number_is_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
