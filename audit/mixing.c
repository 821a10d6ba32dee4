#include "audit/mixing.h"

#include "audit/paths.h"

/* Pairs of majors that are looked at; more of them are a lock made on purpose. */
enum { SPLITS_MAX = 16 };

struct mixing {
	struct arena *arena;
	const struct graph *graph;
	const struct runtime_verdict *verdicts;
	const struct knowledge *knowledge;
	const struct closure *closure;
	struct finding_list *out;
};

static const struct runtime_info *info_at(const struct mixing *at, uint32_t runtime)
{
	return knowledge_runtime_at(at->knowledge, runtime);
}

/* Whether two runtimes are one for this purpose: the one is inside the other, or they are majors of
 * one crate, of which split-runtime speaks. */
static bool is_one(const struct mixing *at, uint32_t a, uint32_t b)
{
	return (info_at(at, a)->includes >> b & 1) != 0 ||
	       (info_at(at, b)->includes >> a & 1) != 0 ||
	       str_eq(info_at(at, a)->crate, info_at(at, b)->crate);
}

/* Whether a local package below this one holds the mix already. */
static bool is_below(const struct mixing *at, uint32_t node,
                     bool (*holds)(const struct mixing *, uint32_t, const void *), const void *what)
{
	const struct graph_node *from = &at->graph->nodes[node];

	for (uint32_t i = 0; i < from->out_n; i++) {
		const struct graph_edge *edge = &at->graph->edges[from->out_first + i];

		if (closure_follows(edge) && at->graph->packages[node_package(edge->to)].is_local &&
		    holds(at, edge->to, what))
			return true;
	}
	return false;
}

/* The lowest members that hold the mix, and how many hold it in all. */
static uint32_t lowest_holders(const struct mixing *at,
                               bool (*holds)(const struct mixing *, uint32_t, const void *),
                               const void *what, struct u32_list *lowest)
{
	uint32_t all = 0;

	for (uint32_t p = 0; p < at->graph->package_n; p++) {
		uint32_t node = node_of(p, SIDE_TARGET);

		if (!at->graph->packages[p].is_local || !at->graph->nodes[node].built ||
		    !holds(at, node, what))
			continue;
		all++;
		if (!is_below(at, node, holds, what))
			*vec_add(at->arena, lowest) = node;
	}
	return all;
}

/* ", and in 3 members that depend on it" for those above. */
static struct str and_above(const struct mixing *at, uint32_t all, size_t lowest)
{
	if (all <= lowest)
		return STR_LIT("");
	return arena_printf(at->arena, "; %u member%s above %s", all - (uint32_t)lowest,
	                    all - lowest == 1 ? "" : "s",
	                    all - lowest == 1 ? "holds it too" : "hold it too");
}

struct pair {
	uint32_t a, b; /* runtimes; a is hard */
	bool b_hard;
};

static bool holds_pair(const struct mixing *at, uint32_t node, const void *what)
{
	const struct pair *pair = what;
	uint64_t second = pair->b_hard ? at->closure->hard[node] : at->closure->soft[node];

	return (at->closure->hard[node] >> pair->a & 1) != 0 && (second >> pair->b & 1) != 0;
}

/* How a member gets to a runtime: a path to the package that binds it, as evidence and as text. */
static struct str add_way(struct mixing *at, uint32_t member, uint32_t runtime,
                          struct finding *finding)
{
	struct node_path path = closure_path(at->arena, at->closure, member, runtime);
	const struct runtime_info *info = info_at(at, runtime);

	if (path.n < 2)
		return arena_printf(at->arena, STR_FMT, STR_ARG(info->name));
	*vec_add(at->arena, &finding->paths) = path;
	uint32_t last = path.nodes[path.n - 1];
	struct str through = package_text(at->arena, at->graph, node_package(last));
	const struct runtime_verdict *verdict = &at->verdicts[last];
	*vec_add(at->arena, &finding->evidence) = (struct evidence){
		STR_LIT("runtime"),
		arena_printf(at->arena, STR_FMT " binds to " STR_FMT ": " STR_FMT, STR_ARG(through),
		             STR_ARG(info->name),
		             STR_ARG(verdict->evidence.n > 0 ? verdict->evidence.p[0].detail
		                                             : info->why)),
		verdict->evidence.n > 0 && verdict->evidence.p[0].source.n > 0
			? verdict->evidence.p[0].source
			: info->source
	};
	return arena_printf(at->arena, STR_FMT " (through " STR_FMT ")", STR_ARG(info->name),
	                    STR_ARG(through));
}

