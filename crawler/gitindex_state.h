/* crawler/gitindex_state.h: how far the reading of a git index has come, as the store keeps it.
 *
 * "COMMIT": all of it is stored. "COMMIT history": its files are, the moments of its history are
 * not. "COMMIT N ORDER": the first N batches of its files, in an order with that checksum.
 * Source: this project's own. Threads: as the handle. Memory: the caller's arena. */
#ifndef RTAUDIT_CRAWLER_GITINDEX_STATE_H
#define RTAUDIT_CRAWLER_GITINDEX_STATE_H
#include "crawler/gitindex.h"

enum gitindex_phase { GITINDEX_NOTHING, GITINDEX_FILES, GITINDEX_HISTORY, GITINDEX_DONE };

struct gitindex_state {
	enum gitindex_phase phase; /* what is under way */
	git_oid commit;
	uint64_t batches, order; /* of GITINDEX_FILES */
};

/* What is stored; GITINDEX_NOTHING where nothing is, or nothing that can be read. */
MUST_CHECK bool gitindex_state_load(struct db_pool *pool, const struct gitindex_source *source,
                                    struct gitindex_state *out, struct err *err);
MUST_CHECK bool gitindex_state_put(struct db *writer, const struct gitindex_source *source,
                                   const struct gitindex_state *state, struct err *err);
#endif
