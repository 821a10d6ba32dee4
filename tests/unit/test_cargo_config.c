#include "audit/cargo_config.h"
#include "audit/limits.h"
#include "base/buf.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

/* Up to three files, the nearest first. */
static bool load(struct arena *arena, const char *near, const char *middle, const char *far,
                 struct cargo_config *out, struct err *err)
{
	const char *const texts[] = { near, middle, far };
	static const char *const paths[] = { ".cargo/config.toml", "../.cargo/config.toml",
		                             "/home/x/.cargo/config.toml" };
	struct project_file_list files = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(texts) && texts[i]; i++)
		*vec_add(arena, &files) =
			(struct project_file){ str_of(paths[i]), str_of(texts[i]) };
	return cargo_config_load(arena, &files, out, err);
}

static void load_good(struct arena *arena, const char *near, const char *middle, const char *far,
                      struct cargo_config *out)
{
	struct err err = { 0 };

	if (!load(arena, near, middle, far, out, &err))
		fail_msg("%s", err.text);
}

static struct str joined(struct arena *arena, const struct str_list *list)
{
	struct str out = STR_LIT("");

	for (size_t i = 0; i < list->n; i++)
		out = arena_printf(arena, STR_FMT "%s" STR_FMT, STR_ARG(out), i > 0 ? "|" : "",
		                   STR_ARG(list->p[i]));
	return out;
}

static const struct {
	const char *what, *near, *far;
	const char *encoded, *rustflags, *build; /* of the environment */
	const char *flags;
} flags[] = {
	{ "nothing", "", "", NULL, NULL, NULL, "" },
	{ "a text is split", "[build]\nrustflags = \" -A  b\\t-C c \"\n", "", NULL, NULL, NULL,
	  "-A|b|-C|c" },
	{ "an array is not", "[build]\nrustflags = [\"-A b\", \"\"]\n", "", NULL, NULL, NULL,
	  "-A b|" },
	{ "arrays are joined, the nearest last", "[build]\nrustflags = [\"near\"]\n",
	  "[build]\nrustflags = [\"far\"]\n", NULL, NULL, NULL, "far|near" },
	{ "texts are not", "[build]\nrustflags = \"near\"\n", "[build]\nrustflags = \"far away\"\n",
	  NULL, NULL, NULL, "near" },
	{ "the environment adds to build.rustflags", "[build]\nrustflags = [\"a\"]\n", "", NULL,
	  NULL, "b c", "a|b|c" },
	{ "[target] alone where one matches",
	  "[build]\nrustflags = \"b\"\n[target.'cfg(unix)']\nrustflags = \"u\"\n", "", NULL, NULL,
	  "e", "u" },
	{ "[target] that says nothing leaves it to [build]",
	  "[build]\nrustflags = \"b\"\n[target.'cfg(unix)']\nlinker = \"l\"\n", "", NULL, NULL,
	  NULL, "b" },
	{ "the triple first, then cfg() in the order of their text",
	  "[target.'cfg(unix)']\nrustflags = \"u\"\n[target.'cfg(not(windows))']\nrustflags = "
	  "[\"n\"]\n"
	  "[target.x86_64-unknown-linux-gnu]\nrustflags = "
	  "\"t\"\n[target.'cfg(windows)']\nrustflags = \"w\"\n"
	  "[target.aarch64-unknown-linux-gnu]\nrustflags = \"other\"\n",
	  "", NULL, NULL, NULL, "t|n|u" },
	{ "tables of one key are merged", "[target.'cfg(unix)']\nrustflags = [\"near\"]\n",
	  "[target.'cfg(unix)']\nrustflags = [\"far\"]\n", NULL, NULL, NULL, "far|near" },
	{ "RUSTFLAGS goes before all files", "[target.'cfg(unix)']\nrustflags = \"u\"\n", "", NULL,
	  " -A  x ", "e", "-A|x" },
	{ "RUSTFLAGS set to nothing counts as set", "[build]\nrustflags = \"u\"\n", "", NULL, "",
	  NULL, "" },
	{ "CARGO_ENCODED_RUSTFLAGS goes before that", "[build]\nrustflags = \"u\"\n", "",
	  "-A b\x1f-C\x1f", "x", NULL, "-A b|-C|" },
	{ "CARGO_ENCODED_RUSTFLAGS set to nothing", "[build]\nrustflags = \"u\"\n", "", "", "x",
	  NULL, "" },
};

