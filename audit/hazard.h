/* audit/hazard.h: the lock-in rules: abandoned-runtime, mixed-runtimes, split-runtime,
 * foreign-reactor, bridge-needed, not-no-std, library-lock-in, needless-runtime-features,
 * blocking-in-async.
 * Threads: pure. Memory: the arena of the audit. */
#ifndef RTAUDIT_AUDIT_HAZARD_H
#define RTAUDIT_AUDIT_HAZARD_H
#include "audit/knowledge.h"

/* Adds findings (without level and fingerprint, which policy_apply gives). `result` has graph,
 * facts and packages filled; `verdicts` are those of runtime_classify. */
void hazard_find(struct arena *arena, const struct audit_result *result,
                 const struct runtime_verdict *verdicts, const struct knowledge *knowledge,
                 struct finding_list *out);
#endif
