#include "base/toml.h"
#include "base/escape.h"
#include "base/toml_bytes.h"
#include "base/toml_scalar.h"

/* What may come next. */
enum {
	AT_START,     /* nothing was read: the bytes are not checked yet */
	AT_LINE,      /* a header or key, after blank lines */
	AT_LINE_END,  /* the line must end here */
	AT_VALUE,     /* behind '=' */
	AT_ITEM,      /* a value or ']' */
	AT_ITEM_NEXT, /* ',' or ']' */
	AT_PAIR,      /* a key or '}' */
	AT_PAIR_NEXT  /* ',' or '}' */
};

static uint32_t count_lines(struct str s)
{
	uint32_t n = 0;

	for (size_t at = 0; (at = str_find(s, '\n')) != STR_NONE; n++)
		s = str_sub(s, at + 1, s.n);
	return n;
}

static bool refuse(const struct toml *r, struct err *err, const char *why)
{
	return err_set(err, ERR_INPUT, "%u: %s", r->line, why);
}

/* Checks once, for the whole document, what no part of it may contain, so that the rest of the
 * reader need not look at every byte. */
static bool check_bytes(struct toml *r, struct err *err)
{
	if (r->in.n > UINT32_MAX)
		return err_set(err, ERR_LIMIT, "1: the document is larger than 4 GiB");
	if (toml_bytes_are_plain(r->in))
		return true;
	size_t control = toml_bytes_find_control(r->in);

	if (!str_is_utf8(r->in)) {
		struct str rest = r->in, line = { 0 };

		for (; str_cut(rest, '\n', &line, &rest) && str_is_utf8(line); r->line++)
			;
		return refuse(r, err, "the line is no UTF-8");
	}
	if (control != STR_NONE) {
		unsigned char c = (unsigned char)r->in.p[control];

		r->line += count_lines(str_sub(r->in, 0, control));
		return err_set(err, ERR_INPUT, "%u: control character 0x%02x", r->line, c);
	}
	return true;
}

struct toml toml_open(struct arena *arena, struct str in)
{
	if (str_starts(in, STR_LIT("\xef\xbb\xbf")))
		in = str_sub(in, 3, in.n);
	return (struct toml){ .in = in, .line = 1, .arena = arena, .state = AT_START };
}

/* The byte at the reader's place, or NUL at the end; check_bytes lets no NUL of the document pass.
 */
static char peek(const struct toml *r)
{
	return r->at < r->in.n ? r->in.p[r->at] : '\0';
}

static bool looking_at(const struct toml *r, const char *text, size_t n)
{
	return r->in.n - r->at >= n && memcmp(r->in.p + r->at, text, n) == 0;
}

static void skip_blanks(struct toml *r)
{
	while (r->at < r->in.n && (r->in.p[r->at] == ' ' || r->in.p[r->at] == '\t'))
		r->at++;
}

/* Up to the line feed or the end. */
static void skip_comment(struct toml *r)
{
	size_t length = str_find((struct str){ r->in.p + r->at, r->in.n - r->at }, '\n');

	r->at = length == STR_NONE ? r->in.n : r->at + length;
}

/* Blanks, comments and line ends. A carriage return stands only before a line feed. */
static void skip_lines(struct toml *r)
{
	for (; r->at < r->in.n; r->at++) {
		char c = r->in.p[r->at];

		if (c == '#') {
			skip_comment(r);
			c = peek(r);
		}
		if (c == '\n')
			r->line++;
		else if (c != ' ' && c != '\t' && c != '\r')
			return;
	}
}

/* Behind a backslash at the end of a line: the index of the next byte that is no white space; `at`
 * itself where the line does not end. */
