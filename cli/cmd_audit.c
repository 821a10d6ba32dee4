#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/project_request.h"

bool cmd_audit(struct arena *arena, const struct options *options, int *status, struct err *err)
{
	struct str word = options->words.n > 0 ? options->words.p[0] : (struct str){ 0 };
	struct parts parts = { 0 };

	return project_request(arena, options, word, &parts, err) &&
	       deliver(arena, options, "POST", "/v1/audit", &parts, status, err);
}
