#include "cli/project_request.h"
#include "base/when.h"
#include "cli/gather.h"
#include "cli/terminal.h"
#include <unistd.h>

/* Flags that go on as options of the same name. */
static const struct {
	enum flag flag;
	const char *name;
} SWITCHES[] = {
	{ FLAG_ALL_FEATURES, "all-features" },
	{ FLAG_NO_DEFAULT_FEATURES, "no-default-features" },
	{ FLAG_INCLUDE_INACTIVE, "include-inactive" },
}, LISTS[] = {
	{ FLAG_FEATURES, "features" },
	{ FLAG_TARGET, "target" },
	{ FLAG_EXCLUDE, "exclude" },
};

static void add_switch(struct arena *arena, struct parts *parts, const char *name, bool is_on)
{
	if (is_on)
		parts_option(arena, parts, name, STR_LIT("1"));
}

static void add_values(struct arena *arena, const struct options *options, enum flag flag,
                       const char *name, struct parts *parts)
{
	for (size_t i = 0; i < options->values[flag].n; i++)
		parts_option(arena, parts, name, options->values[flag].p[i]);
}

static void add_last(struct arena *arena, const struct options *options, enum flag flag,
                     const char *name, struct parts *parts)
{
	struct str value = options_value(options, flag);

	if (value.n > 0)
		parts_option(arena, parts, name, value);
}

/* Contradictions and dates are the client's to tell: they need no daemon. */
static bool check_at(const struct options *options, struct err *err)
{
	struct str at = options_value(options, FLAG_AT);
	int64_t moment = 0;

	if (at.n == 0 || when_parse(at, &moment, err))
		return true;
	err->kind = ERR_USAGE;
	err_prefix(err, "--at: ");
	return false;
}

bool request_add_features(struct arena *arena, const struct options *options, struct parts *parts,
                          struct err *err)
{
	if (!check_at(options, err))
		return false;
	add_values(arena, options, FLAG_FEATURES, "features", parts);
	add_switch(arena, parts, "all-features", options->given[FLAG_ALL_FEATURES] > 0);
	add_switch(arena, parts, "no-default-features",
	           options->given[FLAG_NO_DEFAULT_FEATURES] > 0);
	add_last(arena, options, FLAG_TARGET, "target", parts);
	add_last(arena, options, FLAG_AT, "at", parts);
	add_switch(arena, parts, "offline", options->given[FLAG_OFFLINE] > 0);
	return true;
}

void request_add_view(struct arena *arena, const struct options *options, struct parts *parts)
{
	struct str format = options_value(options, FLAG_FORMAT);
	bool to_file = options->given[FLAG_OUTPUT] > 0;
	size_t width = to_file ? 0 : terminal_width(STDOUT_FILENO);

	if (format.n > 0)
		parts_option(arena, parts, "format", format);
	if (width > 0)
		parts_option(arena, parts, "width", arena_printf(arena, "%zu", width));
	/* A file is no terminal; a colour for it must be asked for by the flag. */
	add_switch(arena, parts, "color",
	           terminal_has_color(to_file ? -1 : STDOUT_FILENO,
	                              options_value(options, FLAG_COLOR)));
	add_switch(arena, parts, "verbose", options->given[FLAG_VERBOSE] > 0);
	add_switch(arena, parts, "quiet", options->given[FLAG_QUIET] > 0);
}

static bool check(const struct options *options, struct err *err)
{
	if (options->given[FLAG_EXCLUDE] && options->given[FLAG_PACKAGE] &&
	    !options->given[FLAG_WORKSPACE])
		return err_set(err, ERR_USAGE, "--exclude and --package do not go together");
	return check_at(options, err);
}

bool project_request(struct arena *arena, const struct options *options, struct str word,
                     struct parts *out, struct err *err)
{
	return project_request_pair(arena, options, (struct str){ 0 }, word, out, err);
}

bool project_request_pair(struct arena *arena, const struct options *options, struct str old,
                          struct str word, struct parts *out, struct err *err)
{
	const struct gather_from from = {
		.word = word,
		.manifest_path = options_value(options, FLAG_MANIFEST_PATH),
		.policy = options_value(options, FLAG_CONFIG),
		.baseline = options_value(options, FLAG_BASELINE),
		.old_lock = old,
	};
	bool frozen = options->given[FLAG_FROZEN] > 0;
	struct parts parts = { 0 };
	struct str edges = { 0 };

	if (!check(options, err) || !options_edges(arena, options, &edges, err) ||
	    !gather_project(arena, &from, &parts, err))
		return false;
	parts_option(arena, &parts, "edges", edges);
	for (size_t i = 0; i < ARRAY_LEN(SWITCHES); i++)
		add_switch(arena, &parts, SWITCHES[i].name, options->given[SWITCHES[i].flag] > 0);
	for (size_t i = 0; i < ARRAY_LEN(LISTS); i++)
		add_values(arena, options, LISTS[i].flag, LISTS[i].name, &parts);
	/* As cargo: --workspace means all, whatever -p says. */
	if (!options->given[FLAG_WORKSPACE])
		add_values(arena, options, FLAG_PACKAGE, "package", &parts);
	add_switch(arena, &parts, "locked", frozen || options->given[FLAG_LOCKED] > 0);
	add_switch(arena, &parts, "offline", frozen || options->given[FLAG_OFFLINE] > 0);
	add_last(arena, options, FLAG_FAIL_ON, "fail-on", &parts);
	add_last(arena, options, FLAG_AT, "at", &parts);
	request_add_view(arena, options, &parts);
	*out = parts;
	return true;
}
