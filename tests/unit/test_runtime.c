#include "audit/runtime.h"

#include "tests/unit/sketch.h"

#define TOKIO "tokio 1.41.0 default= sync= rt= net= time= fs=rt full=rt,net,time,sync\n"
#define SMOL "smol 2.0.2 : async-io\nasync-io 2.6.0\n"

struct fixture {
	struct tree tree;
	const struct knowledge *knowledge;
	struct runtime_verdict *verdicts;
};

static void classify(struct fixture *fixture, const char *text)
{
	struct err err = { 0 };

	if (!knowledge_load(&fixture->tree.arena, &fixture->knowledge, &err))
		fail_msg("%s", err.text);
	sketch_read(&fixture->tree, text);
	fixture->verdicts =
		runtime_classify(&fixture->tree.arena, &fixture->tree.graph, fixture->knowledge);
}

static void fixture_free(struct fixture *fixture)
{
	tree_free(&fixture->tree);
	*fixture = (struct fixture){ { .arena = { 0 } }, NULL, NULL };
}

static const struct runtime_verdict *verdict(const struct fixture *fixture, const char *name)
{
	uint32_t package = tree_find(&fixture->tree, name, NULL);
	uint32_t node = node_of(package, SIDE_TARGET);

	return &fixture->verdicts[fixture->tree.graph.nodes[node].built
	                                  ? node
	                                  : node_of(package, SIDE_HOST)];
}

struct row {
	const char *what, *tree, *package, *klass, *rule;
	bool hard;
};

static const struct row rows[] = {
	{ "features that bind", "*app 0.1.0 : a\na 1.0.0 : tokio[net]\n" TOKIO, "a", "tokio",
	  "feature", true },
	{ "features that bind nobody", "*app 0.1.0 : a\na 1.0.0 : tokio[sync]\n" TOKIO, "a",
	  "agnostic", "vocabulary", false },
	{ "what others switch on binds nobody",
	  "*app 0.1.0 : a tokio[full]\na 1.0.0 : tokio[sync]\n" TOKIO, "a", "agnostic",
	  "vocabulary", false },
	{ "the runtime's crate itself has all that is on",
	  "*app 0.1.0 : a tokio[full]\na 1.0.0 : tokio[sync]\n" TOKIO, "tokio", "tokio", "table",
	  true },
	{ "a feature of the crate asks for the runtime's",
	  "*app 0.1.0 : a[on]\na 1.0.0 on=tokio/rt : tokio\n" TOKIO, "a", "tokio", "feature",
	  true },
	{ "an optional runtime that is off",
	  "*app 0.1.0 : a\na 1.0.0 on=dep:tokio : ?tokio[rt] futures-core\n"
	  "futures-core 0.3.0\n" TOKIO,
	  "a", "agnostic", "vocabulary", false },
	{ "passed on by a dependency", "*app 0.1.0 : a\na 1.0.0 : b\nb 1.0.0 : tokio[rt]\n" TOKIO,
	  "a", "tokio", "inherited", true },
	{ "passed on only under the features asked for",
	  "*app 0.1.0 : a b[on]\na 1.0.0 : b\nb 1.0.0 on=dep:tokio : ?tokio[rt]\n" TOKIO, "a",
	  "none", "no-async", false },
	{ "owning a runtime passes nothing on",
	  "*app 0.1.0 : a\na 1.0.0 : postgres\npostgres 0.19.0 : tokio[rt]\n" TOKIO, "a", "none",
	  "no-async", false },
	{ "owning a runtime is soft", "*app 0.1.0 : postgres\npostgres 0.19.0 : tokio[rt]\n" TOKIO,
	  "postgres", "tokio", "table", false },
	{ "an own reactor is soft", "*app 0.1.0 : a\na 1.0.0 : async-io\nasync-io 2.6.0\n", "a",
	  "smol", "feature", false },
	{ "nothing async", "*app 0.1.0 : a\na 1.0.0 : serde\nserde 1.0.0\n", "a", "none",
	  "no-async", false },
	{ "what async crates use is not async",
	  "*app 0.1.0 : a\na 1.0.0 : pin-project-lite\npin-project-lite 0.2.18\n", "a", "none",
	  "no-async", false },
	{ "two runtimes", "*app 0.1.0 : a\na 1.0.0 : tokio[rt] smol\n" TOKIO SMOL, "a",
	  "multi:tokio+smol", "feature", true },
	{ "one runtime inside the other",
	  "*app 0.1.0 : a\na 1.0.0 : async-std async-io\n"
	  "async-std 1.13.2 default= : async-io\nasync-io 2.6.0\n",
	  "a", "async-std", "feature", false },
	{ "an old major is a runtime of its own",
	  "*app 0.1.0 : a\na 1.0.0 : tokio[time]\ntokio 0.2.25 default= time=\n", "a",
	  "other:tokio-0.2", "feature", true },
	{ "a feature chooses, and one of them works anywhere",
	  "*app 0.1.0 : a\na 1.0.0 : !quinn[runtime-tokio,runtime-smol]\n"
	  "quinn 0.11.9 runtime-tokio= runtime-smol= : tokio\n" TOKIO,
	  "quinn", "multi:tokio+smol", "table", false },
	{ "a row without a feature of its own", "*app 0.1.0 : sqlx\nsqlx 0.9.0 default=any any=\n",
	  "sqlx", "multi:tokio+async-std+smol", "table", true },
	{ "a build script binds nobody",
	  "*app 0.1.0 : a\na 1.0.0 : build:b\nb 1.0.0 : tokio[rt]\n" TOKIO, "a", "none", "no-async",
	  false },
	{ "a choice for the whole program counts whoever made it",
	  "*app 0.1.0 : a embassy-time[generic-queue-8]\na 1.0.0 : embassy-time\nembassy-time "
	  "0.5.1 generic-queue-8=\n",
	  "a", "embassy", "feature", false },
	{ "a proc macro runs in the compiler", "*app 0.1.0 : m\n%m 1.0.0 : tokio[rt]\n" TOKIO, "m",
	  "none", "no-async", false },
	{ "and binds nobody who uses it", "*app 0.1.0 : m\n%m 1.0.0 : tokio[rt]\n" TOKIO, "app",
	  "none", "no-async", false },
	{ "one that writes async code makes async",
	  "*app 0.1.0 : async-trait\n%async-trait 0.1.92\n", "app", "agnostic", "vocabulary",
	  false },
	{ "traits that async-std hands on bind nobody",
	  "*app 0.1.0 : async-sse\nasync-sse 4.1.0 : async-std\nasync-std 1.13.2 default=\n",
	  "async-sse", "agnostic", "table", false },
	{ "one function that reads files",
	  "*app 0.1.0 : http-types[fs]\nhttp-types 2.12.0 fs= : async-std\n"
	  "async-std 1.13.2 default=\n",
	  "http-types", "async-std", "table", false },
	{ "and binds nobody who takes the crate for its types",
	  "*app 0.1.0 : a\na 1.0.0 : http-types[fs]\nhttp-types 2.12.0 fs= : async-std\n"
	  "async-std 1.13.2 default=\n",
	  "a", "agnostic", "vocabulary", false },
	{ "an executor for microcontrollers",
	  "*app 0.1.0 : a\na 1.0.0 : embassy-time\nembassy-time 0.5.1\n", "a", "embassy", "feature",
	  true },
};

