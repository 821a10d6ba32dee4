/* audit/knowledge_tables.h: the readers of the single files of knowledge/, for audit/knowledge
 * alone.
 * Threads: the tables are written while they are read in, never after. Memory: the caller's
 * arena. */
#ifndef RTAUDIT_AUDIT_KNOWLEDGE_TABLES_H
#define RTAUDIT_AUDIT_KNOWLEDGE_TABLES_H
#include "audit/knowledge.h"

enum { KNOWLEDGE_VALUES_MAX = 50000 };

/* A crate that is part of a runtime. */
struct family_row {
	struct str crate;
	struct req req;
	uint32_t runtime, next; /* of the same crate, or UINT32_MAX */
};

struct knowledge {
	struct rules VEC_OF(struct rule_text) rules;
	struct map rule_by_name;
	struct runtimes VEC_OF(struct runtime_info) runtimes;
	struct map runtime_by_word; /* names and class words → number */
	struct families VEC_OF(struct family_row) families;
	struct map family_first; /* crate → first row */
	struct bind_list binds;
	struct map bind_first;                      /* crate → first row */
	struct plain_class plain[BIND_RUNTIME + 1]; /* "none", "agnostic", "bound" */
	struct map finished;                        /* crate → 1 */
	struct map proc_macros;                     /* crate → enum known */
	struct advisory_set advisories;
	int64_t advisories_at;
	struct str_list replacements; /* one an advisory row */
	struct map replacements_by_id;
};

/* Reads one file into *out. ERR_INPUT with the line at the start of the text. */
MUST_CHECK bool knowledge_read_rules(struct arena *arena, struct str file, struct knowledge *out,
                                     struct err *err);
/* [[runtime]], then [[bind]], [[words]], [[plain]] and [[finished]] of any file. */
MUST_CHECK bool knowledge_read_tables(struct arena *arena, struct str file, struct knowledge *out,
                                      struct err *err);
MUST_CHECK bool knowledge_read_proc_macros(struct arena *arena, struct str file,
                                           struct knowledge *out, struct err *err);
MUST_CHECK bool knowledge_read_unmaintained(struct arena *arena, struct str file,
                                            struct knowledge *out, struct err *err);
#endif
