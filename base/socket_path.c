#include "base/socket_path.h"
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOCKET_NAME "rtauditd.sock"

/* The value of a variable that is set and not empty, or NULL. */
static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && value[0] != '\0' ? value : NULL;
}

static bool absolute(struct arena *arena, const char *path, const char **out, struct err *err)
{
	char here[4096];

	if (path[0] == '/') {
		*out = path;
		return true;
	}
	if (!getcwd(here, sizeof here))
		return err_set(err, ERR_IO, "the current folder cannot be named: %m");
	*out = arena_printf(arena, "%s/%s", here, path).p;
	return true;
}

bool socket_user_folder(struct arena *arena, const char *name, const char *otherwise,
                        const char **out, struct err *err)
{
	const char *home = variable("RTAUDIT_HOME"), *xdg = variable(name);

	if (home)
		return absolute(arena, home, out, err);
	if (xdg && xdg[0] == '/') {
		*out = arena_printf(arena, "%s/rtaudit", xdg).p;
		return true;
	}
	home = variable("HOME");
	if (!home || home[0] != '/')
		return err_set(err, ERR_USAGE, "neither %s nor HOME names a folder", name);
	*out = arena_printf(arena, "%s/%s/rtaudit", home, otherwise).p;
	return true;
}

/* A folder that `su` or `sudo -E` left in the environment is another user's: not ours to use. */
static bool is_own_folder(const char *path)
{
	struct stat st;

	return path[0] == '/' && stat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
	       st.st_uid == geteuid();
}

static bool user_socket(struct arena *arena, const char **out, struct err *err)
{
	const char *run = variable("XDG_RUNTIME_DIR"), *folder = NULL;

	if (run && is_own_folder(run)) {
		*out = arena_printf(arena, "%s/rtaudit/" SOCKET_NAME, run).p;
		return true;
	}
	if (!socket_user_folder(arena, "XDG_STATE_HOME", ".local/state", &folder, err))
		return false;
	*out = arena_printf(arena, "%s/" SOCKET_NAME, folder).p;
	return true;
}

bool socket_places(struct arena *arena, struct socket_places *out, struct err *err)
{
	const char *given = variable("RTAUDIT_SOCKET"), *home = variable("RTAUDIT_HOME");
	const char *path = NULL;

	if (given || home) {
		if (!absolute(arena, given ? given : home, &path, err))
			return false;
		if (!given)
			path = arena_printf(arena, "%s/" SOCKET_NAME, path).p;
		*out = (struct socket_places){ .n = 1 };
		out->p[0] = (struct socket_place){ given ? SOCKET_GIVEN : SOCKET_HOME, path };
		return true;
	}
	if (!user_socket(arena, &path, err))
		return false;
	*out = (struct socket_places){ .n = 2 };
	out->p[0] = (struct socket_place){ SOCKET_USER, path };
	out->p[1] = (struct socket_place){ SOCKET_SYSTEM, SOCKET_SYSTEM_PATH };
	return true;
}

/* The folder that holds a socket, as a NUL-terminated copy. */
static char *folder_of(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;

	return arena_cstr(arena, n > 0 ? (struct str){ path, n } : STR_LIT("/"));
}

bool socket_folder_make(const char *path, struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	char *folder = folder_of(&arena, path);
	struct stat st;

	if (!file_make_folders(folder, 0700, err))
		return false;
	if (stat(folder, &st) != 0)
		return err_set(err, ERR_IO, "%s: %m", folder);
	if (!S_ISDIR(st.st_mode))
		return err_set(err, ERR_IO, "%s: not a folder", folder);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return err_set(err, ERR_IO, "%s: belongs to another user", folder);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) && !(st.st_mode & S_ISVTX))
		return err_set(err, ERR_IO, "%s: others may write there", folder);
	return true;
}

bool socket_address(const char *path, struct sockaddr_un *out, socklen_t *size_bytes,
                    int *folder_fd, struct err *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *name = strrchr(path, '/');
	int n = snprintf(address.sun_path, sizeof address.sun_path, "%s", path);

	if (n < 0 || (size_t)n >= sizeof address.sun_path) {
		CLEANUP(arena_free) struct arena arena = { 0 };

		/* O_PATH: the folder is only a name here, permission to list it is not needed. */
		*folder_fd = open(folder_of(&arena, path), O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (*folder_fd < 0)
			return err_set(err, errno == ENOENT ? ERR_ABSENT : ERR_IO, "%s: %m", path);
		n = snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s",
		             *folder_fd, name ? name + 1 : path);
		if (n < 0 || (size_t)n >= sizeof address.sun_path) {
			fd_close(folder_fd);
			return err_set(err, ERR_USAGE, "%s: too long a name for a socket", path);
		}
	}
	*out = address;
	*size_bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)n + 1);
	return true;
}
