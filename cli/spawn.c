#include "cli/spawn.h"
#include "base/file.h"
#include "base/socket_path.h"
#include "base/when.h"
#include "cli/client.h"
#include "cli/locate.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define DAEMON_NAME "rtauditd"
#define IDLE_SECONDS "3600"

enum { TURN_MS = 15000, TURN_STEP_MS = 20, STATUS_TIMEOUT_MS = 5000, WORDS_MAX_BYTES = 4096 };

/* The target of a link in /proc, or the empty slice. */
static struct str link_target(struct arena *arena, const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof target);

	return n > 0 ? arena_str(arena, (struct str){ target, (size_t)n }) : (struct str){ 0 };
}

bool spawn_is_outdated(int fd)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct ucred peer = { 0 };
	socklen_t size_bytes = sizeof peer;
	char path[64];

	/* Of a Unix socket, the peer is the process that called listen(2): the daemon. */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size_bytes) != 0 || peer.pid <= 0 ||
	    peer.uid != geteuid())
		return false;
	snprintf(path, sizeof path, "/proc/%ld/exe", (long)peer.pid);
	return str_ends(link_target(&arena, path), STR_LIT(" (deleted)"));
}

static bool is_program(const char *path)
{
	return file_is_regular(path) && access(path, X_OK) == 0;
}

/* The path of rtauditd, or NULL. */
static const char *find_program(struct arena *arena)
{
	static const char *const BESIDE[] = { DAEMON_NAME, "../libexec/" DAEMON_NAME };
	struct str self = link_target(arena, "/proc/self/exe"), rest = str_of(getenv("PATH")),
		   one = { 0 };
	size_t slash = str_find_last(self, '/');

	for (size_t i = 0; slash != STR_NONE && i < ARRAY_LEN(BESIDE); i++) {
		const char *folder = arena_cstr(arena, str_sub(self, 0, slash));
		const char *path = file_join(arena, folder, str_of(BESIDE[i]));

		if (is_program(path))
			return path;
	}
	while (rest.n > 0) {
		str_cut(rest, ':', &one, &rest);
		/* A relative entry would be the current folder's to fill. */
		if (one.n == 0 || one.p[0] != '/')
			continue;
		const char *path = file_join(arena, arena_cstr(arena, one), STR_LIT(DAEMON_NAME));

		if (is_program(path))
			return path;
	}
	return NULL;
}

/* The daemon lives in "/": what the environment names must not depend on the current folder. */
static bool make_environment_absolute(struct arena *arena, const char *socket_path, struct err *err)
{
	const char *home = getenv("RTAUDIT_HOME"), *cargo_home = locate_cargo_home(arena);
	const char *folder = NULL;

	if (home && home[0] != '\0') {
		if (!socket_user_folder(arena, "XDG_DATA_HOME", ".local/share", &folder, err))
			return false;
		setenv("RTAUDIT_HOME", folder, 1);
	}
	if (getenv("RTAUDIT_SOCKET"))
		setenv("RTAUDIT_SOCKET", socket_path, 1);
	if (getenv("CARGO_HOME") && cargo_home)
		setenv("CARGO_HOME", cargo_home, 1);
	return true;
}

/* Starts the program with its stderr on `words_fd` and none other of our descriptors. */
static int start(const char *program, const char *socket_path, int words_fd, pid_t *pid)
{
	char *const args[] = { (char[]){ DAEMON_NAME },  (char[]){ "--idle-exit" },
		               (char[]){ IDLE_SECONDS }, (char[]){ "--socket" },
		               strdup(socket_path),      NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
	                                              POSIX_SPAWN_SETSID);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, words_fd, STDERR_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
	int failed = posix_spawn(pid, program, &actions, &attributes, args, environ);

	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	free(args[4]);
	return failed;
}

/* The last line of what the daemon said while it started. */
static struct str last_words(struct arena *arena, int fd)
{
	char *words = arena_alloc(arena, WORDS_MAX_BYTES);
	size_t n = 0;

