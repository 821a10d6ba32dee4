#include "db/store_crate.h"
#include "db/query.h"
#include "tests/unit/index_lines.h"
#include "tests/unit/temp_db.h"

#define CRATES_IO STR("crates-io")

struct fixture {
	struct arena arena;
	struct temp_db temp;
	struct db_pool *pool;
	struct db *reader;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	assert_non_null(fixture);
	fixture->temp = temp_db_make();
	fixture->pool = temp_db_open(&fixture->temp);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	db_reader_return(&fixture->reader);
	db_pool_close(&fixture->pool);
	temp_db_free(&fixture->temp);
	arena_free(&fixture->arena);
	free(fixture);
	return 0;
}

static void put(struct fixture *fixture, const char *lines, int64_t fetched_at)
{
	CLEANUP(db_writer_end) struct db *writer = NULL;
	struct entry_list entries = entries_of(&fixture->arena, str_of(lines));
	struct crate_update update = { .registry = CRATES_IO,
		                       .name = STR("demo"),
		                       .entries = entries.p,
		                       .n = entries.n,
		                       .fetched_at = fetched_at,
		                       .etag = STR("\"e\"") };
	struct err err = { 0 };

	db_reader_return(&fixture->reader);
	assert_ok(db_writer_begin(fixture->pool, &writer, &err), err);
	assert_ok(store_crate_put(writer, &update, &err), err);
	assert_ok(db_writer_commit(writer, &err), err);
}

static void confirm(struct fixture *fixture, const char *name, int64_t fetched_at)
{
	CLEANUP(db_writer_end) struct db *writer = NULL;
	struct err err = { 0 };

	db_reader_return(&fixture->reader);
	assert_ok(db_writer_begin(fixture->pool, &writer, &err), err);
	assert_ok(store_crate_confirm(writer, STR_LIT("crates-io"), str_of(name), fetched_at, &err),
	          err);
	assert_ok(db_writer_commit(writer, &err), err);
}

static struct db *reader(struct fixture *fixture)
{
	struct err err = { 0 };

	if (!fixture->reader)
		assert_ok(db_reader_lend(fixture->pool, &fixture->reader, &err), err);
	return fixture->reader;
}

static struct package_facts version(struct fixture *fixture, const char *vers, int64_t at)
{
	struct wanted wanted = { CRATES_IO, STR("demo"), str_of(vers) };
	struct package_facts facts = { 0 };
	struct err err = { 0 };

	assert_ok(store_crate_version(reader(fixture), &fixture->arena, &wanted, at, &facts, &err),
	          err);
	return facts;
}

static void a_version_has_all_that_its_line_says(void **state)
{
	struct fixture *fixture = *state;

	put(fixture, DEMO_LINES, 1800000000);
	struct package_facts facts = version(fixture, "0.2.1", 0);
	const struct summary *summary = facts.summary;

	assert_non_null(summary);
	assert_true(facts.crate_known);
	assert_int_equal(facts.fetched_at, 1800000000);
	assert_int_equal(facts.published_at, 1422748800);
	assert_int_equal(facts.yanked, KNOWN_NO);
	assert_true(facts.has_cksum);
	assert_string_equal(sha256_to_hex(&facts.cksum).text, CKSUM_B);
	assert_true(str_eq(facts.newest_vers, STR_LIT("1.0.0")));
	assert_int_equal(facts.releases, 6);
	assert_int_equal(facts.yanked_releases, 2);
	assert_true(str_eq(summary->name, STR_LIT("demo")));
	assert_true(str_eq(summary->vers, STR_LIT("0.2.1")));
	assert_true(str_eq(summary->links, STR_LIT("demo")));
	assert_int_equal(summary->dep_n, 2);
	assert_true(str_eq(summary->deps[0].name, STR_LIT("core")));
	assert_true(str_eq(summary->deps[0].package, STR_LIT("libc")));
	assert_int_equal(summary->deps[0].kind, KIND_BUILD);
	assert_non_null(summary->deps[0].platform.expr);
	assert_int_equal(summary->deps[1].req.n, 1);
	assert_int_not_equal(summary_feature_find(summary, STR_LIT("b")), FEATURE_NONE);
	assert_int_equal(summary->feature_n, 3);
}

static void what_is_not_there_is_unknown(void **state)
{
	struct fixture *fixture = *state;
	static const struct package_facts nothing;
	struct package_facts facts = version(fixture, "1.0.0", 0);

	assert_memory_equal(&facts, &nothing, sizeof facts);
	put(fixture, DEMO_LINES, 1800000000);
	facts = version(fixture, "7.0.0", 0);
	assert_true(facts.crate_known);
	assert_null(facts.summary);
	assert_true(str_eq(facts.newest_vers, STR_LIT("1.0.0")));
}

