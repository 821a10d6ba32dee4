/* base/map.h: text to number, an open-addressed table in an arena.
 *
 * The hash is seeded once a process from the kernel, so that nobody outside can choose names that
 * collide. Keys are slices: their bytes must live as long as the map.
 * Threads: a map belongs to one thread while it is written; any number may read it afterwards. */
#ifndef RTAUDIT_BASE_MAP_H
#define RTAUDIT_BASE_MAP_H
#include "base/arena.h"

struct map {
	struct map_slot *slots;
	size_t mask; /* slots - 1; 0 where the map is empty */
	size_t n;    /* keys */
};

/* The seeded hash of a text; differs from process to process. */
uint64_t map_hash(struct str key);

/* Sets key → value; an older value of the same key is replaced. */
void map_put(struct map *map, struct arena *arena, struct str key, uint32_t value);
/* The value of key in *value, or false and *value untouched. */
bool map_get(const struct map *map, struct str key, uint32_t *value);
/* A pointer to the value of key, added with `fresh` where there is none (*added says which; it may
 * be NULL). Valid until the next key is added. */
uint32_t *map_slot(struct map *map, struct arena *arena, struct str key, uint32_t fresh,
                   bool *added);
/* Room for n keys at once, so that the table need not grow on the way. For an empty map. */
void map_reserve(struct map *map, struct arena *arena, size_t n);
#endif
