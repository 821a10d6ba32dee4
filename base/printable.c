#include "base/printable.h"
#include <stdio.h>

/* U+061C, U+200E, U+200F, U+202A..202E and U+2066..2069 reorder what a terminal shows. */
static bool is_bidirectional(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	if (s.n == 2)
		return p[0] == 0xd8 && p[1] == 0x9c;
	if (s.n != 3 || p[0] != 0xe2)
		return false;
	if (p[1] == 0x80)
		return p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xaa && p[2] <= 0xae);
	return p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9;
}

size_t printable_length(struct str s)
{
	unsigned char c = (unsigned char)s.p[0];
	size_t length = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	struct str head = str_sub(s, 0, length);
	bool safe = head.n == length && str_is_utf8(head) && c >= 0x20 && c != 0x7f &&
	            !(length == 2 && c == 0xc2 && (unsigned char)head.p[1] < 0xa0) &&
	            !is_bidirectional(head);

	return safe ? length : 0;
}

size_t printable_copy(char *to, size_t room, struct str in)
{
	size_t n = 0;

	while (in.n > 0) {
		size_t length = printable_length(in), need = length > 0 ? length : 4;

		if (n + need + 1 > room)
			break;
		if (length > 0)
			memcpy(to + n, in.p, length);
		else
			snprintf(to + n, 5, "\\x%02x", (unsigned)(unsigned char)in.p[0]);
		n += need;
		length = length > 0 ? length : 1;
		in = (struct str){ in.p + length, in.n - length };
	}
	to[n] = '\0';
	return n;
}
