#include "audit/diff.h"
#include "tests/unit/judged.h" /* cmocka, and what it wants included before it */

/* Two sketched trees, judged by the runtimes in them, and findings added by hand. */
struct pair {
	struct judged before, after;
	struct project project;
	struct diff diff;
};

static void sketch_pair(struct pair *pair, const char *before, const char *after)
{
	struct judged *sides[] = { &pair->before, &pair->after };
	const char *trees[] = { before, after };

	for (size_t i = 0; i < 2; i++) {
		struct judged *side = sides[i];

		judge(side, trees[i], "");
		side->result.project = &pair->project;
		side->result.fail_on = LEVEL_ERROR;
		runtime_uses(&side->tree.arena, &side->tree.graph, side->verdicts, side->knowledge,
		             &side->result.runtimes);
	}
}

static struct finding *add(struct judged *side, const char *rule, enum level level,
                           const char *package, const char *vers, const char *subject)
{
	uint32_t at = tree_find(&side->tree, package, vers);
	struct finding *finding = vec_add(&side->tree.arena, &side->result.findings);

	*finding = (struct finding){
		.rule = str_of(rule), .level = level, .package = at, .subject = str_of(subject)
	};
	*vec_add(&side->tree.arena, &side->result.packages[at].rules) = str_of(rule);
	return finding;
}

static void compare(struct pair *pair)
{
	diff_make(&pair->after.tree.arena, &pair->before.result, &pair->after.result, &pair->diff);
}

static void pair_free(struct pair *pair)
{
	judged_free(&pair->before);
	judged_free(&pair->after);
}

/* "added a 1.0.0, updated b 1.0.0 > 1.1.0" */
static struct str packages_text(struct pair *pair)
{
	struct arena *arena = &pair->after.tree.arena;
	struct str text = STR_LIT("");

	for (size_t i = 0; i < pair->diff.packages.n; i++) {
		const struct diff_package *one = &pair->diff.packages.p[i];
		bool has_old = one->before != PACKAGE_NONE, has_new = one->after != PACKAGE_NONE;
		const struct locked_package *old =
			&pair->before.tree.lock.packages[has_old ? one->before : 0];
		const struct locked_package *now =
			&pair->after.tree.lock.packages[has_new ? one->after : 0];

		text = arena_printf(
			arena, STR_FMT "%s%s " STR_FMT " " STR_FMT "%s" STR_FMT, STR_ARG(text),
			i == 0 ? "" : ", ", diff_change_name(one->change),
			STR_ARG(has_new ? now->name : old->name),
			STR_ARG(has_old ? old->vers : now->vers), has_old && has_new ? " > " : "",
			STR_ARG(has_old && has_new ? now->vers : STR_LIT("")));
	}
	return text;
}

static const struct {
	const char *before, *after, *expected;
} cases[] = {
	{ "*app 0.1.0 : a\na 1.0.0\n", "*app 0.1.0 : a\na 1.0.0\n", "" },
	{ "*app 0.1.0 : a\na 1.0.0\n", "*app 0.1.0 : a b\na 1.0.0\nb 2.0.0\n", "added b 2.0.0" },
	{ "*app 0.1.0 : a b\na 1.0.0\nb 2.0.0\n", "*app 0.1.0 : b\nb 2.0.0\n", "removed a 1.0.0" },
	{ "*app 0.1.0 : a\na 1.0.0\n", "*app 0.1.0 : a\na 1.1.0\n", "updated a 1.0.0 > 1.1.0" },
	{ "*app 0.1.0 : a\na 1.1.0\n", "*app 0.1.0 : a\na 1.0.0\n", "downgraded a 1.1.0 > 1.0.0" },
	/* The compatible line goes on, the other one is new. */
	{ "*app 0.1.0 : a\na 1.0.0\n",
	  "*app 0.1.0 : a@1.0.1 b\na 1.0.1\na 2.0.0\nb 1.0.0 : a@2.0.0\n",
	  "updated a 1.0.0 > 1.0.1, added a 2.0.0, added b 1.0.0" },
	{ "*app 0.1.0 : a@1.0.0 b\na 1.0.0\na 2.0.0\nb 1.0.0 : a@2.0.0\n",
	  "*app 0.1.0 : a b\na 3.0.0\nb 1.0.0 : a\n", "updated a 2.0.0 > 3.0.0, removed a 1.0.0" },
	/* A feature of b switches c on. */
	{ "*app 0.1.0 : b\nb 1.0.0 : ?c\nc 1.0.0\n", "*app 0.1.0 : b[c]\nb 1.0.0 : ?c\nc 1.0.0\n",
	  "now-built c 1.0.0 > 1.0.0" },
	{ "*app 0.1.0 : b[c]\nb 1.0.0 : ?c\nc 1.0.0\n", "*app 0.1.0 : b\nb 1.0.0 : ?c\nc 1.0.0\n",
	  "not-built c 1.0.0 > 1.0.0" },
};

