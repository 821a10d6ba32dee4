#include "base/toml.h"
#include "base/buf.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

/* Writes the token as this file's tables show it. */
static void show(struct buf *to, const struct toml_token *token)
{
	static const struct {
		const char *before, *behind;
	} marks[] = {
		[TOML_TABLE] = { "[", "]" },  [TOML_TABLE_ARRAY] = { "[[", "]]" },
		[TOML_KEY] = { "", "=" },     [TOML_STRING] = { "'", "'" },
		[TOML_INTEGER] = { "i", "" }, [TOML_FLOAT] = { "f", "" },
		[TOML_BOOL] = { "b", "" },    [TOML_DATETIME] = { "d", "" },
		[TOML_ARRAY] = { "(", "" },   [TOML_ARRAY_END] = { ")", "" },
		[TOML_INLINE] = { "{", "" },  [TOML_INLINE_END] = { "}", "" },
	};

	if (to->n > 0)
		buf_byte(to, ' ');
	buf_printf(to, "%u:%s", token->line, marks[token->kind].before);
	for (size_t i = 0; i < token->path_n; i++)
		buf_printf(to, "%s" STR_FMT, i > 0 ? "|" : "", STR_ARG(token->path[i]));
	if (token->kind == TOML_INTEGER)
		buf_i64(to, token->integer);
	else if (token->kind == TOML_BOOL)
		buf_text(to, token->integer ? "true" : "false");
	else
		buf_put(to, token->text);
	buf_text(to, marks[token->kind].behind);
}

/* Reads all of `in`; what the tokens are, or "!" and the error's text. */
static void trace(struct arena *arena, struct str in, struct buf *to, struct err *err)
{
	struct toml reader = toml_open(arena, in);
	struct toml_token token = { 0 };
	int got = 0;

	while ((got = toml_next(&reader, &token, err)) == 1)
		show(to, &token);
	if (got == 0)
		return;
	buf_clear(to);
	buf_printf(to, "!%s", err->text);
}

struct example {
	struct str in;
	const char *expected;
};

static void check(const struct example *examples, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		CLEANUP(buf_free) struct buf got = buf_make(1 << 20);
		struct err err = { 0 };

		trace(&arena, examples[i].in, &got, &err);
		if (!str_eq(buf_str(&got), str_of(examples[i].expected)))
			fail_msg("%zu: " STR_FMT "\n got      " STR_FMT "\n expected %s", i,
			         STR_ARG(examples[i].in), STR_ARG(buf_str(&got)),
			         examples[i].expected);
		if (examples[i].expected[0] == '!' && err.kind != ERR_INPUT)
			fail_msg("%zu: kind %d", i, (int)err.kind);
	}
}

static const struct example documents[] = {
	{ STR(""), "" },
	{ STR("\n\n  # a comment\n\t\r\n"), "" },
	{ STR("\xef\xbb\xbf"
	      "a = 1"),
	  "1:a= 1:i1" },
	{ STR("a=1#x\nb = true\r\n# y\nc=false"), "1:a= 1:i1 2:b= 2:btrue 4:c= 4:bfalse" },
	{ STR("[a]\n[ b . \"c d\" . 'e' ] # f\n[[g]]\nh.1 . \"\" = 2"),
	  "1:[a] 2:[b|c d|e] 3:[[g]] 4:h|1|= 4:i2" },
	{ STR("-_ = 1\n1234 = 2\n\"\\u00e9\\\"\" = 3"),
	  "1:-_= 1:i1 2:1234= 2:i2 3:\xc3\xa9\"= 3:i3" },
	{ STR("a = [ ]\nb = [1, [2,3,], # x\n# y\n\n 4\n]\n"),
	  "1:a= 1:( 1:) 2:b= 2:( 2:i1 2:( 2:i2 2:i3 2:) 5:i4 6:)" },
	{ STR("a = { }\nb = {x = 1, y.z = [{},{}]}"),
	  "1:a= 1:{ 1:} 2:b= 2:{ 2:x= 2:i1 2:y|z= 2:( 2:{ 2:} 2:{ 2:} 2:) 2:}" },
	{ STR("a = { # new in 1.1\n x = 1,\n y = 2, # z\n}\nb = 3"),
	  "1:a= 1:{ 2:x= 2:i1 3:y= 3:i2 4:} 5:b= 5:i3" },
	{ STR("a = [\r\n\t'x',\r\n]\r\n"), "1:a= 1:( 2:'x' 3:)" },
};

