#include "crawler/cargo_home.h"
#include "base/file.h"
#include "tests/unit/temp_db.h"
#include <fcntl.h>
#include <sys/stat.h>

#define HEAD "\3\2\0\0\0"

static const struct {
	struct str bytes;
	const char *lines; /* NULL: refused */
	const char *etag, *last_modified;
} cases[] = {
	{ STR(HEAD "Unknown\0"
	           "1.0.0\0{\"a\":1}\0"
	           "1.1.0\0{\"b\":2}\0"),
	  "{\"a\":1}\n{\"b\":2}\n", "", "" },
	{ STR(HEAD "etag: \"x\"\0"
	           "1.0.0\0{}\0"),
	  "{}\n", "\"x\"", "" },
	{ STR(HEAD "last-modified: Mon\0"
	           "1.0.0\0{}\0"),
	  "{}\n", "", "Mon" },
	{ STR(HEAD "Unknown\0"), "", "", "" },
	{ STR("\3\1\0\0\0Unknown\0"
	      "1.0.0\0{}\0"),
	  "{}\n", "", "" },
	{ STR("\2\2\0\0\0Unknown\0"), NULL, NULL, NULL },
	{ STR("\3\3\0\0\0Unknown\0"), NULL, NULL, NULL },
	{ STR("\3\2\0\0\1Unknown\0"), NULL, NULL, NULL },
	{ STR(HEAD "Unknown"), NULL, NULL, NULL },
	{ STR(HEAD "Unknown\0"
	           "1.0.0\0{}"),
	  NULL, NULL, NULL },
	{ STR(HEAD "Unknown\0"
	           "1.0.0"),
	  NULL, NULL, NULL },
	{ STR("\3\2"), NULL, NULL, NULL },
	{ STR(""), NULL, NULL, NULL },
};

static void cargos_form_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct cargo_index_file file = { 0 };
		struct err err = { 0 };
		bool ok = cargo_index_file_parse(&arena, cases[i].bytes, &file, &err);

		if (ok != (cases[i].lines != NULL))
			fail_msg("row %zu: %s", i, ok ? "accepted" : err.text);
		if (ok && (!str_eq(file.lines, str_of(cases[i].lines)) ||
		           !str_eq(file.etag, str_of(cases[i].etag)) ||
		           !str_eq(file.last_modified, str_of(cases[i].last_modified))))
			fail_msg("row %zu: " STR_FMT, i, STR_ARG(file.lines));
		if (!ok)
			assert_int_equal(err.kind, ERR_INPUT);
	}
}

static void put(struct arena *arena, const struct temp_db *temp, const char *path, struct str text,
                int64_t written_at)
{
	struct err err = { 0 };
	char *full = file_join(arena, temp->folder, str_of(path));
	char *slash = strrchr(full, '/');
	struct timespec times[2] = { { .tv_sec = written_at }, { .tv_sec = written_at } };

	*slash = '\0';
	assert_ok(file_make_folders(full, 0700, &err), err);
	*slash = '/';
	assert_ok(file_write(full, text, 0600, &err), err);
	assert_int_equal(utimensat(AT_FDCWD, full, times, 0), 0);
}

/* The folders of the index A; B is another one on the same host. */
#define A STR_LIT("sparse+http://127.0.0.1:18642/index/")
#define B STR_LIT("sparse+http://127.0.0.1:18699/index/")
#define NEW_A "127.0.0.1-e2e09f768cf5e410/"
#define OLD_A "127.0.0.1-c853fd30aaca8cff/"
#define NEW_B "127.0.0.1-a32d01452be2f7c6/"

static struct cargo_home find(struct arena *arena, const char *home, struct str index)
{
	struct str_list indexes = { 0 };
	struct cargo_home found;

	*vec_add(arena, &indexes) = index;
	cargo_home_find(arena, home, &indexes, &found);
	return found;
}

static void the_newest_copy_of_exactly_that_index_is_taken(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct temp_db temp = temp_db_make();
	struct str one = STR(HEAD "Unknown\0"
	                          "1.0.0\0{1}\0"),
		   two = STR(HEAD "Unknown\0"
	                          "1.0.0\0{2}\0");
	struct cargo_index_file file = { 0 };
	struct err err = { 0 };

	put(&arena, &temp, "registry/index/" OLD_A ".cache/se/rd/serde", two, 2000);
	put(&arena, &temp, "registry/index/" NEW_A ".cache/se/rd/serde", one, 1000);
	put(&arena, &temp, "registry/index/" NEW_B ".cache/se/rd/serde", one, 9000);
	put(&arena, &temp, "registry/index/127.0.0.1-0123456789abcdef/.cache/se/rd/serde", one,
	    9000);
	struct cargo_home home = find(&arena, temp.folder, A);
	assert_int_equal(home.index.n, 2);
	assert_int_equal(cargo_home_index(&arena, &home, STR_LIT("Serde"), 0, &file, &err), 1);
	assert_int_equal(file.written_at, 2000);
	assert_true(str_eq(file.lines, STR_LIT("{2}\n")));
	assert_int_equal(cargo_home_index(&arena, &home, STR_LIT("serde"), 2000, &file, &err), 0);
	assert_int_equal(cargo_home_index(&arena, &home, STR_LIT("other"), 0, &file, &err), 0);
	assert_int_equal(cargo_home_index(&arena, &home, STR_LIT("../x"), 0, &file, &err), -1);
	home = find(&arena, temp.folder, B);
	assert_int_equal(home.index.n, 1);
	home = find(&arena, "/nonexistent/home", A);
	assert_int_equal(home.index.n + home.cache.n + home.src.n, 0);
	home = find(&arena, NULL, A);
	assert_int_equal(cargo_home_index(&arena, &home, STR_LIT("serde"), 0, &file, &err), 0);
	temp_db_free(&temp);
}

static void archives_and_manifests_are_found(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct temp_db temp = temp_db_make();
	struct str name = STR("serde"), vers = STR("1.0.0+b"), got = { 0 };
	struct err err = { 0 };

	put(&arena, &temp, "registry/cache/" NEW_A "serde-1.0.0+b.crate", STR_LIT("packed"), 1);
	put(&arena, &temp, "registry/src/" NEW_A "serde-1.0.0+b/Cargo.toml", STR_LIT("[package]"),
	    1);
	struct cargo_home home = find(&arena, temp.folder, A);
	assert_int_equal(cargo_home_archive(&arena, &home, name, vers, &got, &err), 1);
	assert_true(str_eq(got, STR_LIT("packed")));
	assert_int_equal(cargo_home_manifest(&arena, &home, name, vers, &got, &err), 1);
	assert_true(str_eq(got, STR_LIT("[package]")));
	assert_int_equal(cargo_home_archive(&arena, &home, name, STR_LIT("2.0.0"), &got, &err), 0);
	assert_int_equal(cargo_home_archive(&arena, &home, name, STR_LIT("../1"), &got, &err), -1);
	assert_int_equal(cargo_home_manifest(&arena, &home, STR_LIT("a/b"), vers, &got, &err), -1);
	temp_db_free(&temp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cargos_form_is_read),
		cmocka_unit_test(the_newest_copy_of_exactly_that_index_is_taken),
		cmocka_unit_test(archives_and_manifests_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
