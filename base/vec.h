/* base/vec.h: arrays that grow in an arena.
 *
 *	struct numbers VEC_OF(uint32_t);
 *	struct numbers list = { 0 };
 *	*vec_add(arena, &list) = 7;       list.p[0 .. list.n - 1] are its elements
 *
 * The old array stays in the arena when a list grows, so pointers to elements are stable only until
 * the next vec_add. The callers check list.n against their ceiling before they add.
 * Threads: as the arena. Memory: the arena's. */
#ifndef RTAUDIT_BASE_VEC_H
#define RTAUDIT_BASE_VEC_H
#include "base/arena.h"

#define VEC_OF(type)                                                                               \
	{                                                                                          \
		type *p;                                                                           \
		size_t n, cap;                                                                     \
	}

/* A pointer to a new, zeroed last element. */
#define vec_add(arena, list)                                                                       \
	((list)->n == (list)->cap ? (void)((list)->p = vec_grow((arena), (list)->p, &(list)->cap,  \
	                                                        sizeof *(list)->p))                \
	                          : (void)0,                                                       \
	 &(list)->p[(list)->n++])

/* For vec_add: a larger copy of the array of *cap elements; *cap becomes the new room. */
void *vec_grow(struct arena *arena, const void *old, size_t *cap, size_t size_bytes);

struct str_list VEC_OF(struct str);

/* The texts one behind the other with `between` in the gaps, in one piece: adding them one at a
 * time would copy what is there for each, and lists from outside have thousands. */
struct str str_list_join(struct arena *arena, const struct str_list *list, const char *between);

/* Whether a text is among them; for lists short enough to be read from one end to the other. */
bool str_list_has(const struct str_list *list, struct str text);
/* Adds a text that is not among them yet. */
void str_list_add_once(struct arena *arena, struct str_list *list, struct str text);

struct u32_list VEC_OF(uint32_t);
#endif
