#include "base/escape.h"

bool escape_hex(struct str s, size_t at, size_t digits, uint32_t *out)
{
	uint32_t code = 0;

	if (at > s.n || s.n - at < digits)
		return false;
	for (size_t i = at; i < at + digits; i++) {
		char c = s.p[i], low = (char)(c | 0x20);

		if (c >= '0' && c <= '9')
			code = code << 4 | (uint32_t)(c - '0');
		else if (low >= 'a' && low <= 'f')
			code = code << 4 | (uint32_t)(low - 'a' + 10);
		else
			return false;
	}
	*out = code;
	return true;
}

size_t escape_utf8(uint32_t code, char *to)
{
	if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	if (code < 0x80) {
		to[0] = (char)code;
		return 1;
	}
	unsigned more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;

	/* The first byte begins with as many one bits as the character has bytes. */
	to[0] = (char)((0xff00u >> (more + 1) & 0xffu) | code >> (6 * more));
	for (unsigned i = 1; i <= more; i++)
		to[i] = (char)(0x80u | (code >> (6 * (more - i)) & 0x3fu));
	return more + 1;
}
