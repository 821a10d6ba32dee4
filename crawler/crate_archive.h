/* crawler/crate_archive.h: a `.crate` file: verified, opened as far as its manifest, read, stored.
 *
 * Nothing is written to disk. An archive is read only up to its Cargo.toml, and not a byte of it
 * before its SHA-256 is that of the index.
 * Source: the Cargo Book, "Publishing" (a .crate is a gzipped tar with all files below NAME-VERS/,
 * its Cargo.toml normalised: nothing is inherited), "The Manifest Format".
 * Threads: pure; items go through crawler/ingest. Memory: the caller's arena. */
#ifndef RTAUDIT_CRAWLER_CRATE_ARCHIVE_H
#define RTAUDIT_CRAWLER_CRATE_ARCHIVE_H
#include "base/buf.h"
#include "base/sha256.h"
#include "crawler/ingest.h"
#include "db/store_fact.h"

enum {
	/* Of all entries passed over before the manifest; the manifest stands among the first
	 * few. */
	ARCHIVE_UNPACKED_MAX_BYTES = 512 << 20
};

/* Reads the facts of the archive of name and vers into *out (registry and seen_at are left empty).
 * ERR_INPUT for another checksum, bytes that are no such archive, one without a manifest; ERR_LIMIT
 * for too many or too large entries. */
MUST_CHECK bool crate_archive_read(struct arena *arena, struct str name, struct str vers,
                                   struct str bytes, const struct sha256 *cksum,
                                   struct manifest_fact *out, struct err *err);
/* The same from the bytes of a manifest that cargo unpacked. ERR_INPUT, ERR_LIMIT. */
MUST_CHECK bool crate_manifest_read(struct arena *arena, struct str name, struct str vers,
                                    struct str bytes, struct manifest_fact *out, struct err *err);

/* One archive, or manifest, on its way into the store. `item` comes first. */
struct archive_item {
	struct ingest_item item;
	struct arena arena;
	struct str registry, name, vers;
	struct str bytes; /* in the arena or in `owned` */
	struct buf owned;
	bool is_manifest; /* bytes are those of Cargo.toml; cksum does not count */
	struct sha256 cksum;
	int64_t seen_at;
	struct fact_cache *cache; /* may be NULL */
	struct manifest_fact fact;
	void (*told)(struct archive_item *item); /* once; item->item.err says how it went */
	void *owner;
};
struct archive_item *archive_item_new(struct str registry, struct str name, struct str vers);
void archive_item_free(struct archive_item **item);
#endif
