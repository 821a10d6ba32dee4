#include "audit/runtime.h"

#include "audit/compat.h"
#include "audit/runtime_eval.h"
#include <stdlib.h>

struct classify {
	struct arena *arena;
	const struct graph *graph;
	const struct knowledge *knowledge;
	struct eval **evals;
	struct compat_table compat;
};

/* How sure each rule is: what a person read in the source, what the features say, what is passed
 * on. Measured against the truth table of tests, where each is right at least that often. */
static const double SURE_TABLE = 0.98, SURE_FEATURE = 0.9, SURE_INHERITED = 0.8,
		    SURE_VOCABULARY = 0.85, SURE_NO_ASYNC = 0.85, WITHOUT_FEATURES = 0.6;

static struct str join(struct arena *arena, const struct str *parts, size_t n)
{
	size_t bytes = 0, at = 0;

	for (size_t i = 0; i < n; i++)
		bytes += parts[i].n;
	char *p = arena_alloc(arena, bytes + 1);
	for (size_t i = 0; i < n; i++) {
		if (parts[i].n > 0)
			memcpy(p + at, parts[i].p, parts[i].n);
		at += parts[i].n;
	}
	return (struct str){ p, bytes };
}

/* Whether a row says that any executor serves it. */
static bool works_anywhere(const struct bind_row *row)
{
	size_t n = 0;

	for (size_t i = 0; row != NULL && i < row->compat.n; i++, n++)
		if (row->compat.p[i].verdict != VERDICT_WORKS)
			return false;
	return n > 0;
}

/* The runtimes that a package asks for itself, by its row or from a runtime's own crate, and that
 * another one could mind. */
static uint64_t own_runtimes(const struct classify *at, const struct eval *eval)
{
	uint64_t own = 0;
	uint32_t of;

	if (eval->row != NULL)
		return !eval->hard && works_anywhere(eval->row) ? 0 : eval->runtimes;
	for (const struct eval_bound *bound = eval->bounds; bound != NULL; bound = bound->next) {
		uint32_t to = node_package(at->graph->edges[bound->edge].to);
		const struct locked_package *package = &at->graph->lock->packages[to];

		if (!bound->hard && works_anywhere(bound->row))
			continue;
		if (knowledge_runtime_of(at->knowledge, package->name, &package->version, &of))
			own |= UINT64_C(1) << bound->runtime;
	}
	return own & eval->runtimes;
}

static void fill_class(struct classify *at, const struct eval *eval, struct runtime_verdict *out)
{
	struct str parts[2 * KNOWLEDGE_RUNTIMES_MAX] = { { 0 } };
	size_t n = 0;

	out->runtimes = eval->runtimes;
	out->hard_runtimes = eval->hard_runtimes;
	out->own_runtimes = eval->runtimes == 0 ? 0 : own_runtimes(at, eval);
	out->owns = eval->kind == BIND_RUNTIME && !eval->passes && eval->hard_runtimes == 0;
	if (eval->kind != BIND_RUNTIME) {
		out->klass = eval->kind == BIND_NONE ? STR_LIT("none") : STR_LIT("agnostic");
		return;
	}
	for (size_t i = 0; i < knowledge_runtime_count(at->knowledge); i++) {
		if ((eval->runtimes >> i & 1) == 0)
			continue;
		const struct runtime_info *info = knowledge_runtime_at(at->knowledge, i);
		*vec_add(at->arena, &out->binds) = info->name;
		parts[n] = n == 0 ? STR_LIT("multi:") : STR_LIT("+");
		parts[n + 1] = info->name;
		n += 2;
		out->klass = info->klass;
	}
	if (n > 2)
		out->klass = join(at->arena, parts, n);
}

static struct str node_text(struct classify *at, uint32_t node)
{
	const struct locked_package *package = &at->graph->lock->packages[node_package(node)];
	struct str parts[] = { package->name, STR_LIT(" "), package->vers };

	return join(at->arena, parts, ARRAY_LEN(parts));
}

/* "rt, net" of the features that meet the row's condition as they were asked for; empty where it
 * has none. */
static struct str met_features(struct classify *at, const struct eval *eval,
                               const struct bind_row *row)
{
	const struct str_list *lists[] = { &row->all, &row->any };
	struct str parts[32];
	size_t n = 0;

	for (size_t l = 0; l < ARRAY_LEN(lists); l++)
		for (size_t i = 0; i < lists[l]->n && n + 2 <= ARRAY_LEN(parts); i++) {
			if (!eval_has_feature(eval, at->graph, lists[l]->p[i]))
				continue;
			if (n > 0)
				parts[n++] = STR_LIT(", ");
			parts[n++] = lists[l]->p[i];
		}
	return n == 0 ? (struct str){ 0 } : join(at->arena, parts, n);
}

static void add_evidence(struct classify *at, struct runtime_verdict *out, struct str rule,
                         const struct str *parts, size_t n, struct str source)
{
	*vec_add(at->arena, &out->evidence) =
		(struct evidence){ rule, join(at->arena, parts, n), source };
}

