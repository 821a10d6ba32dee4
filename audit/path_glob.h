/* audit/path_glob.h: patterns over paths, as `members` of a workspace uses them.
 * Source: the crate `glob` 0.3, which cargo calls: '*' and '?' stay within one part of a path,
 * "[a-z]" and "[!a-z]" are one byte or character, a part "**" is any number of parts: none where
 * more follows, at least one at the end. A leading dot is matched like any other byte.
 * Threads: pure. Memory: none. */
#ifndef RTAUDIT_AUDIT_PATH_GLOB_H
#define RTAUDIT_AUDIT_PATH_GLOB_H
#include "base/str.h"

/* False too for a pattern that the crate refuses ("a**b", "***", '[' without ']'). */
bool path_glob_matches(struct str pattern, struct str path);
/* Whether there is anything in it that does not stand for itself. */
bool path_glob_is_pattern(struct str text);
#endif
