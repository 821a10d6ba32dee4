#include "audit/library.h"
#include "tests/unit/judged.h"

#define TOKIO "tokio 1.41.0 sync= net= rt= full=net,rt\n"
#define QUINN "quinn 0.11.9 runtime-tokio= runtime-smol= : tokio\n"

static const struct {
	const char *what, *tree;
	const char *member, *rule; /* of the only finding; member NULL: there is none */
	const char *message;
} cases[] = {
	{ "a library over Tokio", "*pool 0.1.0 : tokio[net]\n" TOKIO, "pool", "library-lock-in",
	  "binds whoever uses it to tokio, through tokio 1.41.0, which is not optional" },
	{ "by default features", "*pool 0.1.0 net=dep:tokio default=net : ?tokio[net]\n" TOKIO,
	  "pool", "library-lock-in",
	  "binds whoever uses it to tokio, through tokio 1.41.0, which its default features switch "
	  "on" },
	{ "through a dependency", "*pool 0.1.0 : web\nweb 1.0.0 : tokio[net]\n" TOKIO, "pool",
	  "library-lock-in",
	  "binds whoever uses it to tokio, through web 1.0.0, which is not optional" },
	{ "only its locks", "*pool 0.1.0 : tokio[sync]\n" TOKIO, NULL, NULL, NULL },
	{ "its name says so", "*pool-tokio 0.1.0 : tokio[net]\n" TOKIO, NULL, NULL, NULL },
	{ "a feature that is off", "*pool 0.1.0 net=dep:tokio : ?tokio[net]\n" TOKIO, NULL, NULL,
	  NULL },
	{ "only tests", "*pool 0.1.0 : dev:tokio[net]\n" TOKIO, NULL, NULL, NULL },
	{ "every feature", "*pool-tokio 0.1.0 : tokio[full]\n" TOKIO, "pool-tokio",
	  "needless-runtime-features",
	  "asks tokio for its feature full, and all who use it get that" },
	{ "every feature in tests", "*pool-tokio 0.1.0 : tokio[net] dev:tokio[full]\n" TOKIO, NULL,
	  NULL, NULL },
	{ "two runtimes at once", "*pool 0.1.0 : quinn[runtime-tokio,runtime-smol]\n" QUINN TOKIO,
	  "pool", "needless-runtime-features",
	  "asks quinn for two runtimes: tokio by its feature runtime-tokio, and smol by "
	  "runtime-smol" },
};

static void find(struct judged *judged, const char *tree, bool published)
{
	judge(judged, tree, "");
	for (uint32_t p = 0; p < judged->tree.lock.n; p++) {
		struct graph_package *package = &judged->tree.graph.packages[p];

		package->is_member = package->is_local;
		package->is_published = package->is_local && published;
		package->is_library = package->is_local;
	}
	library_find(&judged->tree.arena, &judged->result, judged->verdicts, judged->knowledge,
	             &judged->findings);
	policy_apply(&judged->tree.arena, judged->policy, &judged->result, JUDGED_AT,
	             &judged->findings);
}

static void what_users_must_take_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct judged judged = { .tree.edges = EDGE_NORMAL | EDGE_BUILD | EDGE_DEV };

		find(&judged, cases[i].tree, true);
		if (judged.findings.n != (cases[i].member != NULL))
			fail_msg("%s: %zu findings", cases[i].what, judged.findings.n);
		if (cases[i].member) {
			const struct finding *f =
				judged_finding(&judged, cases[i].rule, cases[i].member);

			assert_int_equal(f->level, LEVEL_NOTE);
			if (!str_eq(f->message, str_of(cases[i].message)))
				fail_msg("%s: " STR_FMT, cases[i].what, STR_ARG(f->message));
		}
		judged_free(&judged);
	}
}

static void a_program_may_bind_as_it_likes(void **state)
{
	CLEANUP(judged_free) struct judged judged = { 0 };

	(void)state;
	find(&judged, "*pool 0.1.0 : tokio[full]\n" TOKIO, false);
	assert_int_equal(judged.findings.n, 0);
}

/* What comes through another member is told of that one alone. */
static void of_members_the_lowest_is_told(void **state)
{
	CLEANUP(judged_free) struct judged judged = { 0 };

	(void)state;
	find(&judged, "*pool 0.1.0 : core\n*core 0.1.0 : tokio[net]\n" TOKIO, true);
	assert_int_equal(judged.findings.n, 1);
	assert_int_equal(judged_count(&judged, "library-lock-in", "core"), 1);
}

/* Who publishes a program publishes what it is made of for the program's sake. */
static void parts_of_a_published_program_are_its_own(void **state)
{
	CLEANUP(judged_free) struct judged judged = { 0 };

	(void)state;
	judge(&judged, "*tool 0.1.0 : pool\n*pool 0.1.0 : tokio[full]\n" TOKIO, "");
	for (uint32_t p = 0; p < judged.tree.lock.n; p++) {
		struct graph_package *package = &judged.tree.graph.packages[p];

		package->is_member = package->is_published = package->is_local;
		package->is_library = package->is_local;
		package->has_program = str_eq(judged.tree.lock.packages[p].name, STR_LIT("tool"));
	}
	library_find(&judged.tree.arena, &judged.result, judged.verdicts, judged.knowledge,
	             &judged.findings);
	assert_int_equal(judged.findings.n, 0);
	judged.tree.graph.packages[tree_find(&judged.tree, "tool", NULL)].is_published = false;
	library_find(&judged.tree.arena, &judged.result, judged.verdicts, judged.knowledge,
	             &judged.findings);
	assert_int_equal(judged_count(&judged, "library-lock-in", "pool"), 1);
	assert_int_equal(judged_count(&judged, "needless-runtime-features", "pool"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_users_must_take_is_told),
		cmocka_unit_test(a_program_may_bind_as_it_likes),
		cmocka_unit_test(of_members_the_lowest_is_told),
		cmocka_unit_test(parts_of_a_published_program_are_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
