#include "crawler/crawl_sync.h"
#include "db/store_advisory.h"
#include "tests/unit/crawl_world.h"
#include "tests/unit/temp_git.h"

static struct sync_row sync_one(struct world *world, struct sync_request request)
{
	struct sync_report report = { 0 };
	struct err err = { 0 };

	assert_ok(crawl_sync(world->crawl, &world->arena, &request, &report, &err), err);
	assert_int_equal(report.rows.n, 1);
	return report.rows.p[0];
}

static void a_sync_reads_folders_and_says_what_came(void **state)
{
	(void)state;
	struct world world;
	struct sync_row row;

	world_open(&world, NULL, 0);
	struct str folder = str_of(world.temp.folder);
	struct str index = arena_printf(&world.arena, STR_FMT "/index", STR_ARG(folder));
	struct str facts = arena_printf(&world.arena, STR_FMT "/facts.tsv", STR_ARG(folder));
	put_file(&world, "index/al/ph/alpha", STR_LIT(L("alpha", "1.0.0")), 1);
	put_file(&world, "facts.tsv", STR_LIT("crate\tversion\nalpha\t1.0.0\nbad\n"), 1);
	row = sync_one(&world, (struct sync_request){ .index = index, .offline = true });
	assert_false(row.failed);
	assert_true(str_eq(row.text, STR_LIT("1 crates, 1 versions")));
	row = sync_one(&world, (struct sync_request){ .facts = facts });
	assert_false(row.failed);
	assert_true(str_eq(row.text, STR_LIT("1 versions; 1 rows left out, the first in line 3")));
	row = sync_one(&world, (struct sync_request){ .facts = STR("/nonexistent") });
	assert_true(row.failed);
	row = sync_one(&world, (struct sync_request){ .index = STR("/nonexistent") });
	assert_true(row.failed);
	row = sync_one(&world,
	               (struct sync_request){ .advisories = STR("https://example.org/x.git"),
	                                      .offline = true });
	assert_true(row.failed);
	assert_non_null(strstr(row.text.p, "offline"));
	world_close(&world);
}

static void a_sync_from_a_url_asks_for_what_is_known(void **state)
{
	(void)state;
	static const struct local_answer mirror[] = {
		{ .path = "/m/al/ph/alpha",
		  .status = 200,
		  .body = STR(L("alpha", "1.0.0") L("alpha", "2.0.0")) },
	};
	struct world world;

	world_open(&world, mirror, ARRAY_LEN(mirror));
	put_file(&world, "index/al/ph/alpha", STR_LIT(L("alpha", "1.0.0")), 1);
	put_file(&world, "index/be/ta/beta", STR_LIT(L("beta", "1.0.0")), 1);
	struct str index = arena_printf(&world.arena, "%s/index", world.temp.folder);
	(void)sync_one(&world, (struct sync_request){ .index = index });
	struct str url = arena_printf(&world.arena, "%s/m", local_server_url(world.server));
	struct sync_row row = sync_one(&world, (struct sync_request){ .index = url });
	if (row.failed ||
	    !str_eq(row.text, STR_LIT("2 crates: 1 new or changed, 0 unchanged, 1 gone")))
		fail_msg(STR_FMT, STR_ARG(row.text));
	row = sync_one(&world, (struct sync_request){ .index = url, .offline = true });
	assert_true(row.failed);
	world_close(&world);
}

static void a_sync_from_a_url_asks_for_what_is_watched(void **state)
{
	(void)state;
	static const struct local_answer mirror[] = {
		{ .path = "/m/al/ph/alpha", .status = 200, .body = STR(L("alpha", "1.0.0")) },
		{ .path = "/m/be/ta/beta", .status = 200, .body = STR(L("beta", "1.0.0")) },
	};
	struct str names[] = { STR("beta"), STR("alpha") };
	const struct str_list watch = { .p = names, .n = ARRAY_LEN(names) };
	struct world world;

	world_open(&world, mirror, ARRAY_LEN(mirror));
	world.settings.watch = &watch;
	world_reopen(&world);
	put_file(&world, "index/al/ph/alpha", STR_LIT(L("alpha", "1.0.0")), 1);
	struct str index = arena_printf(&world.arena, "%s/index", world.temp.folder);
	(void)sync_one(&world, (struct sync_request){ .index = index });
	struct str url = arena_printf(&world.arena, "%s/m", local_server_url(world.server));
	struct sync_row row = sync_one(&world, (struct sync_request){ .index = url });
	if (row.failed ||
	    !str_eq(row.text, STR_LIT("2 crates: 2 new or changed, 0 unchanged, 0 gone")))
		fail_msg(STR_FMT, STR_ARG(row.text));
	world_close(&world);
}

