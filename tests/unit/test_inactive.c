#include "audit/inactive.h"
#include "audit/reach.h"
#include "tests/unit/fixture.h"
#include "tests/unit/tree.h"

static const char lock[] = "version = 4\n" PACKAGE("app", "dependencies = [\"a\", \"b\", \"d\"]")
	PACKAGE("a", REGISTRY "dependencies = [\"c\"]") PACKAGE("b", REGISTRY)
		PACKAGE("c", REGISTRY "dependencies = [\"e\"]") PACKAGE("d", REGISTRY)
			PACKAGE("e", REGISTRY);

/* app builds a alone; c waits for a feature of a, e stands behind c, b is for Windows, d for
 * tests. */
static const char *const lines[] = {
	LINE("app",
	     DEP("a") "," DEP_WITH("b", "", ",\"target\":\"cfg(windows)\"") "," DEP_WITH(
		     "d", "", ",\"kind\":\"dev\""),
	     ""),
	LINE("a", OPTIONAL_DEP("c"), "\"extra\":[\"dep:c\"]"),
	LINE("b", "", ""),
	LINE("c", DEP("e"), ""),
	LINE("d", "", ""),
	LINE("e", "", ""),
};

static const struct {
	const char *name, *package, *feature, *target;
} expected[] = {
	{ "b", "app 1.0.0", "", "cfg(windows)" },
	{ "c", "a 1.0.0", "extra", "" },
	{ "d", "app 1.0.0", "", "dev-dependencies" },
	{ "e", "a 1.0.0", "extra", "" },
};

static void what_is_not_built_says_what_would_bring_it_in(void **state)
{
	CLEANUP(tree_free) struct tree tree = { 0 };

	(void)state;
	tree_read(&tree, lock, lines, ARRAY_LEN(lines), "app");
	tree_resolve(&tree);
	struct result_package *packages = arena_array(&tree.arena, tree.lock.n, sizeof *packages);
	reach_fill(&tree.arena, &tree.graph, packages);
	inactive_explain(&tree.arena, &tree.graph, &tree.links, &tree.notes, tree.in.edges,
	                 packages);
	assert_true(packages[tree_find(&tree, "a", NULL)].built);
	assert_int_equal(packages[tree_find(&tree, "a", NULL)].needs.n, 0);
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		const struct result_package *package =
			&packages[tree_find(&tree, expected[i].name, NULL)];

		if (package->built || package->needs.n != 1)
			fail_msg("%s: built %d, %zu needs", expected[i].name, package->built,
			         package->needs.n);
		if (!str_eq(package->needs.p[0].package, str_of(expected[i].package)) ||
		    !str_eq(package->needs.p[0].feature, str_of(expected[i].feature)) ||
		    !str_eq(package->needs.p[0].target, str_of(expected[i].target)))
			fail_msg("%s: needs '" STR_FMT "' '" STR_FMT "' '" STR_FMT "'",
			         expected[i].name, STR_ARG(package->needs.p[0].package),
			         STR_ARG(package->needs.p[0].feature),
			         STR_ARG(package->needs.p[0].target));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_built_says_what_would_bring_it_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
