#include "db/store_archive.h"
#include "db/store_fact.h"
#include "tests/unit/temp_db.h"

static struct wanted wanted_of(const char *vers)
{
	return (struct wanted){ STR("crates-io"), STR("a"), str_of(vers) };
}

/* Stores the facts of a version whose README has such a mark, and one path. */
static void put(struct db_pool *pool, const char *vers, enum mark_kind kind, const char *path,
                int64_t seen_at)
{
	CLEANUP(db_writer_end) struct db *writer = NULL;
	struct author_mark mark = {
		.kind = kind, .place = MARK_IN_README, .text = STR("gone"), .successors = STR("b c")
	};
	struct source_use use = { str_of(path), 3, STR("src/lib.rs"), 7 };
	struct manifest_fact fact = { .registry = STR("crates-io"),
		                      .name = STR("a"),
		                      .vers = str_of(vers),
		                      .from = FACT_FROM_ARCHIVE,
		                      .is_whole = true,
		                      .marks = { &mark, 1, 1 },
		                      .uses = { &use, 1, 1 },
		                      .seen_at = seen_at };
	struct err err = { 0 };

	assert_ok(db_writer_begin(pool, &writer, &err), err);
	assert_ok(store_fact_put(writer, &fact, &err), err);
	assert_ok(db_writer_commit(writer, &err), err);
}

static struct author_mark mark_of(struct arena *arena, struct db_pool *pool, const char *vers)
{
	CLEANUP(db_reader_return) struct db *reader = NULL;
	struct wanted wanted = wanted_of(vers);
	struct author_mark_list marks;
	struct err err = { 0 };

	assert_ok(db_reader_lend(pool, &reader, &err), err);
	assert_ok(store_archive_marks(reader, arena, &wanted, &marks, &err), err);
	assert_int_equal(marks.n, 1);
	return marks.p[0];
}

static void a_mark_keeps_the_day_it_was_first_seen(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	CLEANUP(db_pool_close) struct db_pool *pool = temp_db_open(&temp);

	put(pool, "1.0.0", MARK_DEPRECATED, "tokio::a", 100);
	struct author_mark mark = mark_of(&arena, pool, "1.0.0");
	assert_int_equal(mark.kind, MARK_DEPRECATED);
	assert_int_equal(mark.place, MARK_IN_README);
	assert_int_equal(mark.seen_at, 100);
	assert_true(str_eq(mark.text, STR_LIT("gone")));
	assert_true(str_eq(mark.successors, STR_LIT("b c")));
	put(pool, "1.0.0", MARK_DEPRECATED, "tokio::a", 200); /* the same again */
	assert_int_equal(mark_of(&arena, pool, "1.0.0").seen_at, 100);
	put(pool, "1.1.0", MARK_DEPRECATED, "tokio::a", 300); /* in another version */
	assert_int_equal(mark_of(&arena, pool, "1.1.0").seen_at, 100);
	put(pool, "1.2.0", MARK_UNMAINTAINED, "tokio::a", 400); /* of another kind */
	assert_int_equal(mark_of(&arena, pool, "1.2.0").seen_at, 400);
	put(pool, "0.9.0", MARK_DEPRECATED, "tokio::a", 50); /* seen before, stored later */
	assert_int_equal(mark_of(&arena, pool, "0.9.0").seen_at, 50);
}

static void an_audit_gets_the_marks_of_the_newest_archive(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	CLEANUP(db_pool_close) struct db_pool *pool = temp_db_open(&temp);
	CLEANUP(db_reader_return) struct db *reader = NULL;
	struct wanted wanted = wanted_of("0.1.0");
	struct package_facts facts = { 0 };
	struct err err = { 0 };

	put(pool, "1.10.0", MARK_MOVED, "tokio::a", 100);
	put(pool, "1.9.0", MARK_DEPRECATED, "tokio::a", 100);
	assert_ok(db_reader_lend(pool, &reader, &err), err);
	assert_ok(store_fact_fill(reader, &arena, &wanted, &facts, &err), err);
	assert_int_equal(facts.marks.n, 1);
	assert_int_equal(facts.marks.p[0].kind, MARK_MOVED);
	wanted.name = STR_LIT("other");
	facts = (struct package_facts){ 0 };
	assert_ok(store_fact_fill(reader, &arena, &wanted, &facts, &err), err);
	assert_int_equal(facts.marks.n, 0);
}

static void the_paths_of_a_version_are_replaced(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	CLEANUP(db_pool_close) struct db_pool *pool = temp_db_open(&temp);
	CLEANUP(db_reader_return) struct db *reader = NULL;
	struct wanted wanted = wanted_of("1.0.0");
	struct source_use_list uses;
	struct err err = { 0 };

	put(pool, "1.0.0", MARK_MOVED, "tokio::a", 1);
	put(pool, "1.0.0", MARK_MOVED, "tokio::b", 2);
	assert_ok(db_reader_lend(pool, &reader, &err), err);
	assert_ok(store_archive_uses(reader, &arena, &wanted, &uses, &err), err);
	assert_int_equal(uses.n, 1);
	assert_true(str_eq(uses.p[0].path, STR_LIT("tokio::b")));
	assert_true(str_eq(uses.p[0].file, STR_LIT("src/lib.rs")));
	assert_int_equal(uses.p[0].uses, 3);
	assert_int_equal(uses.p[0].line, 7);
}

static void a_manifest_alone_does_not_replace_the_whole(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	CLEANUP(db_pool_close) struct db_pool *pool = temp_db_open(&temp);
	struct manifest_fact fact = { .registry = STR("crates-io"),
		                      .name = STR("a"),
		                      .vers = STR("1.0.0"),
		                      .from = FACT_FROM_ARCHIVE,
		                      .license = STR("MIT") };
	struct err err = { 0 };

	put(pool, "1.0.0", MARK_MOVED, "tokio::a", 1);
	{
		CLEANUP(db_writer_end) struct db *writer = NULL;
		assert_ok(db_writer_begin(pool, &writer, &err), err);
		assert_ok(store_fact_put(writer, &fact, &err), err);
		assert_ok(db_writer_commit(writer, &err), err);
	}
	CLEANUP(db_reader_return) struct db *reader = NULL;
	struct wanted wanted = wanted_of("1.0.0");
	assert_ok(db_reader_lend(pool, &reader, &err), err);
	assert_int_equal(store_fact_get(reader, &arena, &wanted, &fact, &err), 1);
	assert_true(fact.is_whole);
	assert_int_equal(fact.license.n, 0);
	assert_int_equal(mark_of(&arena, pool, "1.0.0").kind, MARK_MOVED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mark_keeps_the_day_it_was_first_seen),
		cmocka_unit_test(an_audit_gets_the_marks_of_the_newest_archive),
		cmocka_unit_test(the_paths_of_a_version_are_replaced),
		cmocka_unit_test(a_manifest_alone_does_not_replace_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
