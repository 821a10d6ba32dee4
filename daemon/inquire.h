/* daemon/inquire.h: from a question about one crate to its answer, with what must be fetched on the
 * way.
 *
 * What the crate is built from is found in rounds, so that the network is asked as often as the
 * tree is deep; all rounds share one deadline. What could not be had leaves the older facts, and a
 * sentence.
 * Source: design.md, "Defaults". Threads: that of the connection. Memory: the request's arena, and
 * the loans of facts. */
#ifndef RTAUDIT_DAEMON_INQUIRE_H
#define RTAUDIT_DAEMON_INQUIRE_H
#include "audit/inquiry.h"
#include "daemon/answer.h"
#include "daemon/service.h"

struct inquire_loans VEC_OF(struct facts_loan *);

struct inquire {
	struct inquiry_question question;
	bool offline;
	struct inquire_loans loans; /* facts stay valid until they are returned */
	struct inquiry_answer answer;
};

/* Fills the rest of *out from out->question. *out must stay at its place: the answer points into
 * it. ERR_USAGE for a crate, version, feature or target that is none; ERR_ABSENT where nothing is
 * known; ERR_STORE; ERR_STOPPED. */
MUST_CHECK bool inquire(struct service *service, const struct request *request, struct inquire *out,
                        struct err *err);
/* Returns the loans. */
void inquire_end(struct inquire *inquire);
#endif
