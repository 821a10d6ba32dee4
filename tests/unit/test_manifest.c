#include "audit/manifest.h"
#include "audit/limits.h"
#include "base/buf.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static const char whole[] = "[package]\n"
			    "name = \"demo\"\n"
			    "version = \" 1.2.3 \"\n"
			    "edition.workspace = true\n"
			    "rust-version = { workspace = true }\n"
			    "license = \"MIT\"\n"
			    "repository = \"https://example.org/demo\"\n"
			    "resolver = \"2\"\n"
			    "links = \"z\"\n"
			    "build = false\n"
			    "workspace = \"../..\"\n"
			    "[lib]\n"
			    "proc_macro = true\n"
			    "[dependencies]\n"
			    "a = \"1\"\n"
			    "[dependencies.b]\n"
			    "path = \"../b\"\n"
			    "[dev_dependencies]\n"
			    "c.version = \"1\"\n"
			    "[build-dependencies]\n"
			    "d = { git = \"https://example.org/d\" }\n"
			    "[target.'cfg(unix)'.dependencies]\n"
			    "e = { version = \"1\", optional = true }\n"
			    "[target.x86_64-pc-windows-msvc.build_dependencies]\n"
			    "f = \"1\"\n"
			    "[features]\n"
			    "default = [\"e\", \"a/std\"]\n"
			    "none = []\n"
			    "[patch.crates-io]\n"
			    "a = { path = \"vendor/a\" }\n"
			    "[patch.\"https://example.org/d\"]\n"
			    "d = { git = \"https://example.org/d2\" }\n"
			    "[profile.release]\n"
			    "lto = true\n"
			    "[[bin]]\n"
			    "name = \"x\"\n"
			    "[badges]\nx = 1\n";

static void parse(struct arena *arena, const char *text, struct manifest *out)
{
	struct err err = { 0 };

	if (!manifest_parse(arena, str_of(text), STR_LIT("crates/demo"),
	                    STR_LIT("crates/demo/Cargo.toml"), out, &err))
		fail_msg("%s", err.text);
}

static void a_package_is_read_whole(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct manifest m = { 0 };

	(void)state;
	parse(&arena, whole, &m);
	assert_true(m.has_package && !m.is_workspace && m.proc_macro);
	assert_int_equal(m.line, 1);
	assert_true(str_eq(m.name, STR_LIT("demo")));
	assert_true(m.vers.is_set && !m.vers.inherits && str_eq(m.vers.text, STR_LIT("1.2.3")));
	assert_true(m.edition.inherits && m.rust_version.inherits && !m.license.inherits);
	assert_true(str_eq(m.license.text, STR_LIT("MIT")));
	assert_true(str_eq(m.repository.text, STR_LIT("https://example.org/demo")));
	assert_int_equal(m.resolver, 2);
	assert_true(str_eq(m.links, STR_LIT("z")));
	assert_true(m.has_build_script_key && m.build_script_off);
	assert_true(m.has_workspace_key);
	assert_int_equal(m.workspace.n, 0);
}

static void dependencies_of_all_kinds_are_kept(void **state)
{
	static const struct {
		const char *name, *platform;
		enum dep_kind kind;
		uint32_t line;
	} want[] = {
		{ "a", "", KIND_NORMAL, 15 },
		{ "b", "", KIND_NORMAL, 16 },
		{ "c", "", KIND_DEV, 19 },
		{ "d", "", KIND_BUILD, 21 },
		{ "e", "cfg(unix)", KIND_NORMAL, 23 },
		{ "f", "x86_64-pc-windows-msvc", KIND_BUILD, 25 },
	};
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct manifest m = { 0 };

	(void)state;
	parse(&arena, whole, &m);
	assert_int_equal(m.deps.n, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		const struct dependency *dep = &m.deps.p[i].dep;

		if (!str_eq(dep->name, str_of(want[i].name)) || dep->kind != want[i].kind ||
		    !str_eq(dep->platform_text, str_of(want[i].platform)) ||
		    dep->line != want[i].line || dep->has_platform != (dep->platform_text.n > 0))
			fail_msg("%s: " STR_FMT ", line %u", want[i].name, STR_ARG(dep->name),
			         dep->line);
	}
	assert_true(str_eq(m.deps.p[1].dep.path, STR_LIT("crates/b")));
	assert_non_null(m.deps.p[4].dep.platform.expr);
	assert_true(str_eq(m.deps.p[5].dep.platform.triple, STR_LIT("x86_64-pc-windows-msvc")));
	assert_int_equal(m.features.n, 2);
	assert_true(str_eq(m.features.p[0].values.p[1], STR_LIT("a/std")));
	assert_int_equal(m.patches.n, 2);
	assert_true(str_eq(m.patches.p[0].source, STR_LIT("crates-io")));
	assert_true(str_eq(m.patches.p[0].dep.path, STR_LIT("crates/demo/vendor/a")));
	assert_true(str_eq(m.patches.p[1].source, STR_LIT("https://example.org/d")));
}

