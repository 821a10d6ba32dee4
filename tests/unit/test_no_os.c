#include "audit/no_os.h"
#include "tests/unit/judged.h"

static const struct {
	const char *crate;
	enum no_std no_std;
	const char *cfg;
	const char *message; /* NULL: no finding */
} cases[] = {
	{ "bare", NO_STD_CFG, "not(feature = \"std\")",
	  "needs the standard library with its feature std (whole 1.0.0 leaves its default "
	  "features "
	  "on), and thumbv7m-none-eabi has none; it comes in through whole 1.0.0" },
	{ "whole", NO_STD_ALWAYS, "", NULL },
	{ "asked", NO_STD_CFG, "not(feature = \"std\")",
	  "needs the standard library with its feature std (app 0.1.0 asks for it), and "
	  "thumbv7m-none-eabi has none; app 0.1.0 depends on it" },
	{ "lent", NO_STD_CFG, "not(feature = \"std\")",
	  "needs the standard library with its feature std (lender 1.0.0 switches it on by its own "
	  "feature net), and thumbv7m-none-eabi has none; it comes in through lender 1.0.0" },
	{ "lender", NO_STD_ALWAYS, "", NULL },
	{ "desk", NO_STD_NO, "",
	  "needs the standard library, and thumbv7m-none-eabi has none; app 0.1.0 depends on it" },
	{ "below-desk", NO_STD_NO, "", NULL },   /* it goes with desk */
	{ "unknown", NO_STD_UNKNOWN, "", NULL }, /* no fact, no word */
	{ "quiet", NO_STD_CFG, "not(feature = \"std\")", NULL },
	{ "gen", NO_STD_NO, "", NULL }, /* runs on the host */
	{ "tokio", NO_STD_UNKNOWN, "",
	  "needs the standard library, and thumbv7m-none-eabi has none; app 0.1.0 depends on it" },
};

static const char TREE[] = "*app 0.1.0 : whole asked[std] !lender[net] desk unknown !quiet "
			   "tokio[net] build:gen\n"
			   "whole 1.0.0 : bare\n"
			   "bare 1.0.0 std= default=std\n"
			   "asked 1.0.0 std=\n"
			   "lender 1.0.0 net=lent/std : !lent\n"
			   "lent 1.0.0 std= default=std\n"
			   "desk 1.0.0 : below-desk\n"
			   "below-desk 1.0.0\n"
			   "unknown 1.0.0\n"
			   "quiet 1.0.0 std= default=std\n"
			   "gen 1.0.0\n"
			   "tokio 1.41.0 net=\n";

static void find(struct judged *judged, bool no_os)
{
	judge(judged, TREE, "");
	judged->result.no_os = no_os;
	judged->result.targets.p[0] = STR_LIT("thumbv7m-none-eabi");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint32_t package = tree_find(&judged->tree, cases[i].crate, NULL);

		judged->facts.packages[package].no_std = cases[i].no_std;
		judged->facts.packages[package].no_std_cfg = str_of(cases[i].cfg);
	}
	no_os_find(&judged->tree.arena, &judged->result, judged->verdicts, judged->knowledge,
	           &judged->findings);
	policy_apply(&judged->tree.arena, judged->policy, &judged->result, JUDGED_AT,
	             &judged->findings);
}

static void what_needs_std_is_named_with_who_asks(void **state)
{
	CLEANUP(judged_free) struct judged judged = { 0 };

	(void)state;
	find(&judged, true);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t n = judged_count(&judged, "not-no-std", cases[i].crate);

		if (n != (cases[i].message != NULL))
			fail_msg("%s: %zu findings", cases[i].crate, n);
		if (n == 0)
			continue;
		const struct finding *f = judged_finding(&judged, "not-no-std", cases[i].crate);
		if (!str_eq(f->message, str_of(cases[i].message)))
			fail_msg("%s: " STR_FMT, cases[i].crate, STR_ARG(f->message));
	}
	assert_int_equal(judged_finding(&judged, "not-no-std", "asked")->level, LEVEL_ERROR);
	assert_int_equal(judged_finding(&judged, "not-no-std", "bare")->level, LEVEL_WARNING);
}

static void with_an_operating_system_nothing_is_said(void **state)
{
	CLEANUP(judged_free) struct judged judged = { 0 };

	(void)state;
	find(&judged, false);
	assert_int_equal(judged.findings.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_needs_std_is_named_with_who_asks),
		cmocka_unit_test(with_an_operating_system_nothing_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
