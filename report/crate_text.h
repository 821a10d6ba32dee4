/* report/crate_text.h: the answer about one crate for a person.
 * Threads: pure. Memory: the buffer's. */
#ifndef RTAUDIT_REPORT_CRATE_TEXT_H
#define RTAUDIT_REPORT_CRATE_TEXT_H
#include "audit/inquiry.h"
#include "report/report.h"

void crate_text(const struct inquiry_answer *answer, const struct report_view *view,
                struct buf *out);
#endif
