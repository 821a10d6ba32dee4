#include "crawler/cargo_hash.h"
#include "audit/lock_source.h"
#include "tests/unit/unit.h"

/* Folders that cargo 1.95 and cargo before 1.85 made, and values of cargo's own tests. NULL: not
 * measured. */
static const struct {
	const char *index, *newer, *older;
} cases[] = {
	{ "sparse+http://127.0.0.1:18642/", "127.0.0.1-94203acba06ff9ab", NULL },
	{ "sparse+http://127.0.0.1:18699/", "127.0.0.1-b44b3e779a47e247", NULL },
	{ "sparse+http://127.0.0.1:18642/index/", "127.0.0.1-e2e09f768cf5e410", NULL },
	{ "sparse+http://127.0.0.1:18699/index/", "127.0.0.1-a32d01452be2f7c6", NULL },
	{ "sparse+http://127.0.0.1:18642/a/b.git/", "127.0.0.1-46c5d39b800ae0b2", NULL },
	{ "sparse+http://127.0.0.1:18642/a//b/", "127.0.0.1-b9d96c76d7c9d04c", NULL },
	{ "sparse+http://127.0.0.1:18642/c/", "127.0.0.1-a600940b89b5dda0", NULL },
	{ "sparse+http://127.0.0.1:18642/git/", "127.0.0.1-e9828ef346ccc0cc", NULL },
	{ "sparse+http://127.0.0.1:18642/.git/", "127.0.0.1-94203acba06ff9ab", NULL },
	{ "sparse+http://LocalHost:18642/A/", "LocalHost-488095a60af8a3c5", NULL },
	{ "https://my-crates.io", "my-crates.io-b2d65deb64f05373", NULL },
	{ "https://your-crates.io/", "your-crates.io-755952de063f5dc4", NULL },
	{ "HTTPS://My-Crates.io:443", "my-crates.io-b2d65deb64f05373", NULL },
	{ "sparse+https://my-crates.io", "my-crates.io-327cfdbd92dd81e1", NULL },
	{ "sparse+https://your-crates.io", "your-crates.io-64a713b6a6fb7055", NULL },
};

/* Addresses that cargo writes in another way, or none at all. */
static const char *const refused[] = {
	"",
	"sparse+",
	"crates-io",
	"sparse+http://h/a/../b/",
	"sparse+http://h/./",
	"http://h/%2e%2E/",
	"sparse+http://h/?q",
	"http://h/#f",
	"http://u:secret@h/",
	"http://h/a b",
	"http://h/\xc3\xa4",
};

static void check(const char *index, size_t which, const char *expected)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str_list names = { 0 };

	cargo_hash_folders(&arena, str_of(index), &names);
	if (names.n != 2)
		fail_msg("%s: %zu names", index, names.n);
	if (!str_eq(names.p[which], str_of(expected)))
		fail_msg("%s: " STR_FMT " instead of %s", index, STR_ARG(names.p[which]), expected);
}

static void folders_are_called_as_cargo_calls_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check(cases[i].index, 0, cases[i].newer);
}

static void crates_io_has_four_folders(void **state)
{
	(void)state;
	const char *sparse = lock_source_crates_io_sparse().p, *git = lock_source_crates_io_git().p;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str_list names = { 0 };

	check(git, 0, "github.com-25cdd57fae9f0462");
	check(git, 1, "github.com-1ecc6299db9ec823");
	cargo_hash_folders(&arena, str_of(sparse), &names);
	assert_int_equal(names.n, 2);
	assert_true(str_ends(names.p[0], STR_LIT(".crates.io-1949cf8c6b5b557f")));
	assert_true(str_ends(names.p[1], STR_LIT(".crates.io-6f17d22bba15001f")));
}

static void spellings_of_github_are_one_to_newer_cargo_alone(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str_list names = { 0 };

	cargo_hash_folders(&arena, STR_LIT("registry+http://github.com/Some/Index.git"), &names);
	cargo_hash_folders(&arena, STR_LIT("https://github.com/some/index"), &names);
	assert_int_equal(names.n, 4);
	assert_true(str_eq(names.p[0], names.p[2]));
	assert_false(str_eq(names.p[1], names.p[3]));
}

static void what_cargo_writes_in_another_way_is_not_hashed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct str_list names = { 0 };

		cargo_hash_folders(&arena, str_of(refused[i]), &names);
		if (names.n > 0)
			fail_msg("%s: " STR_FMT, refused[i], STR_ARG(names.p[0]));
	}
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str_list names = { 0 };
	char *path = arena_alloc(&arena, 3000);

	memset(path, 'a', 3000);
	for (size_t n = 2033; n <= 2034; n++) { /* one byte more than may be */
		names.n = 0;
		cargo_hash_folders(&arena,
		                   arena_printf(&arena, "sparse+http://h/%.*s", (int)(n - 1), path),
		                   &names);
		assert_int_equal(names.n, n == 2033 ? 2 : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folders_are_called_as_cargo_calls_them),
		cmocka_unit_test(crates_io_has_four_folders),
		cmocka_unit_test(spellings_of_github_are_one_to_newer_cargo_alone),
		cmocka_unit_test(what_cargo_writes_in_another_way_is_not_hashed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
