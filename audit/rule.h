/* audit/rule.h: levels, allow-list, settings and baseline: what a project's rtaudit.toml says.
 * Source: docs/rtaudit.toml.md. Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_RULE_H
#define RTAUDIT_AUDIT_RULE_H
#include "audit/knowledge.h"

struct policy; /* opaque */

/* Reads rtaudit.toml (empty bytes: the defaults) and an earlier answer as baseline (may be empty).
 * ERR_INPUT with file and line: an unknown rule (with the nearest name), level, key, a bad date or
 * requirement. */
MUST_CHECK bool policy_load(struct arena *arena, const struct knowledge *knowledge,
                            struct str policy_name, struct str policy, struct str baseline_name,
                            struct str baseline, const struct policy **out, struct err *err);
/* The level of --fail-on: from the option where it is given, else from the policy, else error.
 * ERR_USAGE. */
MUST_CHECK bool policy_fail_on(const struct policy *policy, struct str option, enum level *out,
                               struct err *err);
/* How many days without a release make a crate stale. */
int64_t policy_stale_days(const struct policy *policy);
/* The level of a finding of a rule about a package; LEVEL_ALLOW: it would be dropped. */
enum level policy_level(const struct policy *policy, struct str rule,
                        const struct result_package *package);
/* Fills level, fingerprint, allowed and in_baseline of findings, drops those of LEVEL_ALLOW, sorts
 * them: active before inactive, the worst first, then by rule and package. A level that a finder
 * set is a ceiling on the default, not on what rtaudit.toml says. `now` decides whether an
 * allowance has expired. */
void policy_apply(struct arena *arena, const struct policy *policy,
                  const struct audit_result *result, int64_t now, struct finding_list *findings);
#endif
