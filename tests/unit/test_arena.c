#include "base/arena.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static void memory_is_zeroed_aligned_and_apart(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	static const size_t sizes[] = { 0, 1, 7, 8, 100, 16384, 3000000, 5 };
	unsigned char *blocks[ARRAY_LEN(sizes)];
	size_t total = 0;

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		blocks[i] = arena_alloc(&arena, sizes[i]);
		total += sizes[i];
		assert_int_equal((uintptr_t)blocks[i] % 8, 0);
		for (size_t at = 0; at < sizes[i]; at++)
			assert_int_equal(blocks[i][at], 0);
		memset(blocks[i], (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		for (size_t at = 0; at < sizes[i]; at++)
			assert_int_equal(blocks[i][at], i + 1);
	assert_int_equal(arena.count, ARRAY_LEN(sizes));
	assert_true(arena.used_bytes >= total);
	arena_free(&arena);
	assert_null(arena.head);
	assert_int_equal(arena.count, 0);
	arena_free(&arena);
}

static void copies_end_in_a_nul(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str copy = arena_str(&arena, STR_LIT("a\0b"));

	assert_int_equal(copy.n, 3);
	assert_memory_equal(copy.p, "a\0b", 4);
	assert_string_equal(arena_cstr(&arena, (struct str){ 0 }), "");
	assert_non_null(arena_array(&arena, 0, 8));
}

static void formatted_texts_of_any_length_are_whole(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };

	for (int n = 250; n < 262; n++) {
		struct str text = arena_printf(&arena, "%*d", n, 7);

		assert_int_equal(text.n, n);
		assert_int_equal(strlen(text.p), n);
		assert_int_equal(text.p[n - 1], '7');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
		cmocka_unit_test(copies_end_in_a_nul),
		cmocka_unit_test(formatted_texts_of_any_length_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
