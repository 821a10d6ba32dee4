#include "audit/workspace.h"
#include "audit/limits.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */
#include <fts.h>
#include <stdio.h>

#define PACKAGE(name) "[package]\nname = \"" name "\"\nversion = \"1.0.0\"\nedition = \"2021\"\n"
#define PATHS(deps) "[dependencies]\n" deps

enum { FILES_MAX = 10 };

/* The packages of a workspace as one text: "folder:name*" a default member, "folder:name" a member,
 * "(folder:name)" no member; then "!path" for what is missing. */
static struct str shape(struct arena *arena, const struct workspace *workspace)
{
	struct str out = STR_LIT("");

	for (uint32_t i = 0; i < workspace->n; i++) {
		const struct local_package *package = &workspace->packages[i];
		const char *left = package->is_member ? "" : "(";
		const char *right = !package->is_member          ? ")"
		                    : package->is_default_member ? "*"
		                                                 : "";

		out = arena_printf(arena, STR_FMT "%s%s" STR_FMT ":" STR_FMT "%s", STR_ARG(out),
		                   i > 0 ? " " : "", left, STR_ARG(package->manifest->folder),
		                   STR_ARG(package->summary.name), right);
	}
	for (size_t i = 0; i < workspace->missing.n; i++)
		out = arena_printf(arena, STR_FMT " !" STR_FMT, STR_ARG(out),
		                   STR_ARG(workspace->missing.p[i]));
	return out;
}

struct scenario {
	const char *what;
	struct {
		const char *path, *text;
	} files[FILES_MAX];
	const char *shape, *message; /* one of them */
	unsigned resolver;           /* 0: not looked at */
};

static struct project_file_list files_of(struct arena *arena, const struct scenario *scenario)
{
	struct project_file_list files = { 0 };

	for (size_t i = 0; i < FILES_MAX && scenario->files[i].path; i++)
		*vec_add(arena, &files) = (struct project_file){ str_of(scenario->files[i].path),
			                                         str_of(scenario->files[i].text) };
	return files;
}

