/* daemon/examine.h: from a project that was read to the result of an audit, with what must be
 * fetched on the way.
 *
 * Facts that are fresh come from the cache alone. Others are asked for within a deadline, and what
 * could not be had stands as a sentence in facts.notes: an old answer with its age is better than
 * none.
 * Source: design.md, "Defaults", "Who is contacted", "Partial knowledge". Threads: that of the
 * connection. Memory: the request's arena, and the loans of facts and manifests. */
#ifndef RTAUDIT_DAEMON_EXAMINE_H
#define RTAUDIT_DAEMON_EXAMINE_H
#include "audit/audit.h"
#include "daemon/answer.h"
#include "daemon/service.h"

struct examination {
	struct project project;
	struct facts facts;
	struct facts_loan *loan;         /* facts stay valid until it is returned */
	struct { /* the same for what remedies were tried with */
		struct facts_loan **p;
		size_t n, cap;
	} trial_loans;
	struct manifest_loan *manifests; /* and what project.known says, until this is */
	struct audit_result result;
	/* Of the project's old lock, where `compares` is set beforehand: the same facts answer for
	 * both. */
	bool compares;
	struct facts older_facts;
	struct audit_result older;
};

/* Fills the rest of *out from out->project, which was read. *out must stay at its place: the result
 * points into it. Kinds as audit_open and audit_run; ERR_STORE; ERR_STOPPED when the daemon is
 * ending. */
MUST_CHECK bool examine(struct service *service, const struct request *request,
                        struct examination *out, struct err *err);
/* Returns the loans. */
void examine_end(struct examination *examination);
#endif
