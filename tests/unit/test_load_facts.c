#include "db/load_facts.h"
#include <pthread.h>
#include <stdatomic.h>
#include "base/when.h"
#include "db/query.h"
#include "db/store_advisory.h"
#include "db/store_crate.h"
#include "db/store_fact.h"
#include "db/store_source.h"
#include "tests/unit/index_lines.h"
#include "tests/unit/temp_db.h"

enum { NOW = 1900000000 };
static const struct str CRATES_IO = STR("crates-io");

struct world {
	struct arena arena;
	struct temp_db temp;
	struct db_pool *pool;
	struct fact_cache *cache;
};

static int set_up(void **state)
{
	struct world *world = calloc(1, sizeof *world);
	struct err err = { 0 };

	assert_non_null(world);
	world->temp = temp_db_make();
	world->pool = temp_db_open(&world->temp);
	assert_ok(fact_cache_open(&world->cache, world->pool, 16 << 20, &err), err);
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	fact_cache_close(&world->cache);
	db_pool_close(&world->pool);
	temp_db_free(&world->temp);
	arena_free(&world->arena);
	free(world);
	return 0;
}

/* Stores a crate of these lines, and does not tell the cache. */
static void put_crate(struct db_pool *pool, const char *name, const char *lines, int64_t fetched_at)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(db_writer_end) struct db *writer = NULL;
	struct entry_list entries = entries_of(&arena, str_of(lines));
	struct crate_update update = { .registry = CRATES_IO,
		                       .name = str_of(name),
		                       .entries = entries.p,
		                       .n = entries.n,
		                       .fetched_at = fetched_at };
	struct err err = { 0 };

	assert_ok(db_writer_begin(pool, &writer, &err), err);
	assert_ok(store_crate_put(writer, &update, &err), err);
	assert_ok(db_writer_commit(writer, &err), err);
}

static void load_at(struct world *world, const char *name, const char *vers, int64_t at,
                    struct facts *facts, struct facts_loan **loan)
{
	struct wanted *wanted = arena_array(&world->arena, 2, sizeof *wanted);
	struct err err = { 0 };

	/* [0]: a path package */
	wanted[1] = (struct wanted){ CRATES_IO, str_of(name), str_of(vers) };
	assert_ok(facts_load(world->cache, &world->arena, wanted, 2, at, NOW, NULL, facts, loan,
	                     &err),
	          err);
	assert_int_equal(facts->n, 2);
	assert_null(facts->packages[0].summary);
}

static void load(struct world *world, const char *name, const char *vers, struct facts *facts,
                 struct facts_loan **loan)
{
	load_at(world, name, vers, NOW, facts, loan);
}

static void facts_are_loaded_and_stay_until_they_are_forgotten(void **state)
{
	struct world *world = *state;
	CLEANUP(facts_return) struct facts_loan *first = NULL;
	CLEANUP(facts_return) struct facts_loan *second = NULL;
	CLEANUP(facts_return) struct facts_loan *third = NULL;
	struct facts before = { 0 }, cached = { 0 }, after = { 0 };

	put_crate(world->pool, "demo", DEMO_LINES, 1800000000);
	load(world, "demo", "1.0.0", &before, &first);
	assert_non_null(before.packages[1].summary);
	assert_int_equal(before.index_at, 1800000000);
	assert_int_equal(before.now, NOW);
	put_crate(world->pool, "demo", LINE("1.0.0", "", "\"features\":{},\"yanked\":true"),
	          1850000000);
	load(world, "demo", "1.0.0", &cached, &second);
	assert_ptr_equal(cached.packages[1].summary, before.packages[1].summary);
	fact_cache_forget_crate(world->cache, CRATES_IO, STR_LIT("demo"));
	load(world, "demo", "1.0.0", &after, &third);
	assert_int_equal(after.packages[1].yanked, KNOWN_YES);
	assert_int_equal(after.index_at, 1850000000);
	/* What was lent before is still what it was. */
	assert_int_equal(before.packages[1].yanked, KNOWN_NO);
	assert_int_equal(before.packages[1].summary->dep_n, 2);
}

