/* audit/index_path.h: where a crate's file lies in a registry index, "serde" -> "se/rd/serde".
 * Source: The Cargo Book, "Registry Index", section "Index files".
 * Threads: pure, any thread. Memory: results live in the caller's arena. */
#ifndef RTAUDIT_AUDIT_INDEX_PATH_H
#define RTAUDIT_AUDIT_INDEX_PATH_H
#include "base/arena.h"
#include "base/err.h"

/* Sets *out to the path of crate `name` below the index root: lower case, '/' separated, no leading
 * '/'. ERR_INPUT unless name is 1..CRATE_NAME_MAX bytes of [A-Za-z0-9_-]: they go on into a URL and
 * a file name, so no other byte may pass. */
MUST_CHECK bool index_path(struct arena *arena, struct str name, struct str *out, struct err *err);
#endif
