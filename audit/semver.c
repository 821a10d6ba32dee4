#include "audit/semver.h"
#include "audit/limits.h" /* VERSION_MAX_BYTES, COMPARATORS_MAX */

/* A version or requirement being read. */
struct reader {
	struct str rest;  /* what is still to read */
	struct str whole; /* all of it, for the sentences */
	const char *what; /* "version" or "requirement" */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_ident_byte(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

/* Says that `rest` begins with something that cannot stand in or behind `part`. */
static bool refuse(const struct reader *reader, const char *part, struct err *err)
{
	if (reader->rest.n == 0)
		return err_set(err, ERR_INPUT, "%s '" STR_FMT "' ends where its %s is due",
		               reader->what, STR_ARG(reader->whole), part);
	return err_set(err, ERR_INPUT, "%s '" STR_FMT "': unexpected '%c' at its %s", reader->what,
	               STR_ARG(reader->whole), reader->rest.p[0], part);
}

static bool take(struct reader *reader, char c)
{
	if (reader->rest.n == 0 || reader->rest.p[0] != c)
		return false;
	reader->rest = (struct str){ reader->rest.p + 1, reader->rest.n - 1 };
	return true;
}

static bool take_wildcard(struct reader *reader)
{
	return take(reader, '*') || take(reader, 'x') || take(reader, 'X');
}

/* Cargo knows no white space here but the space. */
static void skip_spaces(struct reader *reader)
{
	while (take(reader, ' '))
		;
}

static bool read_number(struct reader *reader, const char *part, uint64_t *out, struct err *err)
{
	struct str rest = reader->rest;
	uint64_t value = 0;
	size_t n = 0;

	for (; n < rest.n && is_digit(rest.p[n]); n++) {
		if (n > 0 && value == 0)
			return err_set(err, ERR_INPUT, "%s '" STR_FMT "': leading zero in its %s",
			               reader->what, STR_ARG(reader->whole), part);
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(rest.p[n] - '0'), &value))
			return err_set(err, ERR_INPUT, "%s '" STR_FMT "': %s above 2^64-1",
			               reader->what, STR_ARG(reader->whole), part);
	}
	if (n == 0)
		return refuse(reader, part, err);
	reader->rest = (struct str){ rest.p + n, rest.n - n };
	*out = value;
	return true;
}

/* One or more identifiers, separated by dots. Numeric ones of a pre-release take part in an order
 * and have one spelling only: no leading zero. */
static bool read_identifiers(struct reader *reader, const char *part, bool numbers_are_plain,
                             struct str *out, struct err *err)
{
	struct str rest = reader->rest;
	size_t at = 0;

	for (;;) {
		size_t from = at;
		bool digits = true;

		for (; at < rest.n && is_ident_byte(rest.p[at]); at++)
			digits = digits && is_digit(rest.p[at]);
		if (at == from)
			return err_set(err, ERR_INPUT,
			               "%s '" STR_FMT "': empty identifier in its %s", reader->what,
			               STR_ARG(reader->whole), part);
		if (numbers_are_plain && digits && at - from > 1 && rest.p[from] == '0')
			return err_set(err, ERR_INPUT, "%s '" STR_FMT "': leading zero in its %s",
			               reader->what, STR_ARG(reader->whole), part);
		if (at == rest.n || rest.p[at] != '.')
			break;
		at++;
	}
	*out = (struct str){ rest.p, at };
	reader->rest = (struct str){ rest.p + at, rest.n - at };
	return true;
}

/* [-pre][+build] */
static bool read_tail(struct reader *reader, struct str *pre, struct str *build, struct err *err)
{
	*pre = *build = (struct str){ 0 };
	if (take(reader, '-') && !read_identifiers(reader, "pre-release", true, pre, err))
		return false;
	if (take(reader, '+') && !read_identifiers(reader, "build metadata", false, build, err))
		return false;
	return true;
}

bool semver_parse(struct str text, struct version *out, struct err *err)
{
	struct reader reader = { text, text, "version" };
	struct version version;

	if (text.n > VERSION_MAX_BYTES)
		return err_set(err, ERR_LIMIT, "version of %zu bytes", text.n);
	if (!read_number(&reader, "major number", &version.major, err))
		return false;
	if (!take(&reader, '.'))
		return refuse(&reader, "first dot", err);
	if (!read_number(&reader, "minor number", &version.minor, err))
		return false;
	if (!take(&reader, '.'))
		return refuse(&reader, "second dot", err);
	if (!read_number(&reader, "patch number", &version.patch, err) ||
	    !read_tail(&reader, &version.pre, &version.build, err))
		return false;
	if (reader.rest.n > 0)
		return refuse(&reader, "end", err);
	*out = version;
	return true;
}

