/* audit/no_std.h: which packages build without the standard library, and what that says of Embassy.
 *
 * A package can do without only where all that it is built from can, with the features that are on;
 * proc macros and build scripts run on the host and do not count.
 * Source: the Rust Reference, "The no_std attribute"; the Rust API Guidelines, C-FEATURE, for the
 * feature that is called std; facts about crate archives (struct package_facts).
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_NO_STD_H
#define RTAUDIT_AUDIT_NO_STD_H
#include "audit/facts.h"
#include "audit/graph.h"
#include "audit/result.h"

/* Whether the package itself needs std with what is on at its node, or NO_STD_UNKNOWN; never
 * NO_STD_CFG. */
enum no_std no_std_at(struct arena *arena, const struct graph *graph,
                      const struct package_facts *facts, uint32_t node);
/* Settles, in the verdicts of a graph's nodes, the rows of Embassy that are unknown. `facts` has
 * one row a package. */
void no_std_judge(struct arena *arena, const struct graph *graph, const struct package_facts *facts,
                  struct runtime_verdict *verdicts);
#endif
