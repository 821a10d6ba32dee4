#include "audit/remedy.h"
#include "audit/closure.h"
#include "audit/limits.h"
#include "audit/remedy_text.h"
#include "audit/request.h"

/* A change may stand on one that was tried before it: a new version, then its features. */
enum { STEPS_MAX = 2 };

/* A change that may end a finding. */
struct candidate {
	struct trial_base base; /* what it changes */
	uint32_t step;
	struct trial_change_list changes;
	uint32_t wanted;         /* the runtime whose twins it takes, or REQUEST_NO_RUNTIME */
	struct u32_list twin_of; /* packages that must bind to it afterwards */
	/* with those that `base` stands on: the changes, and what they lock anew */
	struct remedy_plan plan;
};
struct candidate_list VEC_OF(struct candidate);

struct remedies {
	struct arena *arena;
	struct trial_base base;
	struct audit_result *result;
	size_t finding;                   /* that is worked on */
	struct candidate_list candidates; /* of it */
	size_t candidate;
	struct trial *trial;
	uint32_t trials;
};

struct remedies *remedies_begin(struct arena *arena, const struct audit *audit,
                                const struct facts *facts, struct audit_result *result)
{
	struct remedies *remedies;

	if (result->precision == PRECISION_LOCK || result->findings.n == 0)
		return NULL;
	remedies = arena_new(arena, struct remedies);
	*remedies = (struct remedies){ .arena = arena,
		                       .base = { audit, facts, result },
		                       .result = result,
		                       .finding = SIZE_MAX };
	return remedies;
}

/* ---- what is to leave ---- */

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

/* The number of a runtime by its name, or REQUEST_NO_RUNTIME. */
static uint32_t runtime_number(const struct knowledge *knowledge, struct str name)
{
	for (size_t i = 0; i < knowledge_runtime_count(knowledge); i++)
		if (str_eq(knowledge_runtime_at(knowledge, i)->name, name))
			return (uint32_t)i;
	return REQUEST_NO_RUNTIME;
}

/* Local packages that a member builds for its own program, the member among them. */
static bool *local_below(struct arena *arena, const struct graph *graph, uint32_t member)
{
	bool *within = arena_array(arena, graph->package_n, sizeof *within);
	struct u32_list todo = { 0 };

	within[member] = true;
	*vec_add(arena, &todo) = node_of(member, SIDE_TARGET);
	while (todo.n > 0) {
		const struct graph_node *node = &graph->nodes[todo.p[--todo.n]];

		for (uint32_t i = 0; i < node->out_n; i++) {
			const struct graph_edge *edge = &graph->edges[node->out_first + i];
			uint32_t to = node_package(edge->to);

			if (!closure_follows(edge) || !graph->packages[to].is_local || within[to])
				continue;
			within[to] = true;
			*vec_add(arena, &todo) = edge->to;
		}
	}
	return within;
}

/* ---- candidates ---- */

struct proposing {
	struct remedies *remedies;
	const struct trial_base *base;
	uint32_t step;
	const struct remedy_plan *plan; /* what the base stands on */
	const struct blame *blame;
	const struct cut_list *cuts;
};

static void tell(struct proposing *at, const struct cut *cut, const struct request *request,
                 struct str req_text, struct candidate *candidate)
{
	struct remedy_change change =
		remedy_change_of(at->remedies->arena, at->base->audit, cut, request, req_text);

	for (size_t i = 0; i < candidate->plan.changes.n; i++) {
		struct remedy_change *earlier = &candidate->plan.changes.p[i];

		if (!str_eq(earlier->manifest, change.manifest) ||
		    !str_eq(earlier->section, change.section) ||
		    !str_eq(earlier->platform, change.platform) ||
		    !str_eq(earlier->dependency, change.dependency))
			continue;
		remedy_change_join(at->remedies->arena, earlier, &change);
		return;
	}
	*vec_add(at->remedies->arena, &candidate->plan.changes) = change;
}

static void add_change(struct proposing *at, const struct cut *cut, const struct request *request,
                       struct str req_text, struct candidate *candidate)
{
	struct arena *arena = at->remedies->arena;

	*vec_add(arena, &candidate->changes) = (struct trial_change){
		.package = cut->package,
		.dep = cut->dep,
		.req_text = req_text,
		.default_features = request->default_features,
		.features = request->features,
		.off = request->off,
	};
	if (request->on.n > 0)
		*vec_add(arena, &candidate->twin_of) = cut->to;
	tell(at, cut, request, req_text, candidate);
}

static struct candidate *new_candidate(struct proposing *at, uint32_t wanted)
{
	struct arena *arena = at->remedies->arena;
	struct candidate *candidate = vec_add(arena, &at->remedies->candidates);

