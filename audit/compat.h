/* audit/compat.h: the compatibility row: what becomes of a package on each runtime.
 * Source: the tables [[runtime]] and [[plain]] of knowledge/, and the rows' own verdicts.
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_COMPAT_H
#define RTAUDIT_AUDIT_COMPAT_H
#include "audit/runtime_eval.h"

/* The runtimes that rows speak of, and the rows made so far: packages of one class share one. */
struct compat_table {
	const struct knowledge *knowledge;
	uint32_t columns[KNOWLEDGE_RUNTIMES_MAX];
	size_t n;
	struct compat_made *made;
};

/* A table for tokio, smol, embassy, async-std, and the further runtimes in `seen`. */
struct compat_table compat_table(struct arena *arena, const struct knowledge *knowledge,
                                 uint64_t seen);
/* The row of a package that was evaluated; shared with others. */
struct compat_list compat_rows(struct arena *arena, struct compat_table *table,
                               const struct eval *eval);
#endif