static size_t skip_folded_line(struct str s, size_t at)
{
	bool ended = false;
	size_t i = at;

	for (; i < s.n && (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\r' || s.p[i] == '\n');
	     i++)
		ended = ended || s.p[i] == '\n';
	return ended ? i : at;
}

/* Decodes the escape whose backslash stands before s.p[*at], and moves *at behind it. */
static bool decode_escape(struct str s, size_t *at, char *to, size_t *n)
{
	static const char names[] = "btnfre\"\\", values[] = "\b\t\n\f\r\033\"\\";
	char c = *at < s.n ? s.p[(*at)++] : '\0';
	const char *simple = c ? memchr(names, c, sizeof names - 1) : NULL;
	size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
	uint32_t code = 0;

	if (simple) {
		to[(*n)++] = values[simple - names];
		return true;
	}
	if (digits == 0 || !escape_hex(s, *at, digits, &code))
		return false;
	size_t length = escape_utf8(code, to + *n);

	*at += digits;
	*n += length;
	return length > 0;
}

/* The text of a basic string whose raw bytes hold escapes; r->line is the line where they begin. */
static bool unescape(struct toml *r, struct str raw, bool multi, struct str *out, struct err *err)
{
	char *to = arena_alloc(r->arena, raw.n); /* no escape is shorter than what it stands for */
	size_t n = 0, at = 0;

	while (at < raw.n) {
		size_t plain = str_find(str_sub(raw, at, raw.n), '\\');

		if (plain == STR_NONE)
			plain = raw.n - at;
		memcpy(to + n, raw.p + at, plain);
		n += plain;
		at += plain;
		if (at == raw.n)
			break;
		at++;
		size_t behind = multi ? skip_folded_line(raw, at) : at;

		if (behind > at) {
			at = behind;
		} else if (!decode_escape(raw, &at, to, &n)) {
			r->line += count_lines(str_sub(raw, 0, at));
			return refuse(r, err, "unknown escape in a string");
		}
	}
	*out = (struct str){ to, n };
	return true;
}

/* The string on one line whose opening quote is at the reader's place. */
static bool short_string(struct toml *r, struct str *out, struct err *err)
{
	char quote = r->in.p[r->at];
	char second = quote == '"' ? '\\' : quote;
	size_t from = r->at + 1, end = toml_bytes_find_stop(r->in, from, quote, second);
	bool escapes = false;

	while (end < r->in.n && r->in.p[end] == '\\') {
		escapes = true;
		/* The byte behind a backslash ends nothing, unless it ends the line. */
		end += end + 1 < r->in.n && r->in.p[end + 1] != '\n' ? 2 : 1;
		end = toml_bytes_find_stop(r->in, end, quote, second);
	}
	if (end >= r->in.n || r->in.p[end] != quote)
		return refuse(r, err, "the string is not closed on its line");
	*out = (struct str){ r->in.p + from, end - from };
	r->at = end + 1;
	return !escapes || unescape(r, *out, false, out, err);
}

/* The index of the closing three quotes, from `at` on, or STR_NONE. Up to two more quotes before
 * them belong to the text. */
static size_t find_three_quotes(struct str in, size_t at, char quote, bool *escapes)
{
	for (size_t run = 0; at < in.n; at++) {
		if (in.p[at] == quote) {
			if (++run < 3)
				continue;
			for (; run < 5 && at + 1 < in.n && in.p[at + 1] == quote; run++)
				at++;
			return at - 2;
		}
		run = 0;
		if (in.p[at] == '\\' && quote == '"') {
			*escapes = true;
			at++;
		}
	}
	return STR_NONE;
}

/* The text without carriage returns, each of which stands before a line feed: cargo reads the same
 * from a file whatever its line ends are. */
static struct str without_returns(struct arena *arena, struct str text)
{
	if (str_find(text, '\r') == STR_NONE)
		return text;
	char *to = arena_alloc(arena, text.n);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '\r')
			to[n++] = text.p[i];
	return (struct str){ to, n };
}

/* The string of three quotes at the reader's place; a line end right behind them is no part of it.
 */
static bool long_string(struct toml *r, struct str *out, struct err *err)
{
	char quote = r->in.p[r->at];
	bool escapes = false;

	r->at += 3;
	if (peek(r) == '\r')
		r->at++;
	if (peek(r) == '\n') {
		r->at++;
		r->line++;
	}
	size_t from = r->at, end = find_three_quotes(r->in, from, quote, &escapes);

	if (end == STR_NONE)
		return refuse(r, err, "the string of three quotes is not closed");
	*out = without_returns(r->arena, (struct str){ r->in.p + from, end - from });
	r->at = end + 3;
	uint32_t lines = count_lines(*out);

	if (escapes && !unescape(r, *out, true, out, err))
		return false;
	r->line += lines;
	return true;
}