static void rustflags_come_from_one_source(void **state)
{
	struct cfg_item unix_item = { .key = STR_LIT("unix") };
	const struct cfg_set set = { &unix_item, 1, 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct cargo_config config = { 0 };
		struct cargo_env env = { .encoded_rustflags = str_of(flags[i].encoded),
			                 .rustflags = str_of(flags[i].rustflags),
			                 .build_rustflags = str_of(flags[i].build) };

		load_good(&arena, flags[i].near, flags[i].far, NULL, &config);
		struct str_list list = cargo_config_rustflags(
			&arena, &config, &env, STR_LIT("x86_64-unknown-linux-gnu"), &set);
		struct str got = joined(&arena, &list);

		if (!str_eq(got, str_of(flags[i].flags)))
			fail_msg("%s: " STR_FMT, flags[i].what, STR_ARG(got));
	}
}

/* CARGO_TARGET_x_RUSTFLAGS adds to [target.x], and counts only for that triple and without
 * RUSTFLAGS. */
static void the_variable_of_a_triple_adds_to_its_table(void **state)
{
	static const char file[] =
		"[build]\nrustflags = \"b\"\n[target.x86_64-unknown-linux-gnu]\nrustflags = \"t\"\n"
		"[target.'cfg(all())']\nrustflags = \"c\"\n";
	static const struct {
		const char *triple, *rustflags, *flags;
	} cases[] = {
		{ "x86_64-unknown-linux-gnu", NULL, "t|e|f|c" },
		{ "wasm32-unknown-unknown", NULL, "c" },
		{ "x86_64-unknown-linux-gnu", "r", "r" },
	};
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct cargo_config config = { 0 };
	struct cfg_set set = { 0 };

	(void)state;
	load_good(&arena, file, NULL, NULL, &config);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct cargo_env env = { .rustflags = str_of(cases[i].rustflags) };

		*vec_add(&arena, &env.target_rustflags) =
			(struct project_file){ STR_LIT("X86_64_UNKNOWN_LINUX_GNU"),
			                       STR_LIT(" e f") };
		struct str_list list = cargo_config_rustflags(&arena, &config, &env,
		                                              str_of(cases[i].triple), &set);
		if (!str_eq(joined(&arena, &list), str_of(cases[i].flags)))
			fail_msg("%zu: " STR_FMT, i, STR_ARG(joined(&arena, &list)));
	}
}

