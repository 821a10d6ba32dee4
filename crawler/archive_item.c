#include "crawler/archive_item.h"
#include "crawler/crate_archive.h"
#include "crawler/manifest_read.h"
#include <stdlib.h>

static bool prepare(struct ingest_item *base, struct err *err)
{
	struct archive_item *item = (struct archive_item *)base;
	struct manifest_paths paths;
	bool ok = item->is_manifest
	                  ? manifest_read(&item->arena, item->name, item->vers, item->bytes,
	                                  &item->fact, &paths, err)
	                  : crate_archive_read(&item->arena, item->name, item->vers, item->bytes,
	                                       &item->cksum, item->paths, &item->fact, err);

	item->fact.registry = item->registry;
	item->fact.seen_at = item->seen_at;
	return ok;
}

static bool write_item(struct ingest_item *base, struct db *writer, struct err *err)
{
	return store_fact_put(writer, &((struct archive_item *)base)->fact, err);
}

static void done(struct ingest_item *base)
{
	struct archive_item *item = (struct archive_item *)base;

	if (base->err.kind == ERR_NONE && item->cache)
		fact_cache_forget_crate(item->cache, item->registry, item->name);
	if (item->told)
		item->told(item);
	archive_item_free(&item);
}

struct archive_item *archive_item_new(struct str registry, struct str name, struct str vers)
{
	struct archive_item *item = calloc(1, sizeof *item);

	if (!item)
		abort();
	item->item = (struct ingest_item){
		.prepare = prepare, .write = write_item, .done = done, .cost_bytes = 64 << 10
	};
	item->registry = arena_str(&item->arena, registry);
	item->name = arena_str(&item->arena, name);
	item->vers = arena_str(&item->arena, vers);
	return item;
}

void archive_item_free(struct archive_item **item)
{
	if (!*item)
		return;
	buf_free(&(*item)->owned);
	arena_free(&(*item)->arena);
	free(*item);
	*item = NULL;
}
