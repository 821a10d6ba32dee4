#include "base/jsonpull.h"
#include "base/buf.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

/* Writes the token as this file's tables show it. */
static void show(struct buf *to, const struct json_token *token)
{
	static const struct {
		const char *before, *behind;
	} marks[] = {
		[JSON_OBJECT] = { "{", "" },    [JSON_OBJECT_END] = { "}", "" },
		[JSON_ARRAY] = { "[", "" },     [JSON_ARRAY_END] = { "]", "" },
		[JSON_KEY] = { "", ":" },       [JSON_STRING] = { "'", "'" },
		[JSON_NUMBER] = { "", "" },     [JSON_TRUE] = { "true", "" },
		[JSON_FALSE] = { "false", "" }, [JSON_NULL] = { "null", "" },
	};

	if (to->n > 0)
		buf_byte(to, ' ');
	buf_text(to, marks[token->kind].before);
	buf_put(to, token->text);
	buf_text(to, marks[token->kind].behind);
}

static void trace(struct arena *arena, struct str in, struct buf *to, struct err *err)
{
	struct jsonpull reader = jsonpull_open(arena, in);
	struct json_token token = { 0 };
	int got = 0;

	while ((got = jsonpull_next(&reader, &token, err)) == 1)
		show(to, &token);
	if (got == 0)
		return;
	buf_clear(to);
	buf_printf(to, "!%s", err->text);
}

static const struct {
	struct str in;
	const char *expected; /* "!" and the error's text where it is refused */
} texts[] = {
	{ STR("{}"), "{ }" },
	{ STR(" [ ] \r\n\t"), "[ ]" },
	{ STR("1"), "1" },
	{ STR("\"x\""), "'x'" },
	{ STR("null"), "null" },
	{ STR("{\"a\":1,\"b\" : [true,false , null],\"c\":{\"d\":\"e\"}}"),
	  "{ a: 1 b: [ true false null ] c: { d: 'e' } }" },
	{ STR("[[],[{}],{\"\":\"\"}]"), "[ [ ] [ { } ] { : '' } ]" },
	{ STR("[0,-0,10,-1.5,1e9,1E+9,0.25e-10,123456789012345678901234567890]"),
	  "[ 0 -0 10 -1.5 1e9 1E+9 0.25e-10 123456789012345678901234567890 ]" },
	{ STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), "'\"\\/\b\f\n\r\t'" },
	{ STR("\"\\u0041\\u00e9\\u20AC\\ud83d\\uDE00.\""),
	  "'A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80.'" },
	{ STR("\"gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80\x7f\""),
	  "'gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80\x7f'" },
	{ STR("{\"\\u0061b\":1}"), "{ ab: 1 }" },
	{ STR("[\"twelve bytes\",\"a text of more than sixteen\"]"),
	  "[ 'twelve bytes' 'a text of more than sixteen' ]" },

	{ STR(""), "!byte 1: expected a value" },
	{ STR("  "), "!byte 3: expected a value" },
	{ STR("\0"), "!byte 1: expected a value" },
	{ STR("\xef\xbb\xbf{}"), "!byte 1: expected a value" },
	{ STR("nul"), "!byte 1: expected a value" },
	{ STR("True"), "!byte 1: expected a value" },
	{ STR("nulll"), "!byte 5: something behind the value" },
	{ STR("1 2"), "!byte 3: something behind the value" },
	{ STR("{} x"), "!byte 4: something behind the value" },
	{ STR("1\0"), "!byte 2: something behind the value" },
	{ STR("01"), "!byte 2: something behind the value" },
	{ STR("-"), "!byte 2: expected a digit" },
	{ STR("+1"), "!byte 1: expected a value" },
	{ STR(".5"), "!byte 1: expected a value" },
	{ STR("1."), "!byte 3: expected a digit" },
	{ STR("1e"), "!byte 3: expected a digit" },
	{ STR("1e+-1"), "!byte 4: expected a digit" },
	{ STR("-x"), "!byte 2: expected a digit" },
	{ STR("NaN"), "!byte 1: expected a value" },
	{ STR("[1,]"), "!byte 4: expected a value" },
	{ STR("[,1]"), "!byte 2: expected a value" },
	{ STR("[1 2]"), "!byte 4: expected ',' or ']'" },
	{ STR("[1}"), "!byte 3: expected ',' or ']'" },
	{ STR("[1"), "!byte 3: expected ',' or ']'" },
	{ STR("["), "!byte 2: expected a value" },
	{ STR("]"), "!byte 1: expected a value" },
	{ STR("{\"a\":1,}"), "!byte 8: expected a key in quotes" },
	{ STR("{a:1}"), "!byte 2: expected a key in quotes" },
	{ STR("{1:1}"), "!byte 2: expected a key in quotes" },
	{ STR("{\"a\" 1}"), "!byte 6: expected ':' after the key" },
	{ STR("{\"a\"}"), "!byte 5: expected ':' after the key" },
	{ STR("{\"a\":}"), "!byte 6: expected a value" },
	{ STR("{\"a\":1]"), "!byte 7: expected ',' or '}'" },
	{ STR("{"), "!byte 2: expected a key in quotes" },
	{ STR("{\"a"), "!byte 4: the string is not closed" },
	{ STR("\"a\\"), "!byte 3: the string is not closed" },
	{ STR("\"a\\\""), "!byte 5: the string is not closed" },
	{ STR("'a'"), "!byte 1: expected a value" },
	{ STR("[1] // x"), "!byte 5: something behind the value" },
	{ STR("\"a\nb\""), "!byte 3: control character in a string" },
	{ STR("\"a longer text with a \x1f in it\""), "!byte 23: control character in a string" },
	{ STR("\"a\0\""), "!byte 3: control character in a string" },
	{ STR("\"ab\\x41\""), "!byte 4: no escape of JSON" },
	{ STR("\"\\\n\""), "!byte 2: no escape of JSON" },
	{ STR("\"\\u12\""), "!byte 2: no escape of JSON" },
	{ STR("\"\\u12g4\""), "!byte 2: no escape of JSON" },
	{ STR("\"\\ud83d\""), "!byte 2: no escape of JSON" },
	{ STR("\"\\ud83d\\u0041\""), "!byte 2: no escape of JSON" },
	{ STR("\"\\ud83d\\n1234\""), "!byte 2: no escape of JSON" },
	{ STR("\"x\\ude00\""), "!byte 3: no escape of JSON" },
	{ STR("[\"\xc3\xa9\",\"\xff\"]"), "!byte 8: no UTF-8" },
	{ STR("\"\xed\xa0\x80\""), "!byte 2: no UTF-8" },
	{ STR("\"\xc0\xaf\""), "!byte 2: no UTF-8" },
	{ STR("\"\xe2\x82"), "!byte 2: no UTF-8" },
};