	/* Its place may have been another one's. */
	*candidate = (struct candidate){ .base = *at->base, .step = at->step, .wanted = wanted };
	for (size_t i = 0; i < at->plan->changes.n; i++)
		*vec_add(arena, &candidate->plan.changes) = at->plan->changes.p[i];
	for (size_t i = 0; i < at->plan->adds.n; i++)
		*vec_add(arena, &candidate->plan.adds) = at->plan->adds.p[i];
	return candidate;
}

/* Features off, and the twins of one runtime in their place. */
static void propose_features(struct proposing *at, uint32_t wanted)
{
	struct remedies *remedies = at->remedies;
	struct candidate *candidate = new_candidate(at, wanted);

	for (size_t i = 0; i < at->cuts->n; i++) {
		struct request request = { 0 };

		request_without(remedies->arena, at->blame, at->base->audit->knowledge,
		                &at->cuts->p[i], wanted, &request);
		add_change(at, &at->cuts->p[i], &request, (struct str){ 0 }, candidate);
	}
	if (wanted != REQUEST_NO_RUNTIME && candidate->twin_of.n == 0)
		remedies->candidates.n--; /* the same as without */
}

/* The newest version of a package where it is newer than the locked one; empty otherwise. */
static struct str newer(const struct trial_base *base, uint32_t package)
{
	struct str newest = base->facts->packages[package].newest_vers;
	struct version version = { 0 };
	struct err err = { 0 };

	if (newest.n == 0 || !semver_parse(newest, &version, &err) ||
	    semver_cmp_precedence(&version, &base->audit->lock.packages[package].version) <= 0)
		return (struct str){ 0 };
	return newest;
}

/* The newest versions of what brings it in whatever its features are (or, `all`, of all that does);
 * the features of the others off. */
static void propose_versions(struct proposing *at, bool all)
{
	struct remedies *remedies = at->remedies;
	struct candidate *candidate = new_candidate(at, REQUEST_NO_RUNTIME);
	bool some = false;

	for (size_t i = 0; i < at->cuts->n; i++) {
		const struct cut *cut = &at->cuts->p[i];
		const struct dependency *dep =
			&at->base->audit->local_of[cut->package]->summary.deps[cut->dep];
		struct request request = { .default_features = dep->default_features,
			                   .features = dep->features };
		struct str vers = newer(at->base, cut->to);

		if (dep->from != DEP_FROM_REGISTRY)
			vers = (struct str){ 0 };
		if (vers.n == 0 && cut->whole) {
			remedies->candidates.n--;
			return;
		}
		if (vers.n > 0 && (all || cut->whole)) {
			some = true;
		} else {
			vers = (struct str){ 0 };
			request_without(remedies->arena, at->blame, at->base->audit->knowledge, cut,
			                REQUEST_NO_RUNTIME, &request);
		}
		add_change(at, cut, &request, vers, candidate);
	}
	if (!some)
		remedies->candidates.n--;
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
static struct u32_list wanted_runtimes(const struct remedies *remedies, uint32_t leaving)
{
	const struct knowledge *knowledge = remedies->base.audit->knowledge;
	const struct runtime_use_list *uses = &remedies->result->runtimes;
	uint64_t inside = leaving == REQUEST_NO_RUNTIME
	                          ? 0
	                          : knowledge_runtime_at(knowledge, leaving)->includes;
	struct u32_list out = { 0 };
	uint64_t seen = leaving == REQUEST_NO_RUNTIME ? 0 : UINT64_C(1) << leaving;

	for (size_t i = 0; i < uses->n; i++) {
		uint32_t runtime = runtime_number(knowledge, uses->p[i].runtime);

		if (runtime != REQUEST_NO_RUNTIME && !uses->p[i].abandoned &&
		    (seen >> runtime & 1) == 0) {
			seen |= UINT64_C(1) << runtime;
			*vec_add(remedies->arena, &out) = runtime;
		}
	}
	for (int pass = 0; pass < 2; pass++)
		for (uint32_t r = 0; r < knowledge_runtime_count(knowledge); r++)
			if ((seen >> r & 1) == 0 &&
			    !knowledge_runtime_at(knowledge, r)->abandoned &&
			    (pass == 1 || (inside >> r & 1) != 0)) {
				seen |= UINT64_C(1) << r;
				*vec_add(remedies->arena, &out) = r;
			}
	return out;
}

/* Whether a feature that leads there is asked for by its name. */
static bool is_any_asked(const struct proposing *at)
{
	for (size_t i = 0; i < at->cuts->n; i++) {
		struct request request = { 0 };

		request_without(at->remedies->arena, at->blame, at->base->audit->knowledge,
		                &at->cuts->p[i], REQUEST_NO_RUNTIME, &request);
		if (request.loses)
			return true;
	}
	return false;
}

/* All that may make what is blamed leave. */
static void propose(struct proposing *at, uint32_t leaving)
{
	if (at->blame->gave_up || at->cuts->n == 0)
		return;
	struct u32_list wanted = wanted_runtimes(at->remedies, leaving);
	bool by_features = !is_any_whole(at->cuts), by_versions = at->step + 1 < STEPS_MAX;
	bool loses = by_features && is_any_asked(at);

	for (size_t i = 0; by_features && i < wanted.n; i++)
		propose_features(at, wanted.p[i]);
	if (by_features && !loses)
		propose_features(at, REQUEST_NO_RUNTIME);
	if (by_versions)
		propose_versions(at, by_features);
	/* What somebody asked for by its name is taken away last. */
	if (loses)
		propose_features(at, REQUEST_NO_RUNTIME);
}

static void propose_for(struct remedies *remedies, const struct trial_base *base, uint32_t step,
                        const struct remedy_plan *plan, struct blame *blame, const bool *within,
                        uint32_t leaving)
{
	struct cut_list cuts = { 0 };
	struct proposing at = { remedies, base, step, plan, blame, &cuts };

	request_cuts(remedies->arena, blame, within, &cuts);
	propose(&at, leaving);
}

/* "a+b" of mixed-runtimes: either may leave. The one that is dead, or serves less of the tree, is
 * asked first. */
static void propose_mixed(struct remedies *remedies, const struct trial_base *base, uint32_t step,
                          const struct remedy_plan *plan, const struct finding *finding,
                          uint32_t member)
{
	const struct knowledge *knowledge = base->audit->knowledge;
	const struct graph *graph = base->result->graph;
	bool *within = local_below(remedies->arena, graph, member);
	struct str names[2];
	uint32_t runtimes[2], first = 1;

	if (!str_cut(finding->subject, '+', &names[0], &names[1]))
		return;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		runtimes[i] = runtime_number(knowledge, names[i]);
		if (runtimes[i] == REQUEST_NO_RUNTIME)
			return;
	}
	if (knowledge_runtime_at(knowledge, runtimes[0])->abandoned)
		first = 0;
	for (uint32_t i = 0; i < ARRAY_LEN(names); i++) {
		uint32_t leaving = runtimes[i == 0 ? first : 1 - first];
		struct blame blame = blame_make(remedies->arena, graph, true);

		blame_runtime(remedies->arena, base, leaving, true, &blame);
		propose_for(remedies, base, step, plan, &blame, within, leaving);
	}
}

