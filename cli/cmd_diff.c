#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/project_request.h"

bool cmd_diff(struct arena *arena, const struct options *options, int *status, struct err *err)
{
	struct str word = options->words.n > 1 ? options->words.p[1] : (struct str){ 0 };
	struct parts parts = { 0 };

	if (options->words.n == 0)
		return err_set(err, ERR_USAGE,
		               "diff needs a lock to compare with: rtaudit diff OLD [NEW]");
	if (str_eq(options->words.p[0], STR_LIT("-")) && str_eq(word, STR_LIT("-")))
		return err_set(err, ERR_USAGE, "OLD and NEW cannot both be standard input");
	return project_request_pair(arena, options, options->words.p[0], word, &parts, err) &&
	       deliver(arena, options, "POST", "/v1/diff", &parts, status, err);
}
