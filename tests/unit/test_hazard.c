#include "audit/hazard.h"

#include "tests/unit/judged.h"

#define TOKIO "tokio 1.41.0 default= sync= rt= net= time=\n"
#define OLD_TOKIO "tokio 0.2.25 default= sync= rt-core= time=\n"
#define ASYNC_STD "async-std 1.13.2 default=std std= : async-io\nasync-io 2.6.0\n"

static void find(struct judged *judged, const char *tree)
{
	judge(judged, tree, "");
	hazard_find(&judged->tree.arena, &judged->result, judged->verdicts, judged->knowledge,
	            &judged->findings);
	policy_apply(&judged->tree.arena, judged->policy, &judged->result, JUDGED_AT,
	             &judged->findings);
}

static void an_abandoned_runtime_names_who_brings_it_in(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	find(&judged, "*app 0.1.0 : b c\n*other 0.1.0 : c\nb 1.0.0 : d\nc 1.0.0 : async-std\nd "
	              "1.0.0 : async-std\n" ASYNC_STD);
	assert_int_equal(judged.findings.n, 1);
	const struct finding *f = judged_finding(&judged, "abandoned-runtime", "async-std");
	assert_int_equal(f->level, LEVEL_WARNING);
	assert_int_equal(f->paths.n, 2);
	assert_string_equal(judged_path(&judged, &f->paths.p[0]), "app c async-std");
	assert_string_equal(judged_path(&judged, &f->paths.p[1]), "app b d async-std");
	assert_true(str_eq(
		f->message,
		STR_LIT("belongs to the runtime async-std, which ended on 2025-03-01; it comes in "
	                "through c 1.0.0 and b 1.0.0")));
	assert_true(str_eq(f->subject, STR_LIT("async-std")));
	assert_true(f->evidence.p[0].source.n > 0 && f->remedy.text.n > 0);
}

static void a_direct_abandoned_runtime_is_an_error(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	find(&judged, "*app 0.1.0 : async-std\n" ASYNC_STD);
	const struct finding *f = judged_finding(&judged, "abandoned-runtime", "async-std");
	assert_int_equal(f->level, LEVEL_ERROR);
	assert_string_equal(judged_path(&judged, &f->paths.p[0]), "app async-std");
}

/* What is only used for its traits and locks is no runtime. */
static void a_harmless_part_of_one_is_not_reported(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	find(&judged, "*app 0.1.0 : !async-std[std] tokio[sync]\nasync-std 1.13.2 default=std "
	              "std=\n" OLD_TOKIO);
	assert_int_equal(judged.findings.n, 0);
}

static void a_member_with_two_runtimes_is_named_with_both(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	find(&judged, "*app 0.1.0 : core\n*core 0.1.0 : web sound\nweb 1.0.0 : tokio[net]\nsound "
	              "1.0.0 : glommio\n"
	              "glommio 0.9.0\n" TOKIO);
	assert_int_equal(judged.findings.n, 1);
	const struct finding *f = judged_finding(&judged, "mixed-runtimes", "core");
	assert_int_equal(f->level, LEVEL_ERROR);
	assert_true(str_eq(f->subject, STR_LIT("tokio+glommio")));
	assert_true(str_eq(
		f->message,
		STR_LIT("needs tokio (through web 1.0.0) and glommio (through sound 1.0.0) in one "
	                "program; 1 member above holds it too")));
	assert_int_equal(f->paths.n, 2);
	assert_string_equal(judged_path(&judged, &f->paths.p[0]), "core web");
	assert_string_equal(judged_path(&judged, &f->paths.p[1]), "core sound");
	assert_int_equal(f->evidence.n, 3);
}

static void members_that_do_not_meet_are_two_programs(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	find(&judged, "*app 0.1.0 : web\n*tool 0.1.0 : sound\nweb 1.0.0 : tokio[net]\nsound 1.0.0 "
	              ": glommio\n"
	              "glommio 0.9.0\n" TOKIO);
	assert_int_equal(judged.findings.n, 0);
}

