#include "audit/library.h"

#include "audit/feature_reach.h"
#include "audit/paths.h"

enum { RUNTIME_NOT = UINT32_MAX };

struct libraries {
	struct arena *arena;
	const struct graph *graph;
	const struct runtime_verdict *verdicts;
	const struct knowledge *knowledge;
	struct finding_list *out;
};

/* Whether another member has it as a dependency that is no dev-dependency. */
static bool is_used_here(const struct graph *graph, uint32_t node)
{
	for (uint32_t i = 0; i < graph->nodes[node].in_n; i++) {
		const struct graph_edge *edge =
			&graph->edges[graph->in_edges[graph->nodes[node].in_first + i]];

		if (edge->kind != KIND_DEV && node_package(edge->from) != node_package(node))
			return true;
	}
	return false;
}

static bool is_library(const struct graph *graph, uint32_t node)
{
	const struct graph_package *package = &graph->packages[node_package(node)];

	return !package->has_program && (package->is_library || is_used_here(graph, node));
}

/* By package: the published programs, and the members that they are or can be made of: who
 * publishes those does it for the program. */
static bool *parts_of_programs(struct arena *arena, const struct graph *graph)
{
	bool *parts = arena_array(arena, graph->package_n, sizeof *parts);
	struct map local = { 0 };
	struct u32_list todo = { 0 };

	for (uint32_t p = 0; p < graph->package_n; p++) {
		if (!graph->packages[p].is_local || graph->packages[p].summary == NULL)
			continue;
		map_put(&local, arena, graph->lock->packages[p].name, p);
		if (!graph->packages[p].is_published || is_library(graph, node_of(p, SIDE_TARGET)))
			continue;
		parts[p] = true;
		*vec_add(arena, &todo) = p;
	}
	while (todo.n > 0) {
		const struct summary *summary = graph->packages[todo.p[--todo.n]].summary;

		for (uint32_t d = 0; d < summary->dep_n; d++) {
			uint32_t part;

			if (summary->deps[d].kind == KIND_DEV ||
			    !map_get(&local, summary->deps[d].package, &part) || parts[part])
				continue;
			parts[part] = true;
			*vec_add(arena, &todo) = part;
		}
	}
	return parts;
}

/* Whether nothing is on but what default features switch on: what the package binds to then, it
 * binds all to who do not turn them off. */
static bool is_as_by_default(struct arena *arena, const struct graph *graph, uint32_t node)
{
	const struct summary *summary = graph->packages[node_package(node)].summary;
	const struct graph_node *at = &graph->nodes[node];
	bool *on;

	if (!at->has_features || summary == NULL)
		return false;
	on = feature_reach_none(arena, summary);
	feature_reach_add(arena, summary, summary->default_feature, on);
	for (uint32_t i = 0; i < at->feature_n; i++)
		if (!on[at->features[i]])
			return false;
	return true;
}

/* Whether the words of a crate's name hold the runtime's: "tokio-postgres" hides nothing. */
static bool is_named_after(struct str crate, struct str runtime)
{
	size_t at = str_find_str(crate, runtime), end = at + runtime.n;

	return at != STR_NONE && (at == 0 || crate.p[at - 1] == '-' || crate.p[at - 1] == '_') &&
	       (end == crate.n || crate.p[end] == '-' || crate.p[end] == '_');
}

/* The runtime to tell of, or RUNTIME_NOT: one that binds hard, that is no loop of the platform, and
 * that the crate's name does not promise. */
static uint32_t bound_to(const struct libraries *at, uint32_t node)
{
	const struct runtime_verdict *verdict = &at->verdicts[node];
	const struct locked_package *locked = &at->graph->lock->packages[node_package(node)];
	uint32_t of;

	if (verdict->owns ||
	    knowledge_runtime_of(at->knowledge, locked->name, &locked->version, &of))
		return RUNTIME_NOT;
	for (uint32_t r = 0; r < KNOWLEDGE_RUNTIMES_MAX; r++) {
		if ((verdict->hard_runtimes >> r & 1) == 0)
			continue;
		const struct runtime_info *info = knowledge_runtime_at(at->knowledge, r);

		if (!info->coexists && info->platform.n == 0 &&
		    !is_named_after(locked->name, info->name) &&
		    !is_named_after(locked->name, info->crate))
			return r;
	}
	return RUNTIME_NOT;
}