/* The bridge from the one to the other where there is one, else what the rule advises. */
static struct remedy remedy_of(const struct mixing *at, const struct pair *pair,
                               struct str rule_name)
{
	const struct runtime_info *a = info_at(at, pair->a), *b = info_at(at, pair->b);
	const struct rule_text *rule = knowledge_rule(at->knowledge, rule_name);

	for (size_t i = 0; i < a->on.n; i++)
		if (str_eq(a->on.p[i].runtime, b->name))
			return (struct remedy){ STR_LIT("bridge"), a->on.p[i].why };
	return (struct remedy){ STR_LIT("none"), rule != NULL ? rule->fix : a->why };
}

/* The bridge between the two that the member's program holds, or NULL. */
static const struct bridge_row *bridge_of(const struct mixing *at, uint32_t member,
                                          const struct pair *pair)
{
	const struct bridge_list *bridges = knowledge_bridges(at->knowledge);
	const bool *within = closure_local_below(at->arena, at->graph, node_package(member));

	for (size_t i = 0; i < bridges->n; i++)
		if (bridge_is_for(&bridges->p[i], pair->a, pair->b) &&
		    bridge_is_there(&bridges->p[i], at->graph, within))
			return &bridges->p[i];
	return NULL;
}

static enum level ceiling_of(const struct mixing *at, const struct pair *pair)
{
	if (info_at(at, pair->a)->coexists || info_at(at, pair->b)->coexists)
		return LEVEL_WARNING;
	if (pair->b_hard)
		return LEVEL_ALLOW; /* none */
	/* A reactor that starts its own thread disturbs nobody; an executor may be handed a foreign
	 * future. */
	return closure_has_crate(at->closure, info_at(at, pair->b)->crate) ? LEVEL_WARNING
	                                                                   : LEVEL_NOTE;
}

/* What polls the one can poll the other: two runtimes are left, and no panic where it is used. */
static void add_bridge(struct mixing *at, const struct bridge_row *bridge, struct finding *finding)
{
	finding->level = LEVEL_NOTE;
	*vec_add(at->arena, &finding->evidence) = (struct evidence){
		STR_LIT("bridge"),
		bridge->feature.n > 0
			? arena_printf(at->arena, STR_FMT " with " STR_FMT " is there: " STR_FMT,
		                       STR_ARG(bridge->crate), STR_ARG(bridge->feature),
		                       STR_ARG(bridge->why))
			: arena_printf(at->arena, STR_FMT " is there: " STR_FMT,
		                       STR_ARG(bridge->crate), STR_ARG(bridge->why)),
		bridge->source
	};
}

/* Whether the member's own code runs on one of the two and nothing of the project can start the
 * other, which dependencies need: then the one polls what needs the other. */
static bool is_foreign(const struct mixing *at, uint32_t member, uint32_t needed, uint32_t chosen)
{
	uint32_t package = node_package(member);

	/* Without manifests it is not known what is asked for. */
	if (!at->graph->nodes[member].has_features)
		return false;
	return starter_is_there(at->graph, at->knowledge,
	                        closure_local_below(at->arena, at->graph, package), chosen) &&
	       !starter_is_there(at->graph, at->knowledge,
	                         closure_local_around(at->arena, at->graph, package), needed);
}

static bool has_bridge(const struct mixing *at, uint32_t needed, uint32_t chosen)
{
	const struct bridge_list *bridges = knowledge_bridges(at->knowledge);

	for (size_t i = 0; i < bridges->n; i++)
		if (bridges->p[i].from == needed && bridges->p[i].on == chosen)
			return true;
	return false;
}

/* What the finding rests on that manifests do not show. */
static void add_inference(struct mixing *at, const struct runtime_info *needed,
                          const struct runtime_info *chosen, struct finding *finding)
{
	*vec_add(at->arena, &finding->evidence) =
		(struct evidence){ STR_LIT("inferred"),
		                   arena_printf(at->arena,
		                                "the project itself depends on what starts " STR_FMT
		                                ", and on nothing that starts " STR_FMT
		                                "; what a dependency does inside is not seen",
		                                STR_ARG(chosen->name), STR_ARG(needed->name)),
		                   { 0 } };
}

/* A runtime that does not have the other's context polls what needs it. */
static void tell_foreign(struct mixing *at, const struct pair *pair, struct str needed,
                         struct str chosen, struct str above, struct finding *finding)
{
	finding->rule = has_bridge(at, pair->a, pair->b) ? STR_LIT("bridge-needed")
	                                                 : STR_LIT("foreign-reactor");
	finding->level = LEVEL_ALLOW; /* no ceiling */
	finding->message = arena_printf(at->arena,
	                                "runs on " STR_FMT " and needs " STR_FMT
	                                ", which nothing of it starts" STR_FMT,
	                                STR_ARG(chosen), STR_ARG(needed), STR_ARG(above));
	if (info_at(at, pair->b)->coexists ||
	    starter_may_be_inside(at->graph, at->knowledge, pair->a))
		finding->level = LEVEL_WARNING;
}

