/* audit/trial.h: the audit of a project as it would be, were some of its dependencies written
 * otherwise.
 *
 * The lock stays; what the change misses in it is chosen as cargo would (audit/pick), and the
 * engine runs again over the outcome.
 *
 *	trial_begin → while (trial_next(…) == 1) the caller fills what is needed → trial_end
 *
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_TRIAL_H
#define RTAUDIT_AUDIT_TRIAL_H
#include "audit/pick.h"
#include "audit/run.h"

/* A project with the facts and the answer that belong to it. */
struct trial_base {
	const struct audit *audit;
	const struct facts *facts;
	const struct audit_result *result;
};

/* One dependency of a local package as it would be written. */
struct trial_change {
	/* of the base's lock; of its summary's deps, or DEP_NONE: a new one, of `crate` */
	uint32_t package, dep;
	struct str crate;
	struct str req_text; /* empty: as it is */
	bool default_features;
	struct str_list features; /* all that the dependency asks for */
	/* Features that are asked for no more: values "dependency/feature" of the package's own
	 * features go with them. */
	struct str_list off;
	/* it is [workspace.dependencies] that is written otherwise, for all who inherit it: to
	 * `features` they add their own */
	bool of_workspace;
};
struct trial_change_list VEC_OF(struct trial_change);

struct trial;

/* `updates` are packages of the base's lock that take their newest version where a requirement
 * allows it. What the arguments point to stays valid as long as the trial. */
struct trial *trial_begin(struct arena *arena, const struct trial_base *base,
                          const struct trial_change_list *changes, const struct u32_list *updates);
/* As pick_next. */
MUST_CHECK int trial_next(struct trial *trial, struct pick_need *need, struct err *err);
/* As pick_is_built, of the base's lock, after trial_next. */
bool trial_is_built(const struct trial *trial, uint32_t node);
/* Runs the engine. False where the change cannot be judged: nothing that is known fits a
 * dependency, or a version has no feature of a name that is asked for. *out is a base for further
 * changes; `adds` gets what cargo would lock anew, as "name version". */
bool trial_end(struct trial *trial, struct trial_base *out, struct str_list *adds);
/* Where a package of the old base stands in the new one's lock. */
uint32_t trial_place(const struct trial *trial, uint32_t package);
#endif
