#include "crawler/registry.h"
#include "audit/limits.h"
#include "tests/unit/unit.h"

/* The host of crates.io's index and the like are never written as one text: they come from its
 * name. */
#define CRATES_IO_INDEX                                                                            \
	"https://index."                                                                           \
	"crates.io"                                                                                \
	"/"

static struct cargo_config load(struct arena *arena, const char *text)
{
	struct project_file_list files = { 0 };
	struct cargo_config config = { 0 };
	struct err err = { 0 };

	*vec_add(arena, &files) =
		(struct project_file){ STR_LIT(".cargo/config.toml"), str_of(text) };
	if (!cargo_config_load(arena, &files, &config, &err))
		fail_msg("%s", err.text);
	return config;
}

#define MIRROR                                                                                     \
	"[source.crates-io]\nreplace-with = \"m\"\n[source.m]\nregistry = "                        \
	"\"sparse+https://mirror.example/i\"\n"
#define OURS                                                                                       \
	"[registries.ours]\nindex = \"sparse+http://git.example:8080/index/\"\ntoken = "           \
	"\"secret\"\n"

static const struct {
	const char *key, *project, *own; /* configurations; NULL: none */
	const char *root;                /* NULL: refused */
	const char *token;
	const char *text; /* what the refusal says */
} cases[] = {
	{ "crates-io", NULL, NULL, CRATES_IO_INDEX, "", NULL },
	{ "crates-io", "", OURS, CRATES_IO_INDEX, "", NULL },
	{ "crates-io", MIRROR, NULL, NULL, "", "the project replaces crates-io" },
	{ "crates-io", MIRROR, MIRROR, "https://mirror.example/i/", "", NULL },
	{ "sparse+https://mirror.example/i", MIRROR, NULL, "https://mirror.example/i/", "", NULL },
	{ "crates-io", NULL, MIRROR, "https://mirror.example/i/", "", NULL },
	{ "crates-io",
	  "[source.crates-io]\nreplace-with = \"v\"\n[source.v]\ndirectory = \"vendor\"\n", NULL,
	  NULL, "", "crates-io is replaced by 'v', a folder without an index" },
	{ "crates-io", NULL,
	  "[source.crates-io]\nreplace-with = \"v\"\n[source.v]\nlocal-registry = \"v\"\n", NULL,
	  "", "a folder without an index" },
	{ "sparse+http://git.example:8080/index/", NULL, NULL, NULL, "", "no configuration names" },
	{ "sparse+http://git.example:8080/index/", MIRROR, MIRROR, NULL, "",
	  "no configuration names" },
	{ "sparse+http://git.example:8080/index/", OURS, NULL, "http://git.example:8080/index/", "",
	  NULL },
	{ "sparse+http://git.example:8080/index/", NULL, OURS, "http://git.example:8080/index/",
	  "secret", NULL },
	{ "https://git.example/index.git",
	  "[registries.g]\nindex = \"https://git.example/index.git\"\n", NULL, NULL, "",
	  "is a git index" },
	{ "sparse+ftp://git.example/", "[registries.g]\nindex = \"sparse+ftp://git.example/\"\n",
	  NULL, NULL, "", "no address" },
	{ "sparse+https:///x/", "[registries.g]\nindex = \"sparse+https:///x/\"\n", NULL, NULL, "",
	  "names no host" },
	{ "sparse+https://a b/", "[registries.g]\nindex = \"sparse+https://a b/\"\n", NULL, NULL,
	  "", "byte 0x20" },
};

static void only_what_is_configured_is_asked(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct cargo_config project =
			load(&arena, cases[i].project ? cases[i].project : "");
		struct cargo_config own = load(&arena, cases[i].own ? cases[i].own : "");
		struct registry got = { 0 };
		struct err err = { 0 };
		bool ok = registry_find(&arena, str_of(cases[i].key),
		                        cases[i].project ? &project : NULL,
		                        cases[i].own ? &own : NULL, &got, &err);

		if (ok != (cases[i].root != NULL))
			fail_msg("row %zu, %s: %s", i, cases[i].key, ok ? "accepted" : err.text);
		if (!ok && !strstr(err.text, cases[i].text))
			fail_msg("row %zu, %s: %s", i, cases[i].key, err.text);
		if (!ok)
			continue;
		if (!str_eq(got.root, str_of(cases[i].root)) ||
		    !str_eq(got.token, str_of(cases[i].token)) ||
		    !str_eq(got.key, str_of(cases[i].key)))
			fail_msg("row %zu, %s: " STR_FMT, i, cases[i].key, STR_ARG(got.root));
		assert_int_equal(got.plain_http, strncmp(cases[i].root, "http:", 5) == 0);
	}
}

