#include "base/err.h"
#include "base/str.h"
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

/* U+061C, U+200E, U+200F, U+202A..202E and U+2066..2069 reorder what a terminal shows. */
static bool is_bidirectional(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	if (s.n == 2)
		return p[0] == 0xd8 && p[1] == 0x9c;
	if (s.n != 3 || p[0] != 0xe2)
		return false;
	if (p[1] == 0x80)
		return p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xaa && p[2] <= 0xae);
	return p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9;
}

/* The character at the start of s: its bytes, or one byte where they are no valid character. */
static struct str first_character(struct str s, bool *safe)
{
	unsigned char c = (unsigned char)s.p[0];
	size_t length = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	struct str head = str_sub(s, 0, length);

	*safe = head.n == length && str_is_utf8(head) && c >= 0x20 && c != 0x7f &&
		!(length == 2 && c == 0xc2 && (unsigned char)head.p[1] < 0xa0) &&
		!is_bidirectional(head);
	if (!*safe)
		head = str_sub(s, 0, 1);
	return head;
}

/* Writes `in` into err->text, each harmful byte as \xNN, whole characters only. */
static void escape_into(struct err *err, struct str in)
{
	size_t n = 0;

	while (in.n > 0) {
		bool safe = false;
		struct str head = first_character(in, &safe);
		size_t need = safe ? head.n : 4;

		if (n + need + 1 > sizeof err->text)
			break;
		if (safe)
			memcpy(err->text + n, head.p, head.n);
		else
			snprintf(err->text + n, 5, "\\x%02x", (unsigned)(unsigned char)head.p[0]);
		n += need;
		in = (struct str){ in.p + head.n, in.n - head.n };
	}
	err->text[n] = '\0';
}

static void set_text(struct err *err, const char *format, va_list args)
{
	char raw[1024];

	vsnprintf(raw, sizeof raw, format, args);
	escape_into(err, str_of(raw));
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
	escape_into(err, str_of(raw));
}
