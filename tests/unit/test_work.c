#include "base/work.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */
#include <signal.h>
#include <stdatomic.h>

enum { ITEMS = 2000 };

/* What the items are run on; each item is the address of its own counter. */
struct bench {
	atomic_int runs[ITEMS];
	atomic_int total, at_once, most_at_once, unblocked;
};

static void run(void *owner, void *item)
{
	struct bench *bench = owner;
	atomic_int *counter = item;
	int now = atomic_fetch_add(&bench->at_once, 1) + 1,
	    most = atomic_load(&bench->most_at_once);
	sigset_t blocked;

	while (now > most && !atomic_compare_exchange_weak(&bench->most_at_once, &most, now))
		;
	pthread_sigmask(SIG_BLOCK, NULL, &blocked);
	if (!sigismember(&blocked, SIGTERM))
		atomic_fetch_add(&bench->unblocked, 1);
	atomic_fetch_add(counter, 1);
	atomic_fetch_add(&bench->total, 1);
	atomic_fetch_sub(&bench->at_once, 1);
}

static const struct {
	size_t threads, room;
} sizes[] = { { 1, 1 }, { 1, 100 }, { 4, 1 }, { 4, 7 }, { 64, 5000 } };

static void each_item_is_run_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		static struct bench bench;
		struct work *work = NULL;
		struct err err = { 0 };

		bench = (struct bench){ 0 };
		assert_true(work_open(&work, sizes[i].threads, sizes[i].room, run, &bench, &err));
		for (size_t n = 0; n < ITEMS / 2; n++)
			work_put(work, &bench.runs[n]);
		work_drain(work);
		assert_int_equal(atomic_load(&bench.total), ITEMS / 2);
		work_drain(work);
		for (size_t n = ITEMS / 2; n < ITEMS; n++)
			work_put(work, &bench.runs[n]);
		work_close(&work);
		assert_null(work);
		assert_int_equal(atomic_load(&bench.total), ITEMS);
		for (size_t n = 0; n < ITEMS; n++)
			assert_int_equal(atomic_load(&bench.runs[n]), 1);
		assert_true((size_t)atomic_load(&bench.most_at_once) <= sizes[i].threads);
		assert_int_equal(atomic_load(&bench.unblocked), 0);
	}
}

static void a_queue_needs_threads_and_room(void **state)
{
	(void)state;
	static const struct {
		size_t threads, room;
	} wrong[] = { { 0, 1 }, { 65, 1 }, { 1, 0 } };

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct work *work = NULL;
		struct err err = { 0 };

		assert_false(work_open(&work, wrong[i].threads, wrong[i].room, run, NULL, &err));
		assert_int_equal(err.kind, ERR_BUG);
		assert_null(work);
	}
}

static void closing_nothing_does_nothing(void **state)
{
	(void)state;
	struct work *work = NULL;

	work_close(&work);
	assert_null(work);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_item_is_run_once),
		cmocka_unit_test(a_queue_needs_threads_and_room),
		cmocka_unit_test(closing_nothing_does_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
