/* crawler/advisory_pull.h: keeps the advisory database current, on the git thread.
 *
 * One pull at a time; who asks while one is under way for the same source waits for that one.
 * libgit2 has no network timeout, so everybody waits with a deadline or until the crawl stops.
 * Threads: any may ask. Memory: its own. */
#ifndef RTAUDIT_CRAWLER_ADVISORY_PULL_H
#define RTAUDIT_CRAWLER_ADVISORY_PULL_H
#include "crawler/crawl_state.h"
#include "crawler/gitrepo.h"

struct advisory_pull;

struct advisory_result {
	bool done;      /* false: still under way when the wait ended */
	bool unchanged; /* the source stands where it stood */
	size_t files;
	struct err err; /* ERR_NONE where it went well */
};

MUST_CHECK bool advisory_pull_open(struct advisory_pull **out, struct crawl *crawl,
                                   struct err *err);
/* After crawl->stop was raised: joins the thread within 5 s. False where it hangs in the network:
 * then its memory, and the crawl's, must stay. */
bool advisory_pull_close(struct advisory_pull **pull);

struct advisory_source {
	struct str address; /* URL, repository, bundle or folder */
	bool offline;       /* a URL is refused */
	/* somebody else's clone: the store becomes as old as that is, and a failure is not the
	 * source's */
	bool is_copy;
	int64_t fetched_at; /* is_copy: its age; 0: that of its newest commit */
};
/* Starts a pull and waits deadline_ms for its end; INT64_MAX waits until the crawl stops. Nothing
 * is read again where the commit is the one that is stored. */
struct advisory_result advisory_pull_run(struct advisory_pull *pull,
                                         const struct advisory_source *source, int64_t deadline_ms);
/* Objects received and expected of a fetch under way; false at rest. */
bool advisory_pull_progress(struct advisory_pull *pull, unsigned *received, unsigned *total);
#endif
