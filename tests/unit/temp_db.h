/* tests/unit/temp_db.h: a folder of its own for a test that needs a database, removed
 * afterwards. */
#ifndef RTAUDIT_TESTS_UNIT_TEMP_DB_H
#define RTAUDIT_TESTS_UNIT_TEMP_DB_H
#include "db/db.h"
#include "tests/unit/unit.h"
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct temp_db {
	char folder[512];
	char path[544]; /* of the database below it; not made yet */
};

static int temp_remove_one(const char *path, const struct stat *about, int kind, struct FTW *at)
{
	(void)about;
	(void)kind;
	(void)at;
	return remove(path);
}

static inline void temp_db_free(struct temp_db *temp)
{
	if (temp->folder[0])
		nftw(temp->folder, temp_remove_one, 8, FTW_DEPTH | FTW_PHYS);
	*temp = (struct temp_db){ 0 };
}

static inline struct temp_db temp_db_make(void)
{
	struct temp_db temp = { 0 };
	const char *root = getenv("TMPDIR");

	snprintf(temp.folder, sizeof temp.folder, "%s/rtaudit-test-XXXXXX",
	         root && *root ? root : "/tmp");
	if (!mkdtemp(temp.folder))
		fail_msg("%s: %m", temp.folder);
	snprintf(temp.path, sizeof temp.path, "%s/facts.db", temp.folder);
	return temp;
}

/* A pool on it; the test fails where that fails. */
static inline struct db_pool *temp_db_open(const struct temp_db *temp)
{
	struct db_pool *pool = NULL;
	struct err err = { 0 };

	if (!db_pool_open(&pool, temp->path, &err))
		fail_msg("%s", err.text);
	return pool;
}

#define assert_ok(call, err)                                                                       \
	do {                                                                                       \
		if (!(call))                                                                       \
			fail_msg("%s: %s", #call, (err).text);                                     \
	} while (0)

#endif
