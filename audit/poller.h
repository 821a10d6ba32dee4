/* audit/poller.h: crates that poll what their user hands them, and the rule foreign-reactor where
 * they do it without the runtime that it needs.
 *
 * A bare executor (pollster) polls the program's own futures: where one of them needs a runtime,
 * somebody must start it. A benchmark of criterion is polled by the executor that it names, and a
 * feature of criterion says which there are: without "async_tokio" none has a Tokio context.
 * Source: the [[poller]] tables of knowledge/. Threads: pure. Memory: the arena of the audit. */
#ifndef RTAUDIT_AUDIT_POLLER_H
#define RTAUDIT_AUDIT_POLLER_H
#include "audit/bind.h"

/* The feature that lets it poll what needs a runtime. */
struct poller_choice {
	uint32_t runtime;
	struct str feature;
};
struct poller_row {
	struct str crate, why, source;
	struct req req;
	struct str_list any; /* features: with one of these it polls at all; empty: always */
	/* the program itself polls with it, and it has no context of any runtime */
	bool is_bare;
	struct poller_choices VEC_OF(struct poller_choice) choices;
};
struct poller_list VEC_OF(struct poller_row);

struct closure;

/* Reads one [[poller]] table. ERR_INPUT with the line. */
MUST_CHECK bool poller_row_parse(struct arena *arena, const struct toml_value *table,
                                 const struct runtime_words *words, struct poller_row *out,
                                 struct err *err);
/* Adds findings; see hazard_find. */
void poller_find(struct arena *arena, const struct closure *closure, struct finding_list *out);
#endif
