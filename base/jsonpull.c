#include "base/jsonpull.h"
#include "base/escape.h"

/* What may come next. */
enum {
	AT_START,      /* nothing was read: the bytes are not checked yet */
	AT_VALUE,      /* behind a key, or behind ',' in an array */
	AT_FIRST_ITEM, /* a value or ']' */
	AT_FIRST_KEY,  /* a key or '}' */
	AT_NEXT,       /* ',' or the end of the container */
	AT_END         /* the one value was read */
};

#define EACH_BYTE(c) (0x0101010101010101u * (c))
#define HIGH_BITS EACH_BYTE(0x80u)

struct jsonpull jsonpull_open(struct arena *arena, struct str in)
{
	return (struct jsonpull){ .in = in, .arena = arena, .state = AT_START };
}

/* Bytes are counted from 1, as editors do. */
static bool refuse(const struct jsonpull *r, struct err *err, const char *why)
{
	return err_set(err, ERR_INPUT, "byte %zu: %s", r->at + 1, why);
}

/* UTF-8 is checked once, for the whole input: a word at a time is faster than string by string. */
static bool check_utf8(struct jsonpull *r, struct err *err)
{
	if (str_is_utf8(r->in))
		return true;
	for (size_t n = 1; n <= 4;) {
		bool fits = r->in.n - r->at >= n && str_is_utf8((struct str){ r->in.p + r->at, n });

		r->at += fits ? n : 0;
		n = fits ? 1 : n + 1;
	}
	return refuse(r, err, "no UTF-8");
}

/* The next byte that is no white space; NUL at the end, which is refused wherever something is
 * expected, as a NUL of the input is. */
static char peek(struct jsonpull *r)
{
	for (; r->at < r->in.n; r->at++) {
		char c = r->in.p[r->at];

		if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
			return c;
	}
	return '\0';
}

/* Whether a byte of the word ends a plain run of a string: '"', '\' or a control character. It may
 * say yes where there is none, but never no where there is one. */
static bool has_stop(uint64_t word)
{
	uint64_t quote = word ^ EACH_BYTE('"'), slash = word ^ EACH_BYTE('\\');

	return (((quote - EACH_BYTE(1u)) & ~quote) | ((slash - EACH_BYTE(1u)) & ~slash) |
	        ((word - EACH_BYTE(0x20u)) & ~word)) &
	       HIGH_BITS;
}

static size_t find_stop(struct str in, size_t at)
{
	uint64_t word = 0;

	for (; at + 8 <= in.n; at += 8) {
		memcpy(&word, in.p + at, 8);
		if (has_stop(word))
			break;
	}
	while (at < in.n && in.p[at] != '"' && in.p[at] != '\\' && (unsigned char)in.p[at] >= 0x20)
		at++;
	return at;
}

/* The code point of \uXXXX, or of the pair of them that stands for one beyond U+FFFF; *at is that
 * of the 'u' and moves behind. */
static bool unicode_escape(struct str raw, size_t *at, uint32_t *code)
{
	uint32_t low = 0;

	if (!escape_hex(raw, *at + 1, 4, code))
		return false;
	*at += 5;
	if (*code < 0xd800 || *code > 0xdbff)
		return true;
	if (!str_starts(str_sub(raw, *at, raw.n), STR_LIT("\\u")) ||
	    !escape_hex(raw, *at + 2, 4, &low) || low < 0xdc00 || low > 0xdfff)
		return false;
	*at += 6;
	*code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

/* Decodes the escape whose backslash stands before raw.p[*at]; false where it is none. */
static bool decode_escape(struct str raw, size_t *at, char *to, size_t *n)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const char *simple = memchr(names, raw.p[*at], sizeof names - 1);
	uint32_t code = 0;

	if (simple) {
		to[(*n)++] = values[simple - names];
		++*at;
		return true;
	}
	if (raw.p[*at] != 'u' || !unicode_escape(raw, at, &code))
		return false;
	size_t length = escape_utf8(code, to + *n);

	*n += length;
	return length > 0;
}