static void a_workspace_is_read_whole(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct manifest m = { 0 };

	(void)state;
	parse(&arena,
	      "[workspace]\nmembers = [\"crates/*\"]\nexclude = [\"x\"]\ndefault-members = "
	      "[]\nresolver = \"3\"\n"
	      "[workspace.package]\nversion = \"0.1.0\"\nedition = \"2024\"\n"
	      "[workspace.dependencies]\na = { path = \"a\", version = \"1\" "
	      "}\n[workspace.lints]\nx = 1\n"
	      "[replace]\n\"foo:1.0.0\" = { path = \"foo\" }\n\"https://example.org/i#bar@2.0.0\" "
	      "= { git = \"g\" }\n",
	      &m);
	assert_true(!m.has_package && m.is_workspace && m.has_default_members);
	assert_int_equal(m.members.n, 1);
	assert_int_equal(m.exclude.n, 1);
	assert_int_equal(m.default_members.n, 0);
	assert_int_equal(m.workspace_resolver, 3);
	assert_true(str_eq(m.workspace_vers.text, STR_LIT("0.1.0")));
	assert_true(str_eq(m.workspace_edition.text, STR_LIT("2024")));
	assert_false(m.workspace_license.is_set);
	assert_true(str_eq(m.workspace_deps.p[0].dep.path, STR_LIT("crates/demo/a")));
	assert_int_equal(m.patches.n, 2);
	assert_true(str_eq(m.patches.p[0].replaces, STR_LIT("foo:1.0.0")));
	assert_true(str_eq(m.patches.p[0].dep.package, STR_LIT("foo")));
	assert_true(str_eq(m.patches.p[1].dep.name, STR_LIT("bar")));
	parse(&arena, "[workspace]\n", &m);
	assert_false(m.has_default_members);
}

static void proc_macros_have_three_spellings(void **state)
{
	static const struct {
		const char *lib;
		bool is;
	} cases[] = {
		{ "proc-macro = true", true },
		{ "proc_macro = true", true },
		{ "crate-type = [\"proc-macro\"]", true },
		{ "crate_type = [\"proc-macro\"]", true },
		{ "proc-macro = false", false },
		{ "crate-type = [\"cdylib\", \"rlib\"]", false },
		{ "name = \"x\"", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct manifest m = { 0 };

		parse(&arena,
		      arena_printf(&arena, "[project]\nname = \"a\"\n[lib]\n%s\n", cases[i].lib).p,
		      &m);
		if (m.proc_macro != cases[i].is)
			fail_msg("%s", cases[i].lib);
	}
}

#define HEAD "[package]\nname = \"a\"\n"

static const struct {
	const char *text, *message;
} bad[] = {
	{ "", "Cargo.toml: a manifest with neither [package] nor [workspace]" },
	{ "[dependencies]\na = \"1\"\n",
	  "Cargo.toml: a manifest with neither [package] nor [workspace]" },
	{ "version = 4\n[[package]]\nname = \"a\"\n",
	  "Cargo.toml:2: this is a lock (Cargo.lock), not a manifest (Cargo.toml)" },
	{ "package = 1", "Cargo.toml:1: 'package' is not a table" },
	{ "workspace = 1", "Cargo.toml:1: 'workspace' is not a table" },
	{ "[package]\nversion = \"1.0.0\"\n", "Cargo.toml:1: a package without a name" },
	{ "[package]\nname = 1\n", "Cargo.toml:2: 'name' is not a string" },
	{ HEAD "version = \"1\"\n", "Cargo.toml:3: " },
	{ HEAD "version = 1\n", "Cargo.toml:3: 'version' is not a string" },
	{ HEAD "version = { workspace = false }\n", "Cargo.toml:3: 'version' is not a string" },
	{ HEAD "version = { workspace = 1 }\n", "Cargo.toml:3: 'workspace' is not true or false" },
	{ HEAD "edition = \"new\"\n", "Cargo.toml:3: 'new' is no edition" },
	{ HEAD "edition = \"2014\"\n", "Cargo.toml:3: '2014' is no edition" },
	{ HEAD "resolver = \"4\"\n", "Cargo.toml:3: resolver '4' is none of 1, 2 and 3" },
	{ HEAD "resolver = 2\n", "Cargo.toml:3: 'resolver' is not a string" },
	{ HEAD "links = 1\n", "Cargo.toml:3: 'links' is not a string" },
	{ HEAD "workspace = 1\n", "Cargo.toml:3: 'workspace' is not a string" },
	{ HEAD "workspace = \"x\"\n[workspace]\n",
	  "Cargo.toml:4: both [workspace] and package.workspace; cargo takes only one of them" },
	{ HEAD "resolver = \"2\"\n[workspace]\nresolver = \"2\"\n",
	  "Cargo.toml:4: a resolver in both [package] and [workspace]" },
	{ HEAD "[dependencies]\nb = {}\n",
	  "Cargo.toml:4: dependency 'b' has no version, path, git or workspace" },
	{ HEAD "dependencies = 1\n[x]\n", NULL },
	{ "dependencies = 1\n" HEAD, "Cargo.toml:1: 'dependencies' is not a table" },
	{ "target = 1\n" HEAD, "Cargo.toml:1: 'target' is not a table" },
	{ HEAD "[target]\nx = 1\n", "Cargo.toml:4: 'x' is not a table" },
	{ HEAD "[target.'cfg(']\ndependencies = {}\n", "Cargo.toml:3: " },
	{ HEAD "[features]\nx = \"y\"\n", "Cargo.toml:4: 'x' is not an array of strings" },
	{ "features = 1\n" HEAD, "Cargo.toml:1: 'features' is not a table" },
	{ "lib = 1\n" HEAD, "Cargo.toml:1: 'lib' is not a table" },
	{ HEAD "[patch]\nx = 1\n", "Cargo.toml:4: 'x' is not a table" },
	{ HEAD "[patch.x]\nx = {workspace = true}\n",
	  "Cargo.toml:4: dependency 'x' cannot inherit from a workspace here" },
	{ HEAD "[patch]\n[replace]\n",
	  "Cargo.toml:4: both [patch] and [replace]; cargo takes only one of them" },
	{ "[workspace]\nmembers = \"a\"\n", "Cargo.toml:2: 'members' is not an array of strings" },
	{ "[workspace.package]\nversion = { workspace = true }\n",
	  "Cargo.toml:2: 'version' is not a string" },
	{ "[workspace.dependencies]\na = { version = \"1\", optional = true }\n",
	  "Cargo.toml:2: dependency 'a' of a workspace cannot be optional" },
	{ "[workspace.dependencies]\na.workspace = true\n",
	  "Cargo.toml:2: dependency 'a' cannot inherit from a workspace here" },
	{ HEAD HEAD, "Cargo.toml:3: " },
};

static void what_cargo_refuses_is_told_with_its_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct manifest m = { .line = 99 };
		struct err err = { 0 };
		bool ok = manifest_parse(&arena, str_of(bad[i].text), STR_LIT(""),
		                         STR_LIT("Cargo.toml"), &m, &err);

		if (ok != (bad[i].message == NULL))
			fail_msg("%s: %s", bad[i].text, ok ? "accepted" : err.text);
		if (ok)
			continue;
		/* What ends in a colon and a blank is the sentence of another reader. */
		if (!str_starts(str_of(err.text), str_of(bad[i].message)) ||
		    (!str_ends(str_of(bad[i].message), STR_LIT(": ")) &&
		     strcmp(err.text, bad[i].message) != 0))
			fail_msg("%s: %s", bad[i].text, err.text);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_int_equal(m.line, 99);
	}
}

