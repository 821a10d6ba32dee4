#include "audit/no_std.h"

struct judge {
	struct arena *arena;
	const struct graph *graph;
	const struct package_facts *facts;
	uint32_t *needs;   /* by node: the node below it that needs std, or NODE_NONE */
	uint32_t *unknown; /* by node: one below it of which nothing is known, or NODE_NONE */
};

/* Tables of facts were made by searching for the attribute: where another cfg_attr stands before
 * it, the condition is what follows the last one. */
static struct str condition_of(struct str text)
{
	struct str word = STR_LIT("cfg_attr(");

	for (size_t at = 0; (at = str_find_str(text, word)) != STR_NONE;)
		text = str_sub(text, at + word.n, text.n);
	return text;
}

/* Whether the condition of a package's #![no_std] holds for what is on at the node. */
static enum no_std ask_condition(const struct judge *j, uint32_t node)
{
	const struct graph_node *at = &j->graph->nodes[node];
	const struct graph_package *package = &j->graph->packages[node_package(node)];
	struct str text = condition_of(j->facts[node_package(node)].no_std_cfg);
	struct cfg_platform platform = { 0 };
	struct cfg_set on = { 0 };
	struct err err = { 0 };

	text = arena_printf(j->arena, "cfg(" STR_FMT ")", STR_ARG(text));
	if (!at->has_features || !package->summary ||
	    !cfg_platform_parse(j->arena, text, &platform, &err) || !platform.expr)
		return NO_STD_UNKNOWN;
	for (uint32_t i = 0; i < at->feature_n; i++)
		*vec_add(j->arena, &on) =
			(struct cfg_item){ STR_LIT("feature"),
			                   package->summary->features[at->features[i]].name, true };
	return cfg_is_true(platform.expr, &on) ? NO_STD_ALWAYS : NO_STD_NO;
}

/* The other way to write it: always #![no_std], and `extern crate std` under the feature that the
 * API guidelines call so. */
static enum no_std ask_feature(const struct judge *j, uint32_t node)
{
	const struct graph_node *at = &j->graph->nodes[node];
	const struct summary *summary = j->graph->packages[node_package(node)].summary;

	for (uint32_t i = 0; summary && at->has_features && i < at->feature_n; i++)
		if (str_eq(summary->features[at->features[i]].name, STR_LIT("std")))
			return NO_STD_NO;
	return NO_STD_ALWAYS;
}

static enum no_std own_answer(const struct judge *j, uint32_t node)
{
	enum no_std known = j->facts[node_package(node)].no_std;

	switch (known) {
	case NO_STD_CFG:
		return ask_condition(j, node);
	case NO_STD_ALWAYS:
		return ask_feature(j, node);
	case NO_STD_NO:
	case NO_STD_UNKNOWN:
		break;
	}
	return known;
}

enum no_std no_std_at(struct arena *arena, const struct graph *graph,
                      const struct package_facts *facts, uint32_t node)
{
	struct judge j = { .arena = arena, .graph = graph, .facts = facts };

	return own_answer(&j, node);
}

/* Spreads what is true of a node to all that is built from it, the nearest cause first. */
static void spread(const struct judge *j, uint32_t *cause, struct u32_list *todo)
{
	for (size_t at = 0; at < todo->n; at++) {
		const struct graph_node *node = &j->graph->nodes[todo->p[at]];

		for (uint32_t i = 0; i < node->in_n; i++) {
			const struct graph_edge *edge =
				&j->graph->edges[j->graph->in_edges[node->in_first + i]];

			if (edge->kind != KIND_NORMAL || node_side(edge->from) != SIDE_TARGET ||
			    cause[edge->from] != NODE_NONE)
				continue;
			cause[edge->from] = cause[todo->p[at]];
			*vec_add(j->arena, todo) = edge->from;
		}
	}
}

static void find_causes(struct judge *j)
{
	uint32_t nodes = j->graph->package_n * 2;
	struct u32_list needs = { 0 }, unknown = { 0 };

	j->needs = arena_array(j->arena, nodes, sizeof *j->needs);
	j->unknown = arena_array(j->arena, nodes, sizeof *j->unknown);
	for (uint32_t node = 0; node < nodes; node++) {
		j->needs[node] = NODE_NONE;
		j->unknown[node] = NODE_NONE;
		if (!j->graph->nodes[node].built || node_side(node) != SIDE_TARGET)
			continue;
		switch (own_answer(j, node)) {
		case NO_STD_NO:
			j->needs[node] = node;
			*vec_add(j->arena, &needs) = node;
			break;
		case NO_STD_UNKNOWN:
			j->unknown[node] = node;
			*vec_add(j->arena, &unknown) = node;
			break;
		case NO_STD_ALWAYS:
		case NO_STD_CFG: /* own_answer settles it */
			break;
		}
	}
	spread(j, j->needs, &needs);
	spread(j, j->unknown, &unknown);
}

static struct str why_not(const struct judge *j, uint32_t node)
{
	uint32_t cause = j->needs[node];
	const struct locked_package *locked = &j->graph->lock->packages[node_package(cause)];
	bool by_feature = j->facts[node_package(cause)].no_std != NO_STD_NO;

	if (cause == node)
		return by_feature ? STR_LIT("with these features it needs the standard library")
		                  : STR_LIT("it needs the standard library");
	return arena_printf(j->arena,
	                    "it is built from " STR_FMT " " STR_FMT
	                    ", which needs the standard library%s",
	                    STR_ARG(locked->name), STR_ARG(locked->vers),
	                    by_feature ? " with the features that are on" : "");
}

/* The row of Embassy where it is unknown, or SIZE_MAX. */
static size_t open_row(const struct compat_list *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		if (rows->p[i].verdict == VERDICT_UNKNOWN &&
		    str_eq(rows->p[i].runtime, STR_LIT("embassy")))
			return i;
	return SIZE_MAX;
}

void no_std_judge(struct arena *arena, const struct graph *graph, const struct package_facts *facts,
                  struct runtime_verdict *verdicts)
{
	struct judge j = { .arena = arena, .graph = graph, .facts = facts };

	find_causes(&j);
	for (uint32_t node = 0; node < graph->package_n * 2; node += 2) {
		size_t row = graph->nodes[node].built ? open_row(&verdicts[node].compat) : SIZE_MAX;

		if (row == SIZE_MAX || (j.needs[node] == NODE_NONE && j.unknown[node] != NODE_NONE))
			continue;
		/* Packages of one class share their rows. */
		const struct compat_list *shared = &verdicts[node].compat;
		struct compat_list own = { .n = shared->n, .cap = shared->n };

		own.p = arena_array(arena, shared->n, sizeof *own.p);
		memcpy(own.p, shared->p, shared->n * sizeof *own.p);
		if (j.needs[node] != NODE_NONE) {
			own.p[row].verdict = VERDICT_NO;
			own.p[row].why = why_not(&j, node);
		} else {
			own.p[row].verdict = VERDICT_WORKS;
			own.p[row].why = STR_LIT(
				"it and all that it is built from do without the standard library");
		}
		verdicts[node].compat = own;
	}
}
