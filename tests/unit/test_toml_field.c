#include "audit/toml_field.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static const char text[] =
	"s = \"x\"\nb = true\nl = [\"a\", \"b\"]\nold_l = [\"c\"]\nnew-l = []\nnew_l = [\"d\"]\n"
	"t = { k = 1 }\nmixed = [\"a\", 1]\n";

static const struct toml_value *tree(struct arena *arena)
{
	const struct toml_value *root = NULL;
	struct err err = { 0 };

	if (!toml_tree_parse(arena, str_of(text), 100, &root, &err))
		fail_msg("%s", err.text);
	return root;
}

static void values_of_the_right_type_are_read(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct toml_value *root = tree(&arena), *table = NULL;
	struct str name = STR_LIT("f.toml"), s = { 0 };
	struct str_list list = { 0 };
	struct err err = { 0 };
	bool b = false;

	(void)state;
	assert_int_equal(toml_field_str(root, "s", name, &s, &err), 1);
	assert_true(str_eq(s, STR_LIT("x")));
	assert_int_equal(toml_field_bool(root, "b", name, &b, &err), 1);
	assert_true(b);
	assert_int_equal(toml_field_table(root, "t", name, &table, &err), 1);
	assert_int_equal(table->n, 1);
	assert_int_equal(toml_field_strings(&arena, root, "l", NULL, name, &list, &err), 1);
	assert_int_equal(list.n, 2);
	assert_true(str_eq(list.p[1], STR_LIT("b")));
	assert_int_equal(toml_field_strings(&arena, root, "old-l", "old_l", name, &list, &err), 1);
	assert_true(str_eq(list.p[0], STR_LIT("c")));
	assert_int_equal(toml_field_strings(&arena, root, "new-l", "new_l", name, &list, &err), 1);
	assert_int_equal(list.n, 0);
}

static void what_is_absent_changes_nothing(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct toml_value *root = tree(&arena), *table = NULL;
	struct str name = STR_LIT("f.toml"), s = STR_LIT("kept");
	struct str_list list = { .n = 7 };
	struct err err = { 0 };
	bool b = true;

	(void)state;
	assert_int_equal(toml_field_str(root, "none", name, &s, &err), 0);
	assert_int_equal(toml_field_str(NULL, "s", name, &s, &err), 0);
	assert_true(str_eq(s, STR_LIT("kept")));
	assert_int_equal(toml_field_bool(root, "none", name, &b, &err), 0);
	assert_true(b);
	assert_int_equal(toml_field_table(root, "none", name, &table, &err), 0);
	assert_int_equal(toml_field_strings(&arena, root, "none", "neither", name, &list, &err), 0);
	assert_int_equal(list.n, 7);
}

static void another_type_is_told_with_its_line(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct toml_value *root = tree(&arena), *table = NULL;
	struct str name = STR_LIT("f.toml"), s = { 0 };
	struct str_list list = { 0 };
	struct err err = { 0 };
	bool b = false;

	(void)state;
	assert_int_equal(toml_field_str(root, "b", name, &s, &err), -1);
	assert_string_equal(err.text, "f.toml:2: 'b' is not a string");
	assert_int_equal(err.kind, ERR_INPUT);
	assert_int_equal(toml_field_bool(root, "s", name, &b, &err), -1);
	assert_string_equal(err.text, "f.toml:1: 's' is not true or false");
	assert_int_equal(toml_field_table(root, "l", name, &table, &err), -1);
	assert_string_equal(err.text, "f.toml:3: 'l' is not a table");
	assert_int_equal(toml_field_strings(&arena, root, "mixed", NULL, name, &list, &err), -1);
	assert_string_equal(err.text, "f.toml:8: 'mixed' is not an array of strings");
	assert_int_equal(toml_field_strings(&arena, root, "s", NULL, name, &list, &err), -1);
	assert_string_equal(err.text, "f.toml:1: 's' is not an array of strings");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_of_the_right_type_are_read),
		cmocka_unit_test(what_is_absent_changes_nothing),
		cmocka_unit_test(another_type_is_told_with_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
