/* cli/terminal.h: what the terminal can show.
 * Source: no-color.org (NO_COLOR), the Cargo Book, "Configuration" (term.color), ioctl_tty(2).
 * Threads: reads the environment. Memory: none is allocated here. */
#ifndef RTAUDIT_CLI_TERMINAL_H
#define RTAUDIT_CLI_TERMINAL_H
#include "base/str.h"

/* Whether a person reads what is written there, on a terminal that can move its cursor. */
bool terminal_is(int fd);
/* Columns of the terminal at fd: its own answer, else COLUMNS; 0 where it is none, so that nothing
 * is cut. */
size_t terminal_width(int fd);
/* Whether to colour what goes to fd. `when` is --color or empty; then NO_COLOR, CARGO_TERM_COLOR
 * and whether it is a terminal decide, in this order. */
bool terminal_has_color(int fd, struct str when);
#endif