static void texts_are_as_rfc_8259_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		CLEANUP(buf_free) struct buf got = buf_make(1 << 20);
		struct err err = { 0 };

		trace(&arena, texts[i].in, &got, &err);
		if (!str_eq(buf_str(&got), str_of(texts[i].expected)))
			fail_msg(STR_FMT "\n got      " STR_FMT "\n expected %s",
			         STR_ARG(texts[i].in), STR_ARG(buf_str(&got)), texts[i].expected);
		if (texts[i].expected[0] == '!')
			assert_int_equal(err.kind, ERR_INPUT);
	}
}

static void an_escaped_nul_is_a_byte_of_the_text(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct jsonpull reader = jsonpull_open(&arena, STR_LIT("\"a\\u0000b\""));
	struct json_token token = { 0 };
	struct err err = { 0 };

	assert_int_equal(jsonpull_next(&reader, &token, &err), 1);
	assert_true(str_eq(token.text, STR_LIT("a\0b")));
}

static void nesting_has_a_ceiling(void **state)
{
	(void)state;
	static const char *const parts[] = { "[", "{\"a\":" };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		for (size_t more = 0; more < 2; more++) {
			CLEANUP(arena_free) struct arena arena = { 0 };
			CLEANUP(buf_free)
			struct buf text = buf_make(1 << 20), got = buf_make(1 << 20);
			struct err err = { 0 };

			for (size_t n = 0; n < JSON_DEPTH_MAX + more; n++)
				buf_text(&text, parts[i]);
			trace(&arena, buf_str(&text), &got, &err);
			assert_int_equal(err.kind, more ? ERR_LIMIT : ERR_INPUT);
			if (more)
				assert_non_null(strstr(err.text, ": nested more than 64 deep"));
		}
	}
}

/* Skips at the token of index `skip`, and shows the rest. */
static const struct {
	const char *in;
	size_t skip;
	const char *expected;
} skips[] = {
	{ "{\"a\":[1,{\"b\":2}],\"c\":3}", 0, "{" },
	{ "{\"a\":[1,{\"b\":2}],\"c\":3}", 1, "{ a: c: 3 }" },
	{ "{\"a\":[1,{\"b\":2}],\"c\":3}", 2, "{ a: [ c: 3 }" },
	{ "{\"a\":[1,{\"b\":2}],\"c\":3}", 3, "{ a: [ 1 { b: 2 } ] c: 3 }" },
	{ "{\"a\":[1,{\"b\":2}],\"c\":3}", 4, "{ a: [ 1 { ] c: 3 }" },
	{ "{\"a\":[1,{\"b\":2}],\"c\":3}", 8, "{ a: [ 1 { b: 2 } ] c: 3 }" },
	{ "{\"a\":\"\\n\",\"c\":[]}", 1, "{ a: c: [ ] }" },
	{ "{\"a\":{},\"c\":[]}", 2, "{ a: { c: [ ] }" },
	{ "[]", 0, "[" },
	{ "[1,[2,\"\\q\"]]", 2, "!byte 8: no escape of JSON" },
	{ "{\"a\":[1,}]}", 1, "!byte 9: expected a value" },
	{ "{\"a\":", 1, "!byte 6: expected a value" },
};

static void what_is_skipped_is_checked_but_not_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(skips); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		CLEANUP(buf_free) struct buf got = buf_make(1 << 20);
		struct jsonpull reader = jsonpull_open(&arena, str_of(skips[i].in));
		struct json_token token = { 0 };
		struct err err = { 0 };
		int more = 1;

		for (size_t n = 0; (more = jsonpull_next(&reader, &token, &err)) == 1; n++) {
			show(&got, &token);
			if (n == skips[i].skip && !jsonpull_skip(&reader, &token, &err)) {
				more = -1;
				break;
			}
		}
		if (more < 0) {
			buf_clear(&got);
			buf_printf(&got, "!%s", err.text);
		}
		if (!str_eq(buf_str(&got), str_of(skips[i].expected)))
			fail_msg("%s at %zu\n got      " STR_FMT "\n expected %s", skips[i].in,
			         skips[i].skip, STR_ARG(buf_str(&got)), skips[i].expected);
		assert_int_equal(arena.count, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_as_rfc_8259_says),
		cmocka_unit_test(an_escaped_nul_is_a_byte_of_the_text),
		cmocka_unit_test(nesting_has_a_ceiling),
		cmocka_unit_test(what_is_skipped_is_checked_but_not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