static const struct scenario scenarios[] = {
	{ "one package", { { "Cargo.toml", PACKAGE("a") } }, ":a*", NULL, 2 },
	{ "without [workspace] path dependencies are no members",
	  { { "Cargo.toml", PACKAGE("a") PATHS("b = { path = \"b\" }\n") },
	    { "b/Cargo.toml", PACKAGE("b") PATHS("c = { path = \"../../c\" }\n") },
	    { "../c/Cargo.toml", PACKAGE("c") } },
	  ":a* (../c:c) (b:b)",
	  NULL,
	  2 },
	{ "members by name, pattern and path",
	  { { "Cargo.toml", "[workspace]\nmembers = [\"x/\", \"./crates/*\"]\n" },
	    { "x/Cargo.toml", PACKAGE("x") PATHS("y = { path = \"../deep/er/y\" }\n") },
	    { "deep/er/y/Cargo.toml", PACKAGE("y") },
	    { "crates/b/Cargo.toml", PACKAGE("b") },
	    { "crates/a/Cargo.toml", PACKAGE("a") },
	    { "crates/a/fuzz/Cargo.toml", PACKAGE("fuzz") } },
	  "crates/a:a* crates/b:b* deep/er/y:y* x:x*",
	  NULL,
	  1 },
	{ "the root's package is a member, and the only default one",
	  { { "Cargo.toml", PACKAGE("r") "[workspace]\nmembers = [\"a\"]\n" },
	    { "a/Cargo.toml", PACKAGE("a") } },
	  ":r* a:a",
	  NULL,
	  2 },
	{ "default members by name and pattern",
	  { { "Cargo.toml",
	      PACKAGE("r") "[workspace]\nmembers = [\"*\"]\ndefault-members = [\".\", \"b*\"]\n" },
	    { "a/Cargo.toml", PACKAGE("a") },
	    { "b1/Cargo.toml", PACKAGE("b1") } },
	  ":r* a:a b1:b1*",
	  NULL,
	  2 },
	{ "no default member at all",
	  { { "Cargo.toml", "[workspace]\nmembers = [\"a\"]\ndefault-members = []\n" },
	    { "a/Cargo.toml", PACKAGE("a") } },
	  "a:a",
	  NULL,
	  1 },
	{ "exclude takes out what a pattern or a path dependency brings",
	  { { "Cargo.toml",
	      PACKAGE("r") PATHS(
		      "v = { path = \"vendor/v\" }\n") "[workspace]\nmembers = [\"crates/*\"]\n"
	                                               "exclude = [\"crates/b\", \"vendor\"]\n" },
	    { "crates/a/Cargo.toml", PACKAGE("a") },
	    { "crates/b/Cargo.toml", PACKAGE("b") },
	    { "crates/bb/Cargo.toml", PACKAGE("bb") },
	    { "vendor/v/Cargo.toml", PACKAGE("v") } },
	  ":r* crates/a:a crates/bb:bb (vendor/v:v)",
	  NULL,
	  0 },
	{ "what is listed by name stays in spite of exclude",
	  { { "Cargo.toml", "[workspace]\nmembers = [\"x/a\"]\nexclude = [\"x\"]\n" },
	    { "x/a/Cargo.toml", PACKAGE("a") PATHS("b = { path = \"../b\" }\n") },
	    { "x/b/Cargo.toml", PACKAGE("b") } },
	  "x/a:a* (x/b:b)",
	  NULL,
	  0 },
	{ "outside the root there are members by name only",
	  { { "Cargo.toml", "[workspace]\nmembers = [\"a\", \"../m\"]\n" },
	    { "a/Cargo.toml",
	      PACKAGE("a") PATHS("n = { path = \"../../n\" }\no = { path = \"/abs/o\" }\n") },
	    { "../m/Cargo.toml", PACKAGE("m") },
	    { "../n/Cargo.toml", PACKAGE("n") },
	    { "/abs/o/Cargo.toml", PACKAGE("o") } },
	  "../m:m* a:a* (../n:n) (/abs/o:o)",
	  NULL,
	  0 },
	{ "tests of members need their paths, tests of others do not",
	  { { "Cargo.toml", PACKAGE("r") "[dev-dependencies]\na = { path = \"../a\" }\n" },
	    { "../a/Cargo.toml", PACKAGE("a") "[dev-dependencies]\nb = { path = \"../b\" }\n" } },
	  ":r* (../a:a)",
	  NULL,
	  0 },
	{ "patches are local packages, whether used or not",
	  { { "Cargo.toml",
	      PACKAGE("r") "[workspace]\n[patch.crates-io]\np = { path = \"vendor/p\" }\n" },
	    { "vendor/p/Cargo.toml", PACKAGE("p") PATHS("q = { path = \"../q\" }\n") },
	    { "vendor/q/Cargo.toml", PACKAGE("q") } },
	  ":r* (vendor/p:p) (vendor/q:q)",
	  NULL,
	  0 },
	{ "what was not sent is named once",
	  { { "Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\", \"none-*\"]\n" },
	    { "a/Cargo.toml",
	      PACKAGE("a") PATHS("c = { path = \"../c\" }\nb = { path = \"../b\" }\n") } },
	  "a:a* !b/Cargo.toml !c/Cargo.toml",
	  NULL,
	  0 },
	{ "a path dependency with a workspace of its own is no member",
	  { { "Cargo.toml", PACKAGE("r") PATHS("a = { path = \"a\" }\n") "[workspace]\n" },
	    { "a/Cargo.toml", PACKAGE("a") "[workspace]\n" } },
	  ":r* (a:a)",
	  NULL,
	  0 },
	{ "other files are passed over",
	  { { "Cargo.toml", "[workspace]\nmembers = [\"**\"]\n" },
	    { "a/Cargo.lock", "x" },
	    { "a/b/x.toml", "" } },
	  "",
	  NULL,
	  1 },
	{ "a cycle of paths",
	  { { "Cargo.toml", "[workspace]\nmembers = [\"a\"]\n" },
	    { "a/Cargo.toml", PACKAGE("a") PATHS("b = { path = \"../b\" }\n") },
	    { "b/Cargo.toml", PACKAGE("b") "[dev-dependencies]\na = { path = \"../a\" }\n" } },
	  "a:a* b:b*",
	  NULL,
	  0 },
	{ "inheritance from a workspace above the project",
	  { { "Cargo.toml", PACKAGE("r") PATHS("a = { path = \"../../lib/a\" }\n") },
	    { "../../Cargo.toml", "[workspace.package]\nversion = \"9.0.0\"\n" },
	    { "../../lib/a/Cargo.toml", "[package]\nname = \"a\"\nversion.workspace = true\n" } },
	  ":r* (../../lib/a:a)",
	  NULL,
	  0 },
	{ "edition 2018 implies resolver 1",
	  { { "Cargo.toml", "[package]\nname = \"a\"\nedition = \"2018\"\n" } },
	  ":a*",
	  NULL,
	  1 },
	{ "edition 2024 implies resolver 3",
	  { { "Cargo.toml",
	      "[package]\nname = \"a\"\nedition.workspace = true\n[workspace.package]\n"
	      "edition = \"2024\"\n" } },
	  ":a*",
	  NULL,
	  3 },
	{ "package.resolver",
	  { { "Cargo.toml", PACKAGE("a") "resolver = \"1\"\n" } },
	  ":a*",
	  NULL,
	  1 },
	{ "workspace.resolver, and that of members does not count",
	  { { "Cargo.toml", "[workspace]\nmembers = [\"a\"]\nresolver = \"2\"\n" },
	    { "a/Cargo.toml", PACKAGE("a") "resolver = \"1\"\n" } },
	  "a:a*",
	  NULL,
	  2 },
	{ "no root",
	  { { "a/Cargo.toml", PACKAGE("a") } },
	  NULL,
	  "no Cargo.toml beside the lock",
	  0 },
	{ "a broken member",
	  { { "Cargo.toml", "[workspace]\nmembers = [\"a\"]\n" },
	    { "a/Cargo.toml", "[package]\n\nname = 1\n" } },
	  NULL,
	  "a/Cargo.toml:3: 'name' is not a string",
	  0 },
	{ "two members of one name",
	  { { "Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n" },
	    { "a/Cargo.toml", PACKAGE("x") },
	    { "b/Cargo.toml", "\n" PACKAGE("x") } },
	  NULL,
	  "b/Cargo.toml:2: member 'x' has the name of the one in a/Cargo.toml",
	  0 },
	{ "a path that leads to no package",
	  { { "Cargo.toml", PACKAGE("a") PATHS("b = { path = \"b\" }\n") },
	    { "b/Cargo.toml", "[workspace]\n" } },
	  NULL,
	  "Cargo.toml:6: dependency 'b' leads to b/Cargo.toml, which has no [package]",
	  0 },
	{ "inheritance from nowhere",
	  { { "Cargo.toml", "[package]\nname = \"a\"\nversion.workspace = true\n" } },
	  NULL,
	  "Cargo.toml:3: 'version' is inherited, but there is no workspace above",
	  0 },
};

