/* db/migrate.h: brings a database to the newest schema.
 *
 * db/schema/NNNN_name.sql, numbered from 0001 without a gap and compiled in, are applied in order.
 * Each runs in one BEGIN IMMEDIATE that also sets user_version, so a process that is killed, or a
 * second one at the same time, leaves a database at one version or the next.
 * Source: SQLite's documentation of user_version and application_id.
 * Threads: as the handle. */
#ifndef RTAUDIT_DB_MIGRATE_H
#define RTAUDIT_DB_MIGRATE_H
#include "db/db.h"

enum { DB_APPLICATION_ID = 0x72746175 }; /* "rtau", what file(1) would see */

/* The newest version that this program knows. */
int migrate_newest(void);
/* Migrates up to `version`, 1..migrate_newest(). ERR_STORE for a database of another program or of
 * a newer one, which is left as it is. */
MUST_CHECK bool migrate_to(struct db *writer, int version, struct err *err);
#endif
