#include "audit/req_span.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static const char *const reqs[] = {
	"*",
	"1",
	"1.2",
	"1.2.3",
	"0",
	"0.0",
	"0.3",
	"0.3.4",
	"0.0.3",
	"^1.2.3",
	"^0.0",
	"~1",
	"~1.2",
	"~1.2.3",
	"~0.0.3",
	"=1",
	"=1.2",
	"=1.2.3",
	"1.*",
	"1.2.*",
	">1",
	">1.2",
	">1.2.3",
	">=1",
	">=1.2",
	">=1.2.3",
	"<1",
	"<1.2",
	"<1.2.3",
	"<=1",
	"<=1.2",
	"<=1.2.3",
	">1, <3",
	">=1.2.3, <1.3",
	">2, <1",
	"=1.2.3-rc.1",
	"^1.2.3-rc.1",
	">=1.2.3-a, <2",
	"1048576",
	"1.1048576",
	"1.0.268435455",
	"1.0.268435456",
	"32767",
	"32768",
	"1.1048575.268435455",
};

static const char *const versions[] = {
	"0.0.0",         "0.0.2",         "0.0.3",     "0.0.4",
	"0.2.9",         "0.3.0",         "0.3.3",     "0.3.4",
	"0.3.5",         "0.4.0",         "0.9.99",    "1.0.0",
	"1.1.9",         "1.2.0",         "1.2.2",     "1.2.3",
	"1.2.4",         "1.2.3+b.1",     "1.3.0",     "1.9.0",
	"2.0.0",         "2.0.1",         "3.0.0",     "4.1.2",
	"1.2.3-rc.1",    "1.2.3-rc.2",    "1.2.4-a",   "2.0.0-a",
	"1.0.268435455", "1.0.268435456", "1.1.0",     "1.1048575.268435455",
	"1.1048576.0",   "32767.0.0",     "32768.0.0", "32769.1.0",
};

static void spans_say_what_requirements_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(reqs); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct req req = { 0 };
		struct err err = { 0 };

		assert_true(semver_req_parse(&arena, str_of(reqs[i]), &req, &err));
		for (size_t k = 0; k < ARRAY_LEN(versions); k++) {
			struct version version = { 0 };

			assert_true(semver_parse(str_of(versions[k]), &version, &err));
			bool said = req_span_matches(req_span_of(&req), &req,
			                             req_span_pack(&version), &version);

			if (said != semver_req_matches(&req, &version))
				fail_msg("%s %s: %d", reqs[i], versions[k], said);
		}
	}
}

/* A path or git dependency without a requirement takes pre-releases as well. */
static void no_requirement_takes_everything(void **state)
{
	const struct req any = { .any = true };

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(versions); k++) {
		struct version version = { 0 };
		struct err err = { 0 };

		assert_true(semver_parse(str_of(versions[k]), &version, &err));
		assert_true(req_span_matches(req_span_of(&any), &any, req_span_pack(&version),
		                             &version));
	}
}

static void packed_versions_are_in_the_order_of_versions(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		for (size_t k = 0; k < ARRAY_LEN(versions); k++) {
			struct version a = { 0 }, b = { 0 };
			struct err err = { 0 };

			assert_true(semver_parse(str_of(versions[i]), &a, &err));
			assert_true(semver_parse(str_of(versions[k]), &b, &err));
			uint64_t x = req_span_pack(&a), y = req_span_pack(&b);

			if (x == REQ_SPAN_NO_VERSION || y == REQ_SPAN_NO_VERSION)
				continue;
			if ((x < y) != (semver_cmp_precedence(&a, &b) < 0))
				fail_msg("%s %s", versions[i], versions[k]);
		}
	}
}

static void most_requirements_have_a_span(void **state)
{
	static const char *const simple[] = { "*",       "1",   "^0.3.4", "~1.2", "=1.2.3",
		                              ">=1, <3", "1.*", "<2",     ">1.2" };
	CLEANUP(arena_free) struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(simple); i++) {
		struct req req = { 0 };
		struct err err = { 0 };

		assert_true(semver_req_parse(&arena, str_of(simple[i]), &req, &err));
		assert_true(req_span_of(&req).to > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spans_say_what_requirements_say),
		cmocka_unit_test(no_requirement_takes_everything),
		cmocka_unit_test(packed_versions_are_in_the_order_of_versions),
		cmocka_unit_test(most_requirements_have_a_span),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
