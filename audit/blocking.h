/* audit/blocking.h: the rule blocking-in-async: a crate that blocks the thread it is called on, in
 * a member whose own code runs on an async runtime.
 *
 * Manifests show that a member depends on both, not which code calls what: the finding says so. Of
 * a lock without manifests nothing is said.
 * Source: the [[blocking]] tables of knowledge/. Threads: pure. Memory: the arena of the audit. */
#ifndef RTAUDIT_AUDIT_BLOCKING_H
#define RTAUDIT_AUDIT_BLOCKING_H
#include "audit/bind.h"

struct blocking_row {
	struct str crate, instead, source;
	struct str why;   /* what blocks */
	struct str panic; /* what it does instead on the runtime `on`; empty: it only blocks */
	uint32_t on;      /* of knowledge_runtime_at */
	struct req req;
	/* features: it blocks where the member asks for one of these by name; empty: always */
	struct str_list any;
	/* crates that call it as async code should: a member that has one of them is passed over */
	struct str_list unless;
};
struct blocking_list VEC_OF(struct blocking_row);

struct knowledge;

/* Reads one [[blocking]] table; `source` is as written. ERR_INPUT with the line. */
MUST_CHECK bool blocking_row_parse(struct arena *arena, const struct toml_value *table,
                                   const struct runtime_words *words, struct blocking_row *out,
                                   struct err *err);
/* Adds findings, one a package that blocks; see hazard_find. */
void blocking_find(struct arena *arena, const struct audit_result *result,
                   const struct knowledge *knowledge, struct finding_list *out);
#endif
