#include "audit/bridge.h"
#include "audit/closure.h"
#include "audit/knowledge_field.h"

bool bridge_row_parse(struct arena *arena, const struct toml_value *table,
                      const struct runtime_words *words, struct bridge_row *out, struct err *err)
{
	static const struct str KNOWN[] = { STR("from"), STR("on"),      STR("crate"),
		                            STR("req"),  STR("feature"), STR("whole"),
		                            STR("why"),  STR("source"),  STR("checked") };
	struct bridge_row row = { 0 };

	if (!knowledge_keys(table, KNOWN, ARRAY_LEN(KNOWN), err) ||
	    !knowledge_want_runtime(table, "from", words, &row.from, err) ||
	    !knowledge_want_runtime(table, "on", words, &row.on, err) ||
	    !knowledge_want_crate(table, "crate", &row.crate, err) ||
	    !knowledge_want_str(table, "req", &row.req_text, err) ||
	    !knowledge_get_req(arena, table, "req", &row.req, err) ||
	    !knowledge_get_bool(table, "whole", &row.whole, err) ||
	    !knowledge_want_str(table, "why", &row.why, err) ||
	    !knowledge_want_source(table, &row.source, err))
		return false;
	if (toml_get(table, "feature") != NULL &&
	    !knowledge_want_str(table, "feature", &row.feature, err))
		return false;
	*out = row;
	return true;
}

static bool is_asked_by_local(const struct graph *graph, uint32_t node, const bool *within)
{
	for (uint32_t i = 0; i < graph->nodes[node].in_n; i++) {
		const struct graph_edge *edge =
			&graph->edges[graph->in_edges[graph->nodes[node].in_first + i]];

		if (closure_follows(edge) && within[node_package(edge->from)])
			return true;
	}
	return false;
}

bool bridge_is_there(const struct bridge_row *row, const struct graph *graph, const bool *within)
{
	const struct lockfile *lock = graph->lock;

	for (uint32_t p = lockfile_first(lock, row->crate); lockfile_names(lock, p, row->crate);
	     p++) {
		uint32_t node = node_of(p, SIDE_TARGET);

		if (graph->nodes[node].built &&
		    semver_req_matches(&row->req, &lock->packages[p].version) &&
		    (row->feature.n == 0 || graph_has_feature(graph, node, row->feature)) &&
		    (row->whole || is_asked_by_local(graph, node, within)))
			return true;
	}
	return false;
}
