#include "db/handle.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"

/* What each connection is told. cache_size is in KiB: the page cache of the kernel is the large
 * one, so that a daemon at rest stays small. */
static const char WRITER_PRAGMAS[] = "PRAGMA journal_mode = WAL;"
				     "PRAGMA synchronous = NORMAL;"
				     "PRAGMA foreign_keys = ON;"
				     "PRAGMA temp_store = MEMORY;"
				     "PRAGMA cache_size = -2048;"
				     "PRAGMA journal_size_limit = 16777216;";
static const char READER_PRAGMAS[] = "PRAGMA query_only = ON;"
				     "PRAGMA temp_store = MEMORY;"
				     "PRAGMA cache_size = -512;";

enum { BUSY_TIMEOUT_MS = 5000 };

bool handle_failed(struct db *db, struct err *err)
{
	if (sqlite3_errcode(db->conn) == SQLITE_NOMEM)
		abort();
	db->failed = true;
	return err_set(err, ERR_STORE, "%s: %s", db->path, sqlite3_errmsg(db->conn));
}

/* SQLite would make the file with 0644. Only a file that is new is opened here: closing a
 * descriptor of one that a connection of this process uses would drop that connection's POSIX
 * locks. */
static bool make_private(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd >= 0) {
		close(fd);
		return true;
	}
	/* A folder of that name is refused by SQLite, and must not lose its own mode here. */
	if (errno == EEXIST && !file_is_regular(path))
		return true;
	if (errno != EEXIST || (chmod(path, 0600) != 0 && errno != EPERM))
		return err_set(err, ERR_STORE, "%s: %m", path);
	return true;
}

static bool configure(struct db *db, enum handle_role role, struct err *err)
{
	const char *pragmas = role == HANDLE_WRITER ? WRITER_PRAGMAS : READER_PRAGMAS;

	if (sqlite3_busy_timeout(db->conn, BUSY_TIMEOUT_MS) != SQLITE_OK ||
	    sqlite3_db_config(db->conn, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) != SQLITE_OK ||
	    sqlite3_db_config(db->conn, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL) != SQLITE_OK ||
	    sqlite3_db_config(db->conn, SQLITE_DBCONFIG_DQS_DML, 0, NULL) != SQLITE_OK ||
	    sqlite3_db_config(db->conn, SQLITE_DBCONFIG_DQS_DDL, 0, NULL) != SQLITE_OK ||
	    sqlite3_exec(db->conn, pragmas, NULL, NULL, NULL) != SQLITE_OK)
		return handle_failed(db, err);
	return true;
}

bool handle_open(struct db **out, const char *path, enum handle_role role, struct err *err)
{
	if (role == HANDLE_WRITER && !make_private(path, err))
		return false;
	struct db *db = calloc(1, sizeof *db);
	char *copy = strdup(path);

	if (!db || !copy)
		abort();
	db->path = copy;
	/* NOMUTEX: a handle is used by one thread at a time. */
	if (sqlite3_open_v2(path, &db->conn,
	                    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
	                    NULL) != SQLITE_OK) {
		if (!db->conn)
			abort();
		handle_failed(db, err);
		handle_close(&db);
		return false;
	}
	if (!configure(db, role, err)) {
		handle_close(&db);
		return false;
	}
	db->failed = false;
	*out = db;
	return true;
}

void handle_close(struct db **handle)
{
	struct db *db = *handle;

	if (!db)
		return;
	for (size_t i = 0; i < db->kept_n; i++)
		sqlite3_finalize(db->kept[i].row);
	if (sqlite3_close(db->conn) != SQLITE_OK)
		abort(); /* a statement outside the handle is still open */
	free(db->kept);
	free(db->path);
	free(db);
	*handle = NULL;
}
