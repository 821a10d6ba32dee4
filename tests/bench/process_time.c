/* tests/bench/process_time.c: how long whole processes take, two commands in turn.
 *
 *	process_time [--runs N] [--touch FILE] [--cwd DIR] -- COMMAND… [-- OTHER…]
 *
 * Each run is timed from before posix_spawn to after wait4, its output goes to /dev/null. With
 * --touch, the last byte of the first line of FILE (a comment) is changed before each run, so that
 * no answer can be kept. Prints minimum, median, 99th percentile and maximum of each command, and
 * the ratio of the medians. */
#include "base/when.h"
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { RUNS_MAX = 10000, WARM_UP = 3 };

struct command {
	char **argv;
	int64_t took_us[RUNS_MAX];
	long peak_kb;
	int status;
};

static void touch(const char *path, int run)
{
	char line[4096];
	int fd = open(path, O_RDWR | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : pread(fd, line, sizeof line, 0);
	char *end = n > 0 ? memchr(line, '\n', (size_t)n) : NULL;

	if (!end || end == line || line[0] != '#') {
		fprintf(stderr, "%s does not begin with a comment\n", path);
		exit(2);
	}
	char byte = (char)('a' + run % 26);
	if (pwrite(fd, &byte, 1, end - line - 1) != 1)
		exit(2);
	close(fd);
}

static int64_t run_once(struct command *command, const char *cwd)
{
	posix_spawn_file_actions_t actions;
	struct rusage usage;
	pid_t pid = 0;
	int status = 0;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (cwd)
		posix_spawn_file_actions_addchdir_np(&actions, cwd);
	int64_t start = when_monotonic_us();
	if (posix_spawnp(&pid, command->argv[0], &actions, NULL, command->argv, environ) != 0) {
		fprintf(stderr, "%s cannot be started\n", command->argv[0]);
		exit(2);
	}
	if (wait4(pid, &status, 0, &usage) != pid)
		exit(2);
	int64_t took = when_monotonic_us() - start;
	posix_spawn_file_actions_destroy(&actions);
	command->status = WIFEXITED(status) ? WEXITSTATUS(status) : 255;
	if (usage.ru_maxrss > command->peak_kb)
		command->peak_kb = usage.ru_maxrss;
	return took;
}

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static double print(struct command *command, int runs)
{
	qsort(command->took_us, (size_t)runs, sizeof command->took_us[0], ascending);
	int last = (runs * 99 + 99) / 100 - 1;
	double median = (double)command->took_us[runs / 2] / 1000;

	printf("%-10s min %8.2f  median %8.2f  p99 %8.2f  max %8.2f ms  peak %ld KB  exit %d\n",
	       command->argv[0] + (strrchr(command->argv[0], '/')
	                                   ? strrchr(command->argv[0], '/') - command->argv[0] + 1
	                                   : 0),
	       (double)command->took_us[0] / 1000, median, (double)command->took_us[last] / 1000,
	       (double)command->took_us[runs - 1] / 1000, command->peak_kb, command->status);
	return median;
}

int main(int argc, char **argv)
{
	static struct command commands[2];
	const char *touched = NULL, *cwd = NULL;
	int runs = 50, n = 0, i = 1;

	for (; i + 1 < argc && strcmp(argv[i], "--") != 0; i += 2) {
		uint64_t number = 0;
		if (strcmp(argv[i], "--runs") == 0 && str_to_u64(str_of(argv[i + 1]), &number) &&
		    number > 0 && number <= RUNS_MAX)
			runs = (int)number;
		else if (strcmp(argv[i], "--touch") == 0)
			touched = argv[i + 1];
		else if (strcmp(argv[i], "--cwd") == 0)
			cwd = argv[i + 1];
		else
			return 2;
	}
	for (; i < argc && n < 2; n++) {
		argv[i++] = NULL;
		commands[n].argv = argv + i;
		while (i < argc && strcmp(argv[i], "--") != 0)
			i++;
	}
	if (n == 0)
		return 2;
	for (int run = -WARM_UP; run < runs; run++)
		for (int c = 0; c < n; c++) {
			if (touched)
				touch(touched, run + WARM_UP);
			int64_t took = run_once(&commands[c], cwd);
			if (run >= 0)
				commands[c].took_us[run] = took;
		}
	double a = print(&commands[0], runs);
	if (n == 2)
		printf("ratio of medians: %.1f\n", print(&commands[1], runs) / a);
	return 0;
}
