#include "base/vec.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static void a_list_keeps_its_elements_as_it_grows(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct u32_list numbers = { 0 };
	struct str_list texts = { 0 };

	for (uint32_t i = 0; i < 1000; i++) {
		uint32_t *number = vec_add(&arena, &numbers);

		assert_int_equal(*number, 0);
		*number = i;
		*vec_add(&arena, &texts) = arena_printf(&arena, "%u", i);
	}
	assert_int_equal(numbers.n, 1000);
	for (uint32_t i = 0; i < 1000; i++) {
		uint64_t value = 0;

		assert_int_equal(numbers.p[i], i);
		assert_true(str_to_u64(texts.p[i], &value));
		assert_int_equal(value, i);
	}
}

static void growing_copies_each_element_a_few_times_only(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct u32_list numbers = { 0 };

	for (uint32_t i = 0; i < 1 << 16; i++)
		*vec_add(&arena, &numbers) = i;
	assert_true(arena.count <= 16);
	assert_true(arena.used_bytes <= 2 * sizeof(uint32_t) << 16);
}

static void texts_are_joined_in_one_piece(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str_list texts = { 0 };

	assert_int_equal(str_list_join(&arena, &texts, ", ").n, 0);
	*vec_add(&arena, &texts) = STR_LIT("one");
	assert_true(str_eq(str_list_join(&arena, &texts, ", "), STR_LIT("one")));
	*vec_add(&arena, &texts) = (struct str){ 0 };
	*vec_add(&arena, &texts) = STR_LIT("three");
	assert_true(str_eq(str_list_join(&arena, &texts, ", "), STR_LIT("one, , three")));
	assert_true(str_eq(str_list_join(&arena, &texts, ""), STR_LIT("onethree")));

	size_t before = arena.used_bytes;

	for (int i = 0; i < 10000; i++)
		*vec_add(&arena, &texts) = STR_LIT("text");
	assert_int_equal(str_list_join(&arena, &texts, " ").n, 10 + 5 * 10000);
	assert_true(arena.used_bytes - before < 1000000);
}

static void a_text_is_found_and_added_once(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str_list list = { 0 };

	assert_false(str_list_has(&list, STR_LIT("")));
	str_list_add_once(&arena, &list, STR_LIT("a"));
	str_list_add_once(&arena, &list, STR_LIT("ab"));
	str_list_add_once(&arena, &list, STR_LIT("a"));
	assert_int_equal(list.n, 2);
	assert_true(str_eq(list.p[0], STR_LIT("a")));
	assert_true(str_eq(list.p[1], STR_LIT("ab")));
	assert_true(str_list_has(&list, STR_LIT("ab")));
	assert_false(str_list_has(&list, STR_LIT("b")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_joined_in_one_piece),
		cmocka_unit_test(a_list_keeps_its_elements_as_it_grows),
		cmocka_unit_test(a_text_is_found_and_added_once),
		cmocka_unit_test(growing_copies_each_element_a_few_times_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
