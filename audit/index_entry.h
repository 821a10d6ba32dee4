/* audit/index_entry.h: one line of a registry index, one version of a crate.
 * Source: the Cargo Book, "Registry Index", section "JSON schema"; RFC 3143 (`v`, `features2`);
 * `pubtime` of the unstable index fields.
 * Threads: pure. Memory: the line's bytes and the caller's arena. */
#ifndef RTAUDIT_AUDIT_INDEX_ENTRY_H
#define RTAUDIT_AUDIT_INDEX_ENTRY_H
#include "audit/dependency.h"
#include "base/sha256.h"

struct index_entry {
	struct str name, vers;
	struct version version;
	struct dependency_list deps;
	struct feature_list features; /* `features` and `features2` together, sorted by name */
	struct sha256 cksum;
	bool has_cksum;
	bool yanked;
	int64_t published_at; /* pubtime; 0 where the line has none */
	struct str links, rust_version;
	uint32_t v; /* schema version of the line, 1 where it is absent */
};

/* What was read of the line before: the lines of a crate repeat nearly all of it, and what is
 * written the same is not read again. { 0 } at first; it lives with the arena and the lines. */
struct index_entry_memo {
	struct memo_list { /* a list as it is written, and what it says */
		struct str raw;
		size_t value_n; /* feature values in it */
		struct feature_list features;
	} features, features2;
	struct memo_list deps_list;
	struct dependency_list deps;
	struct memo_deps { /* each of them */
		struct str *p;
		size_t n, cap;
	} dep_raws;
};

/* index_entry_parse of lines one after the other, in the same arena. What is alike in two entries
 * may lie at the same place, lists of dependencies and features as well: it is not to be written.
 */
MUST_CHECK bool index_entry_parse_next(struct arena *arena, struct str line,
                                       struct index_entry_memo *memo, struct index_entry *out,
                                       struct err *err);
/* ERR_INPUT for a line that is no entry. A version whose `v` is above 2 is parsed all the same and
 * left to the caller, as cargo skips it. */
MUST_CHECK bool index_entry_parse(struct arena *arena, struct str line, struct index_entry *out,
                                  struct err *err);
#endif
