#include "audit/rule.h"

#include "base/sha256.h"
#include "tests/unit/judged.h"

static void add(struct judged *judged, const char *rule, const char *package, const char *subject)
{
	*vec_add(&judged->tree.arena, &judged->findings) =
		(struct finding){ .rule = str_of(rule),
		                  .package = tree_find(&judged->tree, package, NULL),
		                  .subject = str_of(subject),
		                  .message = STR_LIT("m") };
}

static void apply(struct judged *judged)
{
	policy_apply(&judged->tree.arena, judged->policy, &judged->result, JUDGED_AT,
	             &judged->findings);
}

#define TREE "*app 0.1.0 : a build:b dev:d\na 1.0.0 : c\nb 1.0.0\nc 1.0.0\nd 1.0.0\n"

/* d is not built (dev dependencies are off): what is only locked counts as transitive. */
static void levels_follow_the_way_to_a_package(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	judge(&judged, TREE, "");
	for (size_t i = 0; i < 3; i++)
		add(&judged, "unsound", (const char *[]){ "a", "b", "c" }[i], "");
	apply(&judged);
	assert_int_equal(judged_finding(&judged, "unsound", "a")->level, LEVEL_WARNING);
	assert_int_equal(judged_finding(&judged, "unsound", "b")->level, LEVEL_NOTE);
	assert_int_equal(judged_finding(&judged, "unsound", "c")->level, LEVEL_WARNING);
}

static void a_project_sets_its_own_levels(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	enum level fail_on = LEVEL_ALLOW;
	struct err err = { 0 };
	(void)state;

	judge(&judged, TREE,
	      "fail-on = \"warning\"\n[levels]\nunsound = { direct = \"error\", build = \"allow\" "
	      "}\n"
	      "yanked = \"note\"\n");
	add(&judged, "unsound", "a", "");
	add(&judged, "unsound", "b", "");
	add(&judged, "unsound", "c", "");
	add(&judged, "yanked", "c", "");
	/* a ceiling on the default, which does not count here */
	judged.findings.p[0].level = LEVEL_NOTE;
	apply(&judged);
	assert_int_equal(judged.findings.n, 3);
	assert_int_equal(judged_finding(&judged, "unsound", "a")->level, LEVEL_ERROR);
	assert_int_equal(judged_finding(&judged, "unsound", "c")->level, LEVEL_WARNING);
	assert_int_equal(judged_finding(&judged, "yanked", "c")->level, LEVEL_NOTE);
	assert_true(policy_fail_on(judged.policy, STR_LIT(""), &fail_on, &err));
	assert_int_equal(fail_on, LEVEL_WARNING);
	assert_true(policy_fail_on(judged.policy, STR_LIT("never"), &fail_on, &err));
	assert_int_equal(fail_on, LEVEL_ALLOW);
	assert_false(policy_fail_on(judged.policy, STR_LIT("allow"), &fail_on, &err));
	assert_int_equal(err.kind, ERR_USAGE);
}

static void a_finder_may_make_a_finding_milder(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	judge(&judged, TREE, "");
	add(&judged, "mixed-runtimes", "app", "tokio+smol");
	judged.findings.p[0].level = LEVEL_NOTE;
	add(&judged, "yanked", "a", "");
	judged.findings.p[1].level = LEVEL_ERROR; /* a default is not made worse */
	apply(&judged);
	assert_int_equal(judged_finding(&judged, "mixed-runtimes", "app")->level, LEVEL_NOTE);
	assert_int_equal(judged_finding(&judged, "yanked", "a")->level, LEVEL_WARNING);
}

static void the_worst_stands_first(void **state)
{
	static const char *const EXPECTED[] = { "vulnerable a R-1", "vulnerable a R-2",
		                                "vulnerable c R-1", "unsound a ",
		                                "yanked c ",        "unsound b " };
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	judge(&judged, TREE, "");
	add(&judged, "unsound", "b", "");
	add(&judged, "yanked", "c", "");
	add(&judged, "vulnerable", "c", "R-1");
	add(&judged, "unsound", "a", "");
	add(&judged, "vulnerable", "a", "R-2");
	add(&judged, "vulnerable", "a", "R-1");
	add(&judged, "vulnerable", "d", "R-0");
	judged.findings.p[6].inactive = true;
	apply(&judged);
	assert_int_equal(judged.findings.n, 7);
	for (size_t i = 0; i < ARRAY_LEN(EXPECTED); i++) {
		const struct finding *f = &judged.findings.p[i];
		struct str text = arena_printf(
			&judged.tree.arena, STR_FMT " " STR_FMT " " STR_FMT, STR_ARG(f->rule),
			STR_ARG(judged.tree.lock.packages[f->package].name), STR_ARG(f->subject));

		assert_string_equal(text.p, EXPECTED[i]);
	}
	assert_true(judged.findings.p[6].inactive);
}

