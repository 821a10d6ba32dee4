#include "audit/link.h"
#include "tests/unit/fixture.h"
#include "tests/unit/tree.h"

#define FROM(url) "source = \"sparse+https://" url "/\"\n"

/* The same name and version in two registries, and from git. */
static const char lock[] = "version = 4\n" PACKAGE(
	"app", "dependencies = [\"itoa 1.0.0 (git+https://example.org/i#abc)\","
	       "\"itoa 1.0.0 (sparse+https://one.example/)\","
	       "\"itoa 1.0.0 (sparse+https://two.example/)\", \"lib\"]")
	PACKAGE("itoa", "source = \"git+https://example.org/i#abc\"\n")
		PACKAGE("itoa", FROM("one.example")) PACKAGE("itoa", FROM("two.example")) PACKAGE(
			"lib", FROM("two.example") "dependencies = [\"itoa 1.0.0 "
						   "(sparse+https://one.example/)\","
						   "\"itoa 1.0.0 (sparse+https://two.example/)\"]");

static struct str linked_source(const struct tree *tree, uint32_t package, uint32_t dep)
{
	uint32_t to = tree->links.to[package][dep];

	return to == PACKAGE_NONE ? STR_LIT("none") : tree->lock.packages[to].source.text;
}

static void a_namesake_is_taken_from_the_registry_that_was_meant(void **state)
{
	static const char *const lines[] = {
		LINE("lib",
		     DEP("itoa") "," DEP_WITH(
			     "itoa", "",
			     ",\"registry\":\"sparse+https://one.example/"
			     "\"") "," DEP_WITH("itoa", "",
		                                ",\"registry\":\"https://"
		                                "one.example\"") "," DEP_WITH("other", "", ""),
		     ""),
	};
	static const char *const expected[] = { "sparse+https://two.example/",
		                                "sparse+https://one.example/",
		                                "sparse+https://one.example/", "none" };
	CLEANUP(tree_free) struct tree tree = { 0 };

	(void)state;
	tree_read(&tree, lock, lines, ARRAY_LEN(lines), "app");
	links_make(&tree.arena, &tree.lock, tree.summaries, &tree.rules, &tree.links);
	uint32_t lib = tree_find(&tree, "lib", NULL);
	for (uint32_t i = 0; i < ARRAY_LEN(expected); i++) {
		struct str got = linked_source(&tree, lib, i);
		if (!str_eq(got, str_of(expected[i])))
			fail_msg("dependency %u: " STR_FMT ", wanted %s", i, STR_ARG(got),
			         expected[i]);
	}
}

static void what_no_requirement_fits_is_left_open(void **state)
{
	static const char *const lines[] = {
		LINE("lib",
		     "{\"name\":\"itoa\",\"req\":\"^2\",\"features\":[],\"optional\":false,"
		     "\"default_features\":true}",
		     ""),
	};
	CLEANUP(tree_free) struct tree tree = { 0 };

	(void)state;
	tree_read(&tree, lock, lines, ARRAY_LEN(lines), "app");
	links_make(&tree.arena, &tree.lock, tree.summaries, &tree.rules, &tree.links);
	assert_int_equal(tree.links.to[tree_find(&tree, "lib", NULL)][0], PACKAGE_NONE);
}

/* Of two that fit, a patch of the lower version goes before the registry's, but not a folder that
 * patches nothing. */
static void a_patch_stands_in_the_order_of_versions(void **state)
{
	static const char locked[] = "version = 4\n" PACKAGE(
		"app", "dependencies = [\"p 1.1.0\", \"p 1.2.0\"]") "[[package]]\nname = "
								    "\"p\"\nversion = \"1.1.0\"\n"
								    "[[package]]\nname = "
								    "\"p\"\nversion = \"1.2.0\"\n"
								    "source = "
								    "\"registry+https://github.com/"
								    "rust-lang/crates.io-index\"\n";
	static const char *const lines[] = { LINE("app", DEP("p"), "") };
	CLEANUP(tree_free) struct tree tree = { 0 };

	(void)state;
	tree_read(&tree, locked, lines, ARRAY_LEN(lines), "app");
	links_make(&tree.arena, &tree.lock, tree.summaries, &tree.rules, &tree.links);
	uint32_t app = tree_find(&tree, "app", NULL);
	assert_int_equal(tree.links.to[app][0], tree_find(&tree, "p", "1.2.0"));
	*vec_add(&tree.arena, &tree.rules.patched) = STR_LIT("p");
	links_make(&tree.arena, &tree.lock, tree.summaries, &tree.rules, &tree.links);
	assert_int_equal(tree.links.to[app][0], tree_find(&tree, "p", "1.1.0"));
}

/* "--features lib/x" may switch on what the lock lists for somebody else alone. */
static void beyond_the_lock_the_newest_that_fits_is_taken(void **state)
{
	static const char locked[] = "version = 4\n" PACKAGE(
		"app", "dependencies = [\"lib\", \"p 1.1.0\", \"p 1.2.0\", \"p 2.0.0\"]")
		PACKAGE("lib",
	                REGISTRY) "[[package]]\nname = \"p\"\nversion = \"1.1.0\"\n" REGISTRY
				  "[[package]]\nname = \"p\"\nversion = \"1.2.0\"\n" REGISTRY
				  "[[package]]\nname = \"p\"\nversion = \"2.0.0\"\n" REGISTRY;
	static const char *const lines[] = { LINE("lib", OPTIONAL_DEP("p"), "") };
	CLEANUP(tree_free) struct tree tree = { 0 };

	(void)state;
	tree_read(&tree, locked, lines, ARRAY_LEN(lines), "app");
	links_make(&tree.arena, &tree.lock, tree.summaries, &tree.rules, &tree.links);
	uint32_t lib = tree_find(&tree, "lib", NULL);
	assert_int_equal(tree.links.to[lib][0], PACKAGE_NONE);
	tree.rules.beyond_lock = true;
	links_make(&tree.arena, &tree.lock, tree.summaries, &tree.rules, &tree.links);
	assert_int_equal(tree.links.to[lib][0], tree_find(&tree, "p", "1.2.0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_namesake_is_taken_from_the_registry_that_was_meant),
		cmocka_unit_test(what_no_requirement_fits_is_left_open),
		cmocka_unit_test(a_patch_stands_in_the_order_of_versions),
		cmocka_unit_test(beyond_the_lock_the_newest_that_fits_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