static void a_build_script_may_use_another_runtime(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	find(&judged, "*app 0.1.0 : web build:gen\nweb 1.0.0 : tokio[net]\ngen 1.0.0 : "
	              "glommio\nglommio 0.9.0\n" TOKIO);
	assert_int_equal(judged.findings.n, 0);
}

/* A runtime that starts its own threads disturbs less: an executor is a warning, a bare reactor a
 * note. */
static void own_reactors_are_milder(void **state)
{
	CLEANUP(judged_free)
	struct judged note = { .knowledge = NULL }, warning = { .knowledge = NULL };
	const struct finding *f;
	(void)state;

	find(&note, "*app 0.1.0 : web bus\nweb 1.0.0 : tokio[net]\nbus 1.0.0 : async-io\nasync-io "
	            "2.6.0\n" TOKIO);
	f = judged_finding(&note, "mixed-runtimes", "app");
	assert_int_equal(f->level, LEVEL_NOTE);
	find(&warning, "*app 0.1.0 : web smol tokio[rt]\nweb 1.0.0 : tokio[net]\nsmol 2.0.2 : "
	               "async-io\nasync-io 2.6.0\n" TOKIO);
	f = judged_finding(&warning, "mixed-runtimes", "app");
	assert_int_equal(f->level, LEVEL_WARNING);
	assert_string_equal(judged_path(&warning, &f->paths.p[1]), "app smol");
}

/* smol's reactor is inside async-std: one finding tells of both. */
static void a_runtime_inside_another_is_told_once(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	find(&judged, "*app 0.1.0 : web old\nweb 1.0.0 : tokio[net]\nold 1.0.0 : async-std "
	              "proc\nproc 1.0.0 : async-io\n" ASYNC_STD TOKIO);
	assert_int_equal(judged_count(&judged, "mixed-runtimes", "app"), 1);
	const struct finding *f = judged_finding(&judged, "mixed-runtimes", "app");
	assert_true(str_eq(f->subject, STR_LIT("tokio+async-std")));
	assert_int_equal(f->level, LEVEL_WARNING);
	assert_true(str_eq(f->remedy.kind, STR_LIT("bridge")));
}

static void a_runtime_of_another_platform_does_not_count(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	find(&judged,
	     "*app 0.1.0 : web page\nweb 1.0.0 : tokio[net]\npage 1.0.0 : wasm-bindgen-futures\n"
	     "wasm-bindgen-futures 0.4.40\n" TOKIO);
	assert_int_equal(judged.findings.n, 0);
}

static void what_serves_several_runtimes_mixes_nothing(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	find(&judged,
	     "*app 0.1.0 : web !quinn[runtime-tokio,runtime-smol]\nweb 1.0.0 : tokio[net]\n"
	     "quinn 0.11.9 runtime-tokio= runtime-smol= : tokio\n" TOKIO);
	assert_int_equal(judged_count(&judged, "mixed-runtimes", "app"), 0);
}

/* embassy-time with a generic queue takes any waker: on a computer it runs beside Tokio. */
static void what_works_anywhere_mixes_with_nothing(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	find(&judged,
	     "*app 0.1.0 : tokio[net] embassy-time[generic-queue-8]\n"
	     "embassy-time 0.5.1 generic-queue-8= : embassy-time-queue-utils[generic-queue-8]\n"
	     "embassy-time-queue-utils 0.3.2 generic-queue-8=_generic-queue _generic-queue= : "
	     "embassy-executor-timer-queue\nembassy-executor-timer-queue 0.1.0\n" TOKIO);
	if (judged.findings.n > 0)
		fail_msg(STR_FMT, STR_ARG(judged.findings.p[0].message));
	const struct runtime_verdict *app = judged.result.packages[0].runtime;
	assert_true(str_eq(judged.tree.lock.packages[0].name, STR_LIT("app")));
	assert_true(str_eq(app->klass, STR_LIT("multi:tokio+embassy")));
	assert_true(str_eq(app->compat.p[0].runtime, STR_LIT("tokio")));
	assert_int_equal(app->compat.p[0].verdict, VERDICT_WORKS);
	assert_true(str_eq(app->compat.p[1].runtime, STR_LIT("smol")));
	assert_int_equal(app->compat.p[1].verdict, VERDICT_BRIDGE);
	assert_true(str_eq(app->compat.p[2].runtime, STR_LIT("embassy")));
	assert_int_equal(app->compat.p[2].verdict, VERDICT_NO);
}