/* The text of a string whose raw bytes, from `from` on, hold escapes. */
static bool unescape(struct jsonpull *r, size_t from, struct str *text, struct err *err)
{
	struct str raw = *text;
	char *to = arena_alloc(r->arena, raw.n); /* no escape is shorter than what it stands for */
	size_t n = 0, at = 0;

	while (at < raw.n) {
		size_t plain = str_find((struct str){ raw.p + at, raw.n - at }, '\\');

		if (plain == STR_NONE)
			plain = raw.n - at;
		memcpy(to + n, raw.p + at, plain);
		n += plain;
		at += plain;
		if (at == raw.n)
			break;
		at++;
		size_t begin = at;

		if (!decode_escape(raw, &at, to, &n)) {
			r->at = from + begin - 1;
			return refuse(r, err, "no escape of JSON");
		}
	}
	*text = (struct str){ to, n };
	return true;
}

/* The string whose opening quote is at the reader's place. */
static bool string(struct jsonpull *r, struct str *out, struct err *err)
{
	size_t from = r->at + 1, end = find_stop(r->in, from);
	bool escapes = false;

	while (end + 1 < r->in.n && r->in.p[end] == '\\') {
		escapes = true;
		/* The byte behind a backslash ends nothing; whether it may stand there is checked
		 * later. */
		end = find_stop(r->in, end + 2);
	}
	if (end >= r->in.n || r->in.p[end] != '"') {
		r->at = end < r->in.n ? end : r->in.n;
		return refuse(r, err,
		              end < r->in.n && r->in.p[end] != '\\'
		                      ? "control character in a string"
		                      : "the string is not closed");
	}
	*out = (struct str){ r->in.p + from, end - from };
	r->at = end + 1;
	return !escapes || unescape(r, from, out, err);
}

/* What may follow once a value is complete. */
static void after_value(struct jsonpull *r)
{
	r->state = r->depth == 0 ? AT_END : AT_NEXT;
}

static bool word(struct jsonpull *r, struct json_token *out, struct str text, enum json_kind kind,
                 struct err *err)
{
	if (r->in.n - r->at < text.n || memcmp(r->in.p + r->at, text.p, text.n) != 0)
		return refuse(r, err, "expected a value");
	out->kind = kind;
	r->at += text.n;
	after_value(r);
	return true;
}

/* Passes over digits; false where there are none. */
static bool pass_digits(struct jsonpull *r)
{
	size_t from = r->at;

	while (r->at < r->in.n && r->in.p[r->at] >= '0' && r->in.p[r->at] <= '9')
		r->at++;
	return r->at > from;
}

static bool pass_byte(struct jsonpull *r, char c)
{
	if (r->at == r->in.n || r->in.p[r->at] != c)
		return false;
	r->at++;
	return true;
}

static bool number(struct jsonpull *r, struct json_token *out, struct err *err)
{
	size_t from = r->at;

	pass_byte(r, '-');
	if (!pass_byte(r, '0') && !pass_digits(r))
		return refuse(r, err, "expected a digit");
	if (pass_byte(r, '.') && !pass_digits(r))
		return refuse(r, err, "expected a digit");
	if (pass_byte(r, 'e') || pass_byte(r, 'E')) {
		if (!pass_byte(r, '+'))
			pass_byte(r, '-');
		if (!pass_digits(r))
			return refuse(r, err, "expected a digit");
	}
	out->kind = JSON_NUMBER;
	out->text = (struct str){ r->in.p + from, r->at - from };
	after_value(r);
	return true;
}

static bool begin(struct jsonpull *r, bool object, struct json_token *out, struct err *err)
{
	if (r->depth == JSON_DEPTH_MAX)
		return err_set(err, ERR_LIMIT, "byte %zu: nested more than %d deep", r->at + 1,
		               (int)JSON_DEPTH_MAX);
	uint64_t bit = (uint64_t)1 << r->depth;

	r->objects = object ? r->objects | bit : r->objects & ~bit;
	r->depth++;
	r->at++;
	r->state = object ? AT_FIRST_KEY : AT_FIRST_ITEM;
	out->kind = object ? JSON_OBJECT : JSON_ARRAY;
	return true;
}

static bool end(struct jsonpull *r, enum json_kind kind, struct json_token *out)
{
	r->at++;
	r->depth--;
	out->kind = kind;
	after_value(r);
	return true;
}

