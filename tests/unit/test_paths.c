#include "audit/paths.h"
#include "audit/limits.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

/* A graph of target nodes alone; package 0 is the root. */
static struct graph make(struct arena *arena, uint32_t package_n, const uint32_t (*edges)[2],
                         uint32_t edge_n)
{
	struct graph graph = { .package_n = package_n, .edge_n = edge_n };

	graph.packages = arena_array(arena, package_n, sizeof *graph.packages);
	graph.nodes = arena_array(arena, (size_t)package_n * 2, sizeof *graph.nodes);
	graph.edges = arena_array(arena, edge_n, sizeof *graph.edges);
	for (uint32_t p = 0; p < package_n; p++)
		graph.nodes[node_of(p, SIDE_TARGET)].built = true;
	for (uint32_t e = 0; e < edge_n; e++)
		graph.edges[e] = (struct graph_edge){ .from = node_of(edges[e][0], SIDE_TARGET),
			                              .to = node_of(edges[e][1], SIDE_TARGET) };
	graph.packages[0].is_root = true;
	graph_index(arena, &graph);
	return graph;
}

/* 0 > 1 > 2 > … */
static struct graph chain(struct arena *arena, uint32_t package_n)
{
	uint32_t(*edges)[2] = arena_array(arena, package_n, sizeof *edges);

	for (uint32_t p = 1; p < package_n; p++) {
		edges[p - 1][0] = p - 1;
		edges[p - 1][1] = p;
	}
	return make(arena, package_n, (const uint32_t(*)[2])edges, package_n - 1);
}

static void the_shortest_path_comes_first_and_each_begins_otherwise(void **state)
{
	(void)state;
	static const uint32_t edges[][2] = { { 0, 1 }, { 0, 3 }, { 1, 2 }, { 2, 4 }, { 3, 4 } };
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct graph graph = make(&arena, 5, edges, ARRAY_LEN(edges));
	struct paths paths = paths_open(&arena, &graph);
	struct node_path_list found = { 0 };

	paths_to(&paths, node_of(4, SIDE_TARGET), &found);
	assert_int_equal(found.n, 2);
	assert_int_equal(found.p[0].n, 3);
	assert_int_equal(node_package(found.p[0].nodes[1]), 3);
	assert_int_equal(found.p[1].n, 4);
	assert_int_equal(node_package(found.p[1].nodes[0]), 0);
	assert_int_equal(node_package(found.p[1].nodes[1]), 1);
	assert_int_equal(node_package(found.p[1].nodes[2]), 2);
	assert_int_equal(node_package(found.p[1].nodes[3]), 4);
}

static void a_root_is_its_own_path_and_what_is_not_built_has_none(void **state)
{
	(void)state;
	static const uint32_t edges[][2] = { { 0, 1 } };
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct graph graph = make(&arena, 2, edges, ARRAY_LEN(edges));
	struct paths paths = paths_open(&arena, &graph);
	struct node_path_list found = { 0 };

	paths_to(&paths, node_of(1, SIDE_HOST), &found);
	assert_int_equal(found.n, 0);
	paths_to(&paths, node_of(0, SIDE_TARGET), &found);
	assert_int_equal(found.n, 1);
	assert_int_equal(found.p[0].n, 1);
}

static void a_path_has_a_most_of_steps(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct graph graph = chain(&arena, PATH_STEPS_MAX + 1);
	struct paths paths = paths_open(&arena, &graph);
	struct node_path_list found = { 0 };

	paths_to(&paths, node_of(PATH_STEPS_MAX - 1, SIDE_TARGET), &found);
	assert_int_equal(found.n, 1);
	assert_int_equal(found.p[0].n, PATH_STEPS_MAX);
	found = (struct node_path_list){ 0 };
	paths_to(&paths, node_of(PATH_STEPS_MAX, SIDE_TARGET), &found);
	assert_int_equal(found.n, 0);
}

static void an_audit_looks_for_paths_a_most_of_times(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct graph graph = chain(&arena, 3);
	struct paths paths = paths_open(&arena, &graph);
	struct node_path_list found = { 0 };

	paths.looks = PATH_LOOKS_MAX - 2;
	paths_to(&paths, node_of(2, SIDE_TARGET), &found);
	assert_int_equal(found.n, 1);
	assert_int_equal(paths.looks, PATH_LOOKS_MAX);
	found = (struct node_path_list){ 0 };
	paths_to(&paths, node_of(2, SIDE_TARGET), &found);
	assert_int_equal(found.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shortest_path_comes_first_and_each_begins_otherwise),
		cmocka_unit_test(a_root_is_its_own_path_and_what_is_not_built_has_none),
		cmocka_unit_test(a_path_has_a_most_of_steps),
		cmocka_unit_test(an_audit_looks_for_paths_a_most_of_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
