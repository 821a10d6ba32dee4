/* base/work.h: a bounded queue and the threads that empty it.
 *
 * Threads: any may put, but `run` not into its own queue, which could then wait for itself forever.
 * `run` is called on the queue's own threads, at most one item a thread; signals are blocked in
 * them.
 * Memory: items belong to whoever `run` hands them to; the queue itself is freed by work_close. */
#ifndef RTAUDIT_BASE_WORK_H
#define RTAUDIT_BASE_WORK_H
#include "base/err.h"
#include <stddef.h>

struct work;

/* Starts `threads` threads (1..64) for a queue of at most `room` waiting items. ERR_IO where a
 * thread cannot be made. */
MUST_CHECK bool work_open(struct work **out, size_t threads, size_t room,
                          void (*run)(void *owner, void *item), void *owner, struct err *err);
/* Hands over an item, waiting while the queue is full. */
void work_put(struct work *work, void *item);
/* Waits until every item put so far was run. */
void work_drain(struct work *work);
/* Runs what waits, ends the threads and frees; accepts NULL and leaves NULL. */
void work_close(struct work **work);
#endif