static void an_index_comes_from_a_repository(void **state)
{
	(void)state;
	struct world world;
	struct temp_git git;
	struct sync_row row;

	world_open(&world, NULL, 0);
	const char *folder = file_join(&world.arena, world.temp.folder, STR_LIT("index.git"));
	struct sync_request request = { .index = str_of(folder), .offline = true };

	temp_git_make(&git, folder);
	assert_true(sync_one(&world, request).failed); /* it has no commit */
	temp_git_put(&git, "al/ph/alpha", L("alpha", "1.0.0"));
	temp_git_put(&git, "be/ta/beta", "{\"name\":");
	temp_git_commit(&git, 1000, NULL);
	row = sync_one(&world, request);
	assert_false(row.failed);
	assert_non_null(strstr(row.text.p, "1 crates, 1 versions; 1 files refused (index file of "
	                                   "beta: "));
	assert_true(str_eq(sync_one(&world, request).text, STR_LIT("unchanged")));
	temp_git_put(&git, "al/ph/alpha", L("alpha", "1.0.0") L("alpha", "2.0.0"));
	temp_git_commit(&git, 2000, NULL);
	assert_true(str_eq(sync_one(&world, request).text, STR_LIT("1 crates, 2 versions")));
	temp_git_free(&git);
	world_close(&world);
}

static uint64_t advisories_stored(struct world *world)
{
	CLEANUP(db_reader_return) struct db *reader = NULL;
	struct err err = { 0 };
	uint64_t n = 0;

	assert_ok(db_reader_lend(world->pool, &reader, &err), err);
	assert_ok(store_advisory_count(reader, &n, &err), err);
	return n;
}

static void advisories_come_from_a_repository_and_stay_when_it_fails(void **state)
{
	(void)state;
	struct world world;
	struct temp_git git;
	struct crawl_outcome out;
	struct err err = { 0 };

	world_open(&world, NULL, 0);
	const char *folder = file_join(&world.arena, world.temp.folder, STR_LIT("advisories"));
	temp_git_make(&git, folder);
	temp_git_put(&git, "crates/a/RUSTSEC-2020-0001.md", "a");
	temp_git_commit(&git, 1000, NULL);
	world.settings.advisories_url = folder;
	world_reopen(&world);
	assert_ok(crawl_advisories(world.crawl, &world.arena, true, LONG_MS, &out, &err), err);
	assert_int_equal(out.wanted, 0); /* offline nothing begins */
	assert_ok(crawl_advisories(world.crawl, &world.arena, false, LONG_MS, &out, &err), err);
	assert_int_equal(out.fetched, 1);
	assert_int_equal(advisories_stored(&world), 1);
	assert_ok(crawl_advisories(world.crawl, &world.arena, false, LONG_MS, &out, &err), err);
	assert_int_equal(out.wanted, 0); /* they are fresh */
	struct sync_request request = { .advisories = str_of(folder) };
	assert_true(str_eq(sync_one(&world, request).text, STR_LIT("unchanged")));
	temp_git_put(&git, "crates/b/RUSTSEC-2020-0002.md", "b");
	temp_git_commit(&git, 2000, NULL);
	assert_true(str_eq(sync_one(&world, request).text, STR_LIT("2 advisories")));
	temp_git_remove(&git, "crates/a/RUSTSEC-2020-0001.md");
	temp_git_remove(&git, "crates/b/RUSTSEC-2020-0002.md");
	temp_git_commit(&git, 3000, NULL);
	assert_true(sync_one(&world, request).failed);
	assert_int_equal(advisories_stored(&world), 2);
	temp_git_free(&git);
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sync_reads_folders_and_says_what_came),
		cmocka_unit_test(a_sync_from_a_url_asks_for_what_is_known),
		cmocka_unit_test(a_sync_from_a_url_asks_for_what_is_watched),
		cmocka_unit_test(an_index_comes_from_a_repository),
		cmocka_unit_test(advisories_come_from_a_repository_and_stay_when_it_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
