#include "audit/inherit.h"
#include "audit/limits.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static void parse(struct arena *arena, const char *text, const char *file, struct manifest *out)
{
	struct err err = { 0 };

	if (!manifest_parse(arena, str_of(text), STR_LIT(""), str_of(file), out, &err))
		fail_msg("%s", err.text);
}

/* Applies a root to a member, both as texts; the root may be NULL. */
static bool apply(struct arena *arena, const char *root_text, const char *member_text,
                  size_t *budget, struct local_package *out, struct err *err)
{
	struct manifest *root = arena_new(arena, struct manifest),
			*member = arena_new(arena, struct manifest);
	struct inherit_root *ready = arena_new(arena, struct inherit_root);

	if (root_text)
		parse(arena, root_text, "Cargo.toml", root);
	parse(arena, member_text, "m/Cargo.toml", member);
	inherit_root_make(arena, root, ready);
	return inherit_apply(arena, member, root_text ? ready : NULL, budget, out, err);
}

#define ROOT                                                                                       \
	"[workspace.package]\nversion = \"1.2.3\"\nedition = \"2021\"\nrust-version = \"1.70\"\n"  \
	"license = \"MIT\"\nrepository = \"https://example.org\"\n"

static void fields_come_from_the_workspace(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	size_t budget = 100;
	struct local_package package = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_true(apply(
		&arena, ROOT,
		"[package]\nname = \"m\"\nversion.workspace = true\nedition.workspace = true\n"
		"rust-version.workspace = true\nlicense.workspace = true\nrepository.workspace = "
		"true\n"
		"links = \"z\"\n[lib]\nproc-macro = true\n",
		&budget, &package, &err));
	assert_true(str_eq(package.summary.name, STR_LIT("m")));
	assert_true(str_eq(package.summary.vers, STR_LIT("1.2.3")));
	assert_int_equal(package.summary.version.minor, 2);
	assert_true(str_eq(package.edition, STR_LIT("2021")));
	assert_true(str_eq(package.rust_version, STR_LIT("1.70")));
	assert_true(str_eq(package.license, STR_LIT("MIT")));
	assert_true(str_eq(package.repository, STR_LIT("https://example.org")));
	assert_true(str_eq(package.summary.links, STR_LIT("z")));
	assert_true(package.proc_macro);
}

static void what_is_not_written_has_cargos_default(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	size_t budget = 100;
	struct local_package package = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_true(apply(&arena, ROOT, "[package]\nname = \"m\"\n", &budget, &package, &err));
	assert_true(str_eq(package.summary.vers, STR_LIT("0.0.0")));
	assert_true(str_eq(package.edition, STR_LIT("2015")));
	assert_int_equal(package.license.n, 0);
}

static const struct {
	const char *edition, *root, *member;
	bool on;
} defaults[] = {
	{ "2021", "a = \"1\"", "", true },
	{ "2021", "a = { version = \"1\", default-features = false }", "", false },
	{ "2021", "a = { version = \"1\", default-features = false }", "default-features = true",
	  true },
	{ "2021", "a = { version = \"1\", default_features = false }", "default_features = true",
	  true },
	{ "2021", "a = { version = \"1\", default-features = true }", "default-features = false",
	  true },
	{ "2021", "a = \"1\"", "default-features = false", true },
	{ "2018", "a = { version = \"1\", default-features = false }", "default-features = false",
	  false },
	{ "2024", "a = \"1\"", "default-features = false", false },
	{ "2024", "a = { version = \"1\", default-features = false }", "default-features = true",
	  true },
	{ "2024", "a = { version = \"1\", default-features = false }", "", false },
	{ "2024", "a = \"1\"", "", true },
};

