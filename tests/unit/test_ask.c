#include "cli/ask.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static const struct {
	int http_status;
	const char *body;
	enum err_kind kind; /* ERR_NONE: no error */
	const char *text;
} cases[] = {
	{ 200, "{\"error\":{}}", ERR_NONE, NULL },
	{ 422, "{\"error\":{\"kind\":\"input\",\"message\":\"Cargo.lock:3: no\"}}", ERR_INPUT,
	  "Cargo.lock:3: no" },
	{ 400, "{\"error\":{\"message\":\"m\",\"more\":[{}],\"kind\":\"usage\"}}", ERR_USAGE, "m" },
	{ 500, "{\"error\":{\"kind\":\"new\",\"message\":\"a\\u001bb\"}}", ERR_BUG, "a\\x1bb" },
	{ 500, "{\"error\":{\"kind\":\"bug\"}}", ERR_NETWORK, "HTTP status 500" },
	{ 404, "<html>", ERR_NETWORK, "HTTP status 404" },
	{ 404, "", ERR_NETWORK, "HTTP status 404" },
	{ 413, "{\"error\":\"large\"}", ERR_NETWORK, "HTTP status 413" },
	{ 413, "{\"error\":{\"kind\":\"limit\",\"mess", ERR_NETWORK, "HTTP status 413" },
};

static void an_error_of_the_daemon_is_told_in_its_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct client_response response = { .http_status = cases[i].http_status,
			                            .body = str_of(cases[i].body) };
		struct err err = { 0 };
		bool ok = ask_check(&response, &err);

		if (ok != (cases[i].kind == ERR_NONE))
			fail_msg("row %zu: %s", i, err.text);
		if (ok)
			continue;
		if (err.kind != cases[i].kind || !strstr(err.text, cases[i].text))
			fail_msg("row %zu: %s: %s", i, err_kind_name(err.kind), err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_of_the_daemon_is_told_in_its_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
