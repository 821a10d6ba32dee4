#include "audit/resolve.h"
#include "tests/unit/fixture.h"
#include "tests/unit/tree.h"

/* One question: which features do these packages have, on which side. */
struct question {
	const char *name, *target, *host; /* as tree_features writes them */
};

struct scene {
	const char *what;
	unsigned resolver, edges;
	const char *proc_macro; /* name, or NULL */
	const char *lock;
	const char *lines[6];
	struct question expected[5];
};

static const char three[] = "version = 4\n" PACKAGE("app", "dependencies = [\"a\", \"b\"]")
	PACKAGE("a", REGISTRY "dependencies = [\"b\"]") PACKAGE("b", REGISTRY);

static const struct scene scenes[] = {
	{ "a weak feature stays off while nobody switches its dependency on",
	  2,
	  3,
	  NULL,
	  three,
	  { LINE("app", DEP("a"), ""),
	    LINE("a", OPTIONAL_DEP("b"), "\"default\":[\"b?/x\"],\"on\":[\"dep:b\"]"),
	    LINE("b", "", "\"x\":[],\"default\":[]") },
	  { { "a", "default", "-" }, { "b", "-", "-" } } },
	{ "a weak feature waits for its dependency, whatever the order",
	  2,
	  3,
	  NULL,
	  three,
	  { LINE("app", DEP_WITH("a", "\"on\"", ""), ""),
	    LINE("a",
	         "{\"name\":\"b\",\"req\":\"^1\",\"features\":[],\"optional\":true,\"default_"
	         "features\":false}",
	         "\"default\":[\"b?/x\"],\"on\":[\"dep:b\"]"),
	    LINE("b", "", "\"x\":[],\"default\":[]") },
	  { { "a", "default,on", "-" }, { "b", "x", "-" } } },
	{ "b/x switches an optional b on, and the feature named like it",
	  2,
	  3,
	  NULL,
	  three,
	  { LINE("app", DEP_WITH("a", "\"y\"", ""), ""),
	    LINE("a", OPTIONAL_DEP("b"), "\"y\":[\"b/x\"]"),
	    LINE("b", "", "\"x\":[],\"default\":[]") },
	  { { "a", "b,y", "-" }, { "b", "default,x", "-" } } },
	{ "dep:b hides the feature named like it",
	  2,
	  3,
	  NULL,
	  three,
	  { LINE("app", DEP_WITH("a", "\"y\"", ""), ""),
	    LINE("a", OPTIONAL_DEP("b"), "\"y\":[\"b/x\"],\"z\":[\"dep:b\"]"),
	    LINE("b", "", "\"x\":[],\"default\":[]") },
	  { { "a", "y", "-" }, { "b", "default,x", "-" } } },
	{ "resolver 2 keeps features of a build dependency from the target side",
	  2,
	  3,
	  NULL,
	  three,
	  { LINE("app", DEP("b") "," DEP_WITH("a", "", ",\"kind\":\"build\""), ""),
	    LINE("a", DEP_WITH("b", "\"x\"", ""), ""), LINE("b", "", "\"x\":[],\"default\":[]") },
	  { { "a", "-", "" }, { "b", "default", "default,x" } } },
	{ "resolver 1 unites both sides",
	  1,
	  3,
	  NULL,
	  three,
	  { LINE("app", DEP("b") "," DEP_WITH("a", "", ",\"kind\":\"build\""), ""),
	    LINE("a", DEP_WITH("b", "\"x\"", ""), ""), LINE("b", "", "\"x\":[],\"default\":[]") },
	  { { "a", "-", "" }, { "b", "default,x", "default,x" } } },
	{ "a proc macro and what stands behind it are for the host",
	  2,
	  3,
	  "a",
	  three,
	  { LINE("app", DEP("a"), ""), LINE("a", DEP("b"), ""), LINE("b", "", "") },
	  { { "a", "-", "" }, { "b", "-", "" } } },
	{ "resolver 2 takes nothing from a platform that is not built for",
	  2,
	  3,
	  NULL,
	  three,
	  { LINE("app", DEP("b") "," DEP_WITH("b", "\"x\"", ",\"target\":\"cfg(windows)\""), ""),
	    LINE("b", "", "\"x\":[],\"default\":[]") },
	  { { "b", "default", "-" }, { "a", "-", "-" } } },
	{ "resolver 1 does",
	  1,
	  3,
	  NULL,
	  three,
	  { LINE("app", DEP("b") "," DEP_WITH("b", "\"x\"", ",\"target\":\"cfg(windows)\""), ""),
	    LINE("b", "", "\"x\":[],\"default\":[]") },
	  { { "b", "default,x", "-" } } },
	{ "dev dependencies give features under resolver 1 even where they are not asked for",
	  1,
	  3,
	  NULL,
	  three,
	  { LINE("app", DEP("b") "," DEP_WITH("b", "\"x\"", ",\"kind\":\"dev\""), ""),
	    LINE("b", "", "\"x\":[],\"default\":[]") },
	  { { "b", "default,x", "-" } } },
	{ "under resolver 2 they do not",
	  2,
	  3,
	  NULL,
	  three,
	  { LINE("app", DEP("b") "," DEP_WITH("b", "\"x\"", ",\"kind\":\"dev\""), ""),
	    LINE("b", "", "\"x\":[],\"default\":[]") },
	  { { "b", "default", "-" } } },
	{ "unless they are asked for",
	  2,
	  7,
	  NULL,
	  three,
	  { LINE("app", DEP("b") "," DEP_WITH("b", "\"x\"", ",\"kind\":\"dev\""), ""),
	    LINE("b", "", "\"x\":[],\"default\":[]") },
	  { { "b", "default,x", "-" } } },
	{ "dev dependencies of a registry package never count",
	  2,
	  7,
	  NULL,
	  three,
	  { LINE("app", DEP("a"), ""),
	    LINE("a",
	         "{\"name\":\"b\",\"req\":\"^1\",\"features\":[\"x\"],\"optional\":false,"
	         "\"default_features\":true,\"kind\":\"dev\"}",
	         ""),
	    LINE("b", "", "\"x\":[],\"default\":[]") },
	  { { "a", "", "-" }, { "b", "-", "-" } } },
	{ "a package nobody knows passes on what the lock lists",
	  2,
	  3,
	  NULL,
	  three,
	  { LINE("app", DEP("a"), ""), LINE("b", "", "\"x\":[],\"default\":[]") },
	  { { "a", "", "-" }, { "b", "default", "-" } } },
};

