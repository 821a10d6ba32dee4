/* crawler/index_history.h: when the versions of a crate appeared and were yanked, from the states
 * of its index file one after the other.
 *
 * Source: the Cargo Book, "Registry Index": one line a version; a yank changes a line.
 * Threads: pure. Memory: the caller's arena; a state's bytes must live until the next was added. */
#ifndef RTAUDIT_CRAWLER_INDEX_HISTORY_H
#define RTAUDIT_CRAWLER_INDEX_HISTORY_H
#include "audit/index_entry.h"
#include "base/map.h"
#include "base/vec.h"

struct index_history {
	struct arena *arena;
	struct map by_vers; /* indices of versions */
	struct {
		struct dated_version {
			int64_t appeared_at, yanked_at; /* 0: not known, or not yanked */
			bool yanked;
			size_t line; /* in the state before; its place where it stood there */
		} * p;
		size_t n, cap;
	} versions;
	struct dated_lines {
		struct dated_line {
			struct str text;
			uint32_t version; /* UINT32_MAX: a line that is no entry */
		} * p;
		size_t n, cap;
	} lines, spare; /* of the newest state; room for the next */
};

struct index_history index_history_begin(struct arena *arena);
/* The next state; what is new in it happened at that moment, 0: not known when. An empty body:
 * there was no file. */
void index_history_add(struct index_history *history, struct str body, int64_t at);
/* Writes the moments of n versions, 0 where they are not known. */
void index_history_moments(const struct index_history *history, const struct index_entry *entries,
                           size_t n, int64_t *appeared_at, int64_t *yanked_at);
#endif
