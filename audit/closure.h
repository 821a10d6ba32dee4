/* audit/closure.h: what runs in one program: the runtimes below each node on the target side.
 * Threads: pure. Memory: the arena of the audit. */
#ifndef RTAUDIT_AUDIT_CLOSURE_H
#define RTAUDIT_AUDIT_CLOSURE_H
#include "audit/knowledge.h"

struct closure {
	const struct graph *graph;
	const struct knowledge *knowledge;
	uint64_t *own_hard, *own_soft; /* by node: runtimes that this package itself binds to */
	uint64_t *hard, *soft;         /* by node: those of it and of all below it */
	/* by node: it runs what is below it on a runtime of its own; nothing counts there */
	bool *closed;
};

/* Runtimes of crates that serve several at once, and those whose platform is not built for, do not
 * count. */
struct closure closure_make(struct arena *arena, const struct audit_result *result,
                            const struct runtime_verdict *verdicts,
                            const struct knowledge *knowledge);
/* Whether the edge stays in the program: a normal dependency on the target side. */
static inline bool closure_follows(const struct graph_edge *edge)
{
	return edge->kind == KIND_NORMAL && node_side(edge->to) == SIDE_TARGET &&
	       node_side(edge->from) == SIDE_TARGET;
}
/* The shortest path from a node to a package below it that binds to the runtime, or to the
 * runtime's own crate where the node asks for it itself; n = 0 where there is none. */
struct node_path closure_path(struct arena *arena, const struct closure *closure, uint32_t node,
                              uint32_t runtime);
/* The shortest path from a node to another below it; n = 0 where there is none. */
struct node_path closure_path_to(struct arena *arena, const struct closure *closure, uint32_t node,
                                 uint32_t to);
/* By node: whether `node` is below it, or it is the node. */
bool *closure_users(struct arena *arena, const struct graph *graph, uint32_t node);
/* By package: the local packages that a member builds for its own program, itself among them. */
bool *closure_local_below(struct arena *arena, const struct graph *graph, uint32_t member);
/* By package: the local packages of all programs that a member is part of: those that it is built
 * into, and what is built into them. */
bool *closure_local_around(struct arena *arena, const struct graph *graph, uint32_t member);
/* Whether a crate is built on the target side. */
bool closure_has_crate(const struct closure *closure, struct str crate);
/* Who asks for the last package of a path, as "name version". */
struct str closure_user(struct arena *arena, const struct node_path *path,
                        const struct graph *graph);
#endif
