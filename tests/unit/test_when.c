#include "base/when.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static const struct {
	const char *text;
	int64_t at; /* -1: refused */
} moments[] = {
	{ "1970-01-01", 0 },
	{ "1970-01-01T00:00:00Z", 0 },
	{ "2000-02-29", 951782400 },
	{ "2025-08-01", 1754006400 },
	{ "2025-08-01T12:34:56Z", 1754051696 },
	{ "2025-08-01t12:34:56z", 1754051696 },
	{ "2025-08-01 12:34:56.987654321Z", 1754051696 },
	{ "2025-08-01T12:34:56+02:00", 1754044496 },
	{ "2025-08-01T12:34:56-05:30", 1754071496 },
	{ "2016-12-31T23:59:60Z", 1483228800 },
	{ "2038-01-19T03:14:08Z", 2147483648 },
	{ "2100-02-28", 4107456000 },
	{ "9999-12-31T23:59:59Z", 253402300799 },
	{ "1970-01-01T00:00:00+00:01", -1 },
	{ "", -1 },
	{ "2025", -1 },
	{ "2025-8-1", -1 },
	{ "2025-08-01T", -1 },
	{ "2025-08-01T12:34:56", -1 },
	{ "2025-08-01T12:34Z", -1 },
	{ "2025-08-01T12:34:56.Z", -1 },
	{ "2025-08-01T24:00:00Z", -1 },
	{ "2025-08-01T12:60:00Z", -1 },
	{ "2025-08-01T12:34:61Z", -1 },
	{ "2025-08-01T12:34:56+0200", -1 },
	{ "2025-08-01T12:34:56+24:00", -1 },
	{ "2025-08-01T12:34:56Z ", -1 },
	{ "2025-08-01x", -1 },
	{ "2025-02-29", -1 },
	{ "2100-02-29", -1 },
	{ "2025-00-01", -1 },
	{ "2025-13-01", -1 },
	{ "2025-04-31", -1 },
	{ "2025-04-00", -1 },
	{ "1969-12-31", -1 },
	{ "0000-01-01", -1 },
	{ "+2025-01-01", -1 },
	{ "-025-01-01", -1 },
};

static void moments_are_those_of_rfc_3339(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(moments); i++) {
		struct err err = { 0 };
		int64_t at = 42;
		bool ok = when_parse(str_of(moments[i].text), &at, &err);

		if (ok != (moments[i].at >= 0))
			fail_msg("%s: %s", moments[i].text, ok ? "accepted" : err.text);
		if (at != (ok ? moments[i].at : 42))
			fail_msg("%s: got %lld", moments[i].text, (long long)at);
		if (!ok)
			assert_int_equal(err.kind, ERR_INPUT);
	}
}

static void a_refusal_says_what_is_wanted(void **state)
{
	(void)state;
	struct err err = { 0 };
	int64_t at = 0;

	assert_false(when_parse(STR_LIT("yesterday"), &at, &err));
	assert_string_equal(err.text, "'yesterday' is no date (2025-08-01) and no time "
	                              "(2025-08-01T12:00:00Z) from 1970 to 9999");
}

static const struct {
	int64_t at;
	const char *text;
} written[] = {
	{ 0, "1970-01-01T00:00:00Z" },          { 951782399, "2000-02-28T23:59:59Z" },
	{ 951868800, "2000-03-01T00:00:00Z" },  { 1735603200, "2024-12-31T00:00:00Z" },
	{ 1735689600, "2025-01-01T00:00:00Z" }, { 1754051696, "2025-08-01T12:34:56Z" },
	{ 4107542400, "2100-03-01T00:00:00Z" }, { 253402300799, "9999-12-31T23:59:59Z" },
	{ INT64_MAX, "9999-12-31T23:59:59Z" },  { INT64_MIN, "1970-01-01T00:00:00Z" },
};

static void moments_are_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(written); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };

		assert_string_equal(when_rfc3339(&arena, written[i].at).p, written[i].text);
		struct str date = when_date(&arena, written[i].at);

		assert_int_equal(date.n, 10);
		assert_memory_equal(date.p, written[i].text, 10);
	}
}

/* Each day of eight hundred years, which is two whole turns of the calendar. */
static void each_day_is_read_as_it_was_written(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str before = STR("1969-12-31");

	for (int64_t day = 0; day < (int64_t)146097 * 2; day++) {
		struct err err = { 0 };
		int64_t at = -1;
		struct str date = when_date(&arena, day * DAY_SECONDS + DAY_SECONDS - 1);

		assert_true(when_parse(date, &at, &err));
		assert_int_equal(at, day * DAY_SECONDS);
		assert_true(str_cmp(before, date) < 0);
		before = date;
	}
}

static const struct {
	int64_t seconds;
	const char *text;
} spans[] = {
	{ -5, "0 seconds" },
	{ 0, "0 seconds" },
	{ 1, "1 second" },
	{ 119, "119 seconds" },
	{ 120, "2 minutes" },
	{ 300, "5 minutes" },
	{ 3 * 3600 + 59, "3 hours" },
	{ 12 * DAY_SECONDS, "12 days" },
	{ 60 * DAY_SECONDS, "60 days" },
	{ 61 * DAY_SECONDS, "2 months" },
	{ 430 * DAY_SECONDS, "14 months" },
	{ (int64_t)365 * DAY_SECONDS * 6 + 3 * DAY_SECONDS, "6 years" },
};

static void spans_are_as_a_person_says_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(spans); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };

		assert_string_equal(when_span(&arena, spans[i].seconds).p, spans[i].text);
	}
}

static void clocks_go_forward(void **state)
{
	(void)state;
	int64_t us = when_monotonic_us(), ms = when_monotonic_ms();

	assert_true(ms >= us / 1000);
	assert_true(when_monotonic_us() >= us);
	/* The wall clock stands behind the day this was written. */
	assert_true(when_now() > 1754006400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moments_are_those_of_rfc_3339),
		cmocka_unit_test(a_refusal_says_what_is_wanted),
		cmocka_unit_test(moments_are_written),
		cmocka_unit_test(each_day_is_read_as_it_was_written),
		cmocka_unit_test(spans_are_as_a_person_says_them),
		cmocka_unit_test(clocks_go_forward),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