static void features_are_those_of_cargo(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(scenes); i++) {
		const struct scene *scene = &scenes[i];
		CLEANUP(tree_free) struct tree tree = { 0 };
		size_t n = 0;

		while (n < ARRAY_LEN(scene->lines) && scene->lines[n])
			n++;
		tree_read(&tree, scene->lock, scene->lines, n, "app");
		tree.in.resolver = scene->resolver;
		tree.in.edges = scene->edges;
		if (scene->proc_macro)
			tree.proc_macro[tree_find(&tree, scene->proc_macro, NULL)] = true;
		tree_resolve(&tree);
		for (size_t q = 0; q < ARRAY_LEN(scene->expected) && scene->expected[q].name; q++) {
			const struct question *ask = &scene->expected[q];
			const char *target = tree_features(&tree, ask->name, SIDE_TARGET);
			const char *host = tree_features(&tree, ask->name, SIDE_HOST);

			if (strcmp(target, ask->target) != 0 || strcmp(host, ask->host) != 0)
				fail_msg("%s: %s has target '%s' host '%s', wanted '%s' and '%s'",
				         scene->what, ask->name, target, host, ask->target,
				         ask->host);
		}
	}
}

/* Two versions of a crate under two names: each dependency means the one that fits its
 * requirement. */
static void namesakes_are_told_apart(void **state)
{
	static const char lock[] =
		"version = 4\n" PACKAGE("app", "dependencies = [\"b 1.0.0\", \"b 2.0.0\"]") PACKAGE(
			"b", REGISTRY) "[[package]]\nname = \"b\"\nversion = \"2.0.0\"\n" REGISTRY;
	static const char *const lines[] = {
		LINE("app",
		     "{\"name\":\"old\",\"package\":\"b\",\"req\":\"^1\",\"features\":[\"x\"],"
		     "\"optional\":false,"
		     "\"default_features\":true},"
		     "{\"name\":\"b\",\"req\":\"^2\",\"features\":[\"y\"],\"optional\":false,"
		     "\"default_features\":true}",
		     ""),
		LINE("b", "", "\"x\":[]"),
		"{\"name\":\"b\",\"vers\":\"2.0.0\",\"deps\":[],\"features\":{\"y\":[]}," CKSUM "}",
	};
	CLEANUP(tree_free) struct tree tree = { 0 };

	(void)state;
	tree_read(&tree, lock, lines, ARRAY_LEN(lines), "app");
	tree_resolve(&tree);
	for (uint32_t i = 0; i < 2; i++) {
		uint32_t package = tree_find(&tree, "b", i == 0 ? "1.0.0" : "2.0.0");
		const struct graph_node *node = &tree.graph.nodes[node_of(package, SIDE_TARGET)];

		assert_true(node->built);
		assert_int_equal(node->feature_n, 1);
		assert_int_equal(tree.summaries[package]->features[node->features[0]].name.p[0],
		                 "xy"[i]);
	}
}

