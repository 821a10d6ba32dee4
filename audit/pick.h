/* audit/pick.h: the packages that cargo would lock for one crate alone.
 *
 * From a version of a crate and the features asked for, dependencies are chosen in rounds: what the
 * feature resolver misses is looked up, and the newest version that fits joins, one a compatible
 * line. The choice is cargo's for a fresh lock but for its search: where the requirements on a line
 * contradict each other, both versions stand, and cargo would go back to an older depender.
 *
 * On top of a lock, nothing of what is locked moves: a dependency takes a locked version where one
 * fits.
 *
 *	pick_begin → while (pick_next(…) == 1) the caller fills what is needed → pick_end
 *
 * Source: the Cargo Book, "Dependency Resolution". Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_PICK_H
#define RTAUDIT_AUDIT_PICK_H
#include "audit/knowledge.h"
#include "audit/resolve.h"

/* A version that a registry lists. */
struct pick_release {
	struct version version;
	int64_t published_at; /* 0 unknown */
	int64_t yanked_at;    /* when it was first seen yanked; 0 unknown */
	bool yanked;
};
struct pick_releases {
	struct pick_release *p; /* newest first */
	size_t n;
	int64_t fetched_at; /* when the index said so; 0: nothing is stored of the crate */
};

/* What is to be looked up before the choice goes on; either part may be empty. */
struct pick_need {
	const struct wanted *crates;    /* vers is empty */
	struct pick_releases *releases; /* one a crate, to be filled; n = 0 where there are none */
	uint32_t crate_n;
	const struct wanted *versions;
	struct package_facts *facts; /* one a version, to be filled; its summary may be NULL */
	uint32_t version_n;
};

struct pick_input {
	struct wanted root;
	const struct package_facts *root_facts; /* with a summary */
	struct resolve_root ask;                /* features; `package` is set here */
	struct resolve_platform target, host;
	/* what was published or yanked later does not count; 0: now */
	int64_t at;
	const struct knowledge *knowledge;
};

/* A lock that is there: what it holds stays as it is, and what a changed project misses joins. */
struct pick_lock {
	/* lock, summaries, proc_macro and links are as they were; roots and the rest tell what is
	 * wanted now */
	const struct resolve_input *how;
	const struct package_facts *facts; /* one a package, and so `wanted` */
	const struct wanted *wanted;
	/* by package: nobody takes it anew, for a newer version is to replace it; may be NULL */
	const bool *dropped;
	/* what the lock lacks already, and nobody is to choose; may be NULL */
	const struct resolve_missing_list *gaps;
	int64_t at;
	const struct knowledge *knowledge;
};

/* What was chosen, as an audit has it. */
struct pick_result {
	struct lockfile lock;
	const struct summary **summaries; /* one a package */
	bool *proc_macro;
	struct package_facts *facts;
	struct wanted *wanted;
	struct links links;
	uint32_t root;
	/* by package as it was added, those of a pick_lock first: its place in `lock` */
	uint32_t *place;
	struct str_list lacking; /* "tokio ^1.20": dependencies that no known version fits */
};

struct pick;

struct pick *pick_begin(struct arena *arena, const struct pick_input *in);
/* The same on top of a lock; what `in` points to stays valid until pick_end. */
struct pick *pick_begin_on(struct arena *arena, const struct pick_lock *in);
/* 1: fill *need, which is valid until the next call; 0: the choice is complete; -1: ERR_LIMIT, more
 * than
 * PICK_PACKAGES_MAX packages. */
MUST_CHECK int pick_next(struct pick *pick, struct pick_need *need, struct err *err);
/* Whether a node (of audit/graph) of pick_begin_on's lock is built with what was chosen so far.
 * What is built stays so, whatever else is chosen. */
bool pick_is_built(const struct pick *pick, uint32_t node);
void pick_end(struct pick *pick, struct pick_result *out);

/* Whether a release was there, and not yanked, at a moment; 0: now. */
bool pick_is_there(const struct pick_release *release, int64_t at);
bool pick_is_yanked(const struct pick_release *release, int64_t at);
#endif
