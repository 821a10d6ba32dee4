/* crawler/index_crawl.h: makes the index facts of crates fresh: cargo's cache first, then the
 * registry.
 * Threads: any may call. Memory: results live in the caller's arena. */
#ifndef RTAUDIT_CRAWLER_INDEX_CRAWL_H
#define RTAUDIT_CRAWLER_INDEX_CRAWL_H
#include "crawler/crawl_state.h"

/* As crawl_crates (crawler/crawl.h). */
MUST_CHECK bool index_crawl_run(struct crawl *crawl, struct arena *arena,
                                const struct wanted *wanted, size_t n,
                                const struct cargo_config *config, bool offline,
                                int64_t deadline_ms, struct crawl_outcome *out, struct err *err);
/* Asks for every crate that the store knows of crates.io, whatever the age of its facts: at `url`
 * where it is not empty, else at the registry's own address. Waits for all. ERR_INPUT for an
 * address that is none,
 * ERR_NETWORK offline, ERR_STOPPED, ERR_STORE. */
MUST_CHECK bool index_crawl_known(struct crawl *crawl, struct arena *arena, struct str url,
                                  bool offline, struct crawl_outcome *out, struct err *err);
#endif
