#include "cli/gather.h"
#include "audit/limits.h"
#include "tests/unit/file_tree.h" /* cmocka, and what it wants included before it */

#define COMMIT "0123456789abcdef0123456789abcdef01234567"
#define SOURCE "git+https://example.org/x/Repo.git?branch=main#" COMMIT
#define OTHER "git+https://example.org/x/lost#" COMMIT

/* A name in every part that was gathered, one a line, and the value where it is short. */
static struct str listed(struct arena *arena, const struct parts *parts)
{
	struct str text = { "", 0 };

	for (size_t i = 0; i < parts->n; i++)
		text = arena_printf(arena, STR_FMT STR_FMT " " STR_FMT "\n", STR_ARG(text),
		                    STR_ARG(parts->p[i].kind), STR_ARG(parts->p[i].name));
	return text;
}

static bool has(struct arena *arena, const struct parts *parts, const char *line)
{
	struct str needle = arena_printf(arena, "\n%s\n", line);
	struct str all = arena_printf(arena, "\n" STR_FMT, STR_ARG(listed(arena, parts)));

	return str_find_str(all, needle) != STR_NONE;
}

static struct str value_of(const struct parts *parts, const char *kind, const char *name)
{
	for (size_t i = 0; i < parts->n; i++)
		if (str_eq(parts->p[i].kind, str_of(kind)) &&
		    (!name || str_eq(parts->p[i].name, str_of(name))))
			return parts->p[i].value;
	return (struct str){ 0 };
}

/* Paths as they may be written: those of the first are found by their bytes, those of the second by
 * a parse. */
static void put_members_with_paths(void)
{
	file_tree_put("ws/many/plain/Cargo.toml",
	              "[package]\nname = \"plain\"\nversion.workspace = true\n"
	              "description = \"the path to my-path = it\"\n"
	              "[lib]\npath = \"lib.rs\"\n"
	              "[dependencies]\np1 = { path = \"../../by/p1\" }\np2.path=\"../../by/p2\"\n"
	              "my-path = \"../../by/p0\"\npathos = \"../../by/p0\"\n");
	file_tree_put("ws/many/quoted/Cargo.toml",
	              "[package]\nname = \"quoted\"\nversion = \"0.1.0\"\n"
	              "[dependencies]\np3 = { \"path\" = '../../by/p3' }\n"
	              "p4 = { path = \"../../b\\u0079/p4\" }\n"
	              "p5 = { path = \"\"\"../../by/p5\"\"\" }\n");
	for (char name[] = "ws/by/p0/Cargo.toml"; name[7] < '6'; name[7]++)
		file_tree_put(name, "[package]\nname = \"p\"\nversion = \"0.1.0\"\n");
}

