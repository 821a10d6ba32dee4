#include "audit/abandon.h"

#include "audit/advisory_finding.h"
#include "base/when.h"
#include "tests/unit/judged.h"
#include <stdio.h>

enum { DAY = DAY_SECONDS };

static void put_advisory(struct judged *judged, const char *text, int64_t published_at)
{
	struct arena *arena = &judged->tree.arena;
	struct advisory_set *set = arena_new(arena, struct advisory_set);
	struct advisory *advisory = arena_new(arena, struct advisory);
	struct err err = { 0 };

	if (!advisory_parse(arena, str_of(text), advisory, &err))
		fail_msg("%s", err.text);
	set->rows = arena_new(arena, struct advisory_row);
	set->rows[0] = (struct advisory_row){ advisory, published_at, UINT32_MAX };
	set->n = 1;
	map_put(&set->first, arena, advisory->package, 0);
	judged->facts.advisories = set;
}

static void find(struct judged *judged)
{
	abandon_find(&judged->tree.arena, &judged->result, judged->policy, judged->knowledge,
	             &judged->findings);
	policy_apply(&judged->tree.arena, judged->policy, &judged->result, JUDGED_AT,
	             &judged->findings);
}

static struct package_facts *facts(struct judged *judged, const char *name)
{
	return &judged->facts.packages[tree_find(&judged->tree, name, NULL)];
}

#define ADVISORY(more, versions)                                                                   \
	"```toml\n[advisory]\nid = \"RUSTSEC-2025-9999\"\npackage = \"a\"\ndate = "                \
	"\"2025-06-01\"\n" more "\n[versions]\n" versions                                          \
	"\n```\n\n# A does what it should not\n\nText.\n"

