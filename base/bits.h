/* base/bits.h: sets of small numbers as words of 64 bits.
 * Threads: pure. Memory: the caller's words. */
#ifndef RTAUDIT_BASE_BITS_H
#define RTAUDIT_BASE_BITS_H
#include <stdbool.h>
#include <stdint.h>

static inline bool bits_has(const uint64_t *bits, uint32_t i)
{
	return (bits[i / 64] >> (i % 64) & 1) != 0;
}

/* Sets the bit; whether it was clear before. */
static inline bool bits_set(uint64_t *bits, uint32_t i)
{
	uint64_t mask = (uint64_t)1 << (i % 64);
	bool fresh = (bits[i / 64] & mask) == 0;

	bits[i / 64] |= mask;
	return fresh;
}
#endif
