/* crawler/archive_item.h: an archive, or a manifest that cargo unpacked, on its way into the store.
 * Threads: made by one, then the ingest's. Memory: its own. */
#ifndef RTAUDIT_CRAWLER_ARCHIVE_ITEM_H
#define RTAUDIT_CRAWLER_ARCHIVE_ITEM_H
#include "audit/rust_source.h"
#include "base/buf.h"
#include "crawler/ingest.h"
#include "db/store_fact.h"

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
	struct fact_cache *cache;         /* may be NULL */
	const struct source_paths *paths; /* as of crate_archive_read */
	struct manifest_fact fact;
	void (*told)(struct archive_item *item); /* once; item->item.err says how it went */
	void *owner;
};
struct archive_item *archive_item_new(struct str registry, struct str name, struct str vers);
void archive_item_free(struct archive_item **item);
#endif