static void targets_are_a_text_or_an_array(void **state)
{
	static const struct {
		const char *near, *far, *env, *targets;
	} cases[] = {
		{ "", "", NULL, "" },
		{ "", "", "e", "e" },
		{ "[build]\ntarget = \"a\"\n", "[build]\ntarget = \"b\"\n", NULL, "a" },
		{ "[build]\ntarget = \"a\"\n", "", "e", "e" },
		{ "[build]\ntarget = [\"a\"]\n", "[build]\ntarget = [\"b\", \"c\"]\n", NULL,
		  "b|c|a" },
		{ "[build]\ntarget = [\"a\"]\n", "", "e f", "a|e|f" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct cargo_config config = { 0 };
		struct cargo_env env = { .build_target = str_of(cases[i].env) };

		load_good(&arena, cases[i].near, cases[i].far, NULL, &config);
		struct str_list list = cargo_config_targets(&arena, &config, &env);

		if (!str_eq(joined(&arena, &list), str_of(cases[i].targets)))
			fail_msg("row %zu: " STR_FMT, i, STR_ARG(joined(&arena, &list)));
	}
}

static void nearer_files_win_key_by_key(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct cargo_config config = { 0 };

	(void)state;
	load_good(&arena,
	          "[registries.corp]\nindex = "
	          "\"sparse+https://near.example/\"\n[registry]\ndefault = \"corp\"\n"
	          "[patch.crates-io]\na = { path = \"vendor/a\" }\n",
	          "[registries.corp]\nindex = \"https://middle.example/\"\ntoken = \"secret\"\n"
	          "[source.local]\ndirectory = \"vendor\"\n[http]\ncainfo = "
	          "\"ca.pem\"\n[patch.crates-io]\na = \"1\"\nb = { path = \"b\" }\n",
	          "[registries.other]\nindex = \"https://far.example/i\"\n[registry]\ndefault = "
	          "\"x\"\ntoken = \"t\"\n"
	          "[source.reg]\nlocal-registry = \"/srv/reg\"\n[http]\ncainfo = "
	          "\"far.pem\"\ntimeout = 5\n",
	          &config);
	assert_int_equal(config.registries.n, 3);
	assert_true(str_eq(cargo_config_registry_index(&config, STR_LIT("corp")),
	                   STR_LIT("sparse+https://near.example/")));
	assert_true(str_eq(cargo_config_registry_index(&config, STR_LIT("other")),
	                   STR_LIT("https://far.example/i")));
	assert_int_equal(cargo_config_registry_index(&config, STR_LIT("none")).n, 0);
	assert_true(str_eq(config.registries.p[0].name, STR_LIT("other")));
	assert_true(str_eq(config.registries.p[1].name, STR_LIT("crates-io")));
	assert_true(str_eq(config.registries.p[1].token, STR_LIT("t")) &&
	            config.registries.p[1].file == 2);
	assert_true(str_eq(config.registries.p[2].token, STR_LIT("secret")) &&
	            config.registries.p[2].file == 1);
	assert_true(str_eq(config.default_registry, STR_LIT("corp")));
	assert_int_equal(config.sources.n, 2);
	assert_true(str_eq(config.sources.p[0].local_registry, STR_LIT("/srv/reg")));
	assert_true(str_eq(config.sources.p[1].directory, STR_LIT("../vendor")));
	assert_int_equal(config.patches.n, 2);
	assert_true(str_eq(config.patches.p[0].dep.path, STR_LIT("vendor/a")));
	assert_true(str_eq(config.patches.p[1].dep.path, STR_LIT("../b")));
	assert_true(str_eq(config.network.cainfo, STR_LIT("../ca.pem")));
	assert_true(str_eq(config.network.timeout, STR_LIT("5")));
	assert_int_equal(config.network.proxy.n + config.network.offline.n, 0);
	assert_int_equal(config.notes.n, 0);
}

static const struct {
	const char *what, *text, *from, *to, *message; /* to NULL: no entry; message: it fails */
} replacements[] = {
	{ "no configuration", "", "crates-io", NULL, NULL },
	{ "no replacement", "[source.x]\nregistry = \"https://x.example/\"\n", "crates-io", NULL,
	  NULL },
	{ "a chain",
	  "[source.crates-io]\nreplace-with = \"a\"\n[source.a]\nregistry = "
	  "\"https://a.example/\"\n"
	  "replace-with = \"b\"\n[source.b]\ndirectory = \"v\"\n",
	  "crates-io", "b", NULL },
	{ "by a source text of a lock",
	  "[source.crates-io]\nreplace-with = \"a\"\n[source.a]\nregistry = "
	  "\"sparse+https://a.example/\"\n",
	  "registry+https://github.com/rust-lang/crates.io-index", "a", NULL },
	{ "by a registry's name",
	  "[source.crates-io]\nreplace-with = \"corp\"\n[registries.corp]\nindex = "
	  "\"sparse+https://c.example/\"\n",
	  "crates-io", "corp", NULL },
	{ "a git source",
	  "[source.g]\ngit = \"https://g.example/r\"\nreplace-with = \"v\"\n[source.v]\ndirectory "
	  "= \"v\"\n",
	  "git+https://g.example/r.git", "v", NULL },
	{ "back to crates-io",
	  "[source.a]\nregistry = \"https://a.example\"\nreplace-with = \"crates-io\"\n",
	  "registry+https://a.example/", NULL, NULL },
	{ "an unknown URL", "[source.a]\nregistry = \"https://a.example\"\n",
	  "registry+https://b.example", NULL, NULL },
	{ "a cycle",
	  "[source.crates-io]\nreplace-with = \"a\"\n[source.a]\ndirectory = \"v\"\nreplace-with = "
	  "\"crates-io\"\n",
	  "crates-io", NULL, "is replaced with itself in the end" },
	{ "a name that is not defined", "[source.crates-io]\nreplace-with = \"a\"\n", "crates-io",
	  NULL, "[source.crates-io] is replaced with 'a', which is not defined" },
};

static void replacements_are_followed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(replacements); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct cargo_config config = { 0 };
		const struct config_source *got = NULL;
		struct err err = { 0 };
		const char *to = replacements[i].to;

		load_good(&arena, replacements[i].text, NULL, NULL, &config);
		bool ok = cargo_config_replaced(&config, str_of(replacements[i].from), &got, &err);

		if (ok != (replacements[i].message == NULL))
			fail_msg("%s: %s", replacements[i].what, ok ? "accepted" : err.text);
		if (!ok) {
			assert_int_equal(err.kind, ERR_INPUT);
			assert_true(str_find_str(str_of(err.text),
			                         str_of(replacements[i].message)) != STR_NONE);
		} else if (!str_eq(got ? got->name : (struct str){ 0 }, str_of(to)) &&
		           !(to == NULL && got && got->replace_with.n == 0 &&
		             str_eq(got->name, STR_LIT("crates-io")))) {
			fail_msg("%s: " STR_FMT, replacements[i].what, STR_ARG(got->name));
		}
	}
}

