/* db/list_delta.h: a list of numbers as what differs from another list.
 *
 * A step is a varint, count * 4 + kind. Numbers that are inserted together mostly follow each
 * other, because they were given out in the order of their first use. What is left of the base
 * behind the last step is skipped.
 * Source: this project's own format. Threads: pure. Memory: the caller's. */
#ifndef RTAUDIT_DB_LIST_DELTA_H
#define RTAUDIT_DB_LIST_DELTA_H
#include "db/packed.h"

enum list_step {
	STEP_COPY, /* count entries of the base */
	STEP_SKIP, /* count entries of the base */
	/* count successive numbers; the first follows, as what it differs from the number behind
	 * the last inserted one (0 at first), folded */
	STEP_INSERT,
	STEP_REPLACE /* skip count of the base, insert count */
};

struct number_list {
	const uint32_t *p;
	size_t n;
};

/* Appends the steps that make `target` from `base`. `place` has an element for every number, all
 * 0, and is left so. */
void list_delta_put(struct buf *to, struct number_list base, struct number_list target,
                    uint32_t *place);
/* Makes the list of `steps` from base, in the arena: at most `max` numbers below `ceiling`. False
 * for steps that make anything else. */
MUST_CHECK bool list_delta_apply(struct arena *arena, struct str steps, struct number_list base,
                                 uint32_t ceiling, size_t max, struct number_list *out);
#endif
