#include "audit/resolve.h"
#include "audit/project.h" /* EDGE_… */
#include "base/bits.h"

/* A weak feature ("c?/d") that waits for its dependency to be switched on. */
struct weak {
	uint32_t dep_name;
	struct str feature;
	uint64_t hash;
	struct weak *next;
};

/* A package on a side, while features are united. Under resolver 1 only the target side is used. */
struct state {
	uint64_t *features, *dep_on; /* bits by feature and by dep_name; NULL until it is reached */
	struct weak *weak;
	bool deps_done, queued;
};

/* Work to be done at a node: a feature value in text (text.p set), the values of a feature, or
 * (feature FEATURE_NONE) its dependencies. A list instead of recursion: nothing from outside bounds
 * the depth. */
struct task {
	uint32_t node, feature;
	struct str text;
};
struct task_list VEC_OF(struct task);

struct resolver {
	struct arena *arena;
	const struct resolve_input *in;
	struct state *states;
	struct task_list tasks;
	/* platform text → bits of platform_bits, so that each is asked once */
	struct map platforms;
	uint8_t **platform_on;
	struct resolve_missing_list missing;
	bool *is_root; /* takes part with its dev dependencies */
	/* resolver 2, 3: host and target, inactive platforms, dev dependencies */
	bool apart;
};

enum { ON_TARGET = 1, ON_HOST = 2 };

static uint8_t ask_platform(const struct resolver *r, const struct cfg_platform *platform)
{
	uint8_t bits = 0;

	for (uint32_t i = 0; i < r->in->target_n; i++)
		if (cfg_platform_matches(platform, r->in->targets[i].triple,
		                         &r->in->targets[i].set))
			bits |= ON_TARGET;
	if (cfg_platform_matches(platform, r->in->host.triple, &r->in->host.set))
		bits |= ON_HOST;
	return bits;
}

static uint8_t platform_bits(struct resolver *r, const struct dependency *dep)
{
	bool added = false;

	uint32_t *slot = map_slot(&r->platforms, r->arena, dep->platform_text, 0, &added);
	if (added)
		*slot = ask_platform(r, &dep->platform);
	return (uint8_t)*slot;
}

static const uint8_t *platforms_of(struct resolver *r, uint32_t package)
{
	const struct summary *summary = r->in->summaries[package];
	const uint32_t *links = r->in->links->to[package];

	if (!r->platform_on[package]) {
		uint8_t *bits = arena_array(r->arena, summary->dep_n, sizeof *bits);

		/* Of what is not locked nobody asks, unless the lock is being made. */
		for (uint32_t i = 0; i < summary->dep_n; i++)
			if (links[i] != PACKAGE_NONE || r->in->growing)
				bits[i] = summary->briefs[i].has_platform
				                  ? platform_bits(r, &summary->deps[i])
				                  : ON_TARGET | ON_HOST;
		r->platform_on[package] = bits;
	}
	return r->platform_on[package];
}

static struct state *reach(struct resolver *r, uint32_t node)
{
	struct state *state = &r->states[node];
	const struct summary *summary = r->in->summaries[node_package(node)];

	if (!state->features && summary) {
		size_t feature_words = summary->feature_n / 64 + 1,
		       dep_words = summary->dep_name_n / 64 + 1;

		state->features =
			arena_array(r->arena, feature_words + dep_words, sizeof(uint64_t));
		state->dep_on = state->features + feature_words;
	}
	return state;
}

/* Whether dependency d of a node takes part for the feature resolver, if it is locked and not
 * switched off. */
static bool takes_part(struct resolver *r, uint32_t node, uint32_t d)
{
	uint32_t package = node_package(node);
	const struct dep_brief *dep = &r->in->summaries[package]->briefs[d];

	if (dep->kind == KIND_DEV &&
	    !(r->is_root[package] && (!r->apart || (r->in->edges & EDGE_DEV))))
		return false;
	if (!r->apart || !dep->has_platform)
		return true;
	bool for_host = node_side(node) == SIDE_HOST || dep->kind == KIND_BUILD;

	return (platforms_of(r, package)[d] & (for_host ? ON_HOST : ON_TARGET)) != 0;
}

/* The node that dependency d of a node means for the feature resolver, or NODE_NONE where it takes
 * no part. */
