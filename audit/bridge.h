/* audit/bridge.h: what lets the futures of one runtime be polled by another: a feature of a crate,
 * or a crate that code wraps them in.
 * Source: the [[bridge]] tables of knowledge/. Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_BRIDGE_H
#define RTAUDIT_AUDIT_BRIDGE_H
#include "audit/bind.h"

struct bridge_row {
	uint32_t from, on; /* runtimes: what is bound to `from` is polled on `on` */
	struct str crate, req_text, why, source;
	struct req req;
	struct str feature; /* of the crate; empty: the crate itself is the bridge */
	/* every future is inside: no code has to call it */
	bool whole;
	bool is_own; /* of the user's file */
};
struct bridge_list VEC_OF(struct bridge_row);

/* Reads one [[bridge]] table; `source` is as written. ERR_INPUT with the line. */
MUST_CHECK bool bridge_row_parse(struct arena *arena, const struct toml_value *table,
                                 const struct runtime_words *words, struct bridge_row *out,
                                 struct err *err);
/* Whether it is about this pair, in either order. */
static inline bool bridge_is_for(const struct bridge_row *row, uint32_t a, uint32_t b)
{
	return (row->from == a && row->on == b) || (row->from == b && row->on == a);
}
/* Whether it is there for a program: a local package among `within` (by package) depends on the
 * crate, or, for one that is whole, it is built at all, with the feature on. */
bool bridge_is_there(const struct bridge_row *row, const struct graph *graph, const bool *within);
#endif
