/* daemon/loop.h: what the main thread does while the others serve: signals, an idle deadline, the
 * socket's file, giving memory back.
 *
 * At rest nothing wakes: the deadline is one timer set to the moment when it could be reached, and
 * memory is given back once, some seconds after the last request. SIGTERM and SIGINT end the loop,
 * SIGHUP rereads the configuration, and a socket file that is no longer ours ends it too.
 * Source: sd-event(3), inotify(7). Threads: the main one. */
#ifndef RTAUDIT_DAEMON_LOOP_H
#define RTAUDIT_DAEMON_LOOP_H
#include "daemon/service.h"

/* Blocks the signals that the loop reads, in this thread and all that it starts; ignores SIGPIPE.
 * To be called before any thread is made. */
void loop_block_signals(void);
/* Returns when the daemon is to end. idle_seconds 0: it never ends for want of requests. ERR_IO
 * where the loop cannot be made. */
MUST_CHECK bool loop_run(struct service *service, int64_t idle_seconds, struct err *err);
#endif
