#include "audit/no_os.h"

#include "audit/feature_reach.h"
#include "audit/no_std.h"
#include "audit/paths.h"

struct no_os {
	struct arena *arena;
	const struct audit_result *result;
	const struct graph *graph;
	const struct runtime_verdict *verdicts;
	const struct knowledge *knowledge;
	bool *needs; /* by package, of the target side */
	struct paths paths;
	struct finding_list *out;
};

/* The runtime whose crate this is, where it runs here and needs an operating system. */
static const struct runtime_info *runtime_here(const struct no_os *at, uint32_t package)
{
	const struct locked_package *locked = &at->graph->lock->packages[package];
	uint32_t of;

	if (at->verdicts[node_of(package, SIDE_TARGET)].runtimes == 0 ||
	    !knowledge_runtime_of(at->knowledge, locked->name, &locked->version, &of) ||
	    (at->verdicts[node_of(package, SIDE_TARGET)].runtimes >> of & 1) == 0)
		return NULL;
	const struct runtime_info *info = knowledge_runtime_at(at->knowledge, of);
	return info->needs_std ? info : NULL;
}

static bool needs_std(const struct no_os *at, uint32_t package)
{
	uint32_t node = node_of(package, SIDE_TARGET);

	if (!at->graph->nodes[node].built)
		return false;
	switch (no_std_at(at->arena, at->graph, at->result->facts->packages, node)) {
	case NO_STD_NO:
		return true;
	case NO_STD_UNKNOWN:
		return runtime_here(at, package) != NULL;
	case NO_STD_ALWAYS:
	case NO_STD_CFG:
		break;
	}
	return false;
}

/* Whether it is a root, or something depends on it that could do without the library. */
static bool is_first(const struct no_os *at, uint32_t package)
{
	const struct graph_node *node = &at->graph->nodes[node_of(package, SIDE_TARGET)];

	for (uint32_t i = 0; i < node->in_n; i++) {
		const struct graph_edge *edge =
			&at->graph->edges[at->graph->in_edges[node->in_first + i]];

		if (node_side(edge->from) == SIDE_TARGET && edge->kind == KIND_NORMAL &&
		    !at->needs[node_package(edge->from)])
			return true;
	}
	return node->in_n == 0;
}

/* The feature whose absence the package's #![no_std] asks for, where it is on. */
static uint32_t deciding_feature(const struct no_os *at, uint32_t package)
{
	const struct graph_node *node = &at->graph->nodes[node_of(package, SIDE_TARGET)];
	const struct summary *summary = at->graph->packages[package].summary;
	const struct package_facts *facts = &at->result->facts->packages[package];

	for (uint32_t i = 0; facts->no_std == NO_STD_CFG && i < node->feature_n; i++) {
		struct str quoted =
			arena_printf(at->arena, "\"" STR_FMT "\"",
		                     STR_ARG(summary->features[node->features[i]].name));

		if (str_find_str(facts->no_std_cfg, quoted) != STR_NONE)
			return node->features[i];
	}
	return FEATURE_NONE;
}

/* How the depender of an edge switches the feature on: by what it asks for, or by a feature of its
 * own that is on; empty where it does not. */
static struct str how_asked(const struct no_os *at, const struct graph_edge *edge, uint32_t wanted)
{
	const struct summary *from = at->graph->packages[node_package(edge->from)].summary;
	const struct summary *of = at->graph->packages[node_package(edge->to)].summary;
	const struct graph_node *node = &at->graph->nodes[edge->from];
	bool by_default = false;

	if (from == NULL || edge->dep == DEP_NONE)
		return STR_LIT("");
	if (feature_reach_asks(at->arena, &from->deps[edge->dep], of, wanted, &by_default))
		return by_default ? STR_LIT("leaves its default features on")
		                  : STR_LIT("asks for it");
	for (uint32_t i = 0; i < node->feature_n; i++) {
		const struct summary_feature *own = &from->features[node->features[i]];

		for (uint32_t v = 0; v < own->n; v++) {
			const struct feature_value *value = &own->values[v];
			bool *on = feature_reach_none(at->arena, of);

			if (value->kind != FV_DEP_FEATURE ||
			    value->dep_name != from->dep_name_of[edge->dep])
				continue;
			feature_reach_add(at->arena, of,
			                  summary_feature_find(of, value->dep_feature), on);
			if (on[wanted])
				return arena_printf(at->arena,
				                    "switches it on by its own feature " STR_FMT,
				                    STR_ARG(own->name));
		}
	}
	return STR_LIT("");
}

