/* daemon/api_audit.h: the requests whose answers report/ renders.
 * Source: docs/protocol.md. Threads: that of the connection. Memory: the request's. */
#ifndef RTAUDIT_DAEMON_API_AUDIT_H
#define RTAUDIT_DAEMON_API_AUDIT_H
#include "daemon/answer.h"

handle_fn api_audit;         /* POST /v1/audit */
handle_fn api_audit_why;     /* POST /v1/why */
handle_fn api_audit_diff;    /* POST /v1/diff */
handle_fn api_audit_explain; /* POST /v1/explain */
#endif