static void what_is_unknown_is_kept_too(void **state)
{
	struct world *world = *state;

	for (int pass = 0; pass < 3; pass++) {
		CLEANUP(facts_return) struct facts_loan *loan = NULL;
		uint64_t before = db_pool_counts(world->pool).statements;
		struct facts facts = { 0 };

		load(world, "demo", "1.0.0", &facts, &loan);
		assert_false(facts.packages[1].crate_known);
		assert_null(facts.packages[1].summary);
		assert_int_equal(facts.index_at, 0);
		if (pass > 0)
			assert_int_equal(db_pool_counts(world->pool).statements, before);
	}
	CLEANUP(facts_return) struct facts_loan *loan = NULL;
	struct facts facts = { 0 };

	put_crate(world->pool, "demo", DEMO_LINES, 1800000000);
	fact_cache_forget_crate(world->cache, CRATES_IO, STR_LIT("demo"));
	load(world, "demo", "1.0.0", &facts, &loan);
	assert_true(facts.packages[1].crate_known);
}

static void manifest_facts_come_along(void **state)
{
	struct world *world = *state;
	struct manifest_fact fact = { .registry = CRATES_IO,
		                      .name = STR("demo"),
		                      .vers = STR("1.0.0"),
		                      .proc_macro = KNOWN_YES,
		                      .from = FACT_FROM_ARCHIVE,
		                      .repository = STR("https://example.com/demo") };
	struct db *writer = NULL;
	struct err err = { 0 };

	assert_ok(db_writer_begin(world->pool, &writer, &err), err);
	assert_ok(store_fact_put(writer, &fact, &err), err);
	assert_ok(db_writer_commit(writer, &err), err);
	db_writer_end(&writer);
	put_crate(world->pool, "demo", DEMO_LINES, 1800000000);
	for (int pass = 0; pass < 2; pass++) {
		CLEANUP(facts_return) struct facts_loan *loan = NULL;
		struct facts facts = { 0 };

		load(world, "demo", "1.0.0", &facts, &loan);
		assert_int_equal(facts.packages[1].proc_macro, KNOWN_YES);
		assert_int_equal(facts.packages[1].proc_macro_from, FACT_FROM_ARCHIVE);
		assert_true(str_eq(facts.packages[1].repository, fact.repository));
	}
}

static void another_moment_is_read_afresh(void **state)
{
	struct world *world = *state;
	CLEANUP(facts_return) struct facts_loan *now = NULL;
	CLEANUP(facts_return) struct facts_loan *then = NULL;
	struct facts today = { 0 }, past = { 0 };

	put_crate(world->pool, "demo", DEMO_LINES, 1800000000);
	load(world, "demo", "0.2.0", &today, &now);
	load_at(world, "demo", "0.2.0", 1430000000, &past, &then); /* April 2015 */
	assert_int_equal(today.packages[1].yanked, KNOWN_YES);
	assert_int_equal(past.packages[1].yanked, KNOWN_NOT);
	assert_true(str_eq(today.packages[1].newest_vers, STR_LIT("1.0.0")));
	assert_true(str_eq(past.packages[1].newest_vers, STR_LIT("0.2.1")));
	assert_int_equal(past.at, 1430000000);
	/* It left nothing behind for those who ask of today. */
	CLEANUP(facts_return) struct facts_loan *again = NULL;
	load(world, "demo", "0.2.1", &today, &again);
	assert_true(str_eq(today.packages[1].newest_vers, STR_LIT("1.0.0")));
}

static void put_advisories(struct world *world, size_t n, int64_t ok_at)
{
	static const struct advisory_file files[] = {
		{ STR("crates/a/A-1.md"),
		  STR("```toml\n[advisory]\nid = \"RUSTSEC-2021-0001\"\npackage = \"demo\"\ndate = "
		      "\"2021-08-18\"\n"
		      "[versions]\npatched = []\n```\n# Title\n"),
		  5 },
		{ STR("crates/a/A-2.md"), STR("broken"), 5 },
	};
	struct source_state source = { .name = STR("advisories"),
		                       .ok_at = ok_at,
		                       .tried_at = ok_at };
	CLEANUP(db_writer_end) struct db *writer = NULL;
	struct err err = { 0 };

	assert_ok(db_writer_begin(world->pool, &writer, &err), err);
	assert_ok(store_advisory_replace(writer, files, n, &err), err);
	assert_ok(store_source_put(writer, &source, &err), err);
	assert_ok(db_writer_commit(writer, &err), err);
}

