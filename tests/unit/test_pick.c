#include "audit/pick.h"
#include "audit/platform.h"
#include "tests/unit/small_index.h"

enum { ROUNDS_MAX = 50 };

/* "name version" of what was chosen, in the order of a lock; "(x ^1)" for what is lacking. */
static const char *picked(struct small_index *index, const char *root, const char *features,
                          int64_t at)
{
	struct arena *arena = &index->arena;
	struct str name = { 0 }, vers = { 0 }, text = { 0 };
	const struct knowledge *knowledge = NULL;
	struct pick_need need = { 0 };
	struct pick_result result = { 0 };
	struct err err = { 0 };
	int got = 0, rounds = 0;

	str_cut(str_of(root), ' ', &name, &vers);
	struct pick_input in = { .root = { STR("crates-io"), name, vers },
		                 .root_facts = small_facts(index, name, vers),
		                 .at = at };
	if (!knowledge_load(arena, &knowledge, &err))
		fail_msg("%s", err.text);
	in.knowledge = knowledge;
	in.ask = (struct resolve_root){ .default_features = true, .is_selected = true };
	if (features)
		*vec_add(arena, &in.ask.features) = str_of(features);
	in.target.triple = in.host.triple = STR_LIT("x86_64-unknown-linux-gnu");
	if (!platform_cfg(arena, in.target.triple, &in.target.set, &err))
		fail_msg("%s", err.text);
	in.host.set = in.target.set;
	struct pick *pick = pick_begin(arena, &in);

	while ((got = pick_next(pick, &need, &err)) == 1 && rounds++ < ROUNDS_MAX)
		small_fill(index, &need);
	if (got != 0)
		fail_msg("%s: %d after %d rounds: %s", root, got, rounds, err.text);
	pick_end(pick, &result);
	for (uint32_t i = 0; i < result.lock.n; i++)
		text = arena_printf(arena, STR_FMT "%s" STR_FMT " " STR_FMT, STR_ARG(text),
		                    i == 0 ? "" : ", ", STR_ARG(result.lock.packages[i].name),
		                    STR_ARG(result.lock.packages[i].vers));
	for (size_t i = 0; i < result.lacking.n; i++)
		text = arena_printf(arena, STR_FMT " (" STR_FMT ")", STR_ARG(text),
		                    STR_ARG(result.lacking.p[i]));
	assert_true(str_eq(result.lock.packages[result.root].name, name));
	return text.p;
}

static const struct {
	const char *what, *index, *root, *features;
	int64_t at;
	const char *picked;
} cases[] = {
	{ "the newest that fits, not a yanked one or a pre-release",
	  "a 1.0.0 : b@^1\nb 1.0.0\nb 1.2.0\n-b 1.3.0\nb 1.4.0-rc.1\nb 2.0.0\n", "a 1.0.0", NULL, 0,
	  "a 1.0.0, b 1.2.0" },
	{ "one a compatible line",
	  "a 1.0.0 : b@^1 c@^1\nc 1.0.0 : b@>=1,<1.2\nb 1.0.0\nb 1.1.0\nb 1.2.0\n", "a 1.0.0", NULL,
	  0, "a 1.0.0, b 1.1.0, c 1.0.0" },
	{ "two lines stand beside each other",
	  "a 1.0.0 : b@^1 c@^1\nc 1.0.0 : b@0.3\nb 0.3.7\nb 1.2.0\n", "a 1.0.0", NULL, 0,
	  "a 1.0.0, b 0.3.7, b 1.2.0, c 1.0.0" },
	{ "what contradicts stands beside each other as well",
	  "a 1.0.0 : b@=1.2.0 c@^1\nc 1.0.0 : b@=1.1.0\nb 1.1.0\nb 1.2.0\n", "a 1.0.0", NULL, 0,
	  "a 1.0.0, b 1.1.0, b 1.2.0, c 1.0.0" },
	{ "an optional dependency stays out", "a 1.0.0 : ?b@^1\nb 1.0.0\n", "a 1.0.0", NULL, 0,
	  "a 1.0.0" },
	{ "until a feature wants it", "a 1.0.0 f=dep:b : ?b@^1\nb 1.0.0\n", "a 1.0.0", "f", 0,
	  "a 1.0.0, b 1.0.0" },
	{ "or a feature of it", "a 1.0.0 f=b/x : ?b@^1\nb 1.0.0 x=dep:c : ?c@1\nc 1.0.0\n",
	  "a 1.0.0", "f", 0, "a 1.0.0, b 1.0.0, c 1.0.0" },
	{ "but not a weak one", "a 1.0.0 f=b?/x : ?b@^1\nb 1.0.0 x=\n", "a 1.0.0", "f", 0,
	  "a 1.0.0" },
	{ "unless something else brings it in",
	  "a 1.0.0 f=b?/x,dep:b : ?b@^1\nb 1.0.0 x=dep:c : ?c@1\nc 1.0.0\n", "a 1.0.0", "f", 0,
	  "a 1.0.0, b 1.0.0, c 1.0.0" },
	{ "defaults of a dependency, and one without",
	  "a 1.0.0 : b@1 !c@1\nb 1.0.0 default=dep:d : ?d@1\nc 1.0.0 default=dep:e : ?e@1\nd "
	  "1.0.0\ne 1.0.0\n",
	  "a 1.0.0", NULL, 0, "a 1.0.0, b 1.0.0, c 1.0.0, d 1.0.0" },
	{ "a feature found late reaches back",
	  "a 1.0.0 : !b@1 c@1\nb 1.0.0 x=dep:d : ?d@1\nc 1.0.0 : e@1\ne 1.0.0 : !b@1[x]\nd 1.0.0\n",
	  "a 1.0.0", NULL, 0, "a 1.0.0, b 1.0.0, c 1.0.0, d 1.0.0, e 1.0.0" },
	{ "other platforms stay out, build dependencies do not",
	  "a 1.0.0 : win:b@1 build:c@1\nb 1.0.0\nc 1.0.0\n", "a 1.0.0", NULL, 0,
	  "a 1.0.0, c 1.0.0" },
	{ "this platform's come in, optional ones and their features as well",
	  "a 1.0.0 f=dep:c,c/x : unix:b@1 unix:?c@1\nb 1.0.0\nc 1.0.0 x=dep:d : unix:?d@1\nd "
	  "1.0.0\n",
	  "a 1.0.0", "f", 0, "a 1.0.0, b 1.0.0, c 1.0.0, d 1.0.0" },
	{ "what nobody knows is said once", "a 1.0.0 : b@^2 c@1\nc 1.0.0\nb 1.0.0\n", "a 1.0.0",
	  NULL, 0, "a 1.0.0, c 1.0.0 (b ^2)" },
	{ "an earlier day", "a 1.0.0 : b@1\nb 1.0.0\nb 1.1.0\n", "a 1.0.0", NULL, 2 * 86400,
	  "a 1.0.0, b 1.0.0" },
	{ "an older version of the crate itself below it",
	  "a 0.1.0\na 1.0.0 : b@1\nb 1.0.0 : a@0.1\n", "a 1.0.0", NULL, 0,
	  "a 0.1.0, a 1.0.0, b 1.0.0" },
};

static void what_cargo_would_lock_is_chosen(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(small_index_free)
		struct small_index index = small_index_read(cases[i].index);
		const char *got = picked(&index, cases[i].root, cases[i].features, cases[i].at);

		if (strcmp(got, cases[i].picked) != 0)
			fail_msg("%s: got %s", cases[i].what, got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(what_cargo_would_lock_is_chosen) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
