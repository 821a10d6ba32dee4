#include "db/store_fact.h"
#include "tests/unit/temp_db.h"

static void put(struct db_pool *pool, struct manifest_fact fact)
{
	CLEANUP(db_writer_end) struct db *writer = NULL;
	struct err err = { 0 };

	assert_ok(db_writer_begin(pool, &writer, &err), err);
	assert_ok(store_fact_put(writer, &fact, &err), err);
	assert_ok(db_writer_commit(writer, &err), err);
}

static struct manifest_fact fact_of(const char *name, const char *vers, enum fact_from from,
                                    enum known macro, const char *license)
{
	return (struct manifest_fact){ .registry = STR("crates-io"),
		                       .name = str_of(name),
		                       .vers = str_of(vers),
		                       .from = from,
		                       .proc_macro = macro,
		                       .license = str_of(license),
		                       .description = STR("what it is"),
		                       .links = STR("z"),
		                       .seen_at = 11 };
}

static void what_an_archive_said_stays(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	CLEANUP(db_pool_close) struct db_pool *pool = temp_db_open(&temp);
	struct wanted wanted = { STR("crates-io"), STR("a"), STR("1.0.0") };
	static const struct {
		enum fact_from from;
		const char *license, *want;
	} steps[] = {
		{ FACT_FROM_TABLE, "one", "one" },       { FACT_FROM_TABLE, "two", "two" },
		{ FACT_FROM_ARCHIVE, "three", "three" }, { FACT_FROM_TABLE, "four", "three" },
		{ FACT_FROM_ARCHIVE, "five", "five" },
	};

	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		CLEANUP(db_reader_return) struct db *reader = NULL;
		struct manifest_fact got = { 0 };
		struct err err = { 0 };

		put(pool, fact_of("a", "1.0.0", steps[i].from, KNOWN_YES, steps[i].license));
		assert_ok(db_reader_lend(pool, &reader, &err), err);
		assert_int_equal(store_fact_get(reader, &arena, &wanted, &got, &err), 1);
		if (!str_eq(got.license, str_of(steps[i].want)))
			fail_msg("step %zu: " STR_FMT, i, STR_ARG(got.license));
		assert_true(str_eq(got.links, STR_LIT("z")));
		assert_true(str_eq(got.description, STR_LIT("what it is")));
		assert_int_equal(got.repository.n, 0);
		assert_int_equal(got.seen_at, 11);
		assert_int_equal(got.proc_macro, KNOWN_YES);
	}
}

static void an_audit_gets_its_version_and_the_newest_texts(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	CLEANUP(db_pool_close) struct db_pool *pool = temp_db_open(&temp);
	CLEANUP(db_reader_return) struct db *reader = NULL;
	static const struct {
		const char *name, *vers;
		enum known macro;
		enum fact_from from;
		const char *license;
	} cases[] = {
		{ "a", "1.9.0", KNOWN_YES, FACT_FROM_TABLE, "new" },
		{ "a", "1.10.0", KNOWN_NO, FACT_FROM_ARCHIVE, "new" },
		{ "a", "1.2.0", KNOWN_NOT, FACT_FROM_NOWHERE, "new" },
		{ "a", "7.0.0", KNOWN_NOT, FACT_FROM_NOWHERE, "new" },
		{ "b", "1.9.0", KNOWN_NOT, FACT_FROM_NOWHERE, "" },
	};
	struct err err = { 0 };

	put(pool, fact_of("a", "1.10.0", FACT_FROM_ARCHIVE, KNOWN_NO, "new"));
	put(pool, fact_of("a", "1.9.0", FACT_FROM_TABLE, KNOWN_YES, "old"));
	put(pool, fact_of("a", "1.2.0", FACT_FROM_TABLE, KNOWN_NOT, "older"));
	assert_ok(db_reader_lend(pool, &reader, &err), err);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct wanted wanted = { STR("crates-io"), str_of(cases[i].name),
			                 str_of(cases[i].vers) };
		struct package_facts got = { 0 };

		assert_ok(store_fact_fill(reader, &arena, &wanted, &got, &err), err);
		if (got.proc_macro != cases[i].macro || got.proc_macro_from != cases[i].from ||
		    !str_eq(got.license, str_of(cases[i].license)))
			fail_msg("%s %s: %d %d '" STR_FMT "'", cases[i].name, cases[i].vers,
			         got.proc_macro, got.proc_macro_from, STR_ARG(got.license));
	}
}