static bool is_bare(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

static bool key_part(struct toml *r, struct str *out, struct err *err)
{
	char c = peek(r);

	if (c == '"' || c == '\'') {
		if (looking_at(r, "\"\"\"", 3) || looking_at(r, "'''", 3))
			return refuse(r, err, "a key cannot stand in three quotes");
		return short_string(r, out, err);
	}
	size_t from = r->at;

	while (r->at < r->in.n && is_bare(r->in.p[r->at]))
		r->at++;
	*out = (struct str){ r->in.p + from, r->at - from };
	return r->at > from || refuse(r, err, "expected a key");
}

/* A dotted key into r->path, and the blanks behind it. */
static bool dotted_key(struct toml *r, struct toml_token *out, struct err *err)
{
	size_t n = 0;

	for (;;) {
		skip_blanks(r);
		if (n == TOML_KEY_PARTS_MAX)
			return err_set(err, ERR_LIMIT, "%u: a key of more than %d parts", r->line,
			               (int)TOML_KEY_PARTS_MAX);
		if (!key_part(r, &r->path[n], err))
			return false;
		n++;
		skip_blanks(r);
		if (peek(r) != '.')
			break;
		r->at++;
	}
	out->path = r->path;
	out->path_n = n;
	return true;
}

/* `key =`, and the blanks behind it. */
static bool key(struct toml *r, struct toml_token *out, struct err *err)
{
	out->kind = TOML_KEY;
	if (!dotted_key(r, out, err))
		return false;
	if (peek(r) != '=') {
		struct str name = str_sub(out->path[out->path_n - 1], 0, 64);

		return err_set(err, ERR_INPUT, "%u: expected '=' after the key '" STR_FMT "'",
		               r->line, STR_ARG(name));
	}
	r->at++;
	skip_blanks(r);
	r->state = AT_VALUE;
	return true;
}

static bool header(struct toml *r, struct toml_token *out, struct err *err)
{
	bool array = looking_at(r, "[[", 2);

	r->at += array ? 2 : 1;
	out->kind = array ? TOML_TABLE_ARRAY : TOML_TABLE;
	if (!dotted_key(r, out, err))
		return false;
	if (!looking_at(r, "]]", array ? 2 : 1))
		return refuse(r, err,
		              array ? "expected ']]' after the name of the table"
		                    : "expected ']' after the name of the table");
	r->at += array ? 2 : 1;
	r->state = AT_LINE_END;
	return true;
}

/* What may follow once a value is complete. */
static void after_value(struct toml *r)
{
	if (r->depth == 0)
		r->state = AT_LINE_END;
	else
		r->state = r->inlines >> (r->depth - 1) & 1 ? AT_PAIR_NEXT : AT_ITEM_NEXT;
}

static bool begin(struct toml *r, bool is_inline, struct toml_token *out, struct err *err)
{
	if (r->depth == TOML_DEPTH_MAX)
		return err_set(err, ERR_LIMIT, "%u: arrays and tables nested more than %d deep",
		               r->line, (int)TOML_DEPTH_MAX);
	uint64_t bit = (uint64_t)1 << r->depth;

	r->inlines = is_inline ? r->inlines | bit : r->inlines & ~bit;
	r->depth++;
	r->at++;
	r->state = is_inline ? AT_PAIR : AT_ITEM;
	out->kind = is_inline ? TOML_INLINE : TOML_ARRAY;
	return true;
}

static bool end(struct toml *r, enum toml_kind kind, struct toml_token *out)
{
	r->at++;
	r->depth--;
	out->kind = kind;
	after_value(r);
	return true;
}

static bool is_scalar_byte(char c)
{
	return is_bare(c) || c == '+' || c == '.' || c == ':';
}

/* A number, boolean or datetime. A blank may stand between a date and its time. */
static bool scalar(struct toml *r, struct toml_token *out, struct err *err)
{
	struct str rest = { r->in.p + r->at, r->in.n - r->at };
	size_t n = 0;
	const char *reason = NULL;

	while (n < rest.n && is_scalar_byte(rest.p[n]))
		n++;
	if (n == 0)
		return refuse(r, err, "expected a value");
	if (n == 10 && rest.p[4] == '-' && rest.n > 11 && rest.p[10] == ' ' && rest.p[11] >= '0' &&
	    rest.p[11] <= '9')
		for (n = 11; n < rest.n && is_scalar_byte(rest.p[n]); n++)
			;
	struct str text = { rest.p, n };

	if (!toml_scalar(text, out, &reason)) {
		text = str_sub(text, 0, 64);
		return err_set(err, ERR_INPUT, "%u: '" STR_FMT "' %s", r->line, STR_ARG(text),
		               reason);
	}
	r->at += n;
	after_value(r);
	return true;
}

static bool string(struct toml *r, struct toml_token *out, struct err *err)
{
	bool is_long = looking_at(r, "\"\"\"", 3) || looking_at(r, "'''", 3);

	out->kind = TOML_STRING;
	after_value(r);
	return is_long ? long_string(r, &out->text, err) : short_string(r, &out->text, err);
}

static bool value(struct toml *r, struct toml_token *out, struct err *err)
{
	switch (peek(r)) {
	case '"':
	case '\'':
		return string(r, out, err);
	case '[':
		return begin(r, false, out, err);
	case '{':
		return begin(r, true, out, err);
	case '\0':
	case '\r':
	case '\n':
	case '#':
		return refuse(r, err, "a value is missing");
	default:
		return scalar(r, out, err);
	}
}

static bool line_end(struct toml *r, struct err *err)
{
	skip_blanks(r);
	if (peek(r) == '#')
		skip_comment(r);
	if (peek(r) == '\r')
		r->at++;
	if (r->at < r->in.n && peek(r) != '\n')
		return refuse(r, err, "expected the end of the line");
	return true;
}

/* In an array, behind '[' or a value. */
static bool item(struct toml *r, bool first, struct toml_token *out, struct err *err)
{
	skip_lines(r);
	if (!first && peek(r) == ',') {
		r->at++;
		skip_lines(r);
		first = true;
	}
	out->line = r->line;
	if (peek(r) == ']')
		return end(r, TOML_ARRAY_END, out);
	if (r->at == r->in.n)
		return refuse(r, err, "the document ends inside an array");
	if (!first)
		return refuse(r, err, "expected ',' or ']' in the array");
	return value(r, out, err);
}

/* In an inline table, behind '{' or a value. */
static bool pair(struct toml *r, bool first, struct toml_token *out, struct err *err)
{
	skip_lines(r);
	if (!first && peek(r) == ',') {
		r->at++;
		skip_lines(r);
		first = true;
	}
	out->line = r->line;
	if (peek(r) == '}')
		return end(r, TOML_INLINE_END, out);
	if (r->at == r->in.n)
		return refuse(r, err, "the document ends inside an inline table");
	if (!first)
		return refuse(r, err, "expected ',' or '}' in the inline table");
	return key(r, out, err);
}

/* The next token, or *done at the end. */
static bool step(struct toml *r, struct toml_token *out, bool *done, struct err *err)
{
	if (r->state == AT_START && !check_bytes(r, err))
		return false;
	switch (r->state) {
	case AT_VALUE:
		out->line = r->line;
		return value(r, out, err);
	case AT_ITEM:
	case AT_ITEM_NEXT:
		return item(r, r->state == AT_ITEM, out, err);
	case AT_PAIR:
	case AT_PAIR_NEXT:
		return pair(r, r->state == AT_PAIR, out, err);
	case AT_LINE_END:
		if (!line_end(r, err))
			return false;
		break;
	default:
		break;
	}
	skip_lines(r);
	out->line = r->line;
	*done = r->at == r->in.n;
	if (*done)
		return true;
	return peek(r) == '[' ? header(r, out, err) : key(r, out, err);
}

int toml_next(struct toml *reader, struct toml_token *out, struct err *err)
{
	struct toml_token token = { 0 };
	bool done = false;

	if (!step(reader, &token, &done, err))
		return -1;
	if (done)
		return 0;
	*out = token;
	return 1;
}

/* The line behind the line feed at the reader's place, without its own; false where there is no
 * such line feed. */
static bool next_line(const struct toml *r, struct str *line)
{
	struct str rest = str_sub(r->in, r->at, r->in.n);

	if (rest.n == 0 || rest.p[0] != '\n')
		return false;
	str_cut(str_sub(rest, 1, rest.n), '\n', line, &rest);
	return true;
}

/* Moves the reader to the end of the line that next_line gave. */
static uint32_t pass_line(struct toml *r, struct str line)
{
	r->at += 1 + line.n;
	return ++r->line;
}

bool toml_plain_pair(struct toml *reader, struct str *key, struct str *text, uint32_t *line_no)
{
	struct str line = { 0 };
	size_t n = 0;

	if (reader->state != AT_LINE_END || !next_line(reader, &line))
		return false;
	while (n < line.n && is_bare(line.p[n]))
		n++;
	if (n == 0 || line.n < n + 5 || memcmp(line.p + n, " = \"", 4) != 0 ||
	    line.p[line.n - 1] != '"')
		return false;
	struct str inner = { line.p + n + 4, line.n - n - 5 };

	if (str_find(inner, '"') != STR_NONE || str_find(inner, '\\') != STR_NONE)
		return false;
	*key = (struct str){ line.p, n };
	*text = inner;
	*line_no = pass_line(reader, line);
	return true;
}

bool toml_plain_item(struct toml *reader, struct str *text, uint32_t *line_no)
{
	struct str line = { 0 };

	if (reader->state != AT_ITEM || !next_line(reader, &line) || line.n < 4 ||
	    memcmp(line.p, " \"", 2) != 0 || memcmp(line.p + line.n - 2, "\",", 2) != 0)
		return false;
	struct str inner = { line.p + 2, line.n - 4 };

	if (str_find(inner, '"') != STR_NONE || str_find(inner, '\\') != STR_NONE)
		return false;
	*text = inner;
	*line_no = pass_line(reader, line);
	return true;
}