struct str semver_text(struct arena *arena, const struct version *version)
{
	return arena_printf(arena, "%llu.%llu.%llu%s" STR_FMT "%s" STR_FMT,
	                    (unsigned long long)version->major, (unsigned long long)version->minor,
	                    (unsigned long long)version->patch, version->pre.n > 0 ? "-" : "",
	                    STR_ARG(version->pre), version->build.n > 0 ? "+" : "",
	                    STR_ARG(version->build));
}

static int cmp_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static bool is_numeric(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]))
			return false;
	return true;
}

static struct str without_zeros(struct str s)
{
	while (s.n > 0 && s.p[0] == '0')
		s = (struct str){ s.p + 1, s.n - 1 };
	return s;
}

/* Numbers by value, below all words; words bytewise. Build metadata may have leading zeros, and of
 * two spellings of one number the shorter comes first: 0 < 00 < 1 < 01. */
static int cmp_identifier(struct str a, struct str b)
{
	bool a_numeric = is_numeric(a), b_numeric = is_numeric(b);

	if (a_numeric != b_numeric)
		return a_numeric ? -1 : 1;
	if (!a_numeric)
		return str_cmp(a, b);
	struct str a_value = without_zeros(a), b_value = without_zeros(b);
	int order = cmp_u64(a_value.n, b_value.n);
	if (order == 0)
		order = str_cmp(a_value, b_value);
	return order != 0 ? order : cmp_u64(a.n, b.n);
}

/* Identifier by identifier; a list comes before the lists that begin with it. */
static int cmp_identifiers(struct str a, struct str b)
{
	if (str_eq(a, b))
		return 0;
	for (;;) {
		struct str a_head, b_head;
		bool a_more = str_cut(a, '.', &a_head, &a);
		bool b_more = str_cut(b, '.', &b_head, &b);
		int order = cmp_identifier(a_head, b_head);

		if (order != 0)
			return order;
		if (!a_more || !b_more)
			return (int)a_more - (int)b_more;
	}
}

/* A version without a pre-release comes behind its pre-releases. */
static int cmp_pre(struct str a, struct str b)
{
	if (a.n == 0 || b.n == 0)
		return (int)(a.n == 0) - (int)(b.n == 0);
	return cmp_identifiers(a, b);
}

static int cmp_build(struct str a, struct str b)
{
	if (a.n == 0 || b.n == 0)
		return (int)(a.n > 0) - (int)(b.n > 0);
	return cmp_identifiers(a, b);
}

int semver_cmp_precedence(const struct version *a, const struct version *b)
{
	if (a->major != b->major)
		return cmp_u64(a->major, b->major);
	if (a->minor != b->minor)
		return cmp_u64(a->minor, b->minor);
	if (a->patch != b->patch)
		return cmp_u64(a->patch, b->patch);
	return cmp_pre(a->pre, b->pre);
}

int semver_cmp(const struct version *a, const struct version *b)
{
	int order = semver_cmp_precedence(a, b);

	return order != 0 ? order : cmp_build(a->build, b->build);
}

/* The operator in front of a comparator; false, and REQ_CARET, where none is written. */
static bool take_op(struct reader *reader, enum req_op *out)
{
	*out = REQ_CARET;
	if (take(reader, '='))
		*out = REQ_EXACT;
	else if (take(reader, '>'))
		*out = take(reader, '=') ? REQ_GREATER_EQ : REQ_GREATER;
	else if (take(reader, '<'))
		*out = take(reader, '=') ? REQ_LESS_EQ : REQ_LESS;
	else if (take(reader, '~'))
		*out = REQ_TILDE;
	else
		return take(reader, '^');
	return true;
}

/* [op] major[.minor[.patch[-pre][+build]]] with * for minor or patch; build metadata says nothing.
 * A wildcard behind an operator only leaves the number open. */
static bool read_comparator(struct reader *reader, struct comparator *out, struct err *err)
{
	struct comparator c = { 0 };
	struct str build = { 0 };
	bool minor_is_open = false;
	bool has_op = take_op(reader, &c.op);

	skip_spaces(reader);
	if (!read_number(reader, "major number", &c.major, err))
		return false;
	if (take(reader, '.')) {
		minor_is_open = take_wildcard(reader);
		c.has_minor = !minor_is_open;
		if (minor_is_open && !has_op)
			c.op = REQ_WILDCARD;
		if (c.has_minor && !read_number(reader, "minor number", &c.minor, err))
			return false;
		if (take(reader, '.')) {
			c.has_patch = !take_wildcard(reader);
			if (!c.has_patch && !has_op)
				c.op = REQ_WILDCARD;
			if (c.has_patch && minor_is_open)
				return refuse(reader, "wildcard", err);
			if (c.has_patch && !read_number(reader, "patch number", &c.patch, err))
				return false;
		}
	}
	if (c.has_patch && !read_tail(reader, &c.pre, &build, err))
		return false;
	skip_spaces(reader);
	*out = c;
	return true;
}

