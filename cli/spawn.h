/* cli/spawn.h: starts a per-user daemon, and replaces one that is not of this program's version.
 *
 * rtauditd is looked for beside rtaudit, in ../libexec, then on PATH. Several clients that find no
 * daemon start one: they take turns (flock on the socket's folder), and the daemon itself lets only
 * one live. Source: docs/protocol.md, "How a client starts a daemon"; flock(2), proc(5), unix(7).
 * Threads: one; the environment is changed for the child. Memory: the caller's arena. */
#ifndef RTAUDIT_CLI_SPAWN_H
#define RTAUDIT_CLI_SPAWN_H
#include "base/arena.h"
#include "base/err.h"

/* Makes sure that a daemon of this version answers at socket_path: starts one where there is none,
 * and ends and replaces another one. Says so once on stderr unless `quiet`. ERR_NETWORK with the
 * daemon's own words where it does not start, ERR_ABSENT where there is no rtauditd to start. */
MUST_CHECK bool spawn_daemon(struct arena *arena, const char *socket_path, bool quiet,
                             struct err *err);

/* Whether the program of the daemon at the other end of a socket was replaced or removed since it
 * started; false where that cannot be told. */
bool spawn_is_outdated(int fd);
/* Whether there is an rtauditd to start. */
bool spawn_can_start(void);
#endif
