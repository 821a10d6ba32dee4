/* crawler/gitindex.h: reads a registry index that is kept in a git repository.
 *
 * The first time, all files of the newest commit are read in the order of the pack, where a file
 * lies near what it was packed against; then the history of what changed is read, commit by commit
 * along the first parents, and gives versions and yanks their moments. Later, only what changed
 * since the stored commit is read. The commit is stored with the facts, in the same transaction, so
 * that a run goes on where the last one was ended. Where the stored commit is no ancestor (an index
 * that was squashed or rewritten), the two trees are compared, and what differs between them
 * happened at an unknown moment.
 * Source: the Cargo Book, "Registry Index"; libgit2's reference.
 * Threads: reads, parses and packs on those of the ingest. Memory: its own. */
#ifndef RTAUDIT_CRAWLER_GITINDEX_H
#define RTAUDIT_CRAWLER_GITINDEX_H
#include "crawler/gitrepo.h"
#include "crawler/index_dir.h"
#include "crawler/ingest.h"

/* Commits that are walked; crates.io has some 400,000 a year and squashes its index now and then.
 * What is older than the oldest of them has no known moment. */
enum { GITINDEX_COMMITS_MAX = 500000 };

struct gitindex_source {
	struct gitrepo *repo;
	struct str registry; /* canonical */
	struct str address;  /* for people */
	int64_t fetched_at;
	size_t commits_max; /* 0: GITINDEX_COMMITS_MAX */
};

struct gitindex_counts {
	struct index_dir_counts files; /* may be read while the work goes on */
	bool unchanged;                /* the store held this commit already */
	size_t commits;                /* that were compared with their parents */
};

/* Brings the store to the repository's head. A file that is missing or refused is counted and
 * leaves the older facts. ERR_INPUT for a repository that holds no index file or lacks its newest
 * folders, ERR_STOPPED, ERR_STORE. */
MUST_CHECK bool gitindex_read(const struct gitindex_source *source, struct db_pool *pool,
                              struct ingest *ingest, struct fact_cache *cache,
                              const struct stop *stop, struct gitindex_counts *counts,
                              struct err *err);
#endif
