#include "audit/semver.h"
#include "audit/limits.h"
#include "tests/unit/unit.h"

/* The expectations of this file were compared with the semver crate, 1.0.28. */

static struct version version_of(const char *text)
{
	struct version version = { 0 };
	struct err err = { 0 };

	if (!semver_parse(str_of(text), &version, &err))
		fail_msg("%s", err.text);
	return version;
}

static const struct {
	const char *text;
	uint64_t major, minor, patch;
	const char *pre, *build;
} versions[] = {
	{ "1.2.3", 1, 2, 3, "", "" },
	{ "0.0.0", 0, 0, 0, "", "" },
	{ "18446744073709551615.0.1", UINT64_MAX, 0, 1, "", "" },
	{ "1.0.0-alpha.1", 1, 0, 0, "alpha.1", "" },
	{ "1.0.0-0", 1, 0, 0, "0", "" },
	{ "1.0.0-0a.-.--", 1, 0, 0, "0a.-.--", "" },
	{ "1.0.0+001.b-c", 1, 0, 0, "", "001.b-c" },
	{ "1.0.0-rc.1+build", 1, 0, 0, "rc.1", "build" },
};

static void versions_are_taken_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		struct version v = version_of(versions[i].text);

		if (v.major != versions[i].major || v.minor != versions[i].minor ||
		    v.patch != versions[i].patch || !str_eq(v.pre, str_of(versions[i].pre)) ||
		    !str_eq(v.build, str_of(versions[i].build)))
			fail_msg("%s", versions[i].text);
	}
}

static const struct {
	const char *text, *error;
} wrong_versions[] = {
	{ "", "version '' ends where its major number is due" },
	{ "1", "version '1' ends where its first dot is due" },
	{ "1.2", "version '1.2' ends where its second dot is due" },
	{ "1.2.", "version '1.2.' ends where its patch number is due" },
	{ "1.2.3.4", "version '1.2.3.4': unexpected '.' at its end" },
	{ "v1.2.3", "version 'v1.2.3': unexpected 'v' at its major number" },
	{ " 1.2.3", "version ' 1.2.3': unexpected ' ' at its major number" },
	{ "1.02.3", "version '1.02.3': leading zero in its minor number" },
	{ "00.2.3", "version '00.2.3': leading zero in its major number" },
	{ "18446744073709551616.0.0",
	  "version '18446744073709551616.0.0': major number above 2^64-1" },
	{ "1.2.3-", "version '1.2.3-': empty identifier in its pre-release" },
	{ "1.2.3-a..b", "version '1.2.3-a..b': empty identifier in its pre-release" },
	{ "1.2.3-01", "version '1.2.3-01': leading zero in its pre-release" },
	{ "1.2.3-a_b", "version '1.2.3-a_b': unexpected '_' at its end" },
	{ "1.2.3+", "version '1.2.3+': empty identifier in its build metadata" },
	{ "1.2.3+a+b", "version '1.2.3+a+b': unexpected '+' at its end" },
	{ "1.2.*", "version '1.2.*': unexpected '*' at its patch number" },
};

static void what_is_no_version_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong_versions); i++) {
		struct version v = { .major = 7 };
		struct err err = { 0 };

		if (semver_parse(str_of(wrong_versions[i].text), &v, &err))
			fail_msg("%s: accepted", wrong_versions[i].text);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_string_equal(err.text, wrong_versions[i].error);
		assert_int_equal(v.major, 7);
	}
}

