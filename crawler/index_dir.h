/* crawler/index_dir.h: reads a folder that is laid out as a sparse registry serves its index.
 * Source: the Cargo Book, "Registry Index", section "Index files".
 * Threads: reads on the caller's, parses and writes on those of the ingest. Memory: its own. */
#ifndef RTAUDIT_CRAWLER_INDEX_DIR_H
#define RTAUDIT_CRAWLER_INDEX_DIR_H
#include "base/stop.h"
#include "crawler/ingest.h"
#include <stdatomic.h>

struct index_dir_counts {
	atomic_size_t files, crates, versions, refused; /* may be read while the work goes on */
	struct err first;                               /* why the first of the refused was */
};

/* Puts every index file below `folder` (absolute) into the store as what `registry` says at
 * fetched_at, and waits until all are stored. Files that are no index files (config.json, a README,
 * names that begin with a dot) are passed over. A refused file is counted and leaves the older
 * facts. ERR_ABSENT, ERR_IO for the folder, ERR_INPUT where it holds no index file, ERR_STOPPED;
 * ERR_STORE where the store refused. */
MUST_CHECK bool index_dir_read(const char *folder, struct str registry, int64_t fetched_at,
                               struct ingest *ingest, struct fact_cache *cache,
                               const struct stop *stop, struct index_dir_counts *counts,
                               struct err *err);
#endif
