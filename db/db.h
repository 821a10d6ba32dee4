/* db/db.h: the database: one writer, several readers, prepared statements that stay prepared.
 * Source: SQLite's documentation of WAL, `defensive`, `trusted_schema`.
 * Threads: a handle belongs to one thread while it is lent. Memory: handles live with their
 * pool. */
#ifndef RTAUDIT_DB_DB_H
#define RTAUDIT_DB_DB_H
#include "base/arena.h"
#include "base/err.h"

struct db;      /* a handle: a connection and its prepared statements */
struct db_pool; /* the writer and the readers of one file */

/* Opens or makes the file (mode 0600) and migrates it to the newest schema. ERR_STORE for a file
 * that is no database, is damaged, or is newer than this program. */
MUST_CHECK bool db_pool_open(struct db_pool **out, const char *path, struct err *err);
void db_pool_close(struct db_pool **pool);

/* A reader, waiting while all are lent; its reads are one snapshot until it is returned. */
MUST_CHECK bool db_reader_lend(struct db_pool *pool, struct db **out, struct err *err);
/* accepts NULL: CLEANUP(db_reader_return) struct db *r = NULL; */
void db_reader_return(struct db **reader);

/* The writer, in a BEGIN IMMEDIATE. Until db_writer_commit, db_writer_end rolls back. */
MUST_CHECK bool db_writer_begin(struct db_pool *pool, struct db **out, struct err *err);
MUST_CHECK bool db_writer_commit(struct db *writer, struct err *err);
void db_writer_end(struct db **writer); /* accepts NULL: CLEANUP(db_writer_end) */

/* Counts of this pool since it was opened, for tests of budgets and for status. */
struct db_counts {
	uint64_t statements; /* executed */
	uint64_t generation; /* commits of the writer */
};
struct db_counts db_pool_counts(struct db_pool *pool);
#endif
