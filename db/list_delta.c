#include "db/list_delta.h"

struct delta {
	struct buf *to;
	struct number_list base, target;
	const uint32_t *place; /* of a number in base, + 1 */
	size_t at;             /* in base */
	uint32_t behind;       /* the number behind the last inserted one */
};

static void put_step(struct delta *delta, enum list_step kind, size_t count)
{
	if (count > 0)
		packed_put(delta->to, (uint64_t)count << 2 | kind);
}

static void put_run(struct delta *delta, enum list_step kind, uint32_t first, size_t count)
{
	put_step(delta, kind, count);
	packed_put_signed(delta->to, (int64_t)first - (int64_t)delta->behind);
	delta->behind = first + (uint32_t)count;
}

/* Whether the base still offers this number. */
static bool is_ahead(const struct delta *delta, uint32_t number)
{
	return delta->place[number] > delta->at;
}

/* Inserts target[from..to), in runs of successive numbers, and skips the base up to `next`; a run
 * that has as many to skip replaces them. */
static void put_inserts(struct delta *delta, size_t from, size_t to, size_t next)
{
	const uint32_t *p = delta->target.p;

	for (size_t i = from, count = 0; i < to; i += count) {
		for (count = 1; i + count < to && p[i + count] == p[i] + count;)
			count++;
		bool replaces = next - delta->at >= count;
		put_run(delta, replaces ? STEP_REPLACE : STEP_INSERT, p[i], count);
		if (replaces)
			delta->at += count;
	}
	put_step(delta, STEP_SKIP, next - delta->at);
	delta->at = next;
}

void list_delta_put(struct buf *to, struct number_list base, struct number_list target,
                    uint32_t *place)
{
	struct delta delta = { .to = to, .base = base, .target = target, .place = place };

	for (size_t i = 0; i < base.n; i++)
		place[base.p[i]] = (uint32_t)i + 1;
	for (size_t i = 0; i < target.n;) {
		size_t ahead = i, copied = 0;

		while (ahead < target.n && !is_ahead(&delta, target.p[ahead]))
			ahead++;
		if (ahead < target.n)
			put_inserts(&delta, i, ahead, place[target.p[ahead]] - 1);
		else
			put_inserts(&delta, i, ahead, delta.at);
		for (i = ahead;
		     i < target.n && delta.at < base.n && base.p[delta.at] == target.p[i]; i++) {
			delta.at++;
			copied++;
		}
		put_step(&delta, STEP_COPY, copied);
	}
	for (size_t i = 0; i < base.n; i++)
		place[base.p[i]] = 0;
}

/* Walks along the steps and checks them; writes the numbers where `out` is not NULL. */
static bool walk(struct str steps, struct number_list base, uint32_t ceiling, size_t max,
                 uint32_t *out, size_t *n)
{
	struct packed from = packed_open(steps);
	size_t at = 0, made = 0;
	uint32_t behind = 0;

	while (from.p < from.end) {
		uint64_t step = packed_get(&from), count = step >> 2;
		enum list_step kind = (enum list_step)(step & 3);
		bool takes = kind != STEP_INSERT, gives = kind != STEP_SKIP;

		if (from.bad || (takes && count > base.n - at) || (gives && count > max - made))
			return false;
		if (kind == STEP_COPY) {
			if (out && count > 0)
				memcpy(out + made, base.p + at, count * sizeof *out);
		} else if (gives) {
			int64_t first = behind, moved = packed_get_signed(&from);

			if (from.bad || __builtin_add_overflow(first, moved, &first) || first < 0 ||
			    first > ceiling || count > ceiling - (uint64_t)first)
				return false;
			for (uint64_t i = 0; out && i < count; i++)
				out[made + i] = (uint32_t)((uint64_t)first + i);
			behind = (uint32_t)((uint64_t)first + count);
		}
		at += takes ? count : 0;
		made += gives ? count : 0;
	}
	*n = made;
	return true;
}

bool list_delta_apply(struct arena *arena, struct str steps, struct number_list base,
                      uint32_t ceiling, size_t max, struct number_list *out)
{
	size_t n = 0;

	if (!walk(steps, base, ceiling, max, NULL, &n))
		return false;
	uint32_t *numbers = arena_array(arena, n, sizeof *numbers);

	*out = (struct number_list){ numbers, n };
	return walk(steps, base, ceiling, max, numbers, &n);
}
