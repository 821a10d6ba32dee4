/* report/changes.h: renders the difference of two audits, as text or as JSON (schema
 * "rtaudit.diff/1", docs/protocol.md).
 * Threads: pure. Memory: the buffer's. */
#ifndef RTAUDIT_REPORT_CHANGES_H
#define RTAUDIT_REPORT_CHANGES_H
#include "audit/diff.h"
#include "report/report.h"

/* ERR_USAGE for a format that it does not know, for those who have much to do before. */
MUST_CHECK bool changes_has_format(struct str format, struct err *err);
MUST_CHECK bool changes_render(struct str format, const struct diff *diff,
                               const struct report_view *view, struct buf *out, struct err *err);
#endif
