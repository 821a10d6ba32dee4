/* crawler/crawl_state.h: what the parts of the crawl share: threads, what is known to be fresh,
 * what is under way, and who waits for it.
 *
 * A mark remembers one crate (or one archive) for the life of the process, so that an audit whose
 * facts are fresh asks the database nothing. A job is one crate under way; audits that want the
 * same crate wait for the same job. A batch is what one caller waits for.
 * Threads: each field names its lock. Memory: marks live with the crawl, jobs and batches until
 * they are settled. */
#ifndef RTAUDIT_CRAWLER_CRAWL_STATE_H
#define RTAUDIT_CRAWLER_CRAWL_STATE_H
#include "base/map.h"
#include "base/vec.h"
#include "crawler/crawl.h"
#include "crawler/fetch.h"
#include "crawler/ingest.h"
#include "crawler/network.h"
#include "crawler/registry.h"
#include <pthread.h>

/* All fields are guarded by crawl.lock. */
struct mark {
	/* when it was last confirmed, as far as this process knows; 0 unknown */
	int64_t fetched_at;
	int64_t looked_ms; /* monotonic: when cargo's cache was last looked into; 0 never */
	uint64_t pass;     /* the newest call that wanted it, so that one call counts it once */
	struct job *job;   /* under way; NULL */
	bool is_whole;     /* of an archive: what is stored is more than its manifest */
};

struct mark_table {
	struct {
		struct mark_registry {
			struct str key;
			struct map map;
		} * p;
		size_t n, cap;
	} registries;
	struct {
		struct mark **p;
		size_t n, cap;
	} marks; /* the maps' values are indices */
};

enum how { HOW_FETCHED, HOW_UNCHANGED, HOW_ABSENT, HOW_FAILED };

/* What one caller waits for. The caller may leave at its deadline while the jobs go on, so both
 * count as holders. Guarded by crawl.lock. */
struct batch {
	unsigned holders;
	size_t pending;
	size_t counts[HOW_FAILED + 1];
	char failure[248]; /* the first sentence; empty */
};

struct job {
	struct crawl *crawl;
	struct arena arena; /* owns the texts; of whichever thread works on the job */
	struct mark *mark;
	struct waiter {
		struct batch *batch;
		struct waiter *next;
	} * waiters;                     /* under crawl.lock */
	const struct registry *registry; /* NULL: nobody may be asked, and why_not says why */
	struct str why_not;
	struct str key, name, vers; /* vers: archives alone */
	struct str etag, last_modified;
	int64_t fetched_at; /* of what is stored; 0: nothing */
	bool offline;
	bool whole; /* archives alone, as in struct archive_request */
	bool has_cksum;
	struct sha256 cksum; /* archives alone */
	struct job *next;    /* in a list of its maker */
};

/* A registry that was asked, for the life of the process. */
struct kept_registry {
	struct registry registry;
	bool has_config; /* under crawl.lock, as the next */
	struct registry_config config;
};

struct crawl {
	struct crawl_settings settings; /* texts in arena */
	struct arena arena;             /* under lock after crawl_open */
	struct network network;         /* texts in arena; not written after crawl_open */
	struct db_pool *pool;
	struct fact_cache *cache;
	struct fetch *fetch;
	struct ingest *ingest;
	struct stop stop;
	pthread_mutex_t lock;
	/* a job was settled, the git thread finished something, or `stop` */
	pthread_cond_t changed;
	/* All below under lock. */
	struct mark_table crates, archives;
	struct {
		struct kept_registry **p;
		size_t n, cap;
	} registries;
	uint64_t passes;
	/* since the last rest, for progress */
	struct jobs {
		size_t made, done;
	} crate_jobs, archive_jobs;
	const char *syncing;              /* what a sync reads, or NULL */
	struct index_dir_counts *reading; /* of a folder being read, or NULL */
	struct advisory_pull *pull;       /* the git thread's */
};

/* With the lock held. The mark, made where there is none. `name` and `vers` (may be empty) are
 * copied. */
struct mark *crawl_mark(struct crawl *crawl, struct mark_table *table, struct str registry,
                        struct str name, struct str vers);
/* With the lock held: forgets what is known to be fresh, after a sync. */
void crawl_forget(struct crawl *crawl);
/* With the lock held: the same registry, living as long as the crawl. */
struct kept_registry *crawl_keep_registry(struct crawl *crawl, const struct registry *registry);

struct batch *batch_new(void);
/* With the lock held: the batch waits for the job of that mark, if it does not yet. */
void batch_wait_for(struct batch *batch, struct job *job);
/* With the lock held: one thing came out so, without a job. `why` may be NULL. */
void batch_count(struct batch *batch, enum how how, const char *why);
/* Waits until nothing is pending, deadline_ms are over or the crawl is stopped, and takes the lock
 * for it. */
void batch_wait(struct crawl *crawl, struct batch *batch, int64_t deadline_ms);
/* Copies the outcome and lets go of the batch. */
void batch_finish(struct crawl *crawl, struct batch **batch, struct arena *arena,
                  struct crawl_outcome *out);

/* With the lock held: a new job of the mark. */
struct job *job_new(struct crawl *crawl, struct mark *mark, struct str registry, struct str name,
                    struct str vers);
/* Ends it: tells all who wait, and frees it. fetched_at != 0 is what the mark now knows. */
void job_settle(struct job *job, enum how how, int64_t fetched_at, const char *why);

/* Writes down how a source fared: `why` NULL for success. A failure of the store is passed over: it
 * shows where facts are written. */
void crawl_note_source(struct crawl *crawl, const char *name, struct str address,
                       struct str validator, const char *why);
/* The same for a success of another moment than now. */
void crawl_note_source_at(struct crawl *crawl, const char *name, struct str address,
                          struct str validator, int64_t ok_at);
#endif
