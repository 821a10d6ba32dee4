/* audit/bind.h: one curated row about what a crate binds to: for which versions, under which
 * features.
 *
 * The rows of a crate are asked in their order. The first that applies and stands alone, or names
 * several runtimes itself, decides. Else rows of a runtime that apply are united; where none
 * applies, the first row of "agnostic" or "none" that applies decides; where there is none either,
 * the rules of audit/runtime do.
 * Source: the [[bind]] and [[words]] tables of knowledge/. Threads: pure. Memory: the caller's
 * arena. */
#ifndef RTAUDIT_AUDIT_BIND_H
#define RTAUDIT_AUDIT_BIND_H
#include "audit/dependency.h"
#include "audit/result.h"
#include "base/toml_tree.h"

enum bind_kind {
	BIND_NONE,     /* not async */
	BIND_AGNOSTIC, /* async, needs no runtime */
	BIND_RUNTIME   /* needs those of `runtimes` */
};

struct bind_row {
	struct str crate, why, source;
	struct req req;
	struct str_list any, all, none; /* features: one of, all of, none of; empty: no condition */
	enum bind_kind kind;
	uint64_t runtimes; /* bit i: the runtime i of knowledge/ */
	bool hard;
	/* a crate that depends on it, asking for these features, is bound as well */
	bool passes;
	/* its features are a choice for the whole program: who asked does not matter */
	bool whole;
	bool vocabulary;             /* a crate that depends on it is async; of BIND_AGNOSTIC */
	bool alone;                  /* where it applies, no other row of the crate is asked */
	bool replaced;               /* a row of the user's says otherwise; it is not asked */
	struct compat_list compat;   /* of this crate where they differ from those of its class */
	const struct bind_row *next; /* of the same crate, or NULL */
};
struct bind_list VEC_OF(struct bind_row);

/* What a class may be made of: names and class words of runtimes. */
struct runtime_words {
	struct map number; /* → the runtime's number */
	struct str_list all;
};

/* Features by index of a summary; bit i: the feature i is on. */
struct feature_bits {
	const struct summary *summary;
	const uint64_t *words;
};

/* Reads a condition, class and the rest of one [[bind]] table. ERR_INPUT with the line: a key that
 * is missing, unknown or of a wrong type, a class or requirement that does not read, a condition
 * that nothing can meet. */
MUST_CHECK bool bind_row_parse(struct arena *arena, const struct toml_value *table,
                               const struct runtime_words *words, struct bind_row *out,
                               struct err *err);
/* Reads a list of { runtime, verdict, why }; NULL gives the empty list. ERR_INPUT with the line:
 * also for a runtime that nobody knows. */
MUST_CHECK bool compat_list_parse(struct arena *arena, const struct toml_value *value,
                                  const struct runtime_words *words, struct compat_list *out,
                                  struct err *err);
/* Crate, requirement and features as one text: two rows of one text say when they apply in the same
 * words, whatever the order. */
struct str bind_row_condition(struct arena *arena, const struct bind_row *row);
/* "tokio", "multi:tokio+smol", "other:NAME", "agnostic", "none" as kind and bits; false for another
 * word. */
bool bind_class_parse(struct str klass, const struct runtime_words *words, enum bind_kind *kind,
                      uint64_t *runtimes);
/* Whether the row speaks of the version, a pre-release counting as what it comes before. */
bool bind_row_is_for(const struct bind_row *row, const struct version *version);
/* Whether the features meet its condition. */
bool bind_row_applies(const struct bind_row *row, const struct feature_bits *on);
bool feature_bits_has(const struct feature_bits *on, struct str name);
#endif
