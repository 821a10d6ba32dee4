#include "audit/rule.h"

#include "audit/baseline.h"
#include "audit/policy_file.h"
#include "base/sha256.h"
#include <stdlib.h>

bool policy_load(struct arena *arena, const struct knowledge *knowledge, struct str policy_name,
                 struct str policy, struct str baseline_name, struct str baseline,
                 const struct policy **out, struct err *err)
{
	struct policy *made = arena_new(arena, struct policy);

	made->knowledge = knowledge;
	made->fail_on = LEVEL_ERROR;
	made->stale_days = STALE_DAYS_DEFAULT;
	made->levels = arena_array(arena, knowledge_rule_count(knowledge), sizeof *made->levels);
	if (!policy_file_read(arena, policy_name, policy, made, err) ||
	    !baseline_read(arena, baseline_name, baseline, &made->baseline, err))
		return false;
	*out = made;
	return true;
}

bool policy_fail_on(const struct policy *policy, struct str option, enum level *out,
                    struct err *err)
{
	enum level level;

	if (option.n == 0) {
		*out = policy->fail_on;
		return true;
	}
	if (!fail_on_parse(option, &level))
		return err_set(err, ERR_USAGE,
		               "--fail-on '" STR_FMT "' is none of error, warning, note, never",
		               STR_ARG(option));
	*out = level;
	return true;
}

int64_t policy_stale_days(const struct policy *policy)
{
	return policy->stale_days;
}

static enum policy_reach reach_of(const struct result_package *package)
{
	if (package->direct && (package->kinds == 0 || (package->kinds & EDGE_NORMAL) != 0))
		return REACH_DIRECT;
	if (package->kinds == 0 || (package->kinds & EDGE_NORMAL) != 0)
		return REACH_TRANSITIVE;
	return (package->kinds & EDGE_BUILD) != 0 ? REACH_BUILD : REACH_DEV;
}

static enum level default_level(const struct rule_text *rule, enum policy_reach reach)
{
	switch (reach) {
	case REACH_DIRECT:
		return rule->direct;
	case REACH_TRANSITIVE:
		return rule->transitive;
	case REACH_BUILD:
		return rule->build;
	case REACH_DEV:
		return rule->dev;
	}
	return LEVEL_WARNING;
}

/* The level, at most `ceiling` where rtaudit.toml does not set it: what was found mild is not made
 * worse by a default. */
static enum level level_within(const struct policy *policy, struct str name, enum level ceiling,
                               const struct result_package *package)
{
	const struct rule_text *rule = knowledge_rule(policy->knowledge, name);
	enum policy_reach reach = reach_of(package);

	if (rule == NULL)
		return LEVEL_WARNING;
	const struct policy_levels *set =
		&policy->levels[knowledge_rule_number(policy->knowledge, rule)];
	if (set->is_set[reach])
		return set->level[reach];
	enum level level = default_level(rule, reach);
	return ceiling < level ? ceiling : level;
}

enum level policy_level(const struct policy *policy, struct str rule,
                        const struct result_package *package)
{
	return level_within(policy, rule, LEVEL_ERROR, package);
}

static struct str fingerprint_of(struct arena *arena, const struct finding *finding,
                                 const struct locked_package *package)
{
	struct str parts[] = { finding->rule, package->name, package->vers, finding->subject };
	size_t n = 0, at = 0;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		n += parts[i].n + 1;
	char *bytes = arena_alloc(arena, n);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (parts[i].n > 0)
			memcpy(bytes + at, parts[i].p, parts[i].n);
		at += parts[i].n + 1;
	}
	/* A NUL stands between the parts, none behind the last. */
	struct sha256 hash = sha256_of((struct str){ bytes, n - 1 });
	struct sha256_hex hex = sha256_to_hex(&hash);
	return arena_str(arena, (struct str){ hex.text, 16 });
}

static bool allowance_fits(const struct allowance *allowance, const struct finding *finding,
                           const struct locked_package *package)
{
	if (allowance->rule.n > 0 && !str_eq(allowance->rule, finding->rule))
		return false;
	if (allowance->crate.n > 0 && !str_eq(allowance->crate, package->name))
		return false;
	if (allowance->id.n > 0 && !str_eq(allowance->id, finding->subject))
		return false;
	return semver_req_matches(&allowance->version, &package->version);
}

static void apply_allowances(struct arena *arena, const struct policy *policy, int64_t now,
                             const struct locked_package *package, struct finding *finding)
{
	for (size_t i = 0; i < policy->allowances.n; i++) {
		const struct allowance *one = &policy->allowances.p[i];

		if (!allowance_fits(one, finding, package))
			continue;
		if (one->expires_at != 0 && now >= one->expires_at) {
			*vec_add(arena, &finding->evidence) = (struct evidence){
				STR_LIT("allow"),
				arena_printf(arena,
				             "the allowance of this finding ended on " STR_FMT,
				             STR_ARG(one->expires)),
				one->place
			};
			continue;
		}
		finding->allowed = true;
		finding->allow_reason = one->reason;
		finding->allow_expires = one->expires;
		return;
	}
}

/* Active before inactive, the worst level first, then by rule, package and subject. */
static int finding_cmp(const void *left, const void *right)
{
	const struct finding *a = left, *b = right;
	int by;

	if (a->inactive != b->inactive)
		return a->inactive ? 1 : -1;
	if (a->level != b->level)
		return a->level > b->level ? -1 : 1;
	by = str_cmp(a->rule, b->rule);
	if (by != 0)
		return by;
	if (a->package != b->package)
		return a->package < b->package ? -1 : 1;
	by = str_cmp(a->subject, b->subject);
	return by != 0 ? by : str_cmp(a->message, b->message);
}

void policy_apply(struct arena *arena, const struct policy *policy,
                  const struct audit_result *result, int64_t now, struct finding_list *findings)
{
	size_t kept = 0;
	uint32_t one;

	for (size_t i = 0; i < findings->n; i++) {
		struct finding finding = findings->p[i];
		const struct locked_package *package =
			&result->graph->lock->packages[finding.package];

		finding.level =
			level_within(policy, finding.rule,
		                     finding.level == LEVEL_ALLOW ? LEVEL_ERROR : finding.level,
		                     &result->packages[finding.package]);
		if (finding.level == LEVEL_ALLOW)
			continue;
		finding.fingerprint = fingerprint_of(arena, &finding, package);
		finding.in_baseline = map_get(&policy->baseline, finding.fingerprint, &one);
		apply_allowances(arena, policy, now, package, &finding);
		findings->p[kept++] = finding;
	}
	findings->n = kept;
	if (kept > 1)
		qsort(findings->p, kept, sizeof *findings->p, finding_cmp);
}
