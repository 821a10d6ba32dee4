#include "audit/blame.h"
#include "audit/limits.h"
#include "tests/unit/sketch.h"

/* "a:whole b:x,y": what is to blame for the package `bad`, in the lock's order. */
static const char *blamed(struct tree *tree, const char *text, const char *feature)
{
	struct str out = STR_LIT("");

	sketch_read(tree, text);
	struct arena *arena = &tree->arena;
	struct blame blame = blame_make(arena, &tree->graph, false);
	uint32_t bad = tree_find(tree, "bad", NULL);
	if (feature)
		blame_feature(arena, &blame, bad,
		              summary_feature_find(tree->summaries[bad], str_of(feature)));
	else
		blame_package(&blame, bad);
	blame_follow(arena, &blame);
	assert_false(blame.gave_up);
	for (uint32_t p = 0; p < tree->lock.n; p++) {
		const struct summary *summary = tree->summaries[p];
		struct str_list names = { 0 };

		if (blame.whole[p])
			*vec_add(arena, &names) = STR_LIT("whole");
		for (uint32_t f = 0; f < summary->feature_n; f++)
			if (blame_has(&blame, p, f))
				*vec_add(arena, &names) = summary->features[f].name;
		if (names.n > 0)
			out = arena_printf(arena, STR_FMT "%s" STR_FMT ":" STR_FMT, STR_ARG(out),
			                   out.n > 0 ? " " : "",
			                   STR_ARG(tree->lock.packages[p].name),
			                   STR_ARG(str_list_join(arena, &names, ",")));
	}
	return arena_cstr(arena, out);
}

static const struct {
	const char *what, *tree, *feature, *blamed;
} cases[] = {
	{ "who cannot do without it is to blame as a whole",
	  "*app 0.1.0 : a\na 1.0.0 x= : bad\nbad 1.0.0\n", NULL, "a:whole app:whole bad:whole" },
	{ "of an optional one, the features that switch it on, and those above them",
	  "*app 0.1.0 : a[all]\na 1.0.0 x=bad all=x,y y= : ?bad\nbad 1.0.0\n", NULL,
	  "a:all,bad,x app:whole bad:whole" },
	{ "a feature of a dependency",
	  "*app 0.1.0 : a[x]\na 1.0.0 x=b/y : b\nb 1.0.0 y=bad : "
	  "?bad\nbad 1.0.0\n",
	  NULL, "a:x app:whole b:bad,y bad:whole" },
	{ "the features that an optional dependency is asked for",
	  "*app 0.1.0 : a[x]\na 1.0.0 x=b : ?b[y]\nb 1.0.0 y=bad : ?bad\nbad 1.0.0\n", NULL,
	  "a:b,x app:whole b:bad,y bad:whole" },
	{ "default features",
	  "*app 0.1.0 : a\na 1.0.0 : b\nb 1.0.0 default=bad : ?bad\nbad 1.0.0\n", NULL,
	  "a:whole app:whole b:bad,default bad:whole" },
	{ "only a feature of it",
	  "*app 0.1.0 : a[x] b\na 1.0.0 x=bad/rt : bad[sync]\nb 1.0.0 : "
	  "bad[sync]\nbad 1.0.0 rt= sync=\n",
	  "rt", "a:x app:whole bad:rt" },
};

static void what_brings_it_in_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct tree tree = { 0 };
		const char *got = blamed(&tree, cases[i].tree, cases[i].feature);

		if (strcmp(got, cases[i].blamed) != 0)
			fail_msg("%s: %s", cases[i].what, got);
		tree_free(&tree);
	}
}

/* A chain of features, each switching on the next, of which only the last leads there: found in as
 * many passes as it has links. */
static bool gives_up(size_t links)
{
	CLEANUP(buf_free) struct buf text = buf_make(1 << 20);
	struct tree tree = { 0 };
	bool gave_up;

	buf_text(&text, "*app 0.1.0 : a[f00000]\na 1.0.0");
	for (size_t i = 0; i + 1 < links; i++)
		buf_printf(&text, " f%05zu=f%05zu", i, i + 1);
	buf_printf(&text, " f%05zu=bad : ?bad\nbad 1.0.0\n", links - 1);
	sketch_read(&tree, arena_cstr(&tree.arena, buf_str(&text)));
	struct blame blame = blame_make(&tree.arena, &tree.graph, false);
	blame_package(&blame, tree_find(&tree, "bad", NULL));
	blame_follow(&tree.arena, &blame);
	gave_up = blame.gave_up;
	if (!gave_up)
		assert_true(blame.whole[tree_find(&tree, "app", NULL)]);
	tree_free(&tree);
	return gave_up;
}

static void looks_have_a_ceiling(void **state)
{
	(void)state;
	assert_int_equal(BLAME_LOOKS_MAX, 10000000);
	assert_false(gives_up(3000)); /* 9 million */
	assert_true(gives_up(3400));  /* 11.6 million */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_brings_it_in_is_found),
		cmocka_unit_test(looks_have_a_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