#define REPLACED(name, rest) "[source.crates-io]\nreplace-with = \"" name "\"\n" rest
#define SPARSE_M "sparse+https://mirror.example/i"

static const struct {
	const char *key, *project, *own, *expected;
} keys[] = {
	{ "crates-io", NULL, NULL, "crates-io" },
	{ "crates-io", "", "", "crates-io" },
	{ "crates-io", MIRROR, NULL, SPARSE_M },
	{ "crates-io", MIRROR, "", SPARSE_M },
	{ "crates-io", MIRROR, OURS, SPARSE_M },
	{ "crates-io", MIRROR, MIRROR, "crates-io" },
	{ "crates-io", NULL, MIRROR, "crates-io" },
	{ "crates-io", "", MIRROR, "crates-io" },
	/* The same index under another name, and with a '/'. */
	{ "crates-io", REPLACED("m", "[registries.m]\nindex = \"" SPARSE_M "/\"\n"), MIRROR,
	  "crates-io" },
	{ "crates-io", REPLACED("evil", "[source.evil]\nregistry = \"sparse+http://h/\"\n"), MIRROR,
	  "sparse+http://h/" },
	/* What stands for crates.io is crates.io. */
	{ "crates-io", REPLACED("s", "[source.s]\nregistry = \"sparse+" CRATES_IO_INDEX "\"\n"),
	  NULL, "crates-io" },
	{ "crates-io", REPLACED("s", "[source.s]\nregistry = \"sparse+" CRATES_IO_INDEX "\"\n"),
	  MIRROR, "sparse+" CRATES_IO_INDEX },
	/* A folder, and what leads nowhere, name no index. */
	{ "crates-io", REPLACED("v", "[source.v]\ndirectory = \"vendor\"\n"), NULL, "crates-io" },
	{ "crates-io", REPLACED("nowhere", ""), NULL, "crates-io" },
	{ "sparse+http://git.example:8080/index/", OURS, NULL,
	  "sparse+http://git.example:8080/index/" },
	{ "sparse+http://a/",
	  "[source.a]\nregistry = \"sparse+http://a/\"\nreplace-with = \"b\"\n"
	  "[source.b]\nregistry = \"sparse+http://b/\"\n",
	  NULL, "sparse+http://b/" },
};

static void what_only_a_project_replaces_has_a_key_of_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct cargo_config project = load(&arena, keys[i].project ? keys[i].project : "");
		struct cargo_config own = load(&arena, keys[i].own ? keys[i].own : "");
		struct str got =
			registry_key(str_of(keys[i].key), keys[i].project ? &project : NULL,
		                     keys[i].own ? &own : NULL);

		if (!str_eq(got, str_of(keys[i].expected)))
			fail_msg("row %zu: " STR_FMT " instead of %s", i, STR_ARG(got),
			         keys[i].expected);
	}
}

static void cargos_cache_is_that_of_the_index(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct cargo_config own = load(&arena, MIRROR);
	struct str_list indexes = { 0 };

	registry_cached(&arena, STR_LIT("crates-io"), NULL, &indexes);
	assert_int_equal(indexes.n, 2);
	assert_true(str_eq(indexes.p[0], STR_LIT("sparse+" CRATES_IO_INDEX)));
	indexes.n = 0;
	registry_cached(&arena, STR_LIT("crates-io"), &own, &indexes);
	assert_int_equal(indexes.n, 1);
	assert_true(str_eq(indexes.p[0], STR_LIT(SPARSE_M)));
	indexes.n = 0;
	registry_cached(&arena, STR_LIT("https://git.example/i.git"), &own, &indexes);
	assert_int_equal(indexes.n, 1);
	assert_true(str_eq(indexes.p[0], STR_LIT("https://git.example/i.git")));
}

static const struct {
	const char *url, *host;
} hosts[] = {
	{ "https://a.example/x/", "a.example" }, { "sparse+https://a.example:99/x", "a.example" },
	{ "https://[::1]:99/x/", "[::1]" },      { "https://u:p@a.example/", "a.example" },
	{ "https://a.example", "a.example" },
};

static void the_host_is_that_of_the_address(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct registry got = { 0 };
		struct err err = { 0 };

		if (!registry_at(&arena, STR_LIT("k"), str_of(hosts[i].url), &got, &err))
			fail_msg("%s: %s", hosts[i].url, err.text);
		if (!str_eq(got.host, str_of(hosts[i].host)))
			fail_msg("%s: " STR_FMT, hosts[i].url, STR_ARG(got.host));
		assert_true(str_ends(got.root, STR_LIT("/")));
	}
}

