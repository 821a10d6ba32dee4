/* db/handle.h: one connection to the database file; for this folder alone.
 *
 * Source: SQLite's documentation of sqlite3_db_config, WAL and result codes.
 * Threads: a handle belongs to one thread at a time. Memory: its own, and its prepared
 * statements. */
#ifndef RTAUDIT_DB_HANDLE_H
#define RTAUDIT_DB_HANDLE_H
#include "db/db.h"
#include <sqlite3.h>
#include <stdatomic.h>

enum handle_role { HANDLE_WRITER, HANDLE_READER };

struct query;
struct kept_statement {
	const struct query *query;
	sqlite3_stmt *row;
};

struct db {
	sqlite3 *conn;
	char *path;                  /* for messages */
	struct kept_statement *kept; /* prepared so far; there are some tens of queries in all */
	size_t kept_n, kept_cap;
	bool failed;                   /* SQLite itself failed since the handle was lent */
	atomic_uint_fast64_t *counter; /* statements executed, of the pool; NULL: not counted */
	struct db_pool *pool;          /* whose it is, and what it does there */
	struct db *next_idle;
	bool committed; /* the writer's: its transaction is over */
};

/* Opens the file and configures the connection. The writer makes it, with mode 0600, where there is
 * none. ERR_STORE; the text begins with the path. */
MUST_CHECK bool handle_open(struct db **out, const char *path, enum handle_role role,
                            struct err *err);
void handle_close(struct db **handle); /* accepts NULL */
/* Sets ERR_STORE with the path and SQLite's own sentence for its last result. */
bool handle_failed(struct db *db, struct err *err);
#endif
