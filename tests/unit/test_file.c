#include "base/file.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each test works in a folder of its own, removed afterwards. */
static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/rtaudit-test-file.XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str_list names = { 0 };
	struct err err = { 0 };

	if (!file_list(&arena, folder, 1000, &names, &err))
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		const char *path = file_join(&arena, folder, names.p[i]);

		if (remove(path) != 0 && (chmod(path, 0700) != 0 || remove(path) != 0))
			return -1;
	}
	return rmdir(folder);
}

static const char *in_folder(struct arena *arena, const char *name)
{
	return file_join(arena, folder, str_of(name));
}

static void what_is_written_is_read(void **state)
{
	(void)state;
	static const size_t sizes[] = { 0, 1, 16383, 16384, 16385, 100000 };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		const char *path = in_folder(&arena, "file");
		char *bytes = arena_alloc(&arena, sizes[i] + 1);
		struct str written = { bytes, sizes[i] }, read = { 0 };
		struct err err = { 0 };

		memset(bytes, 'a' + (int)i, sizes[i]);
		assert_true(file_write(path, written, 0600, &err));
		assert_true(file_read(&arena, path, sizes[i], &read, &err));
		assert_true(str_eq(read, written));
		if (sizes[i] == 0)
			continue;
		assert_false(file_read(&arena, path, sizes[i] - 1, &read, &err));
		assert_int_equal(err.kind, ERR_LIMIT);
		assert_true(str_starts(str_of(err.text), str_of(path)));
	}
}

static void a_file_without_size_is_read_to_its_end(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(fd_close) int reader = -1;
	struct str read = { 0 };
	struct err err = { 0 };
	int ends[2] = { -1, -1 };

	assert_int_equal(pipe(ends), 0);
	reader = ends[0];
	assert_int_equal(write(ends[1], "twelve bytes", 12), 12);
	close(ends[1]);
	assert_true(file_read_fd(&arena, reader, "-", 12, &read, &err));
	assert_true(str_eq(read, STR_LIT("twelve bytes")));
	assert_false(file_read(&arena, "/dev/zero", 100000, &read, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_true(file_read(&arena, "/proc/self/status", 1 << 20, &read, &err));
	assert_true(read.n > 100);
}

static void what_cannot_be_read_has_its_kind(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str read = { 0 };
	struct err err = { 0 };
	const char *absent = in_folder(&arena, "absent");

	assert_false(file_read(&arena, absent, 10, &read, &err));
	assert_int_equal(err.kind, ERR_ABSENT);
	assert_string_equal(err.text,
	                    arena_printf(&arena, "%s: No such file or directory", absent).p);
	assert_false(file_read(&arena, folder, 10, &read, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_string_equal(err.text, arena_printf(&arena, "%s: is a folder", folder).p);
	assert_false(file_read_fd(&arena, -1, "nothing", 10, &read, &err));
	assert_int_equal(err.kind, ERR_IO);
}

static void a_failed_write_leaves_nothing_behind(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str_list names = { 0 };
	struct err err = { 0 };
	const char *sub = in_folder(&arena, "sub");

	assert_false(file_write(in_folder(&arena, "absent/file"), STR_LIT("x"), 0600, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_true(file_make_folders(sub, 0700, &err));
	assert_false(file_write(sub, STR_LIT("x"), 0600, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_true(file_list(&arena, folder, 1000, &names, &err));
	assert_int_equal(names.n, 1);
	/* A full disk is seen when the bytes are written. */
	assert_false(file_write("/dev/full", STR_LIT("x"), 0600, &err));
	assert_int_equal(err.kind, ERR_IO);
}

static void links_stay_and_devices_are_written_directly(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str read = { 0 };
	struct err err = { 0 };
	struct stat info = { 0 };
	const char *file = in_folder(&arena, "file"), *link = in_folder(&arena, "link");

	assert_true(file_write(file, STR_LIT("old"), 0640, &err));
	assert_int_equal(stat(file, &info), 0);
	assert_int_equal(info.st_mode & 0700, 0600);
	assert_int_equal(symlink("file", link), 0);
	assert_true(file_write(link, STR_LIT("new"), 0640, &err));
	assert_int_equal(lstat(link, &info), 0);
	assert_true(S_ISLNK(info.st_mode));
	assert_true(file_read(&arena, file, 10, &read, &err));
	assert_true(str_eq(read, STR_LIT("new")));
	assert_true(file_write("/dev/null", STR_LIT("x"), 0600, &err));
	assert_int_equal(lstat("/dev/null", &info), 0);
	assert_true(S_ISCHR(info.st_mode));
}

static void folders_are_made_and_listed_in_order(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str_list names = { 0 };
	struct err err = { 0 };
	const char *deep = in_folder(&arena, "a/b//c/");

	assert_true(file_make_folders(deep, 0700, &err));
	assert_true(file_make_folders(deep, 0700, &err));
	assert_true(file_is_folder(deep));
	assert_false(file_is_regular(deep));
	assert_true(file_make_folders(in_folder(&arena, "B"), 0700, &err));
	assert_true(file_write(in_folder(&arena, "a-file"), STR_LIT(""), 0600, &err));
	assert_true(file_is_regular(in_folder(&arena, "a-file")));
	assert_false(file_is_folder(in_folder(&arena, "a-file")));
	assert_false(file_make_folders(in_folder(&arena, "a-file"), 0700, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_false(file_make_folders(in_folder(&arena, "a-file/x"), 0700, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_true(file_list(&arena, folder, 3, &names, &err));
	assert_int_equal(names.n, 3);
	assert_true(str_eq(names.p[0], STR_LIT("B")));
	assert_true(str_eq(names.p[1], STR_LIT("a")));
	assert_true(str_eq(names.p[2], STR_LIT("a-file")));
	assert_false(file_list(&arena, folder, 2, &names, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_false(file_list(&arena, in_folder(&arena, "absent"), 2, &names, &err));
	assert_int_equal(err.kind, ERR_ABSENT);
	assert_false(file_list(&arena, in_folder(&arena, "a-file"), 2, &names, &err));
	assert_int_equal(err.kind, ERR_IO);
	/* Left as remove_folder can remove them. */
	assert_int_equal(rmdir(in_folder(&arena, "a/b/c")), 0);
	assert_int_equal(rmdir(in_folder(&arena, "a/b")), 0);
}

static const struct {
	const char *head, *tail, *joined;
} joins[] = {
	{ "a", "b", "a/b" }, { "a/", "b/c", "a/b/c" },
	{ "", "b", "b" },    { "a", "", "a" },
	{ "/", "b", "/b" },  { "a", "/b", "/b" },
	{ "", "", "" },      { "a/b", "../c", "a/b/../c" },
};

static void paths_are_joined(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(joins); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };

		assert_string_equal(file_join(&arena, joins[i].head, str_of(joins[i].tail)),
		                    joins[i].joined);
	}
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(what_is_written_is_read),
		WITH_FOLDER(a_file_without_size_is_read_to_its_end),
		WITH_FOLDER(what_cannot_be_read_has_its_kind),
		WITH_FOLDER(a_failed_write_leaves_nothing_behind),
		WITH_FOLDER(links_stay_and_devices_are_written_directly),
		WITH_FOLDER(folders_are_made_and_listed_in_order),
		cmocka_unit_test(paths_are_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