static void documents_are_read_with_their_lines(void **state)
{
	(void)state;
	check(documents, ARRAY_LEN(documents));
}

static const struct example strings[] = {
	{ STR("a = \"\""), "1:a= 1:''" },
	{ STR("a = ''"), "1:a= 1:''" },
	{ STR("a = \"it's # no comment\" # one"), "1:a= 1:'it's # no comment'" },
	{ STR("a = 'C:\\no \"escape\"'"), "1:a= 1:'C:\\no \"escape\"'" },
	{ STR("a = \"\\b\\t\\n\\f\\r\\e\\\"\\\\\""), "1:a= 1:'\b\t\n\f\r\033\"\\'" },
	{ STR("a = \"\\x41\\xe9\\u20AC\\U0001F600\""),
	  "1:a= 1:'A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80'" },
	{ STR("a = \"x\\\\\"\nb = \"\\\"\""), "1:a= 1:'x\\' 2:b= 2:'\"'" },
	{ STR("a = \"gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80\""),
	  "1:a= 1:'gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80'" },
	{ STR("a = \"\"\"\"\"\""), "1:a= 1:''" },
	{ STR("a = \"\"\"\nx\ny\"\"\"\nb = 1"), "1:a= 1:'x\ny' 4:b= 4:i1" },
	{ STR("a = \"\"\"\r\nx\r\n\\ty\r\n\"\"\"\r\nb = 1"), "1:a= 1:'x\n\ty\n' 5:b= 5:i1" },
	{ STR("a = \'\'\'x\r\ny\'\'\'"), "1:a= 1:'x\ny'" },
	{ STR("a = \"\"\"\r\nx\"\"\""), "1:a= 1:'x'" },
	{ STR("a = \"\"\"\"x\"\"\"\""), "1:a= 1:'\"x\"'" },
	{ STR("a = \"\"\"x\"\"\"\"\""), "1:a= 1:'x\"\"'" },
	{ STR("a = \"\"\"x \"\" \\\"\"\" y\"\"\""), "1:a= 1:'x \"\" \"\"\" y'" },
	{ STR("a = \"\"\"x \\\n\n   y \\  \n z\"\"\"\nb = 1"), "1:a= 1:'x y z' 5:b= 5:i1" },
	{ STR("a = '''\n\\x '' \n'''\nb = ''''x'''''"), "1:a= 1:'\\x '' \n' 4:b= 4:''x'''" },
	{ STR("a = \"\"\"\\u0041\nx\"\"\"\n\nb=1"), "1:a= 1:'A\nx' 4:b= 4:i1" },
};

static void strings_are_read(void **state)
{
	(void)state;
	check(strings, ARRAY_LEN(strings));
}

