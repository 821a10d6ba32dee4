/* db/crate_name.h: the ids of registries and crates, for the stores of this folder.
 *
 * Source: db/schema. Threads: as the handle. */
#ifndef RTAUDIT_DB_CRATE_NAME_H
#define RTAUDIT_DB_CRATE_NAME_H
#include "db/db.h"

struct crate_id {
	int64_t i;
};

/* 1 and the id, 0 where nothing is stored of that name, -1. */
MUST_CHECK int crate_name_find(struct db *db, struct str registry, struct str name,
                               struct crate_id *out, struct err *err);
/* The same, made where there is none. ERR_INPUT for an empty name. */
MUST_CHECK bool crate_name_make(struct db *writer, struct str registry, struct str name,
                                struct crate_id *out, struct err *err);
#endif
