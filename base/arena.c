#include "base/arena.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct arena_block {
	struct arena_block *before;
	size_t size, used; /* bytes of data[] */
	size_t clean;      /* bytes of data[] that are zeroed */
	max_align_t data[];
};

/* The first block serves a small request; each further one doubles up to a size from which malloc
 * uses mmap anyway. */
enum { FIRST_BLOCK = 16 << 10, LARGEST_BLOCK = 1 << 20 };

/* Zeroed at once, ahead of what is handed out: few calls, and still in the nearest cache when it is
 * written. A whole block of zeros had left the second one by then. */
enum { CLEAN_STEP = 4 << 10 };

#ifdef __SANITIZE_ADDRESS__
static size_t block_size(const struct arena *arena, size_t wanted)
{
	(void)arena;
	return wanted;
}
#else
static size_t block_size(const struct arena *arena, size_t wanted)
{
	size_t size = arena->head ? arena->head->size * 2 : FIRST_BLOCK;

	if (size > LARGEST_BLOCK)
		size = LARGEST_BLOCK;
	return size > wanted ? size : wanted;
}
#endif

static struct arena_block *add_block(struct arena *arena, size_t wanted)
{
	size_t size = block_size(arena, wanted);
	struct arena_block *block =
		size > SIZE_MAX - sizeof *block ? NULL : malloc(sizeof *block + size);

	if (!block)
		abort();
	*block = (struct arena_block){ .before = arena->head, .size = size };
	arena->head = block;
	return block;
}

/* Zeroes the block up to `end` bytes at least. */
static void clean_up_to(struct arena_block *block, size_t end)
{
	end = block->size - end > CLEAN_STEP ? end + CLEAN_STEP : block->size;
	memset((char *)block->data + block->clean, 0, end - block->clean);
	block->clean = end;
}

void *arena_alloc(struct arena *arena, size_t size_bytes)
{
	struct arena_block *block = arena->head;
	size_t size = size_bytes;

	if (size > SIZE_MAX / 2)
		abort();
#ifndef __SANITIZE_ADDRESS__
	size = (size + sizeof(max_align_t) / 2 - 1) & ~(sizeof(max_align_t) / 2 - 1);
#endif
	if (!block || block->size - block->used < size)
		block = add_block(arena, size);
	void *at = (char *)block->data + block->used;
	block->used += size;
	if (block->used > block->clean)
		clean_up_to(block, block->used);
	arena->used_bytes += size;
	arena->count++;
	return at;
}

void *arena_array(struct arena *arena, size_t n, size_t size_bytes)
{
	size_t total = 0;

	if (__builtin_mul_overflow(n, size_bytes, &total))
		abort();
	return arena_alloc(arena, total);
}

char *arena_cstr(struct arena *arena, struct str s)
{
	char *copy = arena_alloc(arena, s.n + 1);

	if (s.n > 0)
		memcpy(copy, s.p, s.n);
	return copy;
}

struct str arena_str(struct arena *arena, struct str s)
{
	return (struct str){ arena_cstr(arena, s), s.n };
}

struct str arena_printf(struct arena *arena, const char *format, ...)
{
	char small[256];
	va_list args;

	va_start(args, format);
	int n = vsnprintf(small, sizeof small, format, args);
	va_end(args);
	if (n < 0)
		abort();
	if ((size_t)n < sizeof small)
		return arena_str(arena, (struct str){ small, (size_t)n });
	char *text = arena_alloc(arena, (size_t)n + 1);
	va_start(args, format);
	vsnprintf(text, (size_t)n + 1, format, args);
	va_end(args);
	return (struct str){ text, (size_t)n };
}

void arena_free(struct arena *arena)
{
	struct arena_block *block = arena->head;

	while (block) {
		struct arena_block *before = block->before;
		free(block);
		block = before;
	}
	*arena = (struct arena){ 0 };
}
