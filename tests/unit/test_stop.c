#include "base/stop.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static void a_stop_is_seen_once_it_is_raised(void **state)
{
	(void)state;
	struct stop stop = { 0 };

	assert_false(stop_is_raised(&stop));
	stop_raise(&stop);
	assert_true(stop_is_raised(&stop));
	stop_raise(&stop);
	assert_true(stop_is_raised(&stop));
}

static void work_without_a_stop_goes_on(void **state)
{
	(void)state;
	assert_false(stop_is_raised(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stop_is_seen_once_it_is_raised),
		cmocka_unit_test(work_without_a_stop_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
