#include "db/db.h"
#include "db/query.h"
#include "tests/unit/temp_db.h"
#include <pthread.h>
#include <sys/stat.h>

static const struct query ADD = { "INSERT INTO registry (name) VALUES (?1)", 0 };
static const struct query COUNT = { "SELECT count(*) FROM registry", 1 };
static const struct query NAMES = { "SELECT name FROM registry ORDER BY name", 1 };

static void add(struct db *db, const char *name)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;
	struct err err = { 0 };

	assert_ok(db_query(db, &ADD, &row, &err), err);
	db_bind_text(row, 1, str_of(name));
	assert_ok(db_run(db, row, &err), err);
}

static int64_t count(struct db *db)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;
	struct err err = { 0 };

	assert_ok(db_query(db, &COUNT, &row, &err), err);
	assert_int_equal(db_next(db, row, &err), 1);
	return db_i64(row, 0);
}

static void what_is_committed_is_there_and_what_is_not_is_not(void **state)
{
	(void)state;
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	CLEANUP(db_pool_close) struct db_pool *pool = temp_db_open(&temp);
	struct err err = { 0 };

	for (int commits = 0; commits < 2; commits++) {
		CLEANUP(db_writer_end) struct db *writer = NULL;

		assert_ok(db_writer_begin(pool, &writer, &err), err);
		add(writer, commits ? "kept" : "rolled back");
		if (commits)
			assert_ok(db_writer_commit(writer, &err), err);
	}
	CLEANUP(db_reader_return) struct db *reader = NULL;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(db_done) sqlite3_stmt *row = NULL;

	assert_ok(db_reader_lend(pool, &reader, &err), err);
	assert_int_equal(count(reader), 1);
	assert_ok(db_query(reader, &NAMES, &row, &err), err);
	assert_int_equal(db_next(reader, row, &err), 1);
	assert_true(str_eq(db_text(row, 0, &arena), STR_LIT("kept")));
	assert_int_equal(db_next(reader, row, &err), 0);
	assert_int_equal(db_pool_counts(pool).generation, 1);
}

static void a_reader_sees_one_snapshot_until_it_is_returned(void **state)
{
	(void)state;
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	CLEANUP(db_pool_close) struct db_pool *pool = temp_db_open(&temp);
	struct db *reader = NULL, *writer = NULL;
	struct err err = { 0 };

	assert_ok(db_reader_lend(pool, &reader, &err), err);
	assert_int_equal(count(reader), 0);
	assert_ok(db_writer_begin(pool, &writer, &err), err);
	add(writer, "later");
	assert_ok(db_writer_commit(writer, &err), err);
	db_writer_end(&writer);
	assert_int_equal(count(reader), 0);
	db_reader_return(&reader);
	assert_null(reader);
	assert_ok(db_reader_lend(pool, &reader, &err), err);
	assert_int_equal(count(reader), 1);
	db_reader_return(&reader);
}

static void a_reader_cannot_write(void **state)
{
	(void)state;
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	CLEANUP(db_pool_close) struct db_pool *pool = temp_db_open(&temp);
	CLEANUP(db_reader_return) struct db *reader = NULL;
	CLEANUP(db_done) sqlite3_stmt *row = NULL;
	struct err err = { 0 };

	assert_ok(db_reader_lend(pool, &reader, &err), err);
	assert_false(db_has_failed(reader));
	assert_ok(db_query(reader, &ADD, &row, &err), err);
	db_bind_text(row, 1, STR_LIT("no"));
	assert_false(db_run(reader, row, &err));
	assert_int_equal(err.kind, ERR_STORE);
	assert_true(str_starts(str_of(err.text), str_of(temp.path)));
	assert_true(db_has_failed(reader));
}

static void the_file_is_private(void **state)
{
	(void)state;
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	struct stat about = { 0 };

	for (int again = 0; again < 2; again++) {
		struct db_pool *pool = temp_db_open(&temp);

		assert_int_equal(stat(temp.path, &about), 0);
		assert_int_equal(about.st_mode & 0777, 0600);
		db_pool_close(&pool);
		assert_int_equal(chmod(temp.path, 0644), 0);
	}
}