static void members_are_those_of_cargo(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(scenarios); i++) {
		const struct scenario *scenario = &scenarios[i];
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct project_file_list files = files_of(&arena, scenario);
		struct workspace got = { 0 };
		struct err err = { 0 };
		bool ok = workspace_load(&arena, &files, &got, &err);

		if (ok != (scenario->shape != NULL))
			fail_msg("%s: %s", scenario->what, ok ? "accepted" : err.text);
		if (!ok) {
			assert_string_equal(err.text, scenario->message);
			continue;
		}
		if (!str_eq(shape(&arena, &got), str_of(scenario->shape)))
			fail_msg("%s: " STR_FMT, scenario->what, STR_ARG(shape(&arena, &got)));
		if (scenario->resolver > 0 && got.resolver != scenario->resolver)
			fail_msg("%s: resolver %u", scenario->what, got.resolver);
		assert_int_equal(got.root != PACKAGE_NONE,
		                 got.n > 0 && got.packages[0].manifest->folder.n == 0);
	}
}

static void members_inherit_paths_from_the_root(void **state)
{
	static const struct scenario scenario = {
		"",
		{ { "Cargo.toml",
		    "[workspace]\nmembers = [\"crates/a\"]\n[workspace.dependencies]\n"
		    "b = { path = \"crates/b\" }\n[patch.crates-io]\nz = { git = \"g\" }\n" },
		  { "crates/a/Cargo.toml", PACKAGE("a") PATHS("b.workspace = true\n") },
		  { "crates/b/Cargo.toml", PACKAGE("b") } },
		"crates/a:a* crates/b:b*",
		NULL,
		1
	};
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct project_file_list files = files_of(&arena, &scenario);
	struct workspace got = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_true(workspace_load(&arena, &files, &got, &err));
	assert_true(str_eq(shape(&arena, &got), str_of(scenario.shape)));
	assert_true(str_eq(got.packages[0].summary.deps[0].path, STR_LIT("crates/b")));
	assert_int_equal(got.patches.n, 1);
	assert_int_equal(got.root, PACKAGE_NONE);
}

