#include "audit/abandon.h"

#include "audit/advisory_finding.h"
#include "audit/paths.h"
#include "base/when.h"

/* A crate is stale after this many of its own intervals. */
enum { STALE_RHYTHMS = 4 };

struct abandon {
	struct arena *arena;
	const struct audit_result *result;
	const struct facts *facts;
	const struct graph *graph;
	const struct policy *policy;
	const struct knowledge *knowledge;
	struct finding_list *out;
	struct paths paths;
};

/* Adds a finding about a package, with its paths; not where its level would drop it anyway. */
static void add(struct abandon *at, uint32_t package, struct finding finding)
{
	uint32_t node = node_of(package, SIDE_TARGET);

	finding.package = package;
	finding.inactive = !at->result->packages[package].built;
	if (!at->graph->nodes[node].built)
		node = node_of(package, SIDE_HOST);
	paths_to(&at->paths, node, &finding.paths);
	*vec_add(at->arena, at->out) = finding;
}

static bool is_wanted(const struct abandon *at, uint32_t package, struct str rule)
{
	return policy_level(at->policy, rule, &at->result->packages[package]) != LEVEL_ALLOW;
}

static bool is_registry(const struct locked_package *package)
{
	return package->source.kind != SOURCE_PATH && package->source.kind != SOURCE_GIT;
}

/* Whether one of them says that the crate is not maintained. */
static bool find_advisories(struct abandon *at, uint32_t package, const struct advisory_set *set)
{
	const struct locked_package *locked = &at->graph->lock->packages[package];
	bool unmaintained = false;
	uint32_t row;

	if (!locked->source.is_crates_io || !map_get(&set->first, locked->name, &row))
		return false;
	for (; row != UINT32_MAX; row = set->rows[row].next) {
		const struct advisory *advisory = set->rows[row].advisory;
		struct str rule = advisory_rule(advisory);

		if (rule.n == 0 || !advisory_concerns(&set->rows[row], locked, at->result))
			continue;
		unmaintained = unmaintained || advisory->kind == ADVISORY_UNMAINTAINED;
		if (is_wanted(at, package, rule))
			add(at, package,
			    advisory_finding(at->arena, advisory, locked, at->knowledge));
	}
	return unmaintained;
}

static void find_yanked(struct abandon *at, uint32_t package)
{
	const struct package_facts *facts = &at->facts->packages[package];
	const struct locked_package *locked = &at->graph->lock->packages[package];
	struct finding finding = { .rule = STR_LIT("yanked") };
	struct version newest;
	struct err err;

	if (facts->yanked != KNOWN_YES || facts->yanked_at > at->facts->at ||
	    !is_wanted(at, package, finding.rule))
		return;
	finding.message = STR_LIT("was taken back by its author (yanked)");
	*vec_add(at->arena, &finding.evidence) = (struct evidence){
		STR_LIT("index"),
		facts->yanked_at == 0
			? STR_LIT("the registry's index marks the version as yanked")
			: arena_printf(at->arena,
		                       "the registry's index marks the version as yanked, first "
		                       "seen on " STR_FMT,
		                       STR_ARG(when_date(at->arena, facts->yanked_at))),
		{ 0 }
	};
	if (facts->newest_vers.n == 0)
		finding.remedy = (struct remedy){ STR_LIT("replace"),
			                          STR_LIT("every version of the crate is yanked") };
	else if (semver_parse(facts->newest_vers, &newest, &err) &&
	         semver_is_compatible(&newest, &locked->version))
		finding.remedy =
			(struct remedy){ STR_LIT("update"),
			                 arena_printf(at->arena,
			                              "cargo update -p " STR_FMT "@" STR_FMT
			                              " moves to " STR_FMT,
			                              STR_ARG(locked->name), STR_ARG(locked->vers),
			                              STR_ARG(facts->newest_vers)) };
	else
		finding.remedy =
			(struct remedy){ STR_LIT("update"),
			                 arena_printf(at->arena,
			                              "cargo update -p " STR_FMT "@" STR_FMT
			                              " takes another version of its line where "
			                              "there is one; the newest is " STR_FMT,
			                              STR_ARG(locked->name), STR_ARG(locked->vers),
			                              STR_ARG(facts->newest_vers)) };
	add(at, package, finding);
}

