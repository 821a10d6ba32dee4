/* cli/client.h: one request to the daemon and its answer: HTTP/1.1 over a Unix socket.
 *
 * Written here because loading libcurl costs most of the time that a whole audit may take. It
 * speaks what rtauditd speaks and refuses the rest: answers with a length or in chunks, no
 * compression, no redirects. Source: RFC 9112, sections 4 to 7; docs/protocol.md. Threads: any.
 * Memory: bodies live in the caller's arena. */
#ifndef RTAUDIT_CLI_CLIENT_H
#define RTAUDIT_CLI_CLIENT_H
#include "cli/parts.h"

struct client_request {
	const char *method, *path;
	const struct parts *parts; /* the body; NULL: none */
};

struct client_response {
	int http_status;
	int exit_status;    /* Rtaudit-Exit, or -1 where it is not there */
	struct str version; /* Rtaudit-Version, or empty */
	struct str body;
};

/* Connects: 1 and *fd, 0 where nobody listens there (no file, a stale socket), -1 with ERR_IO or
 * ERR_NETWORK (a socket that this user may not use). */
MUST_CHECK int client_connect(const char *socket_path, int *fd, struct err *err);
/* Sends a whole request. 1; 0 where the daemon hung up, which may have answered all the same; -1
 * with ERR_NETWORK where it takes nothing for timeout_ms. */
MUST_CHECK int client_send(int fd, const struct client_request *request, int timeout_ms,
                           struct err *err);
/* Reads the answer. ERR_STOPPED where the daemon ended before it was complete, ERR_NETWORK where it
 * does not go on for timeout_ms or is no HTTP, ERR_LIMIT above RESPONSE_MAX_BYTES. */
MUST_CHECK bool client_receive(struct arena *arena, int fd, int timeout_ms,
                               struct client_response *out, struct err *err);
#endif
