#include "db/load_facts.h"
#include <pthread.h>
#include <stdlib.h>
#include "db/fact_rack.h"
#include "db/query.h"
#include "db/store_advisory.h"
#include "db/store_crate.h"
#include "db/store_fact.h"
#include "db/store_source.h"

/* The parsed advisories, shared by the audits that run; counted because forgetting them must not
 * take them from one that is under way. */
struct advisory_hold {
	struct arena arena;
	struct advisory_set set;
	size_t broken;
	size_t holders; /* loans, and the cache */
};

/* A load that reads the database while others may write: what is forgotten meanwhile must not be
 * kept, for it was perhaps read before it was written. */
struct flight {
	struct flight *next;
	struct u64_list VEC_OF(uint64_t) forgotten; /* hashes of crate names */
	struct arena arena;                         /* of that list */
	bool all_forgotten, advisories_forgotten;
};

struct fact_cache {
	struct db_pool *pool;
	pthread_mutex_t lock; /* guards everything below, and what is racked or held */
	struct fact_rack rack;
	struct advisory_hold *advisories; /* NULL: not loaded */
	int64_t advisories_at;            /* of the pool's generation below */
	uint64_t advisories_at_generation;
	bool has_advisories_at;
	struct flight *flights;
	uint64_t loads;
};

struct facts_loan {
	struct fact_cache *cache;
	struct shelf **shelves;
	size_t n, cap;
	struct advisory_hold *advisories;
};

bool fact_cache_open(struct fact_cache **out, struct db_pool *pool, size_t max_bytes,
                     struct err *err)
{
	(void)err;
	struct fact_cache *cache = calloc(1, sizeof *cache);

	if (!cache || pthread_mutex_init(&cache->lock, NULL) != 0)
		abort();
	cache->pool = pool;
	cache->rack.max_bytes = max_bytes;
	*out = cache;
	return true;
}

static void release_advisories(struct advisory_hold *hold)
{
	if (!hold || --hold->holders > 0)
		return;
	arena_free(&hold->arena);
	free(hold);
}

void fact_cache_close(struct fact_cache **at)
{
	struct fact_cache *cache = *at;

	if (!cache)
		return;
	if (cache->flights)
		abort(); /* a load is under way */
	rack_free(&cache->rack);
	release_advisories(cache->advisories);
	pthread_mutex_destroy(&cache->lock);
	free(cache);
	*at = NULL;
}

void fact_cache_forget_crate(struct fact_cache *cache, struct str registry, struct str name)
{
	uint64_t hash = map_hash(name);

	pthread_mutex_lock(&cache->lock);
	for (struct flight *flight = cache->flights; flight; flight = flight->next)
		*vec_add(&flight->arena, &flight->forgotten) = hash;
	rack_forget_crate(&cache->rack, registry, name);
	pthread_mutex_unlock(&cache->lock);
}

static void forget_advisories(struct fact_cache *cache)
{
	for (struct flight *flight = cache->flights; flight; flight = flight->next)
		flight->advisories_forgotten = true;
	release_advisories(cache->advisories);
	cache->advisories = NULL;
	cache->has_advisories_at = false;
}

void fact_cache_shrink(struct fact_cache *cache, size_t max_bytes)
{
	pthread_mutex_lock(&cache->lock);
	rack_trim(&cache->rack, max_bytes);
	pthread_mutex_unlock(&cache->lock);
}

void fact_cache_forget_advisories(struct fact_cache *cache)
{
	pthread_mutex_lock(&cache->lock);
	forget_advisories(cache);
	pthread_mutex_unlock(&cache->lock);
}

void fact_cache_forget_all(struct fact_cache *cache)
{
	pthread_mutex_lock(&cache->lock);
	for (struct flight *flight = cache->flights; flight; flight = flight->next)
		flight->all_forgotten = true;
	rack_forget_all(&cache->rack);
	forget_advisories(cache);
	pthread_mutex_unlock(&cache->lock);
}

/* The loan holds the shelf once more; the lock is held, or the shelf is not racked. */
static void lend_shelf(struct facts_loan *loan, struct shelf *shelf)
{
	if (loan->n == loan->cap) {
		loan->cap = loan->cap == 0 ? 64 : loan->cap * 2;
		loan->shelves = reallocarray(loan->shelves, loan->cap, sizeof(struct shelf *));
		if (!loan->shelves)
			abort();
	}
	shelf_hold(shelf);
	loan->shelves[loan->n++] = shelf;
}