static void a_version_has_a_longest_length(void **state)
{
	(void)state;
	char text[VERSION_MAX_BYTES + 1];
	struct version v;
	struct err err = { 0 };

	memset(text, 'a', sizeof text);
	memcpy(text, "1.0.0-", 6);
	assert_true(semver_parse((struct str){ text, VERSION_MAX_BYTES }, &v, &err));
	assert_false(semver_parse((struct str){ text, VERSION_MAX_BYTES + 1 }, &v, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

/* In ascending order; no two are equal. */
static const char *const ascending[] = {
	"0.0.1-a",       "0.0.1",         "0.1.0",         "1.0.0-0",
	"1.0.0-1",       "1.0.0-2",       "1.0.0-10",      "1.0.0-18446744073709551617",
	"1.0.0--",       "1.0.0-1a",      "1.0.0-A",       "1.0.0-alpha",
	"1.0.0-alpha+1", "1.0.0-alpha.1", "1.0.0-alpha.a", "1.0.0-alpha.a.0",
	"1.0.0-alpha-1", "1.0.0-beta",    "1.0.0-rc.9",    "1.0.0-rc.10",
	"1.0.0-rc10",    "1.0.0-rc9",     "1.0.0",         "1.0.0+0",
	"1.0.0+00",      "1.0.0+1",       "1.0.0+01",      "1.0.0+001",
	"1.0.0+2",       "1.0.0+10",      "1.0.0+10.0",    "1.0.0+a",
	"1.0.0+a.b",     "1.0.0+b",       "1.0.1",         "1.10.0-a",
	"2.0.0",         "10.0.0",
};

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static void versions_have_a_total_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ascending); i++) {
		for (size_t j = 0; j < ARRAY_LEN(ascending); j++) {
			struct version a = version_of(ascending[i]), b = version_of(ascending[j]);

			if (sign(semver_cmp(&a, &b)) != (i > j) - (i < j))
				fail_msg("%s against %s", ascending[i], ascending[j]);
		}
	}
}

static void precedence_ignores_build_metadata(void **state)
{
	(void)state;
	struct version a = version_of("1.0.0-a+1"), b = version_of("1.0.0-a+2"),
		       c = version_of("1.0.0-b");

	assert_int_equal(semver_cmp_precedence(&a, &b), 0);
	assert_true(semver_cmp_precedence(&a, &c) < 0);
	assert_true(semver_cmp_precedence(&c, &a) > 0);
}

