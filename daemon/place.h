/* daemon/place.h: where the files of this daemon's instance lie.
 *
 * Three kinds of instance: one folder for everything (RTAUDIT_HOME), a user's own (XDG folders),
 * and the system's, which serves every user. The table stands in docs/protocol.md, because clients
 * look there.
 * Source: XDG Base Directory Specification 0.8; systemd.exec(5) for STATE_DIRECTORY and its like.
 * Threads: reads the environment, so only before other threads run. Memory: the caller's arena. */
#ifndef RTAUDIT_DAEMON_PLACE_H
#define RTAUDIT_DAEMON_PLACE_H
#include "base/arena.h"
#include "base/err.h"

struct place {
	bool system;        /* serves every user */
	const char *socket; /* absolute, as all below */
	const char *database;
	const char *cache;      /* a folder: clones lie below it */
	const char *config;     /* need not exist */
	const char *knowledge;  /* the same: curated rows of the user's */
	const char *log;        /* NULL: stderr alone */
	const char *cargo_home; /* the daemon's own $CARGO_HOME; NULL where there is none */
};

/* The places that the environment names (RTAUDIT_SOCKET, RTAUDIT_HOME, XDG_*, HOME, CARGO_HOME), or
 * the system's. ERR_USAGE where it names no home. No file is touched, except that a user's
 * configuration and knowledge are looked for before the system's stand in for them. */
MUST_CHECK bool place_find(struct arena *arena, bool system, struct place *out, struct err *err);
/* Makes the folders of database, cache and log, mode 0700. ERR_IO. */
MUST_CHECK bool place_make_folders(const struct place *place, struct err *err);
#endif