static void checkouts_are_read_as_they_are(void **state)
{
	static const struct scenario scenario = {
		"",
		{ { "Cargo.toml",
		    "[workspace]\nmembers = [\"a\"]\n[workspace.package]\nversion = \"3.0.0\"\n" },
		  { "a/Cargo.toml", "[package]\nname = \"a\"\nversion.workspace = true\n" },
		  { "tests/broken/Cargo.toml", "[package" },
		  { "tests/lost/Cargo.toml",
		    "[package]\nname = \"lost\"\n[dependencies]\nx.workspace = true\n" },
		  { "tests/own/Cargo.toml", PACKAGE("own") "[workspace]\n" },
		  { "tests/own/in/Cargo.toml",
		    "[package]\nname = \"in\"\nversion.workspace = true\n" },
		  { "z/Cargo.toml", PACKAGE("z") PATHS("y = { path = \"../y\" }\n") } },
		"(a:a) (tests/own:own) (z:z)",
		NULL,
		1
	};
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct project_file_list files = files_of(&arena, &scenario);
	struct workspace got = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_true(workspace_load_checkout(&arena, &files, &got, &err));
	if (!str_eq(shape(&arena, &got), str_of(scenario.shape)))
		fail_msg(STR_FMT, STR_ARG(shape(&arena, &got)));
	assert_true(str_eq(got.packages[0].summary.vers, STR_LIT("3.0.0")));
	assert_int_equal(got.root, PACKAGE_NONE);
}

static const struct {
	const char *folder, *text, *wants;
} wanted[] = {
	{ "", PACKAGE("a"), "" },
	{ "", "[workspace]\nmembers = [\"a\", \"./crates/*\"]\nexclude = [\"x\"]\n",
	  "a/Cargo.toml crates/*/Cargo.toml" },
	{ "",
	  PACKAGE("a")
	          PATHS("b = { path = \"../b\" }\nc = \"1\"\n") "[patch.x]\nd = { path = \"d\" }\n",
	  "../b/Cargo.toml d/Cargo.toml" },
	{ "", "[workspace]\n[workspace.dependencies]\nb = { path = \"b\" }\n", "b/Cargo.toml" },
	{ "m", PACKAGE("a") "workspace = \"..\"\nlicense.workspace = true\n", "Cargo.toml" },
	{ "m", "[workspace]\nmembers = [\"a\"]\n[patch.x]\nd = { path = \"d\" }\n", "" },
	{ "a/b", PACKAGE("a") "license.workspace = true\n", "a/Cargo.toml Cargo.toml" },
	{ "/a/b", PACKAGE("a") "license.workspace = true\n", "/a/Cargo.toml /Cargo.toml" },
	{ "../x", PACKAGE("a") PATHS("b.workspace = true\n"),
	  "../Cargo.toml ../../Cargo.toml ../../../Cargo.toml ../../../../Cargo.toml "
	  "../../../../../Cargo.toml "
	  "../../../../../../Cargo.toml ../../../../../../../Cargo.toml "
	  "../../../../../../../../Cargo.toml" },
};

