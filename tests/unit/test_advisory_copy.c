#include "crawler/advisory_copy.h"
#include "base/file.h"
#include "tests/unit/temp_db.h"
#include <fcntl.h>
#include <sys/stat.h>

static void put(struct arena *arena, const struct temp_db *temp, const char *path,
                int64_t written_at)
{
	struct err err = { 0 };
	char *full = file_join(arena, temp->folder, str_of(path));
	char *slash = strrchr(full, '/');
	struct timespec times[2] = { { .tv_sec = written_at }, { .tv_sec = written_at } };

	*slash = '\0';
	assert_ok(file_make_folders(full, 0700, &err), err);
	*slash = '/';
	assert_ok(file_write(full, STR_LIT("x"), 0600, &err), err);
	assert_int_equal(utimensat(AT_FDCWD, full, times, 0), 0);
}

/* Each step adds a file to what is there. */
static const struct {
	const char *put;
	int64_t at;
	const char *found; /* NULL: none */
	int64_t fetched_at;
} steps[] = {
	{ "advisory-db/README.md", 9000, NULL, 0 },
	{ "advisory-dbs/other-0123456789abcdef/.git/HEAD", 9000, NULL, 0 },
	{ "advisory-db/.git/HEAD", 9000, "advisory-db", 0 },
	{ "advisory-dbs/github.com-a946fc29ac602819/HEAD", 1, "advisory-db", 0 },
	{ "advisory-dbs/github.com-a946fc29ac602819/FETCH_HEAD", 100,
	  "advisory-dbs/github.com-a946fc29ac602819", 100 },
	{ "advisory-db/.git/FETCH_HEAD", 200, "advisory-db", 200 },
	{ "advisory-dbs/advisory-db-3157b0e258782691/.git/HEAD", 1, "advisory-db", 200 },
	{ "advisory-dbs/advisory-db-3157b0e258782691/.git/FETCH_HEAD", 300,
	  "advisory-dbs/advisory-db-3157b0e258782691", 300 },
};

static void the_clone_that_was_fetched_last_is_found(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct temp_db temp = temp_db_make();
	struct advisory_copy copy;

	assert_false(advisory_copy_find(&arena, NULL, &copy));
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		put(&arena, &temp, steps[i].put, steps[i].at);
		bool found = advisory_copy_find(&arena, temp.folder, &copy);
		if (found != (steps[i].found != NULL))
			fail_msg("row %zu: %s", i, found ? copy.path.p : "nothing");
		if (found && (!str_ends(copy.path, str_of(steps[i].found)) ||
		              copy.fetched_at != steps[i].fetched_at))
			fail_msg("row %zu: %s, %lld", i, copy.path.p, (long long)copy.fetched_at);
	}
	temp_db_free(&temp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_clone_that_was_fetched_last_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
