#include "audit/poller.h"
#include "audit/closure.h"
#include "audit/knowledge_field.h"
#include "audit/paths.h"

static bool choice_parse(const struct toml_value *value, const struct runtime_words *words,
                         struct poller_choice *out, struct err *err)
{
	static const struct str KNOWN[] = { STR("runtime"), STR("feature") };

	if (value->type != TOML_IS_TABLE)
		return err_set(err, ERR_INPUT, "%u: a choice is { runtime, feature }", value->line);
	return knowledge_keys(value, KNOWN, ARRAY_LEN(KNOWN), err) &&
	       knowledge_want_runtime(value, "runtime", words, &out->runtime, err) &&
	       knowledge_want_str(value, "feature", &out->feature, err);
}

bool poller_row_parse(struct arena *arena, const struct toml_value *table,
                      const struct runtime_words *words, struct poller_row *out, struct err *err)
{
	static const struct str KNOWN[] = {
		STR("crate"), STR("req"), STR("any"),    STR("choices"),
		STR("bare"),  STR("why"), STR("source"), STR("checked")
	};
	const struct toml_value *choices = toml_get(table, "choices");
	struct poller_row row = { 0 };

	if (!knowledge_keys(table, KNOWN, ARRAY_LEN(KNOWN), err) ||
	    !knowledge_want_crate(table, "crate", &row.crate, err) ||
	    !knowledge_get_req(arena, table, "req", &row.req, err) ||
	    !knowledge_get_list(arena, table, "any", &row.any, err) ||
	    !knowledge_get_bool(table, "bare", &row.is_bare, err) ||
	    !knowledge_want_str(table, "why", &row.why, err) ||
	    !knowledge_want_source(table, &row.source, err))
		return false;
	if (row.is_bare != (choices == NULL))
		return err_set(err, ERR_INPUT, "%u: a poller has 'choices', or is 'bare'",
		               table->line);
	if (row.is_bare) {
		*out = row;
		return true;
	}
	if (row.any.n == 0 || choices->type != TOML_IS_ARRAY || choices->first == NULL)
		return err_set(err, ERR_INPUT, "%u: 'choices' is missing or no list", table->line);
	for (const struct toml_value *one = choices->first; one != NULL; one = one->next)
		if (!choice_parse(one, words, vec_add(arena, &row.choices), err))
			return false;
	*out = row;
	return true;
}

struct finder {
	struct arena *arena;
	const struct graph *graph;
	const struct knowledge *knowledge;
	const struct closure *closure;
	struct finding_list *out;
};

/* What runs in the member's tests and benchmarks and needs the runtime: itself, or one of its
 * dependencies but the poller; NODE_NONE where nothing does. */
static uint32_t needy(const struct finder *at, uint32_t member, uint32_t poller, uint32_t runtime)
{
	const struct graph_node *node = &at->graph->nodes[member];

	if ((at->closure->hard[member] >> runtime & 1) != 0)
		return member;
	for (uint32_t i = 0; i < node->out_n; i++) {
		const struct graph_edge *edge = &at->graph->edges[node->out_first + i];

		if (edge->kind == KIND_DEV && edge->to != poller &&
		    node_side(edge->to) == SIDE_TARGET &&
		    (at->closure->hard[edge->to] >> runtime & 1) != 0)
			return edge->to;
	}
	return NODE_NONE;
}

static void add_evidence(struct finder *at, const struct poller_row *row,
                         const struct runtime_info *info, struct finding *finding)
{
	*vec_add(at->arena, &finding->evidence) =
		(struct evidence){ STR_LIT("elsewhere"), info->why, info->source };
	*vec_add(at->arena, &finding->evidence) =
		(struct evidence){ STR_LIT("table"), row->why, row->source };
}

/* The way from `from` to what needs the runtime, and its name. */
static struct str add_needy(struct finder *at, uint32_t from, uint32_t runtime,
                            struct finding *finding)
{
	struct node_path way = closure_path(at->arena, at->closure, from, runtime);
	uint32_t last = way.n > 0 ? way.nodes[way.n - 1] : from;

	if (way.n > 1)
		*vec_add(at->arena, &finding->paths) = way;
	return package_text(at->arena, at->graph, node_package(last));
}

