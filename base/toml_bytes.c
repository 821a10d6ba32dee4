#include "base/toml_bytes.h"

#define EACH_BYTE(c) (0x0101010101010101u * (c))
#define HIGH_BITS EACH_BYTE(0x80u)

/* The high bit of each byte of `word` that is zero, and of no other. */
static uint64_t zero_bytes(uint64_t word)
{
	return ~(((word & ~HIGH_BITS) + ~HIGH_BITS) | word) & HIGH_BITS;
}

/* Whether a byte of `word` is a control character other than tab and line feed. */
static bool has_control(uint64_t word)
{
	uint64_t low = ~((word | HIGH_BITS) - EACH_BYTE(0x20u)) & ~word & HIGH_BITS;

	if (low)
		low &= ~(zero_bytes(word ^ EACH_BYTE('\t')) | zero_bytes(word ^ EACH_BYTE('\n')));
	return (low | zero_bytes(word ^ EACH_BYTE(0x7fu))) != 0;
}

size_t toml_bytes_find_control(struct str in)
{
	size_t at = 0;

	while (at < in.n) {
		uint64_t word = 0;

		if (at + 8 <= in.n) {
			memcpy(&word, in.p + at, 8);
			if (!has_control(word)) {
				at += 8;
				continue;
			}
		}
		unsigned char c = (unsigned char)in.p[at];
		bool ends_line = c == '\r' && at + 1 < in.n && in.p[at + 1] == '\n';

		if (c == 0x7f || (c < 0x20 && c != '\t' && c != '\n' && !ends_line))
			return at;
		at++;
	}
	return STR_NONE;
}

/* How many of n bytes are neither printable ASCII nor tab nor line feed. Without a branch, so that
 * the compiler looks at 16 bytes at once. */
static unsigned count_strange(const char *p, size_t n)
{
	unsigned char strange = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		strange = (unsigned char)(strange + ((unsigned char)(c - 0x20) > 0x5e &&
		                                     c != '\n' && c != '\t'));
	}
	return strange;
}

bool toml_bytes_are_plain(struct str in)
{
	enum { STEP = 64 };
	size_t at = 0;

	for (; at + STEP <= in.n; at += STEP)
		if (count_strange(in.p + at, STEP) > 0)
			return false;
	return in.n == at || count_strange(in.p + at, in.n - at) == 0;
}

size_t toml_bytes_find_stop(struct str in, size_t at, char a, char b)
{
	uint64_t word = 0;

	for (; at + 8 <= in.n; at += 8) {
		memcpy(&word, in.p + at, 8);
		if (zero_bytes(word ^ EACH_BYTE((unsigned char)a)) |
		    zero_bytes(word ^ EACH_BYTE((unsigned char)b)) |
		    zero_bytes(word ^ EACH_BYTE('\n')))
			break;
	}
	while (at < in.n && in.p[at] != a && in.p[at] != b && in.p[at] != '\n')
		at++;
	return at;
}