static void a_yank_keeps_the_date_when_it_was_first_seen(void **state)
{
	struct fixture *fixture = *state;

	put(fixture, DEMO_LINES, 1700000000);
	put(fixture, DEMO_LINES, 1800000000);
	struct package_facts facts = version(fixture, "0.2.0", 0);
	assert_int_equal(facts.yanked, KNOWN_YES);
	assert_int_equal(facts.yanked_at, 1700000000);
	assert_int_equal(facts.fetched_at, 1800000000);
	facts = version(fixture, "0.2.0", 1699999999);
	assert_int_equal(facts.yanked, KNOWN_NOT);
	assert_int_equal(facts.yanked_at, 0);
	assert_int_equal(facts.yanked_releases, 0);
	put(fixture, LINE("0.2.0", "", "\"features\":{},\"yanked\":false"), 1900000000);
	facts = version(fixture, "0.2.0", 0);
	assert_int_equal(facts.yanked, KNOWN_NO);
	assert_int_equal(facts.yanked_at, 0);
}

static void what_a_newer_file_lacks_is_kept(void **state)
{
	struct fixture *fixture = *state;

	put(fixture, DEMO_LINES, 1700000000);
	put(fixture,
	    LINE("0.1.0", "", "\"features\":{},\"yanked\":false")
	            LINE("0.3.0", "", "\"features\":{},\"yanked\":false"),
	    1800000000);
	struct package_facts facts = version(fixture, "0.1.0", 0);
	assert_int_equal(facts.published_at, 1420070400); /* the line has no date any more */
	assert_int_equal(facts.releases, 2);
	facts = version(fixture, "0.2.1", 0);
	assert_non_null(facts.summary); /* removed, and still known */
	assert_int_equal(facts.summary->dep_n, 2);
	assert_true(str_eq(facts.newest_vers, STR_LIT("0.3.0")));
	put(fixture, DEMO_LINES, 1900000000);
	facts = version(fixture, "0.2.1", 0);
	assert_int_equal(facts.releases, 6); /* 0.3.0 is gone now */
}

static void a_crate_that_is_gone_keeps_its_versions(void **state)
{
	struct fixture *fixture = *state;
	struct crate_state got = { 0 };
	struct err err = { 0 };

	put(fixture, DEMO_LINES, 1700000000);
	put(fixture, "", 1800000000);
	struct package_facts facts = version(fixture, "0.2.1", 0);
	assert_false(facts.crate_known);
	assert_non_null(facts.summary);
	assert_int_equal(facts.releases, 0);
	assert_int_equal(facts.newest_vers.n, 0);
	assert_int_equal(store_crate_state(reader(fixture), &fixture->arena, STR_LIT("crates-io"),
	                                   STR_LIT("demo"), &got, &err),
	                 1);
	assert_false(got.exists);
}

static void a_version_listed_twice_is_that_of_its_last_line(void **state)
{
	struct fixture *fixture = *state;

	put(fixture,
	    LINE("1.0.0", DEP("a", "1"), "\"features\":{},\"yanked\":false")
	            LINE("1.0.0", DEP("b", "1"), "\"features\":{},\"yanked\":true"),
	    1800000000);
	struct package_facts facts = version(fixture, "1.0.0", 0);
	assert_int_equal(facts.releases, 1);
	assert_int_equal(facts.yanked, KNOWN_YES);
	assert_true(str_eq(facts.summary->deps[0].name, STR_LIT("b")));
}

static void the_state_tells_how_fresh_it_is(void **state)
{
	struct fixture *fixture = *state;
	struct crate_state got = { 0 };
	struct crate_counts counts = { 0 };
	struct err err = { 0 };

	assert_int_equal(store_crate_state(reader(fixture), &fixture->arena, STR_LIT("crates-io"),
	                                   STR_LIT("demo"), &got, &err),
	                 0);
	put(fixture, DEMO_LINES, 1700000000);
	confirm(fixture, "demo", 1700009999);
	confirm(fixture, "absent", 1700001111);
	assert_int_equal(store_crate_state(reader(fixture), &fixture->arena, STR_LIT("crates-io"),
	                                   STR_LIT("demo"), &got, &err),
	                 1);
	assert_true(got.exists);
	assert_int_equal(got.fetched_at, 1700009999);
	assert_true(str_eq(got.etag, STR_LIT("\"e\"")));
	assert_int_equal(got.last_modified.n, 0);
	assert_int_equal(store_crate_state(reader(fixture), &fixture->arena, STR_LIT("crates-io"),
	                                   STR_LIT("absent"), &got, &err),
	                 1);
	assert_false(got.exists);
	assert_int_equal(got.fetched_at, 1700001111);
	assert_int_equal(store_crate_state(reader(fixture), &fixture->arena, STR_LIT("elsewhere"),
	                                   STR_LIT("demo"), &got, &err),
	                 0);
	assert_ok(store_crate_counts(reader(fixture), &counts, &err), err);
	assert_int_equal(counts.crates, 1);
	assert_int_equal(counts.versions, 6);
	assert_int_equal(counts.newest_fetch_at, 1700009999);
}

