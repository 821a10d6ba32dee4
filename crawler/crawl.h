/* crawler/crawl.h: brings the world in: index files, crate archives, the advisory database, tables
 * of facts.
 *
 * One thread owns every transfer, another one libgit2; the functions below hand them work and wait
 * on a condition variable. What fails leaves the older facts.
 * Threads: any may call. Memory: results live in the caller's arena. */
#ifndef RTAUDIT_CRAWLER_CRAWL_H
#define RTAUDIT_CRAWLER_CRAWL_H
#include "audit/cargo_config.h"
#include "audit/facts.h"
#include "audit/rust_source.h"
#include "base/stop.h"
#include "db/db.h"
#include "db/load_facts.h"

struct crawl;

/* The texts are copied: a git thread that hangs in the network is left behind with them. What the
 * other pointers lead to is the caller's, and stays until crawl_close has returned. */
struct crawl_settings {
	const char *cache_folder;         /* the daemon's own: the advisory clone lies below it */
	const char *cargo_home;           /* the daemon's $CARGO_HOME, or NULL */
	const char *advisories_url;       /* of the advisory database's repository */
	bool offline;                     /* never touch the network */
	int64_t index_fresh_seconds;      /* 3600 */
	int64_t advisories_fresh_seconds; /* 6 * 3600 */
	unsigned connections_per_host;    /* streams and connections at once */
	/* crates of crates.io that a sync asks for although no project has them */
	const struct str_list *watch; /* may be NULL */
	/* the daemon's own registries and replacements; may be NULL */
	const struct cargo_config *config;
	/* whose mentions in the sources of archives are kept; NULL: none */
	const struct source_paths *paths;
};

MUST_CHECK bool crawl_open(struct crawl **out, struct db_pool *pool, struct fact_cache *cache,
                           const struct crawl_settings *settings, struct err *err);
/* Asks what is under way to end: those who wait in the functions below get ERR_STOPPED soon, or
 * what is there. May be called from any thread, also more than once; nothing new begins
 * afterwards. */
void crawl_stop(struct crawl *crawl);
/* crawl_stop, waits for the threads (within 5 s) and frees. Nobody may wait in the functions below
 * any more: the daemon calls crawl_stop, ends its requests, then calls this. */
void crawl_close(struct crawl **crawl);

/* What came of a request: counts, and the first sentence of what failed (empty where nothing
 * did). */
struct crawl_outcome {
	size_t wanted, fetched, unchanged, absent, failed;
	struct str failure;
};

/* Makes the index facts of these crates fresh: looks into cargo's own cache first, then, unless
 * offline, asks the registry for those that are missing or older than index_fresh_seconds, all at
 * once. `config` is the project's cargo configuration where the asking user may use it (registries
 * it names may then be contacted), else NULL. Returns when all are there, or after deadline_ms.
 * Only ERR_STOPPED and ERR_STORE are errors. */
MUST_CHECK bool crawl_crates(struct crawl *crawl, struct arena *arena, const struct wanted *wanted,
                             size_t n, const struct cargo_config *config, bool offline,
                             int64_t deadline_ms, struct crawl_outcome *out, struct err *err);
struct archive_request {
	const struct wanted *wanted; /* versions */
	size_t n;
	const struct cargo_config *config; /* as of crawl_crates */
	bool offline;
	/* a manifest that cargo unpacked, or a table of facts, is not enough */
	bool whole;
	int64_t deadline_ms;
};
/* The same for crate archives: reads each (cargo's cache, else the registry's download address;
 * checksum verified against the index) and stores its facts, once ever. */
MUST_CHECK bool crawl_archives(struct crawl *crawl, struct arena *arena,
                               const struct archive_request *request, struct crawl_outcome *out,
                               struct err *err);
/* Starts an update of the advisory database where it is older than advisories_fresh_seconds; waits
 * up to deadline_ms only where none is stored. Where none is, and another tool has cloned the
 * database below $CARGO_HOME, that clone is read first, also offline; what is stored then is as old
 * as the clone. */
MUST_CHECK bool crawl_advisories(struct crawl *crawl, struct arena *arena, bool offline,
                                 int64_t deadline_ms, struct crawl_outcome *out, struct err *err);

/* `rtaudit sync`: pulls once from these, whatever their age. Each may be empty. Paths are
 * absolute. */
struct sync_request {
	struct str index, advisories, facts; /* URL, folder, repository; file */
	bool offline;
	bool all_configured;   /* neither was given: every configured source */
	bool index_configured; /* the configured index, whatever else was given */
	bool archives;         /* as crawler/archive_sync says */
};
struct sync_report {
	struct {
		struct sync_row {
			struct str source, text;
			bool failed;
		} * p;
		size_t n, cap;
	} rows;
};
MUST_CHECK bool crawl_sync(struct crawl *crawl, struct arena *arena,
                           const struct sync_request *request, struct sync_report *out,
                           struct err *err);

/* What is under way, as one line for a person ("index: 120 of 957 crates"); empty at rest. */
struct str crawl_progress(struct crawl *crawl, struct arena *arena);
#endif
