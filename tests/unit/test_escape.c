#include "base/escape.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static const struct {
	const char *text;
	size_t at, digits;
	bool ok;
	uint32_t value;
} numbers[] = {
	{ "00e9", 0, 4, true, 0xe9 },
	{ "xABcdx", 1, 4, true, 0xabcd },
	{ "ffffffff", 0, 8, true, UINT32_MAX },
	{ "", 0, 1, false, 0 },
	{ "123", 0, 4, false, 0 },
	{ "123", 9, 1, false, 0 },
	{ "12g4", 0, 4, false, 0 },
	{ "12 4", 0, 4, false, 0 },
	{ "12:4", 0, 4, false, 0 },
	{ "12@4", 0, 4, false, 0 },
	{ "12\x10"
	  "4",
	  0, 4, false, 0 },
	{ "1", 1, 0, true, 0 },
};

static void hexadecimal_numbers_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		uint32_t value = 42;
		bool ok = escape_hex(str_of(numbers[i].text), numbers[i].at, numbers[i].digits,
		                     &value);

		if (ok != numbers[i].ok || value != (ok ? numbers[i].value : 42))
			fail_msg("'%s'", numbers[i].text);
	}
}

static const struct {
	uint32_t code;
	const char *bytes; /* NULL: none */
} characters[] = {
	{ 1, "\x01" },
	{ 0x7f, "\x7f" },
	{ 0x80, "\xc2\x80" },
	{ 0x7ff, "\xdf\xbf" },
	{ 0x800, "\xe0\xa0\x80" },
	{ 0xd7ff, "\xed\x9f\xbf" },
	{ 0xe000, "\xee\x80\x80" },
	{ 0xffff, "\xef\xbf\xbf" },
	{ 0x10000, "\xf0\x90\x80\x80" },
	{ 0x10ffff, "\xf4\x8f\xbf\xbf" },
	{ 0xd800, NULL },
	{ 0xdfff, NULL },
	{ 0x110000, NULL },
	{ UINT32_MAX, NULL },
};

static void characters_are_written_as_utf8(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(characters); i++) {
		char bytes[5] = { 0 };
		size_t n = escape_utf8(characters[i].code, bytes);

		assert_int_equal(n, str_of(characters[i].bytes).n);
		assert_string_equal(bytes, characters[i].bytes ? characters[i].bytes : "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hexadecimal_numbers_are_read),
		cmocka_unit_test(characters_are_written_as_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