/* Resolver 1 with `-p b`: the root package takes part, and what it builds of b for its build script
 * is a root of cargo's tree as well; what only the root package needs is not. */
static void a_selected_member_counts_where_others_build_it(void **state)
{
	static const char lock[] = "version = 4\n" PACKAGE("app", "dependencies = [\"b\", \"c\"]")
		PACKAGE("b", "") PACKAGE("c", REGISTRY);
	static const char *const lines[] = {
		LINE("app", DEP("c") "," DEP_WITH("b", "", ",\"kind\":\"build\""), ""),
		LINE("b", "", "\"default\":[]"),
		LINE("c", "", ""),
	};
	CLEANUP(tree_free) struct tree tree = { 0 };
	struct resolve_root roots[2] = { { .is_selected = false }, { .is_selected = true } };

	(void)state;
	tree_read(&tree, lock, lines, ARRAY_LEN(lines), "app");
	roots[0].package = tree_find(&tree, "app", NULL);
	roots[1].package = tree_find(&tree, "b", NULL);
	tree.in.roots = roots;
	tree.in.root_n = 2;
	tree.in.resolver = 1;
	tree_resolve(&tree);
	assert_string_equal(tree_features(&tree, "b", SIDE_TARGET), "default");
	assert_string_equal(tree_features(&tree, "b", SIDE_HOST), "default");
	assert_string_equal(tree_features(&tree, "app", SIDE_TARGET), "-");
	assert_string_equal(tree_features(&tree, "c", SIDE_TARGET), "-");
}

/* A chain of packages, each asking the next for a feature of the one behind it: no recursion by
 * depth. */
static void a_long_chain_needs_no_stack(void **state)
{
	enum { LENGTH = 20000 };
	CLEANUP(tree_free) struct tree tree = { 0 };
	CLEANUP(buf_free) struct buf lock = buf_make(64 << 20);
	CLEANUP(arena_free) struct arena arena = { 0 };
	const char **lines = arena_array(&arena, LENGTH, sizeof *lines);

	(void)state;
	buf_text(&lock, "version = 4\n");
	for (unsigned i = 0; i < LENGTH; i++) {
		buf_printf(&lock, "[[package]]\nname = \"p%u\"\nversion = \"1.0.0\"\n", i);
		if (i + 1 < LENGTH)
			buf_printf(&lock, "dependencies = [\"p%u\"]\n", i + 1);
		lines[i] =
			arena_printf(
				&arena,
				"{\"name\":\"p%u\",\"vers\":\"1.0.0\",\"deps\":[{\"name\":\"p%u\","
				"\"req\":\"^1\",\"features\":[\"p%u/f\"],\"optional\":true,"
				"\"default_features\":false}],\"features\":{\"default\":[\"p%u/"
				"f\"],"
				"\"f\":[\"p%u/f\"]}," CKSUM "}",
				i, i + 1, i + 2, i + 1, i + 1)
				.p;
	}
	buf_byte(&lock, '\0');
	tree_read(&tree, lock.p, lines, LENGTH, "p0");
	tree_resolve(&tree);
	assert_string_equal(tree_features(&tree, "p19999", SIDE_TARGET), "f");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(features_are_those_of_cargo),
		cmocka_unit_test(namesakes_are_told_apart),
		cmocka_unit_test(a_selected_member_counts_where_others_build_it),
		cmocka_unit_test(a_long_chain_needs_no_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