static int make(void **state)
{
	if (file_tree_make(state) != 0)
		return -1;
	unsetenv("RUSTFLAGS");
	unsetenv("CARGO_ENCODED_RUSTFLAGS");
	unsetenv("CARGO_BUILD_TARGET");
	unsetenv("CARGO_BUILD_RUSTFLAGS");
	setenv("CARGO_HOME", "home", 1);
	file_tree_put("ws/Cargo.lock", "version = 3\n\n[[package]]\nname = \"a\"\n"
	                               "source = \"" SOURCE "\"\n[[package]]\nname = \"b\"\n"
	                               "source = \"" SOURCE "\"\n[[package]]\nname = \"c\"\n"
	                               "source = \"" OTHER "\"\n");
	file_tree_put("ws/Cargo.toml", "[workspace]\n"
	                               "members = [\"one\", \"many/*\", \"deep/**\", \"missing\"]\n"
	                               "[patch.crates-io]\npatched = { path = \"patches/p\" }\n");
	file_tree_put("ws/one/Cargo.toml", "[package]\nname = \"one\"\nversion = \"0.1.0\"\n"
	                                   "[dependencies]\nout = { path = \"../../outside\" }\n"
	                                   "[dev-dependencies.two]\npath = 'two'\n");
	file_tree_put("ws/one/two/Cargo.toml", "[package]\nname = \"two\"\nversion = \"0.1.0\"\n");
	file_tree_put("ws/many/m1/Cargo.toml",
	              "[package]\nname = \"m1\"\nversion.workspace = true\n");
	file_tree_put("ws/many/m2/Cargo.toml", "this is no manifest");
	put_members_with_paths();
	file_tree_put("ws/many/file", "");
	file_tree_put("ws/many/empty/file", "");
	file_tree_put("ws/deep/x/y/z/Cargo.toml", "[package]\nname = \"z\"\nversion = \"0.1.0\"\n");
	file_tree_put("ws/deep/target/t/Cargo.toml", "");
	file_tree_put("ws/unasked/Cargo.toml", "");
	file_tree_put("ws/patches/p/Cargo.toml",
	              "[package]\nname = \"patched\"\nversion = \"1.0.0\"\n");
	file_tree_put("outside/Cargo.toml", "[package]\nname = \"out\"\nversion = \"0.1.0\"\n");
	file_tree_put("ws/.cargo/config.toml",
	              "include = ['a.toml', { path = '../b.toml' }, 'none.toml']");
	file_tree_put("ws/.cargo/a.toml", "include = ['a.toml']");
	file_tree_put("ws/b.toml", "b");
	file_tree_put(".cargo/config", "old name");
	file_tree_put(".cargo/config.toml", "not read beside the old name");
	file_tree_put("home/config.toml", "far");
	file_tree_put("ws/rtaudit.toml", "policy");
	file_tree_put("base.json", "{}");
	file_tree_put("home/git/checkouts/repo-00112233445566aa/0123456/Cargo.toml", "checkout");
	file_tree_put("home/git/checkouts/repo-00112233445566aa/0123456/a/b/Cargo.toml", "");
	file_tree_put("home/git/checkouts/repo-00112233445566aa/0123456/target/Cargo.toml", "");
	file_tree_put("home/git/checkouts/repo-00112233445566aa/0123456/a/target/Cargo.toml", "");
	file_tree_put("home/git/checkouts/repo-00112233445566aa/0123456/.hidden/Cargo.toml", "");
	file_tree_put("home/git/checkouts/repo-00112233445566aa/0123456/sub/.git", "");
	file_tree_put("home/git/checkouts/repo-00112233445566aa/0123456/sub/Cargo.toml", "");
	file_tree_put("home/git/checkouts/repo-00112233445566aa/fedcba9/Cargo.toml",
	              "another commit");
	file_tree_put("home/git/checkouts/repo-x/0123456/Cargo.toml", "no name of cargo's");
	return 0;
}

static bool gather(struct arena *arena, const char *here, const struct gather_from *from,
                   struct parts *out, struct err *err)
{
	assert_int_equal(chdir(file_tree_path(arena, here)), 0);
	setenv("CARGO_HOME", file_tree_path(arena, "home"), 1);
	return gather_project(arena, from, out, err);
}

