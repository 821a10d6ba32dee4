/* audit/feature_reach.h: which features of a package others of it switch on, as its manifest says.
 * Source: the Cargo Book, "Features". Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_FEATURE_REACH_H
#define RTAUDIT_AUDIT_FEATURE_REACH_H
#include "audit/dependency.h"

/* By feature of the summary: what is on, made ready for feature_reach_add. */
bool *feature_reach_none(struct arena *arena, const struct summary *summary);
/* Adds a feature and all that it switches on; FEATURE_NONE adds nothing. */
void feature_reach_add(struct arena *arena, const struct summary *summary, uint32_t feature,
                       bool *on);
/* Whether a declared dependency, by the features that it names and by its defaults, switches
 * `wanted` on; *by_default says that only the defaults do. */
bool feature_reach_asks(struct arena *arena, const struct dependency *dep,
                        const struct summary *of, uint32_t wanted, bool *by_default);
#endif
