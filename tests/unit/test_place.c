#include "daemon/place.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */
#include <stdlib.h>

static const char *const variables[] = {
	"RTAUDIT_SOCKET", "RTAUDIT_HOME",    "XDG_RUNTIME_DIR", "XDG_STATE_HOME",
	"XDG_DATA_HOME",  "XDG_CACHE_HOME",  "XDG_CONFIG_HOME", "HOME",
	"CARGO_HOME",     "STATE_DIRECTORY", "CACHE_DIRECTORY",
};

static int empty_environment(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(variables); i++)
		unsetenv(variables[i]);
	return 0;
}

static struct place find(struct arena *arena, bool system)
{
	struct place place = { 0 };
	struct err err = { 0 };

	if (!place_find(arena, system, &place, &err))
		fail_msg("%s", err.text);
	return place;
}

static void one_folder_holds_everything(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };

	setenv("RTAUDIT_HOME", "/x", 1);
	setenv("HOME", "/home/me", 1);
	struct place place = find(&arena, false);

	assert_string_equal(place.socket, "/x/rtauditd.sock");
	assert_string_equal(place.database, "/x/rtaudit.db");
	assert_string_equal(place.cache, "/x/cache");
	assert_string_equal(place.config, "/x/rtauditd.toml");
	assert_string_equal(place.knowledge, "/x/knowledge.toml");
	assert_string_equal(place.log, "/x/rtauditd.log");
	assert_string_equal(place.cargo_home, "/home/me/.cargo");
}

static void a_users_own_files_lie_where_xdg_says(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };

	setenv("HOME", "/home/me", 1);
	setenv("XDG_DATA_HOME", "/data", 1);
	setenv("XDG_CACHE_HOME", "relative/is/unset", 1);
	setenv("CARGO_HOME", "/cargo", 1);
	struct place place = find(&arena, false);

	assert_string_equal(place.socket, "/home/me/.local/state/rtaudit/rtauditd.sock");
	assert_string_equal(place.database, "/data/rtaudit/rtaudit.db");
	assert_string_equal(place.cache, "/home/me/.cache/rtaudit");
	assert_string_equal(place.log, "/home/me/.local/state/rtaudit/rtauditd.log");
	assert_string_equal(place.config, "/etc/rtaudit/rtauditd.toml"); /* the user has none */
	assert_string_equal(place.knowledge, "/etc/rtaudit/knowledge.toml");
	assert_string_equal(place.cargo_home, "/cargo");
}

static void another_socket_leaves_the_rest_where_it_is(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };

	setenv("RTAUDIT_HOME", "/x", 1);
	setenv("RTAUDIT_SOCKET", "/run/other", 1);
	struct place place = find(&arena, false);

	assert_string_equal(place.socket, "/run/other");
	assert_string_equal(place.database, "/x/rtaudit.db");
	assert_null(place.cargo_home); /* no HOME */
}

static void the_systems_own_ignores_the_user(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };

	setenv("RTAUDIT_HOME", "/x", 1);
	setenv("HOME", "/home/me", 1);
	setenv("CACHE_DIRECTORY", "/var/cache/other", 1);
	struct place place = find(&arena, true);

	assert_true(place.system);
	assert_string_equal(place.socket, "/run/rtaudit/rtauditd.sock");
	assert_string_equal(place.database, "/var/lib/rtaudit/rtaudit.db");
	assert_string_equal(place.cache, "/var/cache/other");
	assert_string_equal(place.config, "/etc/rtaudit/rtauditd.toml");
	assert_null(place.log);
	assert_null(place.cargo_home);
}

static void without_a_home_there_is_no_place(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct place place = { 0 };
	struct err err = { 0 };

	assert_false(place_find(&arena, false, &place, &err));
	assert_int_equal(err.kind, ERR_USAGE);
	assert_null(place.socket);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_folder_holds_everything, empty_environment),
		cmocka_unit_test_setup(a_users_own_files_lie_where_xdg_says, empty_environment),
		cmocka_unit_test_setup(another_socket_leaves_the_rest_where_it_is,
		                       empty_environment),
		cmocka_unit_test_setup(the_systems_own_ignores_the_user, empty_environment),
		cmocka_unit_test_setup(without_a_home_there_is_no_place, empty_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
