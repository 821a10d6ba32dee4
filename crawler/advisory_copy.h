/* crawler/advisory_copy.h: the clone of the advisory database that another tool keeps below
 * $CARGO_HOME.
 *
 * It is read and never written, and only where nothing is stored: so the first audit without a
 * network knows more than the table that is compiled in. It is as old as the last fetch into it.
 * Source: the documentation of cargo-audit (advisory-db) and of cargo-deny (advisory-dbs, one
 * folder a URL; its names for the default URL before and since 0.18).
 * Threads: any. Memory: the caller's arena. */
#ifndef RTAUDIT_CRAWLER_ADVISORY_COPY_H
#define RTAUDIT_CRAWLER_ADVISORY_COPY_H
#include "base/arena.h"

struct advisory_copy {
	struct str path;    /* of the repository */
	int64_t fetched_at; /* when its FETCH_HEAD was written; 0: it has none */
};
/* The one that was fetched last, or false. cargo_home may be NULL. */
bool advisory_copy_find(struct arena *arena, const char *cargo_home, struct advisory_copy *out);
#endif
