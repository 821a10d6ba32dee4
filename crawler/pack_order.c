#include "crawler/pack_order.h"
#include "base/file.h"
#include "base/vec.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PACKS_MAX = 1000,
	IDX_NAMES = 8 + 256 * 4, /* magic, version, fan-out */
	ENTRY_OFS_DELTA = 6,
	ENTRY_REF_DELTA = 7
};

static uint64_t number_at(struct str bytes, uint64_t at, size_t n)
{
	uint64_t number = 0;

	for (size_t i = 0; i < n; i++)
		number = number << 8 | (unsigned char)bytes.p[at + i];
	return number;
}

/* The number of objects, 0 for an index that is none of version 2, or is too short for them. */
static uint64_t count_of(struct str index)
{
	if (index.n < IDX_NAMES || memcmp(index.p, "\377tOc\0\0\0\2", 8) != 0)
		return 0;
	uint64_t n = number_at(index, IDX_NAMES - 4, 4);

	return index.n - IDX_NAMES >= n * (GIT_OID_RAWSZ + 4 + 4) ? n : 0;
}

uint64_t pack_order_place(struct str index, const git_oid *id)
{
	uint64_t n = count_of(index), low = 0, high = n, found = n;
	uint64_t places = IDX_NAMES + n * (GIT_OID_RAWSZ + 4);

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		int order =
			memcmp(index.p + IDX_NAMES + middle * GIT_OID_RAWSZ, id->id, GIT_OID_RAWSZ);

		if (order == 0)
			found = low = high = middle;
		else if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (found == n)
		return 0;
	uint64_t place = number_at(index, places + found * 4, 4);

	if (place < 0x80000000u)
		return place;
	uint64_t large = places + n * 4 + (place & 0x7fffffffu) * 8;

	return large <= index.n && index.n - large >= 8 ? number_at(index, large, 8) : 0;
}

/* The distance to the base, behind the head of an entry: each byte but the last adds one. */
static uint64_t distance_at(struct str pack, uint64_t at)
{
	uint64_t distance = 0;

	for (int i = 0; i < 9 && at < pack.n; i++, at++) {
		unsigned char byte = (unsigned char)pack.p[at];

		distance = distance << 7 | (byte & 0x7f);
		if (byte < 0x80)
			return distance;
		distance++;
	}
	return 0;
}

uint64_t pack_order_base(struct str index, struct str pack, uint64_t at)
{
	uint64_t start = at;
	int kind = at < pack.n ? (unsigned char)pack.p[at] >> 4 & 7 : 0;

	while (at < pack.n && (unsigned char)pack.p[at] >= 0x80)
		at++;
	at++;
	if (kind == ENTRY_OFS_DELTA) {
		uint64_t distance = distance_at(pack, at);

		return distance > 0 && distance < start ? start - distance : 0;
	}
	if (kind == ENTRY_REF_DELTA && at <= pack.n && pack.n - at >= GIT_OID_RAWSZ) {
		git_oid id;

		memcpy(id.id, pack.p + at, sizeof id.id);
		return pack_order_place(index, &id);
	}
	return 0;
}

/* An object that is wanted. */
struct node {
	uint64_t place, base; /* in its pack; base 0: none */
	uint32_t number;
};

struct ordering {
	const git_oid *ids;
	size_t n, done;
	uint32_t *order;
	bool *placed; /* of each object */
	struct node *by_place, *by_base;
	size_t nodes;
};

static int cmp_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int cmp_place(const void *a, const void *b)
{
	return cmp_u64(((const struct node *)a)->place, ((const struct node *)b)->place);
}

static int cmp_base(const void *a, const void *b)
{
	const struct node *p = a, *q = b;
	int order = cmp_u64(p->base, q->base);

	return order != 0 ? order : cmp_u64(p->place, q->place);
}

static void place(struct ordering *ordering, uint32_t number)
{
	if (ordering->placed[number])
		return;
	ordering->placed[number] = true;
	ordering->order[ordering->done++] = number;
}