static void packages_come_go_and_move(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct pair pair = { 0 };

		sketch_pair(&pair, cases[i].before, cases[i].after);
		compare(&pair);
		if (!str_eq(packages_text(&pair), str_of(cases[i].expected)))
			fail_msg("case %zu: " STR_FMT, i, STR_ARG(packages_text(&pair)));
		pair_free(&pair);
	}
}

static void another_checksum_is_told(void **state)
{
	struct pair pair = { 0 };

	(void)state;
	sketch_pair(&pair, "*app 0.1.0 : a\na 1.0.0\n", "*app 0.1.0 : a\na 1.0.0\n");
	pair.before.tree.lock.packages[0].checksum = STR_LIT("00");
	pair.after.tree.lock.packages[0].checksum = STR_LIT("01");
	compare(&pair);
	assert_int_equal(pair.diff.packages.n, 1);
	assert_int_equal(pair.diff.packages.p[0].change, DIFF_CHECKSUM);
	pair_free(&pair);
}

static void runtimes_come_and_go(void **state)
{
	struct pair pair = { 0 };

	(void)state;
	sketch_pair(&pair, "*app 0.1.0 : async-std\nasync-std 1.12.0 default=\n",
	            "*app 0.1.0 : tokio[rt]\ntokio 1.41.0 rt=\n");
	compare(&pair);
	assert_int_equal(pair.diff.runtimes.n, 2);
	assert_true(!pair.diff.runtimes.p[0].before && pair.diff.runtimes.p[0].after);
	assert_true(str_eq(pair.diff.runtimes.p[0].after->runtime, STR_LIT("tokio")));
	assert_true(pair.diff.runtimes.p[1].before && !pair.diff.runtimes.p[1].after);
	assert_true(str_eq(pair.diff.runtimes.p[1].before->runtime, STR_LIT("async-std")));
	pair_free(&pair);
}

static void a_finding_moves_with_its_crate(void **state)
{
	struct pair pair = { 0 };

	(void)state;
	sketch_pair(&pair, "*app 0.1.0 : a b\na 1.0.0\nb 1.0.0\n",
	            "*app 0.1.0 : a c\na 1.1.0\nc 1.0.0\n");
	add(&pair.before, "vulnerable", LEVEL_ERROR, "a", NULL, "RUSTSEC-1");
	add(&pair.before, "yanked", LEVEL_WARNING, "b", NULL, "");
	add(&pair.after, "vulnerable", LEVEL_ERROR, "a", NULL, "RUSTSEC-1");
	add(&pair.after, "yanked", LEVEL_WARNING, "c", NULL, "");
	compare(&pair);
	assert_int_equal(pair.diff.fresh.n, 1);
	assert_true(str_eq(pair.diff.fresh.p[0].finding->rule, STR_LIT("yanked")));
	assert_int_equal(pair.diff.gone.n, 1);
	assert_int_equal(pair.diff.worse.n, 0);
	assert_int_equal(pair.diff.warnings, 1);
	assert_int_equal(pair.diff.errors, 0);
	assert_false(pair.diff.fail);
	assert_int_equal(pair.diff.came.n, 1);
	assert_true(str_eq(pair.diff.came.p[0].rules.p[0], STR_LIT("yanked")));
	assert_int_equal(pair.diff.went.n, 1);
	pair_free(&pair);
}

