#include "audit/inquiry.h"
#include "tests/unit/small_index.h"

/* Two runtimes in one crate, and what it takes to ask for either. */
static const char INDEX[] = ".bytes 1.0.0 std=\n"
			    "tokio 1.40.0 rt= net= sync=\n"
			    "smol 2.0.0\n"
			    ".futures-core 0.3.30 std=\n"
			    "-driver 0.1.0\n"
			    "driver 1.0.0 default=tokio tokio=dep:tokio,tokio/net smol=dep:smol : "
			    "?!tokio@1 ?smol@2 bytes@1\n"
			    "driver 1.1.0 default=tokio tokio=dep:tokio,tokio/net smol=dep:smol : "
			    "?!tokio@1 ?smol@2 bytes@1\n"
			    "driver 2.0.0-rc.1\n"
			    "-gone 0.1.0\n"
			    "-gone 0.2.0\n"
			    ".stream 0.1.0 : !futures-core@0.3 !bytes@1\n"
			    "stream-std 0.1.0 : futures-core@0.3\n"
			    ".over 0.1.0 : stream-std@0.1\n";

enum { TODAY = 20 * 86400 };

/* The answer, or false and *err. */
static bool ask(struct small_index *index, const struct inquiry_question *question,
                struct inquiry_answer *answer, struct err *err)
{
	struct arena *arena = &index->arena;
	const struct knowledge *knowledge = NULL;
	struct wanted root = { .registry = STR("crates-io") };
	struct inquiry *inquiry = NULL;
	struct pick_need need = { 0 };
	int got = 0;

	if (!knowledge_load(arena, &knowledge, err) || !inquiry_name(question, &root.name, err))
		return false;
	struct pick_releases releases = small_releases(index, root.name);
	if (!inquiry_version(arena, question, &releases, &root.vers, err) ||
	    !inquiry_open(arena, question, &root, small_facts(index, root.name, root.vers),
	                  knowledge, &inquiry, err))
		return false;
	while ((got = inquiry_next(inquiry, &need, err)) == 1)
		small_fill(index, &need);
	return got == 0 && inquiry_run(arena, inquiry, answer, err);
}

static struct inquiry_question question_of(struct arena *arena, const char *crate,
                                           const char *features)
{
	struct inquiry_question question = { .crate = str_of(crate), .at = TODAY, .now = TODAY };

	question.no_default_features = features && features[0] == '!';
	if (features)
		*vec_add(arena, &question.features) =
			str_of(features + question.no_default_features);
	return question;
}

static const char *verdict_on(const struct inquiry_answer *answer, const char *runtime)
{
	for (size_t i = 0; i < answer->runtime->compat.n; i++)
		if (str_eq(answer->runtime->compat.p[i].runtime, str_of(runtime)))
			return verdict_name(answer->runtime->compat.p[i].verdict);
	return "";
}

static const struct {
	const char *crate, *features; /* "!" before them: without the defaults */
	const char *vers, *klass;
	bool hard;
	const char *embassy;
} answers[] = {
	{ "driver", NULL, "1.1.0", "tokio", true, "no" },
	{ "driver@1.0", NULL, "1.0.0", "tokio", true, "no" },
	{ "driver@1", "!smol", "1.1.0", "smol", false, "no" },
	{ "driver", "!", "1.1.0", "none", false, "no" },
	{ "driver@2.0.0-rc.1", NULL, "2.0.0-rc.1", "none", false, "no" },
	{ "driver@0.1.0", NULL, "0.1.0", "none", false, "no" },
	{ "gone@0.1", NULL, "0.1.0", "none", false, "no" },
	{ "stream", NULL, "0.1.0", "agnostic", false, "works" },
	{ "stream-std", NULL, "0.1.0", "agnostic", false, "no" },
	{ "over", NULL, "0.1.0", "agnostic", false, "no" },
};

