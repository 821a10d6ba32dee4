#include "db/db.h"
#include <pthread.h>
#include <stdlib.h>
#include "db/handle.h"
#include "db/migrate.h"
#include "db/query.h"

/* More readers at once than this only wait for the same two or four cores; each is opened when it
 * is first needed. */
enum { READERS_MAX = 8 };

struct db_pool {
	char *path;
	struct db *writer; /* used by the thread that holds `writing` */
	pthread_mutex_t writing;
	pthread_mutex_t lending; /* guards idle, open_n and lent_n */
	pthread_cond_t returned;
	struct db *idle; /* readers that nobody has */
	size_t open_n, lent_n;
	atomic_uint_fast64_t statements, generation;
};

static const struct query BEGIN_READ = { "BEGIN", 0 };
static const struct query BEGIN_WRITE = { "BEGIN IMMEDIATE", 0 };
static const struct query COMMIT = { "COMMIT", 0 };
static const struct query ROLLBACK = { "ROLLBACK", 0 };

static bool run_plain(struct db *db, const struct query *query, struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;

	return db_query(db, query, &row, err) && db_run(db, row, err);
}

bool db_pool_open(struct db_pool **out, const char *path, struct err *err)
{
	struct db *writer = NULL;

	if (!handle_open(&writer, path, HANDLE_WRITER, err))
		return false;
	if (!migrate_to(writer, migrate_newest(), err)) {
		handle_close(&writer);
		return false;
	}
	struct db_pool *pool = calloc(1, sizeof *pool);
	char *copy = strdup(path);

	if (!pool || !copy || pthread_mutex_init(&pool->writing, NULL) != 0 ||
	    pthread_mutex_init(&pool->lending, NULL) != 0 ||
	    pthread_cond_init(&pool->returned, NULL) != 0)
		abort();
	pool->path = copy;
	pool->writer = writer;
	writer->pool = pool;
	writer->counter = &pool->statements;
	*out = pool;
	return true;
}

void db_pool_close(struct db_pool **at)
{
	struct db_pool *pool = *at;

	if (!pool)
		return;
	if (pool->lent_n > 0)
		abort(); /* a handle would outlive its pool */
	while (pool->idle) {
		struct db *reader = pool->idle;
		pool->idle = reader->next_idle;
		handle_close(&reader);
	}
	handle_close(&pool->writer); /* last: it folds the WAL into the file */
	pthread_cond_destroy(&pool->returned);
	pthread_mutex_destroy(&pool->lending);
	pthread_mutex_destroy(&pool->writing);
	free(pool->path);
	free(pool);
	*at = NULL;
}

static void give_back(struct db_pool *pool, struct db *reader)
{
	pthread_mutex_lock(&pool->lending);
	pool->lent_n--;
	if (reader) {
		reader->next_idle = pool->idle;
		pool->idle = reader;
	} else {
		pool->open_n--;
	}
	pthread_cond_signal(&pool->returned);
	pthread_mutex_unlock(&pool->lending);
}

/* An idle reader, or the right to open one: then *out is NULL. */
static void take(struct db_pool *pool, struct db **out)
{
	pthread_mutex_lock(&pool->lending);
	while (!pool->idle && pool->open_n == READERS_MAX)
		pthread_cond_wait(&pool->returned, &pool->lending);
	*out = pool->idle;
	if (*out)
		pool->idle = (*out)->next_idle;
	else
		pool->open_n++;
	pool->lent_n++;
	pthread_mutex_unlock(&pool->lending);
}

bool db_reader_lend(struct db_pool *pool, struct db **out, struct err *err)
{
	struct db *reader = NULL;

	take(pool, &reader);
	if (!reader) {
		if (!handle_open(&reader, pool->path, HANDLE_READER, err)) {
			give_back(pool, NULL);
			return false;
		}
		reader->pool = pool;
		reader->counter = &pool->statements;
	}
	reader->failed = false;
	if (!run_plain(reader, &BEGIN_READ, err)) {
		handle_close(&reader);
		give_back(pool, NULL);
		return false;
	}
	*out = reader;
	return true;
}

void db_reader_return(struct db **at)
{
	struct db *reader = *at;

	if (!reader)
		return;
	struct db_pool *pool = reader->pool;
	struct err err = { 0 };

	/* A failed read may have ended the transaction already; a handle that cannot even roll back
	 * is closed. */
	if (!sqlite3_get_autocommit(reader->conn) && !run_plain(reader, &ROLLBACK, &err))
		handle_close(&reader);
	give_back(pool, reader);
	*at = NULL;
}

bool db_writer_begin(struct db_pool *pool, struct db **out, struct err *err)
{
	pthread_mutex_lock(&pool->writing);
	pool->writer->failed = false;
	pool->writer->committed = false;
	if (!run_plain(pool->writer, &BEGIN_WRITE, err)) {
		pthread_mutex_unlock(&pool->writing);
		return false;
	}
	*out = pool->writer;
	return true;
}

bool db_writer_commit(struct db *writer, struct err *err)
{
	if (writer->committed)
		abort(); /* a second commit of one transaction */
	if (!run_plain(writer, &COMMIT, err))
		return false;
	writer->committed = true;
	atomic_fetch_add(&writer->pool->generation, 1);
	return true;
}

void db_writer_end(struct db **at)
{
	struct db *writer = *at;

	if (!writer)
		return;
	struct err err = { 0 };

	/* SQLite rolls back by itself on a full disk, for one. */
	if (!sqlite3_get_autocommit(writer->conn))
		IGNORE(run_plain(writer, &ROLLBACK, &err)); /* the next BEGIN tells */
	pthread_mutex_unlock(&writer->pool->writing);
	*at = NULL;
}

struct db_counts db_pool_counts(struct db_pool *pool)
{
	return (struct db_counts){ atomic_load(&pool->statements), atomic_load(&pool->generation) };
}
