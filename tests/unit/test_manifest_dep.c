#include "audit/manifest_dep.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static const struct {
	const char *folder, *path, *joined;
} joins[] = {
	{ "", "", "" },
	{ "", ".", "" },
	{ "", "a", "a" },
	{ "", "./a//b/", "a/b" },
	{ "a", "../b", "b" },
	{ "a", "..", "" },
	{ "a", "../..", ".." },
	{ "a/b", "../../../c", "../c" },
	{ "..", "..", "../.." },
	{ "../x", "../y", "../y" },
	{ "..", "x/../../y", "../../y" },
	{ "a", "/b/../c", "/c" },
	{ "/a/b", "../c", "/a/c" },
	{ "/", "..", "/" },
	{ "/a", "../..", "/" },
	{ "", "...", "..." },
};

static void folders_are_folded(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(joins); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct str got = manifest_folder_join(&arena, str_of(joins[i].folder),
		                                      str_of(joins[i].path));

		assert_non_null(got.p);
		if (!str_eq(got, str_of(joins[i].joined)))
			fail_msg("%s + %s: " STR_FMT, joins[i].folder, joins[i].path, STR_ARG(got));
	}
}

/* A dependency as one text. */
static struct str shape(struct arena *arena, const struct manifest_dep *dep)
{
	static const char *const from[] = { "registry", "path", "git" };
	struct str out = arena_printf(arena, STR_FMT "=" STR_FMT " %s", STR_ARG(dep->dep.name),
	                              STR_ARG(dep->dep.package), from[dep->dep.from]);
	const struct {
		struct str value;
		const char *key;
	} parts[] = {
		{ dep->dep.req_text, "req" },
		{ dep->dep.registry, "index" },
		{ dep->dep.registry_name, "name" },
		{ dep->dep.path, "path" },
		{ dep->dep.git, "git" },
		{ dep->dep.git_ref, "ref" },
	};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (parts[i].value.n > 0)
			out = arena_printf(arena, STR_FMT " %s:" STR_FMT, STR_ARG(out),
			                   parts[i].key, STR_ARG(parts[i].value));
	for (size_t i = 0; i < dep->dep.features.n; i++)
		out = arena_printf(arena, STR_FMT " +" STR_FMT, STR_ARG(out),
		                   STR_ARG(dep->dep.features.p[i]));
	return arena_printf(arena, STR_FMT "%s%s%s%s", STR_ARG(out),
	                    dep->dep.optional ? " optional" : "",
	                    dep->dep.default_features ? "" : " bare",
	                    dep->dep.req.any ? " any" : "", dep->inherits ? " inherits" : "");
}

