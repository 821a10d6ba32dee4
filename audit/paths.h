/* audit/paths.h: how a package came in: paths from roots to a node, for findings.
 * Threads: a finder of paths belongs to one thread. Memory: the arena given to paths_open. */
#ifndef RTAUDIT_AUDIT_PATHS_H
#define RTAUDIT_AUDIT_PATHS_H
#include "audit/result.h"

enum { PATHS_MAX = 3 };

struct paths {
	struct arena *arena;
	const struct graph *graph;
	uint32_t *next;  /* by node: the next node towards the one that is asked for */
	uint32_t *stamp; /* by node: the question in which it was seen last */
	/* by node: how many nodes the way to the one that is asked for has, both included */
	uint32_t *steps;
	uint32_t *queue;
	uint32_t question;
	uint32_t looks; /* dependers looked at so far; see PATH_LOOKS_MAX */
};

struct paths paths_open(struct arena *arena, const struct graph *graph);
/* Adds to *out at most PATHS_MAX paths from roots to the node, the shortest first, each through
 * another package that a root depends on directly. Nothing where no root reaches it, where the way
 * has more than
 * PATH_STEPS_MAX nodes, or where PATH_LOOKS_MAX is used up. */
void paths_to(struct paths *paths, uint32_t node, struct node_path_list *out);
/* Adds the names and versions of the packages that roots depend on directly along these paths: "a
 * 1.0.0, b 2.1.0 and c 0.3.0"; empty where the paths begin with the package itself. */
struct str paths_through(struct arena *arena, const struct graph *graph,
                         const struct node_path_list *list);
/* "; app 0.1.0 depends on it" or "; it comes in through a 1.0.0 and b 2.0.0"; empty where the paths
 * begin with the package itself. */
struct str paths_came_in(struct arena *arena, const struct graph *graph,
                         const struct node_path_list *list);
/* "name version" of a package. */
struct str package_text(struct arena *arena, const struct graph *graph, uint32_t package);
/* Adds the path from a node to one that it depends on itself. */
void paths_add_direct(struct arena *arena, uint32_t from, uint32_t to, struct node_path_list *out);
#endif
