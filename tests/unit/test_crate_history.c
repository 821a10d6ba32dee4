#include "db/crate_history.h"
#include "audit/limits.h"
#include "base/when.h"
#include "db/crate_pack.h"
#include "tests/unit/temp_db.h"

/* A version as a row; days since 1970, 0: not known, not yanked. */
struct row {
	const char *vers;
	int64_t published_day, yanked_day;
	bool removed;
	uint32_t v;
};

static void pack_rows(struct arena *arena, const struct row *rows, size_t n, struct buf *to,
                      struct crate_value *out)
{
	struct kept_version *kept = arena_array(arena, n, sizeof *kept);
	struct err err = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct index_entry *entry = &kept[i].entry;

		entry->vers = str_of(rows[i].vers);
		assert_ok(semver_parse(entry->vers, &entry->version, &err), err);
		entry->published_at = rows[i].published_day * DAY_SECONDS;
		entry->yanked = rows[i].yanked_day != 0;
		entry->v = rows[i].v;
		kept[i].yanked_at = rows[i].yanked_day * DAY_SECONDS;
		kept[i].removed = rows[i].removed;
	}
	assert_ok(crate_pack(to, kept, n, &err), err);
	assert_ok(crate_value_open(arena, buf_str(to), out, &err), err);
}

static const struct row LIFE[] = {
	{ "0.1.0", 100, 0, false, 1 },   { "0.9.0", 110, 0, false, 1 },
	{ "0.10.0", 140, 0, false, 1 },  { "1.0.0-rc.1", 150, 0, false, 1 },
	{ "1.0.0", 160, 300, false, 1 }, { "0.9.1", 170, 0, false, 1 },
	{ "2.0.0", 200, 0, true, 1 },    { "0.11.0", 180, 0, false, 3 },
};

static const struct {
	int64_t at_day;
	const char *newest;
	int64_t newest_day, first_day;
	uint32_t releases, yanked;
	int64_t rhythm_days;
} moments[] = {
	{ 0, "0.10.0", 180, 100, 7, 1, 10 },   { 299, "1.0.0", 180, 100, 7, 0, 10 },
	{ 300, "0.10.0", 180, 100, 7, 1, 10 }, { 159, "0.10.0", 150, 100, 4, 0, 10 },
	{ 115, "0.9.0", 110, 100, 2, 0, 0 },   { 99, "", 0, 0, 0, 0, 0 },
};

static void history_is_that_of_the_moment(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf bytes = buf_make(INDEX_FILE_MAX_BYTES);
	struct crate_value value = { 0 };

	pack_rows(&arena, LIFE, ARRAY_LEN(LIFE), &bytes, &value);
	for (size_t i = 0; i < ARRAY_LEN(moments); i++) {
		struct crate_history got = { 0 };
		struct str newest = STR("");

		crate_history_of(&value, &arena, moments[i].at_day * DAY_SECONDS, &got);
		if (got.newest != UINT32_MAX)
			newest = crate_head_vers(&arena, &value.heads[got.newest]);
		if (!str_eq(newest, str_of(moments[i].newest)))
			fail_msg("day %d: newest " STR_FMT, (int)moments[i].at_day,
			         STR_ARG(newest));
		assert_int_equal(got.newest_at, moments[i].newest_day * DAY_SECONDS);
		assert_int_equal(got.first_at, moments[i].first_day * DAY_SECONDS);
		assert_int_equal(got.releases, moments[i].releases);
		assert_int_equal(got.yanked_releases, moments[i].yanked);
		assert_int_equal(got.rhythm_seconds, moments[i].rhythm_days * DAY_SECONDS);
	}
}

static void unknown_dates_leave_the_first_unknown(void **state)
{
	(void)state;
	static const struct row rows[] = { { "1.0.0", 0, 0, false, 1 },
		                           { "1.1.0", 50, 0, false, 1 },
		                           { "1.2.0", 40, 0, false, 1 },
		                           { "1.3.0", 70, 0, false, 1 } };
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf bytes = buf_make(INDEX_FILE_MAX_BYTES);
	struct crate_value value = { 0 };
	struct crate_history got = { 0 };

	pack_rows(&arena, rows, ARRAY_LEN(rows), &bytes, &value);
	crate_history_of(&value, &arena, 45 * DAY_SECONDS, &got);
	assert_int_equal(got.releases, 2); /* the one without a date counts always */
	crate_history_of(&value, &arena, 0, &got);
	assert_int_equal(got.first_at, 0);
	assert_int_equal(got.newest_at, 70 * DAY_SECONDS);
	/* of 10 and 20 days, after sorting */
	assert_int_equal(got.rhythm_seconds, 15 * DAY_SECONDS);
	assert_int_equal(got.releases, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(history_is_that_of_the_moment),
		cmocka_unit_test(unknown_dates_leave_the_first_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
