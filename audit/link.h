/* audit/link.h: which locked package each declared dependency means.
 *
 * A lock lists a package's dependencies by name and version; a manifest or index line declares them
 * by requirement. Cargo takes, of the locked ones that fit, the first in the order of package ids,
 * be it of the declared source or a patch of it.
 * Source: cargo's `lock` of declared dependencies against a previous resolve.
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_LINK_H
#define RTAUDIT_AUDIT_LINK_H
#include "audit/dependency.h"
#include "audit/lockfile.h"

struct links {
	/* to[package][i]: the package that summaries[package]->deps[i] means, or PACKAGE_NONE; NULL
	 * where the package has no summary */
	uint32_t **to;
};

/* What is known beside the lock. */
struct link_rules {
	struct str_list patched; /* names of crates that a [patch] gives another source */
	/* Features of the command line may switch on what the lock does not list for its package;
	 * cargo then takes a locked package where one fits, the newest of several. */
	bool beyond_lock;
};

/* `summaries` has one row a package of the lock, NULL where unknown. */
void links_make(struct arena *arena, const struct lockfile *lock,
                const struct summary *const *summaries, const struct link_rules *rules,
                struct links *out);
/* A locked dependency of a package that none of its dep_n declared ones, which mean `to`, is; or
 * PACKAGE_NONE.
 */
uint32_t links_surplus(const struct lockfile *lock, uint32_t package, const uint32_t *to,
                       uint32_t dep_n);
#endif
