/* base/file.h: whole files, read with a limit and written so that no half is ever seen.
 * Threads: any. Memory: contents live in the caller's arena. */
#ifndef RTAUDIT_BASE_FILE_H
#define RTAUDIT_BASE_FILE_H
#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"
#include <sys/types.h>

/* A descriptor in a struct: { 0 } is none. */
struct fd {
	int plus1; /* descriptor + 1 */
};

/* Closes *fd where it is >= 0 and sets it to -1: CLEANUP(fd_close) int fd = -1; */
void fd_close(int *fd);

/* The whole of a regular file (or of a FIFO or terminal, up to its end). ERR_ABSENT where there is
 * none, ERR_IO for a directory, a permission or a failing disk, ERR_LIMIT above max_bytes; the text
 * begins with the path. */
MUST_CHECK bool file_read(struct arena *arena, const char *path, size_t max_bytes, struct str *out,
                          struct err *err);
/* The same from an open descriptor, `name` standing in messages. */
MUST_CHECK bool file_read_fd(struct arena *arena, int fd, const char *name, size_t max_bytes,
                             struct str *out, struct err *err);
/* Writes a temporary file beside it, syncs and renames; a symbolic link stays and its file is
 * replaced. What is no regular file (/dev/stdout, a FIFO) is written directly. `mode` is that of a
 * new file, less the process's umask. ERR_IO; then nothing is left behind. */
MUST_CHECK bool file_write(const char *path, struct str bytes, mode_t mode, struct err *err);
bool file_is_regular(const char *path);
bool file_is_folder(const char *path);
/* mkdir -p; new folders get `mode`. ERR_IO. */
MUST_CHECK bool file_make_folders(const char *path, mode_t mode, struct err *err);
/* The names in a folder without . and .., sorted bytewise. ERR_ABSENT, ERR_IO, ERR_LIMIT (more than
 * max_names). */
MUST_CHECK bool file_list(struct arena *arena, const char *folder, size_t max_names,
                          struct str_list *out, struct err *err);
/* head/tail as a NUL-terminated text; tail alone where it is absolute. */
char *file_join(struct arena *arena, const char *head, struct str tail);
#endif