static const struct {
	const char *req;
	const char *yes, *no; /* versions, separated by spaces */
} requirements[] = {
	{ "*", "0.0.0 1.2.3 1.0.0+b", "1.0.0-a" },
	{ " x ", "9.9.9", "9.9.9-0" },
	{ "X", "1.0.0", "" },
	{ "1", "1.0.0 1.99.0", "0.9.9 2.0.0 1.0.0-a 1.2.0-a" },
	{ "1.2", "1.2.0 1.3.0", "1.1.9 2.0.0" },
	{ "1.2.3", "1.2.3 1.2.4 1.3.0 1.2.3+b", "1.2.2 2.0.0 1.2.3-a" },
	{ "0", "0.0.0 0.9.0", "1.0.0" },
	{ "0.2", "0.2.0 0.2.9", "0.3.0 0.1.9" },
	{ "0.2.3", "0.2.3 0.2.9", "0.2.2 0.3.0" },
	{ "0.0", "0.0.0 0.0.7", "0.1.0" },
	{ "0.0.3", "0.0.3", "0.0.2 0.0.4 0.1.3" },
	{ "^1.2.3-beta.2", "1.2.3-beta.2 1.2.3-beta.11 1.2.3 1.4.0", "1.2.3-beta.1 1.2.4-beta.2" },
	{ "0.0.3-a", "0.0.3-a 0.0.3-b 0.0.3", "0.0.4" },
	{ "~1", "1.0.0 1.9.9", "2.0.0 0.9.9" },
	{ "~1.2", "1.2.0 1.2.9", "1.3.0 1.1.9" },
	{ "~1.2.3", "1.2.3 1.2.9", "1.2.2 1.3.0 2.2.3" },
	{ "~1.2.3-b", "1.2.3-b 1.2.3 1.2.4", "1.2.3-a 1.2.4-c" },
	{ "=1", "1.0.0 1.9.9", "2.0.0 1.0.0-a" },
	{ "=1.2", "1.2.0 1.2.9", "1.3.0" },
	{ "=1.2.3", "1.2.3 1.2.3+b", "1.2.4 1.2.3-a" },
	{ "=1.0.0-beta", "1.0.0-beta 1.0.0-beta+1", "1.0.0 1.0.0-alpha" },
	{ "=1.0.0+b", "1.0.0 1.0.0+c", "1.0.1" },
	{ "1.*", "1.0.0 1.9.0", "2.0.0 1.0.0-a" },
	{ "1.2.*", "1.2.0 1.2.9", "1.3.0" },
	{ "1.x.X", "1.9.0", "2.0.0" },
	{ "0.*", "0.0.1 0.9.0", "1.0.0" },
	/* Behind an operator a wildcard is only an open number. */
	{ "=1.*", "1.5.0", "2.0.0" },
	{ ">1.*", "2.0.0", "1.9.9 0.9.0" },
	{ "^0.*", "0.9.0", "1.0.0" },
	{ "~1.2.*", "1.2.9", "1.3.0" },
	{ ">1", "2.0.0", "1.0.0 1.9.9" },
	{ ">1.2", "1.3.0 2.0.0", "1.2.9" },
	{ ">1.2.3", "1.2.4 1.3.0 2.0.0", "1.2.3 1.2.3+b 1.2.4-a" },
	{ ">1.2.3-a", "1.2.3-b 1.2.3 1.2.4", "1.2.3-a 1.2.4-b" },
	{ ">=1", "1.0.0 7.0.0", "0.9.9" },
	{ ">=1.2", "1.2.0 1.3.0", "1.1.9" },
	{ ">=1.2.3", "1.2.3 9.0.0", "1.2.2" },
	{ "<2", "1.9.9 0.0.0", "2.0.0 2.0.0-a" },
	{ "<1.2", "1.1.9", "1.2.0" },
	{ "<1.2.3", "1.2.2", "1.2.3 1.2.3-a" },
	{ "<1.2.3-b", "1.2.3-a 1.2.2", "1.2.3-b 1.2.3" },
	{ "<=1", "1.9.9 0.1.0", "2.0.0" },
	{ "<=1.2", "1.2.9", "1.3.0" },
	{ "<=1.2.3", "1.2.3 1.2.3+b", "1.2.4" },
	{ ">=1, <2", "1.0.0 1.9.9", "0.9.9 2.0.0" },
	{ ">= 1.2 ,<1.5, <1.4", "1.3.9", "1.4.0 1.1.0" },
	/* One comparator with the same numbers and a pre-release is enough. */
	{ ">=1.0.0-a, <1.0.0", "1.0.0-a 1.0.0-z", "1.0.0 1.0.1-a" },
	{ ">=1.0.0-a, <2", "1.0.0-a 1.5.0", "1.5.0-a 2.0.0-a" },
};

static void check_matches(const char *text, const struct req *req, const char *list, bool expected)
{
	struct str rest = str_of(list), word;
	bool more = rest.n > 0;

	while (more) {
		struct version v = { 0 };
		struct err err = { 0 };

		more = str_cut(rest, ' ', &word, &rest);
		if (!semver_parse(word, &v, &err))
			fail_msg("%s", err.text);
		if (semver_req_matches(req, &v) != expected)
			fail_msg("'%s' against " STR_FMT, text, STR_ARG(word));
	}
}

static void requirements_match_as_cargo_has_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(requirements); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct req req = { 0 };
		struct err err = { 0 };

		if (!semver_req_parse(&arena, str_of(requirements[i].req), &req, &err))
			fail_msg("%s", err.text);
		assert_false(req.any);
		check_matches(requirements[i].req, &req, requirements[i].yes, true);
		check_matches(requirements[i].req, &req, requirements[i].no, false);
	}
}

static void no_requirement_takes_pre_releases_too(void **state)
{
	(void)state;
	struct version v = version_of("1.0.0-a");

	assert_true(semver_req_matches(&(struct req){ .any = true }, &v));
	assert_false(semver_req_matches(&(struct req){ 0 }, &v));
}

