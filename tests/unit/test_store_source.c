#include "db/store_source.h"
#include "tests/unit/temp_db.h"

static void put(struct db_pool *pool, struct source_state state)
{
	CLEANUP(db_writer_end) struct db *writer = NULL;
	struct err err = { 0 };

	assert_ok(db_writer_begin(pool, &writer, &err), err);
	assert_ok(store_source_put(writer, &state, &err), err);
	assert_ok(db_writer_commit(writer, &err), err);
}

static void a_source_is_kept_and_replaced(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	CLEANUP(db_pool_close) struct db_pool *pool = temp_db_open(&temp);
	struct source_state got = { 0 };
	struct source_state_list list = { 0 };
	struct err err = { 0 };

	put(pool, (struct source_state){
			  .name = STR("index"), .address = STR("/a"), .ok_at = 5, .tried_at = 5 });
	put(pool, (struct source_state){ .name = STR("advisories"),
	                                 .validator = STR("c0ffee"),
	                                 .ok_at = 7,
	                                 .tried_at = 7 });
	put(pool, (struct source_state){ .name = STR("index"),
	                                 .address = STR("/b"),
	                                 .ok_at = 5,
	                                 .tried_at = 9,
	                                 .last_error = STR("no route") });
	CLEANUP(db_reader_return) struct db *reader = NULL;

	assert_ok(db_reader_lend(pool, &reader, &err), err);
	assert_int_equal(store_source_get(reader, &arena, STR_LIT("index"), &got, &err), 1);
	assert_true(str_eq(got.address, STR_LIT("/b")));
	assert_true(str_eq(got.last_error, STR_LIT("no route")));
	assert_int_equal(got.validator.n, 0);
	assert_int_equal(got.ok_at, 5);
	assert_int_equal(got.tried_at, 9);
	assert_int_equal(store_source_get(reader, &arena, STR_LIT("facts"), &got, &err), 0);
	assert_ok(store_source_list(reader, &arena, &list, &err), err);
	assert_int_equal(list.n, 2);
	assert_true(str_eq(list.p[0].name, STR_LIT("advisories")));
	assert_true(str_eq(list.p[0].validator, STR_LIT("c0ffee")));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_source_is_kept_and_replaced) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
