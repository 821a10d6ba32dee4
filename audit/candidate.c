#include "audit/candidate.h"
#include "audit/closure.h"
#include "audit/remedy_text.h"
#include "audit/request.h"

/* Up to so many packages are updated one by one, before all are at once; of more than UPDATES_MAX
 * the whole tree may as well be. */
enum { SINGLE_UPDATES_MAX = 3, UPDATES_MAX = 8 };

/* The features of a runtime's crate that bind to it, or the crate where it binds by itself. */
static void blame_binding(struct arena *arena, const struct trial_base *base, struct blame *blame,
                          uint32_t package, uint32_t runtime)
{
	const struct locked_package *locked = &base->audit->lock.packages[package];
	const struct summary *summary = blame->graph->packages[package].summary;
	const struct bind_row *row = knowledge_binds(base->audit->knowledge, locked->name);
	bool some = false;

	for (; row != NULL; row = row->next) {
		const struct str_list *lists[] = { &row->any, &row->all };

		if (row->kind != BIND_RUNTIME || (row->runtimes >> runtime & 1) == 0 ||
		    !bind_row_is_for(row, &locked->version))
			continue;
		some = true;
		if (!summary || (row->any.n == 0 && row->all.n == 0))
			blame_package(blame, package);
		for (size_t l = 0; summary && l < ARRAY_LEN(lists); l++)
			for (size_t i = 0; i < lists[l]->n; i++)
				blame_feature(arena, blame, package,
				              summary_feature_find(summary, lists[l]->p[i]));
	}
	if (!some)
		blame_package(blame, package);
}

/* `as_used`: it may stay where nobody asks for what binds to it; else it must leave. */
static void blame_runtime(struct arena *arena, const struct trial_base *base, uint32_t runtime,
                          bool as_used, struct blame *blame)
{
	const struct lockfile *lock = &base->audit->lock;
	uint32_t of = 0;

	for (uint32_t p = 0; p < lock->n; p++) {
		if (!base->result->packages[p].built ||
		    !knowledge_runtime_of(base->audit->knowledge, lock->packages[p].name,
		                          &lock->packages[p].version, &of) ||
		    of != runtime)
			continue;
		if (as_used)
			blame_binding(arena, base, blame, p, runtime);
		else
			blame_package(blame, p);
	}
	blame_follow(arena, blame);
}

struct proposing {
	struct candidate_search *search;
	struct requests *requests;
	const struct blame *blame;
	const struct cut_list *cuts;
	struct u32_list leaving; /* nodes, as in struct candidate */
};

static struct remedy_change tell(struct proposing *at, const struct cut *cut,
                                 const struct request *request, struct str req_text,
                                 struct candidate *candidate)
{
	struct remedy_change change = remedy_change_of(at->search->arena, at->search->base->audit,
	                                               cut, request, req_text);

	for (size_t i = 0; i < candidate->plan.changes.n; i++) {
		struct remedy_change *earlier = &candidate->plan.changes.p[i];

		if (!str_eq(earlier->manifest, change.manifest) ||
		    !str_eq(earlier->section, change.section) ||
		    !str_eq(earlier->platform, change.platform) ||
		    !str_eq(earlier->dependency, change.dependency))
			continue;
		remedy_change_join(at->search->arena, earlier, &change);
		return change;
	}
	*vec_add(at->search->arena, &candidate->plan.changes) = change;
	return change;
}

/* Whether the manifest itself asks the dependency for one of these features. */
static bool adds_any(const struct proposing *at, const struct cut *cut, const struct str_list *off)
{
	const struct local_package *local = at->search->base->audit->local_of[cut->package];
	const struct str_list *own = &local->manifest->deps.p[cut->dep].dep.features;

	for (size_t i = 0; i < own->n; i++)
		if (str_list_has(off, own->p[i]))
			return true;
	return false;
}

static void add_change(struct proposing *at, const struct cut *cut, const struct request *request,
                       struct str req_text, struct candidate *candidate)
{
	struct arena *arena = at->search->arena;

	struct remedy_change told = tell(at, cut, request, req_text, candidate);
	bool of_workspace = str_eq(told.section, STR_LIT("workspace.dependencies"));

	/* The member would have to leave out what it adds to it, too. */
	candidate->is_void |= of_workspace && adds_any(at, cut, &request->off);

	*vec_add(arena, &candidate->changes) = (struct trial_change){
		.package = cut->package,
		.dep = cut->dep,
		.req_text = req_text,
		.default_features = request->default_features,
		.features = of_workspace ? told.features : request->features,
		.off = request->off,
		.of_workspace = of_workspace,
	};
	if (request->on.n > 0)
		*vec_add(arena, &candidate->twin_of) = cut->to;
}

