#include "db/packed.h"
#include "tests/unit/unit.h"

static const struct {
	uint64_t value;
	const char *bytes;
	size_t n;
} varints[] = {
	{ 0, "\x00", 1 },
	{ 127, "\x7f", 1 },
	{ 128, "\x80\x01", 2 },
	{ 300, "\xac\x02", 2 },
	{ UINT32_MAX, "\xff\xff\xff\xff\x0f", 5 },
	{ UINT64_MAX, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10 },
};

static void varints_are_leb128(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(varints); i++) {
		CLEANUP(buf_free) struct buf out = buf_make(64);
		struct packed in = packed_open((struct str){ varints[i].bytes, varints[i].n });

		packed_put(&out, varints[i].value);
		if (!str_eq(buf_str(&out), (struct str){ varints[i].bytes, varints[i].n }))
			fail_msg("row %zu is written otherwise", i);
		assert_true(packed_get(&in) == varints[i].value);
		assert_false(in.bad);
		assert_ptr_equal(in.p, in.end);
	}
}

static void signed_numbers_come_back(void **state)
{
	(void)state;
	static const int64_t numbers[] = { 0,   -1, 1,         -2,        63,
		                           -64, 64, INT32_MIN, INT64_MAX, INT64_MIN };
	CLEANUP(buf_free) struct buf out = buf_make(256);

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		packed_put_signed(&out, numbers[i]);
	assert_memory_equal(out.p, "\x00\x01\x02\x03", 4);
	struct packed in = packed_open(buf_str(&out));
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		assert_true(packed_get_signed(&in) == numbers[i]);
	assert_false(in.bad);
	assert_ptr_equal(in.p, in.end);
}

static void broken_varints_are_bad_and_stay_so(void **state)
{
	(void)state;
	static const struct str broken[] = {
		STR(""),
		STR("\x80"),
		STR("\xff\xff"),
		STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), /* 65 bits */
		STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
	};

	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		struct packed in = packed_open(broken[i]);

		assert_true(packed_get(&in) == 0);
		if (!in.bad)
			fail_msg("row %zu is taken", i);
		assert_true(packed_get(&in) == 0);
		assert_int_equal(packed_get_bytes(&in, 1).n, 0);
	}
	struct packed in = packed_open(STR_LIT("\x05"));
	assert_int_equal(packed_get_below(&in, 5), 0);
	assert_true(in.bad);
}

static void tables_give_each_entry(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf out = buf_make(1024);
	static const struct str entries[] = { STR("one"), STR(""), STR("three"), STR("4") };

	packed_put_table(&out, entries, ARRAY_LEN(entries));
	packed_put_table(&out, NULL, 0);
	struct packed in = packed_open(buf_str(&out));
	struct packed_table table = packed_get_table(&in, &arena);
	assert_int_equal(table.n, ARRAY_LEN(entries));
	for (uint32_t i = 0; i < table.n; i++)
		assert_true(str_eq(packed_entry(&table, i), entries[i]));
	assert_int_equal(packed_get_table(&in, &arena).n, 0);
	assert_false(in.bad);
	assert_ptr_equal(in.p, in.end);
}

static void broken_tables_are_bad(void **state)
{
	(void)state;
	static const struct str broken[] = {
		STR(""),          /* no number of entries */
		STR("\x05\x01"),  /* more entries than bytes */
		STR("\x01\x02x"), /* an entry longer than what is left */
		STR("\x02\x01\x7f"
		    "ab"),                   /* the second one is */
		STR("\xff\xff\xff\xff\x0f"), /* 4 thousand million entries */
	};

	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct packed in = packed_open(broken[i]);
		struct packed_table table = packed_get_table(&in, &arena);

		if (!in.bad)
			fail_msg("row %zu is taken", i);
		assert_int_equal(table.n, 0);
		assert_true(arena.used_bytes < 1024);
	}
}

static void a_checksum_tells_every_changed_bit_and_length(void **state)
{
	(void)state;
	char bytes[41];

	for (size_t n = 0; n < sizeof bytes; n++) {
		for (size_t i = 0; i < n; i++)
			bytes[i] = (char)(i * 7);
		uint64_t want = packed_checksum((struct str){ bytes, n });

		assert_true(want == packed_checksum((struct str){ bytes, n }));
		for (size_t bit = 0; bit < n * 8; bit++) {
			bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
			if (packed_checksum((struct str){ bytes, n }) == want)
				fail_msg("bit %zu of %zu bytes does not count", bit, n);
			bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
		}
		if (n > 0)
			assert_false(packed_checksum((struct str){ bytes, n - 1 }) == want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(varints_are_leb128),
		cmocka_unit_test(signed_numbers_come_back),
		cmocka_unit_test(broken_varints_are_bad_and_stay_so),
		cmocka_unit_test(tables_give_each_entry),
		cmocka_unit_test(broken_tables_are_bad),
		cmocka_unit_test(a_checksum_tells_every_changed_bit_and_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
