/* db/store_source.h: where facts come from: validators, ages and failures of each source.
 * Threads: as the handle. Memory: the caller's arena. */
#ifndef RTAUDIT_DB_STORE_SOURCE_H
#define RTAUDIT_DB_STORE_SOURCE_H
#include "db/db.h"
#include "base/vec.h"

struct source_state {
	struct str name;       /* "index crates-io", "advisories", "facts", … */
	struct str address;    /* URL or path, for people */
	struct str validator;  /* commit or ETag it stands at; may be empty */
	int64_t ok_at;         /* last success; 0 never */
	int64_t tried_at;      /* last try */
	struct str last_error; /* of the last try; empty where it succeeded */
};
struct source_state_list VEC_OF(struct source_state);

MUST_CHECK bool store_source_put(struct db *writer, const struct source_state *state,
                                 struct err *err);
/* 1, 0, -1. */
MUST_CHECK int store_source_get(struct db *reader, struct arena *arena, struct str name,
                                struct source_state *out, struct err *err);
MUST_CHECK bool store_source_list(struct db *reader, struct arena *arena,
                                  struct source_state_list *out, struct err *err);
#endif
