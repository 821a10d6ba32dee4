#include "audit/reach.h"

/* The kinds by which the far end of an edge is reached, given those of the near end. */
static unsigned carry(unsigned kinds, enum dep_kind kind)
{
	switch (kind) {
	case KIND_NORMAL:
		return kinds;
	case KIND_BUILD:
		return (kinds & EDGE_DEV) | (kinds & (EDGE_NORMAL | EDGE_BUILD) ? EDGE_BUILD : 0);
	case KIND_DEV:
		return EDGE_DEV;
	}
	return kinds;
}

void reach_fill(struct arena *arena, const struct graph *graph, struct result_package *packages)
{
	size_t node_n = (size_t)graph->package_n * 2;
	unsigned char *kinds = arena_array(arena, node_n, 1);
	/* A node waits again each time a kind is added to it: three times at most. */
	uint32_t *stack = arena_array(arena, node_n * 3 + 1, sizeof *stack);
	size_t n = 0;

	for (uint32_t i = 0; i < graph->root_n; i++) {
		kinds[graph->roots[i]] = EDGE_NORMAL;
		stack[n++] = graph->roots[i];
	}
	while (n > 0) {
		uint32_t from = stack[--n];
		const struct graph_node *node = &graph->nodes[from];

		for (uint32_t i = 0; i < node->out_n; i++) {
			const struct graph_edge *edge = &graph->edges[node->out_first + i];
			unsigned more = carry(kinds[from], edge->kind);

			if ((kinds[edge->to] | more) == kinds[edge->to])
				continue;
			kinds[edge->to] = (unsigned char)(kinds[edge->to] | more);
			stack[n++] = edge->to;
		}
	}
	for (uint32_t i = 0; i < node_n; i++) {
		struct result_package *package = &packages[node_package(i)];

		if (!graph->nodes[i].built)
			continue;
		package->built = true;
		package->kinds |= kinds[i];
		package->direct = package->direct || graph->packages[node_package(i)].is_local;
	}
	for (uint32_t i = 0; i < graph->edge_n; i++)
		if (graph->packages[node_package(graph->edges[i].from)].is_local)
			packages[node_package(graph->edges[i].to)].direct = true;
}
