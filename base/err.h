/* base/err.h: the one error value: what went wrong, as a kind to act on and a sentence to show.
 *
 * A struct err lives on the caller's stack, comes last among the parameters, is never NULL and
 * needs no memory. Failing functions have two shapes: `bool f(…, struct err *)`, and `int f(…,
 * struct err *)` with 1 got one, 0 there is none, -1 failed. The lowest layer writes the sentence.
 * Threads: any; a value belongs to one thread at a time. */
#ifndef RTAUDIT_BASE_ERR_H
#define RTAUDIT_BASE_ERR_H
#include "base/cc.h"
#include <stdbool.h>

enum err_kind {
	ERR_NONE,    /* no error was set */
	ERR_USAGE,   /* the command or request was wrong */
	ERR_INPUT,   /* a file or body from outside is not what it should be */
	ERR_LIMIT,   /* something from outside is larger than its ceiling */
	ERR_ABSENT,  /* what was asked for is not known here */
	ERR_NETWORK, /* another host, or the daemon, did not answer as it should */
	ERR_STORE,   /* the database */
	ERR_IO,      /* the file system */
	ERR_STOPPED, /* the user or the service asked to stop */
	ERR_BUG      /* should not happen */
};

struct err {
	enum err_kind kind;
	char text[248]; /* one line of printable UTF-8, NUL-terminated, cut where it is too long */
};

/* Sets kind and sentence, and returns false. Bytes that could harm a terminal or a log (control
 * characters, bidirectional marks, broken UTF-8) are written as \xNN. */
bool err_set(struct err *err, enum err_kind kind, const char *format, ...) PRINTF_LIKE(3, 4);
/* The same for the int shape: returns -1. */
int err_fail(struct err *err, enum err_kind kind, const char *format, ...) PRINTF_LIKE(3, 4);
/* Puts more context before the sentence that is there: err_prefix(err, "%s: ", path). */
void err_prefix(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* The exit status of a command that failed so: 2 or 3. */
int err_exit_status(enum err_kind kind);
/* The HTTP status of a response that tells of it: 4xx or 5xx. */
int err_http_status(enum err_kind kind);
/* "usage", "input", …: the word for JSON. err_kind_of is its inverse; ERR_BUG for any other
 * word. */
const char *err_kind_name(enum err_kind kind);
enum err_kind err_kind_of(const char *name);
#endif
