#include "base/parcel.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static void parts_come_back_as_they_were_put(void **state)
{
	(void)state;
	static const struct parcel_part parts[] = {
		{ STR("lock"), STR("Cargo.lock"), STR("version = 4\n") },
		{ STR("a-z"), STR(""), STR("") },
		{ STR("x"), STR("name\n1 2\n"), STR("\0\xff\n") },
	};
	CLEANUP(buf_free) struct buf body = buf_make(1 << 20);
	struct parcel_part part = { 0 };
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		parcel_put(&body, parts[i].kind.p, parts[i].name, parts[i].value);
	struct str rest = buf_str(&body);

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		assert_int_equal(parcel_next(&rest, &part, &err), 1);
		assert_true(str_eq(part.kind, parts[i].kind));
		assert_true(str_eq(part.name, parts[i].name));
		assert_true(str_eq(part.value, parts[i].value));
	}
	assert_int_equal(parcel_next(&rest, &part, &err), 0);
}

#define NO_LINE "a part of the request has no line 'KIND BYTES BYTES'"
#define NO_HEAD(line) "a part of the request begins with '" line "' instead of 'KIND BYTES BYTES'"
#define TOO_SHORT(kind) "the request ends inside its part '" kind "'"

static const struct {
	struct str in;
	const char *text; /* of the error; NULL where it is taken */
} bodies[] = {
	{ STR("k 1 2\nabb"), NULL },
	{ STR("k 1 2\nabbmore"), NULL },
	{ STR("abcdefghijklmnopqrstuvwxyz-abcde 0 0\n"), NULL },
	{ STR("\n"), NO_HEAD("") },
	{ STR("k 1 2"), NO_LINE },
	{ STR("k\n"), NO_HEAD("k") },
	{ STR("k 1\n"), NO_HEAD("k 1") },
	{ STR("k 1 \n"), NO_HEAD("k 1 ") },
	{ STR("k 1 2 3\n"), NO_HEAD("k 1 2 3") },
	{ STR("k  1 2\n"), NO_HEAD("k  1 2") },
	{ STR(" 1 2\n"), NO_HEAD(" 1 2") },
	{ STR("K 1 2\n"), NO_HEAD("K 1 2") },
	{ STR("k1 1 2\n"), NO_HEAD("k1 1 2") },
	{ STR("k -1 2\n"), NO_HEAD("k -1 2") },
	{ STR("k 0x1 2\n"), NO_HEAD("k 0x1 2") },
	{ STR("k 1 2\r\n"), NO_HEAD("k 1 2\\x0d") },
	{ STR("abcdefghijklmnopqrstuvwxyz-abcdef 0 0\n"),
	  NO_HEAD("abcdefghijklmnopqrstuvwxyz-abcdef 0 0") },
	{ STR("k 18446744073709551616 0\n"), NO_HEAD("k 18446744073709551616 0") },
	{ STR("k 000000000000000000000000000000000000000000000000000000000000000000000000000001 "
	      "0\nx"),
	  NO_LINE },
	{ STR("k 1 2\nab"), TOO_SHORT("k") },
	{ STR("k 4 0\nabb"), TOO_SHORT("k") },
	{ STR("k 18446744073709551615 2\nabb"), TOO_SHORT("k") },
	{ STR("k 2 18446744073709551615\nabb"), TOO_SHORT("k") },
};

static void what_is_no_parcel_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct str rest = bodies[i].in;
		struct parcel_part part = { 0 };
		struct err err = { 0 };
		int got = parcel_next(&rest, &part, &err);

		if (got != (bodies[i].text ? -1 : 1))
			fail_msg(STR_FMT ": %d %s", STR_ARG(bodies[i].in), got, err.text);
		if (got == 1)
			continue;
		assert_int_equal(err.kind, ERR_USAGE);
		assert_string_equal(err.text, bodies[i].text);
		assert_ptr_equal(rest.p, bodies[i].in.p);
		assert_null(part.kind.p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_come_back_as_they_were_put),
		cmocka_unit_test(what_is_no_parcel_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
