#include "audit/lock_source.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static const struct {
	const char *text;
	enum source_kind kind;
	const char *url, *git_ref, *commit;
	bool is_crates_io;
} cases[] = {
	{ "registry+https://github.com/rust-lang/crates.io-index", SOURCE_REGISTRY,
	  "https://github.com/rust-lang/crates.io-index", "", "", true },
	{ "registry+https://github.com/Rust-Lang/crates.io-index.git/", SOURCE_REGISTRY,
	  "https://github.com/Rust-Lang/crates.io-index.git/", "", "", true },
	{ "registry+https://example.org/rust-lang/crates.io-index", SOURCE_REGISTRY,
	  "https://example.org/rust-lang/crates.io-index", "", "", false },
	{ "sparse+https://example.org/index/", SOURCE_SPARSE, "https://example.org/index/", "", "",
	  false },
	{ "git+https://example.org/a#0123", SOURCE_GIT, "https://example.org/a", "", "0123",
	  false },
	{ "git+https://example.org/a?branch=x#0123", SOURCE_GIT, "https://example.org/a",
	  "branch=x", "0123", false },
	{ "git+https://example.org/a?ref=x", SOURCE_GIT, "https://example.org/a", "branch=x", "",
	  false },
	{ "git+https://example.org/a?tag=1&rev=ab", SOURCE_GIT, "https://example.org/a", "rev=ab",
	  "", false },
	{ "git+https://example.org/a?branch=f%2Fg%20h+i", SOURCE_GIT, "https://example.org/a",
	  "branch=f/g h i", "", false },
	{ "git+https://example.org/a?branch=100%", SOURCE_GIT, "https://example.org/a",
	  "branch=100%", "", false },
	{ "git+https://example.org/a?branch=%ff", SOURCE_GIT, "https://example.org/a", "branch=%ff",
	  "", false },
	{ "git+https://example.org/a?depth=1", SOURCE_GIT, "https://example.org/a", "", "", false },
	{ "git+ssh://git@example.org/a.git", SOURCE_GIT, "ssh://git@example.org/a.git", "", "",
	  false },
	{ "path+file:///a/b", SOURCE_PATH, "file:///a/b", "", "", false },
	{ "local-registry+file:///a", SOURCE_LOCAL_REGISTRY, "file:///a", "", "", false },
	{ "directory+file:///a", SOURCE_DIRECTORY, "file:///a", "", "", false },
};

static void parts_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct lock_source got = { 0 };
		struct err err = { 0 };

		if (!lock_source_parse(&arena, str_of(cases[i].text), &got, &err))
			fail_msg("%s: %s", cases[i].text, err.text);
		if (got.kind != cases[i].kind || !str_eq(got.url, str_of(cases[i].url)) ||
		    !str_eq(got.git_ref, str_of(cases[i].git_ref)) ||
		    !str_eq(got.commit, str_of(cases[i].commit)) ||
		    got.is_crates_io != cases[i].is_crates_io)
			fail_msg("%s: kind %d, url " STR_FMT ", ref " STR_FMT ", commit " STR_FMT,
			         cases[i].text, (int)got.kind, STR_ARG(got.url),
			         STR_ARG(got.git_ref), STR_ARG(got.commit));
	}
}

static void unknown_kinds_are_refused(void **state)
{
	static const char *const texts[] = { "", "https://example.org", "svn+https://example.org",
		                             "git+" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct lock_source got = { 0 };
		struct err err = { 0 };

		if (lock_source_parse(&arena, str_of(texts[i]), &got, &err))
			fail_msg("'%s' is accepted", texts[i]);
		assert_int_equal(err.kind, ERR_INPUT);
	}
}

static void crates_io_has_two_addresses(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct lock_source sparse = { 0 }, git = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_true(lock_source_is_crates_io(lock_source_crates_io_sparse()));
	assert_true(lock_source_is_crates_io(lock_source_crates_io_git()));
	assert_false(lock_source_is_crates_io(STR_LIT("sparse+https://example.org/")));
	assert_false(lock_source_is_crates_io(STR_LIT("")));
	assert_true(lock_source_parse(&arena, lock_source_crates_io_sparse(), &sparse, &err));
	assert_true(lock_source_parse(
		&arena, STR_LIT("registry+https://github.com/rust-lang/crates.io-index"), &git,
		&err));
	assert_true(lock_source_same(&sparse, &git));
}

static const struct {
	const char *a, *b;
	bool same;
} pairs[] = {
	{ "git+https://example.org/a#1", "git+https://example.org/a#2", true },
	{ "git+https://example.org/a", "git+https://example.org/a.git/", true },
	{ "git+https://example.org/a", "git+https://example.org/A", false },
	{ "git+https://github.com/x/a", "git+https://github.com/X/A.git", true },
	{ "git+https://example.org/a?branch=x", "git+https://example.org/a?ref=x", true },
	{ "git+https://example.org/a?branch=x", "git+https://example.org/a?tag=x", false },
	{ "git+https://example.org/a?branch=x", "git+https://example.org/a", false },
	{ "git+https://example.org/a", "registry+https://example.org/a", false },
	{ "registry+https://example.org/a", "sparse+https://example.org/a", false },
};

static void spellings_of_one_place_are_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct lock_source a = { 0 }, b = { 0 };
		struct err err = { 0 };

		assert_true(lock_source_parse(&arena, str_of(pairs[i].a), &a, &err));
		assert_true(lock_source_parse(&arena, str_of(pairs[i].b), &b, &err));
		if (lock_source_same(&a, &b) != pairs[i].same ||
		    lock_source_same(&b, &a) != pairs[i].same)
			fail_msg("%s and %s", pairs[i].a, pairs[i].b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_are_read),
		cmocka_unit_test(unknown_kinds_are_refused),
		cmocka_unit_test(crates_io_has_two_addresses),
		cmocka_unit_test(spellings_of_one_place_are_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