static void advisories_are_parsed_once_and_shared(void **state)
{
	struct world *world = *state;
	CLEANUP(facts_return) struct facts_loan *first = NULL;
	CLEANUP(facts_return) struct facts_loan *second = NULL;
	CLEANUP(facts_return) struct facts_loan *third = NULL;
	struct facts a = { 0 }, b = { 0 }, c = { 0 };

	put_advisories(world, 2, 1700000000);
	load(world, "demo", "1.0.0", &a, &first);
	assert_int_equal(a.advisories->n, 1);
	assert_int_equal(a.advisories_at, 1700000000);
	assert_int_equal(a.notes.n, 1);
	load(world, "demo", "1.0.0", &b, &second);
	assert_ptr_equal(a.advisories, b.advisories);
	/* A confirmation alone is seen without being told. */
	put_advisories(world, 1, 1800000000);
	facts_return(&second);
	load(world, "demo", "1.0.0", &b, &second);
	assert_int_equal(b.advisories_at, 1800000000);
	assert_ptr_equal(a.advisories, b.advisories);
	put_advisories(world, 0, 1800000000);
	fact_cache_forget_advisories(world->cache);
	load(world, "demo", "1.0.0", &c, &third);
	assert_int_equal(c.advisories->n, 0);
	assert_int_equal(c.advisories_at, 0);
	assert_int_equal(a.advisories->n, 1); /* as long as it is lent */
	assert_true(str_eq(a.advisories->rows[0].advisory->package, STR_LIT("demo")));
}

static void the_table_stands_in_for_advisories(void **state)
{
	struct world *world = *state;
	static const struct advisory_set table = { .n = 0 };
	struct wanted wanted = { 0 };
	struct facts facts = { 0 };
	struct facts_loan *loan = NULL;
	struct err err = { 0 };

	assert_ok(facts_load(world->cache, &world->arena, &wanted, 1, NOW, NOW, &table, &facts,
	                     &loan, &err),
	          err);
	assert_ptr_equal(facts.advisories, &table);
	facts_return(&loan);
	put_advisories(world, 1, 1700000000);
	fact_cache_forget_advisories(world->cache);
	assert_ok(facts_load(world->cache, &world->arena, &wanted, 1, NOW, NOW, &table, &facts,
	                     &loan, &err),
	          err);
	assert_ptr_not_equal(facts.advisories, &table);
	facts_return(&loan);
}

static void a_damaged_crate_is_a_note_and_the_rest_is_loaded(void **state)
{
	struct world *world = *state;
	struct wanted wanted[2] = { { CRATES_IO, STR("bad"), STR("1.0.0") },
		                    { CRATES_IO, STR("demo"), STR("1.0.0") } };
	struct db *writer = NULL;
	struct err err = { 0 };

	put_crate(world->pool, "bad", DEMO_LINES, 1800000000);
	put_crate(world->pool, "demo", DEMO_LINES, 1800000000);
	assert_ok(db_writer_begin(world->pool, &writer, &err), err);
	assert_ok(db_exec(writer, "UPDATE crate_value SET bytes = x'00' WHERE crate_id = 1", &err),
	          err);
	assert_ok(db_writer_commit(writer, &err), err);
	db_writer_end(&writer);
	for (int pass = 0; pass < 2; pass++) {
		CLEANUP(facts_return) struct facts_loan *loan = NULL;
		struct facts facts = { 0 };

		assert_ok(facts_load(world->cache, &world->arena, wanted, 2, NOW, NOW, NULL, &facts,
		                     &loan, &err),
		          err);
		assert_null(facts.packages[0].summary);
		assert_non_null(facts.packages[1].summary);
		assert_int_equal(facts.notes.n, 1);
		assert_true(str_starts(facts.notes.p[0], STR_LIT("crate 'bad': ")));
	}
}

/* n packages, each of its own crate. */
static struct wanted *many(struct world *world, size_t n)
{
	struct wanted *wanted = arena_array(&world->arena, n, sizeof *wanted);
	struct entry_list entries = entries_of(&world->arena, str_of(DEMO_LINES));
	CLEANUP(db_writer_end) struct db *writer = NULL;
	struct err err = { 0 };

