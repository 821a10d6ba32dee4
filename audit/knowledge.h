/* audit/knowledge.h: what people curated, read from the files of knowledge/ that are compiled in.
 *
 * Threads: never written after it was read. Memory: the arena given to knowledge_load, for the process. */
#ifndef RTAUDIT_AUDIT_KNOWLEDGE_H
#define RTAUDIT_AUDIT_KNOWLEDGE_H
#include "audit/facts.h"
#include "audit/result.h"

struct knowledge; /* opaque: the tables below are asked through functions */

/* Reads all files. ERR_BUG with file and line: they are compiled in and tested. */
MUST_CHECK bool knowledge_load(struct arena *arena, const struct knowledge **out, struct err *err);

/* A rule of design.md. */
struct rule_text {
	struct str name, summary, why, fix;
	struct str_list sources;
	/* Level by how a package is reached. */
	enum level direct, transitive, build, dev;
};
const struct rule_text *knowledge_rule(const struct knowledge *knowledge, struct str name);
size_t knowledge_rule_count(const struct knowledge *knowledge);
const struct rule_text *knowledge_rule_at(const struct knowledge *knowledge, size_t i);

/* A runtime as a family: its class word and the crates that are it. */
struct runtime_info {
	struct str name;        /* "tokio", "async-std", "tokio-0.2", … */
	struct str crate;       /* its main crate */
	bool abandoned;
	int64_t abandoned_at;   /* 0 unknown */
	struct str replacement; /* sentence; may be empty */
	struct str source;
};
const struct runtime_info *knowledge_runtime(const struct knowledge *knowledge, struct str name);

/* The unmaintained crates that RustSec knows, compiled in, as advisories. */
const struct advisory_set *knowledge_advisories(const struct knowledge *knowledge);
/* When the table of knowledge_advisories was made. */
int64_t knowledge_advisories_at(const struct knowledge *knowledge);

/* Whether a crate is known as a proc macro; KNOWN_NOT where the table does not say. */
enum known knowledge_proc_macro(const struct knowledge *knowledge, struct str crate);
#endif
