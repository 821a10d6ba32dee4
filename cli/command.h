/* cli/command.h: the table of commands, and how one is found by its name.
 * Threads: pure. Memory: the table is static. */
#ifndef RTAUDIT_CLI_COMMAND_H
#define RTAUDIT_CLI_COMMAND_H
#include "cli/options.h"

/* Runs a command. On success *status is the exit status, 0 unless it is set. */
typedef bool command_fn(struct arena *arena, const struct options *options, int *status,
                        struct err *err);

struct command {
	const char *name;
	enum command_bit bit;
	size_t words_max;     /* how many words that are no flags it takes */
	const char *usage;    /* behind "Usage: " */
	const char *summary;  /* one line of the list of commands */
	const char *about;    /* paragraphs of its help */
	const char *examples; /* lines, each with its comment */
	command_fn *run;
};

/* The command of that name, or NULL. */
const struct command *command_find(struct str name);
/* The command whose name is nearest to a mistyped word, or NULL where none is near. */
const struct command *command_nearest(struct str word);
/* The command that a line without one means. */
const struct command *command_default(void);
/* The i-th command, NULL behind the last. */
const struct command *command_at(size_t i);
#endif
