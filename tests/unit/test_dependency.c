#include "audit/dependency.h"
#include "tests/unit/unit.h"

/* One package, as text: dependencies separated by spaces, "?" behind optional ones; features
 * separated by
 * "; ", each "name: value value". */
struct fixture {
	struct arena arena;
	struct summary summary;
};

static void fixture_free(struct fixture *fixture)
{
	arena_free(&fixture->arena);
	*fixture = (struct fixture){ 0 };
}

static void add_deps(struct arena *arena, struct str text, struct dependency_list *deps)
{
	struct str word;

	while (text.n > 0) {
		str_cut(text, ' ', &word, &text);
		bool optional = str_ends(word, STR_LIT("?"));
		if (optional)
			word.n--;
		*vec_add(arena, deps) =
			(struct dependency){ .name = word, .package = word, .optional = optional };
	}
}

static void add_features(struct arena *arena, struct str text, struct feature_list *features)
{
	while (text.n > 0) {
		struct feature *feature = vec_add(arena, features);
		struct str one, value;

		str_cut(text, ';', &one, &text);
		str_cut(str_trim(one), ':', &feature->name, &one);
		one = str_trim(one);
		while (one.n > 0) {
			str_cut(one, ' ', &value, &one);
			*vec_add(arena, &feature->values) = value;
		}
	}
}

static void make(struct fixture *fixture, const char *deps, const char *features)
{
	struct dependency_list dep_list = { 0 };
	struct feature_list feature_list = { 0 };
	struct version version = { 1, 2, 3, { 0 }, { 0 } };

	add_deps(&fixture->arena, str_of(deps), &dep_list);
	add_features(&fixture->arena, str_of(features), &feature_list);
	summary_make(&fixture->arena, STR_LIT("me"), STR_LIT("1.2.3"), &version, &dep_list,
	             &feature_list, &fixture->summary);
}

static struct str value_text(struct arena *arena, const struct summary *s,
                             const struct feature_value *v)
{
	struct str dep = v->dep_name == FEATURE_NONE ? STR_LIT("!") : s->dep_names[v->dep_name];

	switch (v->kind) {
	case FV_FEATURE:
		return v->feature == FEATURE_NONE ? STR_LIT("!") : s->features[v->feature].name;
	case FV_DEP:
		return arena_printf(arena, "dep:" STR_FMT, STR_ARG(dep));
	case FV_DEP_FEATURE:
		return arena_printf(arena, STR_FMT "%s/" STR_FMT, STR_ARG(dep), v->weak ? "?" : "",
		                    STR_ARG(v->dep_feature));
	}
	return STR_LIT("?");
}

/* The resolved features in the form that make() reads; "!" for what names nothing. */
static struct str features_text(struct fixture *fixture)
{
	const struct summary *s = &fixture->summary;
	struct str text = { 0 };

	for (uint32_t i = 0; i < s->feature_n; i++) {
		text = arena_printf(&fixture->arena, STR_FMT "%s" STR_FMT ":", STR_ARG(text),
		                    i > 0 ? "; " : "", STR_ARG(s->features[i].name));
		for (uint32_t j = 0; j < s->features[i].n; j++) {
			struct str value =
				value_text(&fixture->arena, s, &s->features[i].values[j]);

			text = arena_printf(&fixture->arena, STR_FMT " " STR_FMT, STR_ARG(text),
			                    STR_ARG(value));
		}
	}
	return text;
}

static const struct {
	const char *deps, *features, *expected;
} cases[] = {
	{ "", "", "" },
	{ "a b", "", "" },
	{ "b? a?", "", "a: dep:a; b: dep:b" },
	{ "a?", "z: a; c: z", "a: dep:a; c: z; z: a" },
	/* dep:NAME anywhere takes the implicit feature away, a/b and a?/b do not. */
	{ "a? b?", "f: dep:a", "b: dep:b; f: dep:a" },
	{ "a?", "f: a/x", "a: dep:a; f: a/x" },
	{ "a?", "f: a?/x", "a: dep:a; f: a?/x" },
	{ "a?", "f: a?/x dep:a", "f: a?/x dep:a" },
	/* A declared feature of the name holds. */
	{ "a?", "a: dep:a other; other:", "a: dep:a other; other:" },
	{ "a? b?", "a: b", "a: b; b: dep:b" },
	{ "a?", "b: dep:a; a:", "a:; b: dep:a" },
	{ "a", "f: a/x", "f: a/x" },
	{ "a?", "default: a", "a: dep:a; default: a" },
	/* Optional in one table only: normal and dev, or two targets. */
	{ "a a?", "", "a: dep:a" },
	{ "a? a", "f: dep:a", "f: dep:a" },
	/* What names nothing stays, and means nothing. */
	{ "a?", "f: gone", "a: dep:a; f: !" },
	{ "a?", "f: dep:a g: dep:a", "f: dep:a ! dep:a" },
	{ "a?", "f: dep:a a", "f: dep:a !" },
	{ "a", "f: a", "f: !" },
	{ "a?", "f: dep:gone gone/x gone?/x", "a: dep:a; f: dep:! !/x !?/x" },
	{ "a?", "f: dep:a/x", "a: dep:a; f: !/x" },
	{ "a?", "f: a/x/y", "a: dep:a; f: a/x/y" },
	{ "a?", "f: a/", "a: dep:a; f: a/" },
	{ "a?", "f: /x ?/x dep:", "a: dep:a; f: !/x !?/x dep:!" },
	/* Of two features with one name the last holds. */
	{ "", "b: x; a:; b: y; x:; y:", "a:; b: y; x:; y:" },
	{ "a? c? e?", "b:; d:; f:", "a: dep:a; b:; c: dep:c; d:; e: dep:e; f:" },
	{ "c? d?", "a:; b:; d: dep:d", "a:; b:; c: dep:c; d: dep:d" },
};

