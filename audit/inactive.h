/* audit/inactive.h: packages that a lock holds and nothing asked for builds, and what would bring
 * each in.
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_INACTIVE_H
#define RTAUDIT_AUDIT_INACTIVE_H
#include "audit/resolve.h"
#include "audit/result.h"

enum { INACTIVE_NEEDS_MAX = 5 }; /* reasons listed a package; a reader needs the nearest ones */

/* Fills packages[i].needs for every package that is not built: the features, targets or kinds of
 * dependency, of the nearest built packages, that are off. `edges` is that of the resolution. */
void inactive_explain(struct arena *arena, const struct graph *graph, const struct links *links,
                      const struct resolve_notes *notes, unsigned edges,
                      struct result_package *packages);
#endif
