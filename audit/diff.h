/* audit/diff.h: what a change of the lock adds to lock-in and abandonment, and what it takes away:
 * two results compared.
 *
 * A finding stays the same while its rule, crate and subject do: that an update of a crate moves it
 * to another version makes it neither new nor gone. Only findings that count (finding_counts) are
 * compared.
 * Threads: pure. Memory: the caller's arena; the results are pointed into. */
#ifndef RTAUDIT_AUDIT_DIFF_H
#define RTAUDIT_AUDIT_DIFF_H
#include "audit/result.h"

enum diff_change {
	DIFF_ADDED,
	DIFF_REMOVED,
	DIFF_UPDATED,
	DIFF_DOWNGRADED,
	DIFF_SOURCE,    /* the same version from elsewhere */
	DIFF_CHECKSUM,  /* the same version from the same place with other contents */
	DIFF_NOW_BUILT, /* locked before, and built only now */
	DIFF_NOT_BUILT
};

/* One package that changed. */
struct diff_package {
	enum diff_change change;
	uint32_t before, after; /* in the locks; PACKAGE_NONE where there is none */
};
struct diff_package_list VEC_OF(struct diff_package);

/* A crate with a finding about abandonment that comes in or goes. */
struct diff_abandoned {
	uint32_t package; /* of the lock that holds it */
	struct str_list rules;
};
struct diff_abandoned_list VEC_OF(struct diff_abandoned);

struct diff_finding {
	const struct finding *finding;
	enum level was; /* of a finding that is worse now; else LEVEL_ALLOW */
};
struct diff_finding_list VEC_OF(struct diff_finding);

struct diff_runtime {
	const struct runtime_use *before, *after; /* one of them may be NULL */
};
struct diff_runtime_list VEC_OF(struct diff_runtime);

struct diff {
	const struct audit_result *before, *after;
	struct diff_package_list packages; /* by name */
	/* those that changed; new ones, then gone ones, then the others */
	struct diff_runtime_list runtimes;
	struct diff_abandoned_list came, went;       /* built packages, in the locks' order */
	struct diff_finding_list fresh, worse, gone; /* in the results' order */
	uint32_t errors, warnings, notes;            /* of fresh and worse */
	/* one of fresh or worse is at or above the new result's fail_on, and was not before */
	bool fail;
};

void diff_make(struct arena *arena, const struct audit_result *before,
               const struct audit_result *after, struct diff *out);
/* "added", "removed", "updated", "downgraded", "source", "checksum", "now-built", "not-built" */
const char *diff_change_name(enum diff_change change);
#endif
