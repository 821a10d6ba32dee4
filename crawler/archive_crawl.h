/* crawler/archive_crawl.h: learns what the archives of versions say: from cargo's files, else from
 * the registry's download address.
 * Threads: any may call. Memory: results live in the caller's arena. */
#ifndef RTAUDIT_CRAWLER_ARCHIVE_CRAWL_H
#define RTAUDIT_CRAWLER_ARCHIVE_CRAWL_H
#include "crawler/crawl_state.h"

/* As crawl_archives (crawler/crawl.h). */
MUST_CHECK bool archive_crawl_run(struct crawl *crawl, struct arena *arena,
                                  const struct archive_request *request, struct crawl_outcome *out,
                                  struct err *err);
#endif
