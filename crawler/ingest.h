/* crawler/ingest.h: prepared on several threads, written by one, in transactions of at most 50 ms.
 *
 * Whoever brings facts in puts items; each is first prepared (parsed, checked) on a work thread,
 * then written together with others in one transaction of the writer, so that an audit never waits
 * long for it.
 * Threads: any may put. Memory: an item belongs to the ingest from ingest_put until its `done`. */
#ifndef RTAUDIT_CRAWLER_INGEST_H
#define RTAUDIT_CRAWLER_INGEST_H
#include "db/db.h"
#include "db/load_facts.h"

struct ingest;

struct ingest_item {
	/* On a work thread; what it refuses is not written. NULL: nothing to prepare. */
	bool (*prepare)(struct ingest_item *item, struct err *err);
	/* In a transaction. May be called again where the transaction had to be repeated. */
	bool (*write)(struct ingest_item *item, struct db *writer, struct err *err);
	/* The last call, after the commit (item->err is ERR_NONE) or with the reason there why
	 * nothing was stored. Frees the item. */
	void (*done)(struct ingest_item *item);
	size_t cost_bytes;        /* of memory while it waits; what waits is held below a ceiling */
	struct ingest_item *next; /* the queue's */
	struct ingest *ingest;    /* set by ingest_put */
	struct err err;           /* the outcome so far */
};

/* Starts the threads. ERR_IO. */
MUST_CHECK bool ingest_open(struct ingest **out, struct db_pool *pool, struct err *err);
/* Takes the item, waiting while more than INGEST_WAITING_MAX_BYTES wait. */
void ingest_put(struct ingest *ingest, struct ingest_item *item);
/* Waits until all that was put so far is done. */
void ingest_drain(struct ingest *ingest);
/* Stores what was put, ends the threads and frees; accepts NULL and leaves NULL. */
void ingest_close(struct ingest **ingest);

enum { INGEST_WAITING_MAX_BYTES = 96 << 20, INGEST_BATCH_MS = 40 };
#endif
