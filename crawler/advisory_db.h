/* crawler/advisory_db.h: reads the advisory database: its files, and the moment that each was
 * published.
 *
 * An advisory counts from the commit on the main line that brought its id in; a later rename, or a
 * change of its format, does not make it younger.
 * Source: the layout of the RustSec advisory database, crates/CRATE/RUSTSEC-YYYY-NNNN.md.
 * Threads: any. Memory: results live in the caller's arena. */
#ifndef RTAUDIT_CRAWLER_ADVISORY_DB_H
#define RTAUDIT_CRAWLER_ADVISORY_DB_H
#include "base/stop.h"
#include "base/vec.h"
#include "crawler/gitrepo.h"
#include "db/store_advisory.h"

enum {
	/* 1,100 advisories after nine years. */
	ADVISORY_FILES_MAX = 100000,
	ADVISORY_DB_MAX_BYTES = 256 << 20,
	/* 3,200 commits after nine years; the walk costs some 50 µs each. */
	ADVISORY_COMMITS_MAX = 200000
};

struct advisory_db {
	struct {
		struct advisory_file *p;
		size_t n, cap;
	} files;
	struct str commit; /* 40 digits; empty where it was read from plain files */
};

/* Reads HEAD and its history. ERR_INPUT for a repository that holds no advisory or is damaged,
 * ERR_LIMIT, ERR_STOPPED. A history that is cut off leaves what is older undated. */
MUST_CHECK bool advisory_db_read(struct arena *arena, const struct gitrepo *repo,
                                 const struct stop *stop, struct advisory_db *out, struct err *err);
/* Reads plain files below folder/crates; their publication is not known. ERR_ABSENT, ERR_INPUT,
 * ERR_LIMIT. */
MUST_CHECK bool advisory_db_read_folder(struct arena *arena, const char *folder,
                                        struct advisory_db *out, struct err *err);
#endif
