#include "crawler/ingest.h"
#include "base/when.h"
#include "base/work.h"
#include "crawler/thread.h"
#include <malloc.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Long enough that a crawl's pauses do not cost it its memory. */
enum { TRIM_AFTER_MS = 2000 };

struct ingest {
	struct db_pool *pool;
	struct work *work; /* the preparing threads */
	pthread_t writer;
	pthread_mutex_t lock;             /* of all below */
	pthread_cond_t to_write;          /* an item is prepared, or `closing` */
	pthread_cond_t has_room;          /* waiting_bytes or waiting fell */
	struct ingest_item *first, *last; /* prepared, in the order of arrival */
	size_t waiting, waiting_bytes;    /* put and not done */
	bool closing;
};

static void prepare(void *owner, void *given)
{
	struct ingest *ingest = owner;
	struct ingest_item *item = given;

	if (item->prepare && !item->prepare(item, &item->err) && item->err.kind == ERR_NONE)
		item->err.kind = ERR_BUG;
	pthread_mutex_lock(&ingest->lock);
	if (ingest->last)
		ingest->last->next = item;
	else
		ingest->first = item;
	ingest->last = item;
	pthread_cond_signal(&ingest->to_write);
	pthread_mutex_unlock(&ingest->lock);
}

/* Writes items from `first` on in one transaction, until `end`, a failure, or the time is used up.
 * Sets *reached to the first item that has no part in the outcome. */
static bool write_batch(struct ingest *ingest, struct ingest_item *first, struct ingest_item *end,
                        struct ingest_item **reached, struct err *err)
{
	CLEANUP(db_writer_end) struct db *writer = NULL;
	int64_t until_ms = when_monotonic_ms() + INGEST_BATCH_MS;

	*reached = end;
	if (!db_writer_begin(ingest->pool, &writer, err))
		return false;
	for (struct ingest_item *item = first; item != end; item = *reached) {
		*reached = item->next;
		if (item->err.kind == ERR_NONE && !item->write(item, writer, err))
			return false;
		if (when_monotonic_ms() >= until_ms)
			break;
	}
	return db_writer_commit(writer, err);
}

/* A batch failed, so nothing of it is stored. Where the store itself fails, all of it has failed;
 * where one item was refused, each gets a transaction of its own, so that it does not take the
 * others with it. */
static void write_singly(struct ingest *ingest, const struct err *why, struct ingest_item *first,
                         struct ingest_item *end)
{
	bool is_single = first->next == end;

	for (struct ingest_item *item = first; item != end; item = item->next) {
		struct err err = { 0 };
		struct ingest_item *reached;

		if (item->err.kind != ERR_NONE)
			continue;
		if (is_single || why->kind == ERR_STORE)
			item->err = *why;
		else if (!write_batch(ingest, item, item->next, &reached, &err))
			item->err = err;
	}
}

static void tell(struct ingest *ingest, struct ingest_item *first, struct ingest_item *end)
{
	for (struct ingest_item *item = first, *after; item != end; item = after) {
		size_t cost = item->cost_bytes;

		after = item->next;
		item->done(item);
		pthread_mutex_lock(&ingest->lock);
		ingest->waiting--;
		ingest->waiting_bytes -= cost;
		pthread_cond_broadcast(&ingest->has_room);
		pthread_mutex_unlock(&ingest->lock);
	}
}

static void write_all(struct ingest *ingest, struct ingest_item *item)
{
	while (item) {
		struct ingest_item *end;
		struct err err = { 0 };

		if (!write_batch(ingest, item, NULL, &end, &err))
			write_singly(ingest, &err, item, end);
		tell(ingest, item, end);
		item = end;
	}
}

/* Waits, lock held, until there is something to write or the end has come. Before a longer rest the
 * memory of what was parsed goes back to the system: a daemon at rest is small. */
static void wait_for_items(struct ingest *ingest, bool *trimmed)
{
	struct timespec until;

	while (!ingest->first && !ingest->closing) {
		if (*trimmed) {
			pthread_cond_wait(&ingest->to_write, &ingest->lock);
			continue;
		}
		int64_t until_ms = when_monotonic_ms() + TRIM_AFTER_MS;
		until = (struct timespec){ .tv_sec = (time_t)(until_ms / 1000),
			                   .tv_nsec = (long)(until_ms % 1000) * 1000000 };
		if (pthread_cond_timedwait(&ingest->to_write, &ingest->lock, &until) == 0)
			continue;
		pthread_mutex_unlock(&ingest->lock);
		malloc_trim(0);
		pthread_mutex_lock(&ingest->lock);
		*trimmed = true;
	}
}

static void *run_writer(void *owner)
{
	struct ingest *ingest = owner;
	bool trimmed = true;

	for (;;) {
		pthread_mutex_lock(&ingest->lock);
		wait_for_items(ingest, &trimmed);
		trimmed = false;
		struct ingest_item *item = ingest->first;
		ingest->first = ingest->last = NULL;
		pthread_mutex_unlock(&ingest->lock);
		if (!item)
			return NULL;
		write_all(ingest, item);
	}
}

bool ingest_open(struct ingest **out, struct db_pool *pool, struct err *err)
{
	struct ingest *ingest = calloc(1, sizeof *ingest);
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_condattr_t attributes;

	if (!ingest)
		abort();
	ingest->pool = pool;
	pthread_mutex_init(&ingest->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&ingest->to_write, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_cond_init(&ingest->has_room, NULL);
	if (!work_open(&ingest->work,
	               cores < 1   ? 1
	               : cores > 4 ? 4
	                           : (size_t)cores,
	               256, prepare, ingest, err)) {
		free(ingest);
		return false;
	}
	if (!thread_start(&ingest->writer, "ingest", run_writer, ingest, err)) {
		work_close(&ingest->work);
		free(ingest);
		return false;
	}
	*out = ingest;
	return true;
}

void ingest_put(struct ingest *ingest, struct ingest_item *item)
{
	item->next = NULL;
	item->ingest = ingest;
	item->err = (struct err){ 0 };
	pthread_mutex_lock(&ingest->lock);
	while (ingest->waiting_bytes > INGEST_WAITING_MAX_BYTES)
		pthread_cond_wait(&ingest->has_room, &ingest->lock);
	ingest->waiting++;
	ingest->waiting_bytes += item->cost_bytes;
	pthread_mutex_unlock(&ingest->lock);
	work_put(ingest->work, item);
}

void ingest_drain(struct ingest *ingest)
{
	pthread_mutex_lock(&ingest->lock);
	while (ingest->waiting > 0)
		pthread_cond_wait(&ingest->has_room, &ingest->lock);
	pthread_mutex_unlock(&ingest->lock);
}

void ingest_close(struct ingest **ingest)
{
	struct ingest *it = *ingest;

	if (!it)
		return;
	work_close(&it->work);
	pthread_mutex_lock(&it->lock);
	it->closing = true;
	pthread_cond_signal(&it->to_write);
	pthread_mutex_unlock(&it->lock);
	pthread_join(it->writer, NULL);
	pthread_cond_destroy(&it->has_room);
	pthread_cond_destroy(&it->to_write);
	pthread_mutex_destroy(&it->lock);
	free(it);
	*ingest = NULL;
}