static void features_are_those_of_cargo(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(fixture_free) struct fixture fixture = { 0 };

		make(&fixture, cases[i].deps, cases[i].features);
		struct str text = features_text(&fixture);
		if (!str_eq(text, str_of(cases[i].expected)))
			fail_msg("%s | %s: got " STR_FMT, cases[i].deps, cases[i].features,
			         STR_ARG(text));
	}
}

static void names_are_distinct_sorted_and_found(void **state)
{
	(void)state;
	CLEANUP(fixture_free) struct fixture fixture = { 0 };
	static const char *const names[] = { "a", "b", "c", "d" };
	static const uint32_t name_of[] = { 3, 0, 1, 0, 2, 3 };
	const struct summary *s = &fixture.summary;

	make(&fixture, "d? a? b a c? d", "x:");
	assert_int_equal(s->dep_n, ARRAY_LEN(name_of));
	assert_int_equal(s->dep_name_n, ARRAY_LEN(names));
	for (uint32_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_true(str_eq(s->dep_names[i], str_of(names[i])));
		assert_int_equal(summary_dep_name_find(s, str_of(names[i])), i);
	}
	for (uint32_t i = 0; i < ARRAY_LEN(name_of); i++)
		assert_int_equal(s->dep_name_of[i], name_of[i]);
	assert_int_equal(summary_dep_name_find(s, STR_LIT("")), FEATURE_NONE);
	assert_int_equal(summary_dep_name_find(s, STR_LIT("bb")), FEATURE_NONE);
	assert_int_equal(summary_feature_find(s, STR_LIT("x")), 3);
	assert_int_equal(summary_feature_find(s, STR_LIT("d")), 2);
	assert_int_equal(summary_feature_find(s, STR_LIT("b")), FEATURE_NONE);
	assert_int_equal(summary_feature_find(&(struct summary){ 0 }, STR_LIT("b")), FEATURE_NONE);
	assert_true(str_eq(s->name, STR_LIT("me")));
	assert_true(str_eq(s->vers, STR_LIT("1.2.3")));
	assert_int_equal(s->version.minor, 2);
	assert_int_equal(s->links.n, 0);
}

static void many_features_are_found(void **state)
{
	(void)state;
	CLEANUP(fixture_free) struct fixture fixture = { 0 };
	struct feature_list features = { 0 };
	struct dependency_list deps = { 0 };
	enum { MANY = 3000 };

	/* Each but the first asks for its neighbour; they come in descending order. */
	for (int i = MANY - 1; i >= 0; i--) {
		struct feature *feature = vec_add(&fixture.arena, &features);

		feature->name = arena_printf(&fixture.arena, "f%04d", i);
		if (i > 0)
			*vec_add(&fixture.arena, &feature->values) =
				arena_printf(&fixture.arena, "f%04d", i - 1);
	}
	summary_make(&fixture.arena, STR_LIT("me"), STR_LIT("1.2.3"), &(struct version){ 0 }, &deps,
	             &features, &fixture.summary);
	assert_int_equal(fixture.summary.feature_n, MANY);
	for (uint32_t i = 1; i < MANY; i++) {
		assert_int_equal(fixture.summary.features[i].n, 1);
		assert_int_equal(fixture.summary.features[i].values[0].feature, i - 1);
	}
	assert_int_equal(fixture.summary.features[0].n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(features_are_those_of_cargo),
		cmocka_unit_test(names_are_distinct_sorted_and_found),
		cmocka_unit_test(many_features_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
