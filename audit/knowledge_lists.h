/* audit/knowledge_lists.h: the readers of the tab-separated files of knowledge/, which programs
 * make (tests/tools/make_*.py), for audit/knowledge alone.
 * Threads: the tables are written while they are read in, never after. Memory: the caller's
 * arena. */
#ifndef RTAUDIT_AUDIT_KNOWLEDGE_LISTS_H
#define RTAUDIT_AUDIT_KNOWLEDGE_LISTS_H
#include "audit/knowledge_tables.h"

/* Reads one file into *out. ERR_INPUT with the line at the start of the text. */
MUST_CHECK bool knowledge_read_proc_macros(struct arena *arena, struct str file,
                                           struct knowledge *out, struct err *err);
MUST_CHECK bool knowledge_read_source_paths(struct arena *arena, struct str file,
                                            struct knowledge *out, struct err *err);
MUST_CHECK bool knowledge_read_unmaintained(struct arena *arena, struct str file,
                                            struct knowledge *out, struct err *err);
#endif
