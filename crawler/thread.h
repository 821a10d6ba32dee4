/* crawler/thread.h: starts a named thread that takes no signal: those are main's.
 * Threads: any. */
#ifndef RTAUDIT_CRAWLER_THREAD_H
#define RTAUDIT_CRAWLER_THREAD_H
#include "base/err.h"
#include <pthread.h>

/* `name` has at most 15 bytes and stands in messages. ERR_IO. */
MUST_CHECK bool thread_start(pthread_t *out, const char *name, void *(*run)(void *owner),
                             void *owner, struct err *err);
#endif
