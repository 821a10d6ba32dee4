/* audit/advisory_finding.h: the rules unmaintained-advisory, vulnerable and unsound: advisories
 * that speak of locked versions.
 * Source: the advisory format of the RustSec database. Threads: pure. Memory: the arena of the
 * audit. */
#ifndef RTAUDIT_AUDIT_ADVISORY_FINDING_H
#define RTAUDIT_AUDIT_ADVISORY_FINDING_H
#include "audit/knowledge.h"

/* The rule of an advisory; empty for kinds that no rule speaks of. */
struct str advisory_rule(const struct advisory *advisory);
/* Whether it was known at that moment, was not withdrawn, speaks of this version, and of one of the
 * systems that are built for. */
bool advisory_concerns(const struct advisory_row *row, const struct locked_package *package,
                       const struct audit_result *result);
/* A finding without package, paths and level. */
struct finding advisory_finding(struct arena *arena, const struct advisory *advisory,
                                const struct locked_package *package,
                                const struct knowledge *knowledge);
#endif
