/* base/log.h: one line an event, to stderr or, under systemd, with the journal's level prefix.
 *
 * Only crawler/crawl, daemon and cli log. Source of the prefixes: sd-daemon(3), "<3>" and the like,
 * written where JOURNAL_STREAM is set. Threads: any; a line is one write. */
#ifndef RTAUDIT_BASE_LOG_H
#define RTAUDIT_BASE_LOG_H
#include "base/cc.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Lines above `level` are dropped from now on; at the start LOG_LEVEL_INFO. */
void log_set_level(enum log_level level);
void log_line(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);
#endif
