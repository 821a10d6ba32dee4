#include "audit/graph.h"
#include <stdlib.h>

static int by_ends(const void *left, const void *right)
{
	const struct graph_edge *a = left, *b = right;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->dep < b->dep ? -1 : a->dep > b->dep;
}

static bool is_same_edge(const struct graph_edge *a, const struct graph_edge *b)
{
	return a->from == b->from && a->to == b->to && a->kind == b->kind && a->dep == b->dep;
}

/* Edges mostly come in the order of their `from`, a run a node; sorting each run by itself is
 * several times faster than sorting all, so a counting pass puts the runs in order first. */
static void sort_edges(struct arena *arena, struct graph *graph)
{
	size_t node_n = (size_t)graph->package_n * 2;
	uint32_t *at = arena_array(arena, node_n + 1, sizeof *at);
	struct graph_edge *sorted = arena_array(arena, graph->edge_n, sizeof *sorted);
	uint32_t kept = 0;

	for (uint32_t i = 0; i < graph->edge_n; i++)
		at[graph->edges[i].from + 1]++;
	for (size_t i = 1; i <= node_n; i++)
		at[i] += at[i - 1];
	for (uint32_t i = 0; i < graph->edge_n; i++)
		sorted[at[graph->edges[i].from]++] = graph->edges[i];
	/* at[n] is now the end of node n's run. */
	for (size_t node = 0; node < node_n; node++) {
		uint32_t first = node == 0 ? 0 : at[node - 1], n = at[node] - first;

		if (n > 1)
			qsort(sorted + first, n, sizeof *sorted, by_ends);
		for (uint32_t i = first; i < first + n; i++)
			if (i == first || !is_same_edge(&sorted[kept - 1], &sorted[i]))
				sorted[kept++] = sorted[i];
	}
	graph->edges = sorted;
	graph->edge_n = kept;
}

bool graph_has_feature(const struct graph *graph, uint32_t node, struct str feature)
{
	const struct summary *summary = graph->packages[node_package(node)].summary;
	uint32_t wanted = summary ? summary_feature_find(summary, feature) : FEATURE_NONE;

	for (uint32_t i = 0; wanted != FEATURE_NONE && i < graph->nodes[node].feature_n; i++)
		if (graph->nodes[node].features[i] == wanted)
			return true;
	return false;
}

bool graph_has_any_feature(const struct graph *graph, uint32_t node,
                           const struct str_list *features)
{
	for (size_t i = 0; i < features->n; i++)
		if (graph_has_feature(graph, node, features->p[i]))
			return true;
	return false;
}

void graph_index(struct arena *arena, struct graph *graph)
{
	size_t node_n = (size_t)graph->package_n * 2;

	sort_edges(arena, graph);
	for (size_t i = 0; i < node_n; i++)
		graph->nodes[i].out_n = graph->nodes[i].in_n = 0;
	for (uint32_t i = 0; i < graph->edge_n; i++) {
		struct graph_node *from = &graph->nodes[graph->edges[i].from];

		if (from->out_n++ == 0)
			from->out_first = i;
		graph->nodes[graph->edges[i].to].in_n++;
	}
	uint32_t *fill = arena_array(arena, node_n, sizeof *fill);
	uint32_t at = 0;
	for (size_t i = 0; i < node_n; i++) {
		graph->nodes[i].in_first = fill[i] = at;
		at += graph->nodes[i].in_n;
	}
	graph->in_edges = arena_array(arena, graph->edge_n, sizeof *graph->in_edges);
	for (uint32_t i = 0; i < graph->edge_n; i++)
		graph->in_edges[fill[graph->edges[i].to]++] = i;
}

uint32_t *graph_parents(struct arena *arena, const struct graph *graph)
{
	size_t node_n = (size_t)graph->package_n * 2;
	uint32_t *parents = arena_array(arena, node_n, sizeof *parents);
	uint32_t *queue = arena_array(arena, node_n, sizeof *queue);
	size_t head = 0, tail = 0;

	for (size_t i = 0; i < node_n; i++)
		parents[i] = NODE_NONE;
	for (uint32_t i = 0; i < graph->root_n; i++) {
		uint32_t root = graph->roots[i];

		if (parents[root] == NODE_NONE) {
			parents[root] = root;
			queue[tail++] = root;
		}
	}
	while (head < tail) {
		const struct graph_node *node = &graph->nodes[queue[head]];

		for (uint32_t i = 0; i < node->out_n; i++) {
			uint32_t to = graph->edges[node->out_first + i].to;

			if (parents[to] == NODE_NONE) {
				parents[to] = queue[head];
				queue[tail++] = to;
			}
		}
		head++;
	}
	return parents;
}

uint32_t *graph_path_by(struct arena *arena, const uint32_t *parents, uint32_t node, uint32_t *n)
{
	uint32_t length = 1;

	*n = 0;
	if (parents[node] == NODE_NONE)
		return NULL;
	for (uint32_t at = node; parents[at] != at; at = parents[at])
		length++;
	uint32_t *path = arena_array(arena, length, sizeof *path);
	*n = length;
	for (uint32_t at = node; length > 0; at = parents[at])
		path[--length] = at;
	return path;
}

void graph_drop_unreached(struct arena *arena, struct graph *graph)
{
	const uint32_t *parents = graph_parents(arena, graph);
	uint32_t kept = 0;

	for (uint32_t i = 0; i < graph->edge_n; i++)
		if (parents[graph->edges[i].from] != NODE_NONE)
			graph->edges[kept++] = graph->edges[i];
	graph->edge_n = kept;
	for (uint32_t i = 0; i < graph->package_n * 2; i++)
		if (parents[i] == NODE_NONE)
			graph->nodes[i] = (struct graph_node){ 0 };
	graph_index(arena, graph);
}
