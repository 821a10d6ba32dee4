#include "audit/runtime_eval.h"

/* Evaluations of one node beside that of its own features; more sets than that are answered with
 * it. It bounds what a tree made on purpose can cost. */
enum { EVALS_PER_NODE_MAX = 8 };

enum { STATE_NEW, STATE_OPEN, STATE_DONE };

/* "c/d" of a feature that is on: dependency c is asked for feature d. */
struct eval_dep_feature {
	uint32_t dep_name; /* of summary.dep_names */
	uint64_t feature_hash;
	struct eval_dep_feature *next;
};

struct frame {
	struct eval *eval;
	uint32_t edge;      /* the next edge to look at, counted from the node's first */
	struct eval *child; /* of that edge, once it was asked for */
};

struct evaluation {
	struct arena *arena;
	const struct graph *graph;
	const struct knowledge *knowledge;
	const struct bind_row **rows; /* by package: its first row */
	bool *reaches;                /* by node: an async crate is below it, or it is one */
	struct eval **own;            /* by node */
	uint32_t *evals;              /* by node: how many there are beside own */
	struct frames VEC_OF(struct frame) stack;
	struct u32_list todo; /* features to look at, of the closure that is made */
};

static size_t words_of(uint32_t bits)
{
	return ((size_t)bits + 63) / 64;
}

static bool bit(const uint64_t *words, uint32_t i)
{
	return (words[i / 64] >> (i % 64) & 1) != 0;
}

static void set_bit(uint64_t *words, uint32_t i)
{
	words[i / 64] |= UINT64_C(1) << (i % 64);
}

static const struct summary *summary_of(const struct evaluation *at, uint32_t node)
{
	return at->graph->packages[node_package(node)].summary;
}

static void switch_on(struct evaluation *at, struct eval *eval, uint32_t feature)
{
	if (feature == FEATURE_NONE || bit(eval->features, feature))
		return;
	set_bit(eval->features, feature);
	*vec_add(at->arena, &at->todo) = feature;
}

static void switch_on_value(struct evaluation *at, struct eval *eval, const struct summary *summary,
                            const struct feature_value *value)
{
	switch (value->kind) {
	case FV_FEATURE:
		switch_on(at, eval, value->feature);
		return;
	case FV_DEP:
		if (value->dep_name != FEATURE_NONE)
			set_bit(eval->deps, value->dep_name);
		return;
	case FV_DEP_FEATURE:
		if (value->dep_name == FEATURE_NONE)
			return;
		struct eval_dep_feature *one = arena_new(at->arena, struct eval_dep_feature);
		*one = (struct eval_dep_feature){ value->dep_name, value->dep_feature_hash,
			                          eval->dep_features };
		eval->dep_features = one;
		if (value->weak)
			return;
		set_bit(eval->deps, value->dep_name);
		switch_on(at, eval,
		          summary_feature_find(summary, summary->dep_names[value->dep_name]));
		return;
	}
}

/* Adds all that the features in at->todo switch on. */
static void close_features(struct evaluation *at, struct eval *eval, const struct summary *summary)
{
	while (at->todo.n > 0) {
		const struct summary_feature *feature =
			&summary->features[at->todo.p[--at->todo.n]];

		for (uint32_t i = 0; i < feature->n; i++)
			switch_on_value(at, eval, summary, &feature->values[i]);
	}
}

static struct eval *eval_new(struct evaluation *at, uint32_t node)
{
	struct eval *eval = arena_new(at->arena, struct eval);
	const struct summary *summary = summary_of(at, node);

	eval->node = node;
	eval->async_edge = EVAL_EDGE_NONE;
	eval->passes = true;
	eval->vocabulary = true;
	if (summary == NULL) {
		eval->assumed = true;
		return eval;
	}
	eval->features =
		arena_array(at->arena, words_of(summary->feature_n), sizeof *eval->features);
	eval->deps = arena_array(at->arena, words_of(summary->dep_name_n), sizeof *eval->deps);
	return eval;
}

/* The declared dependency of an edge, as index: known, or the first of that crate; else
 * DEP_NONE. */
static uint32_t dep_of(const struct evaluation *at, const struct graph_edge *edge)
{
	const struct summary *from = summary_of(at, edge->from);
	const struct locked_package *to = &at->graph->lock->packages[node_package(edge->to)];

	if (from == NULL || edge->dep != DEP_NONE)
		return edge->dep;
	for (uint32_t i = 0; i < from->dep_n; i++) {
		if (from->deps[i].kind != KIND_NORMAL || !str_eq(from->deps[i].package, to->name) ||
		    !semver_req_matches(&from->deps[i].req, &to->version))
			continue;
		return i;
	}
	return DEP_NONE;
}