void facts_return(struct facts_loan **at)
{
	struct facts_loan *loan = *at;

	if (!loan)
		return;
	struct fact_cache *cache = loan->cache;

	pthread_mutex_lock(&cache->lock);
	for (size_t i = 0; i < loan->n; i++)
		shelf_release(loan->shelves[i]);
	release_advisories(loan->advisories);
	rack_trim(&cache->rack, cache->rack.max_bytes);
	pthread_mutex_unlock(&cache->lock);
	free(loan->shelves);
	free(loan);
	*at = NULL;
}

/* One call of facts_load. */
struct load {
	struct fact_cache *cache;
	struct arena *arena; /* the caller's */
	const struct wanted *wanted;
	struct facts *facts;
	struct facts_loan *loan;
	struct u32_list missing;      /* numbers of packages that the rack lacks */
	struct rack_version **loaded; /* of each missing one; NULL where it could not be read */
	struct advisory_hold *advisories;
	bool has_advisories_at, is_bypass;
	uint64_t generation; /* of the pool, before anything is read */
	struct flight flight;
	struct db *reader; /* lent at the first need */
};

/* Takes what is there, under the lock. */
static void take_cached(struct load *load)
{
	struct fact_cache *cache = load->cache;
	struct facts *facts = load->facts;

	pthread_mutex_lock(&cache->lock);
	uint64_t number = ++cache->loads;

	load->flight.next = cache->flights;
	cache->flights = &load->flight;
	for (uint32_t i = 0; i < facts->n; i++) {
		const struct wanted *wanted = &load->wanted[i];
		struct rack_version *version = NULL;

		if (wanted->name.n == 0)
			continue;
		if (!load->is_bypass)
			version = rack_find(&cache->rack, wanted);
		if (!version) {
			*vec_add(load->arena, &load->missing) = i;
			continue;
		}
		facts->packages[i] = version->facts;
		if (version->shelf->load != number) {
			version->shelf->load = number;
			lend_shelf(load->loan, version->shelf);
		}
	}
	if (cache->advisories) {
		load->advisories = load->loan->advisories = cache->advisories;
		cache->advisories->holders++;
	}
	load->generation = db_pool_counts(cache->pool).generation;
	load->has_advisories_at =
		cache->has_advisories_at && cache->advisories_at_generation == load->generation;
	facts->advisories_at = load->has_advisories_at ? cache->advisories_at : 0;
	pthread_mutex_unlock(&cache->lock);
}

static bool was_forgotten(const struct flight *flight, struct str name)
{
	uint64_t hash = flight->forgotten.n > 0 ? map_hash(name) : 0;

	for (size_t i = 0; i < flight->forgotten.n; i++)
		if (flight->forgotten.p[i] == hash)
			return true;
	return flight->all_forgotten;
}

/* Ends the flight, and keeps what was read for the next load, unless reading failed or it was
 * forgotten meanwhile. */
static void keep_loaded(struct load *load, bool ok)
{
	struct fact_cache *cache = load->cache;
	struct flight **at = &cache->flights;

	pthread_mutex_lock(&cache->lock);
	while (*at != &load->flight)
		at = &(*at)->next;
	*at = load->flight.next;
	for (size_t i = 0; ok && !load->is_bypass && i < load->missing.n; i++)
		if (load->loaded[i] && !was_forgotten(&load->flight, load->loaded[i]->key.name))
			rack_put(&cache->rack, load->loaded[i]);
	bool keeps = ok && !load->flight.all_forgotten && !load->flight.advisories_forgotten;

	if (keeps && !cache->advisories && load->advisories) {
		cache->advisories = load->advisories;
		cache->advisories->holders++;
	}
	if (keeps && load->has_advisories_at) {
		cache->advisories_at = load->facts->advisories_at;
		cache->advisories_at_generation = load->generation;
		cache->has_advisories_at = true;
	}
	rack_trim(&cache->rack, cache->rack.max_bytes);
	pthread_mutex_unlock(&cache->lock);
	arena_free(&load->flight.arena);
}

static void note(struct load *load, struct str text)
{
	*vec_add(load->arena, &load->facts->notes) = text;
}

static bool lend_reader(struct load *load, struct err *err)
{
	return load->reader || db_reader_lend(load->cache->pool, &load->reader, err);
}

/* Reads one package. A stored value that is damaged leaves the package unknown, with a note; a
 * database that fails is an error. */
