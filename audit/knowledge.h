/* audit/knowledge.h: what people curated, read from the files of knowledge/ that are compiled in.
 *
 * Threads: never written after it was read. Memory: the arena given to knowledge_load, for the
 * process. */
#ifndef RTAUDIT_AUDIT_KNOWLEDGE_H
#define RTAUDIT_AUDIT_KNOWLEDGE_H
#include "audit/bind.h"
#include "audit/blocking.h"
#include "audit/bridge.h"
#include "audit/facts.h"
#include "audit/poller.h"
#include "audit/result.h"
#include "audit/rust_source.h"
#include "audit/starter.h"

enum { KNOWLEDGE_RUNTIMES_MAX = 64 };

struct knowledge; /* opaque: the tables below are asked through functions */

/* Reads all files. ERR_BUG with file and line: they are compiled in and tested. */
MUST_CHECK bool knowledge_load(struct arena *arena, const struct knowledge **out, struct err *err);
/* The same, and then the bytes of a file of the user's: its rows go before those that are compiled
 * in, and replace them where they speak of the same crate, versions and features. `name` is the
 * file's for messages and for the sources of its rows. Keeps both texts by reference. ERR_INPUT or
 * ERR_LIMIT with "NAME:LINE: …". */
MUST_CHECK bool knowledge_load_own(struct arena *arena, struct str name, struct str bytes,
                                   const struct knowledge **out, struct err *err);

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
/* The i of knowledge_rule_at that gives `rule`. */
size_t knowledge_rule_number(const struct knowledge *knowledge, const struct rule_text *rule);

/* A runtime as a family: its class word and the crates that are it. Bit i of a set of runtimes is
 * that of knowledge_runtime_at(i); there are at most KNOWLEDGE_RUNTIMES_MAX. */
struct runtime_info {
	struct str name;   /* "tokio", "async-std", "tokio-0.2", … */
	struct str klass;  /* "tokio", "other:tokio-0.2", … */
	struct str crate;  /* its main crate */
	struct req req;    /* the versions of the main crate that are this runtime */
	uint64_t includes; /* runtimes inside it: who needs both needs only this one */
	bool needs_std;    /* never works under Embassy */
	/* a loop (of a window system, a browser) that programs run beside another runtime */
	bool coexists;
	/* counts only where a target's triple holds this; empty: everywhere */
	struct str platform;
	/* features of the main crate with which its users can start it; empty: always */
	struct str_list starts;
	/* of these, those that hardly anybody asks for who does not start it */
	struct str_list starts_alone;
	bool is_own; /* of the user's file */
	bool abandoned;
	int64_t abandoned_at;   /* 0 unknown */
	struct str replacement; /* sentence; may be empty */
	struct str source;
	/* what becomes of a crate that is bound to it where another runtime polls it */
	enum verdict elsewhere;
	struct str why;
	struct compat_list on; /* the same for single other runtimes */
};
const struct runtime_info *knowledge_runtime(const struct knowledge *knowledge, struct str name);
/* The i of knowledge_runtime_at that gives `runtime`. */
uint32_t knowledge_runtime_number(const struct knowledge *knowledge,
                                  const struct runtime_info *runtime);
size_t knowledge_runtime_count(const struct knowledge *knowledge);
const struct runtime_info *knowledge_runtime_at(const struct knowledge *knowledge, size_t i);
/* The runtime that this version of a crate is a part of, as its number in *out, or false. */
bool knowledge_runtime_of(const struct knowledge *knowledge, struct str crate,
                          const struct version *version, uint32_t *out);

/* The first curated row of a crate, or NULL; the others hang behind it. */
const struct bind_row *knowledge_binds(const struct knowledge *knowledge, struct str crate);

/* What the compatibility row says of crates that need no runtime, and of bound ones on their
 * own. */
struct plain_class {
	enum verdict verdict, embassy;
	struct str why, embassy_why;
};
const struct plain_class *knowledge_plain(const struct knowledge *knowledge, enum bind_kind kind);

/* In the order of the tables, those of the user last. */
const struct bridge_list *knowledge_bridges(const struct knowledge *knowledge);
const struct poller_list *knowledge_pollers(const struct knowledge *knowledge);
const struct starter_list *knowledge_starters(const struct knowledge *knowledge);
const struct blocking_list *knowledge_blocking(const struct knowledge *knowledge);

/* Whether a crate is known to be finished: it needs no more releases. */
bool knowledge_is_finished(const struct knowledge *knowledge, struct str crate);

/* The unmaintained crates that RustSec knows, compiled in, as advisories. */
const struct advisory_set *knowledge_advisories(const struct knowledge *knowledge);
/* When the table of knowledge_advisories was made. */
int64_t knowledge_advisories_at(const struct knowledge *knowledge);

/* Names of crates that an advisory names as replacements, separated by blanks; empty where it names
 * none. */
struct str knowledge_replacements(const struct knowledge *knowledge, struct str advisory_id);

/* Whether a crate is known as a proc macro; KNOWN_NOT where the table does not say. */
enum known knowledge_proc_macro(const struct knowledge *knowledge, struct str crate);

/* The paths of std and of runtimes whose mentions in a crate's sources are kept. */
const struct source_paths *knowledge_source_paths(const struct knowledge *knowledge);
#endif
