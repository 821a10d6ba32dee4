#include "audit/policy_file.h"
#include "audit/limits.h"
#include "base/buf.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static void a_file_has_a_most_of_bytes(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf text = buf_make(POLICY_MAX_BYTES + 1);
	struct policy policy = { 0 };
	struct err err = { 0 };

	buf_repeat(&text, '\n', POLICY_MAX_BYTES);
	assert_true(policy_file_read(&arena, STR_LIT("p"), buf_str(&text), &policy, &err));
	buf_byte(&text, '\n');
	assert_false(policy_file_read(&arena, STR_LIT("p"), buf_str(&text), &policy, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_file_has_a_most_of_bytes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
