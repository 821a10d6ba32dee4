/* base/toml_bytes.h: which bytes of a TOML document are what, many at a time; base/toml alone uses
 * it.
 * Source: TOML 1.0.0, "Spec" and "Comment". Threads: pure, any thread. Memory: none is allocated
 * here. */
#ifndef RTAUDIT_BASE_TOML_BYTES_H
#define RTAUDIT_BASE_TOML_BYTES_H
#include "base/str.h"

/* Whether the text has nothing but printable ASCII, tabs and line feeds, as nearly every document:
 * then it is well-formed UTF-8 without control characters, and neither needs a look of its own. */
bool toml_bytes_are_plain(struct str in);
/* The index of the first byte that TOML allows nowhere, or STR_NONE: a control character, except
 * tab, line feed, and carriage return before a line feed. */
size_t toml_bytes_find_control(struct str in);
/* The index, from `at` on, of the first byte a or b or line feed; in.n where there is none. */
size_t toml_bytes_find_stop(struct str in, size_t at, char a, char b);
#endif
