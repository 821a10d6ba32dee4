#include "audit/index_entry.h"
#include "audit/limits.h"
#include "base/buf.h"
#include "tests/unit/unit.h"

#define CKSUM "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF"
#define LINE(more) "{\"name\":\"a\",\"vers\":\"1.0.0\",\"deps\":[],\"cksum\":\"" CKSUM "\"" more "}"
#define WITH_DEP(dep)                                                                              \
	"{\"name\":\"a\",\"vers\":\"1.0.0\",\"cksum\":\"\",\"deps\":[{\"name\":\"d\",\"req\":"     \
	"\"1\"" dep "}]}"

static struct index_entry entry_of(struct arena *arena, const char *line)
{
	struct index_entry entry = { 0 };
	struct err err = { 0 };

	if (!index_entry_parse(arena, str_of(line), &entry, &err))
		fail_msg("%s", err.text);
	return entry;
}

static void a_line_is_taken_apart(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct index_entry e = entry_of(
		&arena,
		"{\"name\":\"Foo_bar\",\"vers\":\"0.3.1-rc.1+x\",\"unknown\":[{\"name\":1},null],"
		"\"deps\":[{\"name\":\"r\",\"package\":\"rand\",\"req\":\"^0.8, <0.9\","
		"\"features\":[\"\",\"std\",\"\"],\"optional\":true,\"default_features\":false,"
		"\"target\":\"cfg(unix)\",\"kind\":\"build\",\"registry\":\"https://r.test/i\","
		"\"public\":true},"
		"{\"req\":\"*\",\"name\":\"b\",\"kind\":\"dev\",\"target\":null,\"package\":null,"
		"\"registry\":null},"
		"{\"name\":\"c\",\"req\":\"=1.0.0-a\",\"kind\":\"normal\",\"target\":\"wasm32-"
		"wasip1\"},"
		"{\"name\":\"d\",\"req\":\"1\",\"kind\":null},"
		"{\"name\":\"e\",\"req\":\"1\",\"kind\":\"odd\"}],"
		"\"cksum\":\"" CKSUM "\",\"features\":{\"default\":[\"std\"],\"std\":[]},"
		"\"yanked\":true,\"links\":\"foo\",\"rust_version\":\"1.60\","
		"\"pubtime\":\"2025-11-12T19:30:12Z\",\"v\":2}\n");
	const struct dependency *d = e.deps.p;

	assert_true(str_eq(e.name, STR_LIT("Foo_bar")));
	assert_true(str_eq(e.vers, STR_LIT("0.3.1-rc.1+x")));
	assert_int_equal(e.version.minor, 3);
	assert_true(str_eq(e.version.pre, STR_LIT("rc.1")));
	assert_true(e.has_cksum);
	assert_int_equal(e.cksum.bytes[31], 0xef);
	assert_true(e.yanked);
	assert_true(str_eq(e.links, STR_LIT("foo")));
	assert_true(str_eq(e.rust_version, STR_LIT("1.60")));
	assert_int_equal(e.published_at, 1762975812);
	assert_int_equal(e.v, 2);
	assert_int_equal(e.deps.n, 5);
	assert_true(str_eq(d[0].name, STR_LIT("r")));
	assert_true(str_eq(d[0].package, STR_LIT("rand")));
	assert_true(str_eq(d[0].req_text, STR_LIT("^0.8, <0.9")));
	assert_int_equal(d[0].req.n, 2);
	assert_int_equal(d[0].features.n, 1);
	assert_true(str_eq(d[0].features.p[0], STR_LIT("std")));
	assert_true(d[0].optional && !d[0].default_features);
	assert_int_equal(d[0].kind, KIND_BUILD);
	assert_true(d[0].has_platform && d[0].platform.expr);
	assert_true(str_eq(d[0].platform_text, STR_LIT("cfg(unix)")));
	assert_int_equal(d[0].from, DEP_FROM_REGISTRY);
	assert_true(str_eq(d[0].registry, STR_LIT("https://r.test/i")));
	assert_true(str_eq(d[1].package, STR_LIT("b")));
	assert_true(!d[1].optional && d[1].default_features && !d[1].has_platform);
	assert_int_equal(d[1].kind, KIND_DEV);
	assert_int_equal(d[1].req.n, 0);
	assert_false(d[1].req.any);
	assert_int_equal(d[1].registry.n, 0);
	assert_true(str_eq(d[2].platform.triple, STR_LIT("wasm32-wasip1")));
	assert_int_equal(d[2].kind, KIND_NORMAL);
	assert_int_equal(d[3].kind, KIND_NORMAL);
	assert_int_equal(d[4].kind, KIND_NORMAL);
}

