#include "daemon/manifest_cache.h"
#include "base/map.h"
#include <pthread.h>
#include <stdlib.h>

enum { KEPT_MAX = 128 };

/* The manifests of one workspace or checkout. Nothing is changed after it was made but the last two
 * fields. */
struct kept {
	struct arena arena;             /* all that follows lives in it */
	struct project_file_list files; /* copies */
	struct workspace workspace;
	bool is_checkout;
	uint64_t hash;
	size_t holders; /* the cache, and loans */
	uint64_t used;  /* the cache's tick at its last use */
};

struct manifest_cache {
	size_t max_bytes;
	pthread_mutex_t mutex; /* guards what follows, and `holders` and `used` of what is kept */
	struct kept *kept[KEPT_MAX];
	size_t n, bytes;
	uint64_t tick;
};

struct manifest_loan {
	struct manifest_cache *cache;
	struct {
		struct kept **p;
		size_t n, cap;
	} lent;
};

struct manifest_cache *manifest_cache_open(size_t max_bytes)
{
	struct manifest_cache *cache = calloc(1, sizeof *cache);

	if (!cache || pthread_mutex_init(&cache->mutex, NULL) != 0)
		abort();
	cache->max_bytes = max_bytes;
	return cache;
}

/* A checkout is read by other rules than a project: the same files are then something else. */
static uint64_t hash_files(const struct project_file_list *files, bool is_checkout)
{
	uint64_t hash = is_checkout;

	for (size_t i = 0; i < files->n; i++) {
		hash = hash * 0x9e3779b97f4a7c15u + map_hash(files->p[i].path);
		hash = hash * 0x9e3779b97f4a7c15u + map_hash(files->p[i].bytes);
	}
	return hash;
}

static bool is_same(const struct project_file_list *a, const struct project_file_list *b)
{
	bool same = a->n == b->n;

	for (size_t i = 0; same && i < a->n; i++)
		same = str_eq(a->p[i].path, b->p[i].path) && str_eq(a->p[i].bytes, b->p[i].bytes);
	return same;
}

/* What is kept of these files, held once more; or NULL. The caller locks. */
static struct kept *find(struct manifest_cache *cache, const struct project_file_list *files,
                         bool is_checkout, uint64_t hash)
{
	for (size_t i = 0; i < cache->n; i++) {
		struct kept *kept = cache->kept[i];

		if (kept->hash != hash || kept->is_checkout != is_checkout ||
		    !is_same(&kept->files, files))
			continue;
		kept->holders++;
		kept->used = ++cache->tick;
		return kept;
	}
	return NULL;
}

static void destroy(struct kept *kept)
{
	struct arena arena = kept->arena; /* kept itself lives in it */

	arena_free(&arena);
}

/* Reads the files, or copies of them; NULL where they cannot be read. */
static struct kept *make(const struct project_file_list *files, bool is_checkout, uint64_t hash)
{
	struct arena arena = { 0 };
	struct kept *kept = arena_new(&arena, struct kept);
	struct err err = { 0 };

	*kept = (struct kept){ .is_checkout = is_checkout, .hash = hash, .holders = 1 };
	for (size_t i = 0; i < files->n; i++)
		*vec_add(&arena, &kept->files) =
			(struct project_file){ arena_str(&arena, files->p[i].path),
			                       arena_str(&arena, files->p[i].bytes) };
	bool ok = is_checkout
	                  ? workspace_load_checkout(&arena, &kept->files, &kept->workspace, &err)
	                  : workspace_load(&arena, &kept->files, &kept->workspace, &err);
	kept->arena = arena;
	if (ok)
		return kept;
	destroy(kept);
	return NULL;
}

/* Gives one hold back; the last one frees. The caller locks. */
static void release(struct kept *kept)
{
	if (--kept->holders == 0)
		destroy(kept);
}

/* Takes row i out of the cache. The caller locks. */
static void drop(struct manifest_cache *cache, size_t i)
{
	struct kept *kept = cache->kept[i];

	cache->bytes -= kept->arena.used_bytes;
	cache->kept[i] = cache->kept[--cache->n];
	release(kept);
}

/* Keeps it, unless it alone is too large; displaces what was not used for longest. The caller
 * locks. */
static void keep(struct manifest_cache *cache, struct kept *kept)
{
	size_t bytes = kept->arena.used_bytes;

	if (bytes > cache->max_bytes)
		return;
	while (cache->n == KEPT_MAX || cache->bytes + bytes > cache->max_bytes) {
		size_t oldest = 0;

		for (size_t i = 1; i < cache->n; i++)
			if (cache->kept[i]->used < cache->kept[oldest]->used)
				oldest = i;
		drop(cache, oldest);
	}
	kept->holders++;
	kept->used = ++cache->tick;
	cache->kept[cache->n++] = kept;
	cache->bytes += bytes;
}

static const struct workspace *lend(struct manifest_loan *loan, struct arena *arena,
                                    const struct project_file_list *files, bool is_checkout)
{
	struct manifest_cache *cache = loan->cache;
	uint64_t hash = hash_files(files, is_checkout);

	pthread_mutex_lock(&cache->mutex);
	struct kept *kept = find(cache, files, is_checkout, hash);
	pthread_mutex_unlock(&cache->mutex);
	if (!kept) {
		/* Read without the lock: two requests may do so for the same files, and either is
		 * right. */
		kept = make(files, is_checkout, hash);
		if (!kept)
			return NULL;
		pthread_mutex_lock(&cache->mutex);
		keep(cache, kept);
		pthread_mutex_unlock(&cache->mutex);
	}
	*vec_add(arena, &loan->lent) = kept;
	return &kept->workspace;
}

void manifest_cache_lend(struct manifest_cache *cache, struct arena *arena, struct project *project,
                         struct manifest_loan **loan)
{
	*loan = arena_new(arena, struct manifest_loan);
	(*loan)->cache = cache;
	if (project->files.n > 0)
		project->known = lend(*loan, arena, &project->files, false);
	for (size_t i = 0; i < project->checkouts.n; i++)
		project->checkouts.p[i].known =
			lend(*loan, arena, &project->checkouts.p[i].files, true);
}

void manifest_loan_return(struct manifest_loan **loan)
{
	if (!*loan)
		return;
	pthread_mutex_lock(&(*loan)->cache->mutex);
	for (size_t i = 0; i < (*loan)->lent.n; i++)
		release((*loan)->lent.p[i]);
	pthread_mutex_unlock(&(*loan)->cache->mutex);
	*loan = NULL;
}

void manifest_cache_forget_all(struct manifest_cache *cache)
{
	pthread_mutex_lock(&cache->mutex);
	while (cache->n > 0)
		drop(cache, cache->n - 1);
	pthread_mutex_unlock(&cache->mutex);
}

size_t manifest_cache_bytes(struct manifest_cache *cache)
{
	pthread_mutex_lock(&cache->mutex);
	size_t bytes = cache->bytes;

	pthread_mutex_unlock(&cache->mutex);
	return bytes;
}

void manifest_cache_close(struct manifest_cache **cache)
{
	if (!*cache)
		return;
	manifest_cache_forget_all(*cache);
	pthread_mutex_destroy(&(*cache)->mutex);
	free(*cache);
	*cache = NULL;
}
