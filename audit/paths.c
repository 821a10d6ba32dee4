#include "audit/paths.h"
#include "audit/limits.h"

struct paths paths_open(struct arena *arena, const struct graph *graph)
{
	size_t nodes = (size_t)graph->package_n * 2;

	return (struct paths){
		.arena = arena,
		.graph = graph,
		.next = arena_array(arena, nodes, sizeof(uint32_t)),
		.stamp = arena_array(arena, nodes, sizeof(uint32_t)),
		.steps = arena_array(arena, nodes, sizeof(uint32_t)),
		.queue = arena_array(arena, nodes, sizeof(uint32_t)),
	};
}

/* Whether a path that is there already goes through the same direct dependency. */
static bool is_through(const struct node_path_list *list, uint32_t direct)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->p[i].n > 1 && node_package(list->p[i].nodes[1]) == node_package(direct))
			return true;
	return false;
}

/* Adds root, direct, … and the node that is asked for. */
static void add_path(struct paths *paths, uint32_t root, uint32_t direct,
                     struct node_path_list *out)
{
	struct node_path path = { .n = paths->steps[direct] + 1 };

	path.nodes = arena_array(paths->arena, path.n, sizeof *path.nodes);
	path.nodes[0] = root;
	uint32_t at = direct;
	for (uint32_t i = 1; i < path.n; i++, at = paths->next[at])
		path.nodes[i] = at;
	*vec_add(paths->arena, out) = path;
}

static void add_root(struct paths *paths, uint32_t root, struct node_path_list *out)
{
	struct node_path path = { arena_array(paths->arena, 1, sizeof *path.nodes), 1 };

	path.nodes[0] = root;
	*vec_add(paths->arena, out) = path;
}

/* Looks at what depends on `at`, and puts what was not seen yet at the end of the queue. */
static void look_up(struct paths *paths, uint32_t at, uint32_t *tail, struct node_path_list *out)
{
	const struct graph *graph = paths->graph;
	const struct graph_node *here = &graph->nodes[at];

	for (uint32_t i = 0; i < here->in_n && out->n < PATHS_MAX && paths->looks < PATH_LOOKS_MAX;
	     i++) {
		uint32_t from = graph->edges[graph->in_edges[here->in_first + i]].from;

		paths->looks++;
		/* A path through a root is longer than the one that begins there. */
		if (graph->packages[node_package(from)].is_root) {
			if (!is_through(out, at))
				add_path(paths, from, at, out);
			continue;
		}
		if (paths->stamp[from] == paths->question)
			continue;
		paths->stamp[from] = paths->question;
		paths->next[from] = at;
		paths->steps[from] = paths->steps[at] + 1;
		paths->queue[(*tail)++] = from;
	}
}

void paths_to(struct paths *paths, uint32_t node, struct node_path_list *out)
{
	const struct graph *graph = paths->graph;
	uint32_t head = 0, tail = 0;

	paths->question++;
	if (!graph->nodes[node].built)
		return;
	if (graph->packages[node_package(node)].is_root) {
		add_root(paths, node, out);
		return;
	}
	paths->next[node] = node;
	paths->stamp[node] = paths->question;
	paths->steps[node] = 1;
	paths->queue[tail++] = node;
	while (head < tail && out->n < PATHS_MAX &&
	       paths->steps[paths->queue[head]] < PATH_STEPS_MAX) {
		uint32_t at = paths->queue[head++];

		look_up(paths, at, &tail, out);
	}
}

struct str package_text(struct arena *arena, const struct graph *graph, uint32_t package)
{
	const struct locked_package *locked = &graph->lock->packages[package];

	return arena_printf(arena, STR_FMT " " STR_FMT, STR_ARG(locked->name),
	                    STR_ARG(locked->vers));
}

struct str paths_through(struct arena *arena, const struct graph *graph,
                         const struct node_path_list *list)
{
	struct str text = { 0 };

	for (size_t i = 0; i < list->n; i++) {
		if (list->p[i].n < 2)
			continue;
		struct str one = package_text(arena, graph, node_package(list->p[i].nodes[1]));
		const char *between = text.n == 0 ? "" : i + 1 == list->n ? " and " : ", ";
		text = arena_printf(arena, STR_FMT "%s" STR_FMT, STR_ARG(text), between,
		                    STR_ARG(one));
	}
	return text;
}

struct str paths_came_in(struct arena *arena, const struct graph *graph,
                         const struct node_path_list *list)
{
	if (list->n > 0 && list->p[0].n == 2)
		return arena_printf(
			arena, "; " STR_FMT " depends on it",
			STR_ARG(package_text(arena, graph, node_package(list->p[0].nodes[0]))));
	struct str through = paths_through(arena, graph, list);
	if (through.n == 0)
		return through;
	return arena_printf(arena, "; it comes in through " STR_FMT, STR_ARG(through));
}

void paths_add_direct(struct arena *arena, uint32_t from, uint32_t to, struct node_path_list *out)
{
	struct node_path path = { arena_array(arena, 2, sizeof(uint32_t)), 2 };

	path.nodes[0] = from;
	path.nodes[1] = to;
	*vec_add(arena, out) = path;
}
