#include "db/packed.h"

enum { VARINT_MAX_BYTES = 10 };

void packed_put(struct buf *to, uint64_t value)
{
	char *at = buf_room(to, VARINT_MAX_BYTES);

	if (!at)
		return;
	char *start = at;
	for (; value > 0x7f; value >>= 7)
		*at++ = (char)(unsigned char)(value | 0x80);
	*at++ = (char)value;
	to->n += (size_t)(at - start);
}

void packed_put_signed(struct buf *to, int64_t value)
{
	uint64_t bits = (uint64_t)value;

	packed_put(to, value < 0 ? ~(bits << 1) : bits << 1);
}

void packed_put_table(struct buf *to, const struct str *entries, size_t n)
{
	packed_put(to, n);
	for (size_t i = 0; i < n; i++)
		packed_put(to, entries[i].n);
	for (size_t i = 0; i < n; i++)
		buf_put(to, entries[i]);
}

struct packed packed_open(struct str bytes)
{
	const unsigned char *p = (const unsigned char *)(bytes.p ? bytes.p : "");

	return (struct packed){ .p = p, .end = p + bytes.n };
}

uint64_t packed_get(struct packed *from)
{
	uint64_t value = 0;

	for (unsigned shift = 0; from->p < from->end && shift < 64; shift += 7) {
		unsigned char byte = *from->p++;

		if (shift == 63 && byte > 1)
			break; /* more than 64 bits */
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return value;
	}
	from->bad = true;
	from->p = from->end;
	return 0;
}

int64_t packed_get_signed(struct packed *from)
{
	uint64_t folded = packed_get(from);

	return (int64_t)(folded & 1 ? ~(folded >> 1) : folded >> 1);
}

uint32_t packed_get_below(struct packed *from, uint64_t ceiling)
{
	uint64_t value = packed_get(from);

	if (value < ceiling && value <= UINT32_MAX)
		return (uint32_t)value;
	from->bad = true;
	return 0;
}

struct str packed_get_bytes(struct packed *from, size_t n)
{
	const char *p = (const char *)from->p;

	if ((size_t)(from->end - from->p) < n) {
		from->bad = true;
		from->p = from->end;
		return (struct str){ "", 0 };
	}
	from->p += n;
	return (struct str){ p, n };
}

struct packed_table packed_get_table(struct packed *from, struct arena *arena)
{
	/* Each entry takes at least the byte of its length, so the count bounds the memory. */
	uint32_t n = packed_get_below(from, (uint64_t)(from->end - from->p) + 1);
	uint32_t *ends = arena_alloc(arena, n * sizeof *ends + 1);
	uint32_t total = 0;

	for (uint32_t i = 0; i < n; i++) {
		total += packed_get_below(from, (uint64_t)(from->end - from->p) - total + 1);
		if (from->bad || total > (size_t)(from->end - from->p)) {
			from->bad = true;
			return (struct packed_table){ 0, ends, "" };
		}
		ends[i] = total;
	}
	return (struct packed_table){ n, ends, packed_get_bytes(from, total).p };
}

struct str packed_entry(const struct packed_table *table, uint32_t i)
{
	uint32_t start = i == 0 ? 0 : table->ends[i - 1];

	return (struct str){ table->bytes + start, table->ends[i] - start };
}

static uint64_t word_at(const char *p, size_t n)
{
	uint64_t word = 0;

	memcpy(&word, p, n);
	return word;
}

/* Multiplication to 128 bits, both halves folded; the odd constants are arbitrary. Two lanes,
 * because each step waits for the one before it. */
static uint64_t fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t packed_checksum(struct str bytes)
{
	const uint64_t k = 0x9fb21c651e98df25u, l = 0xd6e8feb86659fd93u;
	uint64_t a = 0x243f6a8885a308d3u ^ bytes.n, b = 0x13198a2e03707344u;
	const char *p = bytes.p;
	size_t n = bytes.n;

	for (; n >= 16; p += 16, n -= 16) {
		a = fold(a ^ word_at(p, 8), k);
		b = fold(b ^ word_at(p + 8, 8), l);
	}
	if (n > 8) {
		b = fold(b ^ word_at(p + 8, n - 8), l);
		n = 8;
	}
	if (n > 0)
		a = fold(a ^ word_at(p, n), k);
	return fold(a ^ l, b ^ k);
}
