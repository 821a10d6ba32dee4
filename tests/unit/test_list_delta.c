#include "db/list_delta.h"
#include "tests/unit/unit.h"

enum { NUMBERS = 40 };

#define LIST(...)                                                                                  \
	{                                                                                          \
		(const uint32_t[]){ __VA_ARGS__ }, sizeof((uint32_t[]){ __VA_ARGS__ }) / 4         \
	}

static const struct {
	struct number_list base, target;
	size_t max_bytes; /* that the steps may take */
} cases[] = {
	{ { NULL, 0 }, { NULL, 0 }, 0 },
	{ { NULL, 0 }, LIST(0, 1, 2, 3), 2 },
	{ { NULL, 0 }, LIST(5, 3, 9), 6 },
	{ LIST(0, 1, 2, 3), LIST(0, 1, 2, 3), 1 },
	{ LIST(0, 1, 2, 3), { NULL, 0 }, 0 },
	{ LIST(0, 1, 2, 3), LIST(0, 1, 4, 3), 4 }, /* one replaced */
	{ LIST(0, 1, 2, 3, 4), LIST(5, 1, 2, 6, 7), 5 },
	{ LIST(0, 1, 2, 3), LIST(0, 3), 3 },    /* two gone */
	{ LIST(0, 1), LIST(0, 7, 8, 9, 1), 4 }, /* three put between */
	{ LIST(0, 1, 2, 3, 4, 5), LIST(5, 4, 3, 2, 1, 0), 12 },
	{ LIST(0, 1, 1, 2), LIST(1, 1, 1, 0), 10 }, /* a number may stand twice */
	{ LIST(3, 1, 4, 1, 5), LIST(1, 4, 1, 5, 3, 39), 12 },
};

static void steps_make_the_list_again(void **state)
{
	(void)state;
	uint32_t place[NUMBERS] = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		CLEANUP(buf_free) struct buf steps = buf_make(1024);
		struct number_list got = { 0 };

		list_delta_put(&steps, cases[i].base, cases[i].target, place);
		if (!list_delta_apply(&arena, buf_str(&steps), cases[i].base, NUMBERS, NUMBERS,
		                      &got))
			fail_msg("row %zu: its own steps are refused", i);
		if (got.n != cases[i].target.n ||
		    (got.n > 0 && memcmp(got.p, cases[i].target.p, got.n * sizeof *got.p) != 0))
			fail_msg("row %zu: another list comes back", i);
		if (steps.n > cases[i].max_bytes)
			fail_msg("row %zu: %zu bytes", i, steps.n);
		for (size_t n = 0; n < NUMBERS; n++)
			assert_int_equal(place[n], 0);
	}
}

static void broken_steps_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		struct str steps;
	} broken[] = {
		{ "copies more than the base has", STR("\x10") },
		{ "skips more than the base has", STR("\x11") },
		{ "replaces more than the base has", STR("\x13\x00") },
		{ "inserts without a number", STR("\x06") },
		{ "inserts a number that is none", STR("\x06\x50") },
		{ "inserts beyond the last number", STR("\x0e\x4c") },
		{ "inserts a negative number", STR("\x06\x01") },
		{ "makes a list that is too long", STR("\x2a\x00\x2a\x00") },
		{ "ends within a step", STR("\x80") },
		{ "counts to 2^62", STR("\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00") },
		{ "moves by 2^63", STR("\x06\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01") },
	};
	static const uint32_t base[] = { 0, 1, 2 };

	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct number_list got = { 0 };

		if (list_delta_apply(&arena, broken[i].steps, (struct number_list){ base, 3 },
		                     NUMBERS, 16, &got))
			fail_msg("taken: %s", broken[i].why);
		assert_int_equal(arena.count, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_make_the_list_again),
		cmocka_unit_test(broken_steps_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
