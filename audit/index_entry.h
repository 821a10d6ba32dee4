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

/* ERR_INPUT for a line that is no entry. A version whose `v` is above 2 is parsed all the same and
 * left to the caller, as cargo skips it. */
MUST_CHECK bool index_entry_parse(struct arena *arena, struct str line, struct index_entry *out,
                                  struct err *err);
#endif
