#include "audit/closure.h"

#include "audit/paths.h"

/* The runtimes that can count at all: those whose platform is among the targets. */
static uint64_t counted(const struct audit_result *result, const struct knowledge *knowledge)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < knowledge_runtime_count(knowledge); i++) {
		struct str platform = knowledge_runtime_at(knowledge, i)->platform;
		bool is_here = platform.n == 0;

		for (size_t t = 0; t < result->targets.n && !is_here; t++)
			is_here = str_find_str(result->targets.p[t], platform) != STR_NONE;
		if (is_here)
			bits |= UINT64_C(1) << i;
	}
	return bits;
}

static void fill_own(struct closure *at, const struct runtime_verdict *verdicts, uint64_t bits)
{
	uint32_t of;

	for (uint32_t p = 0; p < at->graph->package_n; p++) {
		uint32_t node = node_of(p, SIDE_TARGET);
		const struct locked_package *package = &at->graph->lock->packages[p];
		uint64_t runtimes = verdicts[node].own_runtimes & bits;

		at->closed[node] = verdicts[node].owns;
		/* A runtime's own crate binds nobody: who asks it for what binds is bound. */
		if (!at->graph->nodes[node].built || runtimes == 0 || at->closed[node] ||
		    knowledge_runtime_of(at->knowledge, package->name, &package->version, &of))
			continue;
		at->own_hard[node] = verdicts[node].hard_runtimes & runtimes;
		/* What serves several runtimes softly takes the one that is there. */
		if (at->own_hard[node] != 0 || (runtimes & (runtimes - 1)) == 0)
			at->own_soft[node] = runtimes & ~at->own_hard[node];
	}
}

struct step {
	uint32_t node, edge;
};

/* Sums up what is below each node, with a stack of its own. A cycle, which only a lock without
 * manifests can show, is cut where it closes. */
static void sum_up(struct arena *arena, struct closure *at)
{
	const struct graph *graph = at->graph;
	bool *seen = arena_array(arena, (size_t)graph->package_n * 2, sizeof *seen);
	struct steps VEC_OF(struct step) stack = { 0 };

	for (uint32_t p = 0; p < graph->package_n; p++) {
		uint32_t start = node_of(p, SIDE_TARGET);

		if (!graph->nodes[start].built || seen[start])
			continue;
		seen[start] = true;
		*vec_add(arena, &stack) = (struct step){ start, 0 };
		while (stack.n > 0) {
			struct step *top = &stack.p[stack.n - 1];
			uint32_t node = top->node;

			if (at->closed[node] || top->edge == graph->nodes[node].out_n) {
				stack.n--;
				at->hard[node] |= at->own_hard[node];
				at->soft[node] |= at->own_soft[node];
				if (stack.n > 0) {
					at->hard[stack.p[stack.n - 1].node] |= at->hard[node];
					at->soft[stack.p[stack.n - 1].node] |= at->soft[node];
				}
				continue;
			}
			const struct graph_edge *edge =
				&graph->edges[graph->nodes[node].out_first + top->edge++];
			if (!closure_follows(edge))
				continue;
			if (seen[edge->to]) {
				at->hard[node] |= at->hard[edge->to];
				at->soft[node] |= at->soft[edge->to];
				continue;
			}
			seen[edge->to] = true;
			*vec_add(arena, &stack) = (struct step){ edge->to, 0 };
		}
	}
}

struct closure closure_make(struct arena *arena, const struct audit_result *result,
                            const struct runtime_verdict *verdicts,
                            const struct knowledge *knowledge)
{
	size_t nodes = (size_t)result->graph->package_n * 2;
	struct closure at = { .graph = result->graph, .knowledge = knowledge };

	at.own_hard = arena_array(arena, nodes, sizeof *at.own_hard);
	at.own_soft = arena_array(arena, nodes, sizeof *at.own_soft);
	at.hard = arena_array(arena, nodes, sizeof *at.hard);
	at.soft = arena_array(arena, nodes, sizeof *at.soft);
	at.closed = arena_array(arena, nodes, sizeof *at.closed);
	fill_own(&at, verdicts, counted(result, knowledge));
	sum_up(arena, &at);
	return at;
}

/* A walk from a node downwards, the nearest first. */
struct walk {
	uint32_t *parents, *queue;
	uint32_t head, tail;
};

static struct walk walk_from(struct arena *arena, const struct graph *graph, uint32_t node)
{
	size_t nodes = (size_t)graph->package_n * 2;
	struct walk walk = { .parents = arena_array(arena, nodes, sizeof(uint32_t)),
		             .queue = arena_array(arena, nodes, sizeof(uint32_t)) };

	for (size_t i = 0; i < nodes; i++)
		walk.parents[i] = NODE_NONE;
	walk.parents[node] = node;
	walk.queue[walk.tail++] = node;
	return walk;
}

/* Whether `to`, reached from `from`, is where the runtime is bound. */
static bool binds_here(const struct closure *at, uint32_t from, uint32_t to, uint32_t runtime)
{
	const struct locked_package *package = &at->graph->lock->packages[node_package(to)];
	uint32_t of;

	if (((at->own_hard[to] | at->own_soft[to]) >> runtime & 1) != 0)
		return true;
	return ((at->own_hard[from] | at->own_soft[from]) >> runtime & 1) != 0 &&
	       knowledge_runtime_of(at->knowledge, package->name, &package->version, &of) &&
	       of == runtime;
}

