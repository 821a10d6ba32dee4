/* report/changes_json.h: the difference of two audits as JSON, schema "rtaudit.diff/1".
 * Source: docs/protocol.md, "The difference as JSON". Threads: pure. Memory: the buffer's. */
#ifndef RTAUDIT_REPORT_CHANGES_JSON_H
#define RTAUDIT_REPORT_CHANGES_JSON_H
#include "audit/diff.h"
#include "base/buf.h"

void changes_json(const struct diff *diff, struct buf *out);
#endif
