#include "audit/poller.h"
#include "audit/closure.h"
#include "tests/unit/judged.h"

#define TOKIO "tokio 1.40.0 net=\n"
#define CRITERION                                                                                  \
	"criterion 0.5.1 async= async_futures=async async_tokio=async async_smol=async default=\n"

static const struct {
	const char *what, *tree;
	const char *subject; /* of the only finding; NULL: there is none */
} cases[] = {
	{ "benchmarks of what needs Tokio",
	  "*app 0.1.0 : tokio[net] dev:criterion[async_futures]\n" TOKIO CRITERION, "tokio" },
	{ "what a dependency needs",
	  "*app 0.1.0 : web dev:criterion[async_futures]\nweb 1.0.0 : tokio[net]\n" TOKIO CRITERION,
	  "tokio" },
	{ "what a dev-dependency needs",
	  "*app 0.1.0 : dev:web dev:criterion[async_smol]\nweb 1.0.0 : tokio[net]\n" TOKIO
	          CRITERION,
	  "tokio" },
	{ "the feature is on",
	  "*app 0.1.0 : tokio[net] dev:criterion[async_futures,async_tokio]\n" TOKIO CRITERION,
	  NULL },
	{ "it polls nothing", "*app 0.1.0 : tokio[net] dev:criterion\n" TOKIO CRITERION, NULL },
	{ "a version that could not poll",
	  "*app 0.1.0 : tokio[net] dev:criterion[async_futures]\n" TOKIO
	  "criterion 0.3.3 async_futures=\n",
	  NULL },
	{ "nothing needs a runtime", "*app 0.1.0 : dev:criterion[async_futures]\n" CRITERION,
	  NULL },
	{ "another member's benchmarks",
	  "*app 0.1.0 : tokio[net]\n*lib 0.1.0 : dev:criterion[async_futures]\n" TOKIO CRITERION,
	  NULL },
};

static void who_polls_without_the_runtime_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct judged judged = { .tree.edges = EDGE_NORMAL | EDGE_BUILD | EDGE_DEV };

		judge(&judged, cases[i].tree, "");
		struct closure closure = closure_make(&judged.tree.arena, &judged.result,
		                                      judged.verdicts, judged.knowledge);
		poller_find(&judged.tree.arena, &closure, &judged.findings);
		if ((judged.findings.n > 0) != (cases[i].subject != NULL))
			fail_msg("%s: %zu findings", cases[i].what, judged.findings.n);
		if (judged.findings.n > 0) {
			const struct finding *found =
				judged_finding(&judged, "foreign-reactor", "criterion");

			assert_true(str_eq(found->subject, str_of(cases[i].subject)));
			assert_string_equal(judged_path(&judged, &found->paths.p[0]),
			                    "app criterion");
			assert_true(str_eq(found->remedy.text,
			                   STR_LIT("turn criterion's feature async_tokio on, and "
			                           "poll with it")));
		}
		judged_free(&judged);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_polls_without_the_runtime_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
