/* report/report.h: renders a result; the formats are a table of {name, function}.
 * Threads: pure. Memory: the buffer's. */
#ifndef RTAUDIT_REPORT_REPORT_H
#define RTAUDIT_REPORT_REPORT_H
#include "audit/audit.h"
#include "base/buf.h"

/* How a person looks at it. */
struct report_view {
	unsigned width; /* columns; 0: unlimited (no terminal) */
	bool color;
	bool verbose; /* everything, not only what matters */
	bool quiet;   /* findings that fail, nothing else */
};

/* Whether report_render knows a format, for those who have much to do before. ERR_USAGE, with the
 * nearest name. */
MUST_CHECK bool report_has_format(struct str format, struct err *err);
/* ERR_USAGE for an unknown format, with the nearest name. `knowledge` gives the rules' texts. */
MUST_CHECK bool report_render(struct str format, const struct audit_result *result,
                              const struct knowledge *knowledge, const struct report_view *view,
                              struct buf *out, struct err *err);
#endif