static void find_unknown(struct abandon *at, uint32_t package)
{
	const struct package_facts *facts = &at->facts->packages[package];
	const struct locked_package *locked = &at->graph->lock->packages[package];
	struct finding finding = { .rule = STR_LIT("unknown-package") };
	struct str detail;

	if (at->graph->packages[package].summary != NULL || locked->source.kind == SOURCE_PATH ||
	    !is_wanted(at, package, finding.rule))
		return;
	if (locked->source.kind == SOURCE_GIT) {
		finding.message =
			STR_LIT("comes from a git repository whose manifests are not here");
		finding.remedy =
			(struct remedy){ STR_LIT("none"),
			                 STR_LIT("cargo fetch checks the repository out") };
		detail = locked->source.text;
	} else if (facts->crate_known) {
		finding.message = STR_LIT("is a version that the registry's index does not list");
		finding.remedy = (struct remedy){
			STR_LIT("update"),
			STR_LIT("look whether the version was removed; rtaudit sync asks again")
		};
		detail = arena_printf(at->arena, "the index was seen on " STR_FMT,
		                      STR_ARG(when_date(at->arena, facts->fetched_at)));
	} else {
		finding.message = STR_LIT(
			"is not known: its registry's index was not read or does not list it");
		finding.remedy = (struct remedy){ STR_LIT("none"),
			                          STR_LIT("rtaudit sync fetches the index") };
		detail = locked->source.text;
	}
	*vec_add(at->arena, &finding.evidence) =
		(struct evidence){ STR_LIT("index"), detail, { 0 } };
	add(at, package, finding);
}

/* Whether the next package of the lock is the same crate: packages are sorted by name and
 * version. */
static bool has_younger(const struct abandon *at, uint32_t package)
{
	return package + 1 < at->graph->package_n &&
	       str_eq(at->graph->lock->packages[package].name,
	              at->graph->lock->packages[package + 1].name);
}

static void find_stale(struct abandon *at, uint32_t package)
{
	const struct package_facts *facts = &at->facts->packages[package];
	const struct locked_package *locked = &at->graph->lock->packages[package];
	struct finding finding = { .rule = STR_LIT("stale") };
	int64_t patience = policy_stale_days(at->policy) * DAY_SECONDS;
	int64_t silence = at->facts->at - facts->newest_at;

	if (facts->rhythm_seconds > patience / STALE_RHYTHMS)
		patience = facts->rhythm_seconds * STALE_RHYTHMS;
	if (facts->newest_at == 0 || silence <= patience || !at->result->packages[package].built ||
	    has_younger(at, package) || knowledge_is_finished(at->knowledge, locked->name) ||
	    !is_wanted(at, package, finding.rule))
		return;
	struct str since = when_date(at->arena, facts->newest_at);
	finding.message =
		arena_printf(at->arena, "has had no release for " STR_FMT ", since " STR_FMT,
	                     STR_ARG(when_span(at->arena, silence)), STR_ARG(since));
	if (facts->rhythm_seconds > 0)
		*vec_add(at->arena, &finding.evidence) = (struct evidence){
			STR_LIT("index"),
			arena_printf(at->arena,
			             "%u releases, half of them within " STR_FMT
			             " of the one before",
			             facts->releases,
			             STR_ARG(when_span(at->arena, facts->rhythm_seconds))),
			{ 0 }
		};
	else
		*vec_add(at->arena, &finding.evidence) = (struct evidence){
			STR_LIT("index"),
			arena_printf(at->arena, "%u release%s, too few for a rhythm",
			             facts->releases, facts->releases == 1 ? "" : "s"),
			{ 0 }
		};
	finding.remedy = (struct remedy){ STR_LIT("none"),
		                          facts->repository.n == 0
		                                  ? STR_LIT("look whether it is finished or left")
		                                  : arena_printf(at->arena,
		                                                 "look at " STR_FMT
		                                                 " whether it is finished or left",
		                                                 STR_ARG(facts->repository)) };
	add(at, package, finding);
}

void abandon_find(struct arena *arena, const struct audit_result *result,
                  const struct policy *policy, const struct knowledge *knowledge,
                  struct finding_list *out)
{
	struct abandon at = { .arena = arena,
		              .result = result,
		              .facts = result->facts,
		              .graph = result->graph,
		              .policy = policy,
		              .knowledge = knowledge,
		              .out = out,
		              .paths = paths_open(arena, result->graph) };
	const struct advisory_set *set = at.facts->advisories != NULL
	                                         ? at.facts->advisories
	                                         : knowledge_advisories(knowledge);

	for (uint32_t p = 0; p < at.graph->package_n; p++) {
		bool unmaintained = find_advisories(&at, p, set);

		find_unknown(&at, p);
		if (!is_registry(&at.graph->lock->packages[p]))
			continue;
		find_yanked(&at, p);
		/* That nobody maintains it says it already. */
		if (!unmaintained)
			find_stale(&at, p);
	}
}
