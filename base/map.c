#include "base/map.h"
#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>

struct map_slot {
	struct str key; /* p NULL: free */
	uint32_t hash, value;
};

static uint64_t seed[2];
static pthread_once_t seed_once = PTHREAD_ONCE_INIT;

static void make_seed(void)
{
	if (getrandom(seed, sizeof seed, 0) != (ssize_t)sizeof seed)
		abort();
	seed[1] |= 1;
}

/* Multiplies to 128 bits and folds both halves: one step of the hash, after the construction of
 * "wyhash" and its relatives. */
static uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load(const char *p, size_t n)
{
	uint64_t word = 0;

	memcpy(&word, p, n);
	return word;
}

uint64_t map_hash(struct str key)
{
	pthread_once(&seed_once, make_seed);
	uint64_t hash = seed[0] ^ key.n;
	const char *p = key.p;
	size_t n = key.n;

	for (; n >= 8; p += 8, n -= 8)
		hash = mix(hash ^ load(p, 8), seed[1] ^ 0x9e3779b97f4a7c15u);
	if (n > 0)
		hash = mix(hash ^ load(p, n), seed[1] ^ 0xd6e8feb86659fd93u);
	return mix(hash ^ key.n, seed[1]);
}

/* The slot that holds key, or the free one where it belongs. */
static struct map_slot *probe(struct map_slot *slots, size_t mask, struct str key, uint32_t hash)
{
	size_t at = hash & mask;

	while (slots[at].key.p && !(slots[at].hash == hash && str_eq(slots[at].key, key)))
		at = (at + 1) & mask;
	return &slots[at];
}

static void resize(struct map *map, struct arena *arena, size_t size)
{
	struct map_slot *slots = arena_array(arena, size, sizeof *slots);

	for (size_t i = 0; map->slots && i <= map->mask; i++)
		if (map->slots[i].key.p)
			*probe(slots, size - 1, map->slots[i].key, map->slots[i].hash) =
				map->slots[i];
	map->slots = slots;
	map->mask = size - 1;
}

void map_reserve(struct map *map, struct arena *arena, size_t n)
{
	size_t size = 8;

	while (size / 4 * 3 < n)
		size *= 2;
	if (!map->slots)
		resize(map, arena, size);
}

uint32_t *map_slot(struct map *map, struct arena *arena, struct str key, uint32_t fresh,
                   bool *added)
{
	if (!map->slots)
		resize(map, arena, 8);
	else if (map->n >= (map->mask + 1) / 4 * 3)
		resize(map, arena, (map->mask + 1) * 2);
	uint32_t hash = (uint32_t)map_hash(key);
	struct map_slot *slot = probe(map->slots, map->mask, key, hash);
	bool is_new = !slot->key.p;

	if (is_new) {
		*slot = (struct map_slot){ { key.p ? key.p : "", key.n }, hash, fresh };
		map->n++;
	}
	if (added)
		*added = is_new;
	return &slot->value;
}

void map_put(struct map *map, struct arena *arena, struct str key, uint32_t value)
{
	*map_slot(map, arena, key, value, NULL) = value;
}

bool map_get(const struct map *map, struct str key, uint32_t *value)
{
	if (!map->slots)
		return false;
	const struct map_slot *slot = probe(map->slots, map->mask, key, (uint32_t)map_hash(key));

	if (!slot->key.p)
		return false;
	*value = slot->value;
	return true;
}
