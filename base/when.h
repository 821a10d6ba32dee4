/* base/when.h: moments, and the only clock.
 *
 * A moment is int64_t seconds since 1970-01-01T00:00:00Z (`…_at`); 0 means "not known" wherever a
 * header says so. Source: RFC 3339 (profile of ISO 8601), proleptic Gregorian calendar.
 * Threads: any. */
#ifndef RTAUDIT_BASE_WHEN_H
#define RTAUDIT_BASE_WHEN_H
#include "base/arena.h"
#include "base/err.h"

enum { DAY_SECONDS = 86400 };

/* The wall clock in seconds, and a clock for intervals in milliseconds that never jumps. */
int64_t when_now(void);
int64_t when_monotonic_ms(void);
/* Microseconds of the same clock as when_monotonic_ms, for measurements. */
int64_t when_monotonic_us(void);

/* A date ("2025-08-01", its first second in UTC) or a date and time with offset or Z, fractions cut
 * off.
 * ERR_INPUT for anything else, years 1970 to 9999. */
MUST_CHECK bool when_parse(struct str text, int64_t *out, struct err *err);
/* "2025-08-01T12:00:00Z" and "2025-08-01". */
struct str when_rfc3339(struct arena *arena, int64_t at);
struct str when_date(struct arena *arena, int64_t at);
/* An interval as a person says it: "5 minutes", "3 hours", "12 days", "14 months", "6 years". */
struct str when_span(struct arena *arena, int64_t seconds);
#endif
