#include "audit/request.h"
#include "audit/closure.h"
#include "audit/limits.h"
#include "audit/twin.h"
#include "base/bits.h"

/* Whether the local package asks through its own features ("dependency/feature") for what is to
 * blame, with a feature of it that is on. */
static bool asks_by_feature(struct requests *requests, uint32_t node, uint32_t d, uint32_t to)
{
	const struct blame *blame = requests->blame;
	const struct graph_node *at = &blame->graph->nodes[node];
	const struct summary *from = blame->graph->packages[node_package(node)].summary;
	const struct summary *summary = blame->graph->packages[to].summary;

	for (uint32_t i = 0; summary && i < at->feature_n; i++) {
		const struct summary_feature *feature = &from->features[at->features[i]];

		requests->looks += feature->n + 1;
		for (uint32_t v = 0; v < feature->n; v++) {
			const struct feature_value *value = &feature->values[v];

			if (value->kind == FV_DEP_FEATURE &&
			    value->dep_name == from->dep_name_of[d] &&
			    blame_has(blame, to,
			              summary_feature_at(summary, value->dep_feature_hash)))
				return true;
		}
	}
	return false;
}

static bool is_runtime(const struct knowledge *knowledge, const struct locked_package *package)
{
	uint32_t of = 0;

	return knowledge_runtime_of(knowledge, package->name, &package->version, &of) &&
	       str_eq(package->name, knowledge_runtime_at(knowledge, of)->crate);
}

static bool has_cut(const struct cut_list *cuts, uint32_t package, uint32_t dep)
{
	for (size_t i = 0; i < cuts->n; i++)
		if (cuts->p[i].package == package && cuts->p[i].dep == dep)
			return true;
	return false;
}

static void add_cut(struct requests *requests, const struct graph_edge *edge, struct cut_list *out)
{
	const struct blame *blame = requests->blame;
	struct cut cut = { node_package(edge->from), edge->dep, node_package(edge->to), false };
	const struct summary *from = blame->graph->packages[cut.package].summary;

	if ((!blame->whole[cut.to] && !blame->features[cut.to]) ||
	    has_cut(out, cut.package, cut.dep))
		return;
	if (!blame->whole[cut.to] && !blame_asks(blame, from, cut.dep, cut.to) &&
	    !asks_by_feature(requests, edge->from, cut.dep, cut.to))
		return;
	/* Who depends on a runtime uses it: leaving its features out helps nobody. */
	cut.whole = blame->whole[cut.to] || blame->named[cut.to] ||
	            is_runtime(requests->knowledge, &blame->graph->lock->packages[cut.to]);
	*vec_add(requests->arena, out) = cut;
}

/* Of one local package. */
static void add_cuts(struct requests *requests, uint32_t node, struct cut_list *out)
{
	const struct graph *graph = requests->blame->graph;

	for (uint32_t i = 0; i < graph->nodes[node].out_n && out->n <= REMEDY_CUTS_MAX &&
	                     requests->looks < REQUEST_LOOKS_MAX;
	     i++) {
		const struct graph_edge *edge = &graph->edges[graph->nodes[node].out_first + i];

		if (edge->dep != DEP_NONE && !graph->packages[node_package(edge->to)].is_local &&
		    (!requests->blame->program_only || closure_follows(edge)))
			add_cut(requests, edge, out);
	}
}

bool request_cuts(struct requests *requests, const bool *within, struct cut_list *out)
{
	const struct graph *graph = requests->blame->graph;

	for (uint32_t p = 0; p < graph->package_n; p++) {
		if (!graph->packages[p].is_local || !graph->packages[p].summary ||
		    (within && !within[p]))
			continue;
		add_cuts(requests, node_of(p, SIDE_TARGET), out);
		add_cuts(requests, node_of(p, SIDE_HOST), out);
	}
	return out->n <= REMEDY_CUTS_MAX && requests->looks < REQUEST_LOOKS_MAX;
}

/* While the features of one dependency are sorted. */
struct sorting {
	struct requests *requests;
	struct arena *arena;
	const struct blame *blame;
	const struct summary *summary;
	uint32_t package, wanted;
	struct request *out;
	uint64_t *seen;
	struct u32_list todo;
	bool is_part; /* of a feature that was told already */
};

/* Whether a feature only stands for others. One that also asks something of a dependency does what
 * its parts do not. */
static bool is_a_list(const struct summary_feature *feature)
{
	for (uint32_t v = 0; v < feature->n; v++)
		if (feature->values[v].kind != FV_FEATURE)
			return false;
	return true;
}