/* mockito runs its server on a thread with a Tokio runtime of its own: nobody above it is bound,
 * and what it uses below is polled by that runtime alone. */
static void a_runtime_that_a_crate_owns_mixes_with_nothing(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	find(&judged, "*app 0.1.0 : mockito sound\nmockito 1.7.2 : tokio[net] web\nweb 1.0.0 : "
	              "tokio[net]\nsound 1.0.0 : glommio\nglommio 0.9.0\n" TOKIO);
	assert_int_equal(judged_count(&judged, "mixed-runtimes", "app"), 0);
	judged_free(&judged);
	judged = (struct judged){ .knowledge = NULL };
	find(&judged, "*app 0.1.0 : mockito web sound\nmockito 1.7.2 : tokio[net] web\nweb 1.0.0 : "
	              "tokio[net]\nsound 1.0.0 : glommio\nglommio 0.9.0\n" TOKIO);
	const struct finding *f = judged_finding(&judged, "mixed-runtimes", "app");
	assert_string_equal(judged_path(&judged, &f->paths.p[0]), "app web");
}

static void two_majors_of_one_runtime_are_a_split(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	find(&judged, "*app 0.1.0 : new old\nnew 1.0.0 : tokio@1.41.0[rt]\nold 1.0.0 : "
	              "tokio@0.2.25[time]\n" OLD_TOKIO TOKIO);
	assert_int_equal(judged.findings.n, 2);
	const struct finding *f = judged_finding(&judged, "split-runtime", "tokio");
	assert_int_equal(f->level, LEVEL_WARNING);
	assert_true(str_eq(judged.tree.lock.packages[f->package].vers, STR_LIT("0.2.25")));
	assert_true(str_eq(f->subject, STR_LIT("tokio 1")));
	assert_string_equal(judged_path(&judged, &f->paths.p[0]), "app old tokio");
	assert_string_equal(judged_path(&judged, &f->paths.p[1]), "app new tokio");
	assert_true(str_eq(f->remedy.text,
	                   STR_LIT("update old 1.0.0 to a version that uses tokio 1.41.0")));
	assert_int_equal(judged_count(&judged, "abandoned-runtime", "tokio"), 1);
}

static void two_majors_in_two_programs_are_none(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	find(&judged, "*app 0.1.0 : new\n*tool 0.1.0 : old\nnew 1.0.0 : tokio@1.41.0[rt]\nold "
	              "1.0.0 : tokio@0.2.25[time]\n" OLD_TOKIO TOKIO);
	assert_int_equal(judged_count(&judged, "split-runtime", "tokio"), 0);
}