/* "depends on tokio 1.41.0 with rt, net: spawning … need its context". */
static void explain_bound(struct classify *at, const struct eval_bound *bound,
                          struct runtime_verdict *out)
{
	bool direct = bound->child->row != NULL && bound->child->row->kind == BIND_RUNTIME;
	uint32_t to = at->graph->edges[bound->edge].to;
	struct str features =
		direct ? met_features(at, bound->child, bound->row) : (struct str){ 0 };
	struct str runtime = knowledge_runtime_at(at->knowledge, bound->runtime)->name;

	if (direct) {
		struct str parts[] = { STR_LIT("depends on "),
			               node_text(at, to),
			               features.n > 0 ? STR_LIT(" with ") : STR_LIT(""),
			               features,
			               STR_LIT(": "),
			               bound->row->why };
		add_evidence(at, out, STR_LIT("feature"), parts, ARRAY_LEN(parts),
		             bound->row->source);
	} else {
		struct str parts[] = { STR_LIT("depends on "), node_text(at, to),
			               STR_LIT(", which binds to "), runtime };
		add_evidence(at, out, STR_LIT("inherited"), parts, ARRAY_LEN(parts),
		             bound->row->source);
	}
}

static void explain_runtime(struct classify *at, const struct eval *eval,
                            struct runtime_verdict *out)
{
	bool direct = false;

	for (const struct eval_bound *bound = eval->bounds; bound != NULL; bound = bound->next) {
		if ((eval->runtimes >> bound->runtime & 1) == 0)
			continue;
		explain_bound(at, bound, out);
		direct = direct || bound->child->row == bound->row;
		out->via = at->graph->edges[bound->edge].to;
	}
	out->rule = direct ? STR_LIT("feature") : STR_LIT("inherited");
	out->confidence = direct ? SURE_FEATURE : SURE_INHERITED;
}

static void explain_row(struct classify *at, const struct eval *eval, struct runtime_verdict *out)
{
	const struct bind_row *last = NULL;

	out->rule = STR_LIT("table");
	out->confidence = SURE_TABLE;
	out->inferred = false;
	if (eval->bounds == NULL) {
		add_evidence(at, out, out->rule, &eval->row->why, 1, eval->row->source);
		return;
	}
	for (const struct eval_bound *bound = eval->bounds; bound != NULL; bound = bound->next) {
		if (bound->row == last || (eval->runtimes >> bound->runtime & 1) == 0)
			continue;
		last = bound->row;
		struct str features = met_features(at, eval, last);
		struct str parts[] = { features.n > 0 ? STR_LIT("with ") : STR_LIT(""), features,
			               features.n > 0 ? STR_LIT(": ") : STR_LIT(""), last->why };
		add_evidence(at, out, out->rule, parts, ARRAY_LEN(parts), last->source);
	}
}

static void explain(struct classify *at, const struct eval *eval, struct runtime_verdict *out)
{
	out->inferred = true;
	out->via = UINT32_MAX;
	if (eval->row != NULL) {
		explain_row(at, eval, out);
	} else if (eval->kind == BIND_RUNTIME) {
		explain_runtime(at, eval, out);
	} else if (eval->kind == BIND_AGNOSTIC) {
		uint32_t to = at->graph->edges[eval->async_edge].to;
		struct str parts[] = { STR_LIT("depends on "), node_text(at, to),
			               STR_LIT(", and on nothing that binds to a runtime") };

		out->rule = STR_LIT("vocabulary");
		out->confidence = SURE_VOCABULARY;
		add_evidence(at, out, out->rule, parts, ARRAY_LEN(parts), (struct str){ 0 });
	} else {
		out->rule = STR_LIT("no-async");
		out->confidence = SURE_NO_ASYNC;
	}
	if (eval->assumed)
		out->confidence *= WITHOUT_FEATURES;
}

struct runtime_verdict *runtime_classify(struct arena *arena, const struct graph *graph,
                                         const struct knowledge *knowledge)
{
	uint32_t nodes = graph->package_n * 2;
	struct classify at = { .arena = arena, .graph = graph, .knowledge = knowledge };
	struct runtime_verdict *verdicts = arena_array(arena, nodes, sizeof *verdicts);
	uint64_t seen = 0;

	at.evals = runtime_eval(arena, graph, knowledge);
	for (uint32_t node = 0; node < nodes; node++)
		if (at.evals[node] != NULL)
			seen |= at.evals[node]->runtimes;
	at.compat = compat_table(arena, knowledge, seen);
	for (uint32_t node = 0; node < nodes; node++) {
		const struct eval *eval = at.evals[node];

		if (eval == NULL)
			continue;
		fill_class(&at, eval, &verdicts[node]);
		verdicts[node].hard = eval->hard;
		explain(&at, eval, &verdicts[node]);
		verdicts[node].compat = compat_rows(arena, &at.compat, eval);
	}
	return verdicts;
}