/* Adds the candidates for a finding on a base, where the finding's package is `package` of it. */
static void find_candidates(struct remedies *remedies, const struct finding *finding,
                            uint32_t package, const struct trial_base *base, uint32_t step,
                            const struct remedy_plan *plan)
{
	struct blame blame = { 0 };

	if (str_eq(finding->rule, STR_LIT("mixed-runtimes"))) {
		propose_mixed(remedies, base, step, plan, finding, package);
	} else if (str_eq(finding->rule, STR_LIT("abandoned-runtime"))) {
		uint32_t runtime = runtime_number(base->audit->knowledge, finding->subject);

		if (runtime == REQUEST_NO_RUNTIME)
			return;
		blame = blame_make(remedies->arena, base->result->graph, false);
		blame_runtime(remedies->arena, base, runtime, false, &blame);
		propose_for(remedies, base, step, plan, &blame, NULL, runtime);
	} else if (str_eq(finding->rule, STR_LIT("split-runtime"))) {
		blame = blame_make(remedies->arena, base->result->graph, true);
		blame_package(&blame, package);
		blame_follow(remedies->arena, &blame);
		propose_for(remedies, base, step, plan, &blame, NULL, REQUEST_NO_RUNTIME);
	}
}

/* ---- trials ---- */

/* Two findings about one thing, of two answers. */
static bool is_same(const struct audit_result *a, const struct finding *of_a,
                    const struct audit_result *b, const struct finding *of_b)
{
	return str_eq(of_a->rule, of_b->rule) && str_eq(of_a->subject, of_b->subject) &&
	       str_eq(a->graph->lock->packages[of_a->package].name,
	              b->graph->lock->packages[of_b->package].name);
}

static const struct finding *counterpart(const struct audit_result *in,
                                         const struct audit_result *of,
                                         const struct finding *finding)
{
	for (size_t i = 0; i < in->findings.n; i++)
		if (!in->findings.p[i].inactive && is_same(in, &in->findings.p[i], of, finding))
			return &in->findings.p[i];
	return NULL;
}