/* The border between the rules about two runtimes: which of them speaks, and how loud. */
static const struct {
	const char *what, *tree, *rule, *subject;
	enum level level;
} borders[] = {
	{ "own code runs on smol, a dependency needs Tokio",
	  "*app 0.1.0 : web smol\nweb 1.0.0 : tokio[net]\nsmol 2.0.2\n" TOKIO, "bridge-needed",
	  "tokio+smol", LEVEL_ERROR },
	{ "own code can start Tokio as well",
	  "*app 0.1.0 : web smol tokio[rt]\nweb 1.0.0 : tokio[net]\nsmol 2.0.2\n" TOKIO,
	  "mixed-runtimes", "tokio+smol", LEVEL_WARNING },
	{ "it depends on Tokio, of which no runtime can be built",
	  "*app 0.1.0 : web smol tokio[sync]\nweb 1.0.0 : tokio[net]\nsmol 2.0.2\n" TOKIO,
	  "bridge-needed", "tokio+smol", LEVEL_ERROR },
	{ "another member of the program starts it",
	  "*app 0.1.0 : core tokio[rt]\n*core 0.1.0 : web smol\nweb 1.0.0 : tokio[net]\nsmol "
	  "2.0.2\n" TOKIO,
	  "mixed-runtimes", "tokio+smol", LEVEL_WARNING },
	{ "so does one beside it in the program",
	  "*app 0.1.0 : core serve\n*core 0.1.0 : web smol\n*serve 0.1.0 : tokio[rt]\nweb 1.0.0 : "
	  "tokio[net]\nsmol 2.0.2\n" TOKIO,
	  "mixed-runtimes", "tokio+smol", LEVEL_WARNING },
	{ "a crate of which the table says that it starts it",
	  "*app 0.1.0 : web smol actix-web\nweb 1.0.0 : tokio[net]\nactix-web 4.12.1 : "
	  "tokio[rt]\nsmol 2.0.2\n" TOKIO,
	  "mixed-runtimes", "tokio+smol", LEVEL_WARNING },
	{ "a dependency may start it inside",
	  "*app 0.1.0 : web smol\nweb 1.0.0 : tokio[net,rt-multi-thread]\nsmol 2.0.2\n"
	  "tokio 1.41.0 rt= net= rt-multi-thread=rt\n",
	  "bridge-needed", "tokio+smol", LEVEL_WARNING },
	{ "the bridge is there",
	  "*app 0.1.0 : web smol async-compat\nweb 1.0.0 : tokio[net]\nsmol 2.0.2\nasync-compat "
	  "0.2.5 : tokio[rt]\n" TOKIO,
	  "mixed-runtimes", "tokio+smol", LEVEL_NOTE },
	{ "a runtime for which there is no bridge",
	  "*app 0.1.0 : sound smol\nsound 1.0.0 : glommio\nglommio 0.9.0\nsmol 2.0.2\n",
	  "foreign-reactor", "glommio+smol", LEVEL_ERROR },
	{ "two that panic, of which own code runs the second",
	  "*app 0.1.0 : web glommio\nweb 1.0.0 : tokio[net]\nglommio 0.9.0\n" TOKIO,
	  "foreign-reactor", "tokio+glommio", LEVEL_ERROR },
	{ "two that panic, of which own code runs the first",
	  "*app 0.1.0 : sound tokio[rt]\nsound 1.0.0 : glommio\nglommio 0.9.0\n" TOKIO,
	  "foreign-reactor", "glommio+tokio", LEVEL_ERROR },
	{ "own code runs neither",
	  "*app 0.1.0 : sound web\nsound 1.0.0 : glommio\nweb 1.0.0 : tokio[net]\nglommio "
	  "0.9.0\n" TOKIO,
	  "mixed-runtimes", "tokio+glommio", LEVEL_ERROR },
	{ "a bare executor, and nothing that starts Tokio",
	  "*app 0.1.0 : web pollster\nweb 1.0.0 : tokio[net]\npollster 0.4.0\n" TOKIO,
	  "foreign-reactor", "tokio", LEVEL_WARNING },
};

static void each_mix_is_told_by_one_rule(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(borders); i++) {
		CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };

		find(&judged, borders[i].tree);
		if (judged.findings.n != 1)
			fail_msg("%s: %zu findings", borders[i].what, judged.findings.n);
		const struct finding *f = &judged.findings.p[0];
		if (!str_eq(f->rule, str_of(borders[i].rule)) ||
		    !str_eq(f->subject, str_of(borders[i].subject)) || f->level != borders[i].level)
			fail_msg("%s: " STR_FMT " of " STR_FMT ", level %d", borders[i].what,
			         STR_ARG(f->rule), STR_ARG(f->subject), (int)f->level);
		assert_true(f->evidence.n >= 2 && f->remedy.text.n > 0);
	}
}