static bool value(struct jsonpull *r, char c, struct json_token *out, struct err *err)
{
	switch (c) {
	case '"':
		out->kind = JSON_STRING;
		after_value(r);
		return string(r, &out->text, err);
	case '{':
		return begin(r, true, out, err);
	case '[':
		return begin(r, false, out, err);
	case 't':
		return word(r, out, STR_LIT("true"), JSON_TRUE, err);
	case 'f':
		return word(r, out, STR_LIT("false"), JSON_FALSE, err);
	case 'n':
		return word(r, out, STR_LIT("null"), JSON_NULL, err);
	default:
		if (c != '-' && (c < '0' || c > '9'))
			return refuse(r, err, "expected a value");
		return number(r, out, err);
	}
}

/* A key and the colon behind it. */
static bool key(struct jsonpull *r, char c, struct json_token *out, struct err *err)
{
	if (c != '"')
		return refuse(r, err, "expected a key in quotes");
	out->kind = JSON_KEY;
	if (!string(r, &out->text, err))
		return false;
	if (peek(r) != ':')
		return refuse(r, err, "expected ':' after the key");
	r->at++;
	r->state = AT_VALUE;
	return true;
}

/* Behind an element of a container. */
static bool next(struct jsonpull *r, char c, struct json_token *out, struct err *err)
{
	bool object = r->objects >> (r->depth - 1) & 1;

	if (c == ',') {
		r->at++;
		c = peek(r);
		return object ? key(r, c, out, err) : value(r, c, out, err);
	}
	if (c == (object ? '}' : ']'))
		return end(r, object ? JSON_OBJECT_END : JSON_ARRAY_END, out);
	return refuse(r, err, object ? "expected ',' or '}'" : "expected ',' or ']'");
}

static bool step(struct jsonpull *r, struct json_token *out, struct err *err)
{
	char c = peek(r);

	switch (r->state) {
	case AT_FIRST_KEY:
		return c == '}' ? end(r, JSON_OBJECT_END, out) : key(r, c, out, err);
	case AT_FIRST_ITEM:
		return c == ']' ? end(r, JSON_ARRAY_END, out) : value(r, c, out, err);
	case AT_NEXT:
		return next(r, c, out, err);
	default:
		return value(r, c, out, err);
	}
}

int jsonpull_next(struct jsonpull *reader, struct json_token *out, struct err *err)
{
	struct json_token token = { 0 };

	if (reader->state == AT_START && !check_utf8(reader, err))
		return -1;
	if (reader->state == AT_END) {
		peek(reader);
		if (reader->at < reader->in.n)
			return err_fail(err, ERR_INPUT, "byte %zu: something behind the value",
			                reader->at + 1);
		return 0;
	}
	if (!step(reader, &token, err))
		return -1;
	*out = token;
	return 1;
}

bool jsonpull_same(struct jsonpull *reader, struct str raw)
{
	size_t at = reader->at;

	/* A container ends itself, so that what follows cannot make it another value. */
	if (raw.n == 0 || reader->state == AT_START || reader->state == AT_FIRST_KEY ||
	    reader->state == AT_END)
		return false;
	if (reader->state == AT_NEXT) {
		if (reader->objects >> (reader->depth - 1) & 1 || at == reader->in.n ||
		    reader->in.p[at] != ',')
			return false;
		at++;
	}
	if (reader->in.n - at < raw.n || memcmp(reader->in.p + at, raw.p, raw.n) != 0)
		return false;
	reader->at = at + raw.n;
	after_value(reader);
	return true;
}

bool jsonpull_skip(struct jsonpull *reader, const struct json_token *last, struct err *err)
{
	size_t until = reader->depth;
	struct json_token token = { 0 };

	if (last->kind == JSON_OBJECT || last->kind == JSON_ARRAY)
		until--;
	else if (last->kind != JSON_KEY)
		return true;
	/* Escapes of what is passed over are checked, but their text is not kept. */
	CLEANUP(arena_free) struct arena scratch = { 0 };
	struct arena *kept = reader->arena;
	bool ok = true;

	reader->arena = &scratch;
	do {
		token = (struct json_token){ 0 };
		ok = step(reader, &token, err);
	} while (ok && reader->depth > until);
	reader->arena = kept;
	return ok;
}
