#include "audit/knowledge.h"
#include "audit/knowledge_tables.h"
#include "tests/unit/unit.h"

struct fixture {
	struct arena arena;
	const struct knowledge *knowledge;
};

static int load(void **state)
{
	static struct fixture fixture;
	struct err err = { 0 };

	fixture = (struct fixture){ 0 };
	if (!knowledge_load(&fixture.arena, &fixture.knowledge, &err)) {
		print_error("%s\n", err.text);
		return -1;
	}
	*state = &fixture;
	return 0;
}

static int unload(void **state)
{
	struct fixture *fixture = *state;

	arena_free(&fixture->arena);
	return 0;
}

static const struct knowledge *of(void **state)
{
	return ((struct fixture *)*state)->knowledge;
}

static struct version version(const char *text)
{
	struct version out;
	struct err err;

	assert_true(semver_parse(str_of(text), &out, &err));
	return out;
}

static void every_rule_of_the_design_has_a_text(void **state)
{
	static const char *const NAMES[] = { "abandoned-runtime",
		                             "mixed-runtimes",
		                             "split-runtime",
		                             "foreign-reactor",
		                             "bridge-needed",
		                             "blocking-in-async",
		                             "unmaintained-advisory",
		                             "vulnerable",
		                             "unsound",
		                             "yanked",
		                             "unknown-package",
		                             "stale" };

	for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
		const struct rule_text *rule = knowledge_rule(of(state), str_of(NAMES[i]));

		if (rule == NULL)
			fail_msg("no text for %s", NAMES[i]);
		assert_true(rule->summary.n > 0 && rule->why.n > 0 && rule->fix.n > 0);
		assert_true(rule->sources.n > 0);
		assert_ptr_equal(
			rule, knowledge_rule_at(of(state), knowledge_rule_number(of(state), rule)));
	}
	assert_null(knowledge_rule(of(state), STR_LIT("no-such-rule")));
	assert_int_equal(knowledge_rule(of(state), STR_LIT("vulnerable"))->transitive, LEVEL_ERROR);
	assert_int_equal(knowledge_rule(of(state), STR_LIT("vulnerable"))->dev, LEVEL_WARNING);
}

static void the_runtimes_of_the_design_are_there(void **state)
{
	static const char *const NAMES[] = {
		"tokio",     "async-std",   "smol",    "embassy",       "tokio-0.1", "tokio-0.2",
		"tokio-0.3", "tokio-uring", "glommio", "monoio",        "compio",    "nio",
		"lilos",     "rtic",        "bastion", "edge-executor", "ntex",      "glib",
		"wasm",      "bevy",        "fuchsia", "zruntime",
	};

	for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
		const struct runtime_info *info = knowledge_runtime(of(state), str_of(NAMES[i]));

		if (info == NULL)
			fail_msg("no runtime %s", NAMES[i]);
		assert_true(info->source.n > 0 && info->why.n > 0 && info->crate.n > 0);
		assert_int_equal(info->abandoned, info->abandoned_at != 0);
		assert_int_equal(info->abandoned, info->replacement.n > 0);
	}
	assert_int_equal(knowledge_runtime_count(of(state)), ARRAY_LEN(NAMES));
	assert_null(knowledge_runtime(of(state), STR_LIT("other:glommio")));
}

