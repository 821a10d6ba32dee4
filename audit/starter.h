/* audit/starter.h: whether the code of a program can start a runtime itself.
 *
 * A future finds its runtime where somebody has entered it. The code of a project does that through
 * the runtime's own crate, or through one that does it in its place (actix-web's main, rocket's
 * launch). What dependencies do inside is not seen.
 * Source: `starts` of the [[runtime]] tables, the [[starter]] tables of knowledge/. Threads: pure.
 * Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_STARTER_H
#define RTAUDIT_AUDIT_STARTER_H
#include "audit/bind.h"

/* A crate that starts a runtime for its user. */
struct starter_row {
	struct str crate, why, source;
	struct req req;
	struct str_list any; /* features: with one of these it does; empty: always */
	uint32_t runtime;
};
struct starter_list VEC_OF(struct starter_row);

struct knowledge;

/* Reads one [[starter]] table; `source` is as written. ERR_INPUT with the line. */
MUST_CHECK bool starter_row_parse(struct arena *arena, const struct toml_value *table,
                                  const struct runtime_words *words, struct starter_row *out,
                                  struct err *err);
/* The runtimes that code can start with the package of a node, as bits of knowledge_runtime_at.
 * Where features are not known, they count as on. */
uint64_t starter_runtimes(const struct graph *graph, const struct knowledge *knowledge,
                          uint32_t node);
/* Whether a local package among `within` (by package) depends on something that starts the runtime:
 * then its code can. */
bool starter_is_there(const struct graph *graph, const struct knowledge *knowledge,
                      const bool *within, uint32_t runtime);
/* Whether the runtime's crate is built with a feature that hardly anybody asks for who does not
 * start a runtime: a dependency may do it. */
bool starter_may_be_inside(const struct graph *graph, const struct knowledge *knowledge,
                           uint32_t runtime);
#endif