static const struct example scalars[] = {
	{ STR("a = 0\nb = -0\nc = +99"), "1:a= 1:i0 2:b= 2:i0 3:c= 3:i99" },
	{ STR("a = 1_000_000"), "1:a= 1:i1000000" },
	{ STR("a = 9223372036854775807"), "1:a= 1:i9223372036854775807" },
	{ STR("a = -9223372036854775808"), "1:a= 1:i-9223372036854775808" },
	{ STR("a = 0xDEAD_beef\nb = 0o755\nc = 0b1101"),
	  "1:a= 1:i3735928559 2:b= 2:i493 3:c= 3:i13" },
	{ STR("a = 1.5\nb = -0.0\nc = 5e+22\nd = 1_0.2_5e-0_3"),
	  "1:a= 1:f1.5 2:b= 2:f-0.0 3:c= 3:f5e+22 4:d= 4:f1_0.2_5e-0_3" },
	{ STR("a = inf\nb = -nan\nc = +inf"), "1:a= 1:finf 2:b= 2:f-nan 3:c= 3:f+inf" },
	{ STR("a = 1979-05-27T07:32:00Z"), "1:a= 1:d1979-05-27T07:32:00Z" },
	{ STR("a = 1979-05-27 07:32:00.999-07:00 # x"), "1:a= 1:d1979-05-27 07:32:00.999-07:00" },
	{ STR("a = 1979-05-27t07:32z\nb = 1979-05-27 # x"),
	  "1:a= 1:d1979-05-27t07:32z 2:b= 2:d1979-05-27" },
	{ STR("a = [2024-02-29, 07:32:00, 07:32]"),
	  "1:a= 1:( 1:d2024-02-29 1:d07:32:00 1:d07:32 1:)" },
};

static void scalars_are_read(void **state)
{
	(void)state;
	check(scalars, ARRAY_LEN(scalars));
}