static uint32_t dep_node(struct resolver *r, uint32_t node, uint32_t d)
{
	uint32_t package = node_package(node), to = r->in->links->to[package][d];
	enum side side = node_side(node);

	if (to == PACKAGE_NONE || !takes_part(r, node, d))
		return NODE_NONE;
	if (r->apart &&
	    (r->in->summaries[package]->briefs[d].kind == KIND_BUILD || r->in->proc_macro[to]))
		side = SIDE_HOST;
	return node_of(to, side);
}

/* For a lock that is being made: dependency d is wanted, and no package stands for it yet. */
static void note_missing(struct resolver *r, uint32_t node, uint32_t d)
{
	if (r->in->growing && r->in->links->to[node_package(node)][d] == PACKAGE_NONE &&
	    takes_part(r, node, d))
		*vec_add(r->arena, &r->missing) = (struct resolve_missing){ node, d };
}

static void want_feature(struct resolver *r, uint32_t node, uint32_t feature)
{
	struct state *state = reach(r, node);

	if (feature == FEATURE_NONE || !state->features)
		return;
	if (bits_set(state->features, feature))
		*vec_add(r->arena, &r->tasks) = (struct task){ .node = node, .feature = feature };
}

static void want_deps(struct resolver *r, uint32_t node)
{
	struct state *state = reach(r, node);

	if (state->queued)
		return;
	state->queued = true;
	*vec_add(r->arena, &r->tasks) = (struct task){ .node = node, .feature = FEATURE_NONE };
}

/* A feature by the hash of what a dependency's `features` or the command line writes. False where
 * it is none, and so may be more than a name. */
static bool want_hashed(struct resolver *r, uint32_t node, uint64_t hash)
{
	const struct summary *summary = r->in->summaries[node_package(node)];

	reach(r, node);
	if (!summary)
		return true;
	uint32_t feature = summary_feature_at(summary, hash);

	want_feature(r, node, feature);
	return feature != FEATURE_NONE;
}

/* The same by its text. A feature's name has neither '/' nor ':', so what is found needs no second
 * look. */
static void want_text(struct resolver *r, uint32_t node, struct str text, uint64_t hash)
{
	if (!want_hashed(r, node, hash) &&
	    (str_find(text, '/') != STR_NONE || str_starts(text, STR_LIT("dep:"))))
		*vec_add(r->arena, &r->tasks) = (struct task){ .node = node, .text = text };
}

static void want_defaults(struct resolver *r, uint32_t node)
{
	const struct summary *summary = r->in->summaries[node_package(node)];

	if (summary)
		want_feature(r, node, summary->default_feature);
}

/* What dependency d of a summary asks of the node it means. */
static void want_dependency(struct resolver *r, const struct summary *from, uint32_t d, uint32_t to)
{
	const struct dep_brief *dep = &from->briefs[d];

	for (uint32_t i = 0; i < dep->asked_n; i++)
		if (!want_hashed(r, to, from->asked[dep->asked + i]))
			want_text(r, to, from->deps[d].features.p[i], from->asked[dep->asked + i]);
	if (dep->default_features)
		want_defaults(r, to);
	want_deps(r, to);
}

/* Switches on the dependencies of that name, and what waited for it. */
static void want_optional(struct resolver *r, uint32_t node, uint32_t dep_name)
{
	const struct summary *summary = r->in->summaries[node_package(node)];
	struct state *state = reach(r, node);

	if (dep_name == FEATURE_NONE || !bits_set(state->dep_on, dep_name))
		return;
	for (uint32_t d = 0; d < summary->dep_n; d++) {
		if (summary->dep_name_of[d] != dep_name)
			continue;
		uint32_t to = dep_node(r, node, d);

		if (to == NODE_NONE) {
			note_missing(r, node, d);
			continue;
		}
		for (const struct weak *weak = state->weak; weak; weak = weak->next)
			if (weak->dep_name == dep_name)
				want_text(r, to, weak->feature, weak->hash);
		want_dependency(r, summary, d, to);
	}
}

/* "c/d" and "c?/d". Weak values stay in the list after their dependency came: it is read only when
 * the dependency is switched on, which happens once. */