static const char *const quiet[] = {
	/* a bare executor beside what starts Tokio, or where nothing needs it */
	"*app 0.1.0 : web pollster tokio[rt]\nweb 1.0.0 : tokio[net]\npollster 0.4.0\n" TOKIO,
	"*app 0.1.0 : pollster tokio[sync]\npollster 0.4.0\n" TOKIO,
	"*app 0.1.0 : core tokio[rt]\n*core 0.1.0 : web pollster\nweb 1.0.0 : "
	"tokio[net]\npollster 0.4.0\n" TOKIO,
	/* reqwest's blocking client has a runtime of its own */
	"*app 0.1.0 : reqwest[blocking] pollster\nreqwest 0.12.0 blocking= : "
	"tokio[net,rt]\npollster "
	"0.4.0\n" TOKIO,
};

static void who_can_start_it_polls_nothing_foreign(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(quiet); i++) {
		CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };

		find(&judged, quiet[i]);
		if (judged.findings.n > 0)
			fail_msg("%zu: " STR_FMT, i, STR_ARG(judged.findings.p[0].message));
	}
}

static void who_polls_and_what_is_inferred_is_told(void **state)
{
	CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };
	(void)state;

	find(&judged, "*app 0.1.0 : core\n*core 0.1.0 : web smol\nweb 1.0.0 : tokio[net]\nsmol "
	              "2.0.2\n" TOKIO);
	const struct finding *f = judged_finding(&judged, "bridge-needed", "core");
	assert_true(str_eq(
		f->message,
		STR_LIT("runs on smol (through smol 2.0.2) and needs tokio (through web 1.0.0), "
	                "which nothing of it starts; 1 member above holds it too")));
	assert_string_equal(judged_path(&judged, &f->paths.p[0]), "core web");
	assert_string_equal(judged_path(&judged, &f->paths.p[1]), "core smol");
	const struct evidence *last = &f->evidence.p[1];
	assert_true(str_eq(last->rule, STR_LIT("inferred")));
	assert_true(
		str_eq(last->detail,
	               STR_LIT("the project itself depends on what starts smol, and on nothing "
	                       "that starts tokio; what a dependency does inside is not seen")));
	assert_true(str_eq(f->remedy.kind, STR_LIT("bridge")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_abandoned_runtime_names_who_brings_it_in),
		cmocka_unit_test(a_direct_abandoned_runtime_is_an_error),
		cmocka_unit_test(a_harmless_part_of_one_is_not_reported),
		cmocka_unit_test(a_member_with_two_runtimes_is_named_with_both),
		cmocka_unit_test(members_that_do_not_meet_are_two_programs),
		cmocka_unit_test(a_build_script_may_use_another_runtime),
		cmocka_unit_test(own_reactors_are_milder),
		cmocka_unit_test(a_runtime_inside_another_is_told_once),
		cmocka_unit_test(a_runtime_of_another_platform_does_not_count),
		cmocka_unit_test(what_serves_several_runtimes_mixes_nothing),
		cmocka_unit_test(what_works_anywhere_mixes_with_nothing),
		cmocka_unit_test(a_runtime_that_a_crate_owns_mixes_with_nothing),
		cmocka_unit_test(each_mix_is_told_by_one_rule),
		cmocka_unit_test(who_can_start_it_polls_nothing_foreign),
		cmocka_unit_test(who_polls_and_what_is_inferred_is_told),
		cmocka_unit_test(two_majors_of_one_runtime_are_a_split),
		cmocka_unit_test(two_majors_in_two_programs_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
