#include "crawler/fact_table.h"
#include "base/file.h"
#include "tests/unit/packing.h"
#include "tests/unit/temp_db.h"

static const struct {
	const char *line;
	const char *text; /* NULL: accepted; else what the refusal says */
} heads[] = {
	{ "crate\tversion", NULL },
	{ "version\tfuture\tcrate\tproc_macro\r", NULL },
	{ "crate", "names no column" },
	{ "", "names no column" },
	{ "crate\tversion\tcrate", "stands twice" },
	{ "name\tvers", "names no column" },
};

static void the_first_line_names_the_columns(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		struct fact_columns columns = { 0 };
		struct err err = { 0 };
		bool ok = fact_columns_parse(str_of(heads[i].line), &columns, &err);

		if (ok != (heads[i].text == NULL))
			fail_msg("'%s': %s", heads[i].line, ok ? "accepted" : err.text);
		if (!ok && (err.kind != ERR_INPUT || !strstr(err.text, heads[i].text)))
			fail_msg("'%s': %s", heads[i].line, err.text);
	}
}

static void no_more_columns_than_the_ceiling(void **state)
{
	(void)state;
	char line[FACT_COLUMNS_MAX + 40] = "crate\tversion";
	struct fact_columns columns;
	struct err err = { 0 };

	memset(line + strlen(line), '\t', FACT_COLUMNS_MAX - 2);
	assert_true(fact_columns_parse(str_of(line), &columns, &err));
	assert_int_equal(columns.n, FACT_COLUMNS_MAX);
	strncat(line, "\t", 2);
	assert_false(fact_columns_parse(str_of(line), &columns, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

static const struct {
	const char *line;
	bool ok;
	enum known proc_macro;
	const char *links;
} rows[] = {
	{ "serde\t1.0.0\tx\tyes\tz", true, KNOWN_YES, "z" },
	{ "serde\t1.0.0\tx\tno\t", true, KNOWN_NO, "" },
	{ "serde\t1.0.0\t\t\t\r", true, KNOWN_NOT, "" },
	{ "serde\t1.0.0\tx\tperhaps\tz", false, KNOWN_NOT, "" },
	{ "serde\t1.0.0\tx\tyes", false, KNOWN_NOT, "" },
	{ "serde\t1.0.0\tx\tyes\tz\tmore", false, KNOWN_NOT, "" },
	{ "serde\t1.0\tx\tyes\tz", false, KNOWN_NOT, "" },
	{ "../serde\t1.0.0\tx\tyes\tz", false, KNOWN_NOT, "" },
	{ "\t1.0.0\tx\tyes\tz", false, KNOWN_NOT, "" },
	{ "serde\t\tx\tyes\tz", false, KNOWN_NOT, "" },
	{ "serde\t1.0.0\t\xff\tyes\tz", false, KNOWN_NOT, "" },
};

static void rows_are_read_or_left_out(void **state)
{
	(void)state;
	struct fact_columns columns;
	struct err err = { 0 };

	assert_true(fact_columns_parse(STR_LIT("crate\tversion\tfuture\tproc_macro\tlinks"),
	                               &columns, &err));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct manifest_fact fact = { 0 };

		if (fact_row_parse(&columns, str_of(rows[i].line), &fact) != rows[i].ok)
			fail_msg("row %zu", i);
		if (!rows[i].ok)
			continue;
		assert_true(str_eq(fact.name, STR_LIT("serde")));
		assert_true(str_eq(fact.vers, STR_LIT("1.0.0")));
		assert_true(str_eq(fact.registry, STR_LIT("crates-io")));
		assert_int_equal(fact.from, FACT_FROM_TABLE);
		if (fact.proc_macro != rows[i].proc_macro ||
		    !str_eq(fact.links, str_of(rows[i].links)))
			fail_msg("row %zu: %d, " STR_FMT, i, (int)fact.proc_macro,
			         STR_ARG(fact.links));
	}
	struct str nul = STR("serde\t1.0.0\t\0\tyes\tz");
	struct manifest_fact fact;
	assert_false(fact_row_parse(&columns, nul, &fact));
}

static void write_file(struct arena *arena, const struct temp_db *temp, const char *name,
                       struct str text, const char **path)
{
	struct err err = { 0 };

	*path = file_join(arena, temp->folder, str_of(name));
	assert_ok(file_write(*path, text, 0600, &err), err);
}

static void plain_and_packed_tables_are_stored(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct temp_db temp = temp_db_make();
	struct db_pool *pool = temp_db_open(&temp);
	struct str text = STR("crate\tversion\tproc_macro\tlicense\n"
	                      "a\t1.0.0\tyes\tMIT\nbad row\n\nb\t2.0.0\tno\tApache-2.0");
	const char *paths[2];

	write_file(&arena, &temp, "t.tsv", text, &paths[0]);
	write_file(&arena, &temp, "t.tsv.gz", gzip_of(&arena, text), &paths[1]);
	for (size_t i = 0; i < 2; i++) {
		CLEANUP(db_reader_return) struct db *reader = NULL;
		struct fact_table_counts counts;
		struct manifest_fact fact = { 0 };
		struct wanted wanted = { STR("crates-io"), STR("b"), STR("2.0.0") };
		struct err err = { 0 };

		assert_ok(fact_table_read(paths[i], 1000 + (int64_t)i, pool, NULL, &counts, &err),
		          err);
		assert_int_equal(counts.rows, 2);
		assert_int_equal(counts.bad, 1);
		assert_int_equal(counts.first_bad, 3);
		assert_ok(db_reader_lend(pool, &reader, &err), err);
		assert_int_equal(store_fact_get(reader, &arena, &wanted, &fact, &err), 1);
		assert_int_equal(fact.proc_macro, KNOWN_NO);
		assert_int_equal(fact.seen_at, 1000 + (int64_t)i);
		assert_true(str_eq(fact.license, STR_LIT("Apache-2.0")));
	}
	db_pool_close(&pool);
	temp_db_free(&temp);
}

static void what_is_no_table_is_refused(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct temp_db temp = temp_db_make();
	struct db_pool *pool = temp_db_open(&temp);
	struct str packed = gzip_of(&arena, STR_LIT("crate\tversion\na\t1.0.0\n"));
	const struct {
		const char *name;
		struct str text;
		enum err_kind kind;
		const char *says;
	} files[] = {
		{ "empty", STR(""), ERR_INPUT, "empty" },
		{ "toml", STR("[package]\nname = \"x\"\n"), ERR_INPUT,
		  "toml:1: no table of facts" },
		{ "cut.gz", str_sub(packed, 0, packed.n / 2), ERR_INPUT, "cut.gz" },
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct fact_table_counts counts;
		struct err err = { 0 };
		const char *path;

		write_file(&arena, &temp, files[i].name, files[i].text, &path);
		if (fact_table_read(path, 1, pool, NULL, &counts, &err) ||
		    err.kind != files[i].kind || !strstr(err.text, files[i].says))
			fail_msg("%s: %s", files[i].name, err.text);
	}
	struct fact_table_counts counts;
	struct err err = { 0 };
	assert_false(fact_table_read("/nonexistent/table", 1, pool, NULL, &counts, &err));
	assert_int_equal(err.kind, ERR_ABSENT);
	assert_false(fact_table_read(temp.folder, 1, pool, NULL, &counts, &err));
	assert_int_equal(err.kind, ERR_IO);
	db_pool_close(&pool);
	temp_db_free(&temp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_line_names_the_columns),
		cmocka_unit_test(no_more_columns_than_the_ceiling),
		cmocka_unit_test(rows_are_read_or_left_out),
		cmocka_unit_test(plain_and_packed_tables_are_stored),
		cmocka_unit_test(what_is_no_table_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