static void ask_for(struct evaluation *at, struct eval *eval, const struct summary *summary,
                    const struct summary *from, uint32_t dep)
{
	const struct dep_brief *brief = &from->briefs[dep];

	if (brief->default_features)
		switch_on(at, eval, summary->default_feature);
	for (uint32_t i = 0; i < brief->asked_n; i++)
		switch_on(at, eval, summary_feature_at(summary, from->asked[brief->asked + i]));
}

/* What is on at a node whose features nobody resolved: its defaults, and what is asked for by
 * name. */
static void assume_features(struct evaluation *at, struct eval *eval, const struct summary *summary)
{
	const struct graph_node *node = &at->graph->nodes[eval->node];

	eval->assumed = true;
	switch_on(at, eval, summary->default_feature);
	for (uint32_t i = 0; i < node->in_n; i++) {
		const struct graph_edge *edge =
			&at->graph->edges[at->graph->in_edges[node->in_first + i]];
		const struct summary *from = summary_of(at, edge->from);
		uint32_t dep = dep_of(at, edge);

		if (dep != DEP_NONE && !from->briefs[dep].optional)
			ask_for(at, eval, summary, from, dep);
	}
}

static struct eval *own_eval(struct evaluation *at, uint32_t node)
{
	const struct summary *summary = summary_of(at, node);
	const struct graph_node *what = &at->graph->nodes[node];

	if (at->own[node] != NULL)
		return at->own[node];
	struct eval *eval = eval_new(at, node);
	if (summary != NULL) {
		if (!what->has_features)
			assume_features(at, eval, summary);
		for (uint32_t i = 0; i < what->feature_n; i++)
			switch_on(at, eval, what->features[i]);
		close_features(at, eval, summary);
	}
	at->own[node] = eval;
	return eval;
}

/* The evaluation of a dependency under what `parent` asks of it. */
static struct eval *asked_eval(struct evaluation *at, const struct eval *parent,
                               const struct graph_edge *edge, uint32_t dep)
{
	const struct summary *summary = summary_of(at, edge->to),
			     *from = summary_of(at, edge->from);
	struct eval *own = own_eval(at, edge->to);

	if (summary == NULL || summary->feature_n == 0)
		return own;
	struct eval *eval = eval_new(at, edge->to);
	eval->assumed = parent->assumed;
	ask_for(at, eval, summary, from, dep);
	for (const struct eval_dep_feature *f = parent->dep_features; f != NULL; f = f->next)
		if (f->dep_name == from->dep_name_of[dep])
			switch_on(at, eval, summary_feature_at(summary, f->feature_hash));
	close_features(at, eval, summary);

	size_t bytes = words_of(summary->feature_n) * sizeof *eval->features;
	for (struct eval *one = own; one != NULL; one = one->next)
		if (memcmp(one->features, eval->features, bytes) == 0)
			return one;
	if (at->evals[edge->to] == EVALS_PER_NODE_MAX)
		return own;
	at->evals[edge->to]++;
	eval->next = own->next;
	own->next = eval;
	return eval;
}

/* The evaluation behind an edge, or NULL where the edge says nothing about runtimes. */
static struct eval *child_of(struct evaluation *at, const struct eval *parent,
                             const struct graph_edge *edge)
{
	if (edge->kind != KIND_NORMAL || !at->reaches[edge->to])
		return NULL;
	const struct summary *from = summary_of(at, edge->from);
	uint32_t dep = dep_of(at, edge);

	if (dep == DEP_NONE)
		return own_eval(at, edge->to);
	if (from->briefs[dep].optional && !bit(parent->deps, from->dep_name_of[dep]))
		return NULL;
	return asked_eval(at, parent, edge, dep);
}

static void add_bound(struct evaluation *at, struct eval *eval, struct eval_bound bound)
{
	if ((eval->runtimes >> bound.runtime & 1) != 0) {
		for (struct eval_bound *one = eval->bounds; one != NULL; one = one->next) {
			if (one->runtime != bound.runtime)
				continue;
			/* A runtime's own crate among the dependencies says it best, then a harder
			 * one. */
			bool direct = bound.child != NULL && bound.child->row == bound.row;
			bool was_direct = one->child != NULL && one->child->row == one->row;
			bool hard = one->hard || bound.hard;
			if ((direct && !was_direct) ||
			    (direct == was_direct && bound.hard && !one->hard)) {
				bound.next = one->next;
				*one = bound;
			}
			one->hard = hard;
		}
		return;
	}
	struct eval_bound *made = arena_new(at->arena, struct eval_bound);
	*made = bound;
	made->next = eval->bounds;
	eval->bounds = made;
	eval->runtimes |= UINT64_C(1) << bound.runtime;
}