static void releases_come_newest_first(void **state)
{
	struct fixture *fixture = *state;
	static const char *const want[] = {
		"18446744073709551615.0.1", "1.0.0", "1.0.0-rc.1+build.7", "0.2.1", "0.2.0", "0.1.0"
	};
	struct pick_releases releases = { 0 };
	struct err err = { 0 };

	put(fixture, DEMO_LINES, 1700000000);
	assert_ok(store_crate_releases(reader(fixture), &fixture->arena, STR_LIT("crates-io"),
	                               STR_LIT("demo"), &releases, &err),
	          err);
	assert_int_equal(releases.n, ARRAY_LEN(want));
	assert_int_equal(releases.fetched_at, 1700000000);
	for (size_t i = 0; i < releases.n; i++) {
		struct str vers = semver_text(&fixture->arena, &releases.p[i].version);
		if (!str_eq(vers, str_of(want[i])))
			fail_msg("%zu: " STR_FMT, i, STR_ARG(vers));
	}
	assert_true(releases.p[0].yanked);
	assert_int_equal(releases.p[5].published_at, 1420070400);
	assert_ok(store_crate_releases(reader(fixture), &fixture->arena, STR_LIT("crates-io"),
	                               STR_LIT("none"), &releases, &err),
	          err);
	assert_int_equal(releases.n, 0);
	assert_int_equal(releases.fetched_at, 0);
}

static void run_sql(struct fixture *fixture, const char *sql)
{
	CLEANUP(db_writer_end) struct db *writer = NULL;
	struct err err = { 0 };

	db_reader_return(&fixture->reader);
	assert_ok(db_writer_begin(fixture->pool, &writer, &err), err);
	assert_ok(db_exec(writer, sql, &err), err);
	assert_ok(db_writer_commit(writer, &err), err);
}

static void a_damaged_value_is_an_error_until_it_is_replaced(void **state)
{
	struct fixture *fixture = *state;
	static const char *const damage[] = {
		"UPDATE crate_value SET bytes = zeroblob(length(bytes))",
		"UPDATE crate_value SET bytes = substr(bytes, 1, 40)",
		"UPDATE crate_value SET bytes = x''",
		"UPDATE crate_value SET bytes = CAST(x'63' || substr(bytes, 2) AS "
		"BLOB)", /* another format */
	};

	for (size_t i = 0; i < ARRAY_LEN(damage); i++) {
		struct wanted wanted = { CRATES_IO, STR("demo"), STR("1.0.0") };
		struct package_facts facts = { 0 };
		struct err err = { 0 };

		put(fixture, DEMO_LINES, 1700000000);
		run_sql(fixture, damage[i]);
		assert_false(store_crate_version(reader(fixture), &fixture->arena, &wanted, 0,
		                                 &facts, &err));
		assert_int_equal(err.kind, ERR_STORE);
		if (!str_starts(str_of(err.text),
		                STR_LIT("crate 'demo': the stored value is damaged")))
			fail_msg("%s: %s", damage[i], err.text);
		assert_false(db_has_failed(reader(fixture)));
		put(fixture, DEMO_LINES, 1800000000);
		assert_int_equal(version(fixture, "1.0.0", 0).releases, 6);
	}
}

static void a_text_where_a_value_should_be_is_damage(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP(db_writer_end) struct db *writer = NULL;
	struct err err = { 0 };

	put(fixture, DEMO_LINES, 1700000000);
	assert_ok(db_writer_begin(fixture->pool, &writer, &err), err);
	assert_false(db_exec(writer, "UPDATE crate_value SET bytes = 'text'", &err)); /* STRICT */
	assert_int_equal(err.kind, ERR_STORE);
}

static void too_many_versions_are_refused(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP(db_writer_end) struct db *writer = NULL;
	struct crate_update update = { .registry = CRATES_IO, .name = STR("demo"), .n = 100001 };
	struct err err = { 0 };

	assert_ok(db_writer_begin(fixture->pool, &writer, &err), err);
	assert_false(store_crate_put(writer, &update, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(a_version_has_all_that_its_line_says),
		WITH_STORE(what_is_not_there_is_unknown),
		WITH_STORE(a_yank_keeps_the_date_when_it_was_first_seen),
		WITH_STORE(what_a_newer_file_lacks_is_kept),
		WITH_STORE(a_crate_that_is_gone_keeps_its_versions),
		WITH_STORE(a_version_listed_twice_is_that_of_its_last_line),
		WITH_STORE(the_state_tells_how_fresh_it_is),
		WITH_STORE(releases_come_newest_first),
		WITH_STORE(a_damaged_value_is_an_error_until_it_is_replaced),
		WITH_STORE(a_text_where_a_value_should_be_is_damage),
		WITH_STORE(too_many_versions_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
