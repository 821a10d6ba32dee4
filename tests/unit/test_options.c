#include "cli/options.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

enum { ARGS_MAX = 8 };

/* What was read, written back: "name=value;…|word …". */
static const char *written(struct arena *arena, const struct options *options)
{
	static const struct {
		enum flag flag;
		const char *name;
	} shown[] = {
		{ FLAG_FEATURES, "features" },   { FLAG_FORMAT, "format" },
		{ FLAG_QUIET, "quiet" },         { FLAG_VERBOSE, "verbose" },
		{ FLAG_TARGET, "target" },       { FLAG_WORKSPACE, "workspace" },
		{ FLAG_OUTPUT, "output" },       { FLAG_FACTS, "facts" },
		{ FLAG_EXPORT_FACTS, "export" }, { FLAG_FAIL_ON, "fail-on" },
		{ FLAG_COLOR, "color" },
	};
	struct str text = { "", 0 };

	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		const struct str_list *values = &options->values[shown[i].flag];

		if (options->given[shown[i].flag] > 0 && values->n == 0)
			text = arena_printf(arena, STR_FMT "%s;", STR_ARG(text), shown[i].name);
		for (size_t j = 0; j < values->n; j++)
			text = arena_printf(arena, STR_FMT "%s=" STR_FMT ";", STR_ARG(text),
			                    shown[i].name, STR_ARG(values->p[j]));
	}
	for (size_t i = 0; i < options->words.n; i++)
		text = arena_printf(arena, STR_FMT "|" STR_FMT, STR_ARG(text),
		                    STR_ARG(options->words.p[i]));
	return text.p;
}

static const struct {
	const char *args[ARGS_MAX];
	unsigned commands;
	const char *written; /* NULL: refused, with this in the message: */
	const char *message;
} cases[] = {
	{ { NULL }, COMMAND_AUDIT, "", NULL },
	{ { "--format", "json", "Cargo.lock" }, COMMAND_AUDIT, "format=json;|Cargo.lock", NULL },
	{ { "--format=json", "-q" }, COMMAND_AUDIT, "format=json;quiet;", NULL },
	{ { "-Fa,b", "-F", "c", "-F=d" },
	  COMMAND_AUDIT,
	  "features=a,b;features=c;features=d;",
	  NULL },
	{ { "--features", "" }, COMMAND_AUDIT, "features=;", NULL },
	{ { "-qvo", "out" }, COMMAND_AUDIT, "quiet;verbose;output=out;", NULL },
	{ { "--all" }, COMMAND_AUDIT, "workspace;", NULL },
	{ { "--target", "a", "--target=b" }, COMMAND_WHY, "target=a;target=b;", NULL },
	{ { "--", "-q", "--format" }, COMMAND_AUDIT, "|-q|--format", NULL },
	{ { "-", "-q" }, COMMAND_AUDIT, "quiet;|-", NULL },
	{ { "--facts", "f.tsv" }, COMMAND_SYNC, "facts=f.tsv;", NULL },
	{ { "--facts", "-o", "f.tsv" }, COMMAND_EXPORT, "output=f.tsv;export;", NULL },
	{ { "--fail-on", "never", "--fail-on=note" },
	  COMMAND_AUDIT,
	  "fail-on=never;fail-on=note;",
	  NULL },
	{ { "--formt", "json" },
	  COMMAND_AUDIT,
	  NULL,
	  "unknown flag '--formt'; did you mean '--format'?" },
	{ { "--nonsense" },
	  COMMAND_AUDIT,
	  NULL,
	  "unknown flag '--nonsense' (--help lists them all)" },
	{ { "--baseline", "x" }, COMMAND_WHY, NULL, "this command knows no flag '--baseline'" },
	{ { "--format" }, COMMAND_AUDIT, NULL, "--format needs a value: --format FORMAT" },
	{ { "--target" }, COMMAND_AUDIT, NULL, "--target needs a value: --target TRIPLE" },
	{ { "-F" }, COMMAND_AUDIT, NULL, "--features needs a value: --features LIST" },
	{ { "--quiet=1" }, COMMAND_AUDIT, NULL, "--quiet takes no value" },
	{ { "-x" }, COMMAND_AUDIT, NULL, "unknown flag '-x'" },
	{ { "--output=" }, COMMAND_AUDIT, NULL, "the value of --output is empty" },
	{ { "--color=blue" }, COMMAND_AUDIT, NULL, "--color takes auto|always|never, not 'blue'" },
	{ { "--fail-on=errors" }, COMMAND_AUDIT, NULL, "--fail-on takes error|warning|note|never" },
	{ { "--fail-on=err\x1b[2J" }, COMMAND_AUDIT, NULL, "not 'err\\x1b[2J'" },
};

