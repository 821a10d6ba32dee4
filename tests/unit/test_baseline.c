#include "audit/baseline.h"

#include "tests/unit/unit.h"

static void what_is_no_answer_is_refused_by_name(void **state)
{
	static const struct {
		const char *json, *text;
	} ROWS[] = {
		{ "[]", "old.json: no answer of rtaudit --format json" },
		{ "{}", "old.json: no answer of rtaudit --format json: it has no \"findings\"" },
		{ "{\"findings\":{}}", "old.json: \"findings\" is no list" },
		{ "{\"findings\":[1]}", "old.json: a finding is no object" },
		{ "{\"findings\":[{\"fingerprint\":\"abc\"}]}",
		  "old.json: a fingerprint is no text of 16 digits" },
		{ "{\"findings\":[{\"fingerprint\":7}]}",
		  "old.json: a fingerprint is no text of 16 digits" },
		{ "{\"findings\":[", "old.json: " },
		{ "{\"findings\":[]} x", "old.json: " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct map map = { 0 };
		struct err err = { 0 };

		assert_false(baseline_read(&arena, STR_LIT("old.json"), str_of(ROWS[i].json), &map,
		                           &err));
		if (strncmp(err.text, ROWS[i].text, strlen(ROWS[i].text)) != 0)
			fail_msg("row %zu: %s", i, err.text);
		assert_int_equal(err.kind, ERR_INPUT);
	}
}

static void fingerprints_are_read_wherever_they_stand(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct map map = { 0 };
	struct err err = { 0 };
	uint32_t one;
	(void)state;

	assert_true(baseline_read(&arena, STR_LIT(""), STR_LIT(""), &map, &err));
	assert_int_equal(map.n, 0);
	assert_true(baseline_read(&arena, STR_LIT("old.json"),
	                          STR_LIT("{\"a\":{\"findings\":[{\"fingerprint\":1}]},"
	                                  "\"findings\":[{},{\"fingerprint\":"
	                                  "\"0123456789abcdef\",\"x\":[[{}]]}],\"z\":null}"),
	                          &map, &err));
	assert_int_equal(map.n, 1);
	assert_true(map_get(&map, STR_LIT("0123456789abcdef"), &one));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_answer_is_refused_by_name),
		cmocka_unit_test(fingerprints_are_read_wherever_they_stand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
