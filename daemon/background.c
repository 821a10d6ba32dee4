#include "daemon/background.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

enum { LOG_KEPT_BYTES = 1 << 20 }; /* a larger log begins anew with the next daemon */

static void close_range_of(unsigned first, unsigned last)
{
	if (first <= last)
		IGNORE(close_range(first, last, 0) != 0); /* there was nothing to close */
}

void background_close_all_but(int ready, int listening)
{
	int low = ready < listening ? ready : listening,
	    high = ready < listening ? listening : ready;
	unsigned next = 3;

	if (low >= 3) {
		close_range_of(next, (unsigned)low - 1);
		next = (unsigned)low + 1;
	}
	if (high >= 3 && high != low) {
		close_range_of(next, (unsigned)high - 1);
		next = (unsigned)high + 1;
	}
	close_range_of(next, UINT_MAX);
	if (ready >= 3)
		IGNORE(fcntl(ready, F_SETFD, FD_CLOEXEC) !=
		       0); /* not open: writing to it fails too */
}

static void close_fd(struct fd *fd)
{
	int raw = fd->plus1 - 1;

	fd_close(&raw);
	*fd = (struct fd){ 0 };
}

/* In the process that was started: waits for the daemon's word, or for its end. */
static int wait_for(pid_t daemon, int from)
{
	char word = 0;
	int status = 0;
	ssize_t n = 0;

	do
		n = read(from, &word, 1);
	while (n < 0 && errno == EINTR);
	if (n == 1)
		return 0;
	while (waitpid(daemon, &status, 0) < 0)
		if (errno != EINTR)
			return 3;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

int background_enter(struct background *background, int *status, struct err *err)
{
	int ends[2] = { -1, -1 };

	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_fail(err, ERR_IO, "pipe: %m");
	pid_t pid = fork();

	if (pid < 0) {
		err_set(err, ERR_IO, "fork: %m");
		fd_close(&ends[0]);
		fd_close(&ends[1]);
		return -1;
	}
	if (pid > 0) {
		fd_close(&ends[1]);
		close_fd(&background->ready); /* so that its reader sees the end of a daemon that
		                                 fails */
		*status = wait_for(pid, ends[0]);
		fd_close(&ends[0]);
		return 0;
	}
	fd_close(&ends[0]);
	setsid();
	background->caller = (struct fd){ ends[1] + 1 };
	return 1;
}

/* The log, or /dev/null where it cannot be had: a daemon that works is worth more. */
static int open_log(const char *log)
{
	int fd = -1;
	struct stat info = { 0 };

	if (log)
		fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY,
		          0600);
	if (fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) &&
	    info.st_size > LOG_KEPT_BYTES)
		IGNORE(ftruncate(fd, 0) != 0); /* then it grows on */
	return fd >= 0 ? fd : open("/dev/null", O_WRONLY | O_CLOEXEC);
}

static void let_go(const char *log)
{
	CLEANUP(fd_close) int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	CLEANUP(fd_close) int out = open_log(log);

	IGNORE(chdir("/") != 0); /* it always is there */
	if (nothing >= 0)
		dup2(nothing, STDIN_FILENO);
	if (out >= 0) {
		dup2(out, STDOUT_FILENO);
		dup2(out, STDERR_FILENO);
	}
}

static void say_ready(struct fd *to)
{
	/* Whoever asked to be told and is gone does not miss it. */
	if (to->plus1 > 0)
		IGNORE(write(to->plus1 - 1, "\n", 1) < 0);
	close_fd(to);
}

void background_ready(struct background *background, const char *log)
{
	if (background->caller.plus1 > 0)
		let_go(log);
	say_ready(&background->ready);
	say_ready(&background->caller);
	sd_notify(0, "READY=1");
}

void background_close(struct background *background)
{
	close_fd(&background->caller);
	close_fd(&background->ready);
}
