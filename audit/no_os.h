/* audit/no_os.h: the rule not-no-std: what needs the standard library where the platform has no
 * operating system to build one on.
 * Source: the Rust Reference, "The no_std attribute"; facts about crate archives.
 * Threads: pure. Memory: the arena of the audit. */
#ifndef RTAUDIT_AUDIT_NO_OS_H
#define RTAUDIT_AUDIT_NO_OS_H
#include "audit/knowledge.h"

/* Adds findings; see hazard_find. Of packages that need it, those alone are named that something
 * depends on which does not: the others go with them. Nothing where a platform of the audit has an
 * operating system, and nothing of packages of which no fact is known. */
void no_os_find(struct arena *arena, const struct audit_result *result,
                const struct runtime_verdict *verdicts, const struct knowledge *knowledge,
                struct finding_list *out);
#endif