static const struct example broken[] = {
	{ STR("a"), "!1: expected '=' after the key 'a'" },
	{ STR("\n\nname b = 1"), "!3: expected '=' after the key 'name'" },
	{ STR("a.b.\n = 1"), "!1: expected a key" },
	{ STR(" = 1"), "!1: expected a key" },
	{ STR(".a = 1"), "!1: expected a key" },
	{ STR("\xc3\xa9 = 1"), "!1: expected a key" },
	{ STR("\"\"\"a\"\"\" = 1"), "!1: a key cannot stand in three quotes" },
	{ STR("a = "), "!1: a value is missing" },
	{ STR("a = \nb = 1"), "!1: a value is missing" },
	{ STR("a = # x"), "!1: a value is missing" },
	{ STR("a = ,"), "!1: expected a value" },
	{ STR("a = foo"), "!1: 'foo' is no value; a text needs quotes" },
	{ STR("a = True"), "!1: 'True' is no value; a text needs quotes" },
	{ STR("a = 1 2"), "!1: expected the end of the line" },
	{ STR("a = 1 b = 2"), "!1: expected the end of the line" },
	{ STR("[a] b = 1"), "!1: expected the end of the line" },
	{ STR("[a]]"), "!1: expected the end of the line" },
	{ STR("[a"), "!1: expected ']' after the name of the table" },
	{ STR("[a\n]"), "!1: expected ']' after the name of the table" },
	{ STR("[[a]"), "!1: expected ']]' after the name of the table" },
	{ STR("[[a] ]"), "!1: expected ']]' after the name of the table" },
	{ STR("[ [a]]"), "!1: expected a key" },
	{ STR("[]"), "!1: expected a key" },
	{ STR("[a..b]"), "!1: expected a key" },
	{ STR("a = \"x"), "!1: the string is not closed on its line" },
	{ STR("a = \"x\ny\""), "!1: the string is not closed on its line" },
	{ STR("a = \"x\\\ny\""), "!1: the string is not closed on its line" },
	{ STR("a = 'x"), "!1: the string is not closed on its line" },
	{ STR("a = \"x\\\""), "!1: the string is not closed on its line" },
	{ STR("\na = \"\\q\""), "!2: unknown escape in a string" },
	{ STR("a = \"\\ud800\""), "!1: unknown escape in a string" },
	{ STR("a = \"\\U00110000\""), "!1: unknown escape in a string" },
	{ STR("a = \"\\u12\""), "!1: unknown escape in a string" },
	{ STR("a = \"\"\"\nx\n\\q\"\"\""), "!3: unknown escape in a string" },
	{ STR("a = \"\"\"x \\ y\"\"\""), "!1: unknown escape in a string" },
	{ STR("\na = \"\"\"x\n\"\""), "!2: the string of three quotes is not closed" },
	{ STR("a = '''x\n''"), "!1: the string of three quotes is not closed" },
	{ STR("a = '''x''''''"), "!1: expected the end of the line" },
	{ STR("a = [1"), "!1: the document ends inside an array" },
	{ STR("a = [\n1,\n"), "!3: the document ends inside an array" },
	{ STR("a = [1 2]"), "!1: expected ',' or ']' in the array" },
	{ STR("a = [\n1,,2]"), "!2: expected a value" },
	{ STR("a = [,]"), "!1: expected a value" },
	{ STR("a = [1}"), "!1: expected ',' or ']' in the array" },
	{ STR("a = {b = 1"), "!1: the document ends inside an inline table" },
	{ STR("a = {b = 1 c = 2}"), "!1: expected ',' or '}' in the inline table" },
	{ STR("a = {b = 1,,c = 2}"), "!1: expected a key" },
	{ STR("a = {,}"), "!1: expected a key" },
	{ STR("a = {b}"), "!1: expected '=' after the key 'b'" },
	{ STR("a = {b = }"), "!1: expected a value" },
	{ STR("a = 01"), "!1: '01' has a leading zero" },
	{ STR("a = -007"), "!1: '-007' has a leading zero" },
	{ STR("a = 01.5"), "!1: '01.5' has a leading zero" },
	{ STR("a = 1_"), "!1: '1_' is no number" },
	{ STR("a = 1__0"), "!1: '1__0' is no number" },
	{ STR("a = _1"), "!1: '_1' is no value; a text needs quotes" },
	{ STR("a = +"), "!1: '+' is no number" },
	{ STR("a = --1"), "!1: '--1' is no number" },
	{ STR("a = 1."), "!1: '1.' is no number" },
	{ STR("a = .5"), "!1: '.5' is no value; a text needs quotes" },
	{ STR("a = 1.e5"), "!1: '1.e5' is no number" },
	{ STR("a = 1e"), "!1: '1e' is no number" },
	{ STR("a = 1.2.3"), "!1: '1.2.3' is no number" },
	{ STR("a = 0x"), "!1: '0x' is no number" },
	{ STR("a = 0xg"), "!1: '0xg' is no number" },
	{ STR("a = 0b2"), "!1: '0b2' is no number" },
	{ STR("a = 0x_1"), "!1: '0x_1' is no number" },
	{ STR("a = -0x1"), "!1: '-0x1' is no number" },
	{ STR("a = 9223372036854775808"), "!1: '9223372036854775808' does not fit into 64 bits" },
	{ STR("a = 0xffffffffffffffff"), "!1: '0xffffffffffffffff' does not fit into 64 bits" },
	{ STR("a = Inf"), "!1: 'Inf' is no value; a text needs quotes" },
	{ STR("a = 2023-02-29"), "!1: '2023-02-29' is no date or time" },
	{ STR("a = 2023-13-01"), "!1: '2023-13-01' is no date or time" },
	{ STR("a = 2023-1-01"), "!1: '2023-1-01' is no date or time" },
	{ STR("a = 2023-01-01T"), "!1: '2023-01-01T' is no date or time" },
	{ STR("a = 2023-01-01T24:00:00"), "!1: '2023-01-01T24:00:00' is no date or time" },
	{ STR("a = 2023-01-01T10:00:00+24:00"),
	  "!1: '2023-01-01T10:00:00+24:00' is no date or time" },
	{ STR("a = 10:00:00Z"), "!1: '10:00:00Z' is no date or time" },
	{ STR("a = 10:00:00."), "!1: '10:00:00.' is no date or time" },
	{ STR("a = 10:60"), "!1: '10:60' is no date or time" },
	{ STR("\n# \x01"), "!2: control character 0x01" },
	{ STR("a = \"x\x7f\""), "!1: control character 0x7f" },
	{ STR("a = 1\0"), "!1: control character 0x00" },
	{ STR("a = 1\rb = 2"), "!1: control character 0x0d" },
	{ STR("a = '''\n\n\x1f''' # long enough for whole words"), "!3: control character 0x1f" },
	{ STR("# fine\n# \xff"), "!2: the line is no UTF-8" },
	{ STR("a = \"\xed\xa0\x80\""), "!1: the line is no UTF-8" },
	{ STR("# \xc3"), "!1: the line is no UTF-8" },
};

