/* db/crate_pack.h: makes the compact value of a crate; db/crate_value.h has the format.
 *
 * Source: as there. Threads: pure. Memory: its own, freed when it returns. */
#ifndef RTAUDIT_DB_CRATE_PACK_H
#define RTAUDIT_DB_CRATE_PACK_H
#include "audit/index_entry.h"
#include "base/buf.h"

/* What is kept of a version beside its index line. */
struct kept_version {
	struct index_entry entry;
	int64_t yanked_at; /* when it was first seen yanked; 0: not yanked, or not known */
	bool removed;      /* no longer listed */
};

/* Appends the value of n versions. entry.name is not kept, nor is what an index line cannot say of
 * a dependency (path, git, line). ERR_INPUT for a version text that is not what its numbers say. */
MUST_CHECK bool crate_pack(struct buf *to, const struct kept_version *versions, size_t n,
                           struct err *err);
#endif
