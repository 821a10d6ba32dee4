#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/project_request.h"

bool cmd_explain(struct arena *arena, const struct options *options, int *status, struct err *err)
{
	struct parts parts = { 0 };

	if (options->words.n > 0)
		parts_option(arena, &parts, "rule", options->words.p[0]);
	request_add_view(arena, options, &parts);
	return deliver(arena, options, "POST", "/v1/explain", &parts, status, err);
}