static void packages_bind_to_what_they_ask_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(fixture_free) struct fixture fixture = { .knowledge = NULL };

		classify(&fixture, rows[i].tree);
		const struct runtime_verdict *v = verdict(&fixture, rows[i].package);
		if (!str_eq(v->klass, str_of(rows[i].klass)) || v->hard != rows[i].hard ||
		    !str_eq(v->rule, str_of(rows[i].rule)))
			fail_msg("%s: " STR_FMT " %s by " STR_FMT, rows[i].what, STR_ARG(v->klass),
			         v->hard ? "hard" : "soft", STR_ARG(v->rule));
		assert_int_equal(v->inferred, strcmp(rows[i].rule, "table") != 0);
		assert_true(v->confidence > 0.5 && v->confidence < 1);
	}
}

static void evidence_names_dependency_and_features(void **state)
{
	CLEANUP(fixture_free) struct fixture fixture = { .knowledge = NULL };
	(void)state;

	classify(&fixture, "*app 0.1.0 : a\na 1.0.0 : tokio[net,rt]\n" TOKIO);
	const struct runtime_verdict *v = verdict(&fixture, "a");
	assert_int_equal(v->evidence.n, 1);
	assert_true(str_starts(v->evidence.p[0].detail,
	                       STR_LIT("depends on tokio 1.41.0 with rt, net: spawning")));
	assert_true(str_starts(v->evidence.p[0].source, STR_LIT("tokio 1.54.1, src/")));
	assert_int_equal(node_package(v->via), tree_find(&fixture.tree, "tokio", NULL));
	v = verdict(&fixture, "app");
	assert_true(str_eq(v->evidence.p[0].detail,
	                   STR_LIT("depends on a 1.0.0, which binds to tokio")));
	assert_int_equal(v->binds.n, 1);
	assert_true(str_eq(v->binds.p[0], STR_LIT("tokio")));
}

static enum verdict compat(const struct runtime_verdict *v, const char *runtime)
{
	for (size_t i = 0; i < v->compat.n; i++)
		if (str_eq(v->compat.p[i].runtime, str_of(runtime))) {
			assert_true(v->compat.p[i].why.n > 0);
			return v->compat.p[i].verdict;
		}
	fail_msg("no verdict for %s", runtime);
	return VERDICT_UNKNOWN;
}