/* A promise to every baseline that was ever written: the value must not change. */
static void fingerprints_are_stable(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	struct str input = { "vulnerable\0a\0001.0.0\0RUSTSEC-2025-0001", 37 };
	struct sha256 hash = sha256_of(input);
	struct sha256_hex hex = sha256_to_hex(&hash);
	(void)state;

	judge(&judged, TREE, "");
	add(&judged, "vulnerable", "a", "RUSTSEC-2025-0001");
	apply(&judged);
	assert_int_equal(input.n, strlen("vulnerable") + 1 + strlen("a") + 1 + strlen("1.0.0") + 1 +
	                                  strlen("RUSTSEC-2025-0001") + 1);
	assert_int_equal(judged.findings.p[0].fingerprint.n, 16);
	hash = sha256_of((struct str){ input.p, input.n - 1 });
	hex = sha256_to_hex(&hash);
	assert_memory_equal(judged.findings.p[0].fingerprint.p, hex.text, 16);
}

static void allowances_are_for_what_they_name(void **state)
{
	static const struct {
		const char *policy;
		bool allowed;
	} ROWS[] = {
		{ "[[allow]]\ncrate = \"a\"\nreason = \"r\"\n", true },
		{ "[[allow]]\ncrate = \"b\"\nreason = \"r\"\n", false },
		{ "[[allow]]\nid = \"R-1\"\nreason = \"r\"\n", true },
		{ "[[allow]]\nid = \"R-2\"\nreason = \"r\"\n", false },
		{ "[[allow]]\nrule = \"vulnerable\"\ncrate = \"a\"\nversion = \"^1\"\nreason = "
		  "\"r\"\n",
		  true },
		{ "[[allow]]\nrule = \"vulnerable\"\ncrate = \"a\"\nversion = \"^2\"\nreason = "
		  "\"r\"\n",
		  false },
		{ "[[allow]]\nrule = \"yanked\"\ncrate = \"a\"\nreason = \"r\"\n", false },
		{ "[[allow]]\ncrate = \"a\"\nreason = \"r\"\nexpires = \"2026-01-02\"\n", true },
		{ "[[allow]]\ncrate = \"a\"\nreason = \"r\"\nexpires = 2026-01-01\n", false },
		{ "[[allow]]\ncrate = \"a\"\nreason = \"r\"\nexpires = "
		  "2026-01-01\n[[allow]]\ncrate = \"a\"\n"
		  "reason = \"r\"\n",
		  true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
		CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };

		judge(&judged, TREE, ROWS[i].policy);
		add(&judged, "vulnerable", "a", "R-1");
		apply(&judged);
		if (judged.findings.p[0].allowed != ROWS[i].allowed)
			fail_msg("row %zu", i);
		assert_int_equal(judged.findings.p[0].allow_reason.n, ROWS[i].allowed ? 1 : 0);
	}
}

static void an_ended_allowance_is_told(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	judge(&judged, TREE, "\n[[allow]]\ncrate = \"a\"\nreason = \"r\"\nexpires = 2025-12-31\n");
	add(&judged, "yanked", "a", "");
	apply(&judged);
	assert_int_equal(judged.findings.p[0].evidence.n, 1);
	assert_true(str_eq(judged.findings.p[0].evidence.p[0].detail,
	                   STR_LIT("the allowance of this finding ended on 2025-12-31")));
	assert_true(str_eq(judged.findings.p[0].evidence.p[0].source, STR_LIT("rtaudit.toml:2")));
}

