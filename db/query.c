#include "db/query.h"
#include <stdlib.h>
#include "db/handle.h"

/* Some tens of queries in all: a walk along an array of pointers beats any table. */
static sqlite3_stmt *kept(const struct db *db, const struct query *query)
{
	for (size_t i = 0; i < db->kept_n; i++)
		if (db->kept[i].query == query)
			return db->kept[i].row;
	return NULL;
}

static bool prepare(struct db *db, const struct query *query, sqlite3_stmt **row, struct err *err)
{
	if (sqlite3_prepare_v3(db->conn, query->sql, -1, SQLITE_PREPARE_PERSISTENT, row, NULL) !=
	    SQLITE_OK)
		return handle_failed(db, err);
	if (!*row || sqlite3_column_count(*row) != query->columns)
		abort();
	if (db->kept_n == db->kept_cap) {
		db->kept_cap = db->kept_cap == 0 ? 16 : db->kept_cap * 2;
		db->kept = reallocarray(db->kept, db->kept_cap, sizeof *db->kept);
		if (!db->kept)
			abort();
	}
	db->kept[db->kept_n++] = (struct kept_statement){ query, *row };
	return true;
}

bool db_query(struct db *db, const struct query *query, sqlite3_stmt **row, struct err *err)
{
	sqlite3_stmt *found = kept(db, query);

	if (!found && !prepare(db, query, &found, err))
		return false;
	if (sqlite3_stmt_busy(found))
		abort();
	if (db->counter)
		atomic_fetch_add_explicit(db->counter, 1, memory_order_relaxed);
	*row = found;
	return true;
}

void db_done(sqlite3_stmt **row)
{
	if (!*row)
		return;
	sqlite3_reset(*row); /* repeats the error of the last step, which was told */
	sqlite3_clear_bindings(*row);
	*row = NULL;
}

static void must_bind(int result)
{
	if (result != SQLITE_OK)
		abort(); /* no such parameter, a statement in use, or no memory */
}

void db_bind_text(sqlite3_stmt *row, int parameter, struct str text)
{
	must_bind(sqlite3_bind_text64(row, parameter, text.p ? text.p : "", text.n, SQLITE_STATIC,
	                              SQLITE_UTF8));
}

void db_bind_blob(sqlite3_stmt *row, int parameter, struct str bytes)
{
	must_bind(sqlite3_bind_blob64(row, parameter, bytes.p ? bytes.p : "", bytes.n,
	                              SQLITE_STATIC));
}

void db_bind_i64(sqlite3_stmt *row, int parameter, int64_t value)
{
	must_bind(sqlite3_bind_int64(row, parameter, value));
}

void db_bind_null(sqlite3_stmt *row, int parameter)
{
	must_bind(sqlite3_bind_null(row, parameter));
}

int db_next(struct db *db, sqlite3_stmt *row, struct err *err)
{
	int result = sqlite3_step(row);

	if (result == SQLITE_ROW)
		return 1;
	if (result == SQLITE_DONE)
		return 0;
	handle_failed(db, err);
	return -1;
}

bool db_run(struct db *db, sqlite3_stmt *row, struct err *err)
{
	int got = db_next(db, row, err);

	if (got > 0)
		abort();
	return got == 0;
}

int64_t db_i64(sqlite3_stmt *row, int column)
{
	return sqlite3_column_int64(row, column);
}

bool db_is_null(sqlite3_stmt *row, int column)
{
	return sqlite3_column_type(row, column) == SQLITE_NULL;
}

struct str db_bytes(sqlite3_stmt *row, int column)
{
	/* The pointer first: asking for the size may convert. */
	const char *p = sqlite3_column_blob(row, column);

	return (struct str){ p, (size_t)sqlite3_column_bytes(row, column) };
}

struct str db_text(sqlite3_stmt *row, int column, struct arena *arena)
{
	return arena_str(arena, db_bytes(row, column));
}

struct str db_blob(sqlite3_stmt *row, int column, struct arena *arena)
{
	return arena_str(arena, db_bytes(row, column));
}

int64_t db_last_id(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->conn);
}

bool db_has_failed(const struct db *db)
{
	return db->failed;
}

const char *db_path(const struct db *db)
{
	return db->path;
}

bool db_exec(struct db *db, const char *sql, struct err *err)
{
	if (sqlite3_exec(db->conn, sql, NULL, NULL, NULL) != SQLITE_OK)
		return handle_failed(db, err);
	return true;
}

bool db_pragma(struct db *db, const char *sql, int64_t *out, struct err *err)
{
	sqlite3_stmt *row = NULL;

	if (sqlite3_prepare_v2(db->conn, sql, -1, &row, NULL) != SQLITE_OK)
		return handle_failed(db, err);
	bool ok = sqlite3_step(row) == SQLITE_ROW;
	if (ok)
		*out = sqlite3_column_int64(row, 0);
	else
		handle_failed(db, err);
	sqlite3_finalize(row);
	return ok;
}