static void flags_are_read_by_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct options got = { 0 };
		struct err err = { 0 };
		bool ok = options_parse(&arena, cases[i].args, cases[i].commands, &got, &err);

		if (ok != (cases[i].written != NULL))
			fail_msg("row %zu: %s", i, ok ? written(&arena, &got) : err.text);
		if (ok && strcmp(written(&arena, &got), cases[i].written) != 0)
			fail_msg("row %zu: got %s", i, written(&arena, &got));
		if (ok)
			continue;
		assert_int_equal(err.kind, ERR_USAGE);
		if (!strstr(err.text, cases[i].message))
			fail_msg("row %zu: %s", i, err.text);
	}
}

static void the_last_value_counts(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	const char *args[] = { "--format", "json", "--format=text", NULL };
	struct options got = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_true(options_parse(&arena, args, COMMAND_AUDIT, &got, &err));
	assert_true(str_eq(options_value(&got, FLAG_FORMAT), STR_LIT("text")));
	assert_int_equal(options_value(&got, FLAG_AT).n, 0);
}

static const struct {
	const char *args[ARGS_MAX];
	size_t at;
} firsts[] = {
	{ { NULL }, STR_NONE },
	{ { "why", "tokio" }, 0 },
	{ { "-q", "why" }, 1 },
	{ { "--format", "json", "status" }, 2 },
	{ { "--format=json", "status" }, 1 },
	{ { "-qF", "a", "audit" }, 2 },
	{ { "-qFa", "audit" }, 1 },
	{ { "--unknown", "audit" }, 1 },
	{ { "--", "audit" }, STR_NONE },
	{ { "-", "audit" }, 0 },
	{ { "--format" }, STR_NONE },
};

static void a_command_is_the_first_word_that_is_no_value(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(firsts); i++)
		if (options_first_word(firsts[i].args) != firsts[i].at)
			fail_msg("row %zu: got %zu", i, options_first_word(firsts[i].args));
}

static const struct {
	const char *args[ARGS_MAX];
	const char *edges; /* NULL: refused */
} edges[] = {
	{ { NULL }, "normal,build" },
	{ { "-e", "normal" }, "normal" },
	{ { "-e", "dev,normal" }, "normal,dev" },
	{ { "-e", "dev", "--edges=build" }, "build,dev" },
	{ { "-e", "all" }, "normal,build,dev" },
	{ { "-e", "no-dev" }, "normal,build" },
	{ { "-e", "no-build,no-dev" }, "normal" },
	{ { "-e", "no-normal,no-build,no-dev" }, NULL },
	{ { "-e", "no-dev,normal" }, NULL },
	{ { "-e", "all", "-e", "no-dev" }, NULL },
	{ { "-e", "no-all" }, NULL },
	{ { "-e", "features" }, NULL },
	{ { "-e", "normal," }, NULL },
};

static void edges_are_read_as_cargo_tree_reads_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(edges); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct options options = { 0 };
		struct str got = { 0 };
		struct err err = { 0 };

		assert_true(options_parse(&arena, edges[i].args, COMMAND_AUDIT, &options, &err));
		bool ok = options_edges(&arena, &options, &got, &err);
		if (ok != (edges[i].edges != NULL))
			fail_msg("row %zu: %s", i, ok ? got.p : err.text);
		if (ok && !str_eq(got, str_of(edges[i].edges)))
			fail_msg("row %zu: got " STR_FMT, i, STR_ARG(got));
		if (!ok)
			assert_int_equal(err.kind, ERR_USAGE);
	}
}

/* No line is wider than asked, every flag of the command stands there, none of another's. */
static void help_is_as_wide_as_asked(void **state)
{
	struct buf buf = buf_make(1 << 16);
	struct str rest, line = { 0 };
	struct err err = { 0 };

	(void)state;
	options_help(&buf, COMMAND_AUDIT, 80);
	assert_true(buf_done(&buf, "help", &err));
	rest = buf_str(&buf);
	assert_true(str_find_str(rest, STR_LIT("  -p, --package SPEC…")) != STR_NONE);
	assert_true(str_find_str(rest, STR_LIT("--advisories")) == STR_NONE);
	while (str_cut(rest, '\n', &line, &rest))
		if (line.n > 84) /* "…" has three bytes and one column */
			fail_msg("too wide: " STR_FMT, STR_ARG(line));
	buf_free(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags_are_read_by_the_table),
		cmocka_unit_test(the_last_value_counts),
		cmocka_unit_test(a_command_is_the_first_word_that_is_no_value),
		cmocka_unit_test(edges_are_read_as_cargo_tree_reads_them),
		cmocka_unit_test(help_is_as_wide_as_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
