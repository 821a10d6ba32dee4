/* daemon/api_crate.h: POST /v1/crate.
 * Source: docs/protocol.md. Threads: that of the connection. */
#ifndef RTAUDIT_DAEMON_API_CRATE_H
#define RTAUDIT_DAEMON_API_CRATE_H
#include "daemon/answer.h"

handle_fn api_crate;
#endif