/* How many comparators a text of comparators has, if it is one. */
static size_t count_comparators(struct str text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == ',';
	return n;
}

bool semver_req_parse(struct arena *arena, struct str text, struct req *out, struct err *err)
{
	struct reader reader = { text, text, "requirement" };

	skip_spaces(&reader);
	if (take_wildcard(&reader)) {
		skip_spaces(&reader);
		if (reader.rest.n > 0)
			return refuse(&reader, "wildcard", err);
		*out = (struct req){ 0 };
		return true;
	}
	size_t n = count_comparators(reader.rest);
	if (n > COMPARATORS_MAX)
		return err_set(err, ERR_LIMIT, "requirement of %zu comparators", n);
	struct comparator *p = arena_array(arena, n, sizeof *p);
	for (size_t i = 0; i < n; i++) {
		if (!read_comparator(&reader, &p[i], err))
			return false;
		if (i + 1 < n && !take(&reader, ','))
			return refuse(&reader, "comma", err);
		skip_spaces(&reader);
	}
	if (reader.rest.n > 0)
		return refuse(&reader, "end", err);
	*out = (struct req){ .p = p, .n = n };
	return true;
}

static bool is_exact(const struct comparator *c, const struct version *v)
{
	return v->major == c->major && (!c->has_minor || v->minor == c->minor) &&
	       (!c->has_patch || v->patch == c->patch) && str_eq(v->pre, c->pre);
}

/* The order of a version against a comparator, as far as that is written: 0 where the two agree in
 * all written numbers and the comparator has no patch. */
static int cmp_comparator(const struct version *v, const struct comparator *c)
{
	if (v->major != c->major)
		return cmp_u64(v->major, c->major);
	if (!c->has_minor)
		return 0;
	if (v->minor != c->minor)
		return cmp_u64(v->minor, c->minor);
	if (!c->has_patch)
		return 0;
	if (v->patch != c->patch)
		return cmp_u64(v->patch, c->patch);
	return cmp_pre(v->pre, c->pre);
}

/* ~1.2.3 is 1.2.x from 1.2.3 on, ~1.2 is 1.2.x, ~1 is 1.x. */
static bool is_tilde(const struct comparator *c, const struct version *v)
{
	if (v->major != c->major || (c->has_minor && v->minor != c->minor))
		return false;
	if (c->has_patch && v->patch != c->patch)
		return v->patch > c->patch;
	return cmp_pre(v->pre, c->pre) >= 0;
}

/* ^1.2.3 keeps the first number that is not zero, and is at least what is written. */
static bool is_caret(const struct comparator *c, const struct version *v)
{
	if (v->major != c->major)
		return false;
	if (!c->has_minor)
		return true;
	if (c->major > 0)
		return !c->has_patch ? v->minor >= c->minor : cmp_comparator(v, c) >= 0;
	if (v->minor != c->minor)
		return false;
	if (!c->has_patch)
		return true;
	if (c->minor == 0 && v->patch != c->patch)
		return false;
	return v->patch != c->patch ? v->patch > c->patch : cmp_pre(v->pre, c->pre) >= 0;
}

static bool comparator_matches(const struct comparator *c, const struct version *v)
{
	switch (c->op) {
	case REQ_EXACT:
	case REQ_WILDCARD:
		return is_exact(c, v);
	case REQ_GREATER:
		return cmp_comparator(v, c) > 0;
	case REQ_GREATER_EQ:
		return is_exact(c, v) || cmp_comparator(v, c) > 0;
	case REQ_LESS:
		return cmp_comparator(v, c) < 0;
	case REQ_LESS_EQ:
		return is_exact(c, v) || cmp_comparator(v, c) < 0;
	case REQ_TILDE:
		return is_tilde(c, v);
	case REQ_CARET:
		return is_caret(c, v);
	}
	return false;
}

/* Whether a comparator speaks of pre-releases of this very version. */
static bool allows_pre(const struct comparator *c, const struct version *v)
{
	return c->pre.n > 0 && c->has_patch && c->major == v->major && c->minor == v->minor &&
	       c->patch == v->patch;
}

bool semver_req_matches(const struct req *req, const struct version *version)
{
	bool pre_allowed = version->pre.n == 0;

	if (req->any)
		return true;
	for (size_t i = 0; i < req->n; i++) {
		if (!comparator_matches(&req->p[i], version))
			return false;
		pre_allowed = pre_allowed || allows_pre(&req->p[i], version);
	}
	return pre_allowed;
}

bool semver_is_compatible(const struct version *a, const struct version *b)
{
	if (a->major != b->major || a->major > 0)
		return a->major == b->major;
	if (a->minor != b->minor || a->minor > 0)
		return a->minor == b->minor;
	return a->patch == b->patch;
}
