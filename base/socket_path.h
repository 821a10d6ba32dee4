/* base/socket_path.h: where the daemon's socket is: one answer for the daemon and its clients.
 *
 * Order: RTAUDIT_SOCKET alone; else RTAUDIT_HOME alone ($RTAUDIT_HOME/rtauditd.sock); else the
 * per-user socket, then the system's. Per user: $XDG_RUNTIME_DIR/rtaudit/rtauditd.sock; where
 * XDG_RUNTIME_DIR is not set, or is no folder of this user, $XDG_STATE_HOME/rtaudit/rtauditd.sock
 * (~/.local/state where that is not set). Relative values of the environment are taken from the
 * current folder; those of XDG are passed over, as its page says. Source: XDG Base Directory
 * Specification 0.8; unix(7), proc(5). Threads: reads the environment: not while another thread
 * changes it. Memory: the caller's arena. */
#ifndef RTAUDIT_BASE_SOCKET_PATH_H
#define RTAUDIT_BASE_SOCKET_PATH_H
#include "base/arena.h"
#include "base/err.h"
#include <sys/socket.h>
#include <sys/un.h>

#define SOCKET_SYSTEM_PATH "/run/rtaudit/rtauditd.sock"

enum socket_kind {
	SOCKET_GIVEN, /* RTAUDIT_SOCKET */
	SOCKET_HOME,  /* below RTAUDIT_HOME */
	SOCKET_USER,
	SOCKET_SYSTEM /* nobody's to start but the system's */
};

struct socket_place {
	enum socket_kind kind;
	const char *path; /* absolute */
};

enum { SOCKET_PLACES_MAX = 2 };

struct socket_places {
	struct socket_place p[SOCKET_PLACES_MAX];
	size_t n; /* at least 1; a client starts a daemon at the first */
};

/* All places to ask, the first first. ERR_USAGE where the environment
 * names no home (the password database is not asked: that would load the resolver's libraries). */
MUST_CHECK bool socket_places(struct arena *arena, struct socket_places *out, struct err *err);

/* Makes the folder of a socket, mode 0700, and refuses one in which others could put a socket of
 * their own: not a folder, owned by another user, or writable by others without being sticky.
 * ERR_IO. */
MUST_CHECK bool socket_folder_make(const char *path, struct err *err);

/* An address for bind or connect. A path too long for sun_path goes through /proc/self/fd/N/ of its
 * opened folder: *folder_fd (which was -1) is then open, and stays so until the call was made.
 * ERR_ABSENT where there is no such folder, ERR_IO, ERR_USAGE for a file name that does not fit
 * even so. */
MUST_CHECK bool socket_address(const char *path, struct sockaddr_un *out, socklen_t *size_bytes,
                               int *folder_fd, struct err *err);

/* A folder for what concerns this user, absolute: $NAME/rtaudit (NAME: "XDG_STATE_HOME", …), or
 * ~/OTHERWISE/rtaudit; with RTAUDIT_HOME set, that folder itself. ERR_USAGE as socket_places. */
MUST_CHECK bool socket_user_folder(struct arena *arena, const char *name, const char *otherwise,
                                   const char **out, struct err *err);
#endif
