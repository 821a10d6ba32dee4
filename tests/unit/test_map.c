#include "base/map.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static void values_are_put_replaced_and_found(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct map map = { 0 };
	uint32_t value = 42;

	assert_false(map_get(&map, STR_LIT("a"), &value));
	map_put(&map, &arena, STR_LIT("a"), 1);
	map_put(&map, &arena, STR_LIT(""), 2);
	map_put(&map, &arena, STR_LIT("a\0b"), 3);
	assert_false(map_get(&map, STR_LIT("b"), &value));
	assert_int_equal(value, 42);
	assert_true(map_get(&map, STR_LIT("a"), &value));
	assert_int_equal(value, 1);
	assert_true(map_get(&map, (struct str){ 0 }, &value));
	assert_int_equal(value, 2);
	assert_true(map_get(&map, STR_LIT("a\0b"), &value));
	assert_int_equal(value, 3);
	map_put(&map, &arena, STR_LIT("a"), 4);
	assert_true(map_get(&map, STR_LIT("a"), &value));
	assert_int_equal(value, 4);
	assert_int_equal(map.n, 3);
}

static void the_empty_key_without_bytes_can_come_first(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct map map = { 0 };
	uint32_t value = 0;

	map_put(&map, &arena, (struct str){ 0 }, 7);
	assert_true(map_get(&map, STR_LIT(""), &value));
	assert_int_equal(value, 7);
}

static void a_slot_says_whether_it_was_added(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct map map = { 0 };
	bool added = false;

	assert_int_equal(*map_slot(&map, &arena, STR_LIT("a"), 5, &added), 5);
	assert_true(added);
	*map_slot(&map, &arena, STR_LIT("a"), 6, &added) += 10;
	assert_false(added);
	assert_int_equal(*map_slot(&map, &arena, STR_LIT("a"), 0, NULL), 15);
}

static void many_keys_are_found(void **state)
{
	(void)state;
	for (size_t reserved = 0; reserved < 2; reserved++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct map map = { 0 };
		uint32_t value = 0;

		if (reserved)
			map_reserve(&map, &arena, 10000);
		size_t mask = map.mask;

		for (uint32_t i = 0; i < 10000; i++)
			map_put(&map, &arena, arena_printf(&arena, "key %u", i), i);
		assert_int_equal(map.n, 10000);
		if (reserved)
			assert_int_equal(map.mask, mask);
		for (uint32_t i = 0; i < 10000; i++) {
			assert_true(map_get(&map, arena_printf(&arena, "key %u", i), &value));
			assert_int_equal(value, i);
		}
		assert_false(map_get(&map, STR_LIT("key 10000"), &value));
	}
}

static void equal_texts_have_equal_hashes(void **state)
{
	(void)state;
	static const char text[] = "tokio-util tokio-util";

	for (size_t n = 0; n <= 10; n++)
		assert_true(map_hash((struct str){ text, n }) ==
		            map_hash((struct str){ text + 11, n }));
	/* Zero bytes at the end are bytes too. */
	assert_true(map_hash(STR_LIT("a")) != map_hash(STR_LIT("a\0")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_put_replaced_and_found),
		cmocka_unit_test(the_empty_key_without_bytes_can_come_first),
		cmocka_unit_test(a_slot_says_whether_it_was_added),
		cmocka_unit_test(many_keys_are_found),
		cmocka_unit_test(equal_texts_have_equal_hashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
