/* daemon/api_sync.h: filling the store at a user's word, and writing out what it holds.
 * Source: docs/protocol.md. Threads: that of the connection. Memory: the request's. */
#ifndef RTAUDIT_DAEMON_API_SYNC_H
#define RTAUDIT_DAEMON_API_SYNC_H
#include "daemon/answer.h"

handle_fn api_sync; /* POST /v1/sync; from the daemon's own user or root only: it names files */
handle_fn api_sync_export; /* POST /v1/export */
#endif
