#include "audit/twin.h"
#include "tests/unit/small_index.h"

static const struct {
	const char *features, *feature, *wanted, *twin; /* twin NULL: there is none */
} cases[] = {
	{ "sql-browser-async-std= sql-browser-smol= sql-browser-tokio=", "sql-browser-async-std",
	  "smol", "sql-browser-smol" },
	{ "sql-browser-async-std= sql-browser-smol= sql-browser-tokio=", "sql-browser-async-std",
	  "tokio", "sql-browser-tokio" },
	{ "runtime-async-std-rustls= runtime-tokio-rustls= runtime-tokio=",
	  "runtime-async-std-rustls", "tokio", "runtime-tokio-rustls" },
	{ "async_std= async_tokio= async_smol=", "async_std", "tokio", "async_tokio" },
	{ "async_std= async_tokio= async_smol=", "async_tokio", "smol", "async_smol" },
	{ "async-io= tokio=", "async-io", "tokio", "tokio" },
	{ "tokio1= async-std1=", "async-std1", "tokio", "tokio1" },
	{ "async-std= tokio-tls=", "async-std", "tokio", NULL },
	{ "std= tokio=", "std", "tokio", NULL },
	{ "tokio= tokio-rustls=", "tokio", "tokio", NULL },
	{ "default= tokio=", "default", "tokio", NULL },
	{ "a-b-c-d-e-f-g-h-i-j-k-l-tokio= a-b-c-d-e-f-g-h-i-j-k-l-smol=",
	  "a-b-c-d-e-f-g-h-i-j-k-l-tokio", "smol", NULL },
};

static void twins_name_another_runtime(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct knowledge *knowledge = NULL;
	struct err err = { 0 };

	(void)state;
	if (!knowledge_load(&arena, &knowledge, &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str line = arena_printf(&arena, "db 1.0.0 %s\n", cases[i].features);
		struct small_index index = small_index_read(arena_cstr(&arena, line));
		const struct summary *summary = index.versions[0].facts.summary;
		uint32_t wanted = 0, got;

		while (!str_eq(knowledge_runtime_at(knowledge, wanted)->name,
		               str_of(cases[i].wanted)))
			wanted++;
		got = twin_find(knowledge, summary,
		                summary_feature_find(summary, str_of(cases[i].feature)), wanted);
		if ((got != FEATURE_NONE) != (cases[i].twin != NULL) ||
		    (cases[i].twin && !str_eq(summary->features[got].name, str_of(cases[i].twin))))
			fail_msg("%s for %s", cases[i].feature, cases[i].wanted);
		small_index_free(&index);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(twins_name_another_runtime),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
