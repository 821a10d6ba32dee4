/* cli/progress.h: one line on the terminal while the daemon is at work.
 *
 * After a third of a second without an answer the daemon is asked, over a second connection, what
 * it does, and its words are shown on stderr, replaced several times a second and wiped out before
 * anything else is written. Where stderr is no terminal nothing is asked or shown. Source:
 * docs/protocol.md (`work.text`); ECMA-48 (erase in line). Threads: one. Memory: its own, none
 * kept. */
#ifndef RTAUDIT_CLI_PROGRESS_H
#define RTAUDIT_CLI_PROGRESS_H
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* Waits until `fd` can be read, for at most timeout_ms, and shows meanwhile what the daemon at
 * `socket_path` does. ERR_NETWORK where nothing came in time. */
MUST_CHECK bool progress_wait(const char *socket_path, int fd, int timeout_ms, struct err *err);

/* `work.text` of a status; empty where there is none, and where the text is no such JSON. */
struct str progress_text(struct arena *arena, struct str status);
/* Writes the line that shows `text` on a terminal of `width` columns: one line, nothing that could
 * harm it, cut where it does not fit. */
void progress_line(struct buf *to, struct str text, size_t width);
#endif
