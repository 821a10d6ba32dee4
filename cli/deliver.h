/* cli/deliver.h: what all commands have in common: ask, write the answer, take over the exit
 * status. Threads: one. Memory: the caller's arena. */
#ifndef RTAUDIT_CLI_DELIVER_H
#define RTAUDIT_CLI_DELIVER_H
#include "cli/ask.h"
#include "cli/options.h"

/* Sends `parts` (NULL: none) to a path of the daemon and writes what it answers to standard output
 * or
 * --output. *status becomes the daemon's word. */
MUST_CHECK bool deliver(struct arena *arena, const struct options *options, const char *method,
                        const char *path, const struct parts *parts, int *status, struct err *err);
/* The same without writing. */
MUST_CHECK bool deliver_ask(struct arena *arena, const struct options *options, const char *method,
                            const char *path, const struct parts *parts,
                            struct client_response *out, struct err *err);
#endif
