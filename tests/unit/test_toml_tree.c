#include "base/toml_tree.h"
#include "base/buf.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

enum { VALUES_MAX = 5000 };

/* Writes a tree as this file's tables show it. It recurses as deep as the tree may be. */
static void show(struct buf *to, const struct toml_value *value)
{
	bool table = value->type == TOML_IS_TABLE;

	if (value->key.p)
		buf_printf(to, STR_FMT "=", STR_ARG(value->key));
	if (!table && value->type != TOML_IS_ARRAY) {
		buf_put(to, value->text);
		return;
	}
	buf_byte(to, table ? '{' : '(');
	for (const struct toml_value *element = value->first; element; element = element->next) {
		show(to, element);
		if (element->next)
			buf_byte(to, ' ');
	}
	buf_byte(to, table ? '}' : ')');
}

static const struct {
	const char *in, *expected; /* "!" and the error's text where it is refused */
} documents[] = {
	{ "", "{}" },
	{ "a = 1\nb = 'x'\nc = true\nd = 1.5\ne = 2020-01-01",
	  "{a=1 b=x c=true d=1.5 e=2020-01-01}" },
	{ "a = [1, [2, {b = 3}], {}]", "{a=(1 (2 {b=3}) {})}" },
	{ "[a]\nx = 1\n[b]\ny = 2", "{a={x=1} b={y=2}}" },
	{ "[a.b.c]\nx = 1", "{a={b={c={x=1}}}}" },
	{ "[a.b]\nx = 1\n[a]\ny = 2", "{a={b={x=1} y=2}}" },
	{ "[a.b]\n[a]\nc.d = 1\n[a.e]", "{a={b={} c={d=1} e={}}}" },
	{ "[[a]]\nx = 1\n[[a]]\n[[a.b]]\ny = 2\n[a.c]\n[[a]]\n[a.c]",
	  "{a=({x=1} {b=({y=2}) c={}} {c={}})}" },
	{ "a.b = 1\na.c.d = 2\na.c.e = 3", "{a={b=1 c={d=2 e=3}}}" },
	{ "[f]\na.b = 1\na.c = 2\n[f.a.d]\nx = 1", "{f={a={b=1 c=2 d={x=1}}}}" },
	{ "a = {b.c = 1, b.d = 2}", "{a={b={c=1 d=2}}}" },
	{ "[a.b.c]\n[a]\nb.d = 1", "{a={b={c={} d=1}}}" },
	{ "\"a.b\" = 1\na.b = 2\n'' = 3", "{a.b=1 a={b=2} =3}" },
	{ "a = [{b = 1}, {b = 2}]", "{a=({b=1} {b=2})}" },
	{ "[dependencies.a]\nversion = '1'\n[dependencies]\nb = '2'",
	  "{dependencies={a={version=1} b=2}}" },

	{ "a = 1\na = 2", "!2: 'a' is already defined on line 1" },
	{ "a = 1\n\"a\" = 2", "!2: 'a' is already defined on line 1" },
	{ "a = 1\n\na.b = 2", "!3: 'a' is no table; it was defined on line 1" },
	{ "a = 1\n[a.b]", "!2: 'a' is no table; it was defined on line 1" },
	{ "a = 1\n[a]", "!2: 'a' is already defined on line 1" },
	{ "a = 1\n[[a]]", "!2: 'a' is already defined, and not by [[ ]], on line 1" },
	{ "[a]\n[a]", "!2: 'a' is already defined on line 1" },
	{ "[a]\n[b]\n[a]", "!3: 'a' is already defined on line 1" },
	{ "[a.b]\n[a]\n[a]", "!3: 'a' is already defined on line 2" },
	{ "[a]\nb = 1\n[a.b]", "!3: 'b' is already defined on line 2" },
	{ "[a]\nb = 1\n[a.b.c]", "!3: 'b' is no table; it was defined on line 2" },
	{ "[a]\n[[a]]", "!2: 'a' is already defined, and not by [[ ]], on line 1" },
	{ "[a.b]\n[[a]]", "!2: 'a' is already defined, and not by [[ ]], on line 1" },
	{ "[[a]]\n[a]", "!2: 'a' is already defined on line 1" },
	{ "[[a]]\nb = 1\nb = 2", "!3: 'b' is already defined on line 2" },
	{ "[[a]]\n[a.b]\n[a.b]", "!3: 'b' is already defined on line 2" },
	{ "a = []\n[[a]]", "!2: 'a' is already defined, and not by [[ ]], on line 1" },
	{ "a = [{}]\n[a.b]", "!2: 'a' was completely defined on line 1" },
	{ "a = [{}]\na.b = 1", "!2: 'a' is no table; it was defined on line 1" },
	{ "[[a.b]]\n[a]\nb.y = 2", "!3: 'b' is no table; it was defined on line 1" },
	{ "a = {b = 1}\n[a]", "!2: 'a' is already defined on line 1" },
	{ "a = {b = 1}\n[a.c]", "!2: 'a' was completely defined on line 1" },
	{ "a = {b = 1}\na.c = 2", "!2: 'a' was completely defined on line 1" },
	{ "a = {b = 1, b = 2}", "!1: 'b' is already defined on line 1" },
	{ "a = {b = {x = 1}, b.y = 2}", "!1: 'b' was completely defined on line 1" },
	{ "a = {b.x = 1, b = 2}", "!1: 'b' is already defined on line 1" },
	{ "a = [{b = 1, b = 2}]", "!1: 'b' is already defined on line 1" },
	{ "a.b = 1\na.b = 2", "!2: 'b' is already defined on line 1" },
	{ "a.b = 1\na.b.c = 2", "!2: 'b' is no table; it was defined on line 1" },
	{ "a.b = 1\n[a]", "!2: 'a' is already defined on line 1" },
	{ "[f]\na.b.c = 1\n[f.a]", "!3: 'a' is already defined on line 2" },
	{ "[f]\na.b.c = 1\n[f.a.b]", "!3: 'b' is already defined on line 2" },
	{ "[f]\na.b.c = 1\n[[f.a.b]]", "!3: 'b' is already defined, and not by [[ ]], on line 2" },
	{ "[a.b.c]\nz = 9\n[a]\nb.c.t = 1", "!4: 'c' was completely defined on line 1" },
	{ "[a]\nb.c = 1\n[b]\n[a.b]", "!4: 'b' is already defined on line 2" },
	{ "a = 1\nb", "!2: expected '=' after the key 'b'" },
};

