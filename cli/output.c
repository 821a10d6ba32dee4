#include "cli/output.h"
#include "base/arena.h"
#include "base/file.h"
#include <errno.h>
#include <unistd.h>

static bool write_stdout(struct str bytes, struct err *err)
{
	while (bytes.n > 0) {
		ssize_t n = write(STDOUT_FILENO, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EPIPE)
			return true;
		if (n < 0)
			return err_set(err, ERR_IO, "standard output: %m");
		bytes = str_sub(bytes, (size_t)n, bytes.n);
	}
	return true;
}

bool output_write(struct str path, struct str bytes, struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };

	if (path.n == 0 || str_eq(path, STR_LIT("-")))
		return write_stdout(bytes, err);
	return file_write(arena_cstr(&arena, path), bytes, 0666, err);
}
