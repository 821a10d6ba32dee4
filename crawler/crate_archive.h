/* crawler/crate_archive.h: a `.crate` file: verified, then read once, entry by entry.
 *
 * Nothing is written to disk, and not a byte is unpacked before the SHA-256 of the whole is that of
 * the index. Read are the manifest, .cargo_vcs_info.json, the beginning of the README and the Rust
 * sources, one at a time; all else is passed over. Links, and paths that lead out of the archive's
 * own folder, are no files.
 * Source: the Cargo Book, "Publishing" (a .crate is a gzipped tar with all files below NAME-VERS/,
 * its Cargo.toml normalised: nothing is inherited).
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_CRAWLER_CRATE_ARCHIVE_H
#define RTAUDIT_CRAWLER_CRATE_ARCHIVE_H
#include "audit/rust_source.h"
#include "base/sha256.h"
#include "db/store_fact.h"

/* Reads what the archive of name and vers says into *out (registry and seen_at are left empty);
 * mentions of `paths` in its sources, none where that is NULL. ERR_INPUT for another checksum,
 * bytes that are no such archive or are cut off, one without a manifest; ERR_LIMIT for too many or
 * too large entries. */
MUST_CHECK bool crate_archive_read(struct arena *arena, struct str name, struct str vers,
                                   struct str bytes, const struct sha256 *cksum,
                                   const struct source_paths *paths, struct manifest_fact *out,
                                   struct err *err);
#endif
