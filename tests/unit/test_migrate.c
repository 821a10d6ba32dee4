#include "db/migrate.h"
#include "db/handle.h"
#include "db/query.h"
#include "tests/unit/temp_db.h"

static const struct query SCHEMA = { "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM "
	                             "sqlite_schema ORDER BY type, name",
	                             1 };

/* The whole schema as one text. */
static struct str schema_of(struct arena *arena, struct db *db)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;
	struct str all = STR("");
	struct err err = { 0 };

	assert_ok(db_query(db, &SCHEMA, &row, &err), err);
	while (db_next(db, row, &err) == 1) {
		struct str one = db_text(row, 0, arena);
		all = arena_printf(arena, STR_FMT "\n" STR_FMT, STR_ARG(all), STR_ARG(one));
	}
	return all;
}

static struct db *open_at(const struct temp_db *temp, int version)
{
	struct db *db = NULL;
	struct err err = { 0 };

	assert_ok(handle_open(&db, temp->path, HANDLE_WRITER, &err), err);
	if (version > 0)
		assert_ok(migrate_to(db, version, &err), err);
	return db;
}

static void every_version_becomes_the_fresh_schema(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(temp_db_free) struct temp_db fresh = temp_db_make();
	CLEANUP(handle_close) struct db *newest = open_at(&fresh, migrate_newest());
	struct str want = schema_of(&arena, newest);

	assert_true(str_find_str(want, STR_LIT("crate_value")) != STR_NONE);
	for (int version = 1; version <= migrate_newest(); version++) {
		CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
		struct db *db = open_at(&temp, version);

		handle_close(&db);
		db = open_at(&temp, migrate_newest());
		if (!str_eq(schema_of(&arena, db), want))
			fail_msg("from version %d comes another schema", version);
		handle_close(&db);
	}
}

static void all_tables_are_strict(void **state)
{
	(void)state;
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	CLEANUP(handle_close) struct db *db = open_at(&temp, migrate_newest());
	struct err err = { 0 };
	int64_t loose = 1;

	assert_ok(
		db_pragma(
			db,
			"SELECT count(*) FROM pragma_table_list WHERE type = 'table' AND strict = 0"
			" AND name NOT LIKE 'sqlite%'",
			&loose, &err),
		err);
	assert_int_equal(loose, 0);
}

static void a_newer_database_is_refused_and_left_alone(void **state)
{
	(void)state;
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	CLEANUP(handle_close) struct db *db = open_at(&temp, migrate_newest());
	struct err err = { 0 };
	int64_t version = 0;

	assert_ok(db_exec(db, "PRAGMA user_version = 9999", &err), err);
	assert_false(migrate_to(db, migrate_newest(), &err));
	assert_int_equal(err.kind, ERR_STORE);
	assert_true(str_find_str(str_of(err.text), STR_LIT("newer rtaudit (schema 9999")) !=
	            STR_NONE);
	assert_ok(db_pragma(db, "PRAGMA user_version", &version, &err), err);
	assert_int_equal(version, 9999);
}

static void a_foreign_database_is_refused(void **state)
{
	(void)state;
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	CLEANUP(handle_close) struct db *db = open_at(&temp, 0);
	struct err err = { 0 };

	assert_ok(db_exec(db, "CREATE TABLE theirs (x)", &err), err);
	assert_false(migrate_to(db, migrate_newest(), &err));
	assert_int_equal(err.kind, ERR_STORE);
	assert_true(str_find_str(str_of(err.text), STR_LIT("another program")) != STR_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_version_becomes_the_fresh_schema),
		cmocka_unit_test(all_tables_are_strict),
		cmocka_unit_test(a_newer_database_is_refused_and_left_alone),
		cmocka_unit_test(a_foreign_database_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
