#include "base/log.h"
#include "base/file.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const LONG = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static void write_lines(void)
{
	log_line(LOG_LEVEL_DEBUG, "unseen");
	log_line(LOG_LEVEL_INFO, "%d crates", 3);
	log_set_level(LOG_LEVEL_DEBUG);
	log_line(LOG_LEVEL_DEBUG, "seen");
	log_set_level(LOG_LEVEL_WARNING);
	log_line(LOG_LEVEL_INFO, "unseen");
	log_line(LOG_LEVEL_WARNING, "forged\nline \033[31m");
	log_line(LOG_LEVEL_ERROR, "disk full");
}

static void write_a_long_line(void)
{
	log_line(LOG_LEVEL_ERROR, "%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s", LONG, LONG, LONG,
	         LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG,
	         LONG, LONG, LONG);
}

/* What a child process that runs `act` writes to its stderr, which is a pipe; with `journal`, the
 * environment says that this pipe leads to the journal. */
static struct str stderr_of(struct arena *arena, void (*act)(void), bool journal)
{
	CLEANUP(fd_close) int reader = -1;
	struct stat info = { 0 };
	struct str text = { 0 };
	struct err err = { 0 };
	int ends[2] = { -1, -1 }, status = 0;

	assert_int_equal(pipe(ends), 0);
	reader = ends[0];
	assert_int_equal(fstat(ends[1], &info), 0);
	struct str stream = arena_printf(arena, "%ju:%ju", (uintmax_t)info.st_dev,
	                                 (uintmax_t)info.st_ino + (journal ? 0 : 1));
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		if (dup2(ends[1], STDERR_FILENO) < 0 || setenv("JOURNAL_STREAM", stream.p, 1) != 0)
			_exit(1);
		act();
		_exit(0);
	}
	close(ends[1]);
	assert_true(file_read_fd(arena, reader, "pipe", 1 << 20, &text, &err));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	return arena_str(arena, text);
}

static void lines_have_their_level_and_no_control_characters(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };

	assert_string_equal(stderr_of(&arena, write_lines, false).p,
	                    "3 crates\ndebug: seen\nwarning: forged\\x0aline \\x1b[31m\n"
	                    "error: disk full\n");
}

static void the_journal_gets_its_prefixes(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };

	assert_string_equal(stderr_of(&arena, write_lines, true).p,
	                    "<6>3 crates\n<7>seen\n<4>forged\\x0aline \\x1b[31m\n<3>disk full\n");
}

static void a_long_line_is_cut_and_still_ends(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str text = stderr_of(&arena, write_a_long_line, false);

	assert_true(text.n > 1000 && text.n < 1100);
	assert_int_equal(str_find(text, '\n'), text.n - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_have_their_level_and_no_control_characters),
		cmocka_unit_test(the_journal_gets_its_prefixes),
		cmocka_unit_test(a_long_line_is_cut_and_still_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