static void want_dep_feature(struct resolver *r, uint32_t node, const struct feature_value *value)
{
	const struct summary *summary = r->in->summaries[node_package(node)];
	struct state *state = reach(r, node);

	for (uint32_t d = 0; d < summary->dep_n; d++) {
		if (summary->dep_name_of[d] != value->dep_name)
			continue;
		uint32_t to = dep_node(r, node, d);

		if (to == NODE_NONE) {
			if (!value->weak)
				note_missing(r, node, d);
			continue;
		}
		if (summary->briefs[d].optional) {
			if (value->weak && !bits_has(state->dep_on, value->dep_name)) {
				struct weak *weak = arena_new(r->arena, struct weak);

				*weak = (struct weak){ value->dep_name, value->dep_feature,
					               value->dep_feature_hash, state->weak };
				state->weak = weak;
				continue;
			}
			want_optional(r, node, value->dep_name);
			if (!value->weak)
				want_feature(r, node,
				             summary_feature_find(summary, summary->deps[d].name));
		}
		want_text(r, to, value->dep_feature, value->dep_feature_hash);
	}
}

static void want_value(struct resolver *r, uint32_t node, const struct feature_value *value)
{
	switch (value->kind) {
	case FV_FEATURE:
		want_feature(r, node, value->feature);
		break;
	case FV_DEP:
		want_optional(r, node, value->dep_name);
		break;
	case FV_DEP_FEATURE:
		if (value->dep_name != FEATURE_NONE)
			want_dep_feature(r, node, value);
		break;
	}
}

static void run_text(struct resolver *r, uint32_t node, struct str text)
{
	const struct summary *summary = r->in->summaries[node_package(node)];
	struct feature_value value = { .kind = FV_DEP };
	struct str head = { 0 };

	if (str_cut(text, '/', &head, &value.dep_feature)) {
		value.kind = FV_DEP_FEATURE;
		value.weak = str_ends(head, STR_LIT("?"));
		if (value.weak)
			head.n--;
		value.dep_feature_hash = summary_hash(value.dep_feature);
	} else {
		head = str_sub(text, strlen("dep:"), text.n);
	}
	value.dep_name = summary_dep_name_find(summary, head);
	want_value(r, node, &value);
}

/* A package that nobody knows: what the lock lists is taken to be its normal dependencies with
 * defaults. */
static void want_locked_deps(struct resolver *r, uint32_t node)
{
	const struct locked_package *package = &r->in->lock->packages[node_package(node)];

	for (uint32_t i = 0; i < package->dep_n; i++) {
		uint32_t to = package->deps[i];
		bool host = node_side(node) == SIDE_HOST || (r->apart && r->in->proc_macro[to]);

		want_defaults(r, node_of(to, host ? SIDE_HOST : SIDE_TARGET));
		want_deps(r, node_of(to, host ? SIDE_HOST : SIDE_TARGET));
	}
}

static void run_task(struct resolver *r, struct task task)
{
	const struct summary *summary = r->in->summaries[node_package(task.node)];

	if (!summary) {
		want_locked_deps(r, task.node);
		return;
	}
	if (task.text.p) {
		run_text(r, task.node, task.text);
		return;
	}
	if (task.feature != FEATURE_NONE) {
		const struct summary_feature *feature = &summary->features[task.feature];

		for (uint32_t i = 0; i < feature->n; i++)
			want_value(r, task.node, &feature->values[i]);
		return;
	}
	const uint32_t *links = r->in->links->to[node_package(task.node)];
	for (uint32_t d = 0; d < summary->dep_n; d++) {
		/* What is not locked takes no part; this array is far smaller than that of the
		 * dependencies. */
		if (links[d] == PACKAGE_NONE) {
			if (!summary->briefs[d].optional)
				note_missing(r, task.node, d);
			continue;
		}
		if (summary->briefs[d].optional) {
			if (r->in->as_locked)
				want_optional(r, task.node, summary->dep_name_of[d]);
			continue;
		}
		uint32_t to = dep_node(r, task.node, d);
		if (to != NODE_NONE)
			want_dependency(r, summary, d, to);
	}
}

static void run_tasks(struct resolver *r)
{
	while (r->tasks.n > 0)
		run_task(r, r->tasks.p[--r->tasks.n]);
}

static void want_root(struct resolver *r, const struct resolve_root *root, enum side side)
{
	const struct summary *summary = r->in->summaries[root->package];
	uint32_t node = node_of(root->package, side);

	for (size_t i = 0; i < root->features.n; i++)
		want_text(r, node, root->features.p[i], summary_hash(root->features.p[i]));
	if (root->default_features)
		want_defaults(r, node);
	for (uint32_t i = 0; summary && root->all_features && i < summary->feature_n; i++)
		want_feature(r, node, i);
	want_deps(r, node);
}