static void a_crate_is_answered_as_an_audit_would(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		CLEANUP(small_index_free) struct small_index index = small_index_read(INDEX);
		struct inquiry_question question =
			question_of(&index.arena, answers[i].crate, answers[i].features);
		struct inquiry_answer got = { 0 };
		struct err err = { 0 };

		if (!ask(&index, &question, &got, &err))
			fail_msg("%s: %s", answers[i].crate, err.text);
		if (!str_eq(got.vers, str_of(answers[i].vers)) ||
		    !str_eq(got.runtime->klass, str_of(answers[i].klass)) ||
		    got.runtime->hard != answers[i].hard ||
		    strcmp(verdict_on(&got, "embassy"), answers[i].embassy) != 0)
			fail_msg("%s %s: " STR_FMT " " STR_FMT " %d, on embassy %s",
			         answers[i].crate, answers[i].features ? answers[i].features : "",
			         STR_ARG(got.vers), STR_ARG(got.runtime->klass), got.runtime->hard,
			         verdict_on(&got, "embassy"));
		assert_int_equal(got.unknown.n, 0);
		assert_int_equal(got.index_at, 86400);
	}
}

static const struct {
	const char *crate, *features, *target;
	int64_t at;
	const char *text;
} refusals[] = {
	{ "driver@3", NULL, NULL, 0,
	  "'driver' has no version 3; the newest are 2.0.0-rc.1, 1.1.0, 1.0.0" },
	{ "driver@1.0.0.1", NULL, NULL, 0, "'driver' has no version 1.0.0.1" },
	{ "gone", NULL, NULL, 0, "every version of 'gone' is yanked; the newest are 0.2.0, 0.1.0" },
	{ "driver", NULL, NULL, 4 * 86400, "no version of 'driver' was published by then" },
	{ "driver", "tokoi", NULL, 0,
	  "driver 1.1.0 has no feature 'tokoi'; did you mean 'tokio'?" },
	{ "driver", "smol,postgres", NULL, 0,
	  "driver 1.1.0 has no feature 'postgres'; it has default, smol, tokio" },
	{ "driver", "nothing/x", NULL, 0, "driver 1.1.0 has no feature 'nothing/x'" },
	{ "driver", NULL, "x86_64-unknown-linux-gnx", 0,
	  "unknown target 'x86_64-unknown-linux-gnx'; is 'x86_64-unknown-" },
	{ "../etc", NULL, NULL, 0, "in a crate name" },
	{ "", NULL, NULL, 0, "crate name of 0 bytes" },
};

static void what_is_none_is_refused_with_what_there_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		CLEANUP(small_index_free) struct small_index index = small_index_read(INDEX);
		struct inquiry_question question =
			question_of(&index.arena, refusals[i].crate, refusals[i].features);
		struct inquiry_answer got = { 0 };
		struct err err = { 0 };

		question.target = str_of(refusals[i].target);
		if (refusals[i].at != 0)
			question.at = refusals[i].at;
		if (ask(&index, &question, &got, &err))
			fail_msg("%s was answered", refusals[i].crate);
		assert_int_equal(err.kind, ERR_USAGE);
		if (!strstr(err.text, refusals[i].text))
			fail_msg("%s: %s", refusals[i].crate, err.text);
	}
}

static void near_crates_are_named(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str names[] = { STR("tokio"), STR("tokei"), STR("serde"), STR("serde_json"),
		               STR("a") };
	struct str_list list = { names, ARRAY_LEN(names), ARRAY_LEN(names) };
	struct err err = { 0 };

	(void)state;
	assert_false(inquiry_no_crate(&arena, STR_LIT("tokoi"), &list, &err));
	assert_string_equal(err.text,
	                    "there is no crate 'tokoi'; did you mean 'tokio' or 'tokei'?");
	assert_false(inquiry_no_crate(&arena, STR_LIT("xyz"), &list, &err));
	assert_string_equal(err.text, "there is no crate 'xyz'");
	assert_int_equal(err.kind, ERR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_crate_is_answered_as_an_audit_would),
		cmocka_unit_test(what_is_none_is_refused_with_what_there_is),
		cmocka_unit_test(near_crates_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