/* A manifest of a head and n numbered lines. */
static bool parse_long(const char *head, size_t n, const char *line, struct manifest *out,
                       struct err *err)
{
	/* freed by the next call: what is read stays valid for the caller */
	static struct arena arena;
	CLEANUP(buf_free) struct buf text = buf_make(MANIFEST_MAX_BYTES + 1);

	arena_free(&arena);
	buf_text(&text, head);
	for (size_t i = 0; i < n; i++) {
		buf_printf(&text, "x%zu = ", i);
		buf_text(&text, line);
	}
	assert_true(buf_done(&text, "manifest", err));
	return manifest_parse(&arena, arena_str(&arena, buf_str(&text)), STR_LIT(""),
	                      STR_LIT("Cargo.toml"), out, err);
}

static void ceilings_hold(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf blanks = buf_make(MANIFEST_MAX_BYTES + 1);
	struct manifest m = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_true(parse_long(HEAD "[features]\n", FEATURES_MAX, "[]\n", &m, &err));
	assert_int_equal(m.features.n, FEATURES_MAX);
	assert_false(parse_long(HEAD "[features]\n", FEATURES_MAX + 1, "[]\n", &m, &err));
	assert_string_equal(err.text, "Cargo.toml:3: more than 20000 features");
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_true(parse_long(HEAD "[dependencies]\n", DEPENDENCIES_MAX, "\"1\"\n", &m, &err));
	assert_int_equal(m.deps.n, DEPENDENCIES_MAX);
	assert_false(
		parse_long(HEAD "[dependencies]\n", DEPENDENCIES_MAX + 1, "\"1\"\n", &m, &err));
	assert_string_equal(err.text, "Cargo.toml:20004: more than 20000 dependencies");
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_false(parse_long(HEAD "[patch.x]\n", DEPENDENCIES_MAX + 1, "\"1\"\n", &m, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_false(parse_long(HEAD "[z]\n", MANIFEST_VALUES_MAX + 1, "1\n", &m, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_repeat(&blanks, '\n', MANIFEST_MAX_BYTES + 1);
	assert_false(manifest_parse(&arena, buf_str(&blanks), STR_LIT(""), STR_LIT("Cargo.toml"),
	                            &m, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_package_is_read_whole),
		cmocka_unit_test(dependencies_of_all_kinds_are_kept),
		cmocka_unit_test(a_workspace_is_read_whole),
		cmocka_unit_test(proc_macros_have_three_spellings),
		cmocka_unit_test(what_cargo_refuses_is_told_with_its_line),
		cmocka_unit_test(ceilings_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