/* Whether the trial's answer has nothing of the weight of what it ends that was not there. */
static bool is_no_worse(const struct remedies *remedies, const struct audit_result *tried,
                        enum level weight)
{
	for (size_t i = 0; i < tried->findings.n; i++) {
		const struct finding *one = &tried->findings.p[i];
		const struct finding *before = NULL;

		if (one->level < weight || one->inactive)
			continue;
		before = counterpart(remedies->result, tried, one);
		if (!before || before->level < one->level)
			return false;
	}
	return true;
}

/* Whether what a twin was switched on for binds to the runtime that it names. */
static bool are_twins_bound(const struct remedies *remedies, const struct candidate *candidate,
                            const struct audit_result *tried)
{
	for (size_t i = 0; i < candidate->twin_of.n; i++) {
		uint32_t package = trial_place(remedies->trial, candidate->twin_of.p[i]);
		const struct runtime_verdict *verdict = tried->packages[package].runtime;

		if (verdict && (verdict->runtimes >> candidate->wanted & 1) == 0)
			return false;
	}
	return true;
}

static bool is_any_version_new(const struct remedy_change_list *changes)
{
	for (size_t i = 0; i < changes->n; i++)
		if (changes->p[i].new_version)
			return true;
	return false;
}

/* Gives the finding, and all others that the trial ends, the remedy. */
static void propose_plan(struct remedies *remedies, const struct candidate *candidate,
                         const struct audit_result *tried)
{
	struct remedy_plan *plan = arena_new(remedies->arena, struct remedy_plan);
	struct remedy remedy = { STR_LIT("feature"), { 0 } };

	*plan = candidate->plan;
	if (is_any_version_new(&plan->changes))
		remedy.kind = STR_LIT("update");
	remedy.text = remedy_text(remedies->arena, plan);
	for (size_t i = remedies->finding; i < remedies->result->findings.n; i++) {
		struct finding *finding = &remedies->result->findings.p[i];

		if (i != remedies->finding && (finding->plan || finding->inactive ||
		                               counterpart(tried, remedies->result, finding)))
			continue;
		finding->remedy = remedy;
		finding->plan = plan;
	}
}

/* Judges a trial that is complete; whether it ended the finding. */
static bool judge_trial(struct remedies *remedies)
{
	struct candidate candidate = remedies->candidates.p[remedies->candidate];
	const struct finding *finding = &remedies->result->findings.p[remedies->finding];
	struct trial_base tried = { 0 };

	if (!trial_end(remedies->trial, &tried, &candidate.plan.adds))
		return false;
	if (counterpart(tried.result, remedies->result, finding)) {
		/* A new version may have the features that help. */
		if (candidate.step + 1 < STEPS_MAX && is_any_version_new(&candidate.plan.changes))
			find_candidates(remedies, finding,
			                trial_place(remedies->trial, finding->package), &tried,
			                candidate.step + 1, &candidate.plan);
		return false;
	}
	if (!is_no_worse(remedies, tried.result, finding->level) ||
	    !are_twins_bound(remedies, &candidate, tried.result))
		return false;
	propose_plan(remedies, &candidate, tried.result);
	return true;
}

/* The next finding that has candidates, or false. */
static bool next_finding(struct remedies *remedies)
{
	static const struct remedy_plan nothing;

	while (++remedies->finding < remedies->result->findings.n) {
		const struct finding *finding = &remedies->result->findings.p[remedies->finding];

		if (finding->plan || finding->inactive || finding->allowed || finding->in_baseline)
			continue;
		remedies->candidates.n = 0;
		remedies->candidate = 0;
		find_candidates(remedies, finding, finding->package, &remedies->base, 0, &nothing);
		if (remedies->candidates.n > 0)
			return true;
	}
	return false;
}

/* Begins the next trial, or false where there is none. */
static bool next_trial(struct remedies *remedies)
{
	if (remedies->trials >= REMEDY_TRIALS_MAX)
		return false;
	while (remedies->candidate >= remedies->candidates.n)
		if (!next_finding(remedies))
			return false;
	const struct candidate *candidate = &remedies->candidates.p[remedies->candidate];

	remedies->trials++;
	remedies->trial = trial_begin(remedies->arena, &candidate->base, &candidate->changes);
	return true;
}

int remedies_next(struct remedies *remedies, struct pick_need *need, struct err *err)
{
	while (remedies->trial || next_trial(remedies)) {
		int got = trial_next(remedies->trial, need, err);

		if (got != 0)
			return got;
		bool ended = judge_trial(remedies);

		remedies->trial = NULL;
		remedies->candidate = ended ? remedies->candidates.n : remedies->candidate + 1;
	}
	return 0;
}
