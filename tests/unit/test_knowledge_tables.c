/* What curators and users write, right and wrong. */
#include "audit/knowledge_tables.h"
#include "audit/limits.h"
#include "base/buf.h"
#include "tests/unit/unit.h"

#define READ "source = \"s\"\nchecked = 2026-11-25\n"
#define BIND(crate, klass, rest)                                                                   \
	"[[bind]]\ncrate = \"" crate "\"\nclass = \"" klass "\"\nwhy = \"w\"\n" READ rest
#define WORDS(crates, rest)                                                                        \
	"[[words]]\nclass = \"agnostic\"\ncrates = [" crates "]\nwhy = \"w\"\n" READ rest
#define RUNTIME(name, klass, rest)                                                                 \
	"[[runtime]]\nname = \"" name "\"\nclass = \"" klass "\"\ncrate = \"ours-rt\"\n"           \
	"elsewhere = \"panics\"\nwhy = \"w\"\n" READ rest

#define BRIDGE                                                                                     \
	"[[bridge]]\nfrom = \"tokio\"\non = \"smol\"\ncrate = \"async-compat\"\nreq = \"0.2\"\n"   \
	"why = \"w\"\n" READ
#define POLLER                                                                                     \
	"[[poller]]\ncrate = \"a\"\nany = [\"x\"]\nwhy = \"w\"\n"                                  \
	"choices = [{ runtime = \"tokio\", feature = \"x\" }]\n" READ
#define STARTER "[[starter]]\ncrate = \"a\"\nruntime = \"tokio\"\nwhy = \"w\"\n" READ
#define BLOCKING "[[blocking]]\ncrate = \"a\"\ninstead = \"i\"\nwhy = \"w\"\n" READ

static bool load(struct arena *arena, const char *own, const struct knowledge **out,
                 struct err *err)
{
	return knowledge_load_own(arena, STR_LIT("own.toml"), str_of(own), out, err);
}

static const struct knowledge *load_ok(struct arena *arena, const char *own)
{
	const struct knowledge *knowledge = NULL;
	struct err err = { 0 };

	if (!load(arena, own, &knowledge, &err))
		fail_msg("%s", err.text);
	return knowledge;
}

