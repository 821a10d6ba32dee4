/* audit/selection.h: which members a command line selects, and which features it gives each.
 * Source: cargo's `-p`, `--exclude`, `--features` (the Cargo Book, "Features", "Command-line
 * feature options"); cargo's members_with_features: under resolver 1 in a workspace with a root
 * package, features apply to that package alone.
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_SELECTION_H
#define RTAUDIT_AUDIT_SELECTION_H
#include "audit/project.h"
#include "audit/resolve.h"

struct selection {
	struct {
		struct resolve_root *p;
		size_t n, cap;
	} roots;
	struct u32_list others; /* selected packages that are no member */
	struct str_list notes;  /* what cargo warns of */
};

/* `package_of[i]` is the lock's package of workspace->packages[i], or PACKAGE_NONE. ERR_USAGE for a
 * `-p` that fits nothing or several, or a feature that no selected member has, with the nearest
 * name. */
MUST_CHECK bool selection_make(struct arena *arena, const struct workspace *workspace,
                               const uint32_t *package_of, const struct lockfile *lock,
                               const struct project_options *options, struct selection *out,
                               struct err *err);
#endif