static const struct {
	const char *text, *shape, *message;
} cases[] = {
	{ "a = \"1.2\"", "a=a registry req:1.2", NULL },
	{ "a = {version = \"1\", package = \"b\"}", "a=b registry req:1", NULL },
	{ "a = {version = \"1\", registry = \"corp\"}", "a=a registry req:1 name:corp", NULL },
	{ "a = {version = \"1\", registry-index = \"sparse+https://example.org/\"}",
	  "a=a registry req:1 index:sparse+https://example.org/", NULL },
	{ "a = {path = \"../x\"}", "a=a path path:x any", NULL },
	{ "a = {path = \"../x\", version = \"1\"}", "a=a path req:1 path:x", NULL },
	{ "a = {git = \"https://example.org/a\"}", "a=a git git:https://example.org/a any", NULL },
	{ "a = {git = \"https://example.org/a#x\", branch = \"b\", version = \"1\"}",
	  "a=a git req:1 git:https://example.org/a ref:branch=b", NULL },
	{ "a = {git = \"g\", tag = \"b\"}", "a=a git git:g ref:tag=b any", NULL },
	{ "a = {git = \"g\", rev = \"b\"}", "a=a git git:g ref:rev=b any", NULL },
	{ "a = {git = \"g\", rev = \"c\", branch = \"b\"}", "a=a git git:g ref:branch=b any",
	  NULL },
	{ "a = {version = \"1\", default-features = false, features = [\"x\", \"y\"], optional = "
	  "true}",
	  "a=a registry req:1 +x +y optional bare", NULL },
	{ "a = {version = \"1\", default_features = false}", "a=a registry req:1 bare", NULL },
	{ "a = {version = \"1\", default_features = false, default-features = true}",
	  "a=a registry req:1", NULL },
	{ "a.workspace = true", "a=a registry inherits", NULL },
	{ "a = {workspace = true, features = [\"x\"], optional = true, version = \"9\"}",
	  "a=a registry +x optional inherits", NULL },
	{ "a = 1", NULL, "t/Cargo.toml:1: dependency 'a' is neither a version nor a table" },
	{ "a = {}", NULL, "t/Cargo.toml:1: dependency 'a' has no version, path, git or workspace" },
	{ "a = {workspace = false}", NULL,
	  "t/Cargo.toml:1: dependency 'a' has workspace = false, which says nothing" },
	{ "a = {workspace = 1}", NULL, "t/Cargo.toml:1: 'workspace' is not true or false" },
	{ "a = {path = \"x\", git = \"y\"}", NULL,
	  "t/Cargo.toml:1: dependency 'a' has both path and git" },
	{ "a = {path = \"x\\u0000\"}", NULL,
	  "t/Cargo.toml:1: dependency 'a' has a NUL byte in its path" },
	{ "a = {version = \"1\", tag = \"x\"}", NULL,
	  "t/Cargo.toml:1: dependency 'a' has a branch, tag or rev but no git" },
	{ "a = {version = \"1\", registry = \"x\", registry-index = \"y\"}", NULL,
	  "t/Cargo.toml:1: dependency 'a' has both registry and registry-index" },
	{ "a = {version = \"1\", features = [\"x/y\"]}", NULL,
	  "t/Cargo.toml:1: dependency 'a' asks for a feature with a slash" },
	{ "a = {version = \"1\", features = [\"dep:y\"]}", NULL,
	  "t/Cargo.toml:1: dependency 'a' asks for a feature that begins with dep:" },
	{ "a = {version = \"1\", features = \"x\"}", NULL,
	  "t/Cargo.toml:1: 'features' is not an array of strings" },
	{ "a = {version = \"1\", package = \"\"}", NULL,
	  "t/Cargo.toml:1: dependency 'a' has an empty package" },
	{ "\"\" = \"1\"", NULL, "t/Cargo.toml:1: dependency '' has no name" },
	{ "a = \"one\"", NULL, "t/Cargo.toml:1: dependency 'a': " },
};

static void dependencies_are_read_as_cargo_reads_them(void **state)
{
	const struct manifest_place place = { .name = STR("t/Cargo.toml"),
		                              .folder = STR("t"),
		                              .may_inherit = true };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		const struct toml_value *root = NULL;
		struct manifest_dep dep = { 0 };
		struct err err = { 0 };

		if (!toml_tree_parse(&arena, str_of(cases[i].text), 100, &root, &err))
			fail_msg("%s: %s", cases[i].text, err.text);
		if (!manifest_dep_read(&arena, &place, root->first, &dep, &err)) {
			if (!cases[i].message ||
			    !str_starts(str_of(err.text), str_of(cases[i].message)))
				fail_msg("%s: %s", cases[i].text, err.text);
			assert_int_equal(err.kind, ERR_INPUT);
			continue;
		}
		struct str got = shape(&arena, &dep);
		if (!cases[i].shape || !str_eq(got, str_of(cases[i].shape)))
			fail_msg("%s: " STR_FMT, cases[i].text, STR_ARG(got));
	}
}

static void some_places_take_less(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct manifest_place place = { .name = STR("Cargo.toml"), .folder = STR("") };
	const struct toml_value *root = NULL;
	struct manifest_dep dep = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_true(toml_tree_parse(
		&arena, STR_LIT("a.workspace = true\nb = {version = \"1\", optional = true}"), 100,
		&root, &err));
	assert_false(manifest_dep_read(&arena, &place, root->first, &dep, &err));
	assert_string_equal(err.text,
	                    "Cargo.toml:1: dependency 'a' cannot inherit from a workspace here");
	place.kind = KIND_DEV;
	assert_false(manifest_dep_read(&arena, &place, root->first->next, &dep, &err));
	assert_string_equal(err.text,
	                    "Cargo.toml:2: dependency 'b' is for tests and cannot be optional");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folders_are_folded),
		cmocka_unit_test(dependencies_are_read_as_cargo_reads_them),
		cmocka_unit_test(some_places_take_less),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
