/* cli/status_text.h: the daemon's status as a person reads it.
 * Source: docs/protocol.md, `GET /v1/status`. Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_CLI_STATUS_TEXT_H
#define RTAUDIT_CLI_STATUS_TEXT_H
#include "base/arena.h"
#include "base/buf.h"

/* Writes the JSON of a status as a few lines of text; what it lacks is left out. ERR_NETWORK for
 * what is no JSON object. */
MUST_CHECK bool status_text(struct arena *arena, struct str json, struct buf *to, struct err *err);
#endif
