/* db/query.h: prepared statements of a handle; for the stores of this folder alone.
 *
 * A query is prepared at its first use on a handle and kept there. It is lent as a sqlite3_stmt
 * that CLEANUP(db_done) gives back, reset and unbound. Bound text and blobs are not copied: they
 * live until db_done. Columns die at the next step, so the readers copy into an arena.
 * Source: SQLite's documentation of prepared statements and of result codes.
 * Threads: as the handle. */
#ifndef RTAUDIT_DB_QUERY_H
#define RTAUDIT_DB_QUERY_H
#include "db/db.h"
#include <sqlite3.h>

struct query {
	const char *sql;
	int columns; /* of a row; 0 for a statement that yields none */
};

/* Lends the statement of `query`; aborts where it is lent already or has other columns.
 * ERR_STORE. */
MUST_CHECK bool db_query(struct db *db, const struct query *query, sqlite3_stmt **row,
                         struct err *err);
void db_done(sqlite3_stmt **row); /* accepts NULL: CLEANUP(db_done) sqlite3_stmt *row = NULL; */

/* Parameters count from 1. An empty slice is bound as the empty text or blob. */
void db_bind_text(sqlite3_stmt *row, int parameter, struct str text);
void db_bind_blob(sqlite3_stmt *row, int parameter, struct str bytes);
void db_bind_i64(sqlite3_stmt *row, int parameter, int64_t value);
void db_bind_null(sqlite3_stmt *row, int parameter);

/* Steps: 1 a row, 0 the end, -1 with ERR_STORE. */
MUST_CHECK int db_next(struct db *db, sqlite3_stmt *row, struct err *err);
/* Steps a statement that yields no rows. */
MUST_CHECK bool db_run(struct db *db, sqlite3_stmt *row, struct err *err);

/* Columns count from 0. NULL reads as 0 and as the empty slice. */
int64_t db_i64(sqlite3_stmt *row, int column);
bool db_is_null(sqlite3_stmt *row, int column);
struct str db_text(sqlite3_stmt *row, int column, struct arena *arena);
struct str db_blob(sqlite3_stmt *row, int column, struct arena *arena);
/* The column's bytes where they lie: until the next step or db_done. */
struct str db_bytes(sqlite3_stmt *row, int column);

/* The rowid of the last insert of this handle. */
int64_t db_last_id(const struct db *db);
/* Whether SQLite itself ever failed on this handle since it was lent: tells a failing database from
 * a stored value that does not decode. */
bool db_has_failed(const struct db *db);
/* The file, for messages. */
const char *db_path(const struct db *db);
/* Runs constant SQL of one or more statements that yield no rows: pragmas and migrations. */
MUST_CHECK bool db_exec(struct db *db, const char *sql, struct err *err);
/* The number that a pragma without side effects tells, such as "PRAGMA user_version". */
MUST_CHECK bool db_pragma(struct db *db, const char *sql, int64_t *out, struct err *err);
#endif
