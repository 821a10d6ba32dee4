#include "crawler/index_dir.h"
#include "base/file.h"
#include "base/when.h"
#include "crawler/index_file.h"
#include "db/store_crate.h"
#include "tests/unit/index_lines.h"
#include "tests/unit/temp_db.h"
#include <sys/stat.h>

#define L(name, vers)                                                                              \
	"{\"name\":\"" name "\",\"vers\":\"" vers "\",\"deps\":[],\"cksum\":\"" CKSUM_A            \
	"\",\"features\":{},\"yanked\":false}\n"

struct world {
	struct arena arena;
	struct temp_db temp;
	struct db_pool *pool;
	struct fact_cache *cache;
	struct ingest *ingest;
	const char *index;
};

static void world_open(struct world *world)
{
	struct err err = { 0 };

	*world = (struct world){ .temp = temp_db_make() };
	world->pool = temp_db_open(&world->temp);
	world->index = file_join(&world->arena, world->temp.folder, STR_LIT("index"));
	assert_ok(fact_cache_open(&world->cache, world->pool, 1 << 20, &err), err);
	assert_ok(ingest_open(&world->ingest, world->pool, &err), err);
	assert_ok(file_make_folders(world->index, 0700, &err), err);
}

static void world_close(struct world *world)
{
	ingest_close(&world->ingest);
	fact_cache_close(&world->cache);
	db_pool_close(&world->pool);
	temp_db_free(&world->temp);
	arena_free(&world->arena);
}

static void put_file(struct world *world, const char *path, const char *text)
{
	struct err err = { 0 };
	char *full = file_join(&world->arena, world->index, str_of(path));
	char *slash = strrchr(full, '/');

	*slash = '\0';
	assert_ok(file_make_folders(full, 0700, &err), err);
	*slash = '/';
	assert_ok(file_write(full, str_of(text), 0600, &err), err);
}

static struct crate_state state_of(struct world *world, const char *name, int *got)
{
	CLEANUP(db_reader_return) struct db *reader = NULL;
	struct crate_state state = { 0 };
	struct err err = { 0 };

	assert_ok(db_reader_lend(world->pool, &reader, &err), err);
	*got = store_crate_state(reader, &world->arena, STR_LIT("crates-io"), str_of(name), &state,
	                         &err);
	return state;
}

static bool read_dir(struct world *world, int64_t at, const struct stop *stop,
                     struct index_dir_counts *counts, struct err *err)
{
	return index_dir_read(world->index, STR_LIT("crates-io"), at, world->ingest, world->cache,
	                      stop, counts, err);
}

static void a_tree_of_index_files_is_stored(void **state)
{
	(void)state;
	struct world world;
	struct index_dir_counts counts;
	struct err err = { 0 };
	int got;

	world_open(&world);
	put_file(&world, "config.json", "{\"dl\":\"x\"}");
	put_file(&world, "README.md", "hello");
	put_file(&world, ".git/HEAD", "ref");
	put_file(&world, "2/ab", L("ab", "1.0.0"));
	put_file(&world, "3/a/abc", L("abc", "1.0.0") L("abc", "2.0.0"));
	put_file(&world, "in/fl/inflector", L("Inflector", "1.0.0"));
	put_file(&world, "in/fl/other-place", L("other-place", "1.0.0"));
	put_file(&world, "lo/ng/longer/deep", L("deep", "1.0.0"));
	put_file(&world, "ot/he/other", L("another", "1.0.0"));
	put_file(&world, "cu/to/cutoff", "{\"name\":\"cutoff\",\"vers");
	assert_int_equal(
		symlink("/etc/passwd", file_join(&world.arena, world.index, STR_LIT("2/ln"))), 0);
	assert_ok(read_dir(&world, 5000, NULL, &counts, &err), err);
	assert_int_equal(atomic_load(&counts.crates), 3);
	assert_int_equal(atomic_load(&counts.versions), 4);
	assert_int_equal(atomic_load(&counts.refused), 3);
	assert_int_equal(state_of(&world, "abc", &got).fetched_at, 5000);
	assert_int_equal(got, 1);
	assert_true(state_of(&world, "Inflector", &got).exists);
	(void)state_of(&world, "other", &got);
	assert_int_equal(got, 0);
	world_close(&world);
}

static void a_refused_file_leaves_the_older_facts(void **state)
{
	(void)state;
	struct world world;
	struct index_dir_counts counts;
	struct err err = { 0 };
	int got;

	world_open(&world);
	put_file(&world, "2/ab", L("ab", "1.0.0"));
	put_file(&world, "2/cd", L("cd", "1.0.0"));
	assert_ok(read_dir(&world, 5000, NULL, &counts, &err), err);
	put_file(&world, "2/ab", "half a li");
	assert_ok(read_dir(&world, 6000, NULL, &counts, &err), err);
	assert_int_equal(atomic_load(&counts.crates), 1);
	assert_int_equal(counts.first.kind, ERR_INPUT);
	assert_int_equal(state_of(&world, "ab", &got).fetched_at, 5000);
	assert_int_equal(state_of(&world, "cd", &got).fetched_at, 6000);
	world_close(&world);
}

static void what_is_no_index_is_refused(void **state)
{
	(void)state;
	struct world world;
	struct index_dir_counts counts;
	struct stop stop = { 0 };
	struct err err = { 0 };

	world_open(&world);
	assert_false(read_dir(&world, 1, NULL, &counts, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, "holds no index file"));
	assert_false(index_dir_read("/nonexistent/index", STR_LIT("crates-io"), 1, world.ingest,
	                            NULL, NULL, &counts, &err));
	assert_int_equal(err.kind, ERR_ABSENT);
	put_file(&world, "2/ab", L("ab", "1.0.0"));
	stop_raise(&stop);
	assert_false(read_dir(&world, 1, &stop, &counts, &err));
	assert_int_equal(err.kind, ERR_STOPPED);
	world_close(&world);
}

/* The whole sample, where it is unpacked: index files of 3,173 crates. */
static void the_sample_is_read_whole(void **state)
{
	(void)state;
	const char *sample = getenv("RTAUDIT_TEST_INDEX");
	struct world world;
	struct index_dir_counts counts;
	struct err err = { 0 };

	if (!sample) {
		print_message(
			"skipped: RTAUDIT_TEST_INDEX names no folder with the index sample\n");
		skip();
	}
	world_open(&world);
	world.index = sample;
	int64_t from_ms = when_monotonic_ms();
	assert_ok(read_dir(&world, 5000, NULL, &counts, &err), err);
	print_message("%zu crates, %zu versions in %d ms\n", atomic_load(&counts.crates),
	              atomic_load(&counts.versions), (int)(when_monotonic_ms() - from_ms));
	assert_int_equal(atomic_load(&counts.refused), 0);
	assert_int_equal(atomic_load(&counts.crates), atomic_load(&counts.files));
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tree_of_index_files_is_stored),
		cmocka_unit_test(a_refused_file_leaves_the_older_facts),
		cmocka_unit_test(what_is_no_index_is_refused),
		cmocka_unit_test(the_sample_is_read_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
