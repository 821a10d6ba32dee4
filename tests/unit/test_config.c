#include "daemon/config.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static struct config parse(struct arena *arena, const char *text)
{
	struct config config = { 0 };
	struct err err = { 0 };

	if (!config_parse(arena, "rtauditd.toml", str_of(text), &config, &err))
		fail_msg("%s: %s", text, err.text);
	return config;
}

static void an_empty_file_is_the_defaults(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct config config = parse(&arena, "# nothing\n");

	assert_false(config.offline);
	assert_int_equal(config.index_fresh_seconds, 3600);
	assert_int_equal(config.advisories_fresh_seconds, 21600);
	assert_non_null(strstr(config.advisories_url, "/advisory-db"));
	assert_null(config.socket);
	assert_int_equal(config.cache_bytes, 128 << 20);
	assert_int_equal(config.log_level, LOG_LEVEL_INFO);
	assert_int_equal(config.registries.n, 0);
}

static void every_key_is_read(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct config config = parse(&arena, "offline = true\n"
	                                     "index-fresh = \"15m\"\n"
	                                     "advisories-fresh = 120\n"
	                                     "advisories = \"https://example.org/db.git\"\n"
	                                     "socket = \"/run/other.sock\"\n"
	                                     "knowledge = \"/srv/own.toml\"\n"
	                                     "cache-bytes = 1048576\n"
	                                     "connections = 8\n"
	                                     "log = \"debug\"\n"
	                                     "watch = [\"serde\", \"async-std\"]\n"
	                                     "[registries.mine]\n"
	                                     "index = \"sparse+https://example.org/index/\"\n"
	                                     "[registries]\n"
	                                     "other.index = \"/srv/index\"\n");

	assert_true(config.offline);
	assert_int_equal(config.index_fresh_seconds, 900);
	assert_int_equal(config.advisories_fresh_seconds, 120);
	assert_string_equal(config.advisories_url, "https://example.org/db.git");
	assert_string_equal(config.socket, "/run/other.sock");
	assert_string_equal(config.knowledge, "/srv/own.toml");
	assert_int_equal(config.cache_bytes, 1 << 20);
	assert_int_equal(config.connections, 8);
	assert_int_equal(config.log_level, LOG_LEVEL_DEBUG);
	assert_int_equal(config.watch.n, 2);
	assert_true(str_eq(config.watch.p[1], STR_LIT("async-std")));
	assert_int_equal(config.registries.n, 2);
	assert_true(str_eq(config.registries.p[0].name, STR_LIT("mine")));
	assert_true(
		str_eq(config.registries.p[0].index, STR_LIT("sparse+https://example.org/index/")));
	assert_true(str_eq(config.registries.p[1].name, STR_LIT("other")));
}

static void no_more_crates_are_watched_than_can_be(void **state)
{
	(void)state;
	for (size_t n = 5000; n <= 5001; n++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct str text = STR("watch = [");
		char *all = arena_alloc(&arena, 16 + n * 4);
		size_t at = text.n;
		struct config config;
		struct err err = { 0 };

		memcpy(all, text.p, text.n);
		for (size_t i = 0; i < n; i++, at += 4)
			memcpy(all + at, "'a',", 4);
		all[at++] = ']';
		assert_int_equal(
			config_parse(&arena, "f.toml", (struct str){ all, at }, &config, &err),
			n == 5000);
		if (n == 5000)
			assert_int_equal(config.watch.n, n);
		else
			assert_string_equal(err.text,
			                    "f.toml:1: 'watch' holds more than 5000 crates");
	}
}

static const struct {
	const char *text;
	int64_t seconds; /* -1: refused */
} intervals[] = {
	{ "0", 0 },          { "\"90s\"", 90 },        { "\"15m\"", 900 },
	{ "\"6h\"", 21600 }, { "\"2d\"", 172800 },     { "\"366d\"", 31622400 },
	{ "\"367d\"", -1 },  { "31622400", 31622400 }, { "31622401", -1 },
	{ "-1", -1 },        { "\"h\"", -1 },          { "\"\"", -1 },
	{ "\"5\"", -1 },     { "\"5w\"", -1 },         { "\"5 h\"", 18000 },
	{ "1.5", -1 },       { "true", -1 },           { "\"99999999999999999999s\"", -1 },
};