static void the_row_says_what_becomes_of_it_elsewhere(void **state)
{
	CLEANUP(fixture_free) struct fixture fixture = { .knowledge = NULL };
	(void)state;

	classify(&fixture,
	         "*app 0.1.0 : hard soft plain words old\nhard 1.0.0 : tokio@1.41.0[rt]\n"
	         "soft 1.0.0 : async-io\nplain 1.0.0\nwords 1.0.0 : futures-core\n"
	         "old 1.0.0 : tokio@0.2.25[time]\ntokio 0.2.25 default= time=\nfutures-core 0.3.0\n"
	         "async-io 2.6.0\n" TOKIO);
	const struct runtime_verdict *v = verdict(&fixture, "hard");
	assert_int_equal(compat(v, "tokio"), VERDICT_WORKS);
	assert_int_equal(compat(v, "smol"), VERDICT_BRIDGE);
	assert_int_equal(compat(v, "embassy"), VERDICT_NO);
	assert_int_equal(compat(v, "tokio-0.2"), VERDICT_PANICS);
	assert_int_equal(v->compat.n, 5);
	v = verdict(&fixture, "soft");
	assert_int_equal(compat(v, "tokio"), VERDICT_OWN_REACTOR);
	assert_int_equal(compat(v, "smol"), VERDICT_WORKS);
	assert_int_equal(compat(v, "async-std"), VERDICT_WORKS); /* smol's reactor is inside */
	assert_int_equal(compat(v, "embassy"), VERDICT_NO);
	v = verdict(&fixture, "plain");
	assert_int_equal(compat(v, "tokio"), VERDICT_WORKS);
	assert_int_equal(compat(v, "embassy"), VERDICT_UNKNOWN);
	assert_int_equal(compat(verdict(&fixture, "words"), "smol"), VERDICT_WORKS);
	assert_int_equal(compat(verdict(&fixture, "futures-core"), "embassy"), VERDICT_WORKS);
	v = verdict(&fixture, "old");
	assert_int_equal(compat(v, "tokio"), VERDICT_BRIDGE);
	assert_int_equal(compat(v, "async-std"), VERDICT_PANICS);
}

static void uses_count_packages_and_name_who_brings_them(void **state)
{
	CLEANUP(fixture_free) struct fixture fixture = { .knowledge = NULL };
	struct runtime_use_list uses = { 0 };
	(void)state;

	classify(&fixture,
	         "*app 0.1.0 : a old\na 1.0.0 : tokio@1.41.0[rt]\nold 1.0.0 : tokio@0.2.25[time]\n"
	         "tokio 0.2.25 default= time=\n" TOKIO);
	runtime_uses(&fixture.tree.arena, &fixture.tree.graph, fixture.verdicts, fixture.knowledge,
	             &uses);
	assert_int_equal(uses.n, 2);
	assert_true(str_eq(uses.p[0].runtime, STR_LIT("tokio")));
	assert_int_equal(uses.p[0].packages, 3); /* app, a, tokio */
	assert_int_equal(uses.p[0].hard, 3);
	assert_true(str_eq(uses.p[0].versions, STR_LIT("1.41.0")));
	assert_int_equal(uses.p[0].brought_in_by.n, 1);
	assert_true(str_eq(uses.p[0].brought_in_by.p[0], STR_LIT("a")));
	assert_true(str_eq(uses.p[1].runtime, STR_LIT("tokio-0.2")));
	assert_true(uses.p[1].abandoned);
	assert_false(uses.p[0].abandoned);
}

static void a_cycle_ends(void **state)
{
	CLEANUP(fixture_free) struct fixture fixture = { .knowledge = NULL };
	(void)state;

	/* No Cargo accepts it; a lock read without manifests shows such edges. */
	classify(&fixture, "*app 0.1.0 : a\na 1.0.0 : b\nb 1.0.0 : a tokio[rt]\n" TOKIO);
	assert_true(str_eq(verdict(&fixture, "a")->klass, STR_LIT("tokio")));
	assert_true(str_eq(verdict(&fixture, "b")->klass, STR_LIT("tokio")));
}

static void without_a_summary_the_table_answers_with_less_confidence(void **state)
{
	CLEANUP(fixture_free) struct fixture fixture = { .knowledge = NULL };
	struct graph *graph = &fixture.tree.graph;
	(void)state;

	classify(&fixture, "*app 0.1.0 : tokio[sync]\n" TOKIO);
	for (uint32_t p = 0; p < graph->package_n; p++)
		graph->packages[p].summary = NULL;
	for (uint32_t i = 0; i < graph->edge_n; i++)
		graph->edges[i].dep = DEP_NONE;
	for (uint32_t i = 0; i < graph->package_n * 2; i++)
		graph->nodes[i].has_features = false;
	fixture.verdicts = runtime_classify(&fixture.tree.arena, graph, fixture.knowledge);
	assert_true(str_eq(verdict(&fixture, "tokio")->klass, STR_LIT("tokio")));
	assert_true(verdict(&fixture, "tokio")->confidence < 0.7);
	assert_true(str_eq(verdict(&fixture, "app")->klass, STR_LIT("tokio")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packages_bind_to_what_they_ask_for),
		cmocka_unit_test(evidence_names_dependency_and_features),
		cmocka_unit_test(the_row_says_what_becomes_of_it_elsewhere),
		cmocka_unit_test(uses_count_packages_and_name_who_brings_them),
		cmocka_unit_test(a_cycle_ends),
		cmocka_unit_test(without_a_summary_the_table_answers_with_less_confidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
