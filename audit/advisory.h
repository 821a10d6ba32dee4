/* audit/advisory.h: one file of the RustSec advisory database, and which versions it affects.
 * Source: the advisory format of the RustSec database (version 4.0 of `rustsec`), and the semantics
 * of the crate `rustsec` for patched and unaffected versions.
 * Threads: pure. Memory: the file's bytes and the caller's arena. */
#ifndef RTAUDIT_AUDIT_ADVISORY_H
#define RTAUDIT_AUDIT_ADVISORY_H
#include "audit/semver.h"
#include "base/vec.h"

struct req_list VEC_OF(struct req);

enum advisory_kind {
	ADVISORY_VULNERABILITY,
	ADVISORY_UNMAINTAINED,
	ADVISORY_UNSOUND,
	ADVISORY_NOTICE
};

struct advisory {
	struct str id, package, title, url;
	enum advisory_kind kind; /* `informational`, else a vulnerability */
	int64_t date_at;         /* `date`, its first second */
	int64_t withdrawn_at;    /* 0: not withdrawn */
	/* no other `source` or collection; a file below rust/ does not say so */
	bool is_crates_io;
	struct str cvss;
	struct str_list aliases, related, references, categories, keywords;
	struct str_list patched_text, unaffected_text; /* as written */
	struct req_list patched, unaffected;
	struct str_list affected_os, affected_arch; /* empty: all */
};

/* ERR_INPUT, ERR_LIMIT; the text begins with the line. */
MUST_CHECK bool advisory_parse(struct arena *arena, struct str file, struct advisory *out,
                               struct err *err);
bool advisory_affects(const struct advisory *advisory, const struct version *version);
#endif
