/* audit/mixing.h: the rules mixed-runtimes and split-runtime: two runtimes, or two majors of one,
 * in what one member builds for its target.
 *
 * Looked at is each member's own closure of normal dependencies on the target side: what build
 * scripts and proc macros use runs in another process, and members that do not depend on each other
 * are two programs. Of members that depend on each other, the lowest that holds the mix gets the
 * finding.
 * Threads: pure. Memory: the arena of the audit. */
#ifndef RTAUDIT_AUDIT_MIXING_H
#define RTAUDIT_AUDIT_MIXING_H
#include "audit/closure.h"

/* Adds findings; see hazard_find. */
void mixing_find(struct arena *arena, const struct closure *closure,
                 const struct runtime_verdict *verdicts, struct finding_list *out);
#endif
