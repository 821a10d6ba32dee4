/* report/as_json.h: an answer as JSON, schema "rtaudit.audit/1".
 * Source: design.md, "The audit as JSON". Threads: pure. Memory: the buffer's. */
#ifndef RTAUDIT_REPORT_AS_JSON_H
#define RTAUDIT_REPORT_AS_JSON_H
#include "base/jsonout.h"
#include "report/report.h"

void as_json(const struct audit_result *result, const struct knowledge *knowledge,
             const struct report_view *view, struct buf *out);
/* "manifest", "partial", "lock". */
const char *as_json_precision(enum precision precision);
/* One element of "findings", for other documents. */
void as_json_finding(struct jsonout *json, const struct audit_result *result,
                     const struct finding *finding);
#endif
