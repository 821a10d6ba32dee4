#include "db/fact_rack.h"
#include <stdlib.h>

struct rack_crate {
	struct rack_crate *next; /* in its bucket */
	struct rack_version *versions;
	uint64_t hash;
	struct str registry, name; /* behind this struct */
	char text[];
};

struct shelf *shelf_make(void)
{
	struct shelf *shelf = calloc(1, sizeof *shelf);

	if (!shelf)
		abort();
	shelf->holders = 1;
	return shelf;
}

void shelf_hold(struct shelf *shelf)
{
	shelf->holders++;
}

void shelf_release(struct shelf *shelf)
{
	if (--shelf->holders > 0)
		return;
	arena_free(&shelf->arena);
	free(shelf);
}

struct rack_version *shelf_add(struct shelf *shelf, const struct wanted *key)
{
	struct rack_version *version = arena_new(&shelf->arena, struct rack_version);

	version->key.registry = arena_str(&shelf->arena, key->registry);
	version->key.name = arena_str(&shelf->arena, key->name);
	version->key.vers = arena_str(&shelf->arena, key->vers);
	version->shelf = shelf;
	version->on_shelf = shelf->first;
	shelf->first = version;
	return version;
}

/* Where the crate hangs, or would hang: *result is NULL then. */
static struct rack_crate **find_crate(const struct fact_rack *rack, uint64_t hash,
                                      struct str registry, struct str name)
{
	struct rack_crate **at = &rack->buckets[hash & rack->mask];

	while (*at && !((*at)->hash == hash && str_eq((*at)->name, name) &&
	                str_eq((*at)->registry, registry)))
		at = &(*at)->next;
	return at;
}

static void grow(struct fact_rack *rack)
{
	size_t size = rack->buckets ? (rack->mask + 1) * 2 : 256;
	struct rack_crate **buckets = calloc(size, sizeof *buckets);

	if (!buckets)
		abort();
	for (size_t i = 0; rack->buckets && i <= rack->mask; i++) {
		for (struct rack_crate *crate = rack->buckets[i], *next = NULL; crate;
		     crate = next) {
			next = crate->next;
			crate->next = buckets[crate->hash & (size - 1)];
			buckets[crate->hash & (size - 1)] = crate;
		}
	}
	free(rack->buckets);
	rack->buckets = buckets;
	rack->mask = size - 1;
}

static struct rack_crate *make_crate(struct fact_rack *rack, uint64_t hash,
                                     const struct wanted *key)
{
	if (!rack->buckets || rack->crates > rack->mask)
		grow(rack);
	struct rack_crate **at = find_crate(rack, hash, key->registry, key->name);

	if (*at)
		return *at;
	struct rack_crate *crate = calloc(1, sizeof *crate + key->registry.n + key->name.n);

	if (!crate)
		abort();
	memcpy(crate->text, key->name.p, key->name.n);
	if (key->registry.n > 0)
		memcpy(crate->text + key->name.n, key->registry.p, key->registry.n);
	crate->name = (struct str){ crate->text, key->name.n };
	crate->registry = (struct str){ crate->text + key->name.n, key->registry.n };
	crate->hash = hash;
	*at = crate;
	rack->crates++;
	return crate;
}

/* Frees a crate that has no version left. */
static void drop_crate(struct fact_rack *rack, struct rack_crate *crate)
{
	struct rack_crate **at = find_crate(rack, crate->hash, crate->registry, crate->name);

	*at = crate->next;
	rack->crates--;
	free(crate);
}

static struct rack_version *find_version(const struct rack_crate *crate, struct str vers)
{
	struct rack_version *version = crate->versions;

	while (version && !str_eq(version->key.vers, vers))
		version = version->of_crate;
	return version;
}

struct rack_version *rack_find(struct fact_rack *rack, const struct wanted *key)
{
	if (!rack->buckets)
		return NULL;
	const struct rack_crate *crate =
		*find_crate(rack, map_hash(key->name), key->registry, key->name);
	struct rack_version *version = crate ? find_version(crate, key->vers) : NULL;

	if (version)
		version->shelf->used = ++rack->tick;
	return version;
}

static void rack_shelf(struct fact_rack *rack, struct shelf *shelf)
{
	shelf->racked = true;
	shelf_hold(shelf);
	shelf->next = rack->shelves;
	if (shelf->next)
		shelf->next->before = shelf;
	rack->shelves = shelf;
}

static void unrack_shelf(struct fact_rack *rack, struct shelf *shelf)
{
	if (shelf->before)
		shelf->before->next = shelf->next;
	else
		rack->shelves = shelf->next;
	if (shelf->next)
		shelf->next->before = shelf->before;
	shelf->before = shelf->next = NULL;
	rack->bytes -= shelf->counted_bytes;
	shelf->counted_bytes = 0;
	shelf->racked = false;
	shelf_release(shelf);
}

void rack_put(struct fact_rack *rack, struct rack_version *version)
{
	struct rack_crate *crate = make_crate(rack, map_hash(version->key.name), &version->key);

	if (find_version(crate, version->key.vers))
		return;
	version->crate = crate;
	version->of_crate = crate->versions;
	crate->versions = version;
	version->shelf->live++;
	version->shelf->used = ++rack->tick;
	if (!version->shelf->racked)
		rack_shelf(rack, version->shelf);
	rack->bytes += version->shelf->arena.used_bytes - version->shelf->counted_bytes;
	version->shelf->counted_bytes = version->shelf->arena.used_bytes;
}

/* Makes a version unfindable; its shelf goes with the last one that was not. */
static void forget(struct fact_rack *rack, struct rack_version *version)
{
	struct rack_crate *crate = version->crate;
	struct rack_version **at = &crate->versions;

	while (*at != version)
		at = &(*at)->of_crate;
	*at = version->of_crate;
	version->crate = NULL;
	if (!crate->versions)
		drop_crate(rack, crate);
	if (--version->shelf->live == 0)
		unrack_shelf(rack, version->shelf);
}

void rack_forget_crate(struct fact_rack *rack, struct str registry, struct str name)
{
	if (!rack->buckets)
		return;
	const struct rack_crate *crate = *find_crate(rack, map_hash(name), registry, name);

	for (struct rack_version *version = crate ? crate->versions : NULL, *next = NULL; version;
	     version = next) {
		next = version->of_crate;
		forget(rack, version);
	}
}

static void displace(struct fact_rack *rack, struct shelf *shelf)
{
	shelf_hold(shelf); /* while its list is walked */
	for (struct rack_version *version = shelf->first; version; version = version->on_shelf)
		if (version->crate)
			forget(rack, version);
	shelf_release(shelf);
}

void rack_forget_all(struct fact_rack *rack)
{
	while (rack->shelves)
		displace(rack, rack->shelves);
}

void rack_trim(struct fact_rack *rack, size_t max_bytes)
{
	while (rack->bytes > max_bytes) {
		struct shelf *oldest = NULL;

		for (struct shelf *shelf = rack->shelves; shelf; shelf = shelf->next)
			if (shelf->holders == 1 && (!oldest || shelf->used < oldest->used))
				oldest = shelf;
		if (!oldest)
			return;
		displace(rack, oldest);
	}
}

void rack_free(struct fact_rack *rack)
{
	rack_forget_all(rack);
	free(rack->buckets);
	*rack = (struct fact_rack){ 0 };
}
