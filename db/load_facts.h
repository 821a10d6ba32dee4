/* db/load_facts.h: rows → audit/facts, through a cache that keeps what earlier audits read.
 *
 * Once warm, an audit runs no statement per package: each version's summary stays decoded in the
 * cache until its crate is written again. The cache has a ceiling in bytes; above it the versions
 * that were not used for longest go. An audit of another moment (at != now) reads past the cache.
 * Threads: any number may load at once. A writer that changed or confirmed crates tells it by name,
 * after its commit: what is told before it may be read again as it was. Memory: the cache's own,
 * lent until facts_return. */
#ifndef RTAUDIT_DB_LOAD_FACTS_H
#define RTAUDIT_DB_LOAD_FACTS_H
#include "audit/facts.h"
#include "db/db.h"

struct fact_cache;

MUST_CHECK bool fact_cache_open(struct fact_cache **out, struct db_pool *pool, size_t max_bytes,
                                struct err *err);
void fact_cache_close(struct fact_cache **cache);

/* Forgets one crate (all of its versions), or everything of a kind, after it was written. */
void fact_cache_forget_crate(struct fact_cache *cache, struct str registry, struct str name);
void fact_cache_forget_advisories(struct fact_cache *cache);
void fact_cache_forget_all(struct fact_cache *cache);
/* Lets go of what was not used for longest, down to max_bytes; what is on loan stays. The ceiling
 * stays what it was. */
void fact_cache_shrink(struct fact_cache *cache, size_t max_bytes);

/* What facts_load lent: everything in *facts stays valid until facts_return. */
struct facts_loan;
/* Loads all that is known of the wanted packages (n, in the order of the lock) as of `at`. Missing
 * crates are no error. `table`, which may be NULL, holds advisories that are compiled in, used
 * where the store has none. ERR_STORE. */
MUST_CHECK bool facts_load(struct fact_cache *cache, struct arena *arena,
                           const struct wanted *wanted, uint32_t n, int64_t at, int64_t now,
                           const struct advisory_set *table, struct facts *out,
                           struct facts_loan **loan, struct err *err);
void facts_return(struct facts_loan **loan); /* accepts NULL: CLEANUP(facts_return) */
#endif