static void add_finding(struct finder *at, const struct poller_row *row,
                        const struct poller_choice *choice, uint32_t member, uint32_t poller,
                        uint32_t from)
{
	const struct runtime_info *info = knowledge_runtime_at(at->knowledge, choice->runtime);
	struct finding finding = { .rule = STR_LIT("foreign-reactor"),
		                   .package = node_package(poller),
		                   .subject = info->name };

	paths_add_direct(at->arena, member, poller, &finding.paths);
	struct str last = add_needy(at, from, choice->runtime, &finding);
	finding.message =
		arena_printf(at->arena,
	                     "polls for " STR_FMT " what needs " STR_FMT " (" STR_FMT
	                     "), and its feature " STR_FMT " is off",
	                     STR_ARG(at->graph->lock->packages[node_package(member)].name),
	                     STR_ARG(info->name), STR_ARG(last), STR_ARG(choice->feature));
	add_evidence(at, row, info, &finding);
	finding.remedy =
		(struct remedy){ STR_LIT("feature"),
		                 arena_printf(at->arena,
		                              "turn " STR_FMT "'s feature " STR_FMT
		                              " on, and poll with it",
		                              STR_ARG(row->crate), STR_ARG(choice->feature)) };
	*vec_add(at->arena, at->out) = finding;
}

/* Whether the member's own code starts some runtime: audit/mixing speaks of what polls there. */
static bool starts_any(const struct finder *at, uint32_t member)
{
	const struct graph_node *node = &at->graph->nodes[member];

	for (uint32_t i = 0; i < node->out_n; i++) {
		const struct graph_edge *edge = &at->graph->edges[node->out_first + i];

		if (closure_follows(edge) &&
		    starter_runtimes(at->graph, at->knowledge, edge->to) != 0)
			return true;
	}
	return false;
}

/* A bare executor in a program that needs a runtime which nothing of the project starts. */
static void ask_program(struct finder *at, const struct poller_row *row, uint32_t member,
                        uint32_t poller)
{
	if (at->closure->hard[member] == 0 || !at->graph->nodes[member].has_features ||
	    starts_any(at, member))
		return;
	const bool *around = closure_local_around(at->arena, at->graph, node_package(member));

	for (uint32_t r = 0; r < knowledge_runtime_count(at->knowledge); r++) {
		const struct runtime_info *info = knowledge_runtime_at(at->knowledge, r);

		if ((at->closure->hard[member] >> r & 1) == 0 ||
		    starter_is_there(at->graph, at->knowledge, around, r))
			continue;
		struct finding finding = { .rule = STR_LIT("foreign-reactor"),
			                   .package = node_package(poller),
			                   .subject = info->name,
			                   .level = LEVEL_WARNING };
		paths_add_direct(at->arena, member, poller, &finding.paths);
		struct str needy = add_needy(at, member, r, &finding);
		finding.message =
			arena_printf(at->arena,
		                     "polls for " STR_FMT ", which needs " STR_FMT
		                     " (through " STR_FMT ") and depends on nothing that starts it",
		                     STR_ARG(at->graph->lock->packages[node_package(member)].name),
		                     STR_ARG(info->name), STR_ARG(needy));
		add_evidence(at, row, info, &finding);
		finding.remedy = (struct remedy){
			STR_LIT("none"),
			knowledge_rule(at->knowledge, STR_LIT("foreign-reactor"))->fix
		};
		*vec_add(at->arena, at->out) = finding;
	}
}

static void ask_member(struct finder *at, const struct poller_row *row, uint32_t member,
                       uint32_t poller)
{
	for (size_t i = 0; i < row->choices.n; i++) {
		const struct poller_choice *choice = &row->choices.p[i];
		uint32_t from = graph_has_feature(at->graph, poller, choice->feature)
		                        ? NODE_NONE
		                        : needy(at, member, poller, choice->runtime);

		if (from != NODE_NONE)
			add_finding(at, row, choice, member, poller, from);
	}
}

static void ask_poller(struct finder *at, const struct poller_row *row, uint32_t node)
{
	const struct graph *graph = at->graph;

	for (uint32_t i = 0; i < graph->nodes[node].in_n; i++) {
		const struct graph_edge *edge =
			&graph->edges[graph->in_edges[graph->nodes[node].in_first + i]];

		if (!graph->packages[node_package(edge->from)].is_local ||
		    node_side(edge->from) != SIDE_TARGET)
			continue;
		if (!row->is_bare)
			ask_member(at, row, edge->from, node);
		else if (closure_follows(edge))
			ask_program(at, row, edge->from, node);
	}
}

void poller_find(struct arena *arena, const struct closure *closure, struct finding_list *out)
{
	const struct poller_list *rows = knowledge_pollers(closure->knowledge);
	const struct graph *graph = closure->graph;
	const struct lockfile *lock = graph->lock;
	struct finder at = { arena, graph, closure->knowledge, closure, out };

	for (size_t r = 0; r < rows->n; r++) {
		const struct poller_row *row = &rows->p[r];

		for (uint32_t p = lockfile_first(lock, row->crate);
		     lockfile_names(lock, p, row->crate); p++) {
			uint32_t node = node_of(p, SIDE_TARGET);

			if (graph->nodes[node].built &&
			    semver_req_matches(&row->req, &lock->packages[p].version) &&
			    (row->any.n == 0 || graph_has_any_feature(graph, node, &row->any)))
				ask_poller(&at, row, node);
		}
	}
}
