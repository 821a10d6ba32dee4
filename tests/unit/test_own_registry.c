#include "daemon/own_registry.h"
#include "base/file.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char home[64];

static int make_home(void **state)
{
	(void)state;
	snprintf(home, sizeof home, "/tmp/rtaudit-registry-XXXXXX");
	return mkdtemp(home) ? 0 : -1;
}

static int remove_home(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };

	unlink(file_join(&arena, home, STR_LIT("config")));
	unlink(file_join(&arena, home, STR_LIT("config.toml")));
	return rmdir(home);
}

static void write_file(const char *name, const char *text)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct err err = { 0 };

	if (!file_write(file_join(&arena, home, str_of(name)), str_of(text), 0600, &err))
		fail_msg("%s", err.text);
}

static struct cargo_config load(struct arena *arena, const char *own, const char *cargo_home)
{
	struct config config = { 0 };
	struct cargo_config cargo = { 0 };
	struct err err = { 0 };

	if (!config_parse(arena, "rtauditd.toml", str_of(own), &config, &err) ||
	    !own_registry_load(arena, &config, cargo_home, &cargo, &err))
		fail_msg("%s", err.text);
	return cargo;
}

static void assert_index(const struct cargo_config *cargo, const char *name, const char *index)
{
	struct str got = cargo_config_registry_index(cargo, str_of(name));

	if (!str_eq(got, str_of(index)))
		fail_msg("%s: " STR_FMT, name, STR_ARG(got));
}

static void both_files_count_and_ours_wins(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };

	write_file("config.toml",
	           "[registries.theirs]\nindex = \"sparse+https://theirs.example/\"\n"
	           "[registries.both]\nindex = \"sparse+https://old.example/\"\n"
	           "token = \"secret\"\n");
	struct cargo_config cargo =
		load(&arena,
	             "[registries.both]\nindex = \"sparse+https://new.example/\"\n"
	             "[registries.ours]\nindex = \"https://ours.example/index.git\"\n",
	             home);

	assert_index(&cargo, "theirs", "sparse+https://theirs.example/");
	assert_index(&cargo, "both", "sparse+https://new.example/");
	assert_index(&cargo, "ours", "https://ours.example/index.git");
	assert_index(&cargo, "none", "");
	for (size_t i = 0; i < cargo.registries.n; i++)
		assert_int_equal(cargo.registries.p[i].token.n,
		                 0); /* it was meant for the old one */
}

static void the_file_without_a_suffix_comes_first(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };

	write_file("config", "[registries.a]\nindex = \"sparse+https://first.example/\"\n");
	write_file("config.toml", "[registries.a]\nindex = \"sparse+https://second.example/\"\n");
	struct cargo_config cargo = load(&arena, "", home);

	assert_index(&cargo, "a", "sparse+https://first.example/");
}

static void no_cargo_is_no_fault_and_a_broken_file_is(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct config config = config_default();
	struct cargo_config cargo = { 0 };
	struct err err = { 0 };

	assert_true(own_registry_load(&arena, &config, NULL, &cargo, &err));
	assert_true(own_registry_load(&arena, &config, "/nonexistent", &cargo, &err));
	write_file("config.toml", "[registries\n");
	assert_false(own_registry_load(&arena, &config, home, &cargo, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, "config.toml:1: "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(both_files_count_and_ours_wins, make_home,
		                                remove_home),
		cmocka_unit_test_setup_teardown(the_file_without_a_suffix_comes_first, make_home,
		                                remove_home),
		cmocka_unit_test_setup_teardown(no_cargo_is_no_fault_and_a_broken_file_is,
		                                make_home, remove_home),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
