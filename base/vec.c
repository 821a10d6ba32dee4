#include "base/vec.h"

void *vec_grow(struct arena *arena, const void *old, size_t *cap, size_t size_bytes)
{
	size_t room = *cap == 0 ? 4 : *cap * 2;
	void *bigger = arena_array(arena, room, size_bytes);

	if (*cap > 0)
		memcpy(bigger, old, *cap * size_bytes);
	*cap = room;
	return bigger;
}
