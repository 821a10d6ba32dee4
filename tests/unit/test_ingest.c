#include "crawler/ingest.h"
#include "db/store_source.h"
#include "tests/unit/temp_db.h"
#include <stdatomic.h>

/* An item that stores its number as a source, unless it is told to fail. */
struct numbered {
	struct ingest_item item;
	unsigned number;
	bool fails_prepare, fails_write;
	struct tally *tally;
};

struct tally {
	atomic_uint prepared, done, failed, writes;
};

static bool prepare(struct ingest_item *base, struct err *err)
{
	struct numbered *item = (struct numbered *)base;

	atomic_fetch_add(&item->tally->prepared, 1);
	return item->fails_prepare ? err_set(err, ERR_INPUT, "item %u is no good", item->number)
	                           : true;
}

static bool write_item(struct ingest_item *base, struct db *writer, struct err *err)
{
	struct numbered *item = (struct numbered *)base;
	char name[32];

	atomic_fetch_add(&item->tally->writes, 1);
	snprintf(name, sizeof name, "source %u", item->number);
	struct source_state state = { .name = str_of(name), .ok_at = item->number };
	if (!store_source_put(writer, &state, err))
		return false;
	return item->fails_write ? err_set(err, ERR_INPUT, "item %u is refused", item->number)
	                         : true;
}

static void done(struct ingest_item *base)
{
	struct numbered *item = (struct numbered *)base;
	bool failed = base->err.kind != ERR_NONE;
	char number[32];

	atomic_fetch_add(&item->tally->done, 1);
	atomic_fetch_add(&item->tally->failed, failed);
	snprintf(number, sizeof number, "item %u ", item->number);
	if (failed != (item->fails_prepare || item->fails_write))
		abort();
	if (failed && !strstr(base->err.text, number))
		abort();
	free(item);
}

static void put(struct ingest *ingest, struct tally *tally, unsigned number, bool fails_prepare,
                bool fails_write)
{
	struct numbered *item = calloc(1, sizeof *item);

	assert_non_null(item);
	item->item = (struct ingest_item){
		.prepare = prepare, .write = write_item, .done = done, .cost_bytes = 1 << 20
	};
	item->number = number;
	item->fails_prepare = fails_prepare;
	item->fails_write = fails_write;
	item->tally = tally;
	ingest_put(ingest, &item->item);
}

static size_t count_sources(struct db_pool *pool, struct arena *arena)
{
	CLEANUP(db_reader_return) struct db *reader = NULL;
	struct source_state_list list = { 0 };
	struct err err = { 0 };

	assert_ok(db_reader_lend(pool, &reader, &err), err);
	assert_ok(store_source_list(reader, arena, &list, &err), err);
	return list.n;
}

static void a_refused_item_takes_no_other_with_it(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct temp_db temp = temp_db_make();
	struct db_pool *pool = temp_db_open(&temp);
	struct ingest *ingest = NULL;
	struct tally tally = { 0 };
	struct err err = { 0 };

	assert_ok(ingest_open(&ingest, pool, &err), err);
	/* 300 items of 1 MB each: the ceiling on what waits lets us wait, too. */
	for (unsigned i = 0; i < 300; i++)
		put(ingest, &tally, i, i % 7 == 0, i % 11 == 5);
	ingest_drain(ingest);
	size_t good = 0;
	for (unsigned i = 0; i < 300; i++)
		good += i % 7 != 0 && i % 11 != 5;
	assert_int_equal(atomic_load(&tally.prepared), 300);
	assert_int_equal(atomic_load(&tally.done), 300);
	assert_int_equal(atomic_load(&tally.failed), 300 - good);
	assert_int_equal(count_sources(pool, &arena), good);
	ingest_close(&ingest);
	db_pool_close(&pool);
	temp_db_free(&temp);
}

static void closing_stores_what_was_put(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct temp_db temp = temp_db_make();
	struct db_pool *pool = temp_db_open(&temp);
	struct ingest *ingest = NULL;
	struct tally tally = { 0 };
	struct err err = { 0 };

	assert_ok(ingest_open(&ingest, pool, &err), err);
	for (unsigned i = 0; i < 50; i++)
		put(ingest, &tally, i, false, false);
	ingest_close(&ingest);
	assert_null(ingest);
	assert_int_equal(atomic_load(&tally.done), 50);
	assert_int_equal(count_sources(pool, &arena), 50);
	ingest_close(&ingest);
	db_pool_close(&pool);
	temp_db_free(&temp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refused_item_takes_no_other_with_it),
		cmocka_unit_test(closing_stores_what_was_put),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