static void documents_are_as_toml_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		CLEANUP(buf_free) struct buf got = buf_make(1 << 20);
		const struct toml_value *root = NULL;
		struct err err = { 0 };

		if (toml_tree_parse(&arena, str_of(documents[i].in), VALUES_MAX, &root, &err))
			show(&got, root);
		else
			buf_printf(&got, "!%s", err.text);
		if (!str_eq(buf_str(&got), str_of(documents[i].expected)))
			fail_msg("%s\n got      " STR_FMT "\n expected %s", documents[i].in,
			         STR_ARG(buf_str(&got)), documents[i].expected);
		if (documents[i].expected[0] == '!')
			assert_int_equal(err.kind, ERR_INPUT);
	}
}

static void values_are_found_and_have_their_lines(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct toml_value *root = NULL;
	struct err err = { 0 };
	struct str text = STR("before");
	struct str in = STR("[package]\nname = 'a'\npublish = false\n\n[dependencies.b]\n"
	                    "version = \"1\"\nfeatures = [\n 'x',\n 'y']\n");

	assert_true(toml_tree_parse(&arena, in, VALUES_MAX, &root, &err));
	const struct toml_value *package = toml_get(root, "package");
	const struct toml_value *b = toml_get(toml_get(root, "dependencies"), "b");
	const struct toml_value *features = toml_get(b, "features");

	assert_int_equal(package->line, 1);
	assert_int_equal(package->n, 2);
	assert_int_equal(b->line, 5);
	assert_int_equal(features->line, 7);
	assert_int_equal(features->n, 2);
	assert_int_equal(features->first->next->line, 9);
	assert_null(features->first->next->next);
	assert_true(toml_get_str(package, "name", &text));
	assert_true(str_eq(text, STR_LIT("a")));
	assert_false(toml_get_str(package, "publish", &text));
	assert_false(toml_get_str(package, "version", &text));
	assert_true(str_eq(text, STR_LIT("a")));
	assert_false(toml_get_bool(package, "publish", true));
	assert_true(toml_get_bool(package, "name", true));
	assert_true(toml_get_bool(package, "absent", true));
	assert_null(toml_get(features, "x"));
	assert_null(toml_get(NULL, "x"));
	assert_null(toml_get(toml_get(package, "name"), "x"));
}

