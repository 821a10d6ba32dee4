#include "audit/asked_feature.h"
#include "tests/unit/small_index.h"

static const char INDEX[] = "app 1.0.0 own= : ?tokio@^1 serde@^1 other@^1\n"
			    "tokio 1.40.0 net= rt-multi-thread=\n"
			    "serde 1.0.0 derive=\n";

static const struct {
	const char *feature, *refusal; /* NULL: none */
} ROWS[] = {
	{ "own", NULL },
	{ "tokio/net", NULL },
	{ "tokio/default", NULL },
	{ "tokio?/nett", NULL },
	{ "other/anything", NULL }, /* nothing is known of that package */
	{ "tokio/nett", "tokio 1.40.0 has no feature 'nett'; did you mean 'net'?" },
	{ "tokio/", "tokio 1.40.0 has no feature ''" },
	{ "serde/net", "serde 1.0.0 has no feature 'net'" },
};

static void what_a_dependency_lacks_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
		struct small_index index = small_index_read(INDEX);
		const struct summary *summaries[4] = { 0 };
		uint32_t to_app[] = { 1, 2, 3 }, *to[4] = { to_app };
		struct links links = { to };
		struct resolve_root root = { 0 };
		struct err err = { 0 };

		for (size_t v = 0; v < index.n; v++)
			summaries[v] = index.versions[v].facts.summary;
		*vec_add(&index.arena, &root.features) = str_of(ROWS[i].feature);
		bool ok = asked_features_exist(summaries, &links, &root, &err);

		if (ok != (ROWS[i].refusal == NULL))
			fail_msg("%s: %s", ROWS[i].feature, ok ? "accepted" : err.text);
		if (!ok) {
			assert_string_equal(err.text, ROWS[i].refusal);
			assert_int_equal(err.kind, ERR_USAGE);
		}
		small_index_free(&index);
	}
}

static void a_root_of_which_nothing_is_known_is_passed_over(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct summary *summaries[1] = { 0 };
	uint32_t *to[1] = { 0 };
	struct links links = { to };
	struct resolve_root root = { 0 };
	struct err err = { 0 };

	(void)state;
	*vec_add(&arena, &root.features) = STR_LIT("tokio/nett");
	assert_true(asked_features_exist(summaries, &links, &root, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_dependency_lacks_is_refused),
		cmocka_unit_test(a_root_of_which_nothing_is_known_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
