/* db/packed.h: the bytes that a compact value is made of: varints, tables of entries, a checksum.
 *
 * A varint is LEB128: seven bits a byte, the lowest first, the top bit set in all but the last. A
 * signed number is folded so that small ones of either sign stay small: 0, -1, 1, -2, … become 0,
 * 1, 2, 3, … A table is its number of entries, the length of each, then their bytes one behind the
 * other.
 * Source: this project's own format; LEB128 is that of DWARF 5, section 7.6.
 * Threads: pure. Memory: slices of the bytes, offsets in the caller's arena. */
#ifndef RTAUDIT_DB_PACKED_H
#define RTAUDIT_DB_PACKED_H
#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"

void packed_put(struct buf *to, uint64_t value);
void packed_put_signed(struct buf *to, int64_t value);
/* n entries with their lengths before them. */
void packed_put_table(struct buf *to, const struct str *entries, size_t n);

/* A reader that never leaves its bytes: what is not there reads as 0 or as the empty slice, and
 * `bad` stays set from then on, so a caller looks once, at the end of what belongs together. */
struct packed {
	const unsigned char *p, *end;
	bool bad;
};
struct packed packed_open(struct str bytes);
uint64_t packed_get(struct packed *from);
int64_t packed_get_signed(struct packed *from);
/* A number that must be below `ceiling`; bad otherwise. */
uint32_t packed_get_below(struct packed *from, uint64_t ceiling);
struct str packed_get_bytes(struct packed *from, size_t n);

struct packed_table {
	uint32_t n;
	const uint32_t *ends; /* where entry i ends; it begins where the one before it ends */
	const char *bytes;
};
struct packed_table packed_get_table(struct packed *from, struct arena *arena);
/* Entry i; i must be below n. */
struct str packed_entry(const struct packed_table *table, uint32_t i);

/* 64 bits that tell damage by chance: not secret, not against an attacker. Of a little-endian
 * machine. */
uint64_t packed_checksum(struct str bytes);
#endif