static void what_is_passed_over_is_noted(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct cargo_config config = { 0 };

	(void)state;
	load_good(&arena, "[target.'cfg(']\nrustflags = \"x\"\n[alias]\nb = \"build\"\n", NULL,
	          NULL, &config);
	assert_int_equal(config.notes.n, 1);
	assert_true(str_starts(config.notes.p[0],
	                       STR_LIT(".cargo/config.toml:1: [target.'cfg('] matches nothing: ")));
	assert_int_equal(config.targets.n, 0);
}

static void includes_are_texts_or_tables(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str_list list = cargo_config_includes(
		&arena,
		STR_LIT("include = [\"a.toml\", { path = \"b.toml\", optional = true }, 1, {}]\n"));

	(void)state;
	assert_true(str_eq(joined(&arena, &list), STR_LIT("a.toml|b.toml")));
	assert_int_equal(cargo_config_includes(&arena, STR_LIT("include = \"a.toml\"\n")).n, 0);
	assert_int_equal(cargo_config_includes(&arena, STR_LIT("include = [\n")).n, 0);
}

static const struct {
	const char *near, *far, *message;
} bad[] = {
	{ "[build\n", NULL, ".cargo/config.toml:1: " },
	{ "", "x", "../.cargo/config.toml:1: " },
	{ "source = 1\n", NULL, ".cargo/config.toml:1: 'source' is not a table" },
	{ "[source]\nx = 1\n", NULL, ".cargo/config.toml:2: 'x' is not a table" },
	{ "[source.x]\nregistry = 1\n", NULL, ".cargo/config.toml:2: 'registry' is not a string" },
	{ "[source.x]\ndirectory = 1\n", NULL,
	  ".cargo/config.toml:2: 'directory' is not a string" },
	{ "[source.x]\n", NULL,
	  "[source.x] has none of registry, local-registry, directory and git" },
	{ "[source.x]\ngit = \"a\"\n", "[source.x]\nregistry = \"b\"\n",
	  "[source.x] has more than one of registry, local-registry, directory and git" },
	{ "[registries]\nx = 1\n", NULL, ".cargo/config.toml:2: 'x' is not a table" },
	{ "[registries.x]\ntoken = 1\n", NULL, ".cargo/config.toml:2: 'token' is not a string" },
	{ "[target]\nx = 1\n", NULL, ".cargo/config.toml:2: 'x' is not a table" },
	{ "[build]\nrustflags = 1\n", NULL,
	  ".cargo/config.toml:2: 'rustflags' is neither a text nor an array" },
	{ "[build]\nrustflags = [1]\n", NULL,
	  ".cargo/config.toml:2: 'rustflags' is not an array of strings" },
	{ "[build]\nrustflags = \"a\"\n", "[build]\nrustflags = [\"b\"]\n",
	  ".cargo/config.toml:2: 'rustflags' is a text in one file and an array in another" },
	{ "[registry]\ndefault = 1\n", NULL, ".cargo/config.toml:2: 'default' is not a string" },
	{ "[http]\ntimeout = \"5\"\n", NULL,
	  ".cargo/config.toml:2: 'timeout' is not a number from 0 on" },
	{ "[http]\ntimeout = -5\n", NULL,
	  ".cargo/config.toml:2: 'timeout' is not a number from 0 on" },
	{ "[http]\nproxy = 5\n", NULL, ".cargo/config.toml:2: 'proxy' is not a string" },
	{ "[net]\noffline = 1\n", NULL, ".cargo/config.toml:2: 'offline' is not true or false" },
	{ "[patch.crates-io]\na = {}\n", NULL,
	  ".cargo/config.toml:2: dependency 'a' has no version, path, git or workspace" },
};

