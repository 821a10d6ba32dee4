#include "audit/no_std.h"
#include "tests/unit/judged.h"

static const struct {
	const char *crate;
	enum no_std no_std;
	const char *cfg;
	enum verdict embassy;
	const char *why; /* begins so; NULL: as the table says */
} cases[] = {
	{ "core-part", NO_STD_ALWAYS, "", VERDICT_WORKS, "it and all that it is built from" },
	{ "bare", NO_STD_CFG, "not(feature = \"std\")", VERDICT_NO,
	  "with these features it needs" },
	{ "whole", NO_STD_ALWAYS, "", VERDICT_NO,
	  "it is built from bare 1.0.0, which needs the standard library with the features that "
	  "are on" },
	{ "links-std", NO_STD_ALWAYS, "", VERDICT_NO, "with these features it needs" },
	{ "unknown-part", NO_STD_UNKNOWN, "", VERDICT_UNKNOWN, NULL },
	{ "open", NO_STD_ALWAYS, "", VERDICT_UNKNOWN, NULL },
	{ "maybe", NO_STD_CFG, "docsrs, feature(doc_cfg))] #![cfg_attr(not(feature = \"alloc\")",
	  VERDICT_WORKS, "it and" },
	{ "futures-core", NO_STD_NO, "", VERDICT_NO, "it needs the standard library" },
	{ "lib", NO_STD_CFG, "not a condition(", VERDICT_NO,
	  "it is built from futures-core 0.3.30, which needs" },
};

static void embassy_needs_a_tree_without_std(void **state)
{
	CLEANUP(judged_free) struct judged judged = { 0 };
	static const char tree[] = "*app 0.1.0 : lib whole open maybe links-std\n"
				   "links-std 1.0.0 default=std std=\n"
				   "lib 1.0.0 std= default=std : core-part futures-core\n"
				   "core-part 1.0.0 : gen\n"
				   "%gen 1.0.0\n"
				   "futures-core 0.3.30\n"
				   "whole 1.0.0 : bare[std]\n"
				   "bare 1.0.0 std=\n"
				   "open 1.0.0 : unknown-part\n"
				   "unknown-part 1.0.0\n"
				   "maybe 1.0.0 default=std std= : core-part\n";

	(void)state;
	judge(&judged, tree, "");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint32_t package = tree_find(&judged.tree, cases[i].crate, NULL);

		judged.facts.packages[package].no_std = cases[i].no_std;
		judged.facts.packages[package].no_std_cfg = str_of(cases[i].cfg);
		/* Rows that a table settles are not touched; those of these crates are open. */
		struct compat_list *rows = &judged.verdicts[node_of(package, SIDE_TARGET)].compat;
		for (size_t r = 0; r < rows->n; r++)
			if (str_eq(rows->p[r].runtime, STR_LIT("embassy")))
				rows->p[r].verdict = VERDICT_UNKNOWN;
	}
	no_std_judge(&judged.tree.arena, &judged.tree.graph, judged.facts.packages,
	             judged.verdicts);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint32_t node = node_of(tree_find(&judged.tree, cases[i].crate, NULL), SIDE_TARGET);
		const struct compat_list *rows = &judged.verdicts[node].compat;

		for (size_t r = 0; r < rows->n; r++) {
			if (!str_eq(rows->p[r].runtime, STR_LIT("embassy")))
				continue;
			if (rows->p[r].verdict != cases[i].embassy ||
			    (cases[i].why && !str_starts(rows->p[r].why, str_of(cases[i].why))))
				fail_msg("%s: %s, " STR_FMT, cases[i].crate,
				         verdict_name(rows->p[r].verdict), STR_ARG(rows->p[r].why));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(embassy_needs_a_tree_without_std) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
