/* audit/knowledge_tables.h: the readers of the single files of knowledge/, for audit/knowledge
 * alone.
 * Threads: the tables are written while they are read in, never after. Memory: the caller's
 * arena. */
#ifndef RTAUDIT_AUDIT_KNOWLEDGE_TABLES_H
#define RTAUDIT_AUDIT_KNOWLEDGE_TABLES_H
#include "audit/knowledge.h"

/* A crate that is part of a runtime. */
struct family_row {
	struct str crate;
	struct req req;
	/* RUNTIME_NONE: a table of the user's replaced the runtime, and its family */
	uint32_t runtime;
	uint32_t next; /* of the same crate, or UINT32_MAX */
};
enum { RUNTIME_NONE = UINT32_MAX };

/* Where the row of a [[poller]], [[starter]] or [[blocking]] table stands in its list. */
struct row_place {
	uint32_t row;
	bool is_own; /* of the user's file */
};

/* How many rows are compiled in; those behind them are the user's. */
struct knowledge_compiled {
	size_t runtimes, families, binds;
};

struct knowledge {
	struct rules VEC_OF(struct rule_text) rules;
	struct map rule_by_name;
	struct runtimes VEC_OF(struct runtime_info) runtimes;
	struct runtime_words words;
	struct families VEC_OF(struct family_row) families;
	struct map family_first; /* crate → first row */
	struct bind_list binds;
	struct map bind_first;                      /* crate → first row */
	struct map bind_by_condition;               /* bind_row_condition → row */
	struct plain_class plain[BIND_RUNTIME + 1]; /* "none", "agnostic", "bound" */
	struct bridge_list bridges;
	struct poller_list pollers;
	struct starter_list starters;
	struct blocking_list blocking;
	struct row_places VEC_OF(struct row_place) places;
	struct map place_by_condition; /* table and bind_row_condition → place */
	struct map finished;           /* crate → 1 */
	struct map proc_macros;        /* crate → enum known */
	struct source_paths source_paths;
	struct advisory_set advisories;
	int64_t advisories_at;
	struct str_list replacements; /* one an advisory row */
	struct map replacements_by_id;
	/* Of the user's file while it is read, which goes before the sources of its rows; empty
	 * while files are read that are compiled in. */
	struct str own_name;
	struct knowledge_compiled compiled; /* set before the user's file is read */
};

/* Reads one file into *out. ERR_INPUT with the line at the start of the text. */
MUST_CHECK bool knowledge_read_rules(struct arena *arena, struct str file, struct knowledge *out,
                                     struct err *err);
/* [[runtime]], then [[bind]], [[words]], [[plain]] and [[finished]] of any file; a file of the
 * user's has no [[plain]], and its rows replace those of the same name or condition. */
MUST_CHECK bool knowledge_read_tables(struct arena *arena, struct str file, struct knowledge *out,
                                      struct err *err);
#endif