static void tell_mixed(struct mixing *at, struct str first, struct str second, struct str above,
                       struct finding *finding)
{
	finding->rule = STR_LIT("mixed-runtimes");
	finding->message =
		arena_printf(at->arena, "needs " STR_FMT " and " STR_FMT " in one program" STR_FMT,
	                     STR_ARG(first), STR_ARG(second), STR_ARG(above));
}

static void add_pair(struct mixing *at, uint32_t member, struct pair pair, struct str above)
{
	const struct bridge_row *bridge = bridge_of(at, member, &pair);
	bool foreign = !bridge && is_foreign(at, member, pair.a, pair.b);

	if (!foreign && !bridge && pair.b_hard && is_foreign(at, member, pair.b, pair.a)) {
		foreign = true;
		pair = (struct pair){ pair.b, pair.a, true };
	}
	const struct runtime_info *a = info_at(at, pair.a), *b = info_at(at, pair.b);
	struct finding finding = { .package = node_package(member),
		                   .level = ceiling_of(at, &pair) };
	*vec_add(at->arena, &finding.evidence) = (struct evidence){
		STR_LIT("elsewhere"),
		arena_printf(at->arena,
		             "a package bound to " STR_FMT " that " STR_FMT " polls: " STR_FMT,
		             STR_ARG(a->name), STR_ARG(b->name), STR_ARG(a->why)),
		a->source
	};
	if (foreign)
		add_inference(at, a, b, &finding);
	struct str first = add_way(at, member, pair.a, &finding);
	struct str second = add_way(at, member, pair.b, &finding);

	finding.subject =
		arena_printf(at->arena, STR_FMT "+" STR_FMT, STR_ARG(a->name), STR_ARG(b->name));
	if (foreign)
		tell_foreign(at, &pair, first, second, above, &finding);
	else
		tell_mixed(at, first, second, above, &finding);
	finding.remedy = remedy_of(at, &pair, finding.rule);
	if (bridge)
		add_bridge(at, bridge, &finding);
	*vec_add(at->arena, at->out) = finding;
}

/* Whether the runtime is part of another one that the member holds: that one is spoken of. */
static bool is_told(const struct mixing *at, uint32_t member, uint32_t runtime)
{
	uint64_t held = at->closure->hard[member] | at->closure->soft[member];

	for (uint32_t i = 0; i < KNOWLEDGE_RUNTIMES_MAX; i++)
		if ((held >> i & 1) != 0 && (info_at(at, i)->includes >> runtime & 1) != 0)
			return true;
	return false;
}

static void find_pair(struct mixing *at, struct pair pair)
{
	struct u32_list lowest = { 0 };
	uint32_t all;

	if (is_one(at, pair.a, pair.b))
		return;
	all = lowest_holders(at, holds_pair, &pair, &lowest);
	for (size_t i = 0; i < lowest.n; i++)
		if (!is_told(at, lowest.p[i], pair.b))
			add_pair(at, lowest.p[i], pair,
			         i == 0 ? and_above(at, all, lowest.n) : STR_LIT(""));
}

static void find_mixed(struct mixing *at)
{
	uint64_t hard = 0, soft = 0;

	for (uint32_t p = 0; p < at->graph->package_n; p++) {
		uint32_t node = node_of(p, SIDE_TARGET);

		if (!at->graph->packages[p].is_local || !at->graph->nodes[node].built)
			continue;
		hard |= at->closure->hard[node];
		soft |= at->closure->soft[node];
	}
	for (uint32_t a = 0; a < KNOWLEDGE_RUNTIMES_MAX; a++) {
		if ((hard >> a & 1) == 0)
			continue;
		for (uint32_t b = 0; b < KNOWLEDGE_RUNTIMES_MAX; b++) {
			if (b > a && (hard >> b & 1) != 0)
				find_pair(at, (struct pair){ a, b, true });
			if (b != a && (soft >> b & 1) != 0 && (hard >> b & 1) == 0)
				find_pair(at, (struct pair){ a, b, false });
		}
	}
}

/* Two versions of a runtime's crate. */
struct split {
	uint32_t old, young;       /* packages */
	bool *has_old, *has_young; /* by node */
};

static bool holds_split(const struct mixing *at, uint32_t node, const void *what)
{
	const struct split *split = what;

	(void)at;
	return split->has_old[node] && split->has_young[node];
}

static struct str split_subject(const struct mixing *at, const struct split *split)
{
	const struct locked_package *young = &at->graph->lock->packages[split->young];