static void large_tables_find_each_key_and_refuse_it_twice(void **state)
{
	(void)state;
	for (size_t n = 1; n <= 2000; n = n < 20 ? n + 1 : n * 10) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		CLEANUP(buf_free) struct buf text = buf_make(1 << 20);
		const struct toml_value *root = NULL;
		struct err err = { 0 };

		for (size_t i = 0; i < n; i++)
			buf_printf(&text, "key-%zu = %zu\n", i, i);
		assert_true(toml_tree_parse(&arena, buf_str(&text), n, &root, &err));
		assert_int_equal(root->n, n);
		for (size_t i = 0; i < n; i++) {
			struct str key = arena_printf(&arena, "key-%zu", i);

			assert_int_equal(toml_get(root, key.p)->integer, i);
		}
		assert_null(toml_get(root, "key-"));
		buf_printf(&text, "key-%zu = 0\n", n / 2);
		assert_false(toml_tree_parse(&arena, buf_str(&text), n + 1, &root, &err));
		struct str expected =
			arena_printf(&arena, "%zu: 'key-%zu' is already defined on line %zu", n + 1,
		                     n / 2, n / 2 + 1);
		assert_string_equal(err.text, expected.p);
	}
}

static void more_values_than_the_ceiling_are_refused(void **state)
{
	(void)state;
	static const char *const three[] = { "a = 1\nb = 2\nc = 3", "a = [1,\n2]",
		                             "a.b.c = 1",           "[a.b.c]",
		                             "[[a]]\n[[a]]",        "a = {b = {c = 1}}" };

	for (size_t i = 0; i < ARRAY_LEN(three); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		const struct toml_value *root = NULL;
		struct err err = { 0 };

		assert_true(toml_tree_parse(&arena, str_of(three[i]), 3, &root, &err));
		assert_false(toml_tree_parse(&arena, str_of(three[i]), 2, &root, &err));
		assert_int_equal(err.kind, ERR_LIMIT);
		assert_non_null(strstr(err.text, ": more than 2 values"));
	}
}

/* Keys of many parts within inline tables nest deeper than each of them may. */
static void depth_has_a_ceiling_over_all_forms(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		CLEANUP(buf_free) struct buf text = buf_make(1 << 20);
		const struct toml_value *root = NULL;
		struct err err = { 0 };

		buf_text(&text, "[a");
		for (size_t i = 1; i < 30; i++)
			buf_text(&text, ".a");
		buf_text(&text, "]\na");
		for (size_t i = 1; i < 31 + more; i++)
			buf_text(&text, ".a");
		buf_text(&text, " = [[[4]]]");
		assert_int_equal(toml_tree_parse(&arena, buf_str(&text), VALUES_MAX, &root, &err),
		                 !more);
		if (more) {
			assert_int_equal(err.kind, ERR_LIMIT);
			assert_string_equal(err.text, "2: values nested more than 64 deep");
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_are_as_toml_says),
		cmocka_unit_test(values_are_found_and_have_their_lines),
		cmocka_unit_test(large_tables_find_each_key_and_refuse_it_twice),
		cmocka_unit_test(more_values_than_the_ceiling_are_refused),
		cmocka_unit_test(depth_has_a_ceiling_over_all_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
