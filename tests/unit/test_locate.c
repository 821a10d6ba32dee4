#include "cli/locate.h"
#include "tests/unit/file_tree.h" /* cmocka, and what it wants included before it */

#define PACKAGE "[package]\nname = \"p\"\nversion = \"0.1.0\"\n"

/* ws/ is a workspace; ws/out is excluded from it, ws/far belongs to other/ by its own word. */
static int make(void **state)
{
	if (file_tree_make(state) != 0)
		return -1;
	file_tree_put("ws/Cargo.toml",
	              "[workspace]\nmembers = [\"crates/*\", \"out/kept\"]\nexclude = [\"out\"]\n");
	file_tree_put("ws/Cargo.lock", "");
	file_tree_put("ws/crates/a/Cargo.toml", PACKAGE);
	file_tree_put("ws/crates/a/src/lib.rs", "");
	file_tree_put("ws/out/Cargo.toml", PACKAGE);
	file_tree_put("ws/out/Cargo.lock", "");
	file_tree_put("ws/out/kept/Cargo.toml", PACKAGE);
	file_tree_put("ws/far/Cargo.toml", PACKAGE "workspace = \"../../other\"\n");
	file_tree_put("ws/broken/Cargo.toml", "[package\n");
	file_tree_put("other/Cargo.toml", "[workspace]\nmembers = [\"../ws/far\"]\n");
	file_tree_put("other/Cargo.lock", "");
	file_tree_put("alone/Cargo.toml", PACKAGE);
	file_tree_put("locked/Cargo.lock", "");
	file_tree_put("locked/deep/file", "");
	file_tree_put("locked/old.lock", "");
	return 0;
}

/* ROOT stands for the tree's root. */
static const struct {
	const char *here, *word, *manifest_path;
	const char *name;    /* of the lock; NULL: refused, with this in the message: */
	const char *message; /* */
	const char *folder;  /* NULL: no manifests */
} cases[] = {
	{ "ws", "", "", "Cargo.lock", NULL, "ROOT/ws" },
	{ "ws/crates/a/src", "", "", "../../../Cargo.lock", NULL, "ROOT/ws" },
	{ "ws/out", "", "", "Cargo.lock", NULL, "ROOT/ws/out" },
	{ "ws/out/kept", "", "", "../../Cargo.lock", NULL, "ROOT/ws" },
	{ "ws/far", "", "", "ROOT/other/Cargo.lock", NULL, "ROOT/other" },
	{ "locked/deep", "", "", "../Cargo.lock", NULL, NULL },
	{ ".", "", "", NULL, "name one: rtaudit PATH", NULL },
	{ "alone", "", "", NULL,
	  "no Cargo.lock beside Cargo.toml: `cargo generate-lockfile` makes one", NULL },
	{ "ws/broken", "", "", NULL, "Cargo.toml:1:", NULL },
	{ ".", "ws", "", "ws/Cargo.lock", NULL, "ROOT/ws" },
	{ ".", "ws/crates/a", "", "ws/Cargo.lock", NULL, "ROOT/ws" },
	{ ".", "ws/crates/a/Cargo.toml", "", "ws/Cargo.lock", NULL, "ROOT/ws" },
	{ ".", "", "ws/crates/a/Cargo.toml", "ws/Cargo.lock", NULL, "ROOT/ws" },
	{ ".", "", "ws/crates/a", "ws/Cargo.lock", NULL, "ROOT/ws" },
	{ "ws/crates", "", "a/Cargo.toml", "../Cargo.lock", NULL, "ROOT/ws" },
	{ ".", "ws/Cargo.lock", "", "ws/Cargo.lock", NULL, "ROOT/ws" },
	{ ".", "ROOT/ws/Cargo.lock", "", "ROOT/ws/Cargo.lock", NULL, "ROOT/ws" },
	{ ".", "locked/Cargo.lock", "", "locked/Cargo.lock", NULL, NULL },
	{ "ws", "../locked/old.lock", "", "../locked/old.lock", NULL, NULL },
	{ ".", "locked/old.lock", "ws/Cargo.toml", "locked/old.lock", NULL, "ROOT/ws" },
	{ ".", "locked", "", "locked/Cargo.lock", NULL, NULL },
	{ ".", "-", "", "standard input", NULL, NULL },
	{ ".", "-", "ws/Cargo.toml", "standard input", NULL, "ROOT/ws" },
	{ ".", "ws/crates", "", NULL, "ws/crates: no Cargo.lock and no Cargo.toml in it", NULL },
	{ ".", "nowhere", "", NULL, "nowhere: No such file or directory", NULL },
	{ ".", "ws", "ws/Cargo.toml", NULL, "do not go together", NULL },
	{ ".", "", "nowhere/Cargo.toml", NULL, "nowhere/Cargo.toml: No such file", NULL },
};

static const char *expand(struct arena *arena, const char *text)
{
	if (!text || strncmp(text, "ROOT", 4) != 0)
		return text;
	return arena_printf(arena, "%s%s", file_tree_root, text + 4).p;
}

static void check(size_t i)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	const char *folder = expand(&arena, cases[i].folder);
	struct located got = { 0 };
	struct err err = { 0 };

	assert_int_equal(chdir(file_tree_path(&arena, cases[i].here)), 0);
	bool ok = locate_project(&arena, str_of(expand(&arena, cases[i].word)),
	                         str_of(cases[i].manifest_path), &got, &err);

	if (ok != (cases[i].name != NULL))
		fail_msg("row %zu: %s", i, ok ? "accepted" : err.text);
	if (!ok) {
		if (!strstr(err.text, cases[i].message))
			fail_msg("row %zu: %s", i, err.text);
		assert_int_equal(err_exit_status(err.kind), 2);
		return;
	}
	if (!str_eq(got.lock_name, str_of(expand(&arena, cases[i].name))))
		fail_msg("row %zu: lock " STR_FMT, i, STR_ARG(got.lock_name));
	if ((folder == NULL) != (got.folder == NULL) || (folder && strcmp(folder, got.folder) != 0))
		fail_msg("row %zu: folder %s", i, got.folder ? got.folder : "none");
	assert_int_equal(got.lock == NULL, strcmp(cases[i].word, "-") == 0);
}

static void a_project_is_found_as_cargo_finds_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check(i);
}

static void cargo_home_is_absolute(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };

	(void)state;
	assert_int_equal(chdir(file_tree_root), 0);
	assert_int_equal(setenv("CARGO_HOME", "/c", 1), 0);
	assert_string_equal(locate_cargo_home(&arena), "/c");
	assert_int_equal(setenv("CARGO_HOME", "c", 1), 0);
	assert_string_equal(locate_cargo_home(&arena), file_tree_path(&arena, "c"));
	assert_int_equal(unsetenv("CARGO_HOME"), 0);
	assert_int_equal(setenv("HOME", "/home/u", 1), 0);
	assert_string_equal(locate_cargo_home(&arena), "/home/u/.cargo");
	assert_int_equal(unsetenv("HOME"), 0);
	assert_null(locate_cargo_home(&arena));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_project_is_found_as_cargo_finds_it),
		cmocka_unit_test(cargo_home_is_absolute),
	};

	return cmocka_run_group_tests(tests, make, file_tree_drop);
}
