/* db/crate_history.h: what all versions of a crate together say: how many, how often, which is the
 * newest.
 *
 * Only the heads of the value are read. Versions that are no longer listed do not count.
 * Source: the contract of struct package_facts (audit/facts.h).
 * Threads: pure. Memory: the scratch arena. */
#ifndef RTAUDIT_DB_CRATE_HISTORY_H
#define RTAUDIT_DB_CRATE_HISTORY_H
#include "db/crate_value.h"

struct crate_history {
	/* number of the highest version that is neither yanked nor a pre-release and that cargo can
	 * read, or UINT32_MAX */
	uint32_t newest;
	int64_t newest_at; /* when the latest release was published; 0 unknown */
	/* when the first was; 0 where that of any is unknown, since dates lack where they are old
	 * */
	int64_t first_at;
	uint32_t releases, yanked_releases;
	/* median interval between releases of known date; 0 for fewer than 3 */
	int64_t rhythm_seconds;
};

/* With at != 0: as of that moment. What was published later does not count, what was first seen
 * yanked later was not. A version without a date counts always. */
void crate_history_of(const struct crate_value *value, struct arena *scratch, int64_t at,
                      struct crate_history *out);
#endif
