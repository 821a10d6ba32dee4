#include "base/socket_path.h"
#include "base/file.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/rtaudit-socket-XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static void set(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

/* OWN stands for the temporary folder, which belongs to this user and exists. */
static const struct {
	const char *socket, *home_of_rtaudit, *runtime, *state, *home;
	const char *first; /* NULL: refused */
	enum socket_kind kind;
	size_t n;
} cases[] = {
	{ "/a/s", "/h", "OWN", "/s", "/home/u", "/a/s", SOCKET_GIVEN, 1 },
	{ NULL, "/h", "OWN", "/s", "/home/u", "/h/rtauditd.sock", SOCKET_HOME, 1 },
	{ NULL, NULL, "OWN", "/s", "/home/u", "OWN/rtaudit/rtauditd.sock", SOCKET_USER, 2 },
	{ "", "", "OWN", "", "/home/u", "OWN/rtaudit/rtauditd.sock", SOCKET_USER, 2 },
	{ NULL, NULL, NULL, "/s", "/home/u", "/s/rtaudit/rtauditd.sock", SOCKET_USER, 2 },
	{ NULL, NULL, "/nowhere/run", "/s", NULL, "/s/rtaudit/rtauditd.sock", SOCKET_USER, 2 },
	{ NULL, NULL, NULL, "relative", "/home/u", "/home/u/.local/state/rtaudit/rtauditd.sock",
	  SOCKET_USER, 2 },
	{ NULL, NULL, NULL, NULL, NULL, NULL, SOCKET_USER, 0 },
};

static struct str expand(struct arena *arena, const char *text)
{
	if (text && strncmp(text, "OWN", 3) == 0)
		return arena_printf(arena, "%s%s", folder, text + 3);
	return str_of(text);
}

static void places_are_those_of_the_environment(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct socket_places got = { 0 };
		struct err err = { 0 };

		set("RTAUDIT_SOCKET", cases[i].socket);
		set("RTAUDIT_HOME", cases[i].home_of_rtaudit);
		set("XDG_RUNTIME_DIR", expand(&arena, cases[i].runtime).p);
		set("XDG_STATE_HOME", cases[i].state);
		set("HOME", cases[i].home);
		bool ok = socket_places(&arena, &got, &err);
		if (ok != (cases[i].first != NULL))
			fail_msg("row %zu: %s", i, ok ? "accepted" : err.text);
		if (!ok) {
			assert_int_equal(err.kind, ERR_USAGE);
			continue;
		}
		if (got.n != cases[i].n || got.p[0].kind != cases[i].kind)
			fail_msg("row %zu: %zu places, kind %d", i, got.n, (int)got.p[0].kind);
		assert_string_equal(got.p[0].path, expand(&arena, cases[i].first).p);
		if (got.n == 2)
			assert_string_equal(got.p[1].path, "/run/rtaudit/rtauditd.sock");
	}
}

static void relative_paths_begin_in_the_current_folder(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct socket_places got = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(chdir(folder), 0);
	set("RTAUDIT_SOCKET", "x.sock");
	assert_true(socket_places(&arena, &got, &err));
	assert_string_equal(got.p[0].path, arena_printf(&arena, "%s/x.sock", folder).p);
	set("RTAUDIT_SOCKET", NULL);
	assert_int_equal(chdir("/"), 0);
}

static void folders_that_others_may_write_to_are_refused(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	const char *path = arena_printf(&arena, "%s/a/b/s.sock", folder).p;
	const char *b = arena_printf(&arena, "%s/a/b", folder).p;
	struct err err = { 0 };
	struct stat st;

	(void)state;
	assert_true(socket_folder_make(path, &err));
	assert_int_equal(stat(b, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(chmod(b, 0777), 0);
	assert_false(socket_folder_make(path, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_non_null(strstr(err.text, "others may write"));
	assert_int_equal(rmdir(b), 0);
	assert_int_equal(rmdir(arena_printf(&arena, "%s/a", folder).p), 0);
}

/* 108 bytes is what sun_path holds; a deeper socket is bound and reached all the same. */
static void long_paths_go_through_the_opened_folder(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(fd_close) int folder_fd = -1, server = -1, client = -1, client_folder = -1;
	struct str deep = arena_printf(&arena, "%s/%0100d", folder, 7);
	const char *path = arena_printf(&arena, "%s/s.sock", deep.p).p;
	struct sockaddr_un address;
	socklen_t size = 0;
	struct err err = { 0 };

	(void)state;
	assert_false(socket_address(path, &address, &size, &folder_fd, &err));
	assert_int_equal(err.kind, ERR_ABSENT);
	assert_true(socket_folder_make(path, &err));
	assert_true(socket_address(path, &address, &size, &folder_fd, &err));
	assert_true(folder_fd >= 0);
	server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(server, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(server, 1), 0);
	assert_true(socket_address(path, &address, &size, &client_folder, &err));
	client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(client, (struct sockaddr *)&address, size), 0);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(deep.p), 0);
}

static void short_paths_need_no_folder(void **state)
{
	struct sockaddr_un address;
	socklen_t size = 0;
	int folder_fd = -1;
	struct err err = { 0 };

	(void)state;
	assert_true(socket_address("/tmp/s", &address, &size, &folder_fd, &err));
	assert_int_equal(folder_fd, -1);
	assert_string_equal(address.sun_path, "/tmp/s");
	assert_int_equal(size, offsetof(struct sockaddr_un, sun_path) + 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_are_those_of_the_environment),
		cmocka_unit_test(relative_paths_begin_in_the_current_folder),
		cmocka_unit_test(folders_that_others_may_write_to_are_refused),
		cmocka_unit_test(long_paths_go_through_the_opened_folder),
		cmocka_unit_test(short_paths_need_no_folder),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