static void default_features_follow_the_edition(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(defaults); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		size_t budget = 100;
		struct local_package package = { 0 };
		struct err err = { 0 };
		struct str root =
			arena_printf(&arena, "[workspace.dependencies]\n%s\n", defaults[i].root);
		struct str member = arena_printf(&arena,
		                                 "[package]\nname = \"m\"\nedition = \"%s\"\n"
		                                 "[dependencies.a]\nworkspace = true\n%s\n",
		                                 defaults[i].edition, defaults[i].member);

		if (!apply(&arena, root.p, member.p, &budget, &package, &err))
			fail_msg("%s", err.text);
		if (package.summary.deps[0].default_features != defaults[i].on)
			fail_msg("%s, workspace %s, member %s", defaults[i].edition,
			         defaults[i].root, defaults[i].member);
	}
}

static void dependencies_are_merged(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	size_t budget = 100;
	struct local_package package = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_true(apply(&arena,
	                  "[workspace.dependencies]\n"
	                  "a = { version = \"1.2\", package = \"real-a\", features = [\"x\"] }\n"
	                  "b = { path = \"crates/b\" }\nunused = \"1\"\n",
	                  "[package]\nname = \"m\"\n[dependencies]\nc = \"3\"\n"
	                  "a = { workspace = true, features = [\"y\"], optional = true }\n"
	                  "[target.'cfg(unix)'.dev-dependencies]\nb = { workspace = true, features "
	                  "= [\"z\"] }\n",
	                  &budget, &package, &err));
	const struct dependency *deps = package.summary.deps;

	assert_int_equal(package.summary.dep_n, 3);
	assert_true(str_eq(deps[0].name, STR_LIT("c")) && !deps[0].optional);
	assert_true(str_eq(deps[1].name, STR_LIT("a")) &&
	            str_eq(deps[1].package, STR_LIT("real-a")));
	assert_true(deps[1].optional && str_eq(deps[1].req_text, STR_LIT("1.2")));
	assert_int_equal(deps[1].features.n, 2);
	assert_true(str_eq(deps[1].features.p[0], STR_LIT("x")) &&
	            str_eq(deps[1].features.p[1], STR_LIT("y")));
	assert_int_equal(deps[1].line, 5);
	assert_true(deps[2].from == DEP_FROM_PATH && str_eq(deps[2].path, STR_LIT("crates/b")));
	assert_true(deps[2].kind == KIND_DEV && deps[2].has_platform && deps[2].req.any);
	assert_true(str_eq(deps[2].platform_text, STR_LIT("cfg(unix)")));
	assert_int_equal(deps[2].features.n, 1);
	assert_int_equal(budget, 100 - 2 - 1);
}

static const struct {
	const char *root, *member, *message;
} bad[] = {
	{ NULL, "edition.workspace = true\n",
	  "m/Cargo.toml:3: 'edition' is inherited, but there is no workspace above" },
	{ "[workspace]\n", "version.workspace = true\n",
	  "m/Cargo.toml:3: 'version' is inherited, but [workspace.package] has none" },
	{ "[workspace]\n", "[dependencies]\na.workspace = true\n",
	  "m/Cargo.toml:4: dependency 'a' is inherited, but [workspace.dependencies] has none of "
	  "that name" },
	{ NULL, "[dependencies]\na.workspace = true\n",
	  "m/Cargo.toml:4: dependency 'a' is inherited, but there is no workspace above" },
};

static void what_is_not_there_is_told_with_its_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		size_t budget = 100;
		struct local_package package = { 0 };
		struct err err = { 0 };
		struct str member =
			arena_printf(&arena, "[package]\nname = \"m\"\n%s", bad[i].member);

		assert_false(apply(&arena, bad[i].root, member.p, &budget, &package, &err));
		assert_string_equal(err.text, bad[i].message);
		assert_int_equal(err.kind, ERR_INPUT);
	}
}

