#include "crawler/advisory_db.h"
#include "audit/limits.h"
#include "base/file.h"
#include "base/when.h"
#include "tests/unit/local_server.h"
#include "tests/unit/temp_git.h"

static const struct advisory_file *find(const struct advisory_db *db, const char *path)
{
	for (size_t i = 0; i < db->files.n; i++)
		if (str_eq(db->files.p[i].path, str_of(path)))
			return &db->files.p[i];
	fail_msg("%s is missing", path);
	return NULL;
}

static struct advisory_db read_repository(struct arena *arena, const char *path)
{
	CLEANUP(gitrepo_close) struct gitrepo repo = { 0 };
	struct advisory_db db = { 0 };
	struct err err = { 0 };

	assert_int_equal(gitrepo_open(&repo, path, &err), 1);
	assert_ok(advisory_db_read(arena, &repo, NULL, &db, &err), err);
	return db;
}

#define A "crates/a/RUSTSEC-2020-0001"
#define B "crates/b/RUSTSEC-2021-0002"

/* Makes the history that the tests read: five commits, one of them merged. */
static void make_history(struct temp_git *git, const char *folder)
{
	temp_git_make(git, folder);
	temp_git_put(git, "README.md", "x");
	temp_git_put(git, A ".toml", "old form");
	git_oid first = temp_git_commit(git, 1000, NULL);
	/* A branch, older than its merge: published is what the main line has. */
	temp_git_put(git, B ".md", "b");
	git_oid branch = temp_git_commit(git, 2000, NULL);
	git->head = first;
	temp_git_commit(git, 3000, &branch);
	temp_git_remove(git, A ".toml");
	temp_git_put(git, A ".md", "a");
	temp_git_put(git, "crates/a-b/RUSTSEC-2022-0003.md", "ab");
	temp_git_put(git, "crates/a/notes.md", "no advisory");
	temp_git_put(git, "rust/std/RUSTSEC-2022-0009.md", "no crate");
	temp_git_commit(git, 4000, NULL);
	temp_git_put(git, A ".md", "a, changed");
	temp_git_put(git, "README.md", "y");
	temp_git_commit(git, 5000, NULL);
}

static void published_is_when_the_main_line_got_the_id(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct temp_db temp = temp_db_make();
	struct temp_git git;

	make_history(&git, temp.folder);
	struct advisory_db db = read_repository(&arena, temp.folder);
	assert_int_equal(db.files.n, 3);
	assert_int_equal(db.commit.n, 40);
	assert_int_equal(find(&db, A ".md")->published_at, 1000);
	assert_int_equal(find(&db, B ".md")->published_at, 3000);
	assert_int_equal(find(&db, "crates/a-b/RUSTSEC-2022-0003.md")->published_at, 4000);
	assert_true(str_eq(find(&db, A ".md")->bytes, STR_LIT("a, changed")));
	temp_git_free(&git);
	temp_db_free(&temp);
}

