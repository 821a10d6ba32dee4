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

/* The character at the start of s: its bytes, or one byte where they are no valid character. */
static struct str first_character(struct str s, bool *safe)
{
	unsigned char c = (unsigned char)s.p[0];
	size_t length = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	struct str head = str_sub(s, 0, length);

	*safe = head.n == length && str_is_utf8(head) && c >= 0x20 && c != 0x7f &&
	        !(length == 2 && c == 0xc2 && (unsigned char)head.p[1] < 0xa0) &&
	        !is_bidirectional(head);
	if (!*safe)
		head = str_sub(s, 0, 1);
	return head;
}

size_t printable_copy(char *to, size_t room, struct str in)
{
	size_t n = 0;

	while (in.n > 0) {
		bool safe = false;
		struct str head = first_character(in, &safe);
		size_t need = safe ? head.n : 4;

		if (n + need + 1 > room)
			break;
		if (safe)
			memcpy(to + n, head.p, head.n);
		else
			snprintf(to + n, 5, "\\x%02x", (unsigned)(unsigned char)head.p[0]);
		n += need;
		in = (struct str){ in.p + head.n, in.n - head.n };
	}
	to[n] = '\0';
	return n;
}
