/* daemon/api_status.h: the daemon about itself, and its end.
 * Source: docs/protocol.md. Threads: that of the connection. Memory: the request's. */
#ifndef RTAUDIT_DAEMON_API_STATUS_H
#define RTAUDIT_DAEMON_API_STATUS_H
#include "daemon/answer.h"

handle_fn api_status;      /* GET /v1/status */
handle_fn api_status_stop; /* POST /v1/stop */
#endif