static void what_holds_no_advisory_is_refused(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct temp_db temp = temp_db_make();
	struct temp_git git;
	struct advisory_db db;
	struct gitrepo repo = { 0 };
	struct stop stop = { 0 };
	struct err err = { 0 };

	assert_int_equal(gitrepo_open(&repo, temp.folder, &err), 0);
	assert_false(advisory_db_read_folder(&arena, temp.folder, &db, &err));
	assert_int_equal(err.kind, ERR_ABSENT);
	temp_git_make(&git, temp.folder);
	assert_int_equal(gitrepo_open(&repo, temp.folder, &err), -1); /* no commit yet */
	temp_git_put(&git, "README.md", "x");
	temp_git_commit(&git, 1000, NULL);
	assert_int_equal(gitrepo_open(&repo, temp.folder, &err), 1);
	assert_false(advisory_db_read(&arena, &repo, NULL, &db, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	gitrepo_close(&repo);
	temp_git_put(&git, A ".md", "x");
	temp_git_commit(&git, 2000, NULL);
	assert_int_equal(gitrepo_open(&repo, temp.folder, &err), 1);
	stop_raise(&stop);
	assert_false(advisory_db_read(&arena, &repo, &stop, &db, &err));
	assert_int_equal(err.kind, ERR_STOPPED);
	gitrepo_close(&repo);
	temp_git_free(&git);
	temp_db_free(&temp);
}

static void a_file_too_large_is_passed_over(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct temp_db temp = temp_db_make();
	struct temp_git git;
	char *large = arena_alloc(&arena, ADVISORY_MAX_BYTES + 2);

	memset(large, 'x', ADVISORY_MAX_BYTES + 1);
	temp_git_make(&git, temp.folder);
	temp_git_put(&git, A ".md", large);
	temp_git_put(&git, B ".md", large + 1);
	temp_git_commit(&git, 1000, NULL);
	struct advisory_db db = read_repository(&arena, temp.folder);
	assert_int_equal(db.files.n, 1);
	assert_int_equal(find(&db, B ".md")->bytes.n, ADVISORY_MAX_BYTES);
	temp_git_free(&git);
	temp_db_free(&temp);
}

static void plain_files_have_no_date(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct temp_db temp = temp_db_make();
	struct advisory_db db;
	struct err err = { 0 };

	assert_ok(
		file_make_folders(file_join(&arena, temp.folder, STR_LIT("crates/a")), 0700, &err),
		err);
	assert_ok(file_write(file_join(&arena, temp.folder, STR_LIT(A ".md")), STR_LIT("a"), 0600,
	                     &err),
	          err);
	assert_ok(file_write(file_join(&arena, temp.folder, STR_LIT("crates/README")), STR_LIT("r"),
	                     0600, &err),
	          err);
	assert_ok(advisory_db_read_folder(&arena, temp.folder, &db, &err), err);
	assert_int_equal(db.files.n, 1);
	assert_int_equal(find(&db, A ".md")->published_at, 0);
	assert_int_equal(db.commit.n, 0);
	temp_db_free(&temp);
}

/* Writes a bundle by hand: the head, then the pack that libgit2 builds of everything. */
static void write_bundle(struct arena *arena, struct temp_git *git, const char *head,
                         const char *path, size_t cut)
{
	git_packbuilder *builder = NULL;
	git_revwalk *walk = NULL;
	git_buf pack = { 0 };
	struct err err = { 0 };

	assert_git(git_packbuilder_new(&builder, git->repository));
	assert_git(git_revwalk_new(&walk, git->repository));
	assert_git(git_revwalk_push(walk, &git->head));
	assert_git(git_packbuilder_insert_walk(builder, walk));
	assert_git(git_packbuilder_write_buf(&pack, builder));
	struct str bytes = arena_printf(arena, "%s", head);
	char *all = arena_alloc(arena, bytes.n + pack.size);
	memcpy(all, bytes.p, bytes.n);
	memcpy(all + bytes.n, pack.ptr, pack.size);
	assert_ok(file_write(path, (struct str){ all, bytes.n + pack.size - cut }, 0600, &err),
	          err);
	git_buf_dispose(&pack);
	git_revwalk_free(walk);
	git_packbuilder_free(builder);
}

static const struct {
	const char *head; /* %s is the commit */
	size_t cut;       /* bytes that are missing at the end */
	const char *text; /* NULL: accepted; else what the refusal says */
} bundles[] = {
	{ "# v2 git bundle\n%s HEAD\n\n", 0, NULL },
	{ "# v2 git bundle\n%s refs/heads/main\n\n", 0, NULL },
	{ "# v3 git bundle\n@object-format=sha1\n%s refs/tags/x\n%s HEAD\n\n", 0, NULL },
	{ "# v2 git bundle\n%s HEAD\n\n", 30, "b.bundle" },
	{ "# v2 git bundle\n-%s x\n%s HEAD\n\n", 0, "needs commits" },
	{ "# v3 git bundle\n@filter=blob:none\n%s HEAD\n\n", 0, "which is not read" },
	{ "# v2 git bundle\n%s refs/tags/x\n\n", 0, "holds no branch" },
	{ "# v2 git bundle\nnonsense\n\n", 0, "damaged" },
	{ "# v9 git bundle\n%s HEAD\n\n", 0, "no git bundle" },
};

static void bundles_are_read(void **state)
{
	(void)state;
	struct temp_db temp = temp_db_make();
	struct temp_git git;
	char hex[GIT_OID_HEXSZ + 1];

	make_history(&git, temp.folder);
	git_oid_tostr(hex, sizeof hex, &git.head);
	for (size_t i = 0; i < ARRAY_LEN(bundles); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		CLEANUP(gitrepo_close) struct gitrepo repo = { 0 };
		const char *path = file_join(&arena, temp.folder, STR_LIT("b.bundle"));
		const char *below = file_join(&arena, temp.folder, STR_LIT("unpacked"));
		struct str head = str_of(bundles[i].head), filled = { 0 }, part;
		struct advisory_db db;
		struct str_list left = { 0 };
		struct err err = { 0 };

		for (size_t at; (at = str_find_str(head, STR_LIT("%s"))) != STR_NONE;
		     head = str_sub(head, at + 2, head.n)) {
			part = str_sub(head, 0, at);
			filled = arena_printf(&arena, STR_FMT STR_FMT "%s", STR_ARG(filled),
			                      STR_ARG(part), hex);
		}
		filled = arena_printf(&arena, STR_FMT STR_FMT, STR_ARG(filled), STR_ARG(head));
		write_bundle(&arena, &git, filled.p, path, bundles[i].cut);
		bool ok = gitrepo_open_bundle(&repo, path, below, NULL, &err);
		if (ok != (bundles[i].text == NULL))
			fail_msg("row %zu: %s", i, ok ? "accepted" : err.text);
		if (!ok && (err.kind != ERR_INPUT || !strstr(err.text, bundles[i].text)))
			fail_msg("row %zu: %s", i, err.text);
		if (ok) {
			assert_true(gitrepo_is_bundle(path));
			assert_ok(advisory_db_read(&arena, &repo, NULL, &db, &err), err);
			assert_int_equal(find(&db, B ".md")->published_at, 3000);
		}
		gitrepo_close(&repo);
		if (file_is_folder(below)) {
			assert_ok(file_list(&arena, below, 10, &left, &err), err);
			assert_int_equal(left.n, 0);
		}
	}
	temp_git_free(&git);
	temp_db_free(&temp);
}

static void only_safe_addresses_are_fetched(void **state)
{
	(void)state;
	static const char *const urls[] = { "ssh://git@example.org/x",
		                            "git://example.org/x",
		                            "http://example.org/x.git",
		                            "file:///etc",
		                            "/etc",
		                            "-u" };
	struct temp_db temp = temp_db_make();

	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		struct gitrepo repo = { 0 };
		struct err err = { 0 };
		if (gitrepo_fetch(&repo, temp.folder, urls[i], NULL, NULL, NULL, &err) ||
		    err.kind != ERR_INPUT)
			fail_msg("%s: %s", urls[i], err.text);
	}
	temp_db_free(&temp);
}

static void cargos_proxy_is_asked(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	static const struct local_answer answers[] = {
		{ .path = "git.example:443", .status = 403 },
	};
	struct local_server *server = local_server_start(answers, ARRAY_LEN(answers));
	const char *proxy = local_server_url(server);
	struct temp_db temp = temp_db_make();

	for (unsigned i = 1; i <= 2; i++) { /* cargo takes a proxy without a scheme, too */
		const struct gitrepo_network network = {
			.proxy = i == 1 ? proxy : proxy + strlen("http://")
		};
		struct gitrepo repo = { 0 };
		struct err err = { 0 };

		bool ok = gitrepo_fetch(&repo, file_join(&arena, temp.folder, STR_LIT("db")),
		                        "https://git.example/db", &network, NULL, NULL, &err);
		if (ok || err.kind != ERR_NETWORK ||
		    local_server_hits(server, answers[0].path) != i)
			fail_msg("proxy %s: %s", network.proxy, ok ? "accepted" : err.text);
	}
	local_server_stop(&server);
	temp_db_free(&temp);
}

static void the_real_database_is_read_fast(void **state)
{
	(void)state;
	const char *bundle = TEST_SHARED "/data/advisory-db.bundle";
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(gitrepo_close) struct gitrepo repo = { 0 };
	struct advisory_db db;
	struct err err = { 0 };

	if (!file_is_regular(bundle)) {
		print_message("skipped: there is no %s\n", bundle);
		skip();
	}
	struct temp_db temp = temp_db_make();
	int64_t from_ms = when_monotonic_ms();
	assert_ok(gitrepo_open_bundle(&repo, bundle, temp.folder, NULL, &err), err);
	assert_ok(advisory_db_read(&arena, &repo, NULL, &db, &err), err);
	print_message("%zu advisories in %d ms\n", db.files.n,
	              (int)(when_monotonic_ms() - from_ms));
	assert_int_equal(db.files.n, 1205);
	for (size_t i = 0; i < db.files.n; i++)
		if (db.files.p[i].published_at == 0)
			fail_msg(STR_FMT " has no date", STR_ARG(db.files.p[i].path));
	gitrepo_close(&repo);
	temp_db_free(&temp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_is_when_the_main_line_got_the_id),
		cmocka_unit_test(what_holds_no_advisory_is_refused),
		cmocka_unit_test(a_file_too_large_is_passed_over),
		cmocka_unit_test(plain_files_have_no_date),
		cmocka_unit_test(bundles_are_read),
		cmocka_unit_test(only_safe_addresses_are_fetched),
		cmocka_unit_test(cargos_proxy_is_asked),
		cmocka_unit_test(the_real_database_is_read_fast),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
