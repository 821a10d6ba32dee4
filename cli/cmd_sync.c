#include "cli/commands.h"
#include "cli/deliver.h"
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

/* A source as the daemon must have it: a URL as it stands, a path absolute. A name with a colon
 * that is no file is what ssh takes for a host. */
static bool absolute_source(struct arena *arena, struct str given, struct str *out, struct err *err)
{
	const char *path = arena_cstr(arena, given);
	char real[PATH_MAX];

	if (str_find_str(given, STR_LIT("://")) != STR_NONE ||
	    (str_find(given, ':') != STR_NONE && access(path, F_OK) != 0)) {
		*out = given;
		return true;
	}
	if (!realpath(path, real))
		return err_set(err, ERR_USAGE, "%s: %m", path);
	*out = arena_str(arena, str_of(real));
	return true;
}

bool cmd_sync(struct arena *arena, const struct options *options, int *status, struct err *err)
{
	static const struct {
		enum flag flag;
		const char *name;
	} SOURCES[] = {
		{ FLAG_INDEX, "index" },
		{ FLAG_ADVISORIES, "advisories" },
		{ FLAG_FACTS, "facts" },
	};
	struct str format = options_value(options, FLAG_FORMAT);
	struct parts parts = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(SOURCES); i++) {
		struct str given = options_value(options, SOURCES[i].flag), source = { 0 };

		if (given.n == 0)
			continue;
		if (!absolute_source(arena, given, &source, err))
			return false;
		parts_option(arena, &parts, SOURCES[i].name, source);
	}
	for (size_t i = 0; i < options->words.n; i++)
		parts_option(arena, &parts, "source", options->words.p[i]);
	if (options->given[FLAG_OFFLINE])
		parts_option(arena, &parts, "offline", STR_LIT("1"));
	if (format.n > 0)
		parts_option(arena, &parts, "format", format);
	return deliver(arena, options, "POST", "/v1/sync", &parts, status, err);
}
