/* daemon/background.h: leaves the caller's session, and tells the caller when the daemon answers.
 *
 * The started process waits for its child: it ends with 0 once the daemon can be connected to,
 * else with the child's status after the child has written why to stderr.
 * Source: daemon(7), sd_notify(3). Threads: before any other is made, but for background_ready. */
#ifndef RTAUDIT_DAEMON_BACKGROUND_H
#define RTAUDIT_DAEMON_BACKGROUND_H
#include "base/file.h"

struct background {
	struct fd caller; /* a pipe to the process that was started; none in the foreground */
	struct fd ready;  /* --ready-fd */
};

/* Closes every descriptor from 3 on but these two (either may be -1). */
void background_close_all_but(int ready, int listening);
/* Forks and makes a session of its own. 1 in the daemon; 0 in the process that was started, when it
 * is to end with *status; -1 ERR_IO. */
MUST_CHECK int background_enter(struct background *background, int *status, struct err *err);
/* Says that the daemon answers: to the caller, to --ready-fd, and to the service manager. In the
 * background also moves to "/" and lets go of descriptors 0 to 2: the last two become the log. */
void background_ready(struct background *background, const char *log);
void background_close(struct background *background);
#endif
