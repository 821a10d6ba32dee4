#include "audit/starter.h"
#include "audit/closure.h"
#include "audit/knowledge_field.h"

bool starter_row_parse(struct arena *arena, const struct toml_value *table,
                       const struct runtime_words *words, struct starter_row *out, struct err *err)
{
	static const struct str KNOWN[] = { STR("crate"),   STR("req"), STR("any"),
		                            STR("runtime"), STR("why"), STR("source"),
		                            STR("checked") };
	struct starter_row row = { 0 };

	if (!knowledge_keys(table, KNOWN, ARRAY_LEN(KNOWN), err) ||
	    !knowledge_want_crate(table, "crate", &row.crate, err) ||
	    !knowledge_get_req(arena, table, "req", &row.req, err) ||
	    !knowledge_get_list(arena, table, "any", &row.any, err) ||
	    !knowledge_want_runtime(table, "runtime", words, &row.runtime, err) ||
	    !knowledge_want_str(table, "why", &row.why, err) ||
	    !knowledge_want_source(table, &row.source, err))
		return false;
	*out = row;
	return true;
}

static bool may_have_any(const struct graph *graph, uint32_t node, const struct str_list *features)
{
	return features->n == 0 || !graph->nodes[node].has_features ||
	       graph_has_any_feature(graph, node, features);
}

uint64_t starter_runtimes(const struct graph *graph, const struct knowledge *knowledge,
                          uint32_t node)
{
	const struct locked_package *package = &graph->lock->packages[node_package(node)];
	const struct starter_list *rows = knowledge_starters(knowledge);
	uint64_t runtimes = 0;
	uint32_t of = 0;

	if (knowledge_runtime_of(knowledge, package->name, &package->version, &of)) {
		const struct runtime_info *info = knowledge_runtime_at(knowledge, of);

		if (!str_eq(package->name, info->crate) || may_have_any(graph, node, &info->starts))
			runtimes = info->includes | UINT64_C(1) << of;
	}
	for (size_t i = 0; i < rows->n; i++)
		if (str_eq(rows->p[i].crate, package->name) &&
		    semver_req_matches(&rows->p[i].req, &package->version) &&
		    may_have_any(graph, node, &rows->p[i].any))
			runtimes |= UINT64_C(1) << rows->p[i].runtime;
	return runtimes;
}

bool starter_is_there(const struct graph *graph, const struct knowledge *knowledge,
                      const bool *within, uint32_t runtime)
{
	for (uint32_t p = 0; p < graph->package_n; p++) {
		const struct graph_node *node = &graph->nodes[node_of(p, SIDE_TARGET)];

		for (uint32_t i = 0; within[p] && i < node->out_n; i++) {
			const struct graph_edge *edge = &graph->edges[node->out_first + i];

			if (closure_follows(edge) &&
			    (starter_runtimes(graph, knowledge, edge->to) >> runtime & 1) != 0)
				return true;
		}
	}
	return false;
}

bool starter_may_be_inside(const struct graph *graph, const struct knowledge *knowledge,
                           uint32_t runtime)
{
	const struct runtime_info *info = knowledge_runtime_at(knowledge, runtime);

	const struct lockfile *lock = graph->lock;

	for (uint32_t p = lockfile_first(lock, info->crate); lockfile_names(lock, p, info->crate);
	     p++) {
		uint32_t node = node_of(p, SIDE_TARGET);

		if (graph->nodes[node].built && info->starts_alone.n > 0 &&
		    semver_req_matches(&info->req, &lock->packages[p].version) &&
		    may_have_any(graph, node, &info->starts_alone))
			return true;
	}
	return false;
}
