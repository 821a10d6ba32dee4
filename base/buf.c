#include "base/buf.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct buf buf_make(size_t max_bytes)
{
	return (struct buf){ .max_bytes = max_bytes };
}

char *buf_room(struct buf *buf, size_t n)
{
	if (buf->full)
		return NULL;
	if (n > buf->max_bytes || buf->n > buf->max_bytes - n) {
		buf->full = true;
		return NULL;
	}
	/* One byte more than asked for, where buf_printf's NUL may stand. */
	if (buf->cap - buf->n > n)
		return buf->p + buf->n;
	size_t cap = buf->cap == 0 ? 1024 : buf->cap;
	while (cap <= buf->n + n)
		cap *= 2;
	char *bigger = realloc(buf->p, cap);
	if (!bigger)
		abort();
	buf->p = bigger;
	buf->cap = cap;
	return bigger + buf->n;
}

void buf_put(struct buf *buf, struct str s)
{
	if (s.n == 0)
		return;
	char *at = buf_room(buf, s.n);

	if (!at)
		return;
	memcpy(at, s.p, s.n);
	buf->n += s.n;
}

void buf_text(struct buf *buf, const char *text)
{
	buf_put(buf, str_of(text));
}

void buf_byte(struct buf *buf, char c)
{
	buf_put(buf, (struct str){ &c, 1 });
}

void buf_repeat(struct buf *buf, char c, size_t n)
{
	char *at = n == 0 ? NULL : buf_room(buf, n);

	if (!at)
		return;
	memset(at, c, n);
	buf->n += n;
}

void buf_u64(struct buf *buf, uint64_t n)
{
	char digits[20];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	buf_put(buf, (struct str){ digits + at, sizeof digits - at });
}

void buf_i64(struct buf *buf, int64_t n)
{
	if (n < 0)
		buf_byte(buf, '-');
	buf_u64(buf, n < 0 ? -(uint64_t)n : (uint64_t)n);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;
	char small[512];

	va_start(args, format);
	int n = vsnprintf(small, sizeof small, format, args);
	va_end(args);
	if (n < 0)
		abort();
	if ((size_t)n < sizeof small) {
		buf_put(buf, (struct str){ small, (size_t)n });
		return;
	}
	char *at = buf_room(buf, (size_t)n);
	if (!at)
		return;
	va_start(args, format);
	vsnprintf(at, (size_t)n + 1, format, args);
	va_end(args);
	buf->n += (size_t)n;
}

struct str buf_str(const struct buf *buf)
{
	return (struct str){ buf->p, buf->n };
}

bool buf_done(const struct buf *buf, const char *what, struct err *err)
{
	if (buf->full)
		return err_set(err, ERR_LIMIT, "%s is larger than %zu bytes", what, buf->max_bytes);
	return true;
}

void buf_clear(struct buf *buf)
{
	buf->n = 0;
	buf->full = false;
}

void buf_free(struct buf *buf)
{
	free(buf->p);
	*buf = (struct buf){ 0 };
}
