#include "daemon/listener.h"
#include "base/socket_path.h"
#include "base/when.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

enum {
	RETRY_MS = 10, /* between two looks at a lock that another daemon holds */
	BACKLOG = 128
};

struct listener listener_at(const char *path)
{
	return (struct listener){ .path = path, .mutex = PTHREAD_MUTEX_INITIALIZER };
}

static void close_fd(struct fd *fd)
{
	int raw = fd->plus1 - 1;

	fd_close(&raw);
	*fd = (struct fd){ 0 };
}

/* Whether somebody listens at the path. */
static bool is_answered(const char *path)
{
	CLEANUP(fd_close) int folder = -1;
	CLEANUP(fd_close) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un address;
	socklen_t size_bytes = 0;
	struct err err = { 0 };

	if (fd < 0 || !socket_address(path, &address, &size_bytes, &folder, &err))
		return false;
	if (connect(fd, (const struct sockaddr *)&address, size_bytes) == 0)
		return true;
	return errno == EAGAIN; /* its queue of connections is full: it is there, and busy */
}

/* Whether the open lock file is still the one at the path: the one before us may have removed it.
 */
static bool is_file_at(int fd, const char *path)
{
	struct stat open_one = { 0 }, named = { 0 };

	return fstat(fd, &open_one) == 0 && lstat(path, &named) == 0 &&
	       open_one.st_dev == named.st_dev && open_one.st_ino == named.st_ino;
}

/* One try: 1 locked, 0 another has it, -1. */
static int try_lock(const char *path, int *out, struct err *err)
{
	CLEANUP(fd_close) int fd = -1;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
	if (fd < 0)
		return err_fail(err, ERR_IO, "%s: %m", path);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		return errno == EWOULDBLOCK || errno == EINTR
		               ? 0
		               : err_fail(err, ERR_IO, "%s: %m", path);
	if (!is_file_at(fd, path))
		return 0;
	*out = fd;
	fd = -1;
	return 1;
}

/* "…/rtauditd.sock" → "…/rtauditd.lock"; any other name gets ".lock" behind it. */
static const char *lock_path(struct arena *arena, const char *path)
{
	struct str name = str_of(path);

	if (str_ends(name, STR_LIT(".sock")))
		name.n -= 5;
	return arena_printf(arena, STR_FMT ".lock", STR_ARG(name)).p;
}

int listener_lock(struct listener *listener, int64_t wait_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	const char *path = lock_path(&arena, listener->path);
	int64_t end_ms = when_monotonic_ms() + wait_ms;
	int fd = -1;

	if (!socket_folder_make(listener->path, err))
		return -1;
	for (;;) {
		int got = try_lock(path, &fd, err);

		if (got < 0)
			return -1;
		if (got == 1)
			break;
		if (is_answered(listener->path))
			return 0;
		if (when_monotonic_ms() >= end_ms)
			return err_fail(err, ERR_NETWORK,
			                "%s: another rtauditd has this socket and does not answer",
			                listener->path);
		poll(NULL, 0, RETRY_MS);
	}
	listener->lock = (struct fd){ fd + 1 };
	return 1;
}

/* Binds, sets the mode before anybody can connect, listens, and renames into place. */
static bool bind_and_rename(struct listener *listener, int fd, const char *temporary, mode_t mode,
                            struct err *err)
{
	CLEANUP(fd_close) int folder = -1;
	struct sockaddr_un address;
	socklen_t size_bytes = 0;
	struct stat info = { 0 };

	if (!socket_address(temporary, &address, &size_bytes, &folder, err))
		return false;
	if (unlink(temporary) != 0 && errno != ENOENT)
		return err_set(err, ERR_IO, "%s: %m", temporary);
	if (bind(fd, (const struct sockaddr *)&address, size_bytes) != 0)
		return err_set(err, ERR_IO, "%s: %m", temporary);
	if (chmod(temporary, mode) != 0 || listen(fd, BACKLOG) != 0 ||
	    lstat(temporary, &info) != 0 || rename(temporary, listener->path) != 0) {
		err_set(err, ERR_IO, "%s: %m", listener->path);
		unlink(temporary);
		return false;
	}
	listener->dev = info.st_dev;
	listener->ino = info.st_ino;
	return true;
}

bool listener_open(struct listener *listener, mode_t mode, struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(fd_close) int fd = -1;
	struct str path = str_of(listener->path);
	size_t slash = str_find_last(path, '/');
	struct stat info = { 0 };

	if (slash == STR_NONE)
		return err_set(err, ERR_USAGE, "%s: no absolute path", listener->path);
	if (lstat(listener->path, &info) == 0 && !S_ISSOCK(info.st_mode))
		return err_set(err, ERR_IO, "%s: exists and is no socket", listener->path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_set(err, ERR_IO, "socket: %m");
	/* A short name of its own, so that a path that fits into an address still fits. */
	const char *temporary = arena_printf(&arena, STR_FMT "/.rt%ld",
	                                     STR_ARG(str_sub(path, 0, slash)), (long)getpid())
	                                .p;

	if (!bind_and_rename(listener, fd, temporary, mode, err))
		return false;
	listener->socket = (struct fd){ fd + 1 };
	listener->published = true;
	fd = -1;
	return true;
}

bool listener_inherit(struct listener *listener, int fd, struct err *err)
{
	int flags = fcntl(fd, F_GETFL);

	if (sd_is_socket_unix(fd, SOCK_STREAM, 1, NULL, 0) <= 0)
		return err_set(err, ERR_USAGE, "descriptor %d is no listening Unix socket", fd);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
		return err_set(err, ERR_IO, "descriptor %d: %m", fd);
	listener->socket = (struct fd){ fd + 1 };
	listener->inherited = true;
	return true;
}

static bool names_ours(const struct listener *listener)
{
	struct stat info = { 0 };

	return lstat(listener->path, &info) == 0 && info.st_dev == listener->dev &&
	       info.st_ino == listener->ino;
}

bool listener_is_ours(struct listener *listener)
{
	if (listener->inherited)
		return true;
	pthread_mutex_lock(&listener->mutex);
	listener->published = listener->published && names_ours(listener);
	bool ours = listener->published;
	pthread_mutex_unlock(&listener->mutex);
	return ours;
}

void listener_hide(struct listener *listener)
{
	pthread_mutex_lock(&listener->mutex);
	if (listener->published && names_ours(listener))
		unlink(listener->path);
	listener->published = false;
	pthread_mutex_unlock(&listener->mutex);
}

void listener_close(struct listener *listener)
{
	listener_hide(listener);
	close_fd(&listener->socket);
	close_fd(&listener->lock); /* last: who takes it finds no socket that still answers */
}