static void a_crate_is_the_runtime_of_its_version(void **state)
{
	static const struct {
		const char *crate, *vers, *runtime;
	} ROWS[] = {
		{ "tokio", "1.41.0", "tokio" },
		{ "tokio", "0.2.25", "tokio-0.2" },
		{ "tokio", "0.3.7", "tokio-0.3" },
		{ "tokio", "0.1.22", "tokio-0.1" },
		{ "tokio", "0.2.0-alpha.6", "tokio-0.2" },
		{ "async-std", "1.13.2", "async-std" },
		{ "async-io", "2.6.0", "smol" },
		{ "actix-rt", "2.10.0", "tokio" },
		{ "tokio-timer", "0.2.13", "tokio-0.1" },
		{ "tokio-timer", "0.3.0-alpha.6", NULL }, /* of std's futures already */
		{ "tokio-executor", "0.1.10", "tokio-0.1" },
		{ "tokio-executor", "0.2.0-alpha.6", NULL },
		{ "tokio-uds", "0.2.7", "tokio-0.1" },
		{ "actix-rt", "1.1.1", "tokio-0.2" },
		{ "compio-runtime", "0.12.6", "compio" },
		{ "ntex-net", "4.7.0", "ntex" },
		{ "bastion-executor", "0.4.2", "bastion" },
		{ "embassy-executor-timer-queue", "0.1.0", "embassy" },
		{ "libadwaita", "0.9.2", "glib" },
		{ "gdk4", "0.11.5", "glib" },
		{ "cairo-rs", "0.22.9", NULL },
		{ "rtic-monotonics", "3.0.0", NULL },
		{ "fuchsia-async", "0.1.0", "fuchsia" },
		{ "serde", "1.0.0", NULL },
	};
	uint32_t i;

	for (size_t row = 0; row < ARRAY_LEN(ROWS); row++) {
		struct version vers = version(ROWS[row].vers);
		bool is = knowledge_runtime_of(of(state), str_of(ROWS[row].crate), &vers, &i);

		if (is != (ROWS[row].runtime != NULL))
			fail_msg("%s %s", ROWS[row].crate, ROWS[row].vers);
		if (is)
			assert_true(str_eq(knowledge_runtime_at(of(state), i)->name,
			                   str_of(ROWS[row].runtime)));
	}
}

/* Every crate of a runtime's family has rows of its own, or they could bind nobody. */
static void every_main_crate_has_rows(void **state)
{
	for (size_t i = 0; i < knowledge_runtime_count(of(state)); i++) {
		const struct runtime_info *info = knowledge_runtime_at(of(state), i);
		bool binds = false;

		for (const struct bind_row *row = knowledge_binds(of(state), info->crate);
		     row != NULL; row = row->next)
			binds = binds || (row->runtimes >> i & 1) != 0;
		if (!binds)
			fail_msg(STR_FMT " binds to nothing", STR_ARG(info->crate));
	}
}

static struct str row_key(struct arena *arena, const struct bind_row *row)
{
	struct str key = arena_printf(arena, STR_FMT "|%d|%zu", STR_ARG(row->crate), row->req.any,
	                              row->req.n);

	for (size_t i = 0; i < row->req.n; i++)
		key = arena_printf(arena, STR_FMT "|%d %u.%u.%u", STR_ARG(key),
		                   (int)row->req.p[i].op, (unsigned)row->req.p[i].major,
		                   (unsigned)row->req.p[i].minor, (unsigned)row->req.p[i].patch);
	const struct str_list *lists[] = { &row->any, &row->all, &row->none };
	for (size_t l = 0; l < ARRAY_LEN(lists); l++)
		for (size_t i = 0; i < lists[l]->n; i++)
			key = arena_printf(arena, STR_FMT "|%zu" STR_FMT, STR_ARG(key), l,
			                   STR_ARG(lists[l]->p[i]));
	return key;
}

static void no_row_is_without_source_or_stands_twice(void **state)
{
	struct fixture *fixture = *state;
	const struct knowledge *knowledge = fixture->knowledge;
	struct map seen = { 0 };
	bool added;

	assert_true(knowledge->binds.n > 150);
	for (size_t i = 0; i < knowledge->binds.n; i++) {
		const struct bind_row *row = &knowledge->binds.p[i];

		if (row->source.n == 0 || row->why.n == 0)
			fail_msg(STR_FMT ": a row without source or reason", STR_ARG(row->crate));
		map_slot(&seen, &fixture->arena, row_key(&fixture->arena, row), 1, &added);
		if (!added)
			fail_msg(STR_FMT " stands twice for one condition", STR_ARG(row->crate));
	}
}

