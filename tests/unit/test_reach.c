#include "audit/reach.h"
#include "tests/unit/fixture.h"
#include "tests/unit/tree.h"

static const char lock[] = "version = 4\n" PACKAGE("app", "dependencies = [\"a\", \"b\", \"d\"]")
	PACKAGE("a", REGISTRY "dependencies = [\"c\"]")
		PACKAGE("b", REGISTRY "dependencies = [\"c\"]") PACKAGE("c", REGISTRY)
			PACKAGE("d", REGISTRY "dependencies = [\"e\"]") PACKAGE("e", REGISTRY);

static const char *const lines[] = {
	LINE("app",
	     DEP("a") "," DEP_WITH("b", "", ",\"kind\":\"build\"") "," DEP_WITH(
		     "d", "", ",\"kind\":\"dev\""),
	     ""),
	LINE("a", DEP("c"), ""),
	LINE("b", DEP("c"), ""),
	LINE("c", "", ""),
	LINE("d", DEP_WITH("e", "", ",\"kind\":\"build\""), ""),
	LINE("e", "", ""),
};

static const struct {
	const char *name;
	bool direct;
	unsigned kinds;
} expected[] = {
	{ "app", true, EDGE_NORMAL },
	{ "a", true, EDGE_NORMAL },
	{ "b", true, EDGE_BUILD },
	{ "c", false, EDGE_NORMAL | EDGE_BUILD },
	{ "d", true, EDGE_DEV },
	{ "e", false, EDGE_DEV }, /* a build dependency of what only tests need */
};

static void kinds_are_carried_along_paths(void **state)
{
	CLEANUP(tree_free) struct tree tree = { 0 };

	(void)state;
	tree_read(&tree, lock, lines, ARRAY_LEN(lines), "app");
	tree.in.edges = EDGE_NORMAL | EDGE_BUILD | EDGE_DEV;
	tree_resolve(&tree);
	struct result_package *packages = arena_array(&tree.arena, tree.lock.n, sizeof *packages);
	reach_fill(&tree.arena, &tree.graph, packages);
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		const struct result_package *package =
			&packages[tree_find(&tree, expected[i].name, NULL)];

		if (!package->built || package->direct != expected[i].direct ||
		    package->kinds != expected[i].kinds)
			fail_msg("%s: built %d, direct %d, kinds %u", expected[i].name,
			         package->built, package->direct, package->kinds);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(kinds_are_carried_along_paths) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
