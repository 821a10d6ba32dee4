/* audit/remedy.h: the smallest change of the manifests that ends a finding about runtimes, tried
 * before it is proposed.
 *
 * For a finding, the features that bring the runtime in are found (audit/blame) and left out, or
 * replaced by their twins (audit/twin), or a newer version is taken; each such change is tried
 * (audit/trial). Proposed is the first after which the finding is gone and none of its weight has
 * come.
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_REMEDY_H
#define RTAUDIT_AUDIT_REMEDY_H
#include "audit/trial.h"

struct remedies;

/* Of an answer that run_once gave; NULL where nothing in it can be tried. */
struct remedies *remedies_begin(struct arena *arena, const struct audit *audit,
                                const struct facts *facts, struct audit_result *result);
/* Whether *need is to be filled before it goes on; false: all that could be tried was, and stands
 * in the findings. */
MUST_CHECK bool remedies_next(struct remedies *remedies, struct pick_need *need);
#endif
