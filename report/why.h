/* report/why.h: why a package is in the tree: its dependers up to the roots, as `cargo tree -i`
 * shows them, with what each asks for; a package that was shown once is not unfolded again.
 * Threads: pure. Memory: the buffer's. */
#ifndef RTAUDIT_REPORT_WHY_H
#define RTAUDIT_REPORT_WHY_H
#include "report/report.h"

/* `crate` is "tokio" or "tokio@1.41.0"; format text or json. ERR_USAGE where it is not in the lock,
 * with the nearest name. */
MUST_CHECK bool why_render(struct str format, const struct audit_result *result, struct str crate,
                           const struct report_view *view, struct buf *out, struct err *err);
#endif
