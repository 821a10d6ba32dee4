/* crawler/gitindex_batch.h: crates of a git index on their way into the store, some at a time.
 *
 * A batch reads, parses and packs its crates on a thread of the ingest; the writer stores them
 * together with how far the run has come.
 * Threads: a run is written by its batches where it says so. Memory: a batch is the ingest's. */
#ifndef RTAUDIT_CRAWLER_GITINDEX_BATCH_H
#define RTAUDIT_CRAWLER_GITINDEX_BATCH_H
#include "base/vec.h"
#include "crawler/git_handles.h"
#include "crawler/gitindex.h"

/* One state of a crate's file. */
struct gitindex_step {
	git_oid blob;  /* zero: there was no file */
	int64_t at;    /* 0: not known */
	uint32_t turn; /* in the order in which the packs are read with the least work */
	uint32_t next;
};

/* A crate whose file is to be read, with the states that led to it. */
struct gitindex_crate {
	struct str name;
	git_oid now;                /* zero: the index has it no more */
	uint32_t first_step, steps; /* 0 steps: no history is known */
	uint32_t last_step;
};

struct gitindex_steps VEC_OF(struct gitindex_step);
struct gitindex_crates VEC_OF(struct gitindex_crate);

/* What a run reads, and how far it is. */
struct gitindex_run {
	const struct gitindex_source *source;
	struct fact_cache *cache;
	struct gitindex_counts *counts;
	const struct stop *stop;
	struct git_handles handles;
	struct arena arena; /* of all below */
	struct gitindex_crates crates;
	struct gitindex_steps steps;
	int64_t seen_at; /* of a state without a moment: when its commit was made */
	git_oid commit;
	/* Of the writer: batches that were stored, up to the first that was not. */
	bool *stored;
	size_t batches, stored_n;
	/* of the crates, so that a run goes on only in the same one; 0: it does not */
	uint64_t order;
	bool is_again;      /* its files were counted before */
	atomic_bool broken; /* a batch was lost: how far the run is may be written no more */
	struct err failure; /* of the first that was lost; of the writer */
};

/* Stores crates[first..first + n), batch number `number`. */
struct ingest_item *gitindex_batch_new(struct gitindex_run *run, size_t number, size_t first,
                                       size_t n);
enum { GITINDEX_BATCH_CRATES = 128 };
#endif
