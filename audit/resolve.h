/* audit/resolve.h: Cargo's features, host and target apart: from a lock and summaries to what is
 * built.
 *
 * Two passes, as cargo makes them: the feature resolver unites what every depender asks for, per
 * package and side; then a walk from the selected packages finds what is built with it.
 * Source: the Cargo Book, "Features" and "Dependency Resolution"; RFC 2957, RFC 3143; the behaviour
 * of cargo 1.95's feature resolver and `cargo tree`.
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_RESOLVE_H
#define RTAUDIT_AUDIT_RESOLVE_H
#include "audit/graph.h"
#include "audit/link.h"

/* A triple that is built for, with the cfg set that its rustflags leave. */
struct resolve_platform {
	struct str triple;
	struct cfg_set set;
};

/* A package whose features the command line decides. */
struct resolve_root {
	uint32_t package;
	struct str_list features; /* as on the command line, "dep/feature" included */
	bool all_features, default_features;
	/* false: it takes part in features only (the current package of resolver 1) */
	bool is_selected;
};

struct resolve_input {
	const struct lockfile *lock;
	const struct summary *const *summaries; /* one a package of the lock; NULL where unknown */
	const bool *proc_macro;                 /* one a package */
	const struct links *links;
	const struct resolve_root *roots;
	uint32_t root_n;
	const uint32_t *selected_others; /* packages that are no member and were selected by name */
	uint32_t selected_others_n;
	unsigned resolver; /* 1, 2, 3 */
	unsigned edges;    /* EDGE_…: of project.h */
	bool as_locked;    /* precision "lock": what is optional and locked counts as on */
	/* the lock is being made: what it lacks goes to resolve_notes.missing */
	bool growing;
	const struct resolve_platform *targets;
	uint32_t target_n;
	struct resolve_platform host;
};

/* A dependency that takes part and has no package in the lock. */
struct resolve_missing {
	uint32_t node, dep; /* of the summary of the node's package */
};
struct resolve_missing_list VEC_OF(struct resolve_missing);

/* What the passes leave beside the graph, for explaining what is not built. */
struct resolve_notes {
	/* dep_on[node]: bit per dep_name of the summary: an optional dependency of that name is on;
	 * NULL where the node was never reached. */
	uint64_t **dep_on;
	/* platform_on[package][dep]: bit 0 active for a target, bit 1 for the host; NULL as the
	 * summary. */
	uint8_t **platform_on;
	struct resolve_missing_list missing; /* one may stand there several times */
};

/* Fills out->nodes, edges and roots; out->lock, packages and package_n are the caller's. */
void resolve(struct arena *arena, const struct resolve_input *in, struct graph *out,
             struct resolve_notes *notes);

static inline bool resolve_dep_is_on(const uint64_t *bits, uint32_t dep_name)
{
	return bits && (bits[dep_name / 64] >> (dep_name % 64) & 1) != 0;
}
#endif