static struct candidate *new_candidate(struct proposing *at, uint32_t wanted)
{
	struct arena *arena = at->search->arena;
	struct candidate *candidate = vec_add(arena, at->search->out);

	/* Its place may have been another one's. */
	*candidate = (struct candidate){ .base = *at->search->base,
		                         .step = at->search->step,
		                         .leaving = at->leaving,
		                         .wanted = wanted };
	for (size_t i = 0; i < at->search->plan->changes.n; i++)
		*vec_add(arena, &candidate->plan.changes) = at->search->plan->changes.p[i];
	for (size_t i = 0; i < at->search->plan->adds.n; i++)
		*vec_add(arena, &candidate->plan.adds) = at->search->plan->adds.p[i];
	for (size_t i = 0; i < at->search->plan->updates.n; i++)
		*vec_add(arena, &candidate->plan.updates) = at->search->plan->updates.p[i];
	return candidate;
}

/* Features off, and the twins of one runtime in their place. */
static void propose_features(struct proposing *at, uint32_t wanted)
{
	struct candidate_search *search = at->search;
	struct candidate *candidate = new_candidate(at, wanted);

	for (size_t i = 0; i < at->cuts->n; i++) {
		struct request request = { 0 };

		if (!request_without(at->requests, &at->cuts->p[i], wanted, &request)) {
			search->out->n--;
			return;
		}
		add_change(at, &at->cuts->p[i], &request, (struct str){ 0 }, candidate);
	}
	if (wanted != REQUEST_NO_RUNTIME && candidate->twin_of.n == 0)
		search->out->n--; /* the same as without */
}

/* The newest version of a package where it is newer than the locked one; empty otherwise. */
static struct str newer(const struct trial_base *base, uint32_t package)
{
	struct str newest = base->facts->packages[package].newest_vers;
	const struct locked_package *locked = &base->audit->lock.packages[package];
	const struct knowledge *knowledge = base->audit->knowledge;
	struct version version = { 0 };
	struct err err = { 0 };
	uint32_t was = 0, is = 0;

	if (newest.n == 0 || !semver_parse(newest, &version, &err) ||
	    semver_cmp_precedence(&version, &locked->version) <= 0)
		return (struct str){ 0 };
	/* A runtime that has ended has no version that has not. */
	if (knowledge_runtime_of(knowledge, locked->name, &locked->version, &was) &&
	    knowledge_runtime_of(knowledge, locked->name, &version, &is) && was == is &&
	    knowledge_runtime_at(knowledge, was)->abandoned)
		return (struct str){ 0 };
	return newest;
}

static bool semver_text_matches(const struct req *req, struct str vers)
{
	struct version version = { 0 };
	struct err err = { 0 };

	return semver_parse(vers, &version, &err) && semver_req_matches(req, &version);
}

static void add_update(struct proposing *at, uint32_t package, struct candidate *candidate)
{
	const struct locked_package *locked = &at->search->base->audit->lock.packages[package];

	for (size_t i = 0; i < candidate->updates.n; i++)
		if (candidate->updates.p[i] == package)
			return;
	*vec_add(at->search->arena, &candidate->updates) = package;
	*vec_add(at->search->arena, &candidate->plan.updates) =
		(struct remedy_update){ locked->name, locked->vers,
		                        newer(at->search->base, package) };
}

/* Packages on the way to it whose newer versions their dependers allow. */
static struct u32_list updatable(const struct proposing *at)
{
	const struct graph *graph = at->blame->graph;
	struct u32_list out = { 0 };

	for (uint32_t p = 0; p < graph->package_n; p++) {
		bool leads = at->blame->whole[p] || at->blame->features[p], fits = false;
		uint32_t node = node_of(p, SIDE_TARGET);

		if (!leads || at->blame->named[p] || graph->packages[p].is_local)
			continue;
		struct str vers = newer(at->search->base, p);

		if (vers.n == 0)
			continue;
		for (uint32_t i = 0; i < graph->nodes[node].in_n && !fits; i++) {
			const struct graph_edge *edge =
				&graph->edges[graph->in_edges[graph->nodes[node].in_first + i]];
			const struct summary *from =
				graph->packages[node_package(edge->from)].summary;

			fits = from && edge->dep != DEP_NONE &&
			       semver_text_matches(&from->deps[edge->dep].req, vers);
		}
		if (fits)
			*vec_add(at->search->arena, &out) = p;
	}
	return out;
}

