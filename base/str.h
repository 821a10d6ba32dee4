/* base/str.h: text as a slice of somebody else's bytes.
 *
 * A slice is not NUL-terminated and owns nothing: it is valid as long as the buffer or arena that
 * it points into. The empty slice { NULL, 0 } is valid everywhere.
 * Threads: pure, any thread. Memory: none is allocated here. */
#ifndef RTAUDIT_BASE_STR_H
#define RTAUDIT_BASE_STR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p;
	size_t n; /* bytes */
};

/* A slice of a string literal, usable in a static initialiser. */
#define STR(literal)                                                                               \
	{                                                                                          \
		"" literal, sizeof(literal) - 1                                                    \
	}
/* The same as an expression. */
#define STR_LIT(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).n, (s).p

/* What str_find_* return where there is no such byte. */
#define STR_NONE SIZE_MAX

/* The slice of a NUL-terminated text; NULL gives the empty slice. */
struct str str_of(const char *text);

bool str_eq(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b); /* ASCII letters alone are folded */
/* Bytewise order, a prefix before what it begins: < 0, 0 or > 0. */
int str_cmp(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);

/* The index of the first or last byte c, or STR_NONE. */
size_t str_find(struct str s, char c);
size_t str_find_last(struct str s, char c);
/* The index where `needle` first stands in s, or STR_NONE; the empty needle stands at 0. */
size_t str_find_str(struct str s, struct str needle);

/* Bytes from..to (not included), both clamped to the slice: out of range is never an error. */
struct str str_sub(struct str s, size_t from, size_t to);
/* Without ASCII white space at both ends. */
struct str str_trim(struct str s);
/* Splits s at the first c: *head before it, *tail behind it. False, *head = s and *tail empty,
 * where there is none. Either pointer may be that of s itself. */
bool str_cut(struct str s, char c, struct str *head, struct str *tail);

/* Decimal digits only, the whole slice; false when empty, foreign bytes or above 2^64-1. */
bool str_to_u64(struct str s, uint64_t *out);

/* Whether the bytes are well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool str_is_utf8(struct str s);

/* How many single-character edits (insert, delete, replace, swap of neighbours) turn a into b,
 * counted up to `ceiling`; above it, or for texts longer than 64 bytes, the result is ceiling + 1.
 * For naming the nearest existing word to a mistyped one. */
size_t str_distance(struct str a, struct str b, size_t ceiling);

/* The nearest of several names to a mistyped word: { .word = typed, .below = 4 } takes names at
 * most three edits away, and of equally near ones the first that was offered. */
struct str_nearest {
	struct str word, name; /* name: empty while nothing was near enough */
	size_t below;          /* a name must be nearer than this */
};
void str_nearest_offer(struct str_nearest *nearest, struct str name);
#endif