static void a_client_learns_what_to_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct str_list wants = { 0 };
		struct str got = STR_LIT("");
		struct err err = { 0 };

		if (!workspace_wants(&arena, str_of(wanted[i].text), str_of(wanted[i].folder),
		                     STR_LIT("Cargo.toml"), &wants, &err))
			fail_msg("%s", err.text);
		for (size_t k = 0; k < wants.n; k++)
			got = arena_printf(&arena, STR_FMT "%s" STR_FMT, STR_ARG(got),
			                   k > 0 ? " " : "", STR_ARG(wants.p[k]));
		if (!str_eq(got, str_of(wanted[i].wants)))
			fail_msg("row %zu: " STR_FMT, i, STR_ARG(got));
	}
}

static void wants_refuses_a_broken_manifest(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str_list wants = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_false(workspace_wants(&arena, STR_LIT("x"), STR_LIT(""), STR_LIT("Cargo.toml"),
	                             &wants, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_true(workspace_glob_matches(STR_LIT("crates/*"), STR_LIT("crates/a")));
	assert_false(workspace_glob_matches(STR_LIT("crates/*"), STR_LIT("crates")));
}

/* A package beside the project that names a member by way of the project's own folder means that
 * member. */
static void a_path_that_leaves_and_comes_back_is_one_folder(void **state)
{
	static const struct scenario scenario = {
		"",
		{ { "Cargo.toml", "[workspace]\nmembers = [\"a\", \"../beside\"]\n" },
		  { "a/Cargo.toml", PACKAGE("a") PATHS("beside = { path = \"../../beside\" }\n") },
		  { "../beside/Cargo.toml",
		    "[package]\nname = \"beside\"\nversion = \"1.0.0\"\n"
		    "workspace = \"../ws\"\n[dev-dependencies]\n"
		    "a = { path = \"../ws/a\" }\nc = { path = \"../../up/ws/c\" }\n" },
		  { "../ws/a/Cargo.toml",
		    PACKAGE("a") PATHS("beside = { path = \"../../beside\" }\n") },
		  { "../../up/ws/c/Cargo.toml", PACKAGE("c") } },
		NULL,
		NULL,
		1
	};
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct project_file_list files = files_of(&arena, &scenario);
	struct workspace got = { 0 };
	struct err err = { 0 };

	(void)state;
	if (!workspace_load_in(&arena, STR_LIT("/some/up/ws"), &files, &got, &err))
		fail_msg("%s", err.text);
	assert_int_equal(got.n, 3);
	assert_true(str_eq(got.packages[0].manifest->folder, STR_LIT("../beside")));
	assert_true(str_eq(got.packages[1].manifest->folder, STR_LIT("a")));
	assert_true(str_eq(got.packages[2].manifest->folder, STR_LIT("c")));
	assert_int_equal(got.missing.n, 0);
}

static void ceilings_hold(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct project_file_list files = { 0 };
	struct workspace got = { 0 };
	struct err err = { 0 };
	struct str text = STR_LIT("[workspace]\nmembers = [");

	(void)state;
	for (size_t i = 0; i <= WORKSPACE_PATTERNS_MAX; i++)
		text = arena_printf(&arena, STR_FMT "\"*\",", STR_ARG(text));
	text = arena_printf(&arena, STR_FMT "]\n", STR_ARG(text));
	*vec_add(&arena, &files) = (struct project_file){ STR_LIT("Cargo.toml"), text };
	assert_false(workspace_load(&arena, &files, &got, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_string_equal(err.text, "Cargo.toml: more than 500 patterns of members");
	while (files.n <= WORKSPACE_MEMBERS_MAX)
		vec_add(&arena, &files)->path = STR_LIT("Cargo.toml");
	assert_false(workspace_load(&arena, &files, &got, &err));
	assert_string_equal(err.text, "more than 20000 manifests");
	assert_int_equal(err.kind, ERR_LIMIT);
}

static struct str read_whole(struct arena *arena, const char *path)
{
	FILE *file = fopen(path, "re");
	struct str out = { 0 };

	if (!file)
		return out;
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	size_t n = (size_t)ftell(file);
	char *p = arena_alloc(arena, n + 1);

	rewind(file);
	out = (struct str){ p, fread(p, 1, n, file) };
	fclose(file);
	return out;
}

/* A path as seen from a folder, both below one top: "a/x/f" from "a/b" is "../x/f". */
static struct str seen_from(struct arena *arena, struct str folder, struct str path)
{
	struct str head, rest, path_head, path_rest, up = STR_LIT("");

	if (str_eq(folder, STR_LIT(".")))
		return path;
	while (folder.n > 0 && str_cut(path, '/', &path_head, &path_rest)) {
		str_cut(folder, '/', &head, &rest);
		if (!str_eq(head, path_head))
			break;
		folder = rest;
		path = path_rest;
	}
	for (; folder.n > 0; str_cut(folder, '/', &head, &folder))
		up = arena_printf(arena, STR_FMT "../", STR_ARG(up));
	return arena_printf(arena, STR_FMT STR_FMT, STR_ARG(up), STR_ARG(path));
}

/* Every Cargo.toml below a folder, named as seen from a folder of it ("." or "a/b"). */
static struct project_file_list manifests_below(struct arena *arena, const char *top,
                                                struct str from)
{
	char *const tops[] = { arena_cstr(arena, str_of(top)), NULL };
	FTS *walk = fts_open(tops, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	struct project_file_list files = { 0 };

	for (FTSENT *entry; walk && (entry = fts_read(walk));) {
		if (entry->fts_info != FTS_F || strcmp(entry->fts_name, "Cargo.toml") != 0)
			continue;
		struct str path = arena_str(arena, str_of(entry->fts_path + strlen(top) + 1));

		*vec_add(arena, &files) =
			(struct project_file){ seen_from(arena, from, path),
			                       read_whole(arena, entry->fts_path) };
	}
	if (walk)
		fts_close(walk);
	return files;
}

static void projects_of_the_corpus_have_cargos_members(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str rows = read_whole(&arena, TEST_SHARED "/data/corpus/corpus.tsv"), row;
	size_t n = 0;

	(void)state;
	if (rows.n == 0) {
		print_message("skipped: no corpus at " TEST_SHARED "\n");
		skip();
	}
	str_cut(rows, '\n', &row, &rows);
	for (; str_cut(rows, '\n', &row, &rows) && row.n > 0; n++) {
		struct str columns[11] = { { 0 } }, rest = row;

		for (size_t i = 0; i < ARRAY_LEN(columns); i++)
			str_cut(rest, '\t', &columns[i], &rest);
		struct str top = arena_printf(&arena, TEST_SHARED "/data/corpus/" STR_FMT "/ws",
		                              STR_ARG(columns[0]));
		struct project_file_list files = manifests_below(&arena, top.p, columns[5]);
		struct workspace got = { 0 };
		struct err err = { 0 };
		uint64_t want = 0, members = 0;

		if (!workspace_load(&arena, &files, &got, &err))
			fail_msg("%s: %s", top.p, err.text);
		for (uint32_t i = 0; i < got.n; i++)
			members += got.packages[i].is_member;
		if (str_to_u64(columns[9], &want) && members != want)
			fail_msg("%s: %zu members", top.p, (size_t)members);
		if (got.missing.n > 0)
			fail_msg("%s: " STR_FMT " is missing", top.p, STR_ARG(got.missing.p[0]));
		if (got.resolver != (unsigned)(columns[10].p[0] - '0'))
			fail_msg("%s: resolver %u", top.p, got.resolver);
	}
	assert_int_equal(n, 26);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_those_of_cargo),
		cmocka_unit_test(members_inherit_paths_from_the_root),
		cmocka_unit_test(checkouts_are_read_as_they_are),
		cmocka_unit_test(a_client_learns_what_to_read),
		cmocka_unit_test(wants_refuses_a_broken_manifest),
		cmocka_unit_test(a_path_that_leaves_and_comes_back_is_one_folder),
		cmocka_unit_test(ceilings_hold),
		cmocka_unit_test(projects_of_the_corpus_have_cargos_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