static void broken_documents_are_refused_with_line_and_reason(void **state)
{
	(void)state;
	check(broken, ARRAY_LEN(broken));
}

/* `n` times `part`, between `head` and `tail`. */
static struct str repeated(struct buf *to, const char *head, const char *part, size_t n,
                           const char *tail)
{
	buf_text(to, head);
	for (size_t i = 0; i < n; i++)
		buf_text(to, part);
	buf_text(to, tail);
	return buf_str(to);
}

static const struct {
	const char *head, *part;
	size_t fits;
	const char *text;
} ceilings[] = {
	{ "a = ", "[", TOML_DEPTH_MAX, "1: arrays and tables nested more than 64 deep" },
	{ "a = ", "{a = ", TOML_DEPTH_MAX, "1: arrays and tables nested more than 64 deep" },
	{ "a", ".a", TOML_KEY_PARTS_MAX - 1, "1: a key of more than 64 parts" },
	{ "[a", ".a", TOML_KEY_PARTS_MAX - 1, "1: a key of more than 64 parts" },
};

static void nesting_and_parts_of_a_key_have_a_ceiling(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ceilings); i++) {
		for (size_t more = 0; more < 2; more++) {
			CLEANUP(arena_free) struct arena arena = { 0 };
			CLEANUP(buf_free)
			struct buf text = buf_make(1 << 20), got = buf_make(1 << 20);
			struct err err = { 0 };
			struct str in = repeated(&text, ceilings[i].head, ceilings[i].part,
			                         ceilings[i].fits + more, "");

			trace(&arena, in, &got, &err);
			assert_int_equal(err.kind, more ? ERR_LIMIT : ERR_INPUT);
			if (more)
				assert_string_equal(err.text, ceilings[i].text);
		}
	}
}

static void plain_strings_need_no_memory(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf text = buf_make(1 << 20), got = buf_make(1 << 20);
	struct err err = { 0 };
	struct str in =
		repeated(&text, "", "[[package]]\nname = \"a\"\nlist = [\n \"b\",\n]\n", 1000, "");

	trace(&arena, in, &got, &err);
	assert_int_equal(err.kind, ERR_NONE);
	assert_int_equal(arena.count, 0);
}

/* The second line of a document; key NULL: it is left to toml_next. */
static const struct {
	const char *line, *key, *text;
} pairs[] = {
	{ "name = \"serde\"\n", "name", "serde" },
	{ "a-b_1 = \"\"\n", "a-b_1", "" },
	{ "name = \"a # b\"\n", "name", "a # b" },
	{ "name = \"a\"", "name", "a" },
	{ "name = \"a\\\"b\"\n", NULL, NULL },
	{ "name = \"a\" # \"\n", NULL, NULL },
	{ "name = \"a\"b\"\n", NULL, NULL },
	{ "name = \"a\" \n", NULL, NULL },
	{ "name = \"a\"\r\n", NULL, NULL },
	{ "name = \"\"\"a\"\"\"\n", NULL, NULL },
	{ "name = \"\n", NULL, NULL },
	{ "name=\"a\"\n", NULL, NULL },
	{ " name = \"a\"\n", NULL, NULL },
	{ "\"name\" = \"a\"\n", NULL, NULL },
	{ "a.b = \"a\"\n", NULL, NULL },
	{ " = \"a\"\n", NULL, NULL },
	{ "name = 'a'\n", NULL, NULL },
	{ "[name]\n", NULL, NULL },
	{ "\n", NULL, NULL },
};

