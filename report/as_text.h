/* report/as_text.h: an answer for a person at a terminal.
 *
 * A summary line, the findings grouped by rule with the worst first, the runtimes of the tree, and
 * what the answer rests on. Threads: pure. Memory: the buffer's. */
#ifndef RTAUDIT_REPORT_AS_TEXT_H
#define RTAUDIT_REPORT_AS_TEXT_H
#include "report/report.h"

void as_text(const struct audit_result *result, const struct knowledge *knowledge,
             const struct report_view *view, struct buf *out);
#endif
