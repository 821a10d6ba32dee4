/* cli/help.h: help texts, made from the tables of commands and flags.
 * Threads: pure. Memory: the caller's buffer. */
#ifndef RTAUDIT_CLI_HELP_H
#define RTAUDIT_CLI_HELP_H
#include "cli/command.h"

/* `rtaudit --help`: what it is, the commands, the environment, the exit status. */
void help_program(struct buf *to, size_t width);
/* `rtaudit COMMAND --help`. */
void help_command(struct buf *to, const struct command *command, size_t width);
/* Writes words with a line break, and blanks up to `column`, wherever the next one does not fit;
 * ends the line. */
void help_wrap(struct buf *to, struct str text, size_t column, size_t width);
#endif
