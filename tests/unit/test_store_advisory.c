#include "db/store_advisory.h"
#include "tests/unit/temp_db.h"

#define ADVISORY(id, package)                                                                      \
	STR("```toml\n[advisory]\nid = \"" id "\"\npackage = \"" package                           \
	    "\"\ndate = \"2021-08-18\"\n"                                                          \
	    "informational = \"unmaintained\"\n\n[versions]\npatched = []\n```\n\n# " package      \
	    " rests\n\nText.\n")

static const struct advisory_file FILES[] = {
	{ STR("crates/b/RUSTSEC-2021-0003.md"), ADVISORY("RUSTSEC-2021-0003", "b"), 0 },
	{ STR("crates/a/RUSTSEC-2021-0001.md"), ADVISORY("RUSTSEC-2021-0001", "a"), 1629500000 },
	{ STR("crates/a/RUSTSEC-2021-0002.md"), ADVISORY("RUSTSEC-2021-0002", "a"), 1629600000 },
	{ STR("crates/a/RUSTSEC-2021-0009.md"), STR("this is no advisory"), 1629600000 },
};

static void replace(struct db_pool *pool, const struct advisory_file *files, size_t n)
{
	CLEANUP(db_writer_end) struct db *writer = NULL;
	struct err err = { 0 };

	assert_ok(db_writer_begin(pool, &writer, &err), err);
	assert_ok(store_advisory_replace(writer, files, n, &err), err);
	assert_ok(db_writer_commit(writer, &err), err);
}

static void the_set_is_found_by_crate(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	CLEANUP(db_pool_close) struct db_pool *pool = temp_db_open(&temp);
	CLEANUP(db_reader_return) struct db *reader = NULL;
	struct advisory_set set = { 0 };
	struct err err = { 0 };
	size_t broken = 0;
	uint32_t row = 0;

	replace(pool, FILES, ARRAY_LEN(FILES));
	assert_ok(db_reader_lend(pool, &reader, &err), err);
	assert_ok(store_advisory_load(reader, &arena, &set, &broken, &err), err);
	assert_int_equal(set.n, 3);
	assert_int_equal(broken, 1);
	assert_true(map_get(&set.first, STR_LIT("a"), &row));
	assert_true(str_eq(set.rows[row].advisory->id, STR_LIT("RUSTSEC-2021-0001")));
	assert_int_equal(set.rows[row].published_at, 1629500000);
	row = set.rows[row].next;
	assert_true(str_eq(set.rows[row].advisory->id, STR_LIT("RUSTSEC-2021-0002")));
	assert_int_equal(set.rows[row].next, UINT32_MAX);
	assert_true(map_get(&set.first, STR_LIT("b"), &row));
	/* its date, for want of a commit */
	assert_int_equal(set.rows[row].published_at, 1629244800);
	assert_int_equal(set.rows[row].advisory->kind, ADVISORY_UNMAINTAINED);
	assert_false(map_get(&set.first, STR_LIT("c"), &row));
}

static void a_set_is_replaced_whole(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	CLEANUP(db_pool_close) struct db_pool *pool = temp_db_open(&temp);
	static const size_t sizes[] = { ARRAY_LEN(FILES), 1, 0 };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		CLEANUP(db_reader_return) struct db *reader = NULL;
		struct advisory_set set = { 0 };
		struct err err = { 0 };
		size_t broken = 0;
		uint64_t n = 99;

		replace(pool, FILES, sizes[i]);
		assert_ok(db_reader_lend(pool, &reader, &err), err);
		assert_ok(store_advisory_count(reader, &n, &err), err);
		assert_int_equal(n, sizes[i]);
		assert_ok(store_advisory_load(reader, &arena, &set, &broken, &err), err);
		assert_int_equal(set.n + broken, sizes[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_set_is_found_by_crate),
		cmocka_unit_test(a_set_is_replaced_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