/* The first of those with that base. */
static size_t first_with_base(const struct ordering *ordering, uint64_t base)
{
	size_t low = 0, high = ordering->nodes;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ordering->by_base[middle].base < base)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_wanted(const struct ordering *ordering, uint64_t at)
{
	struct node key = { .place = at };

	return bsearch(&key, ordering->by_place, ordering->nodes, sizeof key, cmp_place) != NULL;
}

/* A node and all that is packed against it, the base always first. An entry has one base, so none
 * is met twice. */
static void place_family(struct ordering *ordering, struct arena *arena, const struct node *top)
{
	struct {
		struct node *p;
		size_t n, cap;
	} waiting = { 0 };

	*vec_add(arena, &waiting) = *top;
	while (waiting.n > 0) {
		struct node node = waiting.p[--waiting.n];
		size_t i = first_with_base(ordering, node.place), end = i;

		place(ordering, node.number);
		while (end < ordering->nodes && ordering->by_base[end].base == node.place)
			end++;
		while (end-- > i)
			*vec_add(arena, &waiting) = ordering->by_base[end];
	}
}

static void order_pack(struct ordering *ordering, struct str index, struct str pack)
{
	CLEANUP(arena_free) struct arena arena = { 0 };

	ordering->by_place = arena_array(&arena, ordering->n, sizeof *ordering->by_place);
	ordering->by_base = arena_array(&arena, ordering->n, sizeof *ordering->by_base);
	ordering->nodes = 0;
	for (size_t i = 0; i < ordering->n; i++) {
		uint64_t at = ordering->placed[i] ? 0 : pack_order_place(index, &ordering->ids[i]);

		if (at > 0)
			ordering->by_place[ordering->nodes++] =
				(struct node){ at, pack_order_base(index, pack, at), (uint32_t)i };
	}
	if (ordering->nodes == 0)
		return;
	memcpy(ordering->by_base, ordering->by_place, ordering->nodes * sizeof(struct node));
	qsort(ordering->by_place, ordering->nodes, sizeof(struct node), cmp_place);
	qsort(ordering->by_base, ordering->nodes, sizeof(struct node), cmp_base);
	/* Those whose base is not wanted itself stand together, by that base. */
	for (size_t i = 0; i < ordering->nodes; i++)
		if (ordering->by_base[i].base == 0 ||
		    !is_wanted(ordering, ordering->by_base[i].base))
			place_family(ordering, &arena, &ordering->by_base[i]);
}

static struct str map_file(const char *path)
{
	CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size <= 0)
		return (struct str){ "", 0 };
	void *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);

	return bytes == MAP_FAILED ? (struct str){ "", 0 }
	                           : (struct str){ bytes, (size_t)st.st_size };
}

static void unmap(struct str bytes)
{
	union {
		const char *in;
		void *out;
	} p = { bytes.p };

	if (bytes.n > 0)
		munmap(p.out, bytes.n);
}

uint32_t *pack_order_make(struct arena *arena, const char *folder, const git_oid *ids, size_t n)
{
	CLEANUP(arena_free) struct arena scratch = { 0 };
	struct ordering ordering = { .ids = ids, .n = n };
	struct str_list names = { 0 };
	struct err why = { 0 };

	ordering.order = arena_array(arena, n, sizeof *ordering.order);
	ordering.placed = arena_array(&scratch, n, sizeof *ordering.placed);
	IGNORE(file_list(&scratch, folder, PACKS_MAX * 4, &names, &why)); /* no folder: no pack */
	for (size_t i = 0; i < names.n; i++) {
		if (!str_ends(names.p[i], STR_LIT(".idx")))
			continue;
		struct str base = str_sub(names.p[i], 0, names.p[i].n - 4);
		struct str index = map_file(file_join(&scratch, folder, names.p[i]));
		struct str name = arena_printf(&scratch, STR_FMT ".pack", STR_ARG(base));
		struct str pack = map_file(file_join(&scratch, folder, name));

		order_pack(&ordering, index, pack);
		unmap(index);
		unmap(pack);
	}
	for (size_t i = 0; i < n; i++)
		place(&ordering, (uint32_t)i);
	return ordering.order;
}