static void broken_files_are_told_with_path_and_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct cargo_config config = { 0 };
		struct err err = { 0 };

		if (load(&arena, bad[i].near, bad[i].far, NULL, &config, &err))
			fail_msg("%s is accepted", bad[i].near);
		if (!str_starts(str_of(err.text), str_of(bad[i].message)))
			fail_msg("%s", err.text);
		assert_int_equal(err.kind, ERR_INPUT);
	}
}

static void refuses_above(size_t n, const char *format)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf text = buf_make(CARGO_CONFIG_MAX_BYTES);
	struct cargo_config config = { 0 };
	struct err err = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct str line = str_of(format), head;

		buf_put(&text, (str_cut(line, '#', &head, &line), head));
		buf_u64(&text, i);
		buf_put(&text, line);
		if (i + 2 == n)
			assert_true(load(&arena, arena_str(&arena, buf_str(&text)).p, NULL, NULL,
			                 &config, &err));
	}
	assert_false(load(&arena, arena_str(&arena, buf_str(&text)).p, NULL, NULL, &config, &err));
	if (err.kind != ERR_LIMIT)
		fail_msg("%s: %s", format, err.text);
}

static void ceilings_hold(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf blanks = buf_make(CARGO_CONFIG_MAX_BYTES + 1);
	struct project_file_list files = { 0 };
	struct cargo_config config = { 0 };
	struct err err = { 0 };

	(void)state;
	refuses_above(CARGO_CONFIG_TABLES_MAX + 1, "[source.x#]\ndirectory = \"v\"\n");
	refuses_above(CARGO_CONFIG_TABLES_MAX + 1, "[registries.x#]\n");
	refuses_above(CARGO_CONFIG_TABLES_MAX + 1, "[target.x#]\n");
	refuses_above(CARGO_CONFIG_TABLES_MAX + 1, "[patch.y.x#]\nversion = \"1\"\n");
	buf_repeat(&blanks, '\n', CARGO_CONFIG_MAX_BYTES + 1);
	assert_false(
		load(&arena, arena_str(&arena, buf_str(&blanks)).p, NULL, NULL, &config, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	for (size_t i = 0; i <= CARGO_CONFIG_FILES_MAX; i++)
		vec_add(&arena, &files)->path = STR_LIT(".cargo/config.toml");
	assert_false(cargo_config_load(&arena, &files, &config, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rustflags_come_from_one_source),
		cmocka_unit_test(the_variable_of_a_triple_adds_to_its_table),
		cmocka_unit_test(targets_are_a_text_or_an_array),
		cmocka_unit_test(nearer_files_win_key_by_key),
		cmocka_unit_test(replacements_are_followed),
		cmocka_unit_test(what_is_passed_over_is_noted),
		cmocka_unit_test(includes_are_texts_or_tables),
		cmocka_unit_test(broken_files_are_told_with_path_and_line),
		cmocka_unit_test(ceilings_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