/* `cargo update` of what leads there: one package, where there are few, then all. */
static void propose_updates(struct proposing *at)
{
	struct u32_list all = updatable(at);

	if (all.n == 0 || all.n > UPDATES_MAX)
		return;
	for (size_t i = 0; i < all.n && all.n > 1 && all.n <= SINGLE_UPDATES_MAX; i++)
		add_update(at, all.p[i], new_candidate(at, REQUEST_NO_RUNTIME));
	struct candidate *candidate = new_candidate(at, REQUEST_NO_RUNTIME);
	for (size_t i = 0; i < all.n; i++)
		add_update(at, all.p[i], candidate);
}

/* The newest versions of what brings it in whatever its features are (or, `all`, of all that does);
 * the features of the others off. */
static void propose_versions(struct proposing *at, bool all)
{
	struct candidate_search *search = at->search;
	struct candidate *candidate = new_candidate(at, REQUEST_NO_RUNTIME);
	bool some = false;

	for (size_t i = 0; i < at->cuts->n; i++) {
		const struct cut *cut = &at->cuts->p[i];
		const struct dependency *dep =
			&at->search->base->audit->local_of[cut->package]->summary.deps[cut->dep];
		struct request request = { .default_features = dep->default_features,
			                   .features = dep->features };
		struct str vers = newer(at->search->base, cut->to);

		if (dep->from != DEP_FROM_REGISTRY)
			vers = (struct str){ 0 };
		if (vers.n == 0 && cut->whole) {
			search->out->n--;
			return;
		}
		if (vers.n > 0 && (all || cut->whole)) {
			some = true;
			if (semver_text_matches(&dep->req, vers)) {
				add_update(at, cut->to, candidate);
				continue;
			}
		} else {
			vers = (struct str){ 0 };
			if (!request_without(at->requests, cut, REQUEST_NO_RUNTIME, &request)) {
				search->out->n--;
				return;
			}
		}
		add_change(at, cut, &request, vers, candidate);
	}
	candidate->is_step = at->search->step + 1 < CANDIDATE_STEPS_MAX;
	if (!some)
		search->out->n--;
}

static bool is_any_whole(const struct cut_list *cuts)
{
	for (size_t i = 0; i < cuts->n; i++)
		if (cuts->p[i].whole)
			return true;
	return false;
}

/* Runtimes that could take its place: those of the tree, most used first, then those that it holds
 * inside, then all others that live. */
static struct u32_list wanted_runtimes(const struct candidate_search *search, uint32_t leaving)
{
	const struct knowledge *knowledge = search->base->audit->knowledge;
	const struct runtime_use_list *uses = search->uses;
	uint64_t inside = leaving == REQUEST_NO_RUNTIME
	                          ? 0
	                          : knowledge_runtime_at(knowledge, leaving)->includes;
	struct u32_list out = { 0 };
	uint64_t seen = leaving == REQUEST_NO_RUNTIME ? 0 : UINT64_C(1) << leaving;

	for (size_t i = 0; i < uses->n; i++) {
		uint32_t runtime = knowledge_runtime_number(
			knowledge, knowledge_runtime(knowledge, uses->p[i].runtime));

		if (!uses->p[i].abandoned && (seen >> runtime & 1) == 0) {
			seen |= UINT64_C(1) << runtime;
			*vec_add(search->arena, &out) = runtime;
		}
	}
	for (int pass = 0; pass < 2; pass++)
		for (uint32_t r = 0; r < knowledge_runtime_count(knowledge); r++)
			if ((seen >> r & 1) == 0 &&
			    !knowledge_runtime_at(knowledge, r)->abandoned &&
			    (pass == 1 || (inside >> r & 1) != 0)) {
				seen |= UINT64_C(1) << r;
				*vec_add(search->arena, &out) = r;
			}
	return out;
}

/* Whether a feature that leads there is asked for by its name. */
static bool is_any_asked(const struct proposing *at)
{
	for (size_t i = 0; i < at->cuts->n; i++) {
		struct request request = { 0 };

		if (request_without(at->requests, &at->cuts->p[i], REQUEST_NO_RUNTIME, &request) &&
		    request.loses)
			return true;
	}
	return false;
}

/* All that may make what is blamed leave. */
static void propose(struct proposing *at, uint32_t leaving)
{
	struct u32_list wanted = wanted_runtimes(at->search, leaving);
	bool by_features = !is_any_whole(at->cuts),
	     by_versions = at->search->step + 1 < CANDIDATE_STEPS_MAX;
	bool loses = by_features && is_any_asked(at);

	for (size_t i = 0; by_features && i < wanted.n; i++)
		propose_features(at, wanted.p[i]);
	if (by_features && !loses)
		propose_features(at, REQUEST_NO_RUNTIME);
	if (by_versions) {
		propose_updates(at);
		propose_versions(at, by_features);
	}
	/* What somebody asked for by its name is taken away last. */
	if (loses)
		propose_features(at, REQUEST_NO_RUNTIME);
}

