/* base/printable.h: foreign text made harmless for a terminal or a log.
 *
 * Control characters, marks that change the direction of writing, and bytes that are no UTF-8 are
 * written as \xNN, byte by byte.
 * Source: Unicode 15, "Bidirectional Algorithm" (UAX 9), section 2; RFC 3629.
 * Threads: pure. Memory: none is allocated here. */
#ifndef RTAUDIT_BASE_PRINTABLE_H
#define RTAUDIT_BASE_PRINTABLE_H
#include "base/str.h"

/* Writes as many whole characters of `in` as fit into `room` bytes, which must be at least 1, with
 * a NUL behind them; returns their length without the NUL. */
size_t printable_copy(char *to, size_t room, struct str in);
/* How many bytes the character at the start of `s`, which is not empty, has; 0 where it is none, a
 * control character, or a mark of direction. */
size_t printable_length(struct str s);
#endif