static const struct {
	const char *text, *error;
} wrong_requirements[] = {
	{ "", "requirement '' ends where its major number is due" },
	{ "  ", "requirement '  ' ends where its major number is due" },
	{ "^", "requirement '^' ends where its major number is due" },
	{ "1,", "requirement '1,' ends where its major number is due" },
	{ ",1", "requirement ',1': unexpected ',' at its major number" },
	{ "1 2", "requirement '1 2': unexpected '2' at its end" },
	{ "1 2,3", "requirement '1 2,3': unexpected '2' at its comma" },
	{ "*,1", "requirement '*,1': unexpected ',' at its wildcard" },
	{ "*.1", "requirement '*.1': unexpected '.' at its wildcard" },
	{ "1,*", "requirement '1,*': unexpected '*' at its major number" },
	{ ">*", "requirement '>*': unexpected '*' at its major number" },
	{ "1.*.2", "requirement '1.*.2': unexpected '2' at its wildcard" },
	{ "1.*-a", "requirement '1.*-a': unexpected '-' at its end" },
	{ "1.2-a", "requirement '1.2-a': unexpected '-' at its end" },
	{ "1.2+b", "requirement '1.2+b': unexpected '+' at its end" },
	{ "1.", "requirement '1.' ends where its minor number is due" },
	{ "1.2.", "requirement '1.2.' ends where its patch number is due" },
	{ "==1", "requirement '==1': unexpected '=' at its major number" },
	{ "> =1", "requirement '> =1': unexpected '=' at its major number" },
	{ "1.01", "requirement '1.01': leading zero in its minor number" },
	{ "1.2.3-01", "requirement '1.2.3-01': leading zero in its pre-release" },
	{ "1.2.3-", "requirement '1.2.3-': empty identifier in its pre-release" },
	{ "1.2.3+", "requirement '1.2.3+': empty identifier in its build metadata" },
	{ "1\t", "requirement '1\\x09': unexpected '\\x09' at its end" },
};

static void what_is_no_requirement_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong_requirements); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct req req = { .n = 7 };
		struct err err = { 0 };

		if (semver_req_parse(&arena, str_of(wrong_requirements[i].text), &req, &err))
			fail_msg("%s: accepted", wrong_requirements[i].text);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_string_equal(err.text, wrong_requirements[i].error);
		assert_int_equal(req.n, 7);
	}
}

static void comparators_have_a_ceiling(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	char text[2 * (COMPARATORS_MAX + 1)];
	struct req req = { 0 };
	struct err err = { 0 };

	for (size_t i = 0; i <= COMPARATORS_MAX; i++)
		memcpy(text + 2 * i, "1,", 2);
	assert_true(semver_req_parse(&arena, (struct str){ text, 2 * COMPARATORS_MAX - 1 }, &req,
	                             &err));
	assert_int_equal(req.n, COMPARATORS_MAX);
	assert_false(semver_req_parse(&arena, (struct str){ text, 2 * COMPARATORS_MAX + 1 }, &req,
	                              &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

static const struct {
	const char *a, *b;
	bool compatible;
} lines[] = {
	{ "1.0.0", "1.9.0", true },  { "1.0.0", "2.0.0", false }, { "0.1.0", "0.1.9", true },
	{ "0.1.0", "0.2.0", false }, { "0.0.1", "0.0.1", true },  { "0.0.1", "0.0.2", false },
	{ "0.0.1", "0.1.1", false }, { "0.1.0", "1.1.0", false },
};

static void compatible_versions_share_the_first_number_that_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct version a = version_of(lines[i].a), b = version_of(lines[i].b);

		if (semver_is_compatible(&a, &b) != lines[i].compatible ||
		    semver_is_compatible(&b, &a) != lines[i].compatible)
			fail_msg("%s and %s", lines[i].a, lines[i].b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_are_taken_apart),
		cmocka_unit_test(what_is_no_version_is_refused),
		cmocka_unit_test(a_version_has_a_longest_length),
		cmocka_unit_test(versions_have_a_total_order),
		cmocka_unit_test(precedence_ignores_build_metadata),
		cmocka_unit_test(requirements_match_as_cargo_has_it),
		cmocka_unit_test(no_requirement_takes_pre_releases_too),
		cmocka_unit_test(what_is_no_requirement_is_refused),
		cmocka_unit_test(comparators_have_a_ceiling),
		cmocka_unit_test(compatible_versions_share_the_first_number_that_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
