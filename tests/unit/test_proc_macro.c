#include "audit/proc_macro.h"
#include "audit/index_entry.h"
#include "tests/unit/fixture.h"
#include "tests/unit/unit.h"

#define DEV(name) DEP_WITH(name, "", ",\"kind\":\"dev\"")

/* Names that no table holds, so that only what an index line says is left. */
static const struct {
	const char *line;
	bool is_one, wants_archive;
} crates[] = {
	{ LINE("unheard_of", DEP("serde"), ""), false, false },
	{ LINE("unheard-derive", DEP("virtue"), ""), true, true },
	{ LINE("unheard-macros", DEP("syn") "," DEP("quote"), ""), true, true },
	{ LINE("unheard-macros", "", ""), true, true },
	{ LINE("unheard-macros", DEP("log"), ""), false, true },
	{ LINE("unheard_of", DEP("quote"), ""), true, true },
	{ LINE("unheard-core", DEP("quote"), ""), false, true },
	{ LINE("unheard_of", DEV("trybuild"), ""), false, true },
	{ LINE("unheard_of", DEP("serde") "," DEV("trybuild"), ""), false, false },
	{ LINE("unheard_of", DEV("quote"), ""), false, false },
};

static void what_an_index_says_is_read_as_measured(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct err err = { 0 };
	const struct knowledge *knowledge = NULL;

	(void)state;
	if (!knowledge_load(&arena, &knowledge, &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < ARRAY_LEN(crates); i++) {
		struct index_entry entry = { 0 };
		struct summary summary = { 0 };
		struct package_facts package = { .summary = &summary };
		struct facts facts = { .packages = &package };
		struct locked_package locked = { .source = { .is_crates_io = true } };
		struct lockfile lock = { .packages = &locked, .n = 1 };
		struct graph_package in_graph = { .summary = &summary };
		struct graph graph = { .lock = &lock, .packages = &in_graph, .package_n = 1 };
		struct result_package result = { .built = true,
			                         .proc_macro_from = FACT_FROM_INFERENCE };

		if (!index_entry_parse(&arena, str_of(crates[i].line), &entry, &err))
			fail_msg("%zu: %s", i, err.text);
		summary_make(&arena, entry.name, entry.vers, &entry.version, &entry.deps,
		             &entry.features, &summary);
		struct proc_macro_answer answer =
			proc_macro_ask(knowledge, NULL, &summary, &package);
		bool wants = proc_macro_archives(&arena, &graph, &facts, &result).n == 1;

		if (answer.from != FACT_FROM_INFERENCE || answer.value != crates[i].is_one ||
		    wants != crates[i].wants_archive)
			fail_msg("%s: taken for %s, archive %s", crates[i].line,
			         answer.value ? "one" : "none", wants ? "wanted" : "not wanted");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_an_index_says_is_read_as_measured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