static void bind_to_row(struct evaluation *at, struct eval *eval, const struct bind_row *row)
{
	eval->row = row;
	eval->kind = row->kind;
	eval->passes = row->passes;
	eval->vocabulary = row->vocabulary;
	for (uint32_t i = 0; i < KNOWLEDGE_RUNTIMES_MAX; i++)
		if ((row->runtimes >> i & 1) != 0)
			add_bound(at, eval,
			          (struct eval_bound){ i, row->hard, row, EVAL_EDGE_NONE, NULL,
			                               NULL });
	eval->hard = eval->hard || row->hard;
}

/* Lets the curated rows decide; false where they leave it to the rules. */
static bool decide_by_rows(struct evaluation *at, struct eval *eval)
{
	const struct locked_package *package = &at->graph->lock->packages[node_package(eval->node)];
	const struct summary *summary = summary_of(at, eval->node);
	struct feature_bits asked = { summary, eval->features };
	struct feature_bits all = { summary, at->own[eval->node]->features };
	const struct bind_row *plain = NULL;
	bool soft = false;

	for (const struct bind_row *row = at->rows[node_package(eval->node)]; row != NULL;
	     row = row->next) {
		if (!bind_row_is_for(row, &package->version))
			continue;
		/* Without a summary no condition can be asked: the first row is the likely one. */
		if (summary != NULL && !bind_row_applies(row, row->whole ? &all : &asked))
			continue;
		if (row->kind != BIND_RUNTIME && !row->alone) {
			plain = plain == NULL ? row : plain;
			continue;
		}
		if (row->alone || (row->runtimes & (row->runtimes - 1)) != 0 || summary == NULL) {
			eval->bounds = NULL;
			eval->runtimes = 0;
			eval->hard = false;
			bind_to_row(at, eval, row);
			return true;
		}
		soft = soft || !row->hard;
		bind_to_row(at, eval, row);
	}
	if (eval->row != NULL) {
		/* Several features chose: the one that works anywhere keeps the crate from
		 * panicking. */
		eval->hard = eval->hard && !soft;
		return true;
	}
	if (plain != NULL)
		bind_to_row(at, eval, plain);
	return plain != NULL;
}

/* Takes over what a dependency says. */
static void merge(struct evaluation *at, struct eval *eval, const struct eval *child, uint32_t edge)
{
	bool to_host = node_side(eval->node) == SIDE_TARGET && node_side(child->node) == SIDE_HOST;

	if (child->kind == BIND_NONE)
		return;
	/* A proc macro runs in the compiler: what it needs there binds nobody, but one that writes
	 * async code makes its user async. */
	if (to_host && (child->row == NULL || child->kind == BIND_RUNTIME))
		return;
	if (child->kind == BIND_RUNTIME && child->passes) {
		for (const struct eval_bound *b = child->bounds; b != NULL; b = b->next)
			if ((child->runtimes >> b->runtime & 1) != 0)
				add_bound(at, eval,
				          (struct eval_bound){ b->runtime, b->hard && child->hard,
				                               b->row, edge, child, NULL });
		eval->kind = BIND_RUNTIME;
		return;
	}
	if (!child->vocabulary)
		return;
	if (eval->kind == BIND_NONE)
		eval->kind = BIND_AGNOSTIC;
	if (eval->async_edge == EVAL_EDGE_NONE)
		eval->async_edge = edge;
}

/* Drops runtimes that are part of another one that is bound as well, unless a row names both, and
 * sums up the hardness. */
static void finish(struct evaluation *at, struct eval *eval)
{
	uint64_t included = 0;

	bool by_one_row =
		eval->row != NULL && (eval->row->runtimes & (eval->row->runtimes - 1)) != 0;
	for (const struct eval_bound *b = eval->bounds; b != NULL && !by_one_row; b = b->next)
		included |= knowledge_runtime_at(at->knowledge, b->runtime)->includes;
	eval->runtimes &= ~included;
	for (const struct eval_bound *b = eval->bounds; b != NULL; b = b->next)
		if (b->hard && (eval->runtimes >> b->runtime & 1) != 0)
			eval->hard_runtimes |= UINT64_C(1) << b->runtime;
	if (eval->row == NULL)
		eval->hard = eval->hard_runtimes != 0;
	else if (!eval->hard)
		eval->hard_runtimes = 0;
}

