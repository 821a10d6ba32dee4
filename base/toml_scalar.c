#include "base/toml_scalar.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The value of a digit of any base up to 16; 99 for any other byte. */
static unsigned digit_value(char c)
{
	if (is_digit(c))
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 99;
}

/* Passes over digits of `base` from *at on, an underscore allowed between two of them; false where
 * there is not one digit, or an underscore stands elsewhere. */
static bool pass_digits(struct str text, unsigned base, size_t *at)
{
	bool digit_before = false;
	size_t i = *at;

	for (; i < text.n; i++) {
		bool digit = digit_value(text.p[i]) < base;

		if (!digit && (text.p[i] != '_' || !digit_before))
			break;
		digit_before = digit;
	}
	*at = i;
	return digit_before;
}

/* Adds up the digits of `text`, underscores left out; false above 2^63-1, or 2^63 where negative.
 */
static bool sum_digits(struct str text, unsigned base, bool negative, int64_t *out)
{
	int64_t value = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '_')
			continue;
		int64_t digit = (int64_t)digit_value(text.p[i]);

		if (__builtin_mul_overflow(value, (int64_t)base, &value) ||
		    __builtin_add_overflow(value, negative ? -digit : digit, &value))
			return false;
	}
	*out = value;
	return true;
}

static bool based_integer(struct str text, struct toml_token *out, const char **reason)
{
	unsigned base = text.p[1] == 'x' ? 16 : text.p[1] == 'o' ? 8 : 2;
	size_t at = 2;
	int64_t value = 0;

	*reason = "is no number";
	if (!pass_digits(text, base, &at) || at != text.n)
		return false;
	*reason = "does not fit into 64 bits";
	if (!sum_digits(str_sub(text, 2, text.n), base, false, &value))
		return false;
	out->kind = TOML_INTEGER;
	out->text = text;
	out->integer = value;
	return true;
}

/* Passes over ".5", "e10" and the like behind the whole part of a float. */
static bool pass_fraction_and_exponent(struct str text, size_t *at)
{
	if (*at < text.n && text.p[*at] == '.') {
		++*at;
		if (!pass_digits(text, 10, at))
			return false;
	}
	if (*at < text.n && (text.p[*at] == 'e' || text.p[*at] == 'E')) {
		++*at;
		if (*at < text.n && (text.p[*at] == '+' || text.p[*at] == '-'))
			++*at;
		if (!pass_digits(text, 10, at))
			return false;
	}
	return *at == text.n;
}

static bool decimal(struct str text, struct toml_token *out, const char **reason)
{
	bool sign = text.p[0] == '+' || text.p[0] == '-';
	size_t from = sign ? 1 : 0, at = from;
	int64_t value = 0;

	*reason = "is no number";
	if (!pass_digits(text, 10, &at))
		return false;
	if (text.p[from] == '0' && at > from + 1) {
		*reason = "has a leading zero";
		return false;
	}
	if (at < text.n) {
		if (!pass_fraction_and_exponent(text, &at))
			return false;
		out->kind = TOML_FLOAT;
		out->text = text;
		out->integer = 0;
		return true;
	}
	*reason = "does not fit into 64 bits";
	if (!sum_digits(str_sub(text, from, at), 10, text.p[0] == '-', &value))
		return false;
	out->kind = TOML_INTEGER;
	out->text = text;
	out->integer = value;
	return true;
}

/* Takes exactly n digits off the front of *s. */
static bool take_digits(struct str *s, size_t n, unsigned *out)
{
	unsigned value = 0;

	if (s->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!is_digit(s->p[i]))
			return false;
		value = value * 10 + (unsigned)(s->p[i] - '0');
	}
	*s = (struct str){ s->p + n, s->n - n };
	*out = value;
	return true;
}

static bool take_byte(struct str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = (struct str){ s->p + 1, s->n - 1 };
	return true;
}

static unsigned days_of(unsigned year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap ? 1u : 0u);
}

static bool take_date(struct str *s)
{
	unsigned year = 0, month = 0, day = 0;

	return take_digits(s, 4, &year) && take_byte(s, '-') && take_digits(s, 2, &month) &&
	       take_byte(s, '-') && take_digits(s, 2, &day) && month >= 1 && month <= 12 &&
	       day >= 1 && day <= days_of(year, month);
}

/* 07:32, 07:32:05 or 07:32:05.25; second 60 is a leap second. */
static bool take_clock(struct str *s)
{
	unsigned hour = 0, minute = 0, second = 0, digit = 0;

	if (!take_digits(s, 2, &hour) || !take_byte(s, ':') || !take_digits(s, 2, &minute) ||
	    hour > 23 || minute > 59)
		return false;
	if (!take_byte(s, ':'))
		return true;
	if (!take_digits(s, 2, &second) || second > 60)
		return false;
	if (!take_byte(s, '.'))
		return true;
	if (!take_digits(s, 1, &digit))
		return false;
	while (take_digits(s, 1, &digit))
		;
	return true;
}

/* Z or +01:30; nothing is an offset too: the time is local. */
static bool take_offset(struct str *s)
{
	unsigned hour = 0, minute = 0;

	if (s->n == 0 || take_byte(s, 'Z') || take_byte(s, 'z'))
		return true;
	if (!take_byte(s, '+') && !take_byte(s, '-'))
		return false;
	return take_digits(s, 2, &hour) && take_byte(s, ':') && take_digits(s, 2, &minute) &&
	       hour <= 23 && minute <= 59;
}

static bool datetime(struct str text, struct toml_token *out, const char **reason)
{
	struct str s = text;
	bool ok = false;

	if (text.p[2] == ':')
		ok = take_clock(&s);
	else if (take_date(&s))
		ok = s.n == 0 ||
		     ((take_byte(&s, 'T') || take_byte(&s, 't') || take_byte(&s, ' ')) &&
		      take_clock(&s) && take_offset(&s));
	*reason = "is no date or time";
	if (!ok || s.n > 0)
		return false;
	out->kind = TOML_DATETIME;
	out->text = text;
	out->integer = 0;
	return true;
}

static bool is_infinity_or_nan(struct str text)
{
	if (text.n == 4 && (text.p[0] == '+' || text.p[0] == '-'))
		text = str_sub(text, 1, 4);
	return str_eq(text, STR_LIT("inf")) || str_eq(text, STR_LIT("nan"));
}

bool toml_scalar(struct str text, struct toml_token *out, const char **reason)
{
	bool yes = str_eq(text, STR_LIT("true"));

	if (yes || str_eq(text, STR_LIT("false"))) {
		out->kind = TOML_BOOL;
		out->text = text;
		out->integer = yes;
		return true;
	}
	if (is_infinity_or_nan(text)) {
		out->kind = TOML_FLOAT;
		out->text = text;
		out->integer = 0;
		return true;
	}
	*reason = "is no value; a text needs quotes";
	if (text.n == 0 || !(is_digit(text.p[0]) || text.p[0] == '+' || text.p[0] == '-'))
		return false;
	if (text.n > 2 && text.p[0] == '0' &&
	    (text.p[1] == 'x' || text.p[1] == 'o' || text.p[1] == 'b'))
		return based_integer(text, out, reason);
	if (text.n >= 5 && is_digit(text.p[1]) &&
	    (text.p[2] == ':' || (is_digit(text.p[2]) && is_digit(text.p[3]) && text.p[4] == '-')))
		return datetime(text, out, reason);
	return decimal(text, out, reason);
}