static void mistakes_are_named_with_file_line_and_the_nearest_word(void **state)
{
	static const struct {
		const char *policy, *text;
	} ROWS[] = {
		{ "fail_on = \"error\"",
		  "rtaudit.toml:1: unknown key 'fail_on'; did you mean 'fail-on'?" },
		{ "fail-on = \"eror\"",
		  "rtaudit.toml:1: fail-on is none of error, warning, note, never: 'eror'; did you "
		  "mean 'error'?" },
		{ "fail-on = 1", "rtaudit.toml:1: a text is wanted for 'fail-on'" },
		{ "\n[levels]\nyankd = \"note\"",
		  "rtaudit.toml:3: unknown rule 'yankd'; did you mean 'yanked'?" },
		{ "[levels]\nyanked = \"loud\"", "rtaudit.toml:2: unknown level 'loud'" },
		{ "[levels]\nyanked = { tranzitive = \"note\" }",
		  "rtaudit.toml:2: unknown key 'tranzitive'; did you mean 'transitive'?" },
		{ "[levels]\nyanked = 3", "rtaudit.toml:2: a level is wanted for 'yanked'" },
		{ "levels = 3", "rtaudit.toml:1: a table is wanted for 'levels'" },
		{ "stale-days = 0", "rtaudit.toml:1: stale-days is no number from 1 to 36500" },
		{ "[allow]\ncrate = \"a\"", "rtaudit.toml:1: write [[allow]], not [allow]" },
		{ "[[allow]]\ncrate = \"a\"", "rtaudit.toml:1: [[allow]] needs a reason" },
		{ "[[allow]]\nrule = \"yanked\"\nreason = \"r\"",
		  "rtaudit.toml:1: [[allow]] needs a crate or an advisory's id; a whole rule is "
		  "switched off in [levels]" },
		{ "[[allow]]\nrule = \"vulnerabel\"\n",
		  "rtaudit.toml:2: unknown rule 'vulnerabel'; did you mean "
		  "'vulnerable'?" },
		{ "[[allow]]\ncrate = \"a\"\nreason = \"r\"\nversion = \"x.y\"\n",
		  "rtaudit.toml:4: " },
		{ "[[allow]]\ncrate = \"a\"\nreason = \"r\"\nexpires = \"soon\"\n",
		  "rtaudit.toml:4: " },
		{ "[[allow]]\ncrates = \"a\"\n",
		  "rtaudit.toml:2: unknown key 'crates'; did you mean 'crate'?" },
		{ "a = ", "rtaudit.toml:1: " },
	};
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct knowledge *knowledge;
	const struct policy *policy;
	struct err err = { 0 };

	(void)state;
	assert_true(knowledge_load(&arena, &knowledge, &err));
	for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
		assert_false(policy_load(&arena, knowledge, STR_LIT("rtaudit.toml"),
		                         str_of(ROWS[i].policy), STR_LIT(""), STR_LIT(""), &policy,
		                         &err));
		if (strncmp(err.text, ROWS[i].text, strlen(ROWS[i].text)) != 0)
			fail_msg("row %zu: %s", i, err.text);
		assert_int_equal(err.kind, ERR_INPUT);
	}
}

static void a_baseline_takes_out_what_was_known(void **state)
{
	CLEANUP(judged_free)
	struct judged judged = { .knowledge = NULL }, again = { .knowledge = NULL };
	struct err err = { 0 };
	(void)state;

	judge(&judged, TREE, "");
	add(&judged, "yanked", "a", "");
	apply(&judged);
	assert_false(judged.findings.p[0].in_baseline);
	struct str json = arena_printf(
		&judged.tree.arena,
		"{\"schema\":\"rtaudit.audit/1\",\"packages\":[{\"findings\":[\"yanked\"]}],"
		"\"findings\":[{\"rule\":\"yanked\",\"paths\":[[\"x\"]],\"fingerprint\":\"" STR_FMT
		"\",\"allowed\":null}]}",
		STR_ARG(judged.findings.p[0].fingerprint));
	judge(&again, TREE, "");
	if (!policy_load(&again.tree.arena, again.knowledge, STR_LIT(""), STR_LIT(""),
	                 STR_LIT("old.json"), json, &again.policy, &err))
		fail_msg("%s", err.text);
	add(&again, "yanked", "a", "");
	add(&again, "yanked", "b", "");
	apply(&again);
	assert_true(judged_finding(&again, "yanked", "a")->in_baseline);
	assert_false(judged_finding(&again, "yanked", "b")->in_baseline);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_follow_the_way_to_a_package),
		cmocka_unit_test(a_project_sets_its_own_levels),
		cmocka_unit_test(a_finder_may_make_a_finding_milder),
		cmocka_unit_test(the_worst_stands_first),
		cmocka_unit_test(fingerprints_are_stable),
		cmocka_unit_test(allowances_are_for_what_they_name),
		cmocka_unit_test(an_ended_allowance_is_told),
		cmocka_unit_test(mistakes_are_named_with_file_line_and_the_nearest_word),
		cmocka_unit_test(a_baseline_takes_out_what_was_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