static void a_second_version_is_a_finding_of_its_own(void **state)
{
	struct pair pair = { 0 };

	(void)state;
	sketch_pair(&pair, "*app 0.1.0 : a\na 1.0.0\n",
	            "*app 0.1.0 : a@1.0.0 b\na 1.0.0\na 2.0.0\nb 1.0.0 : a@2.0.0\n");
	add(&pair.before, "vulnerable", LEVEL_ERROR, "a", NULL, "RUSTSEC-1");
	add(&pair.after, "vulnerable", LEVEL_ERROR, "a", "2.0.0", "RUSTSEC-1");
	add(&pair.after, "vulnerable", LEVEL_ERROR, "a", "1.0.0", "RUSTSEC-1");
	compare(&pair);
	assert_int_equal(pair.diff.fresh.n, 1);
	assert_ptr_equal(pair.diff.fresh.p[0].finding, &pair.after.result.findings.p[0]);
	assert_int_equal(pair.diff.gone.n, 0);
	assert_true(pair.diff.fail);
	pair_free(&pair);
}

static const struct {
	enum level was, now, fail_on;
	bool worse, fail;
} levels[] = {
	{ LEVEL_NOTE, LEVEL_ERROR, LEVEL_ERROR, true, true },
	{ LEVEL_WARNING, LEVEL_ERROR, LEVEL_WARNING, true, false },
	{ LEVEL_NOTE, LEVEL_WARNING, LEVEL_ERROR, true, false },
	{ LEVEL_ERROR, LEVEL_ERROR, LEVEL_NOTE, false, false },
	{ LEVEL_ERROR, LEVEL_NOTE, LEVEL_NOTE, false, false },
	{ LEVEL_NOTE, LEVEL_ERROR, LEVEL_ALLOW, true, false },
};

static void what_is_worse_fails_where_it_crosses_the_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
		struct pair pair = { 0 };

		sketch_pair(&pair, "*app 0.1.0 : a\na 1.0.0\n", "*app 0.1.0 : a\na 1.0.0\n");
		pair.after.result.fail_on = levels[i].fail_on;
		add(&pair.before, "stale", levels[i].was, "a", NULL, "");
		add(&pair.after, "stale", levels[i].now, "a", NULL, "");
		compare(&pair);
		if (pair.diff.worse.n != levels[i].worse || pair.diff.fresh.n != 0 ||
		    pair.diff.fail != levels[i].fail)
			fail_msg("row %zu: %zu worse, %zu new, fail %d", i, pair.diff.worse.n,
			         pair.diff.fresh.n, pair.diff.fail);
		pair_free(&pair);
	}
}

static void what_does_not_count_is_not_compared(void **state)
{
	struct pair pair = { 0 };

	(void)state;
	sketch_pair(&pair, "*app 0.1.0 : a\na 1.0.0\n", "*app 0.1.0 : a\na 1.0.0\n");
	add(&pair.after, "yanked", LEVEL_ERROR, "a", NULL, "")->allowed = true;
	add(&pair.after, "stale", LEVEL_ERROR, "a", NULL, "")->in_baseline = true;
	add(&pair.after, "unsound", LEVEL_ERROR, "a", NULL, "")->inactive = true;
	compare(&pair);
	assert_int_equal(pair.diff.fresh.n, 0);
	assert_false(pair.diff.fail);
	/* What was only locked and is built now is new. */
	add(&pair.before, "unsound", LEVEL_ERROR, "a", NULL, "")->inactive = true;
	pair.after.result.findings.p[2].inactive = false;
	compare(&pair);
	assert_int_equal(pair.diff.fresh.n, 1);
	pair.project.options.include_inactive = true;
	compare(&pair);
	assert_int_equal(pair.diff.fresh.n, 0);
	pair_free(&pair);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packages_come_go_and_move),
		cmocka_unit_test(another_checksum_is_told),
		cmocka_unit_test(runtimes_come_and_go),
		cmocka_unit_test(a_finding_moves_with_its_crate),
		cmocka_unit_test(a_second_version_is_a_finding_of_its_own),
		cmocka_unit_test(what_is_worse_fails_where_it_crosses_the_line),
		cmocka_unit_test(what_does_not_count_is_not_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
