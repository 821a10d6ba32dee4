/* audit/reach.h: how the roots reach each package: directly or not, in normal, build or dev
 * dependencies.
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_REACH_H
#define RTAUDIT_AUDIT_REACH_H
#include "audit/result.h"

/* Fills built, direct and kinds of each package. A package behind a build dependency is reached as
 * "build", one behind a dev dependency as "dev", whatever the edges after it are. */
void reach_fill(struct arena *arena, const struct graph *graph, struct result_package *packages);
#endif