static struct node_path path_by(struct arena *arena, const struct walk *walk, uint32_t node)
{
	struct node_path path = { 0 };

	path.nodes = graph_path_by(arena, walk->parents, node, &path.n);
	return path;
}

struct node_path closure_path(struct arena *arena, const struct closure *closure, uint32_t node,
                              uint32_t runtime)
{
	const struct graph *graph = closure->graph;
	struct walk walk = walk_from(arena, graph, node);

	while (walk.head < walk.tail) {
		uint32_t from = walk.queue[walk.head++];

		for (uint32_t i = 0; i < graph->nodes[from].out_n; i++) {
			const struct graph_edge *edge =
				&graph->edges[graph->nodes[from].out_first + i];

			if (!closure_follows(edge) || walk.parents[edge->to] != NODE_NONE)
				continue;
			walk.parents[edge->to] = from;
			if (binds_here(closure, from, edge->to, runtime))
				return path_by(arena, &walk, edge->to);
			if (!closure->closed[edge->to])
				walk.queue[walk.tail++] = edge->to;
		}
	}
	return (struct node_path){ 0 };
}

struct node_path closure_path_to(struct arena *arena, const struct closure *closure, uint32_t node,
                                 uint32_t to)
{
	const struct graph *graph = closure->graph;
	struct walk walk = walk_from(arena, graph, node);

	while (walk.head < walk.tail && walk.parents[to] == NODE_NONE) {
		uint32_t from = walk.queue[walk.head++];

		for (uint32_t i = 0; i < graph->nodes[from].out_n; i++) {
			const struct graph_edge *edge =
				&graph->edges[graph->nodes[from].out_first + i];

			if (!closure_follows(edge) || walk.parents[edge->to] != NODE_NONE)
				continue;
			walk.parents[edge->to] = from;
			walk.queue[walk.tail++] = edge->to;
		}
	}
	return path_by(arena, &walk, to);
}

bool *closure_users(struct arena *arena, const struct graph *graph, uint32_t node)
{
	bool *users = arena_array(arena, (size_t)graph->package_n * 2, sizeof *users);
	struct u32_list todo = { 0 };

	users[node] = true;
	*vec_add(arena, &todo) = node;
	while (todo.n > 0) {
		const struct graph_node *at = &graph->nodes[todo.p[--todo.n]];

		for (uint32_t i = 0; i < at->in_n; i++) {
			const struct graph_edge *edge =
				&graph->edges[graph->in_edges[at->in_first + i]];

			if (!closure_follows(edge) || users[edge->from])
				continue;
			users[edge->from] = true;
			*vec_add(arena, &todo) = edge->from;
		}
	}
	return users;
}

bool closure_has_crate(const struct closure *closure, struct str crate)
{
	const struct lockfile *lock = closure->graph->lock;

	for (uint32_t p = lockfile_first(lock, crate); lockfile_names(lock, p, crate); p++)
		if (closure->graph->nodes[node_of(p, SIDE_TARGET)].built)
			return true;
	return false;
}

struct str closure_user(struct arena *arena, const struct node_path *path,
                        const struct graph *graph)
{
	if (path->n < 2)
		return STR_LIT("the package");
	return package_text(arena, graph, node_package(path->nodes[path->n - 2]));
}

/* Adds to `within` what is local and below the nodes of `todo`, which are in it. */
static void spread_below(struct arena *arena, const struct graph *graph, struct u32_list *todo,
                         bool *within)
{
	while (todo->n > 0) {
		const struct graph_node *node = &graph->nodes[todo->p[--todo->n]];

		for (uint32_t i = 0; i < node->out_n; i++) {
			const struct graph_edge *edge = &graph->edges[node->out_first + i];
			uint32_t to = node_package(edge->to);

			if (!closure_follows(edge) || !graph->packages[to].is_local || within[to])
				continue;
			within[to] = true;
			*vec_add(arena, todo) = edge->to;
		}
	}
}

bool *closure_local_below(struct arena *arena, const struct graph *graph, uint32_t member)
{
	bool *within = arena_array(arena, graph->package_n, sizeof *within);
	struct u32_list todo = { 0 };

	within[member] = true;
	*vec_add(arena, &todo) = node_of(member, SIDE_TARGET);
	spread_below(arena, graph, &todo, within);
	return within;
}

bool *closure_local_around(struct arena *arena, const struct graph *graph, uint32_t member)
{
	bool *within = arena_array(arena, graph->package_n, sizeof *within);
	const bool *users = closure_users(arena, graph, node_of(member, SIDE_TARGET));
	struct u32_list todo = { 0 };

	for (uint32_t p = 0; p < graph->package_n; p++) {
		within[p] = users[node_of(p, SIDE_TARGET)] && graph->packages[p].is_local;
		if (within[p])
			*vec_add(arena, &todo) = node_of(p, SIDE_TARGET);
	}
	spread_below(arena, graph, &todo, within);
	return within;
}
