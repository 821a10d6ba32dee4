#include "crawler/network.h"
#include "tests/unit/unit.h"
#include <stdlib.h>

static const char *const variables[] = {
	"CARGO_HTTP_CAINFO", "CARGO_HTTP_PROXY",           "CARGO_HTTP_TIMEOUT",
	"HTTP_TIMEOUT",      "CARGO_HTTP_LOW_SPEED_LIMIT", "CARGO_HTTP_MULTIPLEXING",
	"CARGO_NET_RETRY",   "CARGO_NET_OFFLINE",
};

static int clear(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(variables); i++)
		unsetenv(variables[i]);
	return 0;
}

static struct network load(struct arena *arena, const char *text)
{
	struct project_file_list files = { 0 };
	struct cargo_config config = { 0 };
	struct network network;
	struct err err = { 0 };

	*vec_add(arena, &files) =
		(struct project_file){ STR_LIT(".cargo/config.toml"), str_of(text) };
	if (!cargo_config_load(arena, &files, &config, &err))
		fail_msg("%s", err.text);
	network_of(arena, &config, &network);
	return network;
}

static void nothing_is_set_by_nobody(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct network network = { .offline = true };

	network_of(&arena, NULL, &network);
	assert_null(network.authorities);
	assert_null(network.proxy);
	assert_int_equal(network.timeout_ms + network.low_speed_bytes + network.tries, 0);
	assert_false(network.no_multiplexing || network.offline);
}

#define FILE_SAYS                                                                                  \
	"[http]\ncainfo = \"ca.pem\"\nproxy = \"proxy.example:3128\"\ntimeout = "                  \
	"7\nlow-speed-limit = 5\n"                                                                 \
	"multiplexing = false\ncheck-revoke = false\n[net]\nretry = 0\noffline = true\n"

static void files_say_it(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct network network = load(&arena, FILE_SAYS);

	assert_string_equal(network.authorities, "ca.pem");
	assert_string_equal(network.proxy, "proxy.example:3128");
	assert_int_equal(network.timeout_ms, 7000);
	assert_int_equal(network.low_speed_bytes, 5);
	assert_int_equal(network.tries, 1);
	assert_true(network.no_multiplexing && network.offline);
}

static void variables_come_before_files(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	static const char *const values[] = { "/e.pem", "socks5://e", "9", "",
		                              "77",     "true",       "4", "false" };

	for (size_t i = 0; i < ARRAY_LEN(variables); i++)
		setenv(variables[i], values[i], 1);
	struct network network = load(&arena, FILE_SAYS);
	assert_string_equal(network.authorities, "/e.pem");
	assert_string_equal(network.proxy, "socks5://e");
	assert_int_equal(network.timeout_ms, 9000);
	assert_int_equal(network.low_speed_bytes, 77);
	assert_int_equal(network.tries, 5);
	assert_false(network.no_multiplexing || network.offline);
	/* The older variable is asked last. */
	clear(NULL);
	setenv("HTTP_TIMEOUT", "11", 1);
	assert_int_equal(load(&arena, "").timeout_ms, 11000);
	assert_int_equal(load(&arena, FILE_SAYS).timeout_ms, 7000);
}

static void nonsense_is_passed_over_and_much_is_cut(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };

	setenv("CARGO_HTTP_TIMEOUT", "soon", 1);
	setenv("CARGO_NET_RETRY", "-1", 1);
	setenv("CARGO_NET_OFFLINE", "perhaps", 1);
	struct network network = load(&arena, "");
	assert_int_equal(network.timeout_ms + network.tries + network.offline, 0);
	clear(NULL);
	network = load(&arena, "[http]\ntimeout = 99999999999\n[net]\nretry = 4000000000\n");
	assert_int_equal(network.timeout_ms, 1000 * NETWORK_TIMEOUT_MAX_SECONDS);
	assert_int_equal(network.tries, NETWORK_TRIES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_is_set_by_nobody, clear),
		cmocka_unit_test_setup(files_say_it, clear),
		cmocka_unit_test_setup_teardown(variables_come_before_files, clear, clear),
		cmocka_unit_test_setup_teardown(nonsense_is_passed_over_and_much_is_cut, clear,
		                                clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
