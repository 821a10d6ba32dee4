/* crawler/crawl_sync.h: `rtaudit sync`: pulls once from given or configured sources, and says what
 * came.
 * Threads: any. Memory: the report lives in the caller's arena. */
#ifndef RTAUDIT_CRAWLER_CRAWL_SYNC_H
#define RTAUDIT_CRAWLER_CRAWL_SYNC_H
#include "crawler/crawl_state.h"

/* As crawl_sync (crawler/crawl.h). A source that fails is a row of the report. */
MUST_CHECK bool crawl_sync_run(struct crawl *crawl, struct arena *arena,
                               const struct sync_request *request, struct sync_report *out,
                               struct err *err);
#endif
