/* daemon/routes.h: method and path → handler. docs/protocol.md says what each does.
 * Threads: pure. Memory: the table is static. */
#ifndef RTAUDIT_DAEMON_ROUTES_H
#define RTAUDIT_DAEMON_ROUTES_H
#include "daemon/answer.h"

struct route {
	const char *method, *path;
	handle_fn *handle;
};

enum route_match {
	ROUTE_FOUND,
	ROUTE_OTHER_METHOD, /* the path is known; *out is a route of it, for the Allow header */
	ROUTE_NONE
};

/* The route of a request. HEAD is GET without its body. */
enum route_match routes_find(const char *method, const char *path, const struct route **out);
#endif
