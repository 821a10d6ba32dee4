#include "base/buf.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static void everything_that_is_written_stands_there(void **state)
{
	(void)state;
	CLEANUP(buf_free) struct buf buf = buf_make(1000);
	struct err err = { 0 };

	buf_put(&buf, STR_LIT("a\0b"));
	buf_put(&buf, (struct str){ 0 });
	buf_text(&buf, " text ");
	buf_byte(&buf, '!');
	buf_repeat(&buf, '-', 3);
	buf_repeat(&buf, '-', 0);
	buf_u64(&buf, 0);
	buf_u64(&buf, UINT64_MAX);
	buf_i64(&buf, INT64_MIN);
	buf_i64(&buf, 7);
	buf_printf(&buf, " %s %d", "x", 5);
	memcpy(buf_room(&buf, 2), "yz", 2);
	buf.n += 2;
	assert_true(str_eq(buf_str(&buf),
	                   STR_LIT("a\0b text !---018446744073709551615-92233720368547758087"
	                           " x 5yz")));
	assert_true(buf_done(&buf, "text", &err));
}

static void formatted_texts_of_any_length_are_whole(void **state)
{
	(void)state;
	for (int n = 505; n < 520; n++) {
		CLEANUP(buf_free) struct buf buf = buf_make(1000);

		buf_printf(&buf, "%*d", n, 7);
		assert_int_equal(buf.n, n);
		assert_int_equal(buf.p[n - 1], '7');
	}
}

static void growing_keeps_what_is_there(void **state)
{
	(void)state;
	CLEANUP(buf_free) struct buf buf = buf_make(100000);

	for (size_t i = 0; i < 50000; i++)
		buf_byte(&buf, (char)('a' + i % 26));
	assert_int_equal(buf.n, 50000);
	for (size_t i = 0; i < 50000; i++)
		assert_int_equal(buf.p[i], 'a' + i % 26);
}

static void a_full_buffer_stays_full_until_it_is_cleared(void **state)
{
	(void)state;
	CLEANUP(buf_free) struct buf buf = buf_make(5000);
	struct err err = { 0 };

	buf_repeat(&buf, 'a', 4999);
	buf_byte(&buf, 'b');
	assert_true(buf_done(&buf, "the answer", &err));
	buf_repeat(&buf, 'c', 200000);
	assert_null(buf_room(&buf, 1));
	buf_byte(&buf, 'd');
	assert_int_equal(buf.n, 5000);
	assert_false(buf_done(&buf, "the answer", &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_string_equal(err.text, "the answer is larger than 5000 bytes");
	buf_clear(&buf);
	buf_byte(&buf, 'e');
	assert_true(buf_done(&buf, "the answer", &err));
	assert_true(str_eq(buf_str(&buf), STR_LIT("e")));
}

/* One byte above the ceiling is refused, however large the memory behind it is. */
static void the_ceiling_is_exact(void **state)
{
	(void)state;
	static const size_t ceilings[] = { 0, 1, 10, 1023, 1024, 1025, 5000 };

	for (size_t i = 0; i < ARRAY_LEN(ceilings); i++) {
		CLEANUP(buf_free) struct buf buf = buf_make(ceilings[i]);
		struct err err = { 0 };

		buf_repeat(&buf, 'a', ceilings[i]);
		assert_true(buf_done(&buf, "it", &err));
		buf_byte(&buf, 'b');
		if (buf_done(&buf, "it", &err))
			fail_msg("ceiling of %zu: holds %zu", ceilings[i], buf.n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_that_is_written_stands_there),
		cmocka_unit_test(formatted_texts_of_any_length_are_whole),
		cmocka_unit_test(growing_keeps_what_is_there),
		cmocka_unit_test(a_full_buffer_stays_full_until_it_is_cleared),
		cmocka_unit_test(the_ceiling_is_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
