#include "audit/inactive.h"

struct search {
	struct arena *arena;
	const struct graph *graph;
	const struct links *links;
	const struct resolve_notes *notes;
	unsigned edges;
	struct result_package *packages;
};

static bool is_built(const struct graph *graph, uint32_t package)
{
	return graph->nodes[node_of(package, SIDE_TARGET)].built ||
	       graph->nodes[node_of(package, SIDE_HOST)].built;
}

/* Whether the feature switches the optional dependency on, by itself. */
static bool feature_brings(const struct summary_feature *feature, uint32_t dep_name)
{
	for (uint32_t i = 0; i < feature->n; i++) {
		const struct feature_value *value = &feature->values[i];

		if (value->kind != FV_FEATURE && !value->weak && value->dep_name == dep_name)
			return true;
	}
	return false;
}

static bool is_on(const struct graph *graph, uint32_t package, uint32_t feature)
{
	for (enum side side = SIDE_TARGET; side <= SIDE_HOST; side++) {
		const struct graph_node *node = &graph->nodes[node_of(package, side)];

		for (uint32_t i = 0; i < node->feature_n; i++)
			if (node->features[i] == feature)
				return true;
	}
	return false;
}

/* The feature of a package that would switch a dependency on: the one named like it, else the
 * first. */
static struct str bringing_feature(const struct search *s, uint32_t package, uint32_t d)
{
	const struct summary *summary = s->graph->packages[package].summary;
	struct str best = { 0 };

	for (uint32_t f = 0; f < summary->feature_n; f++) {
		const struct summary_feature *feature = &summary->features[f];

		if (!feature_brings(feature, summary->dep_name_of[d]) ||
		    is_on(s->graph, package, f))
			continue;
		if (best.n == 0 || str_eq(feature->name, summary->deps[d].name))
			best = feature->name;
	}
	return best;
}

static bool dep_is_on(const struct search *s, uint32_t package, uint32_t d)
{
	const struct summary *summary = s->graph->packages[package].summary;

	for (enum side side = SIDE_TARGET; side <= SIDE_HOST; side++)
		if (resolve_dep_is_on(s->notes->dep_on[node_of(package, side)],
		                      summary->dep_name_of[d]))
			return true;
	return false;
}

/* Why dependency d of a built package is off. */
static struct inactive_need reason(const struct search *s, uint32_t package, uint32_t d)
{
	const struct summary *summary = s->graph->packages[package].summary;
	const struct dependency *dep = &summary->deps[d];
	const struct locked_package *locked = &s->graph->lock->packages[package];
	struct inactive_need need = { .package = arena_printf(s->arena, STR_FMT " " STR_FMT,
		                                              STR_ARG(locked->name),
		                                              STR_ARG(locked->vers)) };

	if (dep->kind == KIND_DEV)
		need.target = STR_LIT("dev-dependencies");
	else if (dep->kind == KIND_BUILD && !(s->edges & EDGE_BUILD))
		need.target = STR_LIT("build-dependencies");
	else if (dep->optional && !dep_is_on(s, package, d))
		need.feature = bringing_feature(s, package, d);
	if (need.target.n == 0 && need.feature.n == 0 && dep->has_platform)
		need.target = dep->platform_text;
	return need;
}

static bool is_same_need(const struct inactive_need *a, const struct inactive_need *b)
{
	return str_eq(a->package, b->package) && str_eq(a->feature, b->feature) &&
	       str_eq(a->target, b->target);
}

static void add_need(const struct search *s, uint32_t package, struct inactive_need need)
{
	struct inactive_need_list *list = &s->packages[package].needs;

	for (size_t i = 0; i < list->n; i++)
		if (is_same_need(&list->p[i], &need))
			return;
	if (list->n < INACTIVE_NEEDS_MAX)
		*vec_add(s->arena, list) = need;
}

/* Whether dependency d of a package counts: dev dependencies of others than roots never do. */
static bool counts(const struct search *s, uint32_t package, uint32_t d)
{
	return s->graph->packages[package].summary->briefs[d].kind != KIND_DEV ||
	       s->graph->packages[package].is_member;
}

void inactive_explain(struct arena *arena, const struct graph *graph, const struct links *links,
                      const struct resolve_notes *notes, unsigned edges,
                      struct result_package *packages)
{
	struct search s = { arena, graph, links, notes, edges, packages };
	uint32_t *queue = arena_array(arena, graph->package_n, sizeof *queue);
	bool *queued = arena_array(arena, graph->package_n, sizeof *queued);
	uint32_t head = 0, tail = 0;

	for (uint32_t p = 0; p < graph->package_n; p++) {
		const struct summary *summary = graph->packages[p].summary;

		if (!is_built(graph, p) || !summary)
			continue;
		for (uint32_t d = 0; d < summary->dep_n; d++) {
			uint32_t to = links->to[p][d];

			if (to == PACKAGE_NONE || is_built(graph, to) || !counts(&s, p, d))
				continue;
			add_need(&s, to, reason(&s, p, d));
			if (!queued[to])
				queue[tail++] = to;
			queued[to] = true;
		}
	}
	/* What stands behind those is brought in by the same switches. */
	for (; head < tail; head++) {
		const struct locked_package *from = &graph->lock->packages[queue[head]];

		for (uint32_t i = 0; i < from->dep_n; i++) {
			uint32_t to = from->deps[i];

			if (is_built(graph, to))
				continue;
			for (size_t n = 0; !queued[to] && n < packages[queue[head]].needs.n; n++)
				add_need(&s, to, packages[queue[head]].needs.p[n]);
			if (!queued[to])
				queue[tail++] = to;
			queued[to] = true;
		}
	}
}
