/* daemon/manifest_cache.h: manifests that were read for an earlier request, kept by what is in
 * them.
 *
 * A project is audited again and again while its manifests stay as they are, and reading those of a
 * large workspace takes a third of what its lock takes. They are found by a hash of all their bytes
 * and paths, and taken only where every byte is the same: nothing is ever answered from a manifest
 * that was not sent. No answer is kept. Counts of loans exist because what is displaced must live
 * on until the last audit that reads it has ended.
 * Threads: any. Memory: its own, under a ceiling. */
#ifndef RTAUDIT_DAEMON_MANIFEST_CACHE_H
#define RTAUDIT_DAEMON_MANIFEST_CACHE_H
#include "audit/project.h"

struct manifest_cache;
struct manifest_loan;

struct manifest_cache *manifest_cache_open(size_t max_bytes);
/* Sets `known` of the project and of its checkouts, reading and keeping what is not kept yet. What
 * is broken stays unknown: audit_open says what is wrong with it. They are valid until *loan is
 * returned; the loan itself lives in the arena. */
void manifest_cache_lend(struct manifest_cache *cache, struct arena *arena, struct project *project,
                         struct manifest_loan **loan);
void manifest_loan_return(struct manifest_loan **loan);
/* Forgets all; what is on loan lives on until it is returned. */
void manifest_cache_forget_all(struct manifest_cache *cache);
/* What is kept, in bytes. */
size_t manifest_cache_bytes(struct manifest_cache *cache);
/* All loans must have been returned. */
void manifest_cache_close(struct manifest_cache **cache);
#endif