/* A feature that leads there: its twin, or its parts. */
static void replace(struct sorting *at, uint32_t feature)
{
	const struct summary_feature *it = &at->summary->features[feature];
	uint32_t twin = FEATURE_NONE;

	if (at->wanted != REQUEST_NO_RUNTIME) {
		at->requests->looks += at->summary->feature_n;
		twin = twin_find(at->requests->knowledge, at->summary, feature, at->wanted);
	}

	if (!at->is_part) {
		str_list_add_once(at->arena, &at->out->off, it->name);
		at->is_part = true;
	}
	if (twin != FEATURE_NONE && !blame_has(at->blame, at->package, twin)) {
		str_list_add_once(at->arena, &at->out->on, at->summary->features[twin].name);
		str_list_add_once(at->arena, &at->out->features, at->summary->features[twin].name);
		return;
	}
	if (!is_a_list(it))
		return;
	for (uint32_t v = it->n; v-- > 0;)
		if (it->values[v].kind == FV_FEATURE && it->values[v].feature != FEATURE_NONE &&
		    bits_set(at->seen, it->values[v].feature))
			*vec_add(at->arena, &at->todo) = it->values[v].feature;
}

static void sort_feature(struct sorting *at, uint32_t feature)
{
	if (feature == FEATURE_NONE || !bits_set(at->seen, feature))
		return;
	*vec_add(at->arena, &at->todo) = feature;
	at->is_part = false;
	while (at->todo.n > 0 && at->requests->looks < REQUEST_LOOKS_MAX) {
		uint32_t one = at->todo.p[--at->todo.n];

		/* A name is added where it does not stand yet. */
		at->requests->looks += at->out->features.n + at->out->off.n + 1;

		if (blame_has(at->blame, at->package, one))
			replace(at, one);
		else
			str_list_add_once(at->arena, &at->out->features,
			                  at->summary->features[one].name);
	}
}

/* The features that default lists. */
static void sort_defaults(struct sorting *at)
{
	const struct summary_feature *defaults =
		&at->summary->features[at->summary->default_feature];

	for (uint32_t v = 0; v < defaults->n; v++)
		if (defaults->values[v].kind == FV_FEATURE)
			sort_feature(at, defaults->values[v].feature);
}

/* What the package's own features, that are on, ask of the dependency and lead there. */
static void sort_own_values(struct sorting *at, const struct summary *from, const struct cut *cut)
{
	for (uint32_t f = 0; f < from->feature_n; f++) {
		at->requests->looks += from->features[f].n;
		for (uint32_t v = 0; v < from->features[f].n; v++) {
			const struct feature_value *value = &from->features[f].values[v];
			uint32_t feature;

			if (value->kind != FV_DEP_FEATURE ||
			    value->dep_name != from->dep_name_of[cut->dep])
				continue;
			feature = summary_feature_at(at->summary, value->dep_feature_hash);
			if (blame_has(at->blame, at->package, feature))
				sort_feature(at, feature);
		}
	}
}

bool request_without(struct requests *requests, const struct cut *cut, uint32_t wanted,
                     struct request *out)
{
	struct arena *arena = requests->arena;
	const struct blame *blame = requests->blame;
	const struct summary *from = blame->graph->packages[cut->package].summary;
	const struct dependency *dep = &from->deps[cut->dep];
	struct sorting at = { .requests = requests,
		              .arena = arena,
		              .blame = blame,
		              .summary = blame->graph->packages[cut->to].summary,
		              .package = cut->to,
		              .wanted = wanted,
		              .out = out };

	*out = (struct request){ .default_features = dep->default_features };
	if (!at.summary || cut->whole) {
		out->features = dep->features;
		return true;
	}
	at.seen = arena_array(arena, at.summary->feature_n / 64 + 1, sizeof *at.seen);
	if (dep->default_features && blame_has(blame, cut->to, at.summary->default_feature)) {
		out->default_features = false;
		sort_defaults(&at);
	}
	for (size_t i = 0; i < dep->features.n; i++) {
		uint32_t feature = summary_feature_find(at.summary, dep->features.p[i]);

		/* "dependency?/feature" and the like stand for themselves. */
		if (feature == FEATURE_NONE)
			str_list_add_once(arena, &out->features, dep->features.p[i]);
		else if (blame_has(blame, cut->to, feature))
			out->loses = true;
		sort_feature(&at, feature);
	}
	sort_own_values(&at, from, cut);
	return requests->looks < REQUEST_LOOKS_MAX;
}
