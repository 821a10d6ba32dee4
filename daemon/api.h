/* daemon/api.h: HTTP/1.1 over the daemon's socket; the only module that knows libmicrohttpd.
 *
 * A thread a connection, with limits on connections, idle time, headers and body. Every answer has
 * the headers of docs/protocol.md. A peer of another user is refused by a daemon that is one
 * user's own (SO_PEERCRED).
 * Source: RFC 9110, RFC 9112; unix(7). Threads: those of the connections call handlers; the
 * functions below belong to the main thread. */
#ifndef RTAUDIT_DAEMON_API_H
#define RTAUDIT_DAEMON_API_H
#include "daemon/service.h"

struct api;

/* Serves on a listening socket, which stays the caller's. ERR_IO. */
MUST_CHECK bool api_open(struct api **out, struct service *service, int socket, struct err *err);
/* No new connection is accepted from now on, and requests that come over old ones answer 503. */
void api_refuse(struct api *api);
/* Waits until the requests under way have ended, at most wait_ms, and frees. False where some have
 * not: then nothing is freed, and only the end of the process is left. Accepts NULL. */
MUST_CHECK bool api_close(struct api **api, int64_t wait_ms);

struct api_activity {
	unsigned active;  /* requests under way */
	uint64_t served;  /* since the start */
	int64_t ended_ms; /* when the last one ended, or the start; when_monotonic_ms */
};
struct api_activity api_activity(struct api *api);
/* The end of the next request wakes the main loop, once. */
void api_watch(struct api *api);
#endif
