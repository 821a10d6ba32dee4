/* cli/ask.h: asks the daemon: finds it, starts it where none runs, shows progress, and turns its
 * refusals into errors.
 *
 * The places are asked in the order of base/socket_path. A per-user daemon of another version, or
 * one whose program was replaced since, is replaced; the system's of another version is passed
 * over. A daemon that ends in the middle is asked once more. Source: docs/protocol.md. Threads:
 * one. Memory: the caller's arena. */
#ifndef RTAUDIT_CLI_ASK_H
#define RTAUDIT_CLI_ASK_H
#include "cli/client.h"

struct ask {
	struct client_request request;
	int timeout_ms; /* without a sign of life */
	bool quiet;     /* no progress, no word that a daemon was started */
};

/* 1 and the answer; the errors are the daemon's own, with its words, or ERR_NETWORK and ERR_ABSENT
 * where there is no daemon. */
MUST_CHECK bool ask_daemon(struct arena *arena, const struct ask *ask, struct client_response *out,
                           struct err *err);

/* Whether an answer is none of an error. Otherwise *err is the one that its body
 * {"error":{"kind","message"}} tells, or ERR_NETWORK and the status where it is no such body. */
MUST_CHECK bool ask_check(const struct client_response *response, struct err *err);
#endif
