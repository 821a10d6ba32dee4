#include "daemon/answer.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static void an_error_replaces_what_was_written(void **state)
{
	(void)state;
	CLEANUP(buf_free) struct buf body = buf_make(100);
	struct answer answer = { .http_status = 200, .content_type = "text/plain" };

	buf_text(&body, "half an answer");
	answer.body = body;
	body = (struct buf){ 0 };
	answer_error(&answer, ERR_INPUT, "Cargo.lock:3: \"x\" <b>");
	assert_int_equal(answer.http_status, 422);
	assert_int_equal(answer.exit_status, 2);
	assert_string_equal(answer.content_type, "application/json");
	struct str got = buf_str(&answer.body);
	struct str start =
		STR("{\"error\":{\"kind\":\"input\",\"message\":\"Cargo.lock:3: \\\"x\\\" ");

	if (!str_starts(got, start) || !str_ends(got, STR_LIT("\"}}\n")))
		fail_msg("got " STR_FMT, STR_ARG(got));
	buf_free(&answer.body);
}

static const struct {
	enum err_kind kind;
	unsigned http_status;
	int exit_status;
} kinds[] = {
	{ ERR_USAGE, 400, 2 },   { ERR_LIMIT, 413, 2 }, { ERR_ABSENT, 404, 3 },
	{ ERR_NETWORK, 502, 3 }, { ERR_STORE, 507, 3 }, { ERR_STOPPED, 503, 3 },
	{ ERR_BUG, 500, 3 },
};

static void each_kind_has_its_statuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct answer answer = { 0 };

		answer_error(&answer, kinds[i].kind, "x");
		if (answer.http_status != kinds[i].http_status ||
		    answer.exit_status != kinds[i].exit_status)
			fail_msg("%s: %u, %d", err_kind_name(kinds[i].kind), answer.http_status,
			         answer.exit_status);
		buf_free(&answer.body);
	}
}

static void formats_have_media_types(void **state)
{
	(void)state;
	assert_string_equal(answer_content_type(STR_LIT("json")), "application/json");
	assert_string_equal(answer_content_type(STR_LIT("html")), "text/html; charset=utf-8");
	assert_string_equal(answer_content_type(STR_LIT("text")), "text/plain; charset=utf-8");
	assert_string_equal(answer_content_type(STR_LIT("")), "text/plain; charset=utf-8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_replaces_what_was_written),
		cmocka_unit_test(each_kind_has_its_statuses),
		cmocka_unit_test(formats_have_media_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
