/* audit/run.h: one pass of the engine over a project that was read: resolve, classify, find.
 *
 * A remedy is tried by the same pass over a copy of the project in which a manifest asks for
 * something else.
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_RUN_H
#define RTAUDIT_AUDIT_RUN_H
#include "audit/audit.h"
#include "audit/selection.h"
#include "audit/targets.h"

/* What audit_open read; run_once changes nothing of it. */
struct audit {
	const struct project *project;
	const struct knowledge *knowledge;
	const struct policy *policy;
	struct lockfile lock;
	struct workspace workspace; /* empty under precision "lock" */
	bool has_manifests;
	struct cargo_config config;
	struct targets targets;
	struct selection selection;
	/* one a package of the lock: its manifest, or NULL */
	const struct local_package **local_of;
	struct wanted *wanted;
	struct str_list assumed;
	enum level fail_on;
	struct u32_list archives;
	struct remedies *remedies; /* of the last audit_run, once they were asked for */
};

/* What the lock's dependencies are read with. */
struct link_rules run_link_rules(struct arena *arena, const struct audit *audit);
/* What is resolved, and how. */
struct resolve_input run_resolve_input(const struct audit *audit,
                                       const struct summary *const *summaries,
                                       const bool *proc_macro, const struct links *links);
/* Resolves, classifies, finds. ERR_ABSENT as audit_run. */
MUST_CHECK bool run_once(struct arena *arena, const struct audit *audit, const struct facts *facts,
                         struct audit_result *out, struct err *err);
#endif