	assert_ok(db_writer_begin(world->pool, &writer, &err), err);
	for (size_t i = 0; i < n; i++) {
		wanted[i] = (struct wanted){ CRATES_IO, arena_printf(&world->arena, "crate-%zu", i),
			                     STR("1.0.0") };
		struct crate_update update = { .registry = CRATES_IO,
			                       .name = wanted[i].name,
			                       .entries = entries.p,
			                       .n = entries.n,
			                       .fetched_at = 1800000000 };
		assert_ok(store_crate_put(writer, &update, &err), err);
	}
	assert_ok(db_writer_commit(writer, &err), err);
	return wanted;
}

static void a_warm_load_of_a_thousand_packages_asks_nothing(void **state)
{
	struct world *world = *state;
	enum { PACKAGES = 1000, PASSES = 5 };
	struct wanted *wanted = many(world, PACKAGES);
	int64_t fastest_us = INT64_MAX;

	for (int pass = 0; pass < PASSES; pass++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		CLEANUP(facts_return) struct facts_loan *loan = NULL;
		uint64_t before = db_pool_counts(world->pool).statements;
		int64_t start = when_monotonic_us();
		struct facts facts = { 0 };
		struct err err = { 0 };

		assert_ok(facts_load(world->cache, &arena, wanted, PACKAGES, NOW, NOW, NULL, &facts,
		                     &loan, &err),
		          err);
		int64_t took = when_monotonic_us() - start;
		uint64_t statements = db_pool_counts(world->pool).statements - before;

		for (size_t i = 0; i < PACKAGES; i++)
			assert_non_null(facts.packages[i].summary);
		if (pass == 0) {
			assert_true(statements >= 2 * PACKAGES);
			continue;
		}
		assert_int_equal(statements, 0);
		assert_true(arena.count < 8);
		fastest_us = took < fastest_us ? took : fastest_us;
	}
	print_message("1,000 packages from the cache: %lld us\n", (long long)fastest_us);
}

static void the_ceiling_is_kept_and_loans_live_on(void **state)
{
	struct world *world = *state;
	enum { PACKAGES = 400 };
	struct wanted *wanted = many(world, PACKAGES);
	struct fact_cache *small = NULL;
	struct err err = { 0 };

	assert_ok(fact_cache_open(&small, world->pool, 200 << 10, &err), err);
	struct facts all = { 0 };
	struct facts_loan *all_loan = NULL;

	assert_ok(facts_load(small, &world->arena, wanted, PACKAGES, NOW, NOW, NULL, &all,
	                     &all_loan, &err),
	          err);
	for (size_t i = 0; i < PACKAGES; i++)
		assert_int_equal(all.packages[i].summary->dep_n, 2);
	facts_return(&all_loan);
	uint64_t before = db_pool_counts(world->pool).statements;
	assert_ok(facts_load(small, &world->arena, wanted, PACKAGES, NOW, NOW, NULL, &all,
	                     &all_loan, &err),
	          err);
	uint64_t statements = db_pool_counts(world->pool).statements - before;
	assert_true(statements > PACKAGES);     /* most of it had gone */
	assert_true(statements < 2 * PACKAGES); /* and some had stayed */
	facts_return(&all_loan);
	fact_cache_close(&small);
}

/* How many statements a load of the first n takes, when they were loaded before. */
static uint64_t statements_again(struct world *world, const struct wanted *wanted, uint32_t n)
{
	CLEANUP(facts_return) struct facts_loan *loan = NULL;
	uint64_t before = db_pool_counts(world->pool).statements;
	struct facts facts = { 0 };
	struct err err = { 0 };

	assert_ok(facts_load(world->cache, &world->arena, wanted, n, NOW, NOW, NULL, &facts, &loan,
	                     &err),
	          err);
	return db_pool_counts(world->pool).statements - before;
}

static void shrinking_lets_go_for_once(void **state)
{
	struct world *world = *state;
	enum { PACKAGES = 400 };
	struct wanted *wanted = many(world, PACKAGES);

	assert_true(statements_again(world, wanted, PACKAGES) > PACKAGES);
	fact_cache_shrink(world->cache, 64 << 20); /* nothing is that large */
	assert_int_equal(statements_again(world, wanted, PACKAGES), 0);
	fact_cache_shrink(world->cache, 0);
	assert_true(statements_again(world, wanted, PACKAGES) > PACKAGES);
	assert_int_equal(statements_again(world, wanted, PACKAGES),
	                 0); /* the ceiling is the old one */
}

