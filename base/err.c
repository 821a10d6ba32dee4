#include "base/err.h"
#include "base/printable.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The one place that decides how a kind of error ends a process or a request. */
static const struct {
	const char *name;
	int exit_status, http_status;
} kinds[] = {
	[ERR_NONE] = { "none", 0, 200 },       [ERR_USAGE] = { "usage", 2, 400 },
	[ERR_INPUT] = { "input", 2, 422 },     [ERR_LIMIT] = { "limit", 2, 413 },
	[ERR_ABSENT] = { "absent", 3, 404 },   [ERR_NETWORK] = { "network", 3, 502 },
	[ERR_STORE] = { "store", 3, 507 },     [ERR_IO] = { "io", 2, 500 },
	[ERR_STOPPED] = { "stopped", 3, 503 }, [ERR_BUG] = { "bug", 3, 500 },
};

int err_exit_status(enum err_kind kind)
{
	return kinds[kind].exit_status;
}

int err_http_status(enum err_kind kind)
{
	return kinds[kind].http_status;
}

const char *err_kind_name(enum err_kind kind)
{
	return kinds[kind].name;
}

enum err_kind err_kind_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return (enum err_kind)i;
	return ERR_BUG;
}

static void set_text(struct err *err, const char *format, va_list args)
{
	char raw[1024];

	vsnprintf(raw, sizeof raw, format, args);
	printable_copy(err->text, sizeof err->text, str_of(raw));
}

bool err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
	va_list args;

	err->kind = kind;
	va_start(args, format);
	set_text(err, format, args);
	va_end(args);
	return false;
}

int err_fail(struct err *err, enum err_kind kind, const char *format, ...)
{
	va_list args;

	err->kind = kind;
	va_start(args, format);
	set_text(err, format, args);
	va_end(args);
	return -1;
}

void err_prefix(struct err *err, const char *format, ...)
{
	char raw[1024];
	va_list args;

	va_start(args, format);
	int n = vsnprintf(raw, sizeof raw, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof raw)
		return;
	snprintf(raw + n, sizeof raw - (size_t)n, "%s", err->text);
	printable_copy(err->text, sizeof err->text, str_of(raw));
}
