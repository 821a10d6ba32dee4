#include "audit/graph.h"
#include "tests/unit/unit.h"

/* A graph of `n` target nodes; edges are {from package, to package}. Package 0 is the root. */
static struct graph make(struct arena *arena, uint32_t n, const uint32_t (*edges)[2],
                         uint32_t edge_n)
{
	struct graph graph = { .package_n = n, .edge_n = edge_n, .root_n = 1 };

	graph.nodes = arena_array(arena, (size_t)n * 2, sizeof *graph.nodes);
	graph.packages = arena_array(arena, n, sizeof *graph.packages);
	graph.edges = arena_array(arena, edge_n, sizeof *graph.edges);
	graph.roots = arena_array(arena, 1, sizeof *graph.roots);
	for (uint32_t i = 0; i < n; i++)
		graph.nodes[i * 2].built = true;
	for (uint32_t i = 0; i < edge_n; i++)
		graph.edges[i] =
			(struct graph_edge){ edges[i][0] * 2, edges[i][1] * 2, i, KIND_NORMAL };
	graph_index(arena, &graph);
	return graph;
}

static void edges_stand_with_their_nodes(void **state)
{
	static const uint32_t edges[][2] = { { 2, 3 }, { 0, 2 }, { 0, 1 }, { 1, 3 } };
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct graph graph = make(&arena, 4, edges, 4);

	(void)state;
	assert_int_equal(graph.nodes[0].out_n, 2);
	assert_int_equal(graph.edges[graph.nodes[0].out_first].to, 2);
	assert_int_equal(graph.edges[graph.nodes[0].out_first + 1].to, 4);
	assert_int_equal(graph.nodes[6].in_n, 2);
	assert_int_equal(graph.edges[graph.in_edges[graph.nodes[6].in_first]].from, 2);
	assert_int_equal(graph.edges[graph.in_edges[graph.nodes[6].in_first + 1]].from, 4);
}

static void an_edge_that_stands_twice_is_kept_once(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct graph graph = { .package_n = 2, .edge_n = 3 };

	(void)state;
	graph.nodes = arena_array(&arena, 4, sizeof *graph.nodes);
	graph.edges = arena_array(&arena, 3, sizeof *graph.edges);
	graph.edges[0] = graph.edges[1] = (struct graph_edge){ 0, 2, 0, KIND_NORMAL };
	graph.edges[2] = (struct graph_edge){ 0, 2, 0, KIND_BUILD };
	graph_index(&arena, &graph);
	assert_int_equal(graph.edge_n, 2);
	assert_int_equal(graph.nodes[2].in_n, 2);
}

static void the_shortest_path_is_found(void **state)
{
	/* 0 > 1 > 2 > 3 and 0 > 4 > 3, and a cycle 3 > 1. */
	static const uint32_t edges[][2] = { { 0, 1 }, { 1, 2 }, { 2, 3 },
		                             { 0, 4 }, { 4, 3 }, { 3, 1 } };
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct graph graph = make(&arena, 6, edges, 6);
	uint32_t n = 0, *parents = graph_parents(&arena, &graph);
	uint32_t *path = graph_path_by(&arena, parents, 6, &n);

	(void)state;
	assert_int_equal(n, 3);
	assert_int_equal(path[0], 0);
	assert_int_equal(path[1], 8);
	assert_int_equal(path[2], 6);
	assert_null(graph_path_by(&arena, parents, 10, &n));
	assert_int_equal(n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edges_stand_with_their_nodes),
		cmocka_unit_test(an_edge_that_stands_twice_is_kept_once),
		cmocka_unit_test(the_shortest_path_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
