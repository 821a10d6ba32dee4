/* report/as_json.h: an answer as JSON, schema "rtaudit.audit/1".
 * Source: design.md, "The audit as JSON". Threads: pure. Memory: the buffer's. */
#ifndef RTAUDIT_REPORT_AS_JSON_H
#define RTAUDIT_REPORT_AS_JSON_H
#include "report/report.h"

void as_json(const struct audit_result *result, const struct knowledge *knowledge,
	     const struct report_view *view, struct buf *out);
#endif