	if (young->version.major > 0)
		return arena_printf(at->arena, STR_FMT " %u", STR_ARG(young->name),
		                    (unsigned)young->version.major);
	return arena_printf(at->arena, STR_FMT " 0.%u", STR_ARG(young->name),
	                    (unsigned)young->version.minor);
}

/* A member of the project is changed, a dependency updated. */
static struct remedy split_remedy(const struct mixing *at, const struct node_path *old,
                                  struct str young)
{
	uint32_t user = old->n < 2 ? old->n : node_package(old->nodes[old->n - 2]);

	if (old->n >= 2 && at->graph->packages[user].is_local)
		return (struct remedy){ STR_LIT("update"),
			                arena_printf(at->arena, "move " STR_FMT " to " STR_FMT,
			                             STR_ARG(at->graph->lock->packages[user].name),
			                             STR_ARG(young)) };
	return (struct remedy){
		STR_LIT("update"),
		arena_printf(at->arena, "update " STR_FMT " to a version that uses " STR_FMT,
		             STR_ARG(closure_user(at->arena, old, at->graph)), STR_ARG(young))
	};
}

static void add_split(struct mixing *at, const struct split *split, uint32_t member,
                      struct str above)
{
	uint32_t old = node_of(split->old, SIDE_TARGET), young = node_of(split->young, SIDE_TARGET);
	struct finding finding = { .rule = STR_LIT("split-runtime"), .package = split->old };
	struct str name = package_text(at->arena, at->graph, split->young);
	uint32_t of = 0;

	if (at->verdicts[old].hard_runtimes == 0 && at->verdicts[young].hard_runtimes == 0)
		finding.level = LEVEL_NOTE; /* two reactor threads: a waste, no panic */
	*vec_add(at->arena, &finding.paths) = closure_path_to(at->arena, at->closure, member, old);
	*vec_add(at->arena, &finding.paths) =
		closure_path_to(at->arena, at->closure, member, young);
	const struct locked_package *locked = &at->graph->lock->packages[split->old];
	if (knowledge_runtime_of(at->knowledge, locked->name, &locked->version, &of))
		*vec_add(at->arena, &finding.evidence) =
			(struct evidence){ STR_LIT("runtime"), info_at(at, of)->why,
			                   info_at(at, of)->source };
	finding.subject = split_subject(at, split);
	finding.message = arena_printf(
		at->arena, "is built beside " STR_FMT " for " STR_FMT ": %s" STR_FMT, STR_ARG(name),
		STR_ARG(at->graph->lock->packages[node_package(member)].name),
		finding.level == LEVEL_NOTE ? "two of them run"
					    : "neither sees the other's context",
		STR_ARG(above));
	finding.remedy = split_remedy(at, &finding.paths.p[0], name);
	*vec_add(at->arena, at->out) = finding;
}

static bool is_binding(const struct mixing *at, uint32_t package)
{
	const struct locked_package *locked = &at->graph->lock->packages[package];
	uint32_t node = node_of(package, SIDE_TARGET), of;

	return at->graph->nodes[node].built && at->verdicts[node].runtimes != 0 &&
	       knowledge_runtime_of(at->knowledge, locked->name, &locked->version, &of);
}

static void find_splits(struct mixing *at)
{
	const struct lockfile *lock = at->graph->lock;
	uint32_t found = 0, last = UINT32_MAX;

	/* Packages are sorted by name and version: the majors of a crate stand side by side. */
	for (uint32_t p = 0; p < at->graph->package_n && found < SPLITS_MAX; p++) {
		if (!is_binding(at, p))
			continue;
		uint32_t old = last;
		last = p;
		if (old == UINT32_MAX ||
		    !str_eq(lock->packages[old].name, lock->packages[p].name) ||
		    semver_is_compatible(&lock->packages[old].version, &lock->packages[p].version))
			continue;
		struct split split = {
			old, p, closure_users(at->arena, at->graph, node_of(old, SIDE_TARGET)),
			closure_users(at->arena, at->graph, node_of(p, SIDE_TARGET))
		};
		struct u32_list lowest = { 0 };
		uint32_t all = lowest_holders(at, holds_split, &split, &lowest);
		/* One finding a pair: the lowest member stands for all. */
		if (lowest.n > 0)
			add_split(at, &split, lowest.p[0], and_above(at, all, 1));
		found++;
	}
}

void mixing_find(struct arena *arena, const struct closure *closure,
                 const struct runtime_verdict *verdicts, struct finding_list *out)
{
	struct mixing at = { .arena = arena,
		             .graph = closure->graph,
		             .verdicts = verdicts,
		             .knowledge = closure->knowledge,
		             .closure = closure,
		             .out = out };

	find_mixed(&at);
	find_splits(&at);
}