static const struct {
	const char *own, *text;
} MISTAKES[] = {
	{ "[[bnid]]\n", "own.toml:1: unknown table 'bnid'" },
	{ "\n[bind]\ncrate = \"a\"\n", "own.toml:2: rows of 'bind' stand below [[bind]]" },
	{ "bind = [1]\n", "own.toml:1: 'bind' is no table" },
	{ "[[plain]]\n", "own.toml:1: unknown table 'plain'" },
	{ "[[rule]]\n", "own.toml:1: unknown table 'rule'" },
	{ "[[bind]\n", "own.toml:1: " },
	{ "\n[[bind]]\nclass = \"none\"\n", "own.toml:2: 'crate' is missing" },
	{ "[[bind]]\ncrate = \"../a\"\n", "own.toml:2: '../a' is no name of a crate" },
	{ "[[bind]]\ncrate = \"a\"\nclass = \"none\"\nwhy = \"w\"\nchecked = 2026-11-25\n",
	  "own.toml:1: 'source' is missing" },
	{ "[[bind]]\ncrate = \"a\"\nclass = \"none\"\nwhy = \"w\"\nsource = \"\"\n",
	  "own.toml:5: 'source' is no text, or empty" },
	{ "[[bind]]\ncrate = \"a\"\nclass = \"none\"\nwhy = \"w\"\nsource = \"s\"\n",
	  "own.toml:1: 'checked' is missing" },
	{ "[[bind]]\ncrate = \"a\"\nclass = \"none\"\nwhy = \"w\"\nsource = \"s\"\n"
	  "checked = \"today\"\n",
	  "own.toml:6: 'checked' is no date like 2026-11-25" },
	{ BIND("a", "tokyo", ""), "own.toml:3: unknown class 'tokyo'; is 'tokio' meant?" },
	{ BIND("a", "multi:tokio+smool", ""), "own.toml:3: unknown class 'multi:tokio+smool'" },
	{ BIND("a", "other:", ""), "own.toml:3: unknown class 'other:'" },
	{ BIND("a", "", ""), "own.toml:3: 'class' is no text, or empty" },
	{ BIND("a", "none", "feature = \"z\"\n"), "own.toml:7: unknown key 'feature'" },
	{ BIND("a", "none", "hrad = true\n"), "own.toml:7: unknown key 'hrad'; is 'hard' meant?" },
	{ BIND("a", "tokio", "hard = 1\n"), "own.toml:7: 'hard' is neither true nor false" },
	{ BIND("a", "none", "hard = true\n"), "own.toml:1: what binds to no runtime is not hard" },
	{ BIND("a", "none", "any = \"z\"\n"), "own.toml:7: 'any' is no list, or empty" },
	{ BIND("a", "none", "any = []\n"), "own.toml:7: 'any' is no list, or empty" },
	{ BIND("a", "none", "any = [1]\n"), "own.toml:7: 'any' holds something else than texts" },
	{ BIND("a", "none", "any = [\n\"z\",\n\"z\"]\n"), "own.toml:9: 'z' stands twice in 'any'" },
	{ BIND("a", "none", "any = [\"z\"]\nnone = [\"z\"]\n"),
	  "own.toml:1: what it needs of features, 'none' excludes" },
	{ BIND("a", "none", "all = [\"y\", \"z\"]\nnone = [\"z\"]\n"),
	  "own.toml:1: what it needs of features, 'none' excludes" },
	{ BIND("a", "none", "req = \"one\"\n"), "own.toml:7: " },
	{ BIND("a", "none", "req = \">=2, <1\"\n"), "own.toml:7: no version can be '>=2, <1'" },
	{ BIND("a", "none", "req = \"<0\"\n"), "own.toml:7: no version can be '<0'" },
	{ BIND("a", "none",
	       "compat = [{ runtime = \"tokyo\", verdict = \"works\", why = \"w\" }]\n"),
	  "own.toml:7: unknown runtime 'tokyo'" },
	{ BIND("a", "none",
	       "compat = [{ runtime = \"tokio\", verdict = \"dies\", why = \"w\" }]\n"),
	  "own.toml:7: unknown verdict 'dies'" },
	{ BIND("a", "none", "compat = [{ runtime = \"tokio\", verdict = \"works\" }]\n"),
	  "own.toml:7: 'why' is missing" },
	{ BIND("a", "none", "req = \"1\"\n") BIND("a", "tokio", "req = \"^1\"\n"),
	  "own.toml:8: 'a' has a row for these versions and features" },
	{ BIND("a", "none", "any = [\"x\", \"y\"]\n") BIND("a", "none", "any = [\"y\", \"x\"]\n"),
	  "own.toml:8: 'a' has a row for these versions and features" },
	{ BIND("a", "none", "") WORDS("\"b\",\n\"a\"", ""),
	  "own.toml:10: 'a' has a row for these versions and features" },
	{ WORDS("\"a\", \"a\"", ""), "own.toml:3: 'a' stands twice in 'crates'" },
	{ WORDS("\"a\",\n\"b c\"", ""), "own.toml:4: 'b c' is no name of a crate" },
	{ WORDS("", ""), "own.toml:3: 'crates' is no list, or empty" },
	{ "[[words]]\nclass = \"tokio\"\ncrates = [\"a\"]\nwhy = \"w\"\n" READ,
	  "own.toml:2: words are agnostic or none" },
	{ WORDS("\"a\"", "embassy = \"dies\"\n"), "own.toml:7: unknown verdict 'dies'" },
	{ "[[finished]]\nwhy = \"w\"\n" READ, "own.toml:1: 'crates' is missing" },
	{ "[[finished]]\nwhy = \"w\"\ncrates = [\"a\"]\nreason = \"w\"\n" READ,
	  "own.toml:4: unknown key 'reason'" },
	{ "[[bridge]]\nfrom = \"tokio\"\non = \"smoll\"\ncrate = \"a\"\nreq = \"1\"\nwhy = "
	  "\"w\"\n" READ,
	  "own.toml:3: unknown runtime 'smoll'" },
	{ "[[bridge]]\nfrom = \"tokio\"\non = \"smol\"\ncrate = \"a\"\nwhy = \"w\"\n" READ,
	  "own.toml:1: 'req' is missing" },
	{ BRIDGE BRIDGE, "own.toml:9: the bridge stands twice" },
	{ POLLER POLLER, "own.toml:8: the poller stands twice" },
	{ "[[poller]]\ncrate = \"a\"\nany = [\"x\"]\nwhy = \"w\"\n" READ,
	  "own.toml:1: a poller has 'choices', or is 'bare'" },
	{ POLLER "bare = true\n", "own.toml:1: a poller has 'choices', or is 'bare'" },
	{ "[[poller]]\ncrate = \"a\"\nwhy = \"w\"\nchoices = []\n" READ,
	  "own.toml:1: 'choices' is missing or no list" },
	{ STARTER STARTER, "own.toml:7: the starter stands twice" },
	{ "[[starter]]\ncrate = \"a\"\nruntime = \"tokyo\"\nwhy = \"w\"\n" READ,
	  "own.toml:3: unknown runtime 'tokyo'" },
	{ BLOCKING BLOCKING, "own.toml:7: the blocking stands twice" },
	{ BLOCKING "panic = \"p\"\n", "own.toml:1: 'on' is missing" },
	{ BLOCKING "panic = \"p\"\non = \"tokyo\"\n", "own.toml:8: unknown runtime 'tokyo'" },
	{ BLOCKING "panics = true\n", "own.toml:7: unknown key 'panics'" },
	{ "[[poller]]\ncrate = \"a\"\nany = [\"x\"]\nwhy = \"w\"\n" READ
	  "choices = [{ runtime = \"tokyo\", feature = \"x\" }]\n",
	  "own.toml:7: unknown runtime 'tokyo'" },
	{ "[[poller]]\ncrate = \"a\"\nany = [\"x\"]\nwhy = \"w\"\n" READ "choices = [\"x\"]\n",
	  "own.toml:7: a choice is { runtime, feature }" },
	{ RUNTIME("ours", "other:theirs", ""),
	  "own.toml:3: the class of 'ours' is to be 'other:ours'" },
	{ RUNTIME("o+s", "other:o+s", ""), "own.toml:2: 'o+s' is no name of a runtime" },
	{ RUNTIME("none", "none", ""), "own.toml:2: 'none' is no name of a runtime" },
	{ RUNTIME("glommio", "glommio", ""),
	  "own.toml:1: the class of 'glommio' is 'other:glommio'" },
	{ RUNTIME("ours", "other:ours", "") RUNTIME("ours", "other:ours", ""),
	  "own.toml:9: the runtime stands twice" },
	{ RUNTIME("tokio", "tokio", "") RUNTIME("tokio", "tokio", ""),
	  "own.toml:9: the runtime stands twice" },
	{ RUNTIME("ours", "other:ours", "includes = [\"tokyo\"]\n"),
	  "own.toml:9: unknown runtime 'tokyo'" },
	{ RUNTIME("ours", "other:ours", "family = [\"a >=2, <1\"]\n"),
	  "own.toml:9: no version can be '>=2, <1'" },
	{ RUNTIME("ours", "other:ours", "abandoned = 2026-01-01\n"),
	  "own.toml:1: 'replacement' is missing" },
	{ RUNTIME("ours", "other:ours", "abandoned = \"yes\"\n"),
	  "own.toml:9: 'abandoned' is no date like 2026-11-25" },
	{ RUNTIME("ours", "other:ours",
	          "on = [{ runtime = \"x\", verdict = \"works\", why = \"w\" }]\n"),
	  "own.toml:9: unknown runtime 'x'" },
};