/* Who switches the feature on, as evidence; the first of them as text. */
static struct str add_askers(struct no_os *at, uint32_t package, uint32_t feature,
                             struct finding *finding)
{
	const struct graph_node *node = &at->graph->nodes[node_of(package, SIDE_TARGET)];
	struct str first = STR_LIT("");

	for (uint32_t i = 0; i < node->in_n && finding->evidence.n < PATHS_MAX + 1; i++) {
		const struct graph_edge *edge =
			&at->graph->edges[at->graph->in_edges[node->in_first + i]];
		struct str how = node_side(edge->from) == SIDE_TARGET ? how_asked(at, edge, feature)
		                                                      : STR_LIT("");

		if (how.n == 0)
			continue;
		struct str name = package_text(at->arena, at->graph, node_package(edge->from));
		struct str text =
			arena_printf(at->arena, STR_FMT " " STR_FMT, STR_ARG(name), STR_ARG(how));
		*vec_add(at->arena, &finding->evidence) =
			(struct evidence){ STR_LIT("feature"), text, { 0 } };
		if (first.n == 0)
			first = text;
	}
	return first;
}

/* What makes it need the library. */
static struct str add_why(struct no_os *at, uint32_t package, struct finding *finding)
{
	const struct package_facts *facts = &at->result->facts->packages[package];
	uint32_t feature = deciding_feature(at, package);

	if (facts->no_std == NO_STD_UNKNOWN) {
		const struct runtime_info *info = runtime_here(at, package);

		*vec_add(at->arena, &finding->evidence) = (struct evidence){
			STR_LIT("table"),
			arena_printf(at->arena, "the runtime " STR_FMT " needs an operating system",
			             STR_ARG(info->name)),
			info->source
		};
		return STR_LIT("");
	}
	*vec_add(at->arena, &finding->evidence) = (struct evidence){
		STR_LIT("no-std"),
		facts->no_std == NO_STD_NO
			? STR_LIT("the crate has no #![no_std]")
			: arena_printf(at->arena, "the crate is #![no_std] only under " STR_FMT,
		                       STR_ARG(facts->no_std_cfg)),
		STR_LIT("the crate's archive")
	};
	if (feature == FEATURE_NONE)
		return STR_LIT("");
	struct str name = at->graph->packages[package].summary->features[feature].name;
	struct str asker = add_askers(at, package, feature, finding);
	return asker.n == 0 ? arena_printf(at->arena, " with its feature " STR_FMT, STR_ARG(name))
	                    : arena_printf(at->arena, " with its feature " STR_FMT " (" STR_FMT ")",
	                                   STR_ARG(name), STR_ARG(asker));
}

static void add_finding(struct no_os *at, uint32_t package)
{
	const struct rule_text *rule = knowledge_rule(at->knowledge, STR_LIT("not-no-std"));
	struct finding finding = { .rule = STR_LIT("not-no-std"), .package = package };
	struct str why = add_why(at, package, &finding);

	paths_to(&at->paths, node_of(package, SIDE_TARGET), &finding.paths);
	struct str through = paths_came_in(at->arena, at->graph, &finding.paths);
	finding.message = arena_printf(
		at->arena,
		"needs the standard library" STR_FMT ", and " STR_FMT " has none" STR_FMT,
		STR_ARG(why), STR_ARG(at->result->targets.p[0]), STR_ARG(through));
	finding.remedy = (struct remedy){ STR_LIT("none"), rule ? rule->fix : STR_LIT("") };
	*vec_add(at->arena, at->out) = finding;
}

void no_os_find(struct arena *arena, const struct audit_result *result,
                const struct runtime_verdict *verdicts, const struct knowledge *knowledge,
                struct finding_list *out)
{
	const struct graph *graph = result->graph;
	struct no_os at = { .arena = arena,
		            .result = result,
		            .graph = graph,
		            .verdicts = verdicts,
		            .knowledge = knowledge,
		            .out = out };

	if (!result->no_os)
		return;
	at.needs = arena_array(arena, graph->package_n, sizeof *at.needs);
	at.paths = paths_open(arena, graph);
	for (uint32_t p = 0; p < graph->package_n; p++)
		at.needs[p] = needs_std(&at, p);
	for (uint32_t p = 0; p < graph->package_n; p++)
		if (at.needs[p] && is_first(&at, p))
			add_finding(&at, p);
}