/* The dependency by which a node is bound: the runtime's crate where it asks for that itself, else
 * one that passes it on. */
static const struct graph_edge *binding_edge(const struct libraries *at, uint32_t node,
                                             uint32_t runtime)
{
	const struct graph_node *from = &at->graph->nodes[node];
	const struct runtime_info *info = knowledge_runtime_at(at->knowledge, runtime);
	uint64_t bit = UINT64_C(1) << runtime;
	bool is_own = (at->verdicts[node].own_runtimes & bit) != 0;

	for (uint32_t i = 0; i < from->out_n; i++) {
		const struct graph_edge *edge = &at->graph->edges[from->out_first + i];
		const struct runtime_verdict *verdict = &at->verdicts[edge->to];

		if (edge->kind == KIND_NORMAL && edge->dep != DEP_NONE &&
		    (is_own ? str_eq(at->graph->lock->packages[node_package(edge->to)].name,
		                     info->crate)
		            : !verdict->owns && (verdict->hard_runtimes & bit) != 0))
			return edge;
	}
	return NULL;
}

static void find_lock_in(struct libraries *at, uint32_t node)
{
	uint32_t runtime = bound_to(at, node);
	const struct rule_text *rule = knowledge_rule(at->knowledge, STR_LIT("library-lock-in"));
	const struct graph_edge *edge =
		runtime != RUNTIME_NOT ? binding_edge(at, node, runtime) : NULL;

	/* What comes through another member is told of that one. */
	if (edge == NULL || at->graph->packages[node_package(edge->to)].is_local ||
	    !is_as_by_default(at->arena, at->graph, node))
		return;
	const struct runtime_info *info = knowledge_runtime_at(at->knowledge, runtime);
	const struct graph_package *package = &at->graph->packages[node_package(node)];
	struct finding finding = { .rule = STR_LIT("library-lock-in"),
		                   .package = node_package(node),
		                   .subject = info->name };
	struct str through = package_text(at->arena, at->graph, node_package(edge->to));

	paths_add_direct(at->arena, node, edge->to, &finding.paths);
	finding.message = arena_printf(
		at->arena, "binds whoever uses it to " STR_FMT ", through " STR_FMT ", which %s",
		STR_ARG(info->name), STR_ARG(through),
		package->summary->deps[edge->dep].optional ? "its default features switch on"
							   : "is not optional");
	for (size_t i = 0; i < at->verdicts[node].evidence.n && i < 2; i++)
		*vec_add(at->arena, &finding.evidence) = at->verdicts[node].evidence.p[i];
	*vec_add(at->arena, &finding.evidence) =
		(struct evidence){ STR_LIT("elsewhere"), info->why, info->source };
	finding.remedy = (struct remedy){ STR_LIT("none"), rule ? rule->fix : STR_LIT("") };
	*vec_add(at->arena, at->out) = finding;
}

static void add_needless(struct libraries *at, const struct graph_edge *edge, struct str message,
                         struct evidence evidence, struct remedy remedy)
{
	struct finding finding = { .rule = STR_LIT("needless-runtime-features"),
		                   .package = node_package(edge->from),
		                   .subject =
		                           at->graph->lock->packages[node_package(edge->to)].name,
		                   .message = message,
		                   .remedy = remedy };

	paths_add_direct(at->arena, edge->from, edge->to, &finding.paths);
	*vec_add(at->arena, &finding.evidence) = evidence;
	*vec_add(at->arena, at->out) = finding;
}

static void add_full(struct libraries *at, const struct graph_edge *edge)
{
	add_needless(at, edge,
	             STR_LIT("asks tokio for its feature full, and all who use it get that"),
	             (struct evidence){
			     STR_LIT("manifest"),
			     STR_LIT("tokio's documentation asks libraries to enable only the "
	                             "features that they need"),
			     STR_LIT("tokio 1.54.1, src/lib.rs:84, \"Authoring libraries\"") },
	             (struct remedy){ STR_LIT("feature"),
	                              STR_LIT("name the features of tokio that it uses in place of "
	                                      "full") });
}

