#include "audit/cfg.h"
#include "audit/limits.h"
#include "tests/unit/unit.h"

/* The expectations of this file were compared with the crate cargo-platform, 0.3.3. */

static const char *const linux_items[] = {
	"unix",       "a",     "all", "true", "target_os=\"linux\"", "target_env = \"gnu\"",
	"empty=\"\"", "r#raw",
};

static void linux_set(struct arena *arena, struct cfg_set *set)
{
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(linux_items); i++) {
		struct cfg_item item = { 0 };

		if (!cfg_item_parse(str_of(linux_items[i]), &item, &err))
			fail_msg("%s", err.text);
		*vec_add(arena, set) = item;
	}
}

static const struct {
	const char *text;
	bool matches;
} platforms[] = {
	{ "x86_64-unknown-linux-gnu", true },
	{ "x86_64-unknown-linux-musl", false },
	{ "thumbv8m.main-none-eabi", false },
	{ "", false },
	{ "cfg", false },
	{ "cfg(unix)", true },
	{ "cfg(windows)", false },
	{ "cfg( unix )", true },
	{ "cfg(not(unix))", false },
	{ "cfg(not(windows))", true },
	{ "cfg(target_os = \"linux\")", true },
	{ "cfg(target_os=\"linux\")", true },
	{ "cfg(target_os = \"macos\")", false },
	{ "cfg(target_os)", false },
	{ "cfg(unix = \"\")", false },
	{ "cfg(empty = \"\")", true },
	{ "cfg(empty)", false },
	{ "cfg(target_os = \" linux\")", false },
	{ "cfg(all())", true },
	{ "cfg(any())", false },
	{ "cfg(not(any()))", true },
	{ "cfg(all(unix, a))", true },
	{ "cfg(all(unix, b))", false },
	{ "cfg(any(b, unix,))", true },
	{ "cfg(any(b, c))", false },
	{ "cfg(all (unix , target_env = \"gnu\" , ))", true },
	{ "cfg(all(any(b, not(c)), not(all(unix, b))))", true },
	/* true and false are constants even where a set has such a name, raw or not. */
	{ "cfg(true)", true },
	{ "cfg(false)", false },
	{ "cfg(not(false))", true },
	{ "cfg(r#true)", true },
	{ "cfg(r#false)", false },
	{ "cfg(true = \"x\")", false },
	/* A raw identifier is the plain one, and never an operator. */
	{ "cfg(r#unix)", true },
	{ "cfg(raw)", true },
	{ "cfg(r#all)", true },
	{ "cfg(r#any)", false },
	{ "cfg(r)", false },
};

static void platforms_match_as_cargo_has_it(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct cfg_set set = { 0 };

	linux_set(&arena, &set);
	for (size_t i = 0; i < ARRAY_LEN(platforms); i++) {
		struct cfg_platform platform = { 0 };
		struct err err = { 0 };

		if (!cfg_platform_parse(&arena, str_of(platforms[i].text), &platform, &err))
			fail_msg("%s", err.text);
		if (cfg_platform_matches(&platform, STR_LIT("x86_64-unknown-linux-gnu"), &set) !=
		    platforms[i].matches)
			fail_msg("%s", platforms[i].text);
	}
}

static const struct {
	const char *text, *error;
} wrong[] = {
	{ "cfg()", "cfg expression '': a word is due where it ends" },
	{ "cfg(unix", "target 'cfg(unix': unexpected '('" },
	{ "CFG(unix)", "target 'CFG(unix)': unexpected '('" },
	{ "x86_64 linux", "target 'x86_64 linux': unexpected ' '" },
	{ "cfg(not)", "cfg expression 'not': '(' is due where it ends" },
	{ "cfg(not())", "cfg expression 'not()': a word is due where ')' stands there" },
	{ "cfg(not(a, b))", "cfg expression 'not(a, b)': ')' is due where ',' stands there" },
	{ "cfg(not(a,))", "cfg expression 'not(a,)': ')' is due where ',' stands there" },
	{ "cfg(all)", "cfg expression 'all': '(' is due where it ends" },
	{ "cfg(all = \"x\")", "cfg expression 'all = \"x\"': '(' is due where '=' stands there" },
	{ "cfg(all(a b))", "cfg expression 'all(a b)': ')' is due where a word stands there" },
	{ "cfg(all(,))", "cfg expression 'all(,)': a word is due where ',' stands there" },
	{ "cfg(all(a,,))", "cfg expression 'all(a,,)': a word is due where ',' stands there" },
	{ "cfg(all(a)", "cfg expression 'all(a': ')' is due where it ends" },
	{ "cfg(a, b)", "cfg expression 'a, b': the end is due where ',' stands there" },
	{ "cfg(a))", "cfg expression 'a)': the end is due where ')' stands there" },
	{ "cfg(\"a\")", "cfg expression '\"a\"': a word is due where a string stands there" },
	{ "cfg(a = b)", "cfg expression 'a = b': a string is due where a word stands there" },
	{ "cfg(a = )", "cfg expression 'a = ': a string is due where it ends" },
	{ "cfg(a = \"b)", "cfg expression 'a = \"b': a string does not end" },
	{ "cfg(1a)", "cfg expression '1a': unexpected '1'" },
	{ "cfg(a-b)", "cfg expression 'a-b': unexpected '-'" },
	{ "cfg(a\tb)", "cfg expression 'a\\x09b': unexpected '\\x09'" },
	{ "cfg(r#)", "cfg expression 'r#' ends behind r#" },
	{ "cfg(r#1)", "cfg expression 'r#1': unexpected '1'" },
	{ "cfg(s#a)", "cfg expression 's#a': unexpected '#'" },
};

