/* db/store_advisory.h: the advisory database's files, each with the moment its database published
 * it.
 * Threads: as the handle. Memory: the caller's arena. */
#ifndef RTAUDIT_DB_STORE_ADVISORY_H
#define RTAUDIT_DB_STORE_ADVISORY_H
#include "audit/facts.h"
#include "db/db.h"

struct advisory_file {
	struct str path; /* in the database: "crates/foo/RUSTSEC-2021-0001.md" */
	struct str bytes;
	int64_t published_at; /* 0: not known */
};
/* Replaces the whole set, in the transaction of `writer`. */
MUST_CHECK bool store_advisory_replace(struct db *writer, const struct advisory_file *files,
                                       size_t n, struct err *err);
/* Parses all that are stored into a set that lives in `arena`. Files that do not parse are left out
 * and counted in *broken. */
MUST_CHECK bool store_advisory_load(struct db *reader, struct arena *arena,
                                    struct advisory_set *out, size_t *broken, struct err *err);
MUST_CHECK bool store_advisory_count(struct db *reader, uint64_t *out, struct err *err);
#endif
