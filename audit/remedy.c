#include "audit/remedy.h"
#include "audit/candidate.h"
#include "audit/limits.h"
#include "audit/remedy_text.h"

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

	if (result->precision == PRECISION_LOCK || result->findings.n == 0 ||
	    audit->lock.n > REMEDY_PACKAGES_MAX)
		return NULL;
	remedies = arena_new(arena, struct remedies);
	*remedies = (struct remedies){ .arena = arena,
		                       .base = { audit, facts, result },
		                       .result = result,
		                       .finding = SIZE_MAX };
	return remedies;
}

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

static bool is_any_version_new(const struct remedy_plan *plan)
{
	for (size_t i = 0; i < plan->changes.n; i++)
		if (plan->changes.p[i].new_version)
			return true;
	return plan->updates.n > 0;
}

/* Whether the remedy of one finding may serve another that it ends: for what is yanked or
 * vulnerable there mostly is a smaller one. */
static bool may_share(const struct finding *one, const struct finding *other)
{
	return candidates_are_for(other->rule) ||
	       (str_eq(other->rule, STR_LIT("unmaintained-advisory")) &&
	        one->package == other->package);
}

/* Gives the finding, and all others that the trial ends, the remedy. */
static void propose_plan(struct remedies *remedies, const struct candidate *candidate,
                         const struct audit_result *tried)
{
	struct remedy_plan *plan = arena_new(remedies->arena, struct remedy_plan);
	struct remedy remedy = { STR_LIT("feature"), { 0 } };

	*plan = candidate->plan;
	if (plan->bridge.n > 0)
		remedy.kind = STR_LIT("bridge");
	else if (is_any_version_new(plan))
		remedy.kind = STR_LIT("update");
	remedy.text = remedy_text(remedies->arena, plan);
	for (size_t i = remedies->finding; i < remedies->result->findings.n; i++) {
		struct finding *finding = &remedies->result->findings.p[i];

		if (i != remedies->finding &&
		    (!may_share(&remedies->result->findings.p[remedies->finding], finding) ||
		     finding->plan || finding->inactive ||
		     counterpart(tried, remedies->result, finding)))
			continue;
		finding->remedy = remedy;
		finding->plan = plan;
	}
}

static void search(struct remedies *remedies, const struct trial_base *base, uint32_t step,
                   const struct remedy_plan *plan, uint32_t package)
{
	struct candidate_search search = { .arena = remedies->arena,
		                           .uses = &remedies->result->runtimes,
		                           .base = base,
		                           .step = step,
		                           .plan = plan,
		                           .finding =
		                                   &remedies->result->findings.p[remedies->finding],
		                           .package = package,
		                           .out = &remedies->candidates };

	candidates_find(&search);
}

/* Judges a trial that is complete; whether it ended the finding. */
static bool judge_trial(struct remedies *remedies)
{
	struct candidate candidate = remedies->candidates.p[remedies->candidate];
	const struct finding *finding = &remedies->result->findings.p[remedies->finding];
	struct trial_base tried = { 0 };
	const struct finding *left;

	if (!trial_end(remedies->trial, &tried, &candidate.plan.adds))
		return false;
	left = counterpart(tried.result, remedies->result, finding);
	if (left && candidate.plan.bridge.n > 0 && left->level <= LEVEL_NOTE)
		left = NULL;
	if (left) {
		/* A new version may have the features that help. */
		if (candidate.is_step)
			search(remedies, &tried, candidate.step + 1, &candidate.plan,
			       trial_place(remedies->trial, finding->package));
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
		search(remedies, &remedies->base, 0, &nothing, finding->package);
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
	for (;; remedies->candidate++) {
		while (remedies->candidate >= remedies->candidates.n)
			if (!next_finding(remedies))
				return false;
		if (!remedies->candidates.p[remedies->candidate].is_void)
			break;
	}
	const struct candidate *candidate = &remedies->candidates.p[remedies->candidate];

	remedies->trials++;
	remedies->trial = trial_begin(remedies->arena, &candidate->base, &candidate->changes,
	                              &candidate->updates);
	return true;
}

/* Whether what must leave is still built: then nothing else need be known. */
static bool is_hopeless(const struct remedies *remedies)
{
	const struct candidate *candidate = &remedies->candidates.p[remedies->candidate];

	for (size_t i = 0; !candidate->is_step && i < candidate->leaving.n; i++)
		if (trial_is_built(remedies->trial, candidate->leaving.p[i]))
			return true;
	return false;
}

bool remedies_next(struct remedies *remedies, struct pick_need *need)
{
	while (remedies->trial || next_trial(remedies)) {
		struct err why = { 0 };
		int got = trial_next(remedies->trial, need, &why);

		if (got >= 0 && is_hopeless(remedies))
			got = -1;
		if (got > 0)
			return true;
		/* What needs too many packages is no remedy. */
		bool ended = got == 0 && judge_trial(remedies);

		remedies->trial = NULL;
		remedies->candidate = ended ? remedies->candidates.n : remedies->candidate + 1;
	}
	return false;
}
