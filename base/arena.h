/* base/arena.h: the memory of one job, freed whole.
 *
 * Everything that one request or one crawl batch allocates comes from its arena; nothing in it is
 * freed by itself. Memory is zeroed. Allocation never fails in the caller's eyes: what comes from
 * outside is counted against its ceiling before it is stored, and a machine without memory aborts.
 * Under AddressSanitizer every allocation is a block of its own, so that overruns are seen.
 * Threads: an arena belongs to one thread at a time. { 0 } is a valid empty arena. */
#ifndef RTAUDIT_BASE_ARENA_H
#define RTAUDIT_BASE_ARENA_H
#include "base/cc.h"
#include "base/str.h"
#include <stddef.h>

struct arena {
	struct arena_block *head; /* the newest block; each knows the one before it */
	size_t used_bytes;        /* handed out so far */
	size_t count;             /* allocations so far, for tests of budgets */
};

/* `size_bytes` zeroed bytes, aligned for any type; valid until arena_free. */
void *arena_alloc(struct arena *arena, size_t size_bytes) __attribute__((returns_nonnull));
/* n zeroed elements; aborts where n * size overflows. n = 0 gives a valid pointer to nothing. */
void *arena_array(struct arena *arena, size_t n, size_t size_bytes)
	__attribute__((returns_nonnull));
#define arena_new(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

/* A copy of s that lives in the arena, followed by a NUL that is not counted. */
struct str arena_str(struct arena *arena, struct str s);
/* The same as a NUL-terminated text. */
char *arena_cstr(struct arena *arena, struct str s);
/* Formatted text, followed by a NUL that is not counted. */
struct str arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

/* Frees all of it and leaves the empty arena. */
void arena_free(struct arena *arena);
#endif