static bool read_package(struct load *load, struct arena *arena, const struct wanted *wanted,
                         struct package_facts *out, bool *is_read, struct err *err)
{
	int64_t at = load->is_bypass ? load->facts->at : 0;

	*is_read = store_crate_version(load->reader, arena, wanted, at, out, err);
	if (!*is_read && db_has_failed(load->reader))
		return false;
	if (!*is_read)
		note(load, arena_str(load->arena, str_of(err->text)));
	return store_fact_fill(load->reader, arena, wanted, out, err);
}

static bool read_missing(struct load *load, struct err *err)
{
	struct shelf *shelf = NULL;

	load->loaded = arena_array(load->arena, load->missing.n, sizeof(struct rack_version *));
	for (size_t i = 0; i < load->missing.n; i++) {
		uint32_t package = load->missing.p[i];
		struct package_facts *facts = &load->facts->packages[package];
		bool is_read = false;

		if (load->is_bypass) {
			if (!read_package(load, load->arena, &load->wanted[package], facts,
			                  &is_read, err))
				return false;
			continue;
		}
		if (!shelf || shelf->arena.used_bytes > SHELF_FULL_BYTES) {
			shelf = shelf_make();
			lend_shelf(load->loan, shelf);
			shelf_release(shelf); /* the loan holds it */
		}
		struct rack_version *version = shelf_add(shelf, &load->wanted[package]);

		if (!read_package(load, &shelf->arena, &version->key, &version->facts, &is_read,
		                  err))
			return false;
		*facts = version->facts;
		load->loaded[i] = is_read ? version : NULL;
	}
	return true;
}

static bool read_advisories(struct load *load, struct err *err)
{
	struct source_state source = { 0 };

	if (!load->advisories) {
		struct advisory_hold *hold = calloc(1, sizeof *hold);

		if (!hold)
			abort();
		hold->holders = 1;
		load->advisories = load->loan->advisories = hold;
		if (!store_advisory_load(load->reader, &hold->arena, &hold->set, &hold->broken,
		                         err))
			return false;
	}
	if (load->has_advisories_at)
		return true;
	int got = store_source_get(load->reader, load->arena, STR_LIT("advisories"), &source, err);

	load->facts->advisories_at = got == 1 ? source.ok_at : 0;
	load->has_advisories_at = got >= 0;
	return got >= 0;
}

static bool read_lacking(struct load *load, struct err *err)
{
	bool ok = true;

	if (load->missing.n > 0)
		ok = lend_reader(load, err) && read_missing(load, err);
	if (ok && (!load->advisories || !load->has_advisories_at))
		ok = lend_reader(load, err) && read_advisories(load, err);
	db_reader_return(&load->reader);
	return ok;
}

/* What follows from all of it. */
static void finish(struct load *load, const struct advisory_set *table)
{
	struct facts *facts = load->facts;
	const struct advisory_hold *hold = load->advisories;

	for (uint32_t i = 0; i < facts->n; i++) {
		const struct package_facts *package = &facts->packages[i];
		if (package->crate_known &&
		    (facts->index_at == 0 || package->fetched_at < facts->index_at))
			facts->index_at = package->fetched_at;
	}
	if (hold->broken > 0)
		note(load,
		     arena_printf(load->arena,
		                  "%zu advisories are written in a form this version cannot read",
		                  hold->broken));
	facts->advisories = &hold->set;
	if (hold->set.n > 0)
		return;
	facts->advisories_at = 0;
	if (table)
		facts->advisories = table;
}

bool facts_load(struct fact_cache *cache, struct arena *arena, const struct wanted *wanted,
                uint32_t n, int64_t at, int64_t now, const struct advisory_set *table,
                struct facts *out, struct facts_loan **loan, struct err *err)
{
	struct facts facts = { .at = at, .now = now, .n = n };
	CLEANUP(facts_return) struct facts_loan *mine = calloc(1, sizeof *mine);
	struct load load = { .cache = cache,
		             .arena = arena,
		             .wanted = wanted,
		             .facts = &facts,
		             .loan = mine,
		             .is_bypass = at != now };

	if (!mine)
		abort();
	mine->cache = cache;
	facts.packages = arena_array(arena, n, sizeof *facts.packages);
	take_cached(&load);
	bool ok = read_lacking(&load, err);
	keep_loaded(&load, ok);
	if (!ok)
		return false;
	finish(&load, table);
	*out = facts;
	*loan = mine;
	mine = NULL;
	return true;
}
