/* crawler/network.h: how the daemon uses the network, as cargo's configuration and environment have
 * it.
 *
 * A variable comes before a file, as for cargo; a value that cannot be read is passed over.
 * Source: the Cargo Book, "Configuration", sections [http] and [net] (`check-revoke` concerns
 * Windows alone; `ssl-version`, `user-agent` and `git-fetch-with-cli` are not honoured).
 * Threads: pure, but for reading the environment. Memory: the caller's arena. */
#ifndef RTAUDIT_CRAWLER_NETWORK_H
#define RTAUDIT_CRAWLER_NETWORK_H
#include "audit/cargo_config.h"

enum {
	NETWORK_TIMEOUT_MAX_SECONDS = 120, /* nobody waits longer for an answer */
	NETWORK_TRIES_MAX = 11
};

struct network {
	const char *authorities;  /* a file of certificates; NULL: the system's */
	const char *proxy;        /* NULL: what the environment names for all programs */
	unsigned timeout_ms;      /* to connect, and without progress; 0: ours */
	unsigned low_speed_bytes; /* fewer in a second are no progress; 0: ours */
	unsigned tries;           /* of a request; 0: ours */
	bool no_multiplexing;     /* HTTP/1.1 alone */
	bool offline;
};
/* `config`, which may be NULL, is the daemon's own. */
void network_of(struct arena *arena, const struct cargo_config *config, struct network *out);
#endif
