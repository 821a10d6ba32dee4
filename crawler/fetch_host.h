/* crawler/fetch_host.h: what a host is called, whether it may be asked, and how long it wants to
 * rest.
 * Source: RFC 3986 through libcurl's URL parser. Threads: as whoever owns the table. Memory: the
 * table's. */
#ifndef RTAUDIT_CRAWLER_FETCH_HOST_H
#define RTAUDIT_CRAWLER_FETCH_HOST_H
#include "base/err.h"
#include "base/str.h"
#include <stdint.h>

enum { FETCH_HOST_MAX_BYTES = 280 };

/* "https://host", with the port where it is not the usual one, lower case: the unit of rest and of
 * the same-host rule. */
struct fetch_origin {
	char text[FETCH_HOST_MAX_BYTES];
	bool is_https, is_loopback;
};
/* ERR_INPUT for an address that is none, has another scheme than http and https, or carries a user
 * name. */
MUST_CHECK bool fetch_origin_of(const char *url, struct fetch_origin *out, struct err *err);

struct fetch_host {
	struct fetch_host *next;
	struct fetch_origin origin;
	int64_t rest_until_ms; /* on the monotonic clock */
	/* resting because it could not be reached, not because it asked for it */
	bool is_down;
	char why[160];
};
/* The host's entry, made where there is none. */
struct fetch_host *fetch_host_find(struct fetch_host **hosts, const struct fetch_origin *origin);
void fetch_host_free(struct fetch_host **hosts);
#endif
