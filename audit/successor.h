/* audit/successor.h: which crates a text names as what to take instead.
 *
 * A name counts behind a word that leads to it ("use", "moved to", "in favor of"), and there only
 * where it stands between backticks, leads to a registry or a repository, or is called a crate:
 * other words of a sentence are valid names too.
 * Source: the READMEs of crates that RustSec calls unmaintained. Threads: pure. Memory: the
 * caller's arena. */
#ifndef RTAUDIT_AUDIT_SUCCESSOR_H
#define RTAUDIT_AUDIT_SUCCESSOR_H
#include "audit/readme.h"

enum { SUCCESSORS_MAX = 4 };

/* Whether two texts name one crate: the case of letters does not count, and - is _. */
bool successor_is_crate(struct str a, struct str b);
/* Of a crate `name` whose mark is sentence `first`: names separated by blanks, or empty. */
struct str successors_find(struct arena *arena, const struct readme *readme, size_t first,
                           struct str name);
#endif