static void list_leaving(struct proposing *at)
{
	const struct graph *graph = at->blame->graph;

	for (uint32_t node = 0; node < graph->package_n * 2; node++)
		if (graph->nodes[node].built && at->blame->named[node_package(node)] &&
		    (!at->blame->program_only || node_side(node) == SIDE_TARGET))
			*vec_add(at->search->arena, &at->leaving) = node;
}

static void propose_for(struct candidate_search *search, struct blame *blame, const bool *within,
                        uint32_t leaving)
{
	struct cut_list cuts = { 0 };
	struct requests requests = { search->arena, blame, search->base->audit->knowledge, 0 };
	struct proposing at = { search, &requests, blame, &cuts, { 0 } };

	/* Of two runtimes in one program only those that use both must part. */
	if (!within)
		list_leaving(&at);

	if (!blame->gave_up && request_cuts(&requests, within, &cuts) && cuts.n > 0)
		propose(&at, leaving);
}

/* Whether a dependency is one that a feature may be asked of: on a version of the crate. */
static bool is_use_of(const struct graph *graph, const struct graph_edge *edge, struct str crate,
                      const struct req *req)
{
	const struct locked_package *to = &graph->lock->packages[node_package(edge->to)];

	return edge->dep != DEP_NONE && graph->packages[node_package(edge->from)].is_local &&
	       str_eq(to->name, crate) && semver_req_matches(req, &to->version);
}

/* A feature more for a dependency of a local package. */
static struct candidate *propose_feature(struct candidate_search *search,
                                         const struct graph_edge *edge, struct str feature)
{
	const struct graph *graph = search->base->result->graph;
	struct proposing at = { .search = search };
	struct candidate *candidate = new_candidate(&at, REQUEST_NO_RUNTIME);
	struct cut cut = { node_package(edge->from), edge->dep, node_package(edge->to), false };
	const struct dependency *dep = &graph->packages[cut.package].summary->deps[cut.dep];
	struct request request = { .default_features = dep->default_features };

	for (size_t i = 0; i < dep->features.n; i++)
		*vec_add(search->arena, &request.features) = dep->features.p[i];
	*vec_add(search->arena, &request.features) = feature;
	*vec_add(search->arena, &request.on) = feature;
	add_change(&at, &cut, &request, (struct str){ 0 }, candidate);
	candidate->twin_of.n = 0; /* it need not bind to a runtime */
	return candidate;
}

/* A feature of a crate that the member's program depends on already. */
static void propose_bridge_feature(struct candidate_search *search, const struct bridge_row *row,
                                   const bool *within)
{
	const struct graph *graph = search->base->result->graph;

	for (uint32_t e = 0; e < graph->edge_n; e++) {
		const struct graph_edge *edge = &graph->edges[e];

		if (!closure_follows(edge) || !within[node_package(edge->from)] ||
		    !is_use_of(graph, edge, row->crate, &row->req))
			continue;
		propose_feature(search, edge, row->feature)->plan.bridge = row->why;
		return;
	}
}

/* For a crate that polls: the feature that lets it poll in the runtime's context. */
static void propose_poller(struct candidate_search *search)
{
	const struct knowledge *knowledge = search->base->audit->knowledge;
	const struct graph *graph = search->base->result->graph;
	const struct poller_list *pollers = knowledge_pollers(knowledge);
	const struct runtime_info *info = knowledge_runtime(knowledge, search->finding->subject);

	for (size_t r = 0; info && r < pollers->n; r++)
		for (size_t c = 0; c < pollers->p[r].choices.n; c++) {
			const struct poller_row *row = &pollers->p[r];

			if (row->choices.p[c].runtime != knowledge_runtime_number(knowledge, info))
				continue;
			for (uint32_t e = 0; e < graph->edge_n; e++)
				if (node_package(graph->edges[e].to) == search->package &&
				    is_use_of(graph, &graph->edges[e], row->crate, &row->req))
					propose_feature(search, &graph->edges[e],
					                row->choices.p[c].feature);
		}
}

