#include "base/file.h"
#include "base/buf.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The first room for contents whose size is not known beforehand. */
enum { FIRST_READ = 16 << 10, TEMPORARY_NAMES_MAX = 100 };

void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* One read that a signal does not end. */
static ssize_t read_some(int fd, char *to, size_t n)
{
	ssize_t got = 0;

	do
		got = read(fd, to, n);
	while (got < 0 && errno == EINTR);
	return got;
}

bool file_read_fd(struct arena *arena, int fd, const char *name, size_t max_bytes, struct str *out,
                  struct err *err)
{
	struct stat info = { 0 };

	if (fstat(fd, &info) != 0)
		return err_set(err, ERR_IO, "%s: %m", name);
	if (S_ISDIR(info.st_mode))
		return err_set(err, ERR_IO, "%s: is a folder", name);
	if (S_ISREG(info.st_mode) && (uint64_t)info.st_size > max_bytes)
		return err_set(err, ERR_LIMIT, "%s: larger than %zu bytes", name, max_bytes);
	/* One byte more than the size, so that the end is seen without a larger buffer. */
	size_t room =
		info.st_size > 0 && S_ISREG(info.st_mode) ? (size_t)info.st_size + 1 : FIRST_READ;
	char *bytes = arena_alloc(arena, room);
	size_t n = 0;

	for (;;) {
		if (n == room) {
			char *bigger = arena_array(arena, room, 2);

			memcpy(bigger, bytes, n);
			bytes = bigger;
			room *= 2;
		}
		ssize_t got = read_some(fd, bytes + n, room - n);

		if (got < 0)
			return err_set(err, ERR_IO, "%s: %m", name);
		n += (size_t)got;
		if (n > max_bytes)
			return err_set(err, ERR_LIMIT, "%s: larger than %zu bytes", name,
			               max_bytes);
		/* A regular file is not asked twice for its end. */
		if (got == 0 || (S_ISREG(info.st_mode) && n < room))
			break;
	}
	*out = (struct str){ bytes, n };
	return true;
}

static enum err_kind kind_of_errno(void)
{
	return errno == ENOENT || errno == ENOTDIR ? ERR_ABSENT : ERR_IO;
}

bool file_read(struct arena *arena, const char *path, size_t max_bytes, struct str *out,
               struct err *err)
{
	CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_set(err, kind_of_errno(), "%s: %m", path);
	return file_read_fd(arena, fd, path, max_bytes, out, err);
}

static bool write_all(int fd, struct str bytes)
{
	while (bytes.n > 0) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes = (struct str){ bytes.p + n, bytes.n - (size_t)n };
	}
	return true;
}

static bool write_directly(const char *path, struct str bytes, struct err *err)
{
	CLEANUP(fd_close) int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 || !write_all(fd, bytes))
		return err_set(err, ERR_IO, "%s: %m", path);
	return true;
}

/* Creates a new file beside `path` and sets *name to its path; -1 with errno. */
static int create_temporary(struct arena *arena, const char *path, mode_t mode, char **name)
{
	static atomic_uint count;
	int fd = -1;

	for (int i = 0; i < TEMPORARY_NAMES_MAX && fd < 0; i++) {
		unsigned number = atomic_fetch_add(&count, 1);
		struct str text =
			arena_printf(arena, "%s.%ld-%u.tmp", path, (long)getpid(), number);

		*name = arena_cstr(arena, text);
		fd = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	return fd;
}

bool file_write(const char *path, struct str bytes, mode_t mode, struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(fd_close) int fd = -1;
	char target[PATH_MAX], *temporary = NULL;
	struct stat info = { 0 };
	const char *real = path;

	if (stat(path, &info) == 0) {
		if (!S_ISREG(info.st_mode))
			return write_directly(path, bytes, err);
		real = realpath(path, target);
		if (!real)
			return err_set(err, ERR_IO, "%s: %m", path);
	}
	fd = create_temporary(&arena, real, mode, &temporary);
	if (fd < 0)
		return err_set(err, ERR_IO, "%s: %m", path);
	if (!write_all(fd, bytes) || fsync(fd) != 0 || rename(temporary, real) != 0) {
		err_set(err, ERR_IO, "%s: %m", path);
		unlink(temporary);
		return false;
	}
	return true;
}

bool file_is_regular(const char *path)
{
	struct stat info = { 0 };

	return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

bool file_is_folder(const char *path)
{
	struct stat info = { 0 };

	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool file_make_folders(const char *path, mode_t mode, struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	char *copy = arena_cstr(&arena, str_of(path));

	for (char *at = copy; *at;) {
		while (*at == '/')
			at++;
		while (*at && *at != '/')
			at++;
		char saved = *at;

		*at = '\0';
		if (mkdir(copy, mode) != 0 && errno != EEXIST)
			return err_set(err, ERR_IO, "%s: %m", copy);
		*at = saved;
	}
	if (!file_is_folder(path))
		return err_set(err, ERR_IO, "%s: exists and is no folder", path);
	return true;
}

static void close_folder(DIR **folder)
{
	if (*folder)
		closedir(*folder);
	*folder = NULL;
}

static int compare_names(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

bool file_list(struct arena *arena, const char *folder, size_t max_names, struct str_list *out,
               struct err *err)
{
	CLEANUP(close_folder) DIR *open_folder = opendir(folder);
	struct str_list names = { 0 };

	if (!open_folder)
		return err_set(err, errno == ENOENT ? ERR_ABSENT : ERR_IO, "%s: %m", folder);
	for (;;) {
		errno = 0;
		const struct dirent *entry = readdir(open_folder);

		if (!entry)
			break;
		struct str name = str_of(entry->d_name);

		if (str_eq(name, STR_LIT(".")) || str_eq(name, STR_LIT("..")))
			continue;
		if (names.n == max_names)
			return err_set(err, ERR_LIMIT, "%s: more than %zu entries", folder,
			               max_names);
		*vec_add(arena, &names) = arena_str(arena, name);
	}
	if (errno != 0)
		return err_set(err, ERR_IO, "%s: %m", folder);
	if (names.n > 0)
		qsort(names.p, names.n, sizeof *names.p, compare_names);
	*out = names;
	return true;
}

char *file_join(struct arena *arena, const char *head, struct str tail)
{
	struct str front = str_of(head);

	if (front.n == 0 || str_starts(tail, STR_LIT("/")))
		return arena_cstr(arena, tail);
	if (tail.n == 0)
		return arena_cstr(arena, front);
	char *joined = arena_alloc(arena, front.n + tail.n + 2);
	size_t slash = front.p[front.n - 1] == '/' ? 0 : 1;

	memcpy(joined, front.p, front.n);
	if (slash)
		joined[front.n] = '/';
	memcpy(joined + front.n + slash, tail.p, tail.n);
	return joined;
}
