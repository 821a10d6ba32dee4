/* cli/commands.h: what each command does; cli/command.c lists them, its help texts say the rest.
 * Threads: one. Memory: the caller's arena. */
#ifndef RTAUDIT_CLI_COMMANDS_H
#define RTAUDIT_CLI_COMMANDS_H
#include "cli/command.h"

command_fn cmd_audit;
command_fn cmd_why;
command_fn cmd_diff;
command_fn cmd_crate;
command_fn cmd_sync;
command_fn cmd_status;
command_fn cmd_explain;
command_fn cmd_export;
#endif
