/* crawler/cargo_home.h: what cargo itself has already fetched: index files and crate archives below
 * $CARGO_HOME/registry.
 *
 * A registry has exactly the folders that crawler/cargo_hash names; each may be there or not.
 * Source: the Cargo Book, "Cargo Home"; the form of the files was read off those that cargo 1.95
 * writes: byte 0 the version of the cache (3), bytes 1-4 that of the index (little endian, 1 or 2),
 * then NUL-terminated texts: the validator ("etag: …", "last-modified: …" or "Unknown"), then
 * version and JSON line in turn.
 * Threads: any. Memory: the caller's arena. */
#ifndef RTAUDIT_CRAWLER_CARGO_HOME_H
#define RTAUDIT_CRAWLER_CARGO_HOME_H
#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"

/* The folders of one registry that are there, in each of registry/index, registry/cache and
 * registry/src. */
struct cargo_home {
	struct str_list index, cache, src; /* absolute paths, NUL-terminated */
};
/* Finds the folders of the registry whose index has these addresses (crawler/registry.h,
 * registry_cached). A missing $CARGO_HOME, or NULL, gives empty lists. */
void cargo_home_find(struct arena *arena, const char *home, const struct str_list *indexes,
                     struct cargo_home *out);

struct cargo_index_file {
	struct str lines; /* JSON objects, one a line, as a sparse registry serves them */
	struct str etag, last_modified; /* one or none */
	int64_t written_at;             /* when cargo wrote the file: then the registry said so */
};
/* Reads cargo's copy of a crate's index file, the newest where there are several. 1; 0 where there
 * is none written after newer_than; -1 with ERR_INPUT for a file that is damaged or of an unknown
 * form. */
MUST_CHECK int cargo_home_index(struct arena *arena, const struct cargo_home *home, struct str name,
                                int64_t newer_than, struct cargo_index_file *out, struct err *err);
/* The bytes of such a file, for cargo_home_index and its tests. */
MUST_CHECK bool cargo_index_file_parse(struct arena *arena, struct str bytes,
                                       struct cargo_index_file *out, struct err *err);

/* The bytes of a version's archive. 1, 0 where there is none, -1. */
MUST_CHECK int cargo_home_archive(struct arena *arena, const struct cargo_home *home,
                                  struct str name, struct str vers, struct str *out,
                                  struct err *err);
/* The manifest of a version that cargo has unpacked. 1, 0, -1. */
MUST_CHECK int cargo_home_manifest(struct arena *arena, const struct cargo_home *home,
                                   struct str name, struct str vers, struct str *out,
                                   struct err *err);
#endif