static void unite_features(struct resolver *r)
{
	for (uint32_t i = 0; i < r->in->root_n; i++)
		r->is_root[r->in->roots[i].package] = true;
	for (uint32_t i = 0; i < r->in->root_n; i++) {
		const struct resolve_root *root = &r->in->roots[i];

		/* A selected proc macro also takes part as a normal package, for its tests and
		 * examples. */
		want_root(r, root, SIDE_TARGET);
		if (r->apart && r->in->proc_macro[root->package])
			want_root(r, root, SIDE_HOST);
		run_tasks(r);
	}
}

/* ---- the walk ---- */

struct walk {
	struct resolver *r;
	const struct resolve_platform *target; /* the one this walk is for */
	struct map platforms;                  /* platform text → active for this target */
	struct graph *graph;
	struct {
		struct graph_edge *p;
		size_t n, cap;
	} edges;
	uint32_t *stack;
	size_t stack_n;
	bool *seen; /* nodes of this walk; those of the host stay from walk to walk */
};

static bool walk_platform(struct walk *w, uint32_t package, uint32_t d, bool for_host)
{
	const struct summary *summary = w->r->in->summaries[package];
	bool added = false;

	if (!summary->briefs[d].has_platform)
		return true;
	if (for_host)
		return (platforms_of(w->r, package)[d] & ON_HOST) != 0;
	if (w->r->in->target_n == 1)
		return (platforms_of(w->r, package)[d] & ON_TARGET) != 0;
	const struct dependency *dep = &summary->deps[d];
	uint32_t *slot = map_slot(&w->platforms, w->r->arena, dep->platform_text, 0, &added);
	if (added)
		*slot = cfg_platform_matches(&dep->platform, w->target->triple, &w->target->set);
	return *slot != 0;
}

/* Where features of a node are kept: resolver 1 has one set for both sides. */
static struct state *features_at(const struct resolver *r, uint32_t node)
{
	return &r->states[r->apart ? node : node_of(node_package(node), SIDE_TARGET)];
}

static void visit(struct walk *w, uint32_t node)
{
	if (w->seen[node])
		return;
	w->seen[node] = true;
	w->graph->nodes[node].built = true;
	w->stack[w->stack_n++] = node;
}

static void add_edge(struct walk *w, uint32_t from, uint32_t to, uint32_t dep, enum dep_kind kind)
{
	*vec_add(w->r->arena, &w->edges) = (struct graph_edge){ from, to, dep, kind };
	visit(w, to);
}

static void walk_locked_deps(struct walk *w, uint32_t node)
{
	const struct locked_package *package = &w->r->in->lock->packages[node_package(node)];

	for (uint32_t i = 0; i < package->dep_n; i++) {
		uint32_t to = package->deps[i];
		bool host = node_side(node) == SIDE_HOST || w->r->in->proc_macro[to];

		add_edge(w, node, node_of(to, host ? SIDE_HOST : SIDE_TARGET), DEP_NONE,
		         KIND_NORMAL);
	}
}

static void walk_node(struct walk *w, uint32_t node)
{
	const struct resolve_input *in = w->r->in;
	uint32_t package = node_package(node);
	const struct summary *summary = in->summaries[package];

	if (!summary) {
		walk_locked_deps(w, node);
		return;
	}
	const struct state *state = features_at(w->r, node);
	for (uint32_t d = 0; d < summary->dep_n; d++) {
		uint32_t to = in->links->to[package][d];

		if (to == PACKAGE_NONE)
			continue;
		const struct dep_brief *dep = &summary->briefs[d];
		enum dep_kind kind = (enum dep_kind)dep->kind;

		if (!(in->edges & project_edge(kind)) ||
		    (kind == KIND_DEV && !w->r->is_root[package]))
			continue;
		if (!walk_platform(w, package, d,
		                   node_side(node) == SIDE_HOST || kind == KIND_BUILD))
			continue;
		if (dep->optional && !resolve_dep_is_on(state->dep_on, summary->dep_name_of[d]))
			continue;
		bool host =
			node_side(node) == SIDE_HOST || kind == KIND_BUILD || in->proc_macro[to];
		add_edge(w, node, node_of(to, host ? SIDE_HOST : SIDE_TARGET), d, kind);
	}
}