/* A file of these bytes where the database should be. */
static void put_file(const struct temp_db *temp, const char *bytes, size_t n)
{
	FILE *file = fopen(temp->path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static void assert_refused(const struct temp_db *temp, const char *path, const char *says)
{
	struct db_pool *pool = NULL;
	struct err err = { 0 };

	(void)temp;
	assert_false(db_pool_open(&pool, path, &err));
	assert_null(pool);
	assert_int_equal(err.kind, ERR_STORE);
	if (str_find_str(str_of(err.text), str_of(says)) == STR_NONE)
		fail_msg("'%s' does not say '%s'", err.text, says);
}

static void what_is_no_database_is_refused(void **state)
{
	(void)state;
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	char text[8192];
	char deep[1024];
	struct stat about = { 0 };

	memset(text, 'x', sizeof text);
	put_file(&temp, text, sizeof text);
	assert_refused(&temp, temp.path, "not a database");
	assert_int_equal(chmod(temp.folder, 0755), 0);
	assert_refused(&temp, temp.folder, "");
	assert_int_equal(stat(temp.folder, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0755);
	snprintf(deep, sizeof deep, "%s/no/such/folder.db", temp.folder);
	assert_refused(&temp, deep, "No such file");
}

static void a_damaged_database_is_an_error_and_no_crash(void **state)
{
	(void)state;
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	struct db_pool *pool = temp_db_open(&temp);
	struct stat about = { 0 };
	struct err err = { 0 };

	db_pool_close(&pool);
	assert_int_equal(stat(temp.path, &about), 0);
	/* The header stays, all behind the first 100 bytes becomes noise, half of the file is
	 * gone. */
	FILE *file = fopen(temp.path, "r+");
	assert_non_null(file);
	assert_int_equal(fseek(file, 100, SEEK_SET), 0);
	for (off_t at = 100; at < about.st_size / 2; at++)
		assert_true(fputc((int)(at * 31 + 7) & 0xff, file) != EOF);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(truncate(temp.path, about.st_size / 2), 0);
	assert_false(db_pool_open(&pool, temp.path, &err));
	assert_int_equal(err.kind, ERR_STORE);
}

struct writers {
	struct db_pool *pool;
	int adds;
	char name;
};

static void *write_and_read(void *argument)
{
	struct writers *mine = argument;
	struct err err = { 0 };

	for (int i = 0; i < mine->adds; i++) {
		CLEANUP(db_writer_end) struct db *writer = NULL;
		CLEANUP(db_reader_return) struct db *reader = NULL;
		char name[16];

		snprintf(name, sizeof name, "%c%d", mine->name, i);
		assert_ok(db_writer_begin(mine->pool, &writer, &err), err);
		add(writer, name);
		assert_ok(db_writer_commit(writer, &err), err);
		db_writer_end(&writer);
		assert_ok(db_reader_lend(mine->pool, &reader, &err), err);
		assert_true(count(reader) > i);
	}
	return NULL;
}

static void threads_share_a_pool(void **state)
{
	(void)state;
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	CLEANUP(db_pool_close) struct db_pool *pool = temp_db_open(&temp);
	pthread_t threads[12];
	struct writers work[ARRAY_LEN(threads)];
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		work[i] = (struct writers){ pool, 20, (char)('a' + i) };
		assert_int_equal(pthread_create(&threads[i], NULL, write_and_read, &work[i]), 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	CLEANUP(db_reader_return) struct db *reader = NULL;

	assert_ok(db_reader_lend(pool, &reader, &err), err);
	assert_int_equal(count(reader), 20 * ARRAY_LEN(threads));
	assert_int_equal(db_pool_counts(pool).generation, 20 * ARRAY_LEN(threads));
}

static void a_statement_is_prepared_once_and_counted_each_time(void **state)
{
	(void)state;
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	CLEANUP(db_pool_close) struct db_pool *pool = temp_db_open(&temp);
	CLEANUP(db_reader_return) struct db *reader = NULL;
	struct err err = { 0 };
	sqlite3_stmt *first = NULL, *second = NULL;

	assert_ok(db_reader_lend(pool, &reader, &err), err);
	uint64_t before = db_pool_counts(pool).statements;
	assert_ok(db_query(reader, &COUNT, &first, &err), err);
	sqlite3_stmt *was = first;
	db_done(&first);
	assert_null(first);
	assert_ok(db_query(reader, &COUNT, &second, &err), err);
	assert_ptr_equal(was, second);
	db_done(&second);
	assert_int_equal(db_pool_counts(pool).statements - before, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_committed_is_there_and_what_is_not_is_not),
		cmocka_unit_test(a_reader_sees_one_snapshot_until_it_is_returned),
		cmocka_unit_test(a_reader_cannot_write),
		cmocka_unit_test(the_file_is_private),
		cmocka_unit_test(what_is_no_database_is_refused),
		cmocka_unit_test(a_damaged_database_is_an_error_and_no_crash),
		cmocka_unit_test(threads_share_a_pool),
		cmocka_unit_test(a_statement_is_prepared_once_and_counted_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