static void what_is_no_platform_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct cfg_platform platform = { 0 };
		struct err err = { 0 };

		if (cfg_platform_parse(&arena, str_of(wrong[i].text), &platform, &err))
			fail_msg("%s: accepted", wrong[i].text);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_string_equal(err.text, wrong[i].error);
		assert_null(platform.expr);
	}
}

static const struct {
	const char *text, *key, *value;
	bool has_value;
} items[] = {
	{ "unix", "unix", "", false },         { "a=\"b\"", "a", "b", true },
	{ " a = \"b c\" ", "a", "b c", true }, { "a=\"\"", "a", "", true },
	{ "r#fn", "fn", "", false },           { "not", "not", "", false },
};

static void items_are_read_as_rustc_prints_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(items); i++) {
		struct cfg_item item = { 0 };
		struct err err = { 0 };

		if (!cfg_item_parse(str_of(items[i].text), &item, &err))
			fail_msg("%s", err.text);
		if (!str_eq(item.key, str_of(items[i].key)) ||
		    !str_eq(item.value, str_of(items[i].value)) ||
		    item.has_value != items[i].has_value)
			fail_msg("%s", items[i].text);
	}
}

static void what_is_no_item_is_refused(void **state)
{
	static const char *const texts[] = {
		"", "not(a)", "a b", "a=", "a=b", "\"a\"", "a=\"b\"c"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct cfg_item item = { 0 };
		struct err err = { 0 };

		if (cfg_item_parse(str_of(texts[i]), &item, &err))
			fail_msg("%s: accepted", texts[i]);
		assert_int_equal(err.kind, ERR_INPUT);
	}
}

/* cfg(not(not(…a…))) with n operators around a */
static struct str nested(char *text, size_t n)
{
	char *at = text;

	memcpy(at, "cfg(", 4);
	at += 4;
	for (size_t i = 0; i < n; i++, at += 4)
		memcpy(at, "not(", 4);
	*at++ = 'a';
	memset(at, ')', n + 1);
	return (struct str){ text, (size_t)(at - text) + n + 1 };
}

static void nesting_and_length_have_ceilings(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	char text[CFG_TEXT_MAX_BYTES + 6];
	struct cfg_platform platform = { 0 };
	struct err err = { 0 };

	assert_true(cfg_platform_parse(&arena, nested(text, CFG_DEPTH_MAX - 1), &platform, &err));
	assert_false(cfg_platform_parse(&arena, nested(text, CFG_DEPTH_MAX), &platform, &err));
	assert_int_equal(err.kind, ERR_LIMIT);

	memset(text, 'a', sizeof text);
	memcpy(text, "cfg(", 4);
	text[4 + CFG_TEXT_MAX_BYTES] = ')';
	assert_true(cfg_platform_parse(&arena, (struct str){ text, CFG_TEXT_MAX_BYTES + 5 },
	                               &platform, &err));
	text[4 + CFG_TEXT_MAX_BYTES] = 'a';
	text[5 + CFG_TEXT_MAX_BYTES] = ')';
	err = (struct err){ 0 };
	assert_false(cfg_platform_parse(&arena, (struct str){ text, CFG_TEXT_MAX_BYTES + 6 },
	                                &platform, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(platforms_match_as_cargo_has_it),
		cmocka_unit_test(what_is_no_platform_is_refused),
		cmocka_unit_test(items_are_read_as_rustc_prints_them),
		cmocka_unit_test(what_is_no_item_is_refused),
		cmocka_unit_test(nesting_and_length_have_ceilings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