static void an_old_line_may_be_short(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct index_entry e = entry_of(
		&arena, "{\"name\":\"a\",\"vers\":\"1.0.0\",\"deps\":[],\"cksum\":\"bae3\"}");

	assert_int_equal(e.v, 1);
	assert_false(e.yanked || e.has_cksum);
	assert_int_equal(e.published_at, 0);
	assert_int_equal(e.features.n + e.links.n + e.rust_version.n, 0);
	e = entry_of(&arena, LINE(",\"yanked\":null,\"links\":null,\"rust_version\":null,"
	                          "\"pubtime\":null,\"v\":null,\"features2\":null"));
	assert_int_equal(e.v, 1);
	assert_true(e.has_cksum);
	e = entry_of(&arena, LINE(",\"v\":3"));
	assert_int_equal(e.v, 3);
}

static void escapes_are_decoded(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct index_entry e = entry_of(&arena, WITH_DEP(",\"features\":[\"a\\u0062\\n\"],"
	                                                 "\"target\":\"cfg(a = \\\"b\\\")\""));

	assert_true(str_eq(e.deps.p[0].features.p[0], STR_LIT("ab\n")));
	assert_true(str_eq(e.deps.p[0].platform_text, STR_LIT("cfg(a = \"b\")")));
	assert_true(str_eq(e.deps.p[0].platform.expr->item.value, STR_LIT("b")));
}

static const struct {
	const char *line, *features;
} feature_cases[] = {
	{ LINE(",\"features\":{}"), "" },
	{ LINE(",\"features\":{\"a\":[\"b\",\"\"],\"b\":[]}"), "a(b,) b()" },
	{ LINE(",\"features\":{\"c\":[],\"a\":[],\"b\":[\"c\"]}"), "a() b(c) c()" },
	{ LINE(",\"features\":{\"a\":[\"x\"],\"b\":[],\"a\":[\"y\"]}"), "a(y) b()" },
	{ LINE(",\"features2\":{\"a\":[\"dep:b\"]}"), "a(dep:b)" },
	{ LINE(",\"features2\":{\"c\":[\"dep:x\"],\"b\":[\"y?/z\"]},"
	       "\"features\":{\"b\":[\"a\"],\"a\":[],\"d\":[]}"),
	  "a() b(a,y?/z) c(dep:x) d()" },
	{ LINE(",\"features\":{\"a\":[\"1\",\"2\"]},\"features2\":{\"a\":[\"3\",\"1\"],\"b\":[]}"),
	  "a(1,2,3,1) b()" },
};

static void features_are_merged_and_sorted(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(feature_cases); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct index_entry e = entry_of(&arena, feature_cases[i].line);
		struct buf buf = buf_make(1000);

		for (size_t f = 0; f < e.features.n; f++) {
			const struct str_list *values = &e.features.p[f].values;

			buf_printf(&buf, "%s" STR_FMT "(", f > 0 ? " " : "",
			           STR_ARG(e.features.p[f].name));
			for (size_t v = 0; v < values->n; v++)
				buf_printf(&buf, "%s" STR_FMT, v > 0 ? "," : "",
				           STR_ARG(values->p[v]));
			buf_byte(&buf, ')');
		}
		if (!str_eq(buf_str(&buf), str_of(feature_cases[i].features)))
			fail_msg("%s: got " STR_FMT, feature_cases[i].line, STR_ARG(buf_str(&buf)));
		buf_free(&buf);
	}
}

