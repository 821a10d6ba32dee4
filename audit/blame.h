/* audit/blame.h: which packages, and which of their features, bring something in.
 *
 * From what is to leave (a package, or features of one) the dependencies that are built are
 * followed backwards. A package is to blame as a whole where it brings it in whatever its features
 * are; else those of its features are that lead there.
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_BLAME_H
#define RTAUDIT_AUDIT_BLAME_H
#include "audit/graph.h"

struct blame {
	const struct graph *graph;
	bool *whole;         /* by package */
	bool *named;         /* by package: it, or a feature of it, is what is to leave */
	uint64_t **features; /* by package: bits by feature of its summary; NULL: none */
	bool program_only;   /* follows normal dependencies of the target side alone */
	bool gave_up;        /* a tree made on purpose: nothing is known */
};

struct blame blame_make(struct arena *arena, const struct graph *graph, bool program_only);
/* What is to leave, before blame_follow. */
void blame_package(struct blame *blame, uint32_t package);
void blame_feature(struct arena *arena, struct blame *blame, uint32_t package, uint32_t feature);
/* Follows the dependencies backwards from all that was named. */
void blame_follow(struct arena *arena, struct blame *blame);
bool blame_has(const struct blame *blame, uint32_t package, uint32_t feature);
/* Whether a feature that dependency d of a summary asks of the package `to` by itself is to blame.
 */
bool blame_asks(const struct blame *blame, const struct summary *from, uint32_t d, uint32_t to);
#endif
