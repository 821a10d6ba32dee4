#include "audit/blame.h"
#include "audit/closure.h" /* closure_follows */
#include "audit/limits.h"
#include "base/bits.h"

/* Packages whose dependers are to be looked at. */
struct todo {
	struct u32_list list;
	bool *queued;
	size_t looks; /* feature values looked at, see BLAME_LOOKS_MAX */
};

struct blame blame_make(struct arena *arena, const struct graph *graph, bool program_only)
{
	return (struct blame){
		.graph = graph,
		.program_only = program_only,
		.whole = arena_array(arena, graph->package_n, sizeof(bool)),
		.named = arena_array(arena, graph->package_n, sizeof(bool)),
		.features = arena_array(arena, graph->package_n, sizeof(uint64_t *)),
	};
}

void blame_package(struct blame *blame, uint32_t package)
{
	blame->whole[package] = true;
	blame->named[package] = true;
}

static bool add_feature(struct arena *arena, struct blame *blame, uint32_t package,
                        uint32_t feature)
{
	const struct summary *summary = blame->graph->packages[package].summary;

	if (!summary || feature == FEATURE_NONE)
		return false;
	if (!blame->features[package])
		blame->features[package] =
			arena_array(arena, summary->feature_n / 64 + 1, sizeof(uint64_t));
	return bits_set(blame->features[package], feature);
}

void blame_feature(struct arena *arena, struct blame *blame, uint32_t package, uint32_t feature)
{
	if (add_feature(arena, blame, package, feature))
		blame->named[package] = true;
}

bool blame_has(const struct blame *blame, uint32_t package, uint32_t feature)
{
	return feature != FEATURE_NONE && blame->features[package] &&
	       bits_has(blame->features[package], feature);
}

bool blame_asks(const struct blame *blame, const struct summary *from, uint32_t d, uint32_t to)
{
	const struct summary *summary = blame->graph->packages[to].summary;
	const struct dep_brief *dep = &from->briefs[d];

	if (!summary)
		return false;
	if (dep->default_features && blame_has(blame, to, summary->default_feature))
		return true;
	for (uint32_t i = 0; i < dep->asked_n; i++)
		if (blame_has(blame, to, summary_feature_at(summary, from->asked[dep->asked + i])))
			return true;
	return false;
}

/* Whether a value of a feature brings it in through dependency d, which means `to`. */
static bool value_leads(const struct blame *blame, const struct summary *from,
                        const struct feature_value *value, uint32_t d, uint32_t to, bool asks)
{
	const struct summary *summary = blame->graph->packages[to].summary;

	if (value->kind == FV_FEATURE || value->dep_name != from->dep_name_of[d])
		return false;
	if (asks && from->briefs[d].optional && !value->weak)
		return true;
	return value->kind == FV_DEP_FEATURE && summary &&
	       blame_has(blame, to, summary_feature_at(summary, value->dep_feature_hash));
}

/* Takes over what an edge says of the package it comes from; whether that is new. */
static bool take_edge(struct arena *arena, struct blame *blame, struct todo *todo,
                      const struct graph_edge *edge)
{
	uint32_t package = node_package(edge->from), to = node_package(edge->to);
	const struct summary *from = blame->graph->packages[package].summary;
	bool asks, is_new = false;

	if (!from || edge->dep == DEP_NONE) {
		is_new = !blame->whole[package];
		blame->whole[package] = true;
		return is_new;
	}
	asks = blame->whole[to] || blame_asks(blame, from, edge->dep, to);
	if (asks && !from->briefs[edge->dep].optional) {
		is_new = !blame->whole[package];
		blame->whole[package] = true;
	}
	for (uint32_t f = 0; f < from->feature_n; f++)
		for (uint32_t v = 0; v < from->features[f].n; v++) {
			todo->looks++;
			if (value_leads(blame, from, &from->features[f].values[v], edge->dep, to,
			                asks))
				is_new |= add_feature(arena, blame, package, f);
		}
	return is_new;
}

/* Features of a package that switch on others that are to blame. */
static void close_features(struct arena *arena, struct blame *blame, struct todo *todo,
                           uint32_t package)
{
	const struct summary *summary = blame->graph->packages[package].summary;
	bool more = summary && blame->features[package];

	while (more && todo->looks < BLAME_LOOKS_MAX) {
		more = false;
		for (uint32_t f = 0; f < summary->feature_n; f++)
			for (uint32_t v = 0; v < summary->features[f].n; v++) {
				const struct feature_value *value = &summary->features[f].values[v];

				todo->looks++;
				if (value->kind == FV_FEATURE &&
				    blame_has(blame, package, value->feature))
					more |= add_feature(arena, blame, package, f);
			}
	}
}

static void put(struct arena *arena, struct todo *todo, uint32_t package)
{
	if (todo->queued[package])
		return;
	todo->queued[package] = true;
	*vec_add(arena, &todo->list) = package;
}

static void ask_dependers(struct arena *arena, struct blame *blame, struct todo *todo,
                          uint32_t node)
{
	const struct graph *graph = blame->graph;

	for (uint32_t i = 0; i < graph->nodes[node].in_n; i++) {
		const struct graph_edge *edge =
			&graph->edges[graph->in_edges[graph->nodes[node].in_first + i]];

		todo->looks++;
		if (blame->program_only && !closure_follows(edge))
			continue;
		if (take_edge(arena, blame, todo, edge)) {
			close_features(arena, blame, todo, node_package(edge->from));
			put(arena, todo, node_package(edge->from));
		}
	}
}

void blame_follow(struct arena *arena, struct blame *blame)
{
	struct todo todo = { .queued = arena_array(arena, blame->graph->package_n, sizeof(bool)) };

	for (uint32_t p = 0; p < blame->graph->package_n; p++) {
		if (!blame->whole[p] && !blame->features[p])
			continue;
		close_features(arena, blame, &todo, p);
		put(arena, &todo, p);
	}
	for (size_t at = 0; at < todo.list.n; at++) {
		uint32_t package = todo.list.p[at];

		if (todo.looks >= BLAME_LOOKS_MAX) {
			blame->gave_up = true;
			return;
		}
		todo.queued[package] = false;
		ask_dependers(arena, blame, &todo, node_of(package, SIDE_TARGET));
		ask_dependers(arena, blame, &todo, node_of(package, SIDE_HOST));
	}
}