static const struct {
	const char *line, *error;
} wrong[] = {
	{ "", "byte 1: expected a value" },
	{ "[]", "byte 1: 'line' is no object" },
	{ "{}", "no 'name'" },
	{ "{\"name\":\"a\"}", "a: no 'vers'" },
	{ "{\"name\":\"a\",\"vers\":\"1.0.0\",\"deps\":[]}", "a 1.0.0: no 'cksum'" },
	{ "{\"name\":\"a\",\"vers\":\"1.0.0\",\"cksum\":\"\"}", "a 1.0.0: no 'deps'" },
	{ "{\"name\":\"a\",\"vers\":\"1.0\"}",
	  "a 1.0: version '1.0' ends where its second dot is due" },
	{ "{\"name\":1}", "byte 9: 'name' is no text" },
	{ "{\"name\":\"a\",\"name\":\"a\"}", "a: 'name' stands there twice" },
	{ LINE("") " {}", "a 1.0.0: byte 114: something behind the value" },
	{ LINE(",\"yanked\":1"), "a 1.0.0: byte 122: 'yanked' is no boolean" },
	{ LINE(",\"v\":-1"), "a 1.0.0: byte 118: 'v' is no number of a schema" },
	{ LINE(",\"v\":4294967296"), "a 1.0.0: byte 126: 'v' is no number of a schema" },
	{ LINE(",\"links\":[]"), "a 1.0.0: byte 121: 'links' is no text" },
	{ LINE(",\"rust_version\":\"^1.5\""),
	  "a 1.0.0: byte 133: 'rust_version' is no Rust version" },
	{ LINE(",\"rust_version\":\"1.5.*\""),
	  "a 1.0.0: byte 134: 'rust_version' is no Rust version" },
	{ LINE(",\"rust_version\":\"1.5.0-a\""),
	  "a 1.0.0: byte 136: 'rust_version' is no Rust version" },
	{ LINE(",\"rust_version\":\"nightly\""),
	  "a 1.0.0: requirement 'nightly': unexpected 'n' at its major number" },
	{ LINE(",\"pubtime\":\"2025-11-12\""),
	  "a 1.0.0: byte 134: 'pubtime' is no moment like 2025-11-12T19:30:12Z" },
	{ LINE(",\"features\":null"), "a 1.0.0: byte 127: 'features' is no object" },
	{ LINE(",\"features\":{\"a\":1}"), "a 1.0.0: byte 129: 'features' is no list" },
	{ LINE(",\"features\":{\"a\":[1]}"), "a 1.0.0: byte 130: 'features' is no list of texts" },
	{ LINE(",\"features2\":[]"), "a 1.0.0: byte 125: 'features2' is no object" },
	{ WITH_DEP(",\"req\":\"1\""), "a 1.0.0: dependency 'd': 'req' stands there twice" },
	{ WITH_DEP(",\"optional\":null"),
	  "a 1.0.0: dependency 'd': byte 83: 'optional' is no boolean" },
	{ WITH_DEP(",\"target\":\"cfg(\""),
	  "a 1.0.0: dependency 'd': target 'cfg(': unexpected '('" },
	{ WITH_DEP(",\"features\":{}"), "a 1.0.0: dependency 'd': byte 80: 'features' is no list" },
	{ "{\"name\":\"a\",\"deps\":[{\"name\":\"d\"}]}", "a: dependency 'd': no 'req'" },
	{ "{\"name\":\"a\",\"deps\":[{\"name\":\"d\",\"req\":\"\"}]}",
	  "a: dependency 'd': requirement '' ends where its major number is due" },
	{ "{\"name\":\"a\",\"deps\":[1]}", "a: byte 21: 'deps' is no list of objects" },
	{ "{\"name\":\"a\",\"deps\":[{\"name\":\"d\"",
	  "a: dependency 'd': byte 32: expected ',' or '}'" },
};

static void what_is_no_entry_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct index_entry entry = { .v = 7 };
		struct err err = { 0 };

		if (index_entry_parse(&arena, str_of(wrong[i].line), &entry, &err))
			fail_msg("%s: accepted", wrong[i].line);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_string_equal(err.text, wrong[i].error);
		assert_int_equal(entry.v, 7);
	}
}

/* A line whose `field` holds n copies of `item`, %zu in it being its number. */
static void check_ceiling(const char *before, const char *item, const char *after, size_t n,
                          bool accepted)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf buf = buf_make(INDEX_LINE_MAX_BYTES);
	struct index_entry entry = { 0 };
	struct err err = { 0 };

	buf_text(&buf, "{\"name\":\"a\",\"vers\":\"1.0.0\",\"cksum\":\"\"");
	buf_text(&buf, before);
	for (size_t i = 0; i < n; i++) {
		buf_text(&buf, i > 0 ? "," : "");
		buf_text(&buf, item);
	}
	buf_text(&buf, after);
	assert_true(buf_done(&buf, "line", &err));
	if (index_entry_parse(&arena, buf_str(&buf), &entry, &err) != accepted)
		fail_msg("%zu of %s: %s", n, item, err.text);
	assert_int_equal(err.kind, accepted ? ERR_NONE : ERR_LIMIT);
}

static void counts_have_ceilings(void **state)
{
	(void)state;
	for (size_t above = 0; above < 2; above++) {
		check_ceiling(",\"deps\":[", "{\"name\":\"d\",\"req\":\"1\"}", "]}",
		              DEPENDENCIES_MAX + above, above == 0);
		check_ceiling(",\"deps\":[],\"features\":{", "\"f\":[]", "}}", FEATURES_MAX + above,
		              above == 0);
		check_ceiling(",\"deps\":[],\"features\":{\"f\":[", "\"v\"", "]}}",
		              FEATURE_VALUES_MAX + above, above == 0);
	}
}

static void length_has_a_ceiling(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	char *line = arena_alloc(&arena, INDEX_LINE_MAX_BYTES + 1);
	struct index_entry entry = { 0 };
	struct err err = { 0 };

	memset(line, ' ', INDEX_LINE_MAX_BYTES + 1);
	memcpy(line, LINE(""), sizeof LINE("") - 1);
	assert_true(index_entry_parse(&arena, (struct str){ line, INDEX_LINE_MAX_BYTES }, &entry,
	                              &err));
	assert_false(index_entry_parse(&arena, (struct str){ line, INDEX_LINE_MAX_BYTES + 1 },
	                               &entry, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_taken_apart),
		cmocka_unit_test(an_old_line_may_be_short),
		cmocka_unit_test(escapes_are_decoded),
		cmocka_unit_test(features_are_merged_and_sorted),
		cmocka_unit_test(what_is_no_entry_is_refused),
		cmocka_unit_test(counts_have_ceilings),
		cmocka_unit_test(length_has_a_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