static void mistakes_are_named_with_file_and_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(MISTAKES); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		const struct knowledge *out = NULL;
		struct err err = { 0 };

		if (load(&arena, MISTAKES[i].own, &out, &err))
			fail_msg("%s\nis not refused", MISTAKES[i].own);
		if (strncmp(err.text, MISTAKES[i].text, strlen(MISTAKES[i].text)) != 0)
			fail_msg("%s\n%s", MISTAKES[i].own, err.text);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_null(out);
	}
}

/* The same mistakes in what is compiled in, where nothing may be replaced either. */
static void what_is_compiled_in_stands_once(void **state)
{
	static const struct {
		const char *file, *text;
	} ROWS[] = {
		{ BIND("a", "none", "") BIND("a", "agnostic", ""),
		  "7: 'a' has a row for these versions and features" },
		{ "[[finished]]\nwhy = \"w\"\ncrates = [\"a\"]\n" READ
		  "[[finished]]\nwhy = \"w\"\ncrates = [\"a\"]\n" READ,
		  "8: 'a' stands twice" },
		{ RUNTIME("ours", "other:ours", "") RUNTIME("ours", "other:ours", ""),
		  "9: the runtime stands twice" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct knowledge out = { 0 };
		struct err err = { 0 };

		assert_false(knowledge_read_tables(&arena, str_of(ROWS[i].file), &out, &err));
		assert_string_equal(err.text, ROWS[i].text);
	}
}

static void a_list_above_its_ceiling_is_refused(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf text = buf_make(1 << 20);
	const struct knowledge *out = NULL;
	struct err err = { 0 };

	(void)state;
	buf_text(&text, "[[words]]\nclass = \"none\"\nwhy = \"w\"\n" READ "crates = [");
	for (int i = 0; i < KNOWLEDGE_LIST_MAX; i++)
		buf_printf(&text, "\"ours-%d\", ", i);
	size_t n = text.n;
	buf_text(&text, "]\n");
	assert_true(knowledge_load_own(&arena, STR_LIT("own.toml"), buf_str(&text), &out, &err));
	text.n = n;
	buf_text(&text, "\"one-more\"]\n");
	assert_false(knowledge_load_own(&arena, STR_LIT("own.toml"), buf_str(&text), &out, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_string_equal(err.text, "own.toml:6: 'crates' holds more than 1000 texts");
}

/* "CLASS SOURCE" of the rows of a crate, in the order in which they are asked. */
static struct str rows_of(struct arena *arena, const struct knowledge *knowledge, const char *crate)
{
	struct str text = { 0 };

	for (const struct bind_row *row = knowledge_binds(knowledge, str_of(crate)); row != NULL;
	     row = row->next)
		text = arena_printf(arena, STR_FMT "%s%d " STR_FMT, STR_ARG(text),
		                    text.n > 0 ? "; " : "", (int)row->kind, STR_ARG(row->source));
	return text;
}

static void assert_rows(struct arena *arena, const struct knowledge *knowledge, const char *crate,
                        const char *expected)
{
	struct str got = rows_of(arena, knowledge, crate);

	if (!str_eq(got, str_of(expected)))
		fail_msg("%s: " STR_FMT, crate, STR_ARG(got));
}

static void a_users_rows_go_first_and_replace(void **state)
{
	static const char OWN[] =
		BIND("ours", "tokio", "") BIND("gloo-timers", "none", "any = [\"futures\"]\n")
			BIND("quinn", "agnostic", "req = \">=0.12\"\nalone = true\n");
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct knowledge *knowledge = load_ok(&arena, OWN);

	(void)state;
	assert_rows(&arena, knowledge, "ours", "2 own.toml:1: s");
	/* The row of that condition is gone, the other one of the crate is not. */
	assert_rows(&arena, knowledge, "gloo-timers",
	            "0 own.toml:7: s; 0 gloo-timers 0.4.0, Cargo.toml");
	assert_true(knowledge_binds(knowledge, STR_LIT("quinn"))->alone);
	assert_true(str_eq(knowledge_binds(knowledge, STR_LIT("quinn"))->source,
	                   STR_LIT("own.toml:14: s")));
	assert_int_equal(knowledge_binds(knowledge, STR_LIT("quinn"))->next->kind, BIND_RUNTIME);
}

static void a_user_may_bring_a_runtime(void **state)
{
	static const char OWN[] =
		RUNTIME("ours", "other:ours",
	                "family = [\"ours-io >=2\", \"tokio-uring\"]\nincludes = [\"smol\"]\n"
	                "on = [{ runtime = \"tokio\", verdict = \"bridge\", why = \"w\" }]\n")
			BIND("ours-rt", "other:ours", "hard = true\n");
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct knowledge *knowledge = load_ok(&arena, OWN);
	struct version vers = { .major = 2 };
	uint32_t of = 0;

	(void)state;
	const struct runtime_info *info = knowledge_runtime(knowledge, STR_LIT("ours"));
	assert_non_null(info);
	assert_true(str_eq(info->source, STR_LIT("own.toml:1: s")));
	assert_int_equal(info->on.n, 1);
	assert_int_not_equal(info->includes, 0);
	assert_true(knowledge_runtime_of(knowledge, STR_LIT("ours-io"), &vers, &of));
	assert_ptr_equal(knowledge_runtime_at(knowledge, of), info);
	/* A crate of two families is of the user's. */
	assert_true(knowledge_runtime_of(knowledge, STR_LIT("tokio-uring"), &vers, &of));
	assert_ptr_equal(knowledge_runtime_at(knowledge, of), info);
	const struct bind_row *row = knowledge_binds(knowledge, STR_LIT("ours-rt"));
	assert_true(row->hard && knowledge_runtime_at(knowledge, of) == info);
	assert_true((row->runtimes >> of & 1) != 0);
}

static void a_user_may_replace_a_runtime(void **state)
{
	static const char OWN[] = RUNTIME("bastion", "other:bastion", "");
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct knowledge *knowledge = load_ok(&arena, OWN), *before = load_ok(&arena, "");
	struct version vers = { 0 };
	uint32_t of = 0;

	(void)state;
	assert_int_equal(knowledge_runtime_count(knowledge), knowledge_runtime_count(before));
	assert_false(knowledge_runtime(knowledge, STR_LIT("bastion"))->abandoned);
	assert_int_equal(knowledge_runtime(knowledge, STR_LIT("bastion"))->elsewhere,
	                 VERDICT_PANICS);
	assert_true(knowledge_runtime_of(before, STR_LIT("bastion-executor"), &vers, &of));
	assert_false(knowledge_runtime_of(knowledge, STR_LIT("bastion-executor"), &vers, &of));
	assert_true(knowledge_runtime_of(knowledge, STR_LIT("ours-rt"), &vers, &of));
}

static void what_is_finished_may_stand_in_both(void **state)
{
	static const char OWN[] = "[[finished]]\nwhy = \"w\"\ncrates = [\"fnv\", \"ours\"]\n" READ;
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct knowledge *knowledge = load_ok(&arena, OWN);

	(void)state;
	assert_true(knowledge_is_finished(knowledge, STR_LIT("ours")));
	assert_true(knowledge_is_finished(knowledge, STR_LIT("fnv")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes_are_named_with_file_and_line),
		cmocka_unit_test(what_is_compiled_in_stands_once),
		cmocka_unit_test(a_list_above_its_ceiling_is_refused),
		cmocka_unit_test(a_users_rows_go_first_and_replace),
		cmocka_unit_test(a_user_may_bring_a_runtime),
		cmocka_unit_test(a_user_may_replace_a_runtime),
		cmocka_unit_test(what_is_finished_may_stand_in_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
