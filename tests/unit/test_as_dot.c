#include "report/as_dot.h"
#include "tests/unit/judged.h" /* cmocka, and what it wants included before it */

/* Draws a sketched tree; the text lives in the arena of `judged`. */
static const char *draw(struct judged *judged, const char *tree, const char *lock_name)
{
	struct buf out = buf_make(1 << 20);
	struct project *project;

	judge(judged, tree, "");
	project = arena_new(&judged->tree.arena, struct project);
	project->lock_name = str_of(lock_name);
	judged->result.project = project;
	as_dot(&judged->result, judged->knowledge, NULL, &out);
	char *text = arena_cstr(&judged->tree.arena, buf_str(&out));
	buf_free(&out);
	return text;
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in:\n%s", part, text);
}

static void has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("'%s' in:\n%s", part, text);
}

/* "nX -> nY" of two packages, on the given sides. */
static const char *arrow(struct judged *judged, const char *from, enum side from_side,
                         const char *to, enum side side)
{
	return arena_printf(&judged->tree.arena, "n%u -> n%u",
	                    node_of(tree_find(&judged->tree, from, NULL), from_side),
	                    node_of(tree_find(&judged->tree, to, NULL), side))
	        .p;
}

static void only_ways_to_what_asks_for_a_runtime_are_drawn(void **state)
{
	struct judged judged = { 0 };
	const char *text = draw(&judged,
	                        "*app 0.1.0 : plain via\nplain 1.0.0 : small\nsmall 1.0.0\n"
	                        "via 1.0.0 : asks plain heir\nasks 1.0.0 : tokio[rt]\nheir 1.0.0 : "
	                        "asks\ntokio 1.41.0 rt=\n",
	                        "Cargo.lock");

	(void)state;
	has(text, "digraph runtimes {");
	has(text, "label=\"app\\n0.1.0\", style=\"filled\"");
	has(text, "label=\"tokio\\n1.41.0\"");
	has_not(text, "plain");
	has_not(text, "small");
	has_not(text, "heir");
	has(text, arrow(&judged, "app", SIDE_TARGET, "via", SIDE_TARGET));
	has(text, arrow(&judged, "via", SIDE_TARGET, "asks", SIDE_TARGET));
	has(text, arrow(&judged, "asks", SIDE_TARGET, "tokio", SIDE_TARGET));
	has(text, "subgraph cluster_0");
	has(text, "label=\"tokio\\n5 packages bind to it, 4 drawn\"");
	judged_free(&judged);
}

static void edges_name_the_feature_that_brings_them_in(void **state)
{
	struct judged judged = { 0 };
	const char *text =
		draw(&judged,
	             "*app 0.1.0 : asks[net]\nasks 1.0.0 net=dep:tokio deep=tokio/rt : ?tokio[rt]\n"
	             "tokio 1.41.0 rt=\n",
	             "Cargo.lock");

	(void)state;
	has(text, arena_printf(&judged.tree.arena, "%s [label=\"net\"];",
	                       arrow(&judged, "asks", SIDE_TARGET, "tokio", SIDE_TARGET))
	                  .p);
	has(text, arena_printf(&judged.tree.arena, "%s;",
	                       arrow(&judged, "app", SIDE_TARGET, "asks", SIDE_TARGET))
	                  .p);
	judged_free(&judged);
}

static void the_host_side_is_dashed(void **state)
{
	struct judged judged = { 0 };
	const char *text =
		draw(&judged, "*app 0.1.0 : build:asks\nasks 1.0.0 : tokio[rt]\ntokio 1.41.0 rt=\n",
	             "Cargo.lock");

	(void)state;
	has(text, "label=\"asks\\n1.0.0 (host)\", style=\"rounded,filled,dashed\"");
	has(text, arena_printf(&judged.tree.arena, "%s [label=\"build\", style=dashed];",
	                       arrow(&judged, "app", SIDE_TARGET, "asks", SIDE_HOST))
	                  .p);
	judged_free(&judged);
}

static void a_tree_without_a_runtime_says_so(void **state)
{
	struct judged judged = { 0 };
	const char *text = draw(&judged, "*app 0.1.0 : plain\nplain 1.0.0\n", "Cargo.lock");

	(void)state;
	has(text, "no package that is built binds to an async runtime");
	has_not(text, "->");
	has_not(text, "subgraph");
	judged_free(&judged);
}

static void foreign_text_does_not_leave_its_quotes(void **state)
{
	struct judged judged = { 0 };
	const char *text = draw(&judged, "*app 0.1.0 : tokio[rt]\ntokio 1.41.0 rt=\n",
	                        "a\"b\\N&lt;\x1b\xff\n.lock");

	(void)state;
	has(text, "label=\"a\\\"b\\\\N&amp;lt;\\\\x1b\\\\xff\\n.lock: what binds");
	judged_free(&judged);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_ways_to_what_asks_for_a_runtime_are_drawn),
		cmocka_unit_test(edges_name_the_feature_that_brings_them_in),
		cmocka_unit_test(the_host_side_is_dashed),
		cmocka_unit_test(a_tree_without_a_runtime_says_so),
		cmocka_unit_test(foreign_text_does_not_leave_its_quotes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