/* The verdict that counts for a package: of the target side, else of the host side; NULL where not
 * built. */
static const struct runtime_verdict *verdict_of(const struct graph *graph,
                                                const struct runtime_verdict *verdicts,
                                                uint32_t package, uint32_t *node)
{
	*node = node_of(package, SIDE_TARGET);
	if (!graph->nodes[*node].built)
		*node = node_of(package, SIDE_HOST);
	return graph->nodes[*node].built ? &verdicts[*node] : NULL;
}

static int by_packages(const void *left, const void *right)
{
	const struct runtime_use *a = left, *b = right;

	if (a->packages != b->packages)
		return a->packages > b->packages ? -1 : 1;
	return str_cmp(a->runtime, b->runtime);
}

/* A runtime that no local package asks for came inside other dependencies: those that lead to
 * it. */
static void fill_led_by(struct arena *arena, const struct graph *graph,
                        const struct runtime_verdict *verdicts, uint32_t runtime,
                        struct runtime_use *use)
{
	const uint32_t *parents = graph_parents(arena, graph);
	uint32_t node;

	for (uint32_t p = 0; p < graph->package_n && use->brought_in_by.n < RUNTIME_BROUGHT_IN_MAX;
	     p++) {
		const struct runtime_verdict *verdict = verdict_of(graph, verdicts, p, &node);

		if (verdict == NULL || (verdict->runtimes >> runtime & 1) == 0 ||
		    graph->packages[p].is_local)
			continue;
		while (parents[node] != NODE_NONE && parents[node] != node &&
		       !graph->packages[node_package(parents[node])].is_local)
			node = parents[node];
		str_list_add_once(arena, &use->brought_in_by,
		                  graph->lock->packages[node_package(node)].name);
	}
}

/* The dependencies of local packages that bind to a runtime, and local packages that bind by
 * themselves. */
static void fill_brought_in(struct arena *arena, const struct graph *graph,
                            const struct runtime_verdict *verdicts, uint32_t runtime,
                            struct runtime_use *use)
{
	uint32_t node;

	for (uint32_t p = 0; p < graph->package_n && use->brought_in_by.n < RUNTIME_BROUGHT_IN_MAX;
	     p++) {
		const struct runtime_verdict *verdict = verdict_of(graph, verdicts, p, &node);
		bool is_direct = false;

		if (verdict == NULL || (verdict->runtimes >> runtime & 1) == 0 ||
		    graph->packages[p].is_local)
			continue;
		for (uint32_t i = 0; i < graph->nodes[node].in_n && !is_direct; i++) {
			uint32_t edge = graph->in_edges[graph->nodes[node].in_first + i];
			is_direct = graph->packages[node_package(graph->edges[edge].from)].is_local;
		}
		if (is_direct)
			*vec_add(arena, &use->brought_in_by) = graph->lock->packages[p].name;
	}
}

void runtime_uses(struct arena *arena, const struct graph *graph,
                  const struct runtime_verdict *verdicts, const struct knowledge *knowledge,
                  struct runtime_use_list *out)
{
	struct runtime_use uses[KNOWLEDGE_RUNTIMES_MAX] = { { { 0 }, 0, 0, { 0 }, false, { 0 } } };
	struct str_list versions[KNOWLEDGE_RUNTIMES_MAX] = { { 0 } };
	uint32_t node, of;

	for (uint32_t p = 0; p < graph->package_n; p++) {
		const struct runtime_verdict *verdict = verdict_of(graph, verdicts, p, &node);
		const struct locked_package *package = &graph->lock->packages[p];

		if (verdict == NULL || verdict->runtimes == 0)
			continue;
		for (size_t r = 0; r < knowledge_runtime_count(knowledge); r++) {
			uses[r].packages += (uint32_t)(verdict->runtimes >> r & 1);
			uses[r].hard += (uint32_t)(verdict->hard_runtimes >> r & 1);
		}
		if (knowledge_runtime_of(knowledge, package->name, &package->version, &of) &&
		    str_eq(package->name, knowledge_runtime_at(knowledge, of)->crate))
			*vec_add(arena, &versions[of]) = package->vers;
	}
	for (uint32_t r = 0; r < knowledge_runtime_count(knowledge); r++) {
		const struct runtime_info *info = knowledge_runtime_at(knowledge, r);

		if (uses[r].packages == 0)
			continue;
		uses[r].runtime = info->name;
		uses[r].versions = str_list_join(arena, &versions[r], ", ");
		uses[r].abandoned = info->abandoned;
		fill_brought_in(arena, graph, verdicts, r, &uses[r]);
		if (uses[r].brought_in_by.n == 0)
			fill_led_by(arena, graph, verdicts, r, &uses[r]);
		*vec_add(arena, out) = uses[r];
	}
	if (out->n > 1)
		qsort(out->p, out->n, sizeof *out->p, by_packages);
}
