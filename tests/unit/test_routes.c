#include "daemon/routes.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

static const struct {
	const char *method, *path;
	enum route_match match;
} cases[] = {
	{ "POST", "/v1/audit", ROUTE_FOUND },
	{ "GET", "/v1/audit", ROUTE_OTHER_METHOD },
	{ "HEAD", "/v1/audit", ROUTE_OTHER_METHOD },
	{ "GET", "/v1/status", ROUTE_FOUND },
	{ "HEAD", "/v1/status", ROUTE_FOUND },
	{ "POST", "/v1/status", ROUTE_OTHER_METHOD },
	{ "get", "/v1/status", ROUTE_OTHER_METHOD },
	{ "POST", "/v1/why", ROUTE_FOUND },
	{ "POST", "/v1/diff", ROUTE_FOUND },
	{ "POST", "/v1/explain", ROUTE_FOUND },
	{ "POST", "/v1/sync", ROUTE_FOUND },
	{ "POST", "/v1/export", ROUTE_FOUND },
	{ "POST", "/v1/stop", ROUTE_FOUND },
	{ "POST", "/v1/audit/", ROUTE_NONE },
	{ "POST", "/v1/audi", ROUTE_NONE },
	{ "POST", "/v1", ROUTE_NONE },
	{ "GET", "", ROUTE_NONE },
	{ "GET", "/V1/status", ROUTE_NONE },
	{ "", "/v1/status", ROUTE_OTHER_METHOD },
};

static void method_and_path_lead_to_a_handler(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct route *route = NULL;
		enum route_match match = routes_find(cases[i].method, cases[i].path, &route);

		if (match != cases[i].match)
			fail_msg("%s %s: %d", cases[i].method, cases[i].path, (int)match);
		if ((match == ROUTE_NONE) != (route == NULL))
			fail_msg("%s %s: a route where there is none, or none", cases[i].method,
			         cases[i].path);
		if (route && (strcmp(route->path, cases[i].path) != 0 || !route->handle))
			fail_msg("%s %s: leads to %s", cases[i].method, cases[i].path, route->path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(method_and_path_lead_to_a_handler),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
