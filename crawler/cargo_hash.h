/* crawler/cargo_hash.h: what cargo calls the folders of a registry below $CARGO_HOME/registry:
 * HOST-HASH.
 *
 * Two hashes are in use. Cargo before 1.85 hashes the index's URL as it stands with SipHash-2-4;
 * since then it is the canonical URL (no '/' at the end, no ".git", all of github.com in lower
 * case) with SipHash-1-3 of 128 bits, of which 64 are made. Both hash the kind of the source first
 * and end a text with the byte 0xff.
 * Source: cargo 1.84 and 1.95 (SourceId, CanonicalUrl, the registry's short_name), the crate
 * rustc-stable-hash 0.1, "SipHash: a fast short-input PRF"; measured with cargo 1.95 against
 * registries on loopback with several ports and paths.
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_CRAWLER_CARGO_HASH_H
#define RTAUDIT_CRAWLER_CARGO_HASH_H
#include "base/arena.h"
#include "base/vec.h"

/* Adds the names of the folders of the registry whose index is at `index` ("sparse+https://…/", or
 * the URL of a git index), the newer cargo's first. Nothing is added for an address that cargo
 * itself would write in another way before it hashes it (`..` in its path, a query, bytes to be
 * escaped, a password): such a registry is found in no cache, rather than in a wrong one. */
void cargo_hash_folders(struct arena *arena, struct str index, struct str_list *out);
#endif
