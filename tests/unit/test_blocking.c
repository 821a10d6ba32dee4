#include "audit/blocking.h"
#include "audit/hazard.h"
#include "tests/unit/judged.h"

#define TOKIO "tokio 1.41.0 rt= net= sync=\n"

static const struct {
	const char *what, *tree, *crate;
	enum level level; /* LEVEL_ALLOW: there is no finding */
	const char *message;
} cases[] = {
	{ "it panics on Tokio", "*app 0.1.0 : postgres tokio[rt]\npostgres 0.19.10\n" TOKIO,
	  "postgres", LEVEL_WARNING,
	  "stands beside tokio in app 0.1.0: in async code each call panics with \"Cannot start a "
	  "runtime from within a runtime\"" },
	{ "and blocks elsewhere", "*app 0.1.0 : postgres smol\npostgres 0.19.10\nsmol 2.0.2\n",
	  "postgres", LEVEL_NOTE,
	  "stands beside smol in app 0.1.0: in async code a query blocks the runtime's thread "
	  "until "
	  "the database has answered" },
	{ "two members",
	  "*app 0.1.0 : rusqlite tokio[rt]\n*b 0.1.0 : rusqlite tokio[rt]\nrusqlite 0.31.0\n" TOKIO,
	  "rusqlite", LEVEL_NOTE,
	  "stands beside tokio in app 0.1.0 (and 1 more member): in async code a query blocks the "
	  "runtime's thread while SQLite reads and writes" },
	{ "asked for by name",
	  "*app 0.1.0 : reqwest[blocking] tokio[rt]\nreqwest 0.12.0 blocking=\n" TOKIO, "reqwest",
	  LEVEL_WARNING, NULL },
	{ "asked for by a feature of the member",
	  "*app 0.1.0 default=reqwest/blocking : reqwest tokio[rt]\nreqwest 0.12.0 "
	  "blocking=\n" TOKIO,
	  "reqwest", LEVEL_WARNING, NULL },
	{ "another member asks for the blocking client",
	  "*app 0.1.0 : reqwest tokio[rt]\n*b 0.1.0 : reqwest[blocking]\nreqwest 0.12.0 "
	  "blocking=\n" TOKIO,
	  "reqwest", LEVEL_ALLOW, NULL },
	{ "the member runs no runtime",
	  "*app 0.1.0 : rusqlite tokio[sync]\nrusqlite 0.31.0\ntokio 1.41.0 sync=\n", "rusqlite",
	  LEVEL_ALLOW, NULL },
	{ "its own runtime is none of the member's",
	  "*app 0.1.0 : reqwest[blocking]\nreqwest 0.12.0 blocking= : tokio[rt]\n" TOKIO, "reqwest",
	  LEVEL_ALLOW, NULL },
	{ "it is called as it should",
	  "*app 0.1.0 : rusqlite tokio-rusqlite tokio[rt]\nrusqlite 0.31.0\ntokio-rusqlite 0.5.0 : "
	  "rusqlite\n" TOKIO,
	  "rusqlite", LEVEL_ALLOW, NULL },
	{ "no member depends on it",
	  "*app 0.1.0 : store tokio[rt]\nstore 1.0.0 : rusqlite\nrusqlite 0.31.0\n" TOKIO,
	  "rusqlite", LEVEL_ALLOW, NULL },
	{ "a version that the row does not speak of",
	  "*app 0.1.0 : postgres tokio[rt]\npostgres 0.15.2\n" TOKIO, "postgres", LEVEL_ALLOW,
	  NULL },
};

static void what_blocks_in_an_async_member_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(judged_free) struct judged judged = { .knowledge = NULL };

		judge(&judged, cases[i].tree, "");
		hazard_find(&judged.tree.arena, &judged.result, judged.verdicts, judged.knowledge,
		            &judged.findings);
		policy_apply(&judged.tree.arena, judged.policy, &judged.result, JUDGED_AT,
		             &judged.findings);
		size_t n = judged_count(&judged, "blocking-in-async", cases[i].crate);
		if (n != (cases[i].level != LEVEL_ALLOW))
			fail_msg("%s: %zu findings", cases[i].what, n);
		if (n == 0)
			continue;
		const struct finding *f =
			judged_finding(&judged, "blocking-in-async", cases[i].crate);
		if (f->level != cases[i].level)
			fail_msg("%s: level %d", cases[i].what, (int)f->level);
		if (cases[i].message && !str_eq(f->message, str_of(cases[i].message)))
			fail_msg("%s: " STR_FMT, cases[i].what, STR_ARG(f->message));
		assert_int_equal(f->evidence.n, 2);
		assert_true(f->evidence.p[0].source.n > 0 && f->remedy.text.n > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_blocks_in_an_async_member_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