static void list_features(struct resolver *r, struct graph *graph, uint32_t node)
{
	const struct summary *summary = r->in->summaries[node_package(node)];
	const struct state *state = features_at(r, node);
	struct graph_node *out = &graph->nodes[node];

	if (!summary || !out->built)
		return;
	out->has_features = true;
	if (!state->features)
		return;
	size_t words = summary->feature_n / 64 + 1;
	for (size_t i = 0; i < words; i++)
		out->feature_n += (uint32_t)__builtin_popcountll(state->features[i]);
	out->features = arena_array(r->arena, out->feature_n, sizeof *out->features);
	uint32_t n = 0;
	for (size_t i = 0; i < words; i++)
		for (uint64_t bits = state->features[i]; bits; bits &= bits - 1)
			out->features[n++] = (uint32_t)(i * 64) + (uint32_t)__builtin_ctzll(bits);
}

static void walk_roots(struct walk *w)
{
	const struct resolve_input *in = w->r->in;

	/* From members that are not selected, too: what only they build for the host may be a
	 * package that is selected. What the selected ones do not reach is dropped afterwards. */
	for (uint32_t i = 0; i < in->root_n; i++) {
		uint32_t package = in->roots[i].package;

		visit(w, node_of(package, in->proc_macro[package] ? SIDE_HOST : SIDE_TARGET));
	}
	while (w->stack_n > 0)
		walk_node(w, w->stack[--w->stack_n]);
}

static void add_root_node(struct graph *graph, uint32_t package)
{
	for (enum side side = SIDE_TARGET; side <= SIDE_HOST; side++)
		if (graph->nodes[node_of(package, side)].built)
			graph->roots[graph->root_n++] = node_of(package, side);
}

/* cargo's roots are all nodes of a selected package, a member that is also built for the host
 * included. */
static void set_roots(struct resolver *r, struct graph *graph)
{
	const struct resolve_input *in = r->in;

	graph->roots = arena_array(r->arena, 2 * ((size_t)in->root_n + in->selected_others_n),
	                           sizeof *graph->roots);
	for (uint32_t i = 0; i < in->root_n; i++)
		if (in->roots[i].is_selected)
			add_root_node(graph, in->roots[i].package);
	for (uint32_t i = 0; i < in->selected_others_n; i++)
		add_root_node(graph, in->selected_others[i]);
}

static bool are_all_selected(const struct resolve_input *in)
{
	for (uint32_t i = 0; i < in->root_n; i++)
		if (!in->roots[i].is_selected)
			return false;
	return true;
}

static void walk_all(struct resolver *r, struct graph *graph)
{
	size_t node_n = (size_t)r->in->lock->n * 2;
	struct walk w = { .r = r, .graph = graph };

	w.stack = arena_array(r->arena, node_n, sizeof *w.stack);
	w.seen = arena_array(r->arena, node_n, sizeof *w.seen);
	for (uint32_t t = 0; t < r->in->target_n; t++) {
		w.target = &r->in->targets[t];
		w.platforms = (struct map){ 0 };
		for (size_t i = 0; i < node_n; i += 2)
			w.seen[i] = false;
		walk_roots(&w);
	}
	graph->edges = w.edges.p;
	graph->edge_n = (uint32_t)w.edges.n;
}

void resolve(struct arena *arena, const struct resolve_input *in, struct graph *out,
             struct resolve_notes *notes)
{
	size_t node_n = (size_t)in->lock->n * 2;
	struct resolver r = { .arena = arena, .in = in, .apart = in->resolver >= 2 };

	r.states = arena_array(arena, node_n, sizeof *r.states);
	r.platform_on = arena_array(arena, in->lock->n, sizeof *r.platform_on);
	r.is_root = arena_array(arena, in->lock->n, sizeof *r.is_root);
	out->nodes = arena_array(arena, node_n, sizeof *out->nodes);
	unite_features(&r);
	walk_all(&r, out);
	set_roots(&r, out);
	graph_index(arena, out);
	if (!are_all_selected(in))
		graph_drop_unreached(arena, out);
	for (uint32_t i = 0; i < node_n; i++)
		list_features(&r, out, i);
	notes->dep_on = arena_array(arena, node_n, sizeof *notes->dep_on);
	for (uint32_t i = 0; i < node_n; i++)
		notes->dep_on[i] = features_at(&r, i)->dep_on;
	notes->platform_on = r.platform_on;
	notes->missing = r.missing;
}