static void what_no_registry_accepts_is_no_crate(void **state)
{
	const struct knowledge *knowledge = of(state);

	for (size_t i = 0; i < knowledge->binds.n; i++) {
		struct str name = knowledge->binds.p[i].crate;

		assert_true(name.n > 0 && name.n <= 64);
		for (size_t c = 0; c < name.n; c++)
			if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
			           "_",
			           name.p[c]) == NULL)
				fail_msg("crate name '" STR_FMT "'", STR_ARG(name));
	}
}

static void unmaintained_crates_are_advisories(void **state)
{
	const struct advisory_set *set = knowledge_advisories(of(state));
	struct version old = version("0.16.20"), young = version("0.17.8");
	uint32_t i;

	assert_true(set->n > 200);
	assert_true(map_get(&set->first, STR_LIT("async-std"), &i));
	assert_true(str_eq(set->rows[i].advisory->id, STR_LIT("RUSTSEC-2025-0052")));
	assert_true(str_eq(knowledge_replacements(of(state), STR_LIT("RUSTSEC-2025-0052")),
	                   STR_LIT("smol")));
	assert_int_equal(set->rows[i].published_at, 1755993600); /* 2025-08-24 */
	assert_int_equal(set->rows[i].advisory->kind, ADVISORY_UNMAINTAINED);
	assert_true(map_get(&set->first, STR_LIT("ring"), &i));
	assert_int_equal(set->rows[i].advisory->unaffected.n, 1);
	assert_true(semver_req_matches(&set->rows[i].advisory->unaffected.p[0], &young));
	assert_false(semver_req_matches(&set->rows[i].advisory->unaffected.p[0], &old));
	assert_true(knowledge_advisories_at(of(state)) > 1780000000);
	assert_int_equal(knowledge_replacements(of(state), STR_LIT("RUSTSEC-0000-0000")).n, 0);
}

static void every_advisory_of_a_crate_is_reached(void **state)
{
	const struct advisory_set *set = knowledge_advisories(of(state));
	uint32_t first, n = 0;

	assert_true(map_get(&set->first, STR_LIT("surf"), &first));
	for (uint32_t i = first; i != UINT32_MAX; i = set->rows[i].next) {
		assert_true(str_eq(set->rows[i].advisory->package, STR_LIT("surf")));
		n++;
	}
	assert_int_equal(n, 2);
}

static void proc_macros_are_known_by_name(void **state)
{
	assert_int_equal(knowledge_proc_macro(of(state), STR_LIT("async-trait")), KNOWN_YES);
	assert_int_equal(knowledge_proc_macro(of(state), STR_LIT("kv-log-macro")), KNOWN_NO);
	assert_int_equal(knowledge_proc_macro(of(state), STR_LIT("serde")), KNOWN_NOT);
	assert_true(knowledge_is_finished(of(state), STR_LIT("fnv")));
	assert_false(knowledge_is_finished(of(state), STR_LIT("tokio")));
	assert_int_equal(knowledge_plain(of(state), BIND_AGNOSTIC)->verdict, VERDICT_WORKS);
	assert_int_equal(knowledge_plain(of(state), BIND_NONE)->embassy, VERDICT_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_of_the_design_has_a_text),
		cmocka_unit_test(the_runtimes_of_the_design_are_there),
		cmocka_unit_test(a_crate_is_the_runtime_of_its_version),
		cmocka_unit_test(every_main_crate_has_rows),
		cmocka_unit_test(no_row_is_without_source_or_stands_twice),
		cmocka_unit_test(what_no_registry_accepts_is_no_crate),
		cmocka_unit_test(unmaintained_crates_are_advisories),
		cmocka_unit_test(every_advisory_of_a_crate_is_reached),
		cmocka_unit_test(proc_macros_are_known_by_name),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
