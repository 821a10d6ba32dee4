#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/project_request.h"

bool cmd_crate(struct arena *arena, const struct options *options, int *status, struct err *err)
{
	struct parts parts = { 0 };

	if (options->words.n == 0)
		return err_set(err, ERR_USAGE, "crate needs a name: rtaudit crate NAME[@VERSION]");
	parts_option(arena, &parts, "crate", options->words.p[0]);
	if (!request_add_features(arena, options, &parts, err))
		return false;
	request_add_view(arena, options, &parts);
	return deliver(arena, options, "POST", "/v1/crate", &parts, status, err);
}
