#include "cli/commands.h"
#include "cli/deliver.h"

bool cmd_export(struct arena *arena, const struct options *options, int *status, struct err *err)
{
	struct parts parts = { 0 };

	if (!options->given[FLAG_EXPORT_FACTS])
		return err_set(err, ERR_USAGE,
		               "export needs to know what: rtaudit export --facts [-o FILE]");
	parts_option(arena, &parts, "facts", STR_LIT("1"));
	return deliver(arena, options, "POST", "/v1/export", &parts, status, err);
}
