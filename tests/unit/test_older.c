#include "audit/older.h"
#include "audit/audit.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

#define REGISTRY "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n"
#define PACKAGE(name, vers) "\n[[package]]\nname = \"" name "\"\nversion = \"" vers "\"\n"

/* A member `app` whose manifest has the given tables, and an old lock that holds these dependencies
 * of it. */
struct older {
	struct arena arena;
	struct lockfile lock;
	struct workspace workspace;
	struct str_list assumed;
	const struct summary *app;
};

static void fit(struct older *older, const char *tables, const char *lock)
{
	struct arena *arena = &older->arena;
	struct project_file_list files = { 0 };
	struct link_rules rules = { 0 };
	struct err err = { 0 };
	uint32_t package_of = PACKAGE_NONE;

	*vec_add(arena, &files) = (struct project_file){
		STR_LIT("Cargo.toml"),
		arena_printf(
			arena,
			"[package]\nname = \"app\"\nversion = \"0.2.0\"\nedition = \"2021\"\n%s",
			tables),
	};
	if (!lockfile_parse(arena, str_of(lock), STR_LIT("old.lock"), &older->lock, &err) ||
	    !workspace_load(arena, &files, &older->workspace, &err))
		fail_msg("%s", err.text);
	for (uint32_t i = 0; i < older->lock.n; i++)
		if (str_eq(older->lock.packages[i].name, STR_LIT("app")))
			package_of = i;
	older_fit(arena, &older->lock, &rules, &package_of, &older->workspace, &older->assumed);
	older->app = &older->workspace.packages[0].summary;
}

/* "a =1.0.0 default, b ^2 net": what the member depends on now. */
static const char *deps_text(struct older *older)
{
	struct str text = STR_LIT("");

	for (uint32_t i = 0; i < older->app->dep_n; i++) {
		const struct dependency *dep = &older->app->deps[i];
		bool exact = dep->req.n == 1 && dep->req.p[0].op == REQ_EXACT;

		text = arena_printf(&older->arena, STR_FMT "%s" STR_FMT "%s%s%s", STR_ARG(text),
		                    i == 0 ? "" : ", ", STR_ARG(dep->name), exact ? " exact" : "",
		                    dep->optional ? " optional" : "",
		                    dep->default_features ? " default" : "");
	}
	return text.p;
}

static const struct {
	const char *tables, *lock, *deps, *assumed;
} cases[] = {
	{ "[dependencies]\na = \"1\"\n",
	  PACKAGE("a", "1.0.0") REGISTRY PACKAGE("app", "0.1.0") "dependencies = [\"a\"]\n",
	  "a default", NULL },
	/* What is named no more is put back. */
	{ "[dependencies]\na = \"1\"\n",
	  PACKAGE("a", "1.0.0") REGISTRY PACKAGE(
		  "app", "0.1.0") "dependencies = [\"a\", \"b\"]\n" PACKAGE("b", "2.0.0-rc.1")
	          REGISTRY,
	  "a default, b exact default",
	  "app does not name b any more: it counts with its default features" },
	/* A requirement that was raised since is lowered; all else that the manifest says of it
	 * stays. */
	{ "[dependencies]\na = { version = \"2\", optional = true, default-features = false }\n",
	  PACKAGE("a", "1.0.0") REGISTRY PACKAGE("app", "0.1.0") "dependencies = [\"a\"]\n",
	  "a exact optional", NULL },
	/* One that the old lock does not hold yet stays unmet. */
	{ "[dependencies]\nc = \"1\"\n", PACKAGE("app", "0.1.0"), "c default", NULL },
};

static void manifests_fit_the_lock_that_came_before(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct older older = { 0 };

		fit(&older, cases[i].tables, cases[i].lock);
		if (strcmp(deps_text(&older), cases[i].deps) != 0)
			fail_msg("case %zu: %s", i, deps_text(&older));
		assert_int_equal(older.assumed.n, cases[i].assumed != NULL);
		if (cases[i].assumed)
			assert_true(str_eq(older.assumed.p[0], str_of(cases[i].assumed)));
		arena_free(&older.arena);
	}
}

/* What an audit of the old lock assumes, where the manifests are those of `app`. */
static void opens(const char *lock, bool locked, const char *feature, const char *assumed)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct project project = { .lock_name = STR("Cargo.lock"),
		                   .lock = STR(PACKAGE("app", "0.2.0")),
		                   .old_lock_name = STR("old.lock") };
	struct facts facts = { .at = 1, .now = 1 };
	const struct knowledge *knowledge = NULL;
	struct audit_result result = { 0 };
	struct audit *audit = NULL;
	struct err err = { 0 };

	project.options.edges = EDGE_NORMAL;
	project.options.locked = locked;
	project.old_lock = str_of(lock);
	if (feature)
		*vec_add(&arena, &project.options.packages) = str_of(feature);
	*vec_add(&arena, &project.files) =
		(struct project_file){ STR("Cargo.toml"),
		                       STR("[package]\nname = \"app\"\nversion = "
		                           "\"0.2.0\"\n[dependencies]\nc = \"1\"\n") };
	if (!knowledge_load(&arena, &knowledge, &err) ||
	    !audit_open_older(&arena, &project, knowledge, &audit, &err))
		fail_msg("%s", err.text);
	audit_wanted(audit, &facts.n);
	facts.packages = arena_array(&arena, facts.n, sizeof *facts.packages);
	facts.advisories = arena_new(&arena, struct advisory_set);
	if (!audit_run(&arena, audit, &facts, &result, &err))
		fail_msg("%s", err.text);
	assert_int_equal(result.precision, assumed ? PRECISION_LOCK : PRECISION_MANIFEST);
	assert_true(str_eq(result.project->lock_name, STR_LIT("old.lock")));
	if (!assumed) {
		assert_int_equal(result.assumed.n, 0);
		return;
	}
	struct str last = result.assumed.p[result.assumed.n - 1];
	if (str_find_str(last, str_of(assumed)) == STR_NONE)
		fail_msg("assumed: " STR_FMT, STR_ARG(last));
}

static void an_old_lock_that_fits_is_read_with_the_manifests(void **state)
{
	(void)state;
	/* --locked speaks of the new lock alone. */
	opens(PACKAGE("app", "0.1.0"), true, NULL, NULL);
	opens(PACKAGE("other", "0.1.0"), false, NULL, "old.lock: holds no member of the workspace");
	/* A member that is asked for and was not there yet. */
	opens(PACKAGE("app", "0.1.0"), false, "nobody", "the manifests do not fit this lock: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(manifests_fit_the_lock_that_came_before),
		cmocka_unit_test(an_old_lock_that_fits_is_read_with_the_manifests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
