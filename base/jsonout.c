#include "base/jsonout.h"
#include "base/printable.h"
#include <math.h>
#include <stdlib.h>

enum { DEPTH_MAX = 64 };

struct jsonout jsonout_open(struct buf *to, unsigned indent)
{
	return (struct jsonout){ .to = to, .indent = indent };
}

static void new_line(struct jsonout *out)
{
	if (out->indent == 0)
		return;
	buf_byte(out->to, '\n');
	buf_repeat(out->to, ' ', (size_t)out->indent * out->depth);
}

/* What stands before an element: nothing behind a key, else a comma and a line end. */
static void before_element(struct jsonout *out)
{
	if (out->after_key) {
		out->after_key = false;
		return;
	}
	if (out->depth == 0)
		return;
	uint64_t bit = (uint64_t)1 << (out->depth - 1);

	if (out->filled & bit)
		buf_byte(out->to, ',');
	out->filled |= bit;
	new_line(out);
}

static void begin(struct jsonout *out, char bracket)
{
	before_element(out);
	buf_byte(out->to, bracket);
	/* The writer's callers nest by their own structure, never by their input's. */
	if (out->depth == DEPTH_MAX)
		abort();
	out->filled &= ~((uint64_t)1 << out->depth);
	out->depth++;
}

static void end(struct jsonout *out, char bracket)
{
	if (out->depth == 0)
		abort();
	bool filled = out->filled >> (out->depth - 1) & 1;

	out->depth--;
	if (filled)
		new_line(out);
	buf_byte(out->to, bracket);
}

void jsonout_object(struct jsonout *out)
{
	begin(out, '{');
}

void jsonout_object_end(struct jsonout *out)
{
	end(out, '}');
}

void jsonout_array(struct jsonout *out)
{
	begin(out, '[');
}

void jsonout_array_end(struct jsonout *out)
{
	end(out, ']');
}

/* Whether the byte stands for itself in a string, also where the JSON is put into HTML. */
static bool is_plain(char c)
{
	unsigned char byte = (unsigned char)c;

	return byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\' && c != '<' && c != '>' &&
	       c != '&';
}

static void put_escape(struct buf *to, char c)
{
	static const char names[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *simple = memchr(names, c, sizeof names - 1);

	if (simple) {
		buf_byte(to, '\\');
		buf_byte(to, letters[simple - names]);
	} else {
		buf_printf(to, "\\u%04x", (unsigned)(unsigned char)c);
	}
}

/* Puts the character at the start of s, which is not ASCII, and returns how many bytes it has. One
 * byte that is no UTF-8 becomes U+FFFD. What would harm a terminal, all of it below U+10000, is
 * escaped: people look at JSON, too. */
static size_t put_wide(struct buf *to, struct str s)
{
	size_t n = printable_length(s);

	if (n > 0) {
		buf_put(to, (struct str){ s.p, n });
		return n;
	}
	for (n = 2; n <= 3 && n <= s.n; n++) {
		uint32_t code = (unsigned char)s.p[0] & (n == 2 ? 0x1fu : 0x0fu);

		if (!str_is_utf8((struct str){ s.p, n }))
			continue;
		for (size_t i = 1; i < n; i++)
			code = code << 6 | ((unsigned char)s.p[i] & 0x3fu);
		buf_printf(to, "\\u%04x", (unsigned)code);
		return n;
	}
	buf_text(to, "\xef\xbf\xbd");
	return 1;
}

static void put_string(struct buf *to, struct str s)
{
	size_t at = 0;

	buf_byte(to, '"');
	while (at < s.n) {
		size_t from = at;

		while (at < s.n && is_plain(s.p[at]))
			at++;
		buf_put(to, (struct str){ s.p + from, at - from });
		if (at == s.n)
			break;
		if ((unsigned char)s.p[at] >= 0x80)
			at += put_wide(to, (struct str){ s.p + at, s.n - at });
		else
			put_escape(to, s.p[at++]);
	}
	buf_byte(to, '"');
}

static void behind_key(struct jsonout *out)
{
	buf_byte(out->to, ':');
	if (out->indent > 0)
		buf_byte(out->to, ' ');
	out->after_key = true;
}

void jsonout_key(struct jsonout *out, const char *key)
{
	before_element(out);
	buf_byte(out->to, '"');
	buf_text(out->to, key);
	buf_byte(out->to, '"');
	behind_key(out);
}

void jsonout_key_str(struct jsonout *out, struct str key)
{
	before_element(out);
	put_string(out->to, key);
	behind_key(out);
}

void jsonout_str(struct jsonout *out, struct str value)
{
	before_element(out);
	put_string(out->to, value);
}

void jsonout_text(struct jsonout *out, const char *value)
{
	if (value)
		jsonout_str(out, str_of(value));
	else
		jsonout_null(out);
}

void jsonout_u64(struct jsonout *out, uint64_t value)
{
	before_element(out);
	buf_u64(out->to, value);
}

void jsonout_i64(struct jsonout *out, int64_t value)
{
	before_element(out);
	buf_i64(out->to, value);
}

void jsonout_double(struct jsonout *out, double value, int decimals)
{
	if (!isfinite(value)) {
		jsonout_null(out);
		return;
	}
	before_element(out);
	buf_printf(out->to, "%.*f", decimals, value);
}

void jsonout_bool(struct jsonout *out, bool value)
{
	before_element(out);
	buf_text(out->to, value ? "true" : "false");
}

void jsonout_null(struct jsonout *out)
{
	before_element(out);
	buf_text(out->to, "null");
}
