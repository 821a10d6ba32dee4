/* tests/unit/crawl_world.h: a daemon's parts in a folder of their own, and a registry on loopback
 * that its configuration names. */
#ifndef RTAUDIT_TESTS_UNIT_CRAWL_WORLD_H
#define RTAUDIT_TESTS_UNIT_CRAWL_WORLD_H
#include "base/file.h"
#include "crawler/crawl.h"
#include "tests/unit/index_lines.h"
#include "tests/unit/local_server.h"
#include "tests/unit/temp_db.h"
#include <fcntl.h>
#include <sys/stat.h>

enum { LONG_MS = 20000 };

#define L(name, vers)                                                                              \
	"{\"name\":\"" name "\",\"vers\":\"" vers "\",\"deps\":[],\"cksum\":\"" CKSUM_A            \
	"\",\"features\":{},\"yanked\":false}\n"

struct world {
	struct arena arena;
	struct temp_db temp;
	struct db_pool *pool;
	struct fact_cache *cache;
	struct crawl *crawl;
	struct local_server *server;
	struct cargo_config config;
	struct str registry; /* canonical */
	struct crawl_settings settings;
};

static inline void world_reopen(struct world *world)
{
	struct err err = { 0 };

	crawl_close(&world->crawl);
	assert_ok(crawl_open(&world->crawl, world->pool, world->cache, &world->settings, &err),
	          err);
}

static inline void world_open(struct world *world, const struct local_answer *answers, size_t n)
{
	struct err err = { 0 };

	*world = (struct world){ .temp = temp_db_make() };
	world->pool = temp_db_open(&world->temp);
	world->server = local_server_start(answers, n);
	assert_ok(fact_cache_open(&world->cache, world->pool, 1 << 20, &err), err);
	world->registry =
		arena_printf(&world->arena, "sparse+%s/index/", local_server_url(world->server));
	*vec_add(&world->arena, &world->config.registries) =
		(struct config_registry){ .name = STR("local"), .index = world->registry };
	world->settings = (struct crawl_settings){
		.cache_folder = file_join(&world->arena, world->temp.folder, STR_LIT("cache")),
		.cargo_home = file_join(&world->arena, world->temp.folder, STR_LIT("cargo")),
		.index_fresh_seconds = 3600,
		.advisories_fresh_seconds = 6 * 3600,
		.connections_per_host = 2,
		.config = &world->config
	};
	world_reopen(world);
}

static inline void world_close(struct world *world)
{
	crawl_close(&world->crawl);
	fact_cache_close(&world->cache);
	db_pool_close(&world->pool);
	local_server_stop(&world->server);
	temp_db_free(&world->temp);
	arena_free(&world->arena);
}

static inline struct wanted want(const struct world *world, const char *name, const char *vers)
{
	return (struct wanted){ world->registry, str_of(name), str_of(vers) };
}

static inline struct crawl_outcome crates(struct world *world, const struct wanted *wanted,
                                          size_t n, bool offline)
{
	struct crawl_outcome out = { 0 };
	struct err err = { 0 };

	assert_ok(crawl_crates(world->crawl, &world->arena, wanted, n, NULL, offline, LONG_MS, &out,
	                       &err),
	          err);
	return out;
}

static inline void put_file(struct world *world, const char *path, struct str text,
                            int64_t written_at)
{
	struct err err = { 0 };
	char *full = file_join(&world->arena, world->temp.folder, str_of(path));
	char *slash = strrchr(full, '/');
	struct timespec times[2] = { { .tv_sec = written_at }, { .tv_sec = written_at } };

	*slash = '\0';
	assert_ok(file_make_folders(full, 0700, &err), err);
	*slash = '/';
	assert_ok(file_write(full, text, 0600, &err), err);
	assert_int_equal(utimensat(AT_FDCWD, full, times, 0), 0);
}

#endif
