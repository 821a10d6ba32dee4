/* audit/older.h: makes the manifests of a newer lock fit an older one, for comparing the two.
 *
 * What a member's locked dependencies say that its manifest does not is what the change took away:
 * it is put back, so that the older tree is built with it. A requirement that was raised since is
 * lowered to what was locked.
 * Threads: pure. Memory: the arena's. */
#ifndef RTAUDIT_AUDIT_OLDER_H
#define RTAUDIT_AUDIT_OLDER_H
#include "audit/link.h"
#include "audit/workspace.h"

/* Makes the summaries of `workspace` (the caller's own copies) fit `lock`; package_of[i] is the
 * locked package of its i-th, or PACKAGE_NONE. Adds a sentence to `assumed` for each dependency
 * that was put back without knowing how it was asked for. */
void older_fit(struct arena *arena, const struct lockfile *lock, const struct link_rules *rules,
               const uint32_t *package_of, struct workspace *workspace, struct str_list *assumed);
#endif