/* A crate that the code of the member would call. */
static void propose_bridge_crate(struct candidate_search *search, const struct bridge_row *row)
{
	const struct local_package *local = search->base->audit->local_of[search->package];
	struct proposing at = { .search = search };

	if (!local)
		return;
	struct candidate *candidate = new_candidate(&at, REQUEST_NO_RUNTIME);

	candidate->plan.bridge = row->why;
	*vec_add(search->arena, &candidate->changes) = (struct trial_change){
		.package = search->package,
		.dep = DEP_NONE,
		.crate = row->crate,
		.req_text = row->req_text,
		.default_features = true,
	};
	*vec_add(search->arena, &candidate->plan.changes) = (struct remedy_change){
		.member = local->summary.name,
		.manifest = local->manifest->file,
		.section = STR_LIT("dependencies"),
		.dependency = row->crate,
		.package = row->crate,
		.version = row->req_text,
		.new_version = true,
		.is_new = true,
		.default_features = true,
	};
}

static void propose_bridges(struct candidate_search *search, const uint32_t *runtimes,
                            const bool *within, bool by_feature)
{
	const struct bridge_list *bridges = knowledge_bridges(search->base->audit->knowledge);

	for (size_t i = 0; i < bridges->n; i++) {
		const struct bridge_row *row = &bridges->p[i];

		if (!bridge_is_for(row, runtimes[0], runtimes[1]) ||
		    (row->feature.n > 0) != by_feature)
			continue;
		if (by_feature)
			propose_bridge_feature(search, row, within);
		else
			propose_bridge_crate(search, row);
	}
}

/* "a+b" of mixed-runtimes: either may leave. The one that is dead, or serves less of the tree, is
 * asked first. */
static void propose_mixed(struct candidate_search *search)
{
	const struct knowledge *knowledge = search->base->audit->knowledge;
	const struct graph *graph = search->base->result->graph;
	bool *within = closure_local_below(search->arena, graph, search->package);
	struct str names[2];
	uint32_t runtimes[2];

	if (!str_cut(search->finding->subject, '+', &names[0], &names[1]))
		return;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct runtime_info *info = knowledge_runtime(knowledge, names[i]);

		if (!info)
			return;
		runtimes[i] = knowledge_runtime_number(knowledge, info);
	}
	uint32_t first = knowledge_runtime_at(knowledge, runtimes[0])->abandoned ? 0 : 1;
	bool may_bridge = search->step == 0 && search->finding->level > LEVEL_NOTE;

	if (may_bridge)
		propose_bridges(search, runtimes, within, true);
	for (uint32_t i = 0; i < ARRAY_LEN(names); i++) {
		uint32_t leaving = runtimes[i == 0 ? first : 1 - first];
		struct blame blame = blame_make(search->arena, graph, true);

		blame_runtime(search->arena, search->base, leaving, true, &blame);
		propose_for(search, &blame, within, leaving);
	}
	if (may_bridge)
		propose_bridges(search, runtimes, within, false);
}

static void propose_abandoned(struct candidate_search *search)
{
	const struct trial_base *base = search->base;
	const struct knowledge *knowledge = base->audit->knowledge;
	const struct runtime_info *info = knowledge_runtime(knowledge, search->finding->subject);

	if (!info)
		return;
	uint32_t runtime = knowledge_runtime_number(knowledge, info);
	struct blame blame = blame_make(search->arena, base->result->graph, false);

	blame_runtime(search->arena, base, runtime, false, &blame);
	propose_for(search, &blame, NULL, runtime);
}

/* Of a pair of runtimes, or of a crate that polls for one. */
static void propose_foreign(struct candidate_search *search)
{
	if (str_find(search->finding->subject, '+') != STR_NONE)
		propose_mixed(search);
	else
		propose_poller(search);
}

static void propose_split(struct candidate_search *search)
{
	struct blame blame = blame_make(search->arena, search->base->result->graph, true);

	blame_package(&blame, search->package);
	blame_follow(search->arena, &blame);
	propose_for(search, &blame, NULL, REQUEST_NO_RUNTIME);
}

static const struct {
	struct str rule;
	void (*propose)(struct candidate_search *search);
} RULES[] = {
	{ STR("abandoned-runtime"), propose_abandoned },
	{ STR("mixed-runtimes"), propose_mixed },
	{ STR("bridge-needed"), propose_mixed },
	{ STR("foreign-reactor"), propose_foreign },
	{ STR("split-runtime"), propose_split },
};

void candidates_find(struct candidate_search *search)
{
	for (size_t i = 0; i < ARRAY_LEN(RULES); i++)
		if (str_eq(search->finding->rule, RULES[i].rule))
			RULES[i].propose(search);
}

bool candidates_are_for(struct str rule)
{
	for (size_t i = 0; i < ARRAY_LEN(RULES); i++)
		if (str_eq(rule, RULES[i].rule))
			return true;
	return false;
}
