/* crawler/fetch.h: HTTP requests, many at once, on one thread, with a ceiling on everything.
 *
 * One pool of connections a host, multiplexed over HTTP/2 where the server speaks it; a body is
 * held below a ceiling after it was unpacked; a server that stalls, a host that cannot be reached
 * and one that asks for rest (429, 503, Retry-After) are left alone, and what waits for them fails
 * at once. Only http and https, http only to loopback or where the caller's configuration says so;
 * redirects never leave these schemes.
 * Source: RFC 9110 (validators, Retry-After, redirects), libcurl's manual (multi interface).
 * `https_proxy`, `no_proxy`, `CARGO_HTTP_CAINFO`, `CURL_CA_BUNDLE`, `SSL_CERT_FILE` and
 * `SSL_CERT_DIR` are honoured.
 * Threads: any may start; `done` is called on the fetch thread and must not wait for it. Memory:
 * the texts of a request are copied. */
#ifndef RTAUDIT_CRAWLER_FETCH_H
#define RTAUDIT_CRAWLER_FETCH_H
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum {
	FETCH_ACTIVE_MAX = 200, /* transfers under way; the others wait in a queue */
	/* of the bodies under way together: 200 usual ones have 20 MB */
	FETCH_HELD_MAX_BYTES = 512 << 20,
	FETCH_REDIRECTS_MAX = 3,
	FETCH_TRIES = 3,
	FETCH_VALIDATOR_MAX_BYTES = 256
};

struct fetch;

struct fetch_settings {
	unsigned connections_per_host; /* 0: 2; each carries up to 100 streams of HTTP/2 */
	unsigned connect_timeout_ms;   /* 0: 10,000 */
	/* below stall_bytes a second for so long, whole seconds; 0: 20,000 */
	unsigned stall_timeout_ms;
	unsigned stall_bytes;      /* 0: 64 */
	unsigned total_timeout_ms; /* of one try; 0: 120,000 */
	unsigned patience_ms;      /* the longest Retry-After that is waited for; 0: 5,000 */
	/* a file of certificates, unless CARGO_HTTP_CAINFO names one; NULL: the system's */
	const char *authorities;
	const char *proxy;    /* NULL: what the environment names */
	unsigned tries;       /* of a request; 0: FETCH_TRIES */
	bool no_multiplexing; /* HTTP/1.1 alone */
	/* a host that cannot be reached is left alone for so long; 0: 30,000 */
	unsigned rest_ms;
};

enum fetch_redirects {
	FETCH_SAME_HOST, /* only to the same scheme, host and port */
	FETCH_TO_HTTPS   /* also from https to https of another host */
};

/* What came. The body may be taken: copy the struct and set it to { 0 }. */
struct fetch_answer {
	/* ERR_NONE: a server answered, whatever its status; else ERR_NETWORK, ERR_LIMIT,
	 * ERR_STOPPED */
	struct err err;
	long status;
	struct buf body; /* of a 2xx answer */
	/* empty where there is none or it is too long; valid during `done` */
	struct str etag, last_modified;
};

struct fetch_request {
	struct str url;
	struct str etag, last_modified; /* validators to ask with; empty: none */
	struct str token;               /* value of Authorization; never sent to another host */
	size_t max_bytes;               /* of the unpacked body */
	bool as_is;                     /* the body is kept packed as it is stored: an archive */
	bool plain_http;                /* http to a host that is not loopback is allowed */
	enum fetch_redirects redirects;
	void (*done)(void *owner, struct fetch_answer *answer);
	void *owner;
};

/* Starts the thread. ERR_IO. */
MUST_CHECK bool fetch_open(struct fetch **out, const struct fetch_settings *settings,
                           struct err *err);
/* Ends all transfers (their `done` gets ERR_STOPPED) and the thread; what is started later is
 * refused with ERR_STOPPED. Accepts NULL. */
void fetch_stop(struct fetch *fetch);
/* fetch_stop, and frees; accepts NULL and leaves NULL. */
void fetch_close(struct fetch **fetch);

/* Queues a request. ERR_INPUT for an address that may not be asked, ERR_STOPPED; then `done` is not
 * called. Otherwise it is called exactly once. */
MUST_CHECK bool fetch_start(struct fetch *fetch, const struct fetch_request *request,
                            struct err *err);
#endif
