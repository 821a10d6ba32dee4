/* cli/output.h: where an answer goes: standard output, or a file that is never half written.
 * Threads: any. Memory: none is kept. */
#ifndef RTAUDIT_CLI_OUTPUT_H
#define RTAUDIT_CLI_OUTPUT_H
#include "base/err.h"
#include "base/str.h"

/* Writes all of it to `path`, or to standard output where path is empty or "-". A reader that
 * closed its end early is no error. ERR_IO. */
MUST_CHECK bool output_write(struct str path, struct str bytes, struct err *err);
#endif
