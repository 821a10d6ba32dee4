#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/project_request.h"

bool cmd_why(struct arena *arena, const struct options *options, int *status, struct err *err)
{
	struct str word = options->words.n > 1 ? options->words.p[1] : (struct str){ 0 };
	struct parts parts = { 0 };

	if (options->words.n == 0)
		return err_set(err, ERR_USAGE, "why needs a crate: rtaudit why CRATE[@VERSION]");
	if (!project_request(arena, options, word, &parts, err))
		return false;
	parts_option(arena, &parts, "crate", options->words.p[0]);
	return deliver(arena, options, "POST", "/v1/why", &parts, status, err);
}
