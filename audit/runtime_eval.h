/* audit/runtime_eval.h: what a node of the graph binds to under a set of its features.
 *
 * A package is asked not with the features that happen to be on for everybody, but with those that
 * a depender asks for itself: that somebody else switches on tokio's "rt" binds nobody who only
 * uses "sync". So a node has one evaluation for what is on, and one for each other set that is
 * asked for. The curated rows of the package decide; where they do not, its dependencies do.
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_RUNTIME_EVAL_H
#define RTAUDIT_AUDIT_RUNTIME_EVAL_H
#include "audit/graph.h"
#include "audit/knowledge.h"

enum { EVAL_EDGE_NONE = UINT32_MAX };

/* Why a runtime is bound: by a row of the package itself, or through a dependency. */
struct eval_bound {
	uint32_t runtime; /* of knowledge_runtime_at */
	bool hard;
	const struct bind_row *row; /* the row at the end of the chain */
	/* of the graph, or EVAL_EDGE_NONE: `row` is of the package itself */
	uint32_t edge;
	const struct eval *child; /* what stands behind that edge, or NULL */
	struct eval_bound *next;
};

struct eval {
	uint32_t node;
	enum bind_kind kind;
	uint64_t runtimes; /* without those that another one includes */
	uint64_t hard_runtimes;
	bool hard;
	bool assumed;               /* the features that are on are not known */
	bool passes;                /* dependers inherit its runtimes */
	bool vocabulary;            /* dependers are async */
	const struct bind_row *row; /* of the package itself, that decided; NULL: rules did */
	struct eval_bound *bounds;  /* one a runtime, those included in others as well */
	uint32_t async_edge;        /* BIND_AGNOSTIC by rules: the dependency that makes it async */
	/* Bookkeeping. */
	unsigned state;
	uint64_t *features; /* bits of the summary */
	uint64_t *deps;     /* bits of summary.dep_names: switched on by those features */
	struct eval_dep_feature *dep_features;
	struct eval *next; /* of the same node */
};

/* The evaluation of every built node under the features that are on, by node; NULL where it is not
 * built. */
struct eval **runtime_eval(struct arena *arena, const struct graph *graph,
                           const struct knowledge *knowledge);
/* Whether the features, as they were asked for, hold this one; false where they are not known. */
bool eval_has_feature(const struct eval *eval, const struct graph *graph, struct str name);
#endif
