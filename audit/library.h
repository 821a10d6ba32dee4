/* audit/library.h: the rules library-lock-in and needless-runtime-features: what a member of the
 * project makes those take who depend on it.
 *
 * A member counts as a published library where its manifest leaves nothing in the way of crates.io,
 * and tells of a library or another member depends on it; it has no [[bin]], and no published
 * program of the project is made of it.
 * Source: the Cargo Book, "The Manifest Format", "Publishing on crates.io"; tokio's own advice,
 * "Authoring libraries".
 * Threads: pure. Memory: the arena of the audit. */
#ifndef RTAUDIT_AUDIT_LIBRARY_H
#define RTAUDIT_AUDIT_LIBRARY_H
#include "audit/knowledge.h"

/* Adds findings; see hazard_find. */
void library_find(struct arena *arena, const struct audit_result *result,
                  const struct runtime_verdict *verdicts, const struct knowledge *knowledge,
                  struct finding_list *out);
#endif
