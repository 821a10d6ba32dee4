#include "daemon/routes.h"
#include "daemon/api_audit.h"
#include "daemon/api_crate.h"
#include "daemon/api_status.h"
#include "daemon/api_sync.h"

static const struct route routes[] = {
	{ "POST", "/v1/audit", api_audit },
	{ "POST", "/v1/why", api_audit_why },
	{ "POST", "/v1/diff", api_audit_diff },
	{ "POST", "/v1/crate", api_crate },
	{ "POST", "/v1/explain", api_audit_explain },
	{ "GET", "/v1/status", api_status },
	{ "POST", "/v1/sync", api_sync },
	{ "POST", "/v1/export", api_sync_export },
	{ "POST", "/v1/stop", api_status_stop },
};

enum route_match routes_find(const char *method, const char *path, const struct route **out)
{
	bool head = strcmp(method, "HEAD") == 0;
	enum route_match match = ROUTE_NONE;

	for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
		if (strcmp(routes[i].path, path) != 0)
			continue;
		*out = &routes[i];
		if (strcmp(routes[i].method, head ? "GET" : method) == 0)
			return ROUTE_FOUND;
		match = ROUTE_OTHER_METHOD;
	}
	return match;
}
