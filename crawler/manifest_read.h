/* crawler/manifest_read.h: the facts of a published Cargo.toml, and of the file beside it that
 * names the commit.
 * Source: the Cargo Book, "The Manifest Format" and "cargo package" (.cargo_vcs_info.json).
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_CRAWLER_MANIFEST_READ_H
#define RTAUDIT_CRAWLER_MANIFEST_READ_H
#include "db/store_fact.h"

/* Files that a manifest names, from the package's folder on. */
struct manifest_paths {
	struct str root;   /* of the library; src/lib.rs where nothing is named */
	struct str readme; /* may be empty */
};

/* Reads the manifest of name and vers (registry and seen_at of *out are left empty). ERR_INPUT for
 * what is no manifest of that crate, ERR_LIMIT. */
MUST_CHECK bool manifest_read(struct arena *arena, struct str name, struct str vers,
                              struct str bytes, struct manifest_fact *out,
                              struct manifest_paths *paths, struct err *err);
/* Adds the commit, and the package's folder in its repository, from the bytes of
 * .cargo_vcs_info.json; bytes that are none say nothing. */
void manifest_read_vcs(struct arena *arena, struct str bytes, struct manifest_fact *fact);
#endif
