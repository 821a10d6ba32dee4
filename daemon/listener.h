/* daemon/listener.h: the socket of this daemon, and that only one daemon has it.
 *
 * Beside the socket lies a lock file that its daemon holds with flock(2), so of two daemons that
 * start at once one finds the other. The socket is bound under a temporary name and renamed into
 * place: a client never sees one that does not answer yet, and a stale one is replaced in one
 * step. A daemon whose file was replaced or removed has no clients any more and ends
 * (listener_is_ours).
 * Source: unix(7), flock(2), sd_listen_fds(3). Threads: one, but for listener_hide, which any may
 * call. */
#ifndef RTAUDIT_DAEMON_LISTENER_H
#define RTAUDIT_DAEMON_LISTENER_H
#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include <pthread.h>
#include <sys/types.h>

struct listener {
	const char *path; /* of the socket; the owner of the struct keeps it */
	struct fd socket; /* listening */
	struct fd lock;   /* held; none where the socket was inherited */
	bool inherited;   /* from a service manager, which owns the file */
	bool published;   /* the file at `path` was ours when last seen; guarded by mutex */
	dev_t dev;
	ino_t ino;
	pthread_mutex_t mutex;
};

struct listener listener_at(const char *path);

/* Makes the folder and takes the lock. 1 it is ours; 0 another daemon has it and answers; -1
 * ERR_IO, or ERR_NETWORK where after wait_ms the other one neither ended nor answers. */
MUST_CHECK int listener_lock(struct listener *listener, int64_t wait_ms, struct err *err);
/* Makes the socket of that mode and puts it into place. ERR_IO; a file that is no socket is not
 * replaced. */
MUST_CHECK bool listener_open(struct listener *listener, mode_t mode, struct err *err);
/* Takes over a socket from the service manager. ERR_USAGE where it is no listening Unix socket. */
MUST_CHECK bool listener_inherit(struct listener *listener, int fd, struct err *err);
/* Whether the file at the path is still our socket; always true for an inherited one. */
bool listener_is_ours(struct listener *listener);
/* Removes the file, so that no new client comes. Those that are connected stay. */
void listener_hide(struct listener *listener);
/* Hides, closes and unlocks. */
void listener_close(struct listener *listener);
#endif
