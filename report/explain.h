/* report/explain.h: what a rule means, why it matters, and how to fix or allow it, from the texts
 * of knowledge/.
 * Threads: pure. Memory: the buffer's. */
#ifndef RTAUDIT_REPORT_EXPLAIN_H
#define RTAUDIT_REPORT_EXPLAIN_H
#include "report/report.h"

/* An empty name lists all rules; format text or json. ERR_USAGE for an unknown rule, with the
 * nearest name. */
MUST_CHECK bool explain_render(struct str format, const struct knowledge *knowledge,
                               struct str rule, const struct report_view *view, struct buf *out,
                               struct err *err);
#endif