static bool is_proc_macro(const struct evaluation *at, uint32_t node)
{
	return at->graph->packages[node_package(node)].proc_macro;
}

/* Evaluates a node and all below it, with a stack of its own: a tree may be deep on purpose. A
 * cycle, which only a lock without manifests can show, is cut where it closes. */
static void evaluate(struct evaluation *at, struct eval *root)
{
	*vec_add(at->arena, &at->stack) = (struct frame){ root, 0, NULL };
	while (at->stack.n > 0) {
		struct frame *frame = &at->stack.p[at->stack.n - 1];
		struct eval *eval = frame->eval;
		const struct graph_node *node = &at->graph->nodes[eval->node];

		if (eval->state == STATE_NEW) {
			eval->state = STATE_OPEN;
			/* A proc macro runs in the compiler, whatever it is made of. */
			if (decide_by_rows(at, eval) || is_proc_macro(at, eval->node))
				frame->edge = node->out_n;
		}
		if (frame->edge == node->out_n) {
			finish(at, eval);
			eval->state = STATE_DONE;
			at->stack.n--;
			continue;
		}
		uint32_t edge = node->out_first + frame->edge;
		if (frame->child == NULL)
			frame->child = child_of(at, eval, &at->graph->edges[edge]);
		struct eval *child = frame->child;
		if (child != NULL && child->state == STATE_NEW) {
			*vec_add(at->arena, &at->stack) = (struct frame){ child, 0, NULL };
			continue;
		}
		if (child != NULL && child->state == STATE_DONE)
			merge(at, eval, child, edge);
		frame->edge++;
		frame->child = NULL;
	}
}

/* Whether all rows of a crate say that it is not async. */
static bool is_never_async(const struct bind_row *row)
{
	bool some = row != NULL;

	for (; row != NULL; row = row->next)
		if (row->kind != BIND_NONE || row->any.n + row->all.n + row->none.n > 0)
			return false;
	return some;
}

/* Marks the nodes from which an async crate is reached. */
static void mark_reaches(struct evaluation *at)
{
	struct u32_list todo = { 0 };
	const struct graph *graph = at->graph;

	for (uint32_t p = 0; p < graph->package_n; p++) {
		at->rows[p] = knowledge_binds(at->knowledge, graph->lock->packages[p].name);
		if (at->rows[p] == NULL || is_never_async(at->rows[p]))
			continue;
		for (int side = SIDE_TARGET; side <= SIDE_HOST; side++) {
			uint32_t node = node_of(p, (enum side)side);

			if (!graph->nodes[node].built)
				continue;
			at->reaches[node] = true;
			*vec_add(at->arena, &todo) = node;
		}
	}
	while (todo.n > 0) {
		const struct graph_node *node = &graph->nodes[todo.p[--todo.n]];

		for (uint32_t i = 0; i < node->in_n; i++) {
			const struct graph_edge *edge =
				&graph->edges[graph->in_edges[node->in_first + i]];

			if (edge->kind != KIND_NORMAL || at->reaches[edge->from] ||
			    is_never_async(at->rows[node_package(edge->from)]))
				continue;
			at->reaches[edge->from] = true;
			*vec_add(at->arena, &todo) = edge->from;
		}
	}
}

struct eval **runtime_eval(struct arena *arena, const struct graph *graph,
                           const struct knowledge *knowledge)
{
	uint32_t nodes = graph->package_n * 2;
	struct evaluation at = { .arena = arena, .graph = graph, .knowledge = knowledge };

	at.rows = arena_array(arena, graph->package_n, sizeof *at.rows);
	at.reaches = arena_array(arena, nodes, sizeof *at.reaches);
	at.own = arena_array(arena, nodes, sizeof *at.own);
	at.evals = arena_array(arena, nodes, sizeof *at.evals);
	mark_reaches(&at);
	for (uint32_t node = 0; node < nodes; node++) {
		if (!graph->nodes[node].built)
			continue;
		if (!at.reaches[node]) {
			/* Nothing async is below it: there is nothing to ask. */
			at.own[node] = arena_new(arena, struct eval);
			at.own[node]->node = node;
			at.own[node]->row = at.rows[node_package(node)];
			at.own[node]->state = STATE_DONE;
			continue;
		}
		if (own_eval(&at, node)->state == STATE_NEW)
			evaluate(&at, at.own[node]);
	}
	return at.own;
}

bool eval_has_feature(const struct eval *eval, const struct graph *graph, struct str name)
{
	const struct summary *summary = graph->packages[node_package(eval->node)].summary;
	struct feature_bits on = { summary, eval->features };

	return summary != NULL && eval->features != NULL && feature_bits_has(&on, name);
}