static void a_vulnerable_version_gets_its_smallest_fix(void **state)
{
	static const struct {
		const char *patched, *vers, *remedy;
	} ROWS[] = {
		{ "patched = [\">= 1.2.3\"]", "1.0.0",
		  "update to at least 1.2.3: cargo update -p a@1.0.0" },
		{ "patched = [\">= 2.0.1\", \">= 1.4.2, < 2.0.0\"]", "1.0.0",
		  "update to at least 1.4.2: cargo update -p a@1.0.0" },
		{ "patched = [\">= 2.0.1\"]", "1.0.0",
		  "update to at least 2.0.1: what depends on it must move to that line first" },
		{ "patched = [\"> 1.0.5\"]", "1.0.0",
		  "update to a version above 1.0.5: cargo update -p a@1.0.0" },
		{ "patched = [\"^0.9.3\"]", "1.0.0", "the fixed versions are older than this one" },
		{ "patched = []", "1.0.0", "no fixed version is known" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
		CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
		char advisory[1024], tree[256];

		snprintf(advisory, sizeof advisory, ADVISORY("", "%s"), ROWS[i].patched);
		snprintf(tree, sizeof tree, "*app 0.1.0 : b\nb 1.0.0 : a\na %s\n", ROWS[i].vers);
		judge(&judged, tree, "");
		put_advisory(&judged, advisory, JUDGED_AT - DAY);
		find(&judged);
		const struct finding *f = judged_finding(&judged, "vulnerable", "a");
		if (!str_eq(f->remedy.text, str_of(ROWS[i].remedy)))
			fail_msg("row %zu: " STR_FMT, i, STR_ARG(f->remedy.text));
		assert_int_equal(f->level, LEVEL_ERROR);
		assert_true(str_eq(f->subject, STR_LIT("RUSTSEC-2025-9999")));
		assert_true(str_eq(f->message,
		                   STR_LIT("RUSTSEC-2025-9999: A does what it should not")));
		assert_string_equal(judged_path(&judged, &f->paths.p[0]), "app b a");
		assert_true(str_eq(f->evidence.p[0].source,
		                   STR_LIT("https://rustsec.org/advisories/RUSTSEC-2025-9999")));
	}
}

static void advisories_speak_only_of_what_they_name(void **state)
{
	static const struct {
		const char *what, *advisory, *vers;
		int64_t published_at;
		size_t findings;
	} ROWS[] = {
		{ "published", ADVISORY("", "patched = [\">= 2.0.0\"]"), "1.0.0", JUDGED_AT, 1 },
		{ "published later", ADVISORY("", "patched = [\">= 2.0.0\"]"), "1.0.0",
		  JUDGED_AT + 1, 0 },
		{ "patched", ADVISORY("", "patched = [\">= 1.0.0\"]"), "1.0.0", 1, 0 },
		{ "unaffected", ADVISORY("", "patched = []\nunaffected = [\"< 1.1.0\"]"), "1.0.0",
		  1, 0 },
		{ "withdrawn", ADVISORY("withdrawn = \"2025-07-01\"", "patched = []"), "1.0.0", 1,
		  0 },
		{ "withdrawn later", ADVISORY("withdrawn = \"2026-07-01\"", "patched = []"),
		  "1.0.0", 1, 1 },
		{ "a notice", ADVISORY("informational = \"notice\"", "patched = []"), "1.0.0", 1,
		  0 },
		{ "another system", ADVISORY("", "patched = []\n[affected]\nos = [\"windows\"]"),
		  "1.0.0", 1, 0 },
		{ "this system", ADVISORY("", "patched = []\n[affected]\nos = [\"linux\"]"),
		  "1.0.0", 1, 1 },
		{ "another machine", ADVISORY("", "patched = []\n[affected]\narch = [\"arm\"]"),
		  "1.0.0", 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
		CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
		char tree[256];

		snprintf(tree, sizeof tree, "*app 0.1.0 : a\na %s\n", ROWS[i].vers);
		judge(&judged, tree, "");
		put_advisory(&judged, ROWS[i].advisory, ROWS[i].published_at);
		find(&judged);
		if (judged.findings.n != ROWS[i].findings)
			fail_msg("%s: %zu findings", ROWS[i].what, judged.findings.n);
	}
}

static void kinds_of_advisories_are_rules(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	judge(&judged, "*app 0.1.0 : a\na 1.0.0\n", "");
	put_advisory(&judged, ADVISORY("informational = \"unsound\"", "patched = []"), 1);
	find(&judged);
	assert_int_equal(judged_finding(&judged, "unsound", "a")->level, LEVEL_WARNING);
}

/* Without a store the table that is compiled in already tells. */
static void the_table_tells_of_unmaintained_crates(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	judge(&judged, "*app 0.1.0 : dotenv\ndotenv 0.15.0\n", "");
	find(&judged);
	const struct finding *f = judged_finding(&judged, "unmaintained-advisory", "dotenv");
	assert_int_equal(f->level, LEVEL_WARNING);
	assert_true(str_eq(f->remedy.kind, STR_LIT("replace")));
	assert_true(
		str_eq(f->remedy.text, STR_LIT("replace it by dotenvy, which the advisory names")));
	assert_true(str_ends(f->message, STR_LIT(": reported as unmaintained on 2021-12-24")));
}

static void what_is_only_locked_is_marked(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	judge(&judged, "*app 0.1.0 on=dep:a : ?a\na 1.0.0\n", "");
	put_advisory(&judged, ADVISORY("", "patched = []"), 1);
	find(&judged);
	const struct finding *f = judged_finding(&judged, "vulnerable", "a");
	assert_true(f->inactive);
	assert_int_equal(f->paths.n, 0);
}

static void a_package_of_another_registry_has_no_advisories(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	judge(&judged, "*app 0.1.0 : a\na 1.0.0\n", "");
	put_advisory(&judged, ADVISORY("", "patched = []"), 1);
	judged.tree.lock.packages[tree_find(&judged.tree, "a", NULL)].source.is_crates_io = false;
	find(&judged);
	assert_int_equal(judged.findings.n, 0);
}

static void yanked_versions_are_reported(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	judge(&judged, "*app 0.1.0 : a b\na 1.0.0\nb 1.0.0\n", "");
	*facts(&judged, "a") = (struct package_facts){ .summary = facts(&judged, "a")->summary,
		                                       .yanked = KNOWN_YES,
		                                       .newest_vers = STR_LIT("1.2.0") };
	*facts(&judged, "b") = (struct package_facts){ .summary = facts(&judged, "b")->summary,
		                                       .yanked = KNOWN_YES,
		                                       .yanked_at = JUDGED_AT + DAY };
	find(&judged);
	assert_int_equal(judged.findings.n, 1);
	assert_true(str_eq(judged_finding(&judged, "yanked", "a")->remedy.text,
	                   STR_LIT("cargo update -p a@1.0.0 moves to 1.2.0")));
}

static void unknown_packages_are_not_passed_over(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	judge(&judged, "*app 0.1.0 : a b\na 1.0.0\nb 1.0.0\n", "");
	judged.tree.graph.packages[tree_find(&judged.tree, "a", NULL)].summary = NULL;
	judged.tree.graph.packages[tree_find(&judged.tree, "b", NULL)].summary = NULL;
	facts(&judged, "b")->crate_known = true;
	find(&judged);
	assert_true(str_starts(judged_finding(&judged, "unknown-package", "a")->message,
	                       STR_LIT("is not known")));
	assert_true(str_starts(judged_finding(&judged, "unknown-package", "b")->message,
	                       STR_LIT("is a version that the registry")));
}

static void silence_is_measured_by_the_crates_own_rhythm(void **state)
{
	static const struct {
		const char *what, *policy, *tree;
		int64_t silent_days, rhythm_days;
		size_t findings;
	} ROWS[] = {
		{ "long silence", "", "*app 0.1.0 : a\na 1.0.0\n", 731, 10, 1 },
		{ "not yet", "", "*app 0.1.0 : a\na 1.0.0\n", 730, 10, 0 },
		{ "slow by nature", "", "*app 0.1.0 : a\na 1.0.0\n", 1999, 500, 0 },
		{ "too slow even so", "", "*app 0.1.0 : a\na 1.0.0\n", 2001, 500, 1 },
		{ "too few releases for a rhythm", "", "*app 0.1.0 : a\na 1.0.0\n", 900, 0, 1 },
		{ "a project's own patience", "stale-days = 1000", "*app 0.1.0 : a\na 1.0.0\n", 900,
		  0, 0 },
		{ "far away", "", "*app 0.1.0 : b\nb 1.0.0 : a\na 1.0.0\n", 900, 0, 0 },
		{ "far away, asked for", "[levels]\nstale = \"note\"\n",
		  "*app 0.1.0 : b\nb 1.0.0 : a\na 1.0.0\n", 900, 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
		CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };

		judge(&judged, ROWS[i].tree, ROWS[i].policy);
		facts(&judged, "a")->newest_at = JUDGED_AT - ROWS[i].silent_days * DAY;
		facts(&judged, "a")->rhythm_seconds = ROWS[i].rhythm_days * DAY;
		facts(&judged, "a")->releases = 5;
		find(&judged);
		if (judged.findings.n != ROWS[i].findings)
			fail_msg("%s: %zu findings", ROWS[i].what, judged.findings.n);
	}
}

static void finished_crates_are_not_stale(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	judge(&judged, "*app 0.1.0 : fnv\nfnv 1.0.7\n", "");
	facts(&judged, "fnv")->newest_at = 1;
	find(&judged);
	assert_int_equal(judged.findings.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vulnerable_version_gets_its_smallest_fix),
		cmocka_unit_test(advisories_speak_only_of_what_they_name),
		cmocka_unit_test(kinds_of_advisories_are_rules),
		cmocka_unit_test(the_table_tells_of_unmaintained_crates),
		cmocka_unit_test(what_is_only_locked_is_marked),
		cmocka_unit_test(a_package_of_another_registry_has_no_advisories),
		cmocka_unit_test(yanked_versions_are_reported),
		cmocka_unit_test(unknown_packages_are_not_passed_over),
		cmocka_unit_test(silence_is_measured_by_the_crates_own_rhythm),
		cmocka_unit_test(finished_crates_are_not_stale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
