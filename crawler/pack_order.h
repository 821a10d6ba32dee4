/* crawler/pack_order.h: in which order to read objects of packs, so that each base of a delta is
 * read just before what was packed against it.
 *
 * libgit2 keeps 16 MB of bases and tells nobody what is packed against what; in the order of the
 * pack the files of crates.io cost it twice as much, because bases were forgotten when their turn
 * came. Only the order is taken from here: whatever an index or a pack says wrongly, libgit2 reads
 * what is right, only slower.
 * Source: gitformat-pack(5), version 2 of pack and index.
 * Threads: any. Memory: the caller's arena; the files are mapped while it runs. */
#ifndef RTAUDIT_CRAWLER_PACK_ORDER_H
#define RTAUDIT_CRAWLER_PACK_ORDER_H
#include "base/arena.h"
#include <git2.h>

/* The numbers 0..n-1 of the objects, in the order to read them; those that are in no pack below
 * `folder` (objects/pack of a repository) come last. */
uint32_t *pack_order_make(struct arena *arena, const char *folder, const git_oid *ids, size_t n);

/* What the entry at `at` of a pack is packed against: its place, 0 where it stands alone or cannot
 * be read; `index` finds it by name. For tests. */
uint64_t pack_order_base(struct str index, struct str pack, uint64_t at);
/* The place of an object in the pack, by its index; 0 where it is not in it, or cannot be read. */
uint64_t pack_order_place(struct str index, const git_oid *id);
#endif
