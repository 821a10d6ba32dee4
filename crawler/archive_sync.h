/* crawler/archive_sync.h: `rtaudit sync archives`: reads the archive of the newest version of every
 * crate that is wanted and was not read yet.
 *
 * Wanted are crates whose index file was asked for by name, those of audited projects and of single
 * questions: an index that was read whole is no reason to download all of a registry. Offline, and
 * for all other crates, only what cargo has is read.
 * Threads: any. Memory: the caller's arena. */
#ifndef RTAUDIT_CRAWLER_ARCHIVE_SYNC_H
#define RTAUDIT_CRAWLER_ARCHIVE_SYNC_H
#include "crawler/crawl_state.h"

/* Only ERR_STOPPED and ERR_STORE are errors. */
MUST_CHECK bool archive_sync_run(struct crawl *crawl, struct arena *arena, bool offline,
                                 struct crawl_outcome *out, struct err *err);
#endif
