/* db/store_archive.h: what a whole archive says beyond its manifest: marks of its author, and the
 * paths that its sources name.
 * Threads: as the handle. Memory: the caller's arena. */
#ifndef RTAUDIT_DB_STORE_ARCHIVE_H
#define RTAUDIT_DB_STORE_ARCHIVE_H
#include "audit/author_mark.h"
#include "audit/rust_source.h"
#include "db/crate_name.h"

/* Replaces both of the version. A mark of the same place and kind keeps the day on which it was
 * first seen, in whichever version of the crate; others are first seen at seen_at. */
MUST_CHECK bool store_archive_put(struct db *writer, struct crate_id crate, struct str vers,
                                  const struct author_mark_list *marks,
                                  const struct source_use_list *uses, int64_t seen_at,
                                  struct err *err);
/* The marks of a version, ordered by place. */
MUST_CHECK bool store_archive_marks(struct db *reader, struct arena *arena,
                                    const struct wanted *wanted, struct author_mark_list *out,
                                    struct err *err);
/* The paths of a version, ordered. */
MUST_CHECK bool store_archive_uses(struct db *reader, struct arena *arena,
                                   const struct wanted *wanted, struct source_use_list *out,
                                   struct err *err);
#endif