static void plain_pairs_are_read_at_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct str in = arena_printf(&arena, "[a]\n%s", pairs[i].line);
		struct toml reader = toml_open(&arena, in);
		struct toml_token token = { 0 };
		struct str key = { 0 }, text = { 0 };
		struct err err = { 0 };
		uint32_t line = 0;

		/* nothing was checked yet */
		assert_false(toml_plain_pair(&reader, &key, &text, &line));
		assert_int_equal(toml_next(&reader, &token, &err), 1);
		size_t at = reader.at;
		bool got = toml_plain_pair(&reader, &key, &text, &line);

		if (got != (pairs[i].key != NULL))
			fail_msg("%s: %s", pairs[i].line, got ? "taken" : "left");
		if (!got) {
			assert_int_equal(reader.at, at);
			continue;
		}
		assert_true(str_eq(key, str_of(pairs[i].key)));
		assert_true(str_eq(text, str_of(pairs[i].text)));
		assert_int_equal(line, 2);
		assert_int_equal(toml_next(&reader, &token, &err), 0);
	}
}

static void plain_items_and_what_follows_are_read(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct toml reader =
		toml_open(&arena, STR_LIT("a = [\n \"b\",\n \"c 1\",\n \"d\\t\",\n]\ne = \"f\"\n"));
	struct toml_token token = { 0 };
	struct str key = { 0 }, text = { 0 };
	struct err err = { 0 };
	uint32_t line = 0;

	assert_int_equal(toml_next(&reader, &token, &err), 1);
	assert_false(toml_plain_item(&reader, &text, &line)); /* the array has not begun */
	assert_int_equal(toml_next(&reader, &token, &err), 1);
	assert_true(toml_plain_item(&reader, &text, &line));
	assert_true(toml_plain_item(&reader, &text, &line));
	assert_true(str_eq(text, STR_LIT("c 1")));
	assert_int_equal(line, 3);
	assert_false(toml_plain_item(&reader, &text, &line)); /* an escape */
	assert_int_equal(toml_next(&reader, &token, &err), 1);
	assert_true(str_eq(token.text, STR_LIT("d\t")));
	assert_int_equal(token.line, 4);
	assert_int_equal(toml_next(&reader, &token, &err), 1);
	assert_int_equal(token.kind, TOML_ARRAY_END);
	assert_true(toml_plain_pair(&reader, &key, &text, &line));
	assert_true(str_eq(text, STR_LIT("f")));
	assert_int_equal(line, 6);
}

/* A byte that no document may hold is found wherever it stands, also where 64 are looked at
 * together. */
static void strange_bytes_are_found_at_every_place(void **state)
{
	(void)state;
	static const char strange[] = { 0x01, 0x1f, 0x7f, '\r', (char)0x80, (char)0xff };
	char bytes[200];

	for (size_t at = 1; at < sizeof bytes; at++)
		for (size_t i = 0; i < ARRAY_LEN(strange); i++) {
			CLEANUP(arena_free) struct arena arena = { 0 };
			struct toml_token token = { 0 };
			struct err err = { 0 };

			memset(bytes, 'a', sizeof bytes);
			bytes[0] = '#';
			bytes[at] = strange[i];
			struct toml reader = toml_open(&arena, (struct str){ bytes, sizeof bytes });

			assert_int_equal(toml_next(&reader, &token, &err), -1);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_are_read_with_their_lines),
		cmocka_unit_test(strings_are_read),
		cmocka_unit_test(scalars_are_read),
		cmocka_unit_test(broken_documents_are_refused_with_line_and_reason),
		cmocka_unit_test(nesting_and_parts_of_a_key_have_a_ceiling),
		cmocka_unit_test(plain_strings_need_no_memory),
		cmocka_unit_test(plain_pairs_are_read_at_once),
		cmocka_unit_test(plain_items_and_what_follows_are_read),
		cmocka_unit_test(strange_bytes_are_found_at_every_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
