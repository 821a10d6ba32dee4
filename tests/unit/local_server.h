/* tests/unit/local_server.h: an HTTP/1.1 server on loopback that answers by a table, also wrongly.
 *
 * One connection a request, served one after the other by one thread; a stalled one is kept open
 * beside. */
#ifndef RTAUDIT_TESTS_UNIT_LOCAL_SERVER_H
#define RTAUDIT_TESTS_UNIT_LOCAL_SERVER_H
#include "base/arena.h"
#include "base/str.h"

enum local_how {
	LOCAL_WHOLE,
	LOCAL_HALF,   /* half of the body that Content-Length promises, then the end */
	LOCAL_CUT,    /* half of the body without a Content-Length: looks like a whole one */
	LOCAL_STALL,  /* the head, then nothing, the connection stays open */
	LOCAL_DROP,   /* not a byte */
	LOCAL_ENDLESS /* the body over and over, up to 256 MB */
};

struct local_answer {
	const char *path; /* exact */
	int status;
	const char *headers; /* each with "\r\n" behind it, or NULL */
	struct str body;
	enum local_how how;
	const char *etag; /* sent, and answered with 304 where the request has it; or NULL */
	unsigned times;   /* serves so many requests, then the next row of that path; 0: all */
};

struct local_server;

/* Serves the table, which must live as long as the server; any other path gets 404. Fails the test
 * where no port can be had. */
struct local_server *local_server_start(const struct local_answer *answers, size_t n);
/* "http://127.0.0.1:PORT" */
const char *local_server_url(const struct local_server *server);
/* Requests for a path so far; NULL: for any. */
unsigned local_server_hits(struct local_server *server, const char *path);
/* The head of the newest request for a path; empty where there was none. */
struct str local_server_request(struct local_server *server, struct arena *arena, const char *path);
void local_server_stop(struct local_server **server);
#endif
