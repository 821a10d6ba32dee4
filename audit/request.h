/* audit/request.h: what a local package asks of a dependency, and how it would ask without what is
 * to blame.
 *
 * A feature that leads to it is left out; the good parts of one that only lists others (default
 * first of all) are asked for by name instead; where a runtime is wanted, the twin of a feature
 * that names another one takes its place.
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_REQUEST_H
#define RTAUDIT_AUDIT_REQUEST_H
#include "audit/blame.h"
#include "audit/knowledge.h"

enum { REQUEST_NO_RUNTIME = UINT32_MAX };

/* A dependency of a local package that brings it in. */
struct cut {
	uint32_t package, dep; /* of the lock; of the summary's deps */
	uint32_t to;
	bool whole; /* no choice of features helps */
};
struct cut_list VEC_OF(struct cut);

struct request {
	bool default_features;
	struct str_list features;
	/* what is asked for no more, and the twins that took a place; default-features is told by
	 * the field above */
	struct str_list off, on;
	bool loses; /* a feature that leads there is asked for by name: somebody wanted it */
};

/* What requests are made with. */
struct requests {
	struct arena *arena;
	const struct blame *blame;
	const struct knowledge *knowledge;
	size_t looks; /* features and values looked at so far */
};

/* The dependencies of local packages on others that the blame leads to; where `within` is given
 * (by package), of those packages alone. False where there are more than REMEDY_CUTS_MAX, or the
 * looks are used up. */
bool request_cuts(struct requests *requests, const bool *within, struct cut_list *out);
/* `wanted` is of knowledge_runtime_at, or REQUEST_NO_RUNTIME. False where the looks are used up. */
bool request_without(struct requests *requests, const struct cut *cut, uint32_t wanted,
                     struct request *out);
#endif