/* The curated row that makes one feature of a crate start a runtime, or NULL. */
static const struct bind_row *starts(const struct libraries *at,
                                     const struct locked_package *package, struct str feature)
{
	for (const struct bind_row *row = knowledge_binds(at->knowledge, package->name); row;
	     row = row->next) {
		if (row->kind != BIND_RUNTIME || row->replaced || row->all.n > 0 ||
		    (row->runtimes & (row->runtimes - 1)) != 0 ||
		    !bind_row_is_for(row, &package->version))
			continue;
		if (str_list_has(&row->any, feature))
			return row;
	}
	return NULL;
}

static uint32_t runtime_of(const struct bind_row *row)
{
	return (uint32_t)__builtin_ctzll(row->runtimes);
}

/* Two features by which one request starts two runtimes. */
static void find_two(struct libraries *at, const struct graph_edge *edge,
                     const struct dependency *dep)
{
	const struct locked_package *to = &at->graph->lock->packages[node_package(edge->to)];
	const struct bind_row *first = NULL;
	struct str by = { 0 };

	for (size_t i = 0; i < dep->features.n; i++) {
		const struct bind_row *row = starts(at, to, dep->features.p[i]);

		if (row == NULL || (first && row->runtimes == first->runtimes))
			continue;
		if (first == NULL) {
			first = row;
			by = dep->features.p[i];
			continue;
		}
		const struct runtime_info *a = knowledge_runtime_at(at->knowledge,
		                                                    runtime_of(first)),
					  *b = knowledge_runtime_at(at->knowledge, runtime_of(row));
		if (str_eq(a->crate, b->crate) || ((a->includes & row->runtimes) != 0) ||
		    ((b->includes & first->runtimes) != 0))
			continue;
		add_needless(
			at, edge,
			arena_printf(at->arena,
		                     "asks " STR_FMT " for two runtimes: " STR_FMT
		                     " by its feature " STR_FMT ", and " STR_FMT " by " STR_FMT,
		                     STR_ARG(to->name), STR_ARG(a->name), STR_ARG(by),
		                     STR_ARG(b->name), STR_ARG(dep->features.p[i])),
			(struct evidence){ STR_LIT("table"), row->why, row->source },
			(struct remedy){ STR_LIT("feature"),
		                         arena_printf(at->arena,
		                                      "leave out one of the two: " STR_FMT
		                                      " or " STR_FMT,
		                                      STR_ARG(by), STR_ARG(dep->features.p[i])) });
		return;
	}
}

static void find_needless(struct libraries *at, uint32_t node, bool is_for_others)
{
	const struct graph_node *from = &at->graph->nodes[node];
	const struct summary *summary = at->graph->packages[node_package(node)].summary;
	bool is_full_told = false;

	for (uint32_t i = 0; summary && i < from->out_n; i++) {
		const struct graph_edge *edge = &at->graph->edges[from->out_first + i];

		if (edge->kind != KIND_NORMAL || edge->dep == DEP_NONE)
			continue;
		const struct dependency *dep = &summary->deps[edge->dep];

		if (is_for_others && !is_full_told && str_eq(dep->package, STR_LIT("tokio")) &&
		    str_list_has(&dep->features, STR_LIT("full"))) {
			add_full(at, edge);
			is_full_told = true;
		}
		if (dep->features.n > 1)
			find_two(at, edge, dep);
	}
}

void library_find(struct arena *arena, const struct audit_result *result,
                  const struct runtime_verdict *verdicts, const struct knowledge *knowledge,
                  struct finding_list *out)
{
	struct libraries at = { arena, result->graph, verdicts, knowledge, out };

	const bool *parts = parts_of_programs(arena, at.graph);

	for (uint32_t p = 0; p < at.graph->package_n; p++) {
		const struct graph_package *package = &at.graph->packages[p];
		uint32_t node = node_of(p, SIDE_TARGET);

		if (!package->is_member || !at.graph->nodes[node].built)
			continue;
		bool is_for_others = package->is_published && !package->proc_macro && !parts[p] &&
		                     is_library(at.graph, node);

		if (is_for_others)
			find_lock_in(&at, node);
		find_needless(&at, node, is_for_others);
	}
}