static void intervals_are_numbers_with_a_unit(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(intervals); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct config config = { 0 };
		struct err err = { 0 };
		struct str text = arena_printf(&arena, "index-fresh = %s\n", intervals[i].text);
		bool ok = config_parse(&arena, "c", text, &config, &err);

		if (ok != (intervals[i].seconds >= 0))
			fail_msg("%s: %s", intervals[i].text, ok ? "accepted" : err.text);
		if (ok && config.index_fresh_seconds != intervals[i].seconds)
			fail_msg("%s: %lld", intervals[i].text,
			         (long long)config.index_fresh_seconds);
	}
}

static const struct {
	const char *text, *message; /* the message begins so */
} refused[] = {
	{ "\nindex-frsh = 1\n", "f.toml:2: unknown key 'index-frsh'; is 'index-fresh' meant?" },
	{ "zzzzzzzzzz = 1\n", "f.toml:1: unknown key 'zzzzzzzzzz'" },
	{ "offline = 1\n", "f.toml:1: 'offline' must be true or false" },
	{ "advisories = \"nowhere\"\n",
	  "f.toml:1: 'advisories' must be a URL or an absolute path" },
	{ "advisories = \"\"\n", "f.toml:1: 'advisories' is empty or too long" },
	{ "advisories = \"https://a/\\u0007\"\n", "f.toml:1: 'advisories' holds a control" },
	{ "socket = \"run/x\"\n", "f.toml:1: 'socket' must be an absolute path" },
	{ "cache-bytes = 10\n", "f.toml:1: 'cache-bytes' must lie between 1048576 and" },
	{ "connections = 0\n", "f.toml:1: 'connections' must lie between 1 and 256" },
	{ "log = \"loud\"\n", "f.toml:1: 'log' must be one of" },
	{ "watch = \"serde\"\n", "f.toml:1: 'watch' must be a list of crates" },
	{ "watch = [\"a\",\n\"../b\"]\n", "f.toml:2: 'watch' must hold names of crates" },
	{ "registries = 1\n", "f.toml:1: 'registries' must be a table" },
	{ "[registries]\nmine = 1\n", "f.toml:2: 'mine' must be a table" },
	{ "[registries.mine]\n", "f.toml:1: 'mine' has no 'index'" },
	{ "[registries.\"a b\"]\nindex = \"/x\"\n", "f.toml:1: 'a b' is no name of a registry" },
	{ "[registries.mine]\nindx = \"/x\"\n", "f.toml:2: unknown key 'indx'; is 'index' meant?" },
	{ "offline = true\noffline = true\n", "f.toml:2: " },
	{ "offline\n", "f.toml:1: " },
};

static void what_is_not_understood_is_refused_with_its_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct config config = { 0 };
		struct err err = { 0 };

		if (config_parse(&arena, "f.toml", str_of(refused[i].text), &config, &err))
			fail_msg("%s: accepted", refused[i].text);
		if (err.kind != ERR_INPUT ||
		    strncmp(err.text, refused[i].message, strlen(refused[i].message)) != 0)
			fail_msg("%s: %s", refused[i].text, err.text);
		assert_int_equal(config.cache_bytes, 0); /* untouched */
	}
}

static void a_missing_file_is_the_defaults_and_a_folder_is_refused(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct config config = { 0 };
	struct err err = { 0 };

	assert_true(config_load(&arena, "/nonexistent/rtauditd.toml", &config, &err));
	assert_int_equal(config.index_fresh_seconds, 3600);
	assert_false(config_load(&arena, "/", &config, &err));
	assert_int_equal(err.kind, ERR_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_file_is_the_defaults),
		cmocka_unit_test(every_key_is_read),
		cmocka_unit_test(no_more_crates_are_watched_than_can_be),
		cmocka_unit_test(intervals_are_numbers_with_a_unit),
		cmocka_unit_test(what_is_not_understood_is_refused_with_its_line),
		cmocka_unit_test(a_missing_file_is_the_defaults_and_a_folder_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
