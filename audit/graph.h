/* audit/graph.h: what is built of a lock: packages on the target and the host side, their features,
 * and the dependencies between them.
 *
 * A node is a package on one side: node = package * 2 + side. In a graph of precision "lock"
 * nothing is known of features and sides: every package that a root reaches is a built target node
 * with has_features false.
 * Threads: never written after it was made. Memory: the arena of the audit. */
#ifndef RTAUDIT_AUDIT_GRAPH_H
#define RTAUDIT_AUDIT_GRAPH_H
#include "audit/dependency.h"
#include "audit/lockfile.h"

enum side { SIDE_TARGET, SIDE_HOST };

enum { NODE_NONE = UINT32_MAX, DEP_NONE = UINT32_MAX };

struct graph_package {
	const struct summary *summary; /* NULL where neither a manifest nor the index knows it */
	bool is_local;                 /* a member or path dependency of the project */
	bool is_member, is_root;       /* is_root: selected for this audit */
	bool is_published;             /* a member that crates.io may get */
	bool is_library;               /* a member of which its manifest tells that it is one */
	bool has_program;              /* a member whose manifest has [[bin]] */
	bool is_git;
	bool proc_macro;
};

struct graph_node {
	bool built, has_features;
	uint32_t *features; /* indices into summary.features, ascending, hence sorted by name */
	uint32_t feature_n;
	uint32_t out_first, out_n; /* its dependencies: edges[out_first ..] */
	uint32_t in_first, in_n;   /* its dependers: in_edges[in_first ..] are indices of edges */
};

struct graph_edge {
	uint32_t from, to; /* nodes */
	/* index in the from package's summary.deps, or DEP_NONE (precision "lock") */
	uint32_t dep;
	enum dep_kind kind;
};

struct graph {
	const struct lockfile *lock;
	struct graph_package *packages; /* in the lock's order */
	struct graph_node *nodes;       /* 2 a package */
	uint32_t package_n;
	struct graph_edge *edges; /* sorted by from, then to, then kind; both ends are built */
	uint32_t edge_n;
	uint32_t *in_edges;
	uint32_t *roots; /* nodes of the packages that were selected */
	uint32_t root_n;
};

static inline uint32_t node_of(uint32_t package, enum side side)
{
	return package * 2 + (uint32_t)side;
}

static inline uint32_t node_package(uint32_t node)
{
	return node / 2;
}

static inline enum side node_side(uint32_t node)
{
	return (enum side)(node % 2);
}

/* Whether a feature of this name is on at a node; false where its features are not known. */
bool graph_has_feature(const struct graph *graph, uint32_t node, struct str feature);
bool graph_has_any_feature(const struct graph *graph, uint32_t node,
                           const struct str_list *features);
/* Sorts edges and fills out_first, out_n, in_edges and the rest of the bookkeeping. */
void graph_index(struct arena *arena, struct graph *graph);
/* For every node, the node before it on a shortest path from a root (itself for roots, NODE_NONE
 * where it is not reached): one walk for many paths. */
uint32_t *graph_parents(struct arena *arena, const struct graph *graph);
/* The path that graph_parents gives for one node. */
uint32_t *graph_path_by(struct arena *arena, const uint32_t *parents, uint32_t node, uint32_t *n);
/* Forgets the nodes and edges that no root reaches, and indexes what is left: with `-p`, members
 * that are not selected were walked, too. */
void graph_drop_unreached(struct arena *arena, struct graph *graph);
#endif
