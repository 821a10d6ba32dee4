/* audit/link.h: which locked package each declared dependency means.
 *
 * A lock lists a package's dependencies by name and version; a manifest or index line declares them by
 * requirement. Cargo takes, of the locked ones that fit, the first in the order of package ids, those of
 * the declared source before patched ones.
 * Source: cargo's `lock` of declared dependencies against a previous resolve.
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_LINK_H
#define RTAUDIT_AUDIT_LINK_H
#include "audit/dependency.h"
#include "audit/lockfile.h"

struct links {
	uint32_t **to; /* to[package][i]: the package that summaries[package]->deps[i] means, or PACKAGE_NONE; NULL
			* where the package has no summary */
};

/* `summaries` has one row a package of the lock, NULL where unknown. */
void links_make(struct arena *arena, const struct lockfile *lock, const struct summary *const *summaries,
		struct links *out);
#endif