static void members_and_path_dependencies_are_sent(void **state)
{
	static const char *const LINES[] = {
		"lock Cargo.lock",
		"manifest Cargo.toml",
		"manifest one/Cargo.toml",
		"manifest one/two/Cargo.toml",
		"manifest ../outside/Cargo.toml",
		"manifest many/m1/Cargo.toml",
		"manifest many/m2/Cargo.toml",
		"manifest by/p1/Cargo.toml",
		"manifest by/p2/Cargo.toml",
		"manifest by/p3/Cargo.toml",
		"manifest by/p4/Cargo.toml",
		"manifest by/p5/Cargo.toml",
		"manifest deep/x/y/z/Cargo.toml",
		"manifest patches/p/Cargo.toml",
		"policy rtaudit.toml",
	};
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct gather_from from = { 0 };
	struct parts parts = { 0 };
	struct err err = { 0 };
	size_t manifests = 0;

	(void)state;
	if (!gather(&arena, "ws", &from, &parts, &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < ARRAY_LEN(LINES); i++)
		if (!has(&arena, &parts, LINES[i]))
			fail_msg("%s is missing in\n" STR_FMT, LINES[i],
			         STR_ARG(listed(&arena, &parts)));
	for (size_t i = 0; i < parts.n; i++)
		manifests += str_eq(parts.p[i].kind, STR_LIT("manifest"));
	if (manifests != 15)
		fail_msg("%zu manifests:\n" STR_FMT, manifests, STR_ARG(listed(&arena, &parts)));
	assert_true(str_eq(value_of(&parts, "manifest", "many/m2/Cargo.toml"),
	                   STR_LIT("this is no manifest")));
}

static void configuration_is_sent_nearest_first(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct gather_from from = { .word = STR("Cargo.lock") };
	struct parts parts = { 0 };
	struct err err = { 0 };
	/* A file that includes itself is sent a bounded number of times. */
	const char *expected[] = { "include = ['a.toml', { path = '../b.toml' }, 'none.toml']",
		                   "b",
		                   "include = ['a.toml']",
		                   "include = ['a.toml']",
		                   "include = ['a.toml']",
		                   "include = ['a.toml']",
		                   "include = ['a.toml']",
		                   "include = ['a.toml']",
		                   "include = ['a.toml']",
		                   "include = ['a.toml']",
		                   "old name",
		                   "far" };
	size_t n = 0;

	(void)state;
	assert_true(gather(&arena, "ws", &from, &parts, &err));
	for (size_t i = 0; i < parts.n; i++) {
		if (!str_eq(parts.p[i].kind, STR_LIT("config")))
			continue;
		assert_true(n < ARRAY_LEN(expected));
		assert_true(str_eq(parts.p[i].value, str_of(expected[n])));
		n++;
	}
	assert_int_equal(n, ARRAY_LEN(expected));
	assert_true(has(&arena, &parts,
	                arena_printf(&arena, "config %s/ws/.cargo/config.toml", file_tree_root).p));
}

static void a_home_on_the_way_is_read_once(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct gather_from from = { .word = STR("Cargo.lock") };
	struct parts parts = { 0 };
	struct err err = { 0 };
	size_t n = 0;

	(void)state;
	assert_int_equal(chdir(file_tree_path(&arena, "ws")), 0);
	setenv("CARGO_HOME", file_tree_path(&arena, ".cargo"), 1);
	assert_true(gather_project(&arena, &from, &parts, &err));
	for (size_t i = 0; i < parts.n; i++)
		n += str_eq(parts.p[i].kind, STR_LIT("config"));
	assert_int_equal(n, 11);
}

static void checkouts_are_sent_by_their_source(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct gather_from from = { 0 };
	struct parts parts = { 0 };
	struct err err = { 0 };
	size_t n = 0;

	(void)state;
	assert_true(gather(&arena, "ws", &from, &parts, &err));
	for (size_t i = 0; i < parts.n; i++)
		n += str_eq(parts.p[i].kind, STR_LIT("git-manifest"));
	if (n != 3)
		fail_msg(STR_FMT, STR_ARG(listed(&arena, &parts)));
	assert_true(has(&arena, &parts, "git-manifest " SOURCE "\nCargo.toml"));
	assert_true(has(&arena, &parts, "git-manifest " SOURCE "\na/b/Cargo.toml"));
	/* `target` is passed over only beside a manifest. */
	assert_true(has(&arena, &parts, "git-manifest " SOURCE "\na/target/Cargo.toml"));
	assert_true(str_eq(value_of(&parts, "git-manifest", SOURCE "\nCargo.toml"),
	                   STR_LIT("checkout")));
}

static void environment_and_named_files_are_sent(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct gather_from from = { .word = STR("ws/Cargo.lock"),
		                    .policy = STR("base.json"),
		                    .baseline = STR("base.json") };
	struct parts parts = { 0 };
	struct err err = { 0 };

	(void)state;
	setenv("RUSTFLAGS", "--cfg x", 1);
	setenv("CARGO_BUILD_TARGET", "", 1);
	assert_true(gather(&arena, ".", &from, &parts, &err));
	unsetenv("RUSTFLAGS");
	unsetenv("CARGO_BUILD_TARGET");
	assert_true(str_eq(value_of(&parts, "env", "RUSTFLAGS"), STR_LIT("--cfg x")));
	/* Set to nothing is not the same as not set. */
	assert_true(has(&arena, &parts, "env CARGO_BUILD_TARGET"));
	assert_false(has(&arena, &parts, "env CARGO_ENCODED_RUSTFLAGS"));
	assert_true(has(&arena, &parts, "policy base.json"));
	assert_true(has(&arena, &parts, "baseline base.json"));
}

static void a_lock_alone_brings_no_manifests(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct gather_from from = { .word = STR("alone.lock") };
	struct parts parts = { 0 };
	struct err err = { 0 };

	(void)state;
	file_tree_put("ws/alone.lock", "source = \"" SOURCE "\"\n");
	assert_true(gather(&arena, "ws", &from, &parts, &err));
	assert_true(has(&arena, &parts, "lock alone.lock"));
	assert_int_equal(value_of(&parts, "manifest", NULL).n, 0);
	assert_int_equal(value_of(&parts, "git-manifest", NULL).n, 0);
}

static void an_old_lock_is_sent_with_its_checkouts(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct gather_from from = { .old_lock = STR("../old.lock") };
	struct parts parts = { 0 };
	struct err err = { 0 };

	(void)state;
	file_tree_put(
		"old.lock",
		"source = "
		"\"git+https://example.org/x/Repo#fedcba9876543210fedcba9876543210fedcba98\"\n"
		"source = \"" SOURCE "\"\n");
	assert_true(gather(&arena, "ws", &from, &parts, &err));
	assert_true(has(&arena, &parts, "lock Cargo.lock"));
	assert_true(has(&arena, &parts, "old-lock ../old.lock"));
	assert_true(str_starts(value_of(&parts, "lock", NULL), STR_LIT("version = 3")));
	assert_true(str_starts(value_of(&parts, "old-lock", NULL), STR_LIT("source")));
	assert_true(has(&arena, &parts,
	                "git-manifest git+https://example.org/x/Repo#"
	                "fedcba9876543210fedcba9876543210fedcba98\nCargo.toml"));
	size_t n = 0;

	for (size_t i = 0; i < parts.n; i++)
		n += str_eq(parts.p[i].kind, STR_LIT("git-manifest"));
	/* What both locks name is sent once. */
	assert_int_equal(n, 4);
}

/* A file one byte above the ceiling, without its bytes on the disk. */
static void put_sparse(const char *path, off_t size_bytes)
{
	file_tree_put(path, "");
	assert_int_equal(truncate(path, size_bytes), 0);
}

static void what_cannot_be_read_is_told(void **state)
{
	static const struct {
		const char *word, *policy, *baseline, *message;
		enum err_kind kind;
	} cases[] = {
		{ "large.lock", "", "", "large.lock: larger than 33554432 bytes", ERR_LIMIT },
		{ "ws/Cargo.lock", "nowhere.toml", "", "nowhere.toml: No such file", ERR_INPUT },
		{ "ws/Cargo.lock", "", "nowhere.json", "nowhere.json: No such file", ERR_INPUT },
		{ "ws/Cargo.lock", "ws", "", "ws: is a folder", ERR_IO },
		{ "folder", "", "", "folder/Cargo.lock: not a regular file", ERR_INPUT },
		{ "pipe", "", "", "pipe/Cargo.lock: not a regular file", ERR_INPUT },
	};
	CLEANUP(arena_free) struct arena arena = { 0 };

	(void)state;
	assert_int_equal(chdir(file_tree_root), 0);
	put_sparse("large.lock", LOCK_MAX_BYTES + 1);
	file_tree_put("folder/Cargo.lock/x", "");
	file_tree_put("pipe/x", "");
	assert_int_equal(mkfifo("pipe/Cargo.lock", 0600), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct gather_from from = { .word = str_of(cases[i].word),
			                    .policy = str_of(cases[i].policy),
			                    .baseline = str_of(cases[i].baseline) };
		struct parts parts = { 0 };
		struct err err = { 0 };

		if (gather(&arena, ".", &from, &parts, &err))
			fail_msg("row %zu: accepted", i);
		if (!strstr(err.text, cases[i].message))
			fail_msg("row %zu: %s", i, err.text);
		assert_int_equal(err.kind, cases[i].kind);
		assert_int_equal(err_exit_status(err.kind), 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_and_path_dependencies_are_sent),
		cmocka_unit_test(configuration_is_sent_nearest_first),
		cmocka_unit_test(a_home_on_the_way_is_read_once),
		cmocka_unit_test(checkouts_are_sent_by_their_source),
		cmocka_unit_test(environment_and_named_files_are_sent),
		cmocka_unit_test(a_lock_alone_brings_no_manifests),
		cmocka_unit_test(an_old_lock_is_sent_with_its_checkouts),
		cmocka_unit_test(what_cannot_be_read_is_told),
	};

	return cmocka_run_group_tests(tests, make, file_tree_drop);
}
