#include "base/log.h"
#include "base/printable.h"
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1024 };

static atomic_int highest = LOG_LEVEL_INFO;
static pthread_once_t journal_once = PTHREAD_ONCE_INIT;
static bool to_journal;

static const struct {
	const char *journal, *terminal;
} prefixes[] = {
	[LOG_LEVEL_ERROR] = { "<3>", "error: " },
	[LOG_LEVEL_WARNING] = { "<4>", "warning: " },
	[LOG_LEVEL_INFO] = { "<6>", "" },
	[LOG_LEVEL_DEBUG] = { "<7>", "debug: " },
};

/* JOURNAL_STREAM is inherited by children whose stderr was redirected since, so the device and
 * inode that it names are compared with those of stderr, as systemd.exec(5) asks. */
static void look_for_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat info = { 0 };
	char own[64];

	if (!stream || fstat(STDERR_FILENO, &info) != 0)
		return;
	snprintf(own, sizeof own, "%ju:%ju", (uintmax_t)info.st_dev, (uintmax_t)info.st_ino);
	to_journal = strcmp(stream, own) == 0;
}

void log_set_level(enum log_level level)
{
	atomic_store(&highest, (int)level);
}

void log_line(enum log_level level, const char *format, ...)
{
	char text[LINE_MAX_BYTES], line[LINE_MAX_BYTES + 16];
	va_list args;

	if ((int)level > atomic_load(&highest))
		return;
	pthread_once(&journal_once, look_for_journal);
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	size_t n =
		(size_t)snprintf(line, sizeof line, "%s",
	                         to_journal ? prefixes[level].journal : prefixes[level].terminal);

	n += printable_copy(line + n, sizeof line - n - 1, str_of(text));
	line[n++] = '\n';
	/* Where stderr is gone there is nobody left to tell. */
	IGNORE(write(STDERR_FILENO, line, n) < 0);
}
