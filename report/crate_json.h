/* report/crate_json.h: the answer about one crate as rtaudit.crate/1.
 * Source: design.md, "The audit as JSON". Threads: pure. Memory: the buffer's. */
#ifndef RTAUDIT_REPORT_CRATE_JSON_H
#define RTAUDIT_REPORT_CRATE_JSON_H
#include "audit/inquiry.h"
#include "base/buf.h"

void crate_json(const struct inquiry_answer *answer, struct buf *out);
#endif
