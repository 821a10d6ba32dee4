/* audit/candidate.h: changes of manifests that may end a finding about runtimes, the likeliest and
 * smallest first. None of them has been tried.
 *
 * Features that bring a runtime in, replaced by their twins or left out; the newest version of what
 * brings it in whatever its features are; a bridge. What somebody asked for by name is taken away
 * last.
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_CANDIDATE_H
#define RTAUDIT_AUDIT_CANDIDATE_H
#include "audit/trial.h"

/* A change may stand on one that was tried before it: a new version, then its features. */
enum { CANDIDATE_STEPS_MAX = 2 };

struct candidate {
	struct trial_base base; /* what it changes */
	uint32_t step;
	struct trial_change_list changes;
	struct u32_list updates; /* of the base's lock */
	/* nodes that must not be built afterwards: while one is, the finding stays */
	struct u32_list leaving;
	bool is_void; /* it cannot be told in one line a manifest */
	bool is_step; /* where it does not help, its new versions may have features that do */
	/* packages that must bind to runtime `wanted` afterwards, whose twin features it takes */
	struct u32_list twin_of;
	uint32_t wanted;
	/* with those that `base` stands on: the changes, and what they lock anew; of a bridge, what
	 * it does */
	struct remedy_plan plan;
};
struct candidate_list VEC_OF(struct candidate);

struct candidate_search {
	struct arena *arena;
	const struct runtime_use_list *uses; /* of the project as it is */
	const struct trial_base *base;       /* what is to be changed */
	uint32_t step;                       /* changes that it stands on */
	const struct remedy_plan *plan;      /* these */
	const struct finding *finding;       /* that is to end */
	uint32_t package;                    /* that it is about, of the base's lock */
	struct candidate_list *out;
};

void candidates_find(struct candidate_search *search);
/* Whether there are changes for findings of a rule. */
bool candidates_are_for(struct str rule);
#endif
