/* daemon/answer.h: what a handler is given, and what it gives back.
 *
 * Nothing here knows HTTP's library: handlers are straight functions from request to answer.
 * Threads: a request and its answer belong to the thread of its connection. Memory: the body of an
 * answer is the answer's own until it is handed on; the rest lives in the request's arena or is
 * static. */
#ifndef RTAUDIT_DAEMON_ANSWER_H
#define RTAUDIT_DAEMON_ANSWER_H
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct service;

struct request {
	struct str body;
	struct arena *arena; /* freed when the answer was sent */
	bool same_user;      /* the client runs as the daemon's own user */
	bool trusted;        /* the same, or root: may make the daemon read files, and end it */
};

struct answer {
	unsigned http_status;     /* 200 unless a handler says otherwise */
	int exit_status;          /* of the client */
	const char *content_type; /* static */
	struct buf body;
};

/* Fills *answer (zeroed but for http_status 200), or fails: then the error is the answer. */
typedef bool handle_fn(struct service *service, const struct request *request,
                       struct answer *answer, struct err *err);

/* Replaces what is in *answer by the JSON object of an error, with the statuses of its kind. */
void answer_error(struct answer *answer, enum err_kind kind, const char *text);
/* The media type of a format's name; plain text for those that are not known. */
const char *answer_content_type(struct str format);
#endif
