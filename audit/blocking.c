#include "audit/blocking.h"
#include "audit/closure.h"
#include "audit/knowledge_field.h"
#include "audit/paths.h"

bool blocking_row_parse(struct arena *arena, const struct toml_value *table,
                        const struct runtime_words *words, struct blocking_row *out,
                        struct err *err)
{
	static const struct str KNOWN[] = { STR("crate"),  STR("req"),     STR("any"),
		                            STR("unless"), STR("panic"),   STR("on"),
		                            STR("why"),    STR("instead"), STR("source"),
		                            STR("checked") };
	struct blocking_row row = { 0 };

	if (!knowledge_keys(table, KNOWN, ARRAY_LEN(KNOWN), err) ||
	    !knowledge_want_crate(table, "crate", &row.crate, err) ||
	    !knowledge_get_req(arena, table, "req", &row.req, err) ||
	    !knowledge_get_list(arena, table, "any", &row.any, err) ||
	    !knowledge_get_list(arena, table, "unless", &row.unless, err) ||
	    !knowledge_want_str(table, "why", &row.why, err) ||
	    !knowledge_want_str(table, "instead", &row.instead, err) ||
	    !knowledge_want_source(table, &row.source, err))
		return false;
	if (toml_get(table, "panic") != NULL &&
	    (!knowledge_want_str(table, "panic", &row.panic, err) ||
	     !knowledge_want_runtime(table, "on", words, &row.on, err)))
		return false;
	*out = row;
	return true;
}

struct finder {
	struct arena *arena;
	const struct graph *graph;
	const struct knowledge *knowledge;
	struct finding_list *out;
};

/* Whether the member asks for one of the features by name, in its dependency or by a feature of its
 * own that is on. */
static bool asks_for(const struct finder *at, const struct graph_edge *edge,
                     const struct str_list *features)
{
	const struct graph_node *node = &at->graph->nodes[edge->from];
	const struct summary *from = at->graph->packages[node_package(edge->from)].summary;

	if (!from || edge->dep == DEP_NONE)
		return false;
	if (features->n == 0)
		return true;
	for (size_t i = 0; i < from->deps[edge->dep].features.n; i++)
		if (str_list_has(features, from->deps[edge->dep].features.p[i]))
			return true;
	for (uint32_t f = 0; f < node->feature_n; f++) {
		const struct summary_feature *own = &from->features[node->features[f]];

		for (uint32_t v = 0; v < own->n; v++)
			if (own->values[v].kind == FV_DEP_FEATURE &&
			    own->values[v].dep_name == from->dep_name_of[edge->dep] &&
			    str_list_has(features, own->values[v].dep_feature))
				return true;
	}
	return false;
}

/* The runtime that a member's own code starts with another dependency than this one, or NULL; a
 * loop that programs run beside their runtime does not count. */
static const struct runtime_info *runs_on(const struct finder *at, uint32_t member,
                                          const struct blocking_row *row)
{
	const struct graph_node *node = &at->graph->nodes[member];
	const struct runtime_info *found = NULL;

	for (uint32_t i = 0; i < node->out_n; i++) {
		const struct graph_edge *edge = &at->graph->edges[node->out_first + i];
		struct str name = at->graph->lock->packages[node_package(edge->to)].name;

		if (!closure_follows(edge) || str_eq(name, row->crate))
			continue;
		if (str_list_has(&row->unless, name))
			return NULL;
		uint64_t runtimes = starter_runtimes(at->graph, at->knowledge, edge->to);
		for (uint32_t r = 0; !found && runtimes >> r != 0; r++)
			if ((runtimes >> r & 1) != 0 &&
			    !knowledge_runtime_at(at->knowledge, r)->coexists)
				found = knowledge_runtime_at(at->knowledge, r);
	}
	return found;
}

static void add_finding(struct finder *at, const struct blocking_row *row, uint32_t node,
                        const struct u32_list *members, const struct runtime_info *runtime)
{
	bool panics = row->panic.n > 0 && runtime == knowledge_runtime_at(at->knowledge, row->on);
	struct str what = panics ? row->panic : row->why;
	struct finding finding = { .rule = STR_LIT("blocking-in-async"),
		                   .package = node_package(node),
		                   .level = panics ? LEVEL_WARNING : LEVEL_NOTE };
	struct str first = package_text(at->arena, at->graph, node_package(members->p[0]));
	struct str more = STR_LIT("");

	for (size_t i = 0; i < members->n && i < PATHS_MAX; i++)
		paths_add_direct(at->arena, members->p[i], node, &finding.paths);
	if (members->n > 1)
		more = arena_printf(at->arena, " (and %zu more member%s)", members->n - 1,
		                    members->n == 2 ? "" : "s");
	finding.message = arena_printf(
		at->arena,
		"stands beside " STR_FMT " in " STR_FMT STR_FMT ": in async code " STR_FMT,
		STR_ARG(runtime->name), STR_ARG(first), STR_ARG(more), STR_ARG(what));
	*vec_add(at->arena, &finding.evidence) =
		(struct evidence){ STR_LIT("table"), what, row->source };
	*vec_add(at->arena, &finding.evidence) =
		(struct evidence){ STR_LIT("inferred"),
		                   arena_printf(at->arena,
		                                STR_FMT " depends on it and on what starts " STR_FMT
		                                        "; which of its code calls it is not seen",
		                                STR_ARG(first), STR_ARG(runtime->name)),
		                   { 0 } };
	finding.remedy = (struct remedy){ STR_LIT("none"), row->instead };
	*vec_add(at->arena, at->out) = finding;
}

static void ask(struct finder *at, const struct blocking_row *row, uint32_t node)
{
	const struct graph_node *to = &at->graph->nodes[node];
	const struct runtime_info *runtime = NULL;
	struct u32_list members = { 0 };

	for (uint32_t i = 0; i < to->in_n; i++) {
		const struct graph_edge *edge =
			&at->graph->edges[at->graph->in_edges[to->in_first + i]];

		if (!closure_follows(edge) ||
		    !at->graph->packages[node_package(edge->from)].is_member ||
		    !asks_for(at, edge, &row->any))
			continue;
		const struct runtime_info *on = runs_on(at, edge->from, row);
		if (on == NULL)
			continue;
		runtime = runtime ? runtime : on;
		*vec_add(at->arena, &members) = edge->from;
	}
	if (runtime)
		add_finding(at, row, node, &members, runtime);
}

void blocking_find(struct arena *arena, const struct audit_result *result,
                   const struct knowledge *knowledge, struct finding_list *out)
{
	const struct blocking_list *rows = knowledge_blocking(knowledge);
	const struct graph *graph = result->graph;
	const struct lockfile *lock = graph->lock;
	struct finder at = { .arena = arena, .graph = graph, .knowledge = knowledge, .out = out };

	for (size_t r = 0; r < rows->n; r++) {
		const struct blocking_row *row = &rows->p[r];

		for (uint32_t p = lockfile_first(lock, row->crate);
		     lockfile_names(lock, p, row->crate); p++) {
			uint32_t node = node_of(p, SIDE_TARGET);

			if (graph->nodes[node].built &&
			    semver_req_matches(&row->req, &lock->packages[p].version))
				ask(&at, row, node);
		}
	}
}
