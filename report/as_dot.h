/* report/as_dot.h: the part of the tree that binds to a runtime, as a graph for Graphviz.
 *
 * Drawn are the packages that ask for a runtime themselves (those that only inherit it are left
 * out), the shortest way from a member to each, and the edges from them to the runtime's own crate.
 * Source: the DOT language (Graphviz documentation, "DOT Language", "escString"). Threads: pure.
 * Memory: the buffer's. */
#ifndef RTAUDIT_REPORT_AS_DOT_H
#define RTAUDIT_REPORT_AS_DOT_H
#include "report/report.h"

void as_dot(const struct audit_result *result, const struct knowledge *knowledge,
            const struct report_view *view, struct buf *out);
#endif
