#include "base/work.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

enum { THREADS_MAX = 64 };

struct work {
	void (*run)(void *owner, void *item);
	void *owner;
	pthread_t threads[THREADS_MAX];
	size_t threads_n;
	pthread_mutex_t mutex; /* of all that follows */
	pthread_cond_t filled; /* an item was put, or the queue closes */
	pthread_cond_t eased;  /* an item was taken or finished */
	void **items;          /* a ring of `room` */
	size_t room, first, n;
	size_t running; /* items that are being run */
	bool closing;
};

/* The next item in *item, waiting for one; false where the queue is closed and empty. */
static bool take(struct work *work, void **item)
{
	bool got = false;

	pthread_mutex_lock(&work->mutex);
	while (work->n == 0 && !work->closing)
		pthread_cond_wait(&work->filled, &work->mutex);
	if (work->n > 0) {
		*item = work->items[work->first];
		work->first = (work->first + 1) % work->room;
		work->n--;
		work->running++;
		got = true;
		pthread_cond_broadcast(&work->eased);
	}
	pthread_mutex_unlock(&work->mutex);
	return got;
}

static void *serve(void *argument)
{
	struct work *work = argument;
	void *item = NULL;

	while (take(work, &item)) {
		work->run(work->owner, item);
		pthread_mutex_lock(&work->mutex);
		work->running--;
		pthread_cond_broadcast(&work->eased);
		pthread_mutex_unlock(&work->mutex);
	}
	return NULL;
}

/* Starts the threads with all signals blocked: they belong to the main thread. */
static bool start(struct work *work, size_t threads)
{
	sigset_t all, before;
	int failed = 0;

	sigfillset(&all);
	if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
		return false;
	while (failed == 0 && work->threads_n < threads) {
		failed = pthread_create(&work->threads[work->threads_n], NULL, serve, work);
		if (failed == 0)
			work->threads_n++;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failed == 0;
}

bool work_open(struct work **out, size_t threads, size_t room, void (*run)(void *owner, void *item),
               void *owner, struct err *err)
{
	if (threads < 1 || threads > THREADS_MAX || room < 1)
		return err_set(err, ERR_BUG, "a queue of %zu threads and room for %zu", threads,
		               room);
	struct work *work = calloc(1, sizeof *work);
	void **items = calloc(room, sizeof *items);

	if (!work || !items)
		abort();
	*work = (struct work){ .run = run, .owner = owner, .items = items, .room = room };
	pthread_mutex_init(&work->mutex, NULL);
	pthread_cond_init(&work->filled, NULL);
	pthread_cond_init(&work->eased, NULL);
	if (!start(work, threads)) {
		work_close(&work);
		return err_set(err, ERR_IO, "cannot start %zu threads", threads);
	}
	*out = work;
	return true;
}

void work_put(struct work *work, void *item)
{
	pthread_mutex_lock(&work->mutex);
	while (work->n == work->room)
		pthread_cond_wait(&work->eased, &work->mutex);
	work->items[(work->first + work->n) % work->room] = item;
	work->n++;
	pthread_cond_signal(&work->filled);
	pthread_mutex_unlock(&work->mutex);
}

void work_drain(struct work *work)
{
	pthread_mutex_lock(&work->mutex);
	while (work->n > 0 || work->running > 0)
		pthread_cond_wait(&work->eased, &work->mutex);
	pthread_mutex_unlock(&work->mutex);
}

void work_close(struct work **work)
{
	struct work *closing = *work;

	*work = NULL;
	if (!closing)
		return;
	pthread_mutex_lock(&closing->mutex);
	closing->closing = true;
	pthread_cond_broadcast(&closing->filled);
	pthread_mutex_unlock(&closing->mutex);
	for (size_t i = 0; i < closing->threads_n; i++)
		pthread_join(closing->threads[i], NULL);
	pthread_cond_destroy(&closing->filled);
	pthread_cond_destroy(&closing->eased);
	pthread_mutex_destroy(&closing->mutex);
	free(closing->items);
	free(closing);
}