static void copied_features_are_counted(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	size_t budget = 1;
	struct local_package package = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_false(apply(
		&arena, "[workspace.dependencies]\na = { version = \"1\", features = [\"x\"] }\n",
		"[package]\nname = \"m\"\n[dependencies]\na = { workspace = true, features = "
		"[\"y\"] }\n",
		&budget, &package, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_string_equal(err.text, "more than 2000000 inherited features");
}

static void need_is_seen(void **state)
{
	static const struct {
		const char *text;
		bool needed;
	} cases[] = {
		{ "[package]\nname = \"m\"\nversion = \"1.0.0\"\n[dependencies]\na = \"1\"\n",
		  false },
		{ "[package]\nname = \"m\"\nversion.workspace = true\n", true },
		{ "[package]\nname = \"m\"\nlicense.workspace = true\n", true },
		{ "[package]\nname = \"m\"\n[dev-dependencies]\na.workspace = true\n", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct manifest manifest = { 0 };

		parse(&arena, cases[i].text, "Cargo.toml", &manifest);
		if (inherit_is_needed(&manifest) != cases[i].needed)
			fail_msg("%s", cases[i].text);
	}
}

#define WHOLE                                                                                      \
	"[package]\nname = \"m\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\ndescription = \"d\"\n"

static const struct {
	const char *what, *root, *text;
	bool published, library;
} publications[] = {
	{ "all that crates.io asks for", NULL, WHOLE, true, false },
	{ "[lib]", NULL, WHOLE "[lib]\nname = \"m\"\n", true, true },
	{ "docs.rs", NULL, WHOLE "documentation = \"https://docs.rs/m\"\n", true, true },
	{ "docs.rs is told how", NULL, WHOLE "[package.metadata.docs.rs]\nall-features = true\n",
	  true, true },
	{ "publish = false", NULL, WHOLE "publish = false\n", false, false },
	{ "publish = true", NULL, WHOLE "publish = true\n", true, false },
	{ "another registry", NULL, WHOLE "publish = [\"ours\"]\n", false, false },
	{ "crates.io, too", NULL, WHOLE "publish = [\"ours\", \"crates-io\"]\n", true, false },
	{ "inherited", "[workspace.package]\npublish = false\n", WHOLE "publish.workspace = true\n",
	  false, false },
	{ "inherited, and not off", "[workspace.package]\npublish = true\n",
	  WHOLE "publish.workspace = true\n", true, false },
	{ "no description", NULL,
	  "[package]\nname = \"m\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\n", false, false },
	{ "no licence", NULL, "[package]\nname = \"m\"\nversion = \"1.0.0\"\ndescription = \"d\"\n",
	  false, false },
	{ "a file as licence", NULL,
	  "[package]\nname = \"m\"\nversion = \"1.0.0\"\ndescription = \"d\"\n"
	  "license-file = \"L\"\n",
	  true, false },
	{ "a path without a version", NULL, WHOLE "[dependencies]\na = { path = \"a\" }\n", false,
	  false },
	{ "a path and a version", NULL,
	  WHOLE "[dependencies]\na = { path = \"a\", version = \"1\" }\n", true, false },
	{ "a path for tests", NULL, WHOLE "[dev-dependencies]\na = { path = \"a\" }\n", true,
	  false },
};

static void what_crates_io_would_take_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(publications); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct local_package package = { 0 };
		struct err err = { 0 };
		size_t budget = 100;

		if (!apply(&arena, publications[i].root, publications[i].text, &budget, &package,
		           &err))
			fail_msg("%s: %s", publications[i].what, err.text);
		if (package.is_published != publications[i].published ||
		    package.manifest->is_library != publications[i].library)
			fail_msg("%s: published %d, library %d", publications[i].what,
			         package.is_published, package.manifest->is_library);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_come_from_the_workspace),
		cmocka_unit_test(what_is_not_written_has_cargos_default),
		cmocka_unit_test(default_features_follow_the_edition),
		cmocka_unit_test(dependencies_are_merged),
		cmocka_unit_test(what_is_not_there_is_told_with_its_line),
		cmocka_unit_test(copied_features_are_counted),
		cmocka_unit_test(need_is_seen),
		cmocka_unit_test(what_crates_io_would_take_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
