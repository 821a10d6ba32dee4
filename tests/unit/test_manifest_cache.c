#include "daemon/manifest_cache.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

enum { ROOM = 1 << 20 };

/* A project of one manifest, whose bytes are a copy of their own. */
static struct project *project_of(struct arena *arena, const char *path, const char *manifest)
{
	struct project *project = arena_new(arena, struct project);

	*vec_add(arena, &project->files) =
		(struct project_file){ arena_str(arena, str_of(path)),
		                       arena_str(arena, str_of(manifest)) };
	return project;
}

static const char plain[] = "[package]\nname = \"a\"\nversion = \"1.0.0\"\n";

static void the_same_bytes_are_read_once(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct manifest_cache *cache = manifest_cache_open(ROOM);
	struct manifest_loan *first = NULL, *second = NULL;
	struct project *a = project_of(&arena, "Cargo.toml", plain),
		       *b = project_of(&arena, "Cargo.toml", plain);

	(void)state;
	manifest_cache_lend(cache, &arena, a, &first);
	size_t kept = manifest_cache_bytes(cache);

	assert_non_null(a->known);
	assert_true(kept > 0);
	assert_true(str_eq(a->known->packages[0].summary.name, STR_LIT("a")));
	manifest_cache_lend(cache, &arena, b, &second);
	assert_ptr_equal(a->known, b->known);
	assert_int_equal(manifest_cache_bytes(cache), kept);
	manifest_loan_return(&first);
	assert_null(first);
	manifest_loan_return(&first);
	manifest_loan_return(&second);
	manifest_cache_close(&cache);
	assert_null(cache);
}

static void another_byte_or_path_or_kind_is_another_project(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct manifest_cache *cache = manifest_cache_open(ROOM);
	struct project *projects[] = {
		project_of(&arena, "Cargo.toml", plain),
		project_of(&arena, "Cargo.toml", "[package]\nname = \"a\"\nversion = \"1.0.1\"\n"),
		project_of(&arena, "./Cargo.toml", plain),
		arena_new(&arena, struct project),
	};
	struct manifest_loan *loans[ARRAY_LEN(projects)] = { 0 };

	(void)state;
	*vec_add(&arena, &projects[3]->checkouts) =
		(struct git_checkout){ .files = projects[0]->files };
	for (size_t i = 0; i < ARRAY_LEN(projects); i++)
		manifest_cache_lend(cache, &arena, projects[i], &loans[i]);
	assert_null(projects[3]->known);
	const struct workspace *known[] = { projects[0]->known, projects[1]->known,
		                            projects[2]->known, projects[3]->checkouts.p[0].known };

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		assert_non_null(known[i]);
		for (size_t k = 0; k < i; k++)
			assert_ptr_not_equal(known[i], known[k]);
	}
	assert_true(known[0]->packages[0].is_member);
	assert_false(known[3]->packages[0].is_member);
	assert_true(str_eq(known[1]->packages[0].summary.vers, STR_LIT("1.0.1")));
	for (size_t i = 0; i < ARRAY_LEN(loans); i++)
		manifest_loan_return(&loans[i]);
	manifest_cache_close(&cache);
}

static void what_is_broken_stays_unknown(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct manifest_cache *cache = manifest_cache_open(ROOM);
	struct manifest_loan *loan = NULL;
	struct project *broken = project_of(&arena, "Cargo.toml", "[package\n"), none = { 0 };

	(void)state;
	manifest_cache_lend(cache, &arena, broken, &loan);
	assert_null(broken->known);
	manifest_loan_return(&loan);
	manifest_cache_lend(cache, &arena, &none, &loan);
	assert_null(none.known);
	manifest_loan_return(&loan);
	assert_int_equal(manifest_cache_bytes(cache), 0);
	manifest_cache_close(&cache);
}

static void what_is_displaced_or_forgotten_lives_until_it_is_returned(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct manifest_cache *cache = manifest_cache_open(ROOM);
	struct manifest_loan *first = NULL, *loan = NULL;
	struct project *a = project_of(&arena, "Cargo.toml", plain);

	(void)state;
	manifest_cache_lend(cache, &arena, a, &first);
	for (int i = 0; i < 2000; i++) {
		struct str text = arena_printf(&arena, "%s# %d\n", plain, i);

		manifest_cache_lend(cache, &arena, project_of(&arena, "Cargo.toml", text.p), &loan);
		manifest_loan_return(&loan);
		assert_true(manifest_cache_bytes(cache) <= ROOM);
	}
	assert_true(manifest_cache_bytes(cache) > 0);
	manifest_cache_forget_all(cache);
	assert_int_equal(manifest_cache_bytes(cache), 0);
	assert_true(str_eq(a->known->packages[0].summary.name, STR_LIT("a")));
	manifest_loan_return(&first);
	manifest_cache_close(&cache);
}

static void what_alone_is_too_large_is_lent_but_not_kept(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct manifest_cache *cache = manifest_cache_open(100);
	struct manifest_loan *loan = NULL;
	struct project *a = project_of(&arena, "Cargo.toml", plain);

	(void)state;
	manifest_cache_lend(cache, &arena, a, &loan);
	assert_non_null(a->known);
	assert_int_equal(manifest_cache_bytes(cache), 0);
	manifest_loan_return(&loan);
	manifest_cache_close(&cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_bytes_are_read_once),
		cmocka_unit_test(another_byte_or_path_or_kind_is_another_project),
		cmocka_unit_test(what_is_broken_stays_unknown),
		cmocka_unit_test(what_is_displaced_or_forgotten_lives_until_it_is_returned),
		cmocka_unit_test(what_alone_is_too_large_is_lent_but_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
