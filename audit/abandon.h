/* audit/abandon.h: the rules about packages that are dead, dying or harmful: unmaintained-advisory,
 * vulnerable, unsound, yanked, unknown-package, stale.
 * Threads: pure. Memory: the arena of the audit. */
#ifndef RTAUDIT_AUDIT_ABANDON_H
#define RTAUDIT_AUDIT_ABANDON_H
#include "audit/knowledge.h"
#include "audit/rule.h"

/* As hazard_find. Packages that are not built get their findings too, marked inactive. */
void abandon_find(struct arena *arena, const struct audit_result *result,
                  const struct policy *policy, const struct knowledge *knowledge,
                  struct finding_list *out);
#endif