static void no_std_is_of_the_version_or_its_line(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	CLEANUP(db_pool_close) struct db_pool *pool = temp_db_open(&temp);
	CLEANUP(db_reader_return) struct db *reader = NULL;
	static const struct {
		const char *vers, *no_std, *cfg;
	} facts[] = { { "1.9.0", "cfg", "not(test)" },
		      { "1.2.0", "no", "" },
		      { "2.0.0", "yes", "" },
		      { "1.10.0", "", "" } };
	static const struct {
		const char *vers;
		enum no_std no_std;
		const char *cfg;
	} cases[] = { { "1.2.0", NO_STD_NO, "" },
		      { "1.4.0", NO_STD_CFG, "not(test)" },
		      { "2.7.0", NO_STD_ALWAYS, "" },
		      { "3.0.0", NO_STD_UNKNOWN, "" },
		      { "1.10.0", NO_STD_CFG, "not(test)" } };
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		struct manifest_fact fact =
			fact_of("a", facts[i].vers, FACT_FROM_TABLE, KNOWN_NO, "");

		fact.no_std = str_of(facts[i].no_std);
		fact.no_std_cfg = str_of(facts[i].cfg);
		put(pool, fact);
	}
	assert_ok(db_reader_lend(pool, &reader, &err), err);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct wanted wanted = { STR("crates-io"), STR("a"), str_of(cases[i].vers) };
		struct package_facts got = { 0 };

		assert_ok(store_fact_fill(reader, &arena, &wanted, &got, &err), err);
		if (got.no_std != cases[i].no_std || !str_eq(got.no_std_cfg, str_of(cases[i].cfg)))
			fail_msg("%s: %d '" STR_FMT "'", cases[i].vers, got.no_std,
			         STR_ARG(got.no_std_cfg));
	}
}

static void all_facts_come_in_order(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	CLEANUP(db_pool_close) struct db_pool *pool = temp_db_open(&temp);
	CLEANUP(db_reader_return) struct db *reader = NULL;
	CLEANUP(store_fact_end) struct fact_cursor *cursor = NULL;
	static const char *const want[] = { "a 1.0.0", "a 2.0.0", "b 1.0.0" };
	struct manifest_fact got = { 0 };
	struct err err = { 0 };

	put(pool, fact_of("b", "1.0.0", FACT_FROM_TABLE, KNOWN_NO, ""));
	put(pool, fact_of("a", "2.0.0", FACT_FROM_TABLE, KNOWN_NO, ""));
	put(pool, fact_of("a", "1.0.0", FACT_FROM_TABLE, KNOWN_NO, ""));
	assert_ok(db_reader_lend(pool, &reader, &err), err);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		assert_int_equal(store_fact_next(reader, &cursor, &arena, &got, &err), 1);
		struct str text = arena_printf(&arena, STR_FMT " " STR_FMT, STR_ARG(got.name),
		                               STR_ARG(got.vers));
		assert_true(str_eq(text, str_of(want[i])));
		assert_true(str_eq(got.registry, STR_LIT("crates-io")));
	}
	assert_int_equal(store_fact_next(reader, &cursor, &arena, &got, &err), 0);
	store_fact_end(&cursor);
	assert_null(cursor);
}

static void a_fact_without_a_version_is_refused(void **state)
{
	(void)state;
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	CLEANUP(db_pool_close) struct db_pool *pool = temp_db_open(&temp);
	CLEANUP(db_writer_end) struct db *writer = NULL;
	struct manifest_fact fact = fact_of("a", "", FACT_FROM_TABLE, KNOWN_NO, "");
	struct err err = { 0 };

	assert_ok(db_writer_begin(pool, &writer, &err), err);
	assert_false(store_fact_put(writer, &fact, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	fact = fact_of("", "1.0.0", FACT_FROM_TABLE, KNOWN_NO, "");
	assert_false(store_fact_put(writer, &fact, &err));
	assert_int_equal(err.kind, ERR_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_an_archive_said_stays),
		cmocka_unit_test(an_audit_gets_its_version_and_the_newest_texts),
		cmocka_unit_test(no_std_is_of_the_version_or_its_line),
		cmocka_unit_test(all_facts_come_in_order),
		cmocka_unit_test(a_fact_without_a_version_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
