/* base/escape.h: what the escapes in the strings of TOML and JSON have in common.
 * Source: RFC 3629, section 3 (UTF-8). Threads: pure. Memory: none is allocated here. */
#ifndef RTAUDIT_BASE_ESCAPE_H
#define RTAUDIT_BASE_ESCAPE_H
#include "base/str.h"

/* The number written in `digits` hexadecimal digits (at most 8) from s.p[at] on; false where they
 * are not all there. */
bool escape_hex(struct str s, size_t at, size_t digits, uint32_t *out);
/* Writes the UTF-8 of a code point and returns its length of 1 to 4 bytes; 0, and nothing is
 * written, for what is no Unicode scalar value: surrogates and numbers above 0x10ffff. */
size_t escape_utf8(uint32_t code, char *to);
#endif
