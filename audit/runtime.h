/* audit/runtime.h: which async runtime each built node binds to, with evidence.
 *
 * Rules over a node's resolved dependencies and features, and the curated table of knowledge/,
 * decide (audit/runtime_eval); here their answers become classes, evidence and the compatibility
 * row. Rules, by the names that verdicts give: "table" a curated row of the crate; "feature" it
 * asks a runtime's crate for features that bind; "inherited" a dependency binds it; "vocabulary" it
 * depends on async crates that need no runtime; "no-async" it depends on none.
 * Threads: pure. Memory: the arena of the audit. */
#ifndef RTAUDIT_AUDIT_RUNTIME_H
#define RTAUDIT_AUDIT_RUNTIME_H
#include "audit/knowledge.h"

/* One verdict a node of the graph (2 a package); those of nodes that are not built are { 0 }. */
struct runtime_verdict *runtime_classify(struct arena *arena, const struct graph *graph,
                                         const struct knowledge *knowledge);
/* The runtimes of the tree, most packages first. */
void runtime_uses(struct arena *arena, const struct graph *graph,
                  const struct runtime_verdict *verdicts, const struct knowledge *knowledge,
                  struct runtime_use_list *out);
#endif