	while (n < WORDS_MAX_BYTES) {
		ssize_t got = read(fd, words + n, WORDS_MAX_BYTES - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	struct str line = str_trim((struct str){ words, n });
	size_t end = str_find_last(line, '\n');

	return end == STR_NONE ? line : str_sub(line, end + 1, line.n);
}

bool spawn_can_start(void)
{
	CLEANUP(arena_free) struct arena arena = { 0 };

	return find_program(&arena) != NULL;
}

/* Starts a daemon and waits until it can be connected to. */
static bool start_and_wait(struct arena *arena, const char *program, const char *socket_path,
                           struct err *err)
{
	CLEANUP(fd_close) int read_fd = -1, write_fd = -1;
	int pipe_fds[2], status = 0;
	pid_t pid = 0;

	if (!make_environment_absolute(arena, socket_path, err))
		return false;
	if (pipe2(pipe_fds, O_CLOEXEC) != 0)
		return err_set(err, ERR_IO, "no pipe can be made: %m");
	read_fd = pipe_fds[0];
	write_fd = pipe_fds[1];
	errno = start(program, socket_path, write_fd, &pid);
	if (errno != 0)
		return err_set(err, ERR_IO, "%s: %m", program);
	fd_close(&write_fd);
	struct str words = last_words(arena, read_fd);

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_set(err, ERR_IO, "waiting for rtauditd: %m");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (WIFSIGNALED(status))
		return err_set(err, ERR_NETWORK, "rtauditd did not start: signal %d ended it",
		               WTERMSIG(status));
	if (str_starts(words, STR_LIT(DAEMON_NAME ": ")))
		words = str_sub(words, strlen(DAEMON_NAME ": "), words.n);
	return err_set(err, ERR_NETWORK, "rtauditd did not start: " STR_FMT,
	               STR_ARG(words.n > 0 ? words : STR_LIT("it gave no reason")));
}

/* What stands at a socket. 1 a daemon of this version, 0 nobody, or another one that was asked to
 * end; -1. */
static int look(struct arena *arena, const char *socket_path, bool *replaced, struct err *err)
{
	static const struct client_request STATUS = { "GET", "/v1/status", NULL };
	static const struct client_request STOP = { "POST", "/v1/stop", NULL };
	CLEANUP(fd_close) int fd = -1, stop_fd = -1;
	struct client_response response = { 0 };
	struct err ignored = { 0 };
	int there = client_connect(socket_path, &fd, err);

	if (there <= 0)
		return there;
	if (client_send(fd, &STATUS, STATUS_TIMEOUT_MS, err) == 1 &&
	    client_receive(arena, fd, STATUS_TIMEOUT_MS, &response, err) &&
	    str_eq(response.version, STR_LIT(RTAUDIT_VERSION)) && !spawn_is_outdated(fd) &&
	    response.http_status < 500)
		return 1;
	/* It is of another version, ending, or does not answer: its successor waits for its lock.
	 */
	*replaced = true;
	if (client_connect(socket_path, &stop_fd, &ignored) == 1 &&
	    client_send(stop_fd, &STOP, STATUS_TIMEOUT_MS, &ignored) == 1)
		IGNORE(client_receive(arena, stop_fd, STATUS_TIMEOUT_MS, &response, &ignored));
	return 0;
}

/* Waits for this client's turn. Whoever else holds the folder's lock may be a stranger in /tmp, so
 * after a while it goes on without. */
static void take_turn(int fd)
{
	int64_t end_ms = when_monotonic_ms() + TURN_MS;

	while (flock(fd, LOCK_EX | LOCK_NB) != 0 && when_monotonic_ms() < end_ms)
		if (poll(NULL, 0, TURN_STEP_MS) < 0 && errno != EINTR)
			return;
}

bool spawn_daemon(struct arena *arena, const char *socket_path, bool quiet, struct err *err)
{
	CLEANUP(fd_close) int folder_fd = -1;
	struct str path = str_of(socket_path);
	size_t slash = str_find_last(path, '/');
	const char *program = find_program(arena);
	bool replaced = false;

	if (!program)
		return err_set(err, ERR_ABSENT,
		               "no rtauditd answers at %s, and there is none to start beside "
		               "rtaudit, in ../libexec or on PATH",
		               socket_path);
	if (!socket_folder_make(socket_path, err))
		return false;
	folder_fd = open(arena_cstr(arena, str_sub(path, 0, slash == 0 ? 1 : slash)),
	                 O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder_fd >= 0)
		take_turn(folder_fd);
	int there = look(arena, socket_path, &replaced, err);

	if (there != 0)
		return there > 0;
	if (!start_and_wait(arena, program, socket_path, err))
		return false;
	if (!quiet)
		dprintf(STDERR_FILENO, "rtaudit: %s rtauditd (socket %s)\n",
		        replaced ? "replaced" : "started", socket_path);
	return true;
}
