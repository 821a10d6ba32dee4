#include "base/when.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FIRST_YEAR = 1970, LAST_YEAR = 9999, HOUR_SECONDS = 3600, MINUTE_SECONDS = 60 };

int64_t when_now(void)
{
	return (int64_t)time(NULL);
}

int64_t when_monotonic_us(void)
{
	struct timespec now = { 0 };

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		abort();
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t when_monotonic_ms(void)
{
	return when_monotonic_us() / 1000;
}

static bool is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t days_of(int64_t year, int64_t month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

/* Days from year 0 (proleptic) to the first of January of `year`. */
static int64_t days_before_year(int64_t year)
{
	int64_t before = year - 1;

	return year * 365 + before / 4 - before / 100 + before / 400;
}

static int64_t days_since_1970(int64_t year, int64_t month, int64_t day)
{
	int64_t days = days_before_year(year) - days_before_year(FIRST_YEAR);

	for (int64_t m = 1; m < month; m++)
		days += days_of(year, m);
	return days + day - 1;
}

/* Takes exactly n digits off the front of *s. */
static bool take_number(struct str *s, size_t n, int64_t low, int64_t high, int64_t *out)
{
	int64_t value = 0;

	if (s->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		value = value * 10 + (s->p[i] - '0');
	}
	*s = (struct str){ s->p + n, s->n - n };
	*out = value;
	return value >= low && value <= high;
}

static bool take_byte(struct str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = (struct str){ s->p + 1, s->n - 1 };
	return true;
}

static bool take_date(struct str *s, int64_t *days)
{
	int64_t year = 0, month = 0, day = 0;

	if (!take_number(s, 4, FIRST_YEAR, LAST_YEAR, &year) || !take_byte(s, '-') ||
	    !take_number(s, 2, 1, 12, &month) || !take_byte(s, '-') ||
	    !take_number(s, 2, 1, days_of(year, month), &day))
		return false;
	*days = days_since_1970(year, month, day);
	return true;
}

/* 12:00:00 and a fraction. Second 60, a leap second, is the first of the next minute. */
static bool take_clock(struct str *s, int64_t *seconds)
{
	int64_t hour = 0, minute = 0, second = 0, digit = 0;

	if (!take_number(s, 2, 0, 23, &hour) || !take_byte(s, ':') ||
	    !take_number(s, 2, 0, 59, &minute) || !take_byte(s, ':') ||
	    !take_number(s, 2, 0, 60, &second))
		return false;
	*seconds = hour * HOUR_SECONDS + minute * MINUTE_SECONDS + second;
	if (!take_byte(s, '.'))
		return true;
	if (!take_number(s, 1, 0, 9, &digit))
		return false;
	while (s->n > 0 && s->p[0] >= '0' && s->p[0] <= '9')
		*s = (struct str){ s->p + 1, s->n - 1 };
	return true;
}

static bool take_offset(struct str *s, int64_t *seconds)
{
	int64_t hour = 0, minute = 0;

	*seconds = 0;
	if (take_byte(s, 'Z') || take_byte(s, 'z'))
		return true;
	int64_t sign = take_byte(s, '-') ? -1 : 1;

	if (sign > 0 && !take_byte(s, '+'))
		return false;
	if (!take_number(s, 2, 0, 23, &hour) || !take_byte(s, ':') ||
	    !take_number(s, 2, 0, 59, &minute))
		return false;
	*seconds = sign * (hour * HOUR_SECONDS + minute * MINUTE_SECONDS);
	return true;
}

bool when_parse(struct str text, int64_t *out, struct err *err)
{
	struct str s = text, shown = str_sub(text, 0, 64);
	int64_t days = 0, seconds = 0, offset = 0;
	bool ok = take_date(&s, &days);

	if (ok && s.n > 0)
		ok = (take_byte(&s, 'T') || take_byte(&s, 't') || take_byte(&s, ' ')) &&
		     take_clock(&s, &seconds) && take_offset(&s, &offset) && s.n == 0;
	int64_t at = days * DAY_SECONDS + seconds - offset;

	if (!ok || at < 0)
		return err_set(err, ERR_INPUT,
		               "'" STR_FMT
		               "' is no date (2025-08-01) and no time (2025-08-01T12:00:00Z) "
		               "from 1970 to 9999",
		               STR_ARG(shown));
	*out = at;
	return true;
}

struct date {
	int64_t year, month, day, second;
};

/* The date of a moment; one outside the years that when_parse takes is shown as the nearest in
 * them. */
static struct date date_of(int64_t at)
{
	int64_t last = (days_since_1970(LAST_YEAR, 12, 31) + 1) * DAY_SECONDS - 1;

	if (at < 0)
		at = 0;
	if (at > last)
		at = last;
	int64_t days = at / DAY_SECONDS;
	struct date date = { FIRST_YEAR + days / 366, 1, 1, at % DAY_SECONDS };

	/* Years have at least 365 days, so that guess is never too late, and soon right. */
	while (days_since_1970(date.year + 1, 1, 1) <= days)
		date.year++;
	days -= days_since_1970(date.year, 1, 1);
	for (; days >= days_of(date.year, date.month); date.month++)
		days -= days_of(date.year, date.month);
	date.day += days;
	return date;
}

struct str when_rfc3339(struct arena *arena, int64_t at)
{
	struct date date = date_of(at);

	return arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)date.year,
	                    (int)date.month, (int)date.day, (int)(date.second / HOUR_SECONDS),
	                    (int)(date.second / MINUTE_SECONDS % 60), (int)(date.second % 60));
}

struct str when_date(struct arena *arena, int64_t at)
{
	struct date date = date_of(at);

	return arena_printf(arena, "%04d-%02d-%02d", (int)date.year, (int)date.month,
	                    (int)date.day);
}

/* The unit is the largest of which the interval has at least two. */
struct str when_span(struct arena *arena, int64_t seconds)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = {
		{ "year", (int64_t)DAY_SECONDS * 1461 / 4 },
		{ "month", (int64_t)DAY_SECONDS * 1461 / 48 },
		{ "day", DAY_SECONDS },
		{ "hour", HOUR_SECONDS },
		{ "minute", MINUTE_SECONDS },
		{ "second", 1 },
	};
	int64_t length = seconds < 0 ? 0 : seconds;
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(units) && length < 2 * units[i].seconds)
		i++;
	int64_t n = length / units[i].seconds;

	return arena_printf(arena, "%lld %s%s", (long long)n, units[i].name, n == 1 ? "" : "s");
}
