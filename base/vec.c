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

struct str str_list_join(struct arena *arena, const struct str_list *list, const char *between)
{
	struct str gap = str_of(between);
	size_t bytes = list->n == 0 ? 0 : gap.n * (list->n - 1), at = 0;

	for (size_t i = 0; i < list->n; i++)
		bytes += list->p[i].n;
	char *text = arena_alloc(arena, bytes + 1);

	for (size_t i = 0; i < list->n; i++) {
		const struct str parts[] = { i == 0 ? (struct str)STR("") : gap, list->p[i] };

		for (size_t part = 0; part < ARRAY_LEN(parts); part++) {
			if (parts[part].n > 0)
				memcpy(text + at, parts[part].p, parts[part].n);
			at += parts[part].n;
		}
	}
	return (struct str){ text, bytes };
}

bool str_list_has(const struct str_list *list, struct str text)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->p[i], text))
			return true;
	return false;
}

void str_list_add_once(struct arena *arena, struct str_list *list, struct str text)
{
	if (!str_list_has(list, text))
		*vec_add(arena, list) = text;
}