static void forgetting_all_forgets_all(void **state)
{
	struct world *world = *state;
	struct facts facts = { 0 };
	struct facts_loan *loan = NULL;

	put_crate(world->pool, "demo", DEMO_LINES, 1800000000);
	load(world, "demo", "1.0.0", &facts, &loan);
	facts_return(&loan);
	put_crate(world->pool, "demo", DEMO_LINES, 1850000000);
	put_advisories(world, 1, 1850000000);
	fact_cache_forget_all(world->cache);
	load(world, "demo", "1.0.0", &facts, &loan);
	assert_int_equal(facts.index_at, 1850000000);
	assert_int_equal(facts.advisories->n, 1);
	facts_return(&loan);
}

/* What the threads below share: `written` is the newest fetch that was stored and told of. */
struct race {
	struct world *world;
	atomic_int_fast64_t written;
	atomic_int wrong;
};

enum { RACE_CRATES = 6, RACE_ROUNDS = 60 };
static const char *const RACE_NAMES[RACE_CRATES] = { "r0", "r1", "r2", "r3", "r4", "r5" };

static void *race_write(void *argument)
{
	struct race *race = argument;

	for (int round = 1; round <= RACE_ROUNDS; round++) {
		for (size_t i = 0; i < RACE_CRATES; i++) {
			put_crate(race->world->pool, RACE_NAMES[i], DEMO_LINES, 1000 + round);
			fact_cache_forget_crate(race->world->cache, CRATES_IO,
			                        str_of(RACE_NAMES[i]));
		}
		if (round % 16 == 0)
			fact_cache_forget_all(race->world->cache);
		atomic_store(&race->written, 1000 + round);
	}
	return NULL;
}

static void *race_read(void *argument)
{
	struct race *race = argument;
	struct wanted wanted[RACE_CRATES];

	for (size_t i = 0; i < RACE_CRATES; i++)
		wanted[i] = (struct wanted){ CRATES_IO, str_of(RACE_NAMES[i]), STR("0.2.1") };
	while (atomic_load(&race->written) < 1000 + RACE_ROUNDS) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		CLEANUP(facts_return) struct facts_loan *loan = NULL;
		int64_t at_least = atomic_load(&race->written);
		struct facts facts = { 0 };
		struct err err = { 0 };

		if (!facts_load(race->world->cache, &arena, wanted, RACE_CRATES, NOW, NOW, NULL,
		                &facts, &loan, &err)) {
			atomic_fetch_add(&race->wrong, 1);
			return NULL;
		}
		for (size_t i = 0; i < RACE_CRATES; i++) {
			const struct package_facts *package = &facts.packages[i];
			/* Stored and told of before this load began: anything older would be
			 * stale. */
			if (package->fetched_at < at_least ||
			    (package->summary && package->summary->dep_n != 2))
				atomic_fetch_add(&race->wrong, 1);
		}
	}
	return NULL;
}

static void loads_beside_a_writer_are_never_stale(void **state)
{
	struct race race = { .world = *state };
	pthread_t writer, readers[4];

	assert_int_equal(pthread_create(&writer, NULL, race_write, &race), 0);
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		assert_int_equal(pthread_create(&readers[i], NULL, race_read, &race), 0);
	assert_int_equal(pthread_join(writer, NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		assert_int_equal(pthread_join(readers[i], NULL), 0);
	assert_int_equal(atomic_load(&race.wrong), 0);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORLD(facts_are_loaded_and_stay_until_they_are_forgotten),
		IN_WORLD(what_is_unknown_is_kept_too),
		IN_WORLD(manifest_facts_come_along),
		IN_WORLD(another_moment_is_read_afresh),
		IN_WORLD(advisories_are_parsed_once_and_shared),
		IN_WORLD(the_table_stands_in_for_advisories),
		IN_WORLD(a_damaged_crate_is_a_note_and_the_rest_is_loaded),
		IN_WORLD(a_warm_load_of_a_thousand_packages_asks_nothing),
		IN_WORLD(the_ceiling_is_kept_and_loans_live_on),
		IN_WORLD(shrinking_lets_go_for_once),
		IN_WORLD(forgetting_all_forgets_all),
		IN_WORLD(loads_beside_a_writer_are_never_stale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