static void an_index_file_lies_below_the_root(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct registry registry = { 0 };
	struct str url;
	struct err err = { 0 };

	assert_true(
		registry_at(&arena, STR_LIT("k"), STR_LIT("https://a.example/i"), &registry, &err));
	assert_true(registry_index_url(&arena, &registry, STR_LIT("Serde"), &url, &err));
	assert_true(str_eq(url, STR_LIT("https://a.example/i/se/rd/serde")));
	assert_false(registry_index_url(&arena, &registry, STR_LIT("../x"), &url, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_true(str_eq(registry_config_url(&arena, &registry),
	                   STR_LIT("https://a.example/i/config.json")));
}

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
static const struct {
	const char *dl, *name, *vers, *url; /* url NULL: refused */
} downloads[] = {
	{ "https://a/dl", "serde", "1.0.0", "https://a/dl/serde/1.0.0/download" },
	{ "https://a/{crate}-{version}.crate", "Serde", "1.0.0+x",
	  "https://a/Serde-1.0.0+x.crate" },
	{ "https://a/{prefix}/{lowerprefix}/{crate}", "MyCrate", "1.0.0",
	  "https://a/My/Cr/my/cr/MyCrate" },
	{ "https://a/{prefix}", "Abc", "1.0.0", "https://a/3/A" },
	{ "https://a/{lowerprefix}", "Abc", "1.0.0", "https://a/3/a" },
	{ "https://a/{prefix}", "ab", "1.0.0", "https://a/2" },
	{ "https://a/{sha256-checksum}", "ab", "1.0.0", "https://a/" HEX },
	{ "https://a/{unknown}", "ab", "1.0.0", NULL },
	{ "https://a/{crate}", "../x", "1.0.0", NULL },
	{ "https://a/{version}", "ab", "../1", NULL },
	{ "https://a/{version}", "ab", "", NULL },
	{ "https://a b/", "ab", "1.0.0", NULL },
	{ "https://a\n/", "ab", "1.0.0", NULL },
};

static void a_download_address_is_filled_in(void **state)
{
	(void)state;
	struct sha256 cksum;

	assert_true(sha256_from_hex(STR_LIT(HEX), &cksum));
	for (size_t i = 0; i < ARRAY_LEN(downloads); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct registry_config config = { .dl = str_of(downloads[i].dl) };
		struct str url = { 0 };
		struct err err = { 0 };
		bool ok = registry_download_url(&arena, &config, str_of(downloads[i].name),
		                                str_of(downloads[i].vers), &cksum, &url, &err);

		if (ok != (downloads[i].url != NULL))
			fail_msg("%s: %s", downloads[i].dl, ok ? "accepted" : err.text);
		if (ok && !str_eq(url, str_of(downloads[i].url)))
			fail_msg("%s: " STR_FMT, downloads[i].dl, STR_ARG(url));
		if (!ok)
			assert_int_equal(err.kind, ERR_INPUT);
	}
}

static const struct {
	const char *json, *dl; /* dl NULL: refused */
	bool auth;
} configs[] = {
	{ "{\"dl\": \"https://a/dl\", \"api\": null}", "https://a/dl", false },
	{ "{\"x\": {\"dl\": [1, {}]}, \"dl\": \"b\", \"auth-required\": true}", "b", true },
	{ "{\"dl\": 5}", NULL, false },
	{ "{}", NULL, false },
	{ "[\"dl\", \"x\"]", NULL, false },
	{ "{\"dl\": \"x\"", NULL, false },
	{ "", NULL, false },
	{ "<html>", NULL, false },
};

static void config_json_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(configs); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct registry_config got = { 0 };
		struct err err = { 0 };
		bool ok = registry_config_parse(&arena, str_of(configs[i].json), &got, &err);

		if (ok != (configs[i].dl != NULL))
			fail_msg("%s: %s", configs[i].json, ok ? "accepted" : err.text);
		if (ok && (!str_eq(got.dl, str_of(configs[i].dl)) ||
		           got.auth_required != configs[i].auth))
			fail_msg("%s: " STR_FMT, configs[i].json, STR_ARG(got.dl));
		if (!ok)
			assert_int_equal(err.kind, ERR_INPUT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_configured_is_asked),
		cmocka_unit_test(what_only_a_project_replaces_has_a_key_of_its_own),
		cmocka_unit_test(cargos_cache_is_that_of_the_index),
		cmocka_unit_test(the_host_is_that_of_the_address),
		cmocka_unit_test(an_index_file_lies_below_the_root),
		cmocka_unit_test(a_download_address_is_filled_in),
		cmocka_unit_test(config_json_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
