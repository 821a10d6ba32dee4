#include "audit/remedy_text.h"

/* How many of the packages that cargo would lock anew are named. */
enum { ADDS_SHOWN_MAX = 6 };

static const char *section_of(enum dep_kind kind)
{
	switch (kind) {
	case KIND_NORMAL:
		return "dependencies";
	case KIND_BUILD:
		return "build-dependencies";
	case KIND_DEV:
		return "dev-dependencies";
	}
	return "";
}

/* Whether the change is one of what the workspace says, not of what the member adds to it. */
static bool is_of_workspace(const struct manifest_dep *own, const struct dependency *dep,
                            const struct request *request, struct str req_text)
{
	if (!own->inherits)
		return false;
	if (req_text.n > 0 || request->default_features != dep->default_features)
		return true;
	for (size_t i = 0; i < request->off.n; i++)
		if (!str_list_has(&own->dep.features, request->off.p[i]))
			return true;
	return false;
}

/* Of what is asked for, what the member says beside its workspace. */
static struct str_list added_by(struct arena *arena, const struct manifest_dep *own,
                                const struct request *request)
{
	struct str_list out = { 0 };

	for (size_t i = 0; i < request->features.n; i++)
		if (str_list_has(&own->dep.features, request->features.p[i]) ||
		    str_list_has(&request->on, request->features.p[i]))
			*vec_add(arena, &out) = request->features.p[i];
	return out;
}

struct remedy_change remedy_change_of(struct arena *arena, const struct audit *audit,
                                      const struct cut *cut, const struct request *request,
                                      struct str req_text)
{
	const struct local_package *local = audit->local_of[cut->package];
	const struct dependency *dep = &local->summary.deps[cut->dep];
	const struct manifest_dep *own = &local->manifest->deps.p[cut->dep];
	struct remedy_change change = {
		.member = local->summary.name,
		.manifest = local->manifest->file,
		.section = str_of(section_of(dep->kind)),
		.platform = dep->has_platform ? dep->platform_text : (struct str){ 0 },
		.dependency = dep->name,
		.package = dep->package,
		.version = req_text.n > 0 ? req_text : dep->req_text,
		.new_version = req_text.n > 0,
		.default_features = request->default_features,
		.features = request->features,
		.off = request->off,
		.on = request->on,
		.optional = dep->optional,
		.registry = dep->registry_name,
		.git = dep->git,
		.inherits = own->inherits && !is_of_workspace(own, dep, request, req_text),
	};

	if (!own->inherits)
		return change;
	if (change.inherits) {
		change.features = added_by(arena, own, request);
		return change;
	}
	change.optional = false;
	change.section = STR_LIT("workspace.dependencies");
	change.platform = (struct str){ 0 };
	change.manifest = STR_LIT("Cargo.toml");
	change.features = (struct str_list){ 0 };
	for (size_t i = 0; i < request->features.n; i++)
		if (!str_list_has(&own->dep.features, request->features.p[i]))
			*vec_add(arena, &change.features) = request->features.p[i];
	return change;
}

static void add_new(struct arena *arena, struct str_list *list, const struct str_list *more)
{
	for (size_t i = 0; i < more->n; i++)
		str_list_add_once(arena, list, more->p[i]);
}

void remedy_change_join(struct arena *arena, struct remedy_change *earlier,
                        const struct remedy_change *later)
{
	if (later->new_version) {
		earlier->version = later->version;
		earlier->new_version = true;
	}
	earlier->default_features = later->default_features;
	earlier->features = later->features;
	add_new(arena, &earlier->off, &later->off);
	add_new(arena, &earlier->on, &later->on);
}

static struct str quoted(struct arena *arena, const struct str_list *list)
{
	return list->n == 0 ? STR_LIT("")
	                    : arena_printf(arena, "\"" STR_FMT "\"",
	                                   STR_ARG(str_list_join(arena, list, "\", \"")));
}

/* The dependency as a line of the manifest. */
static struct str line_of(struct arena *arena, const struct remedy_change *change)
{
	const struct {
		const char *key;
		struct str value;
	} texts[] = {
		{ "package", str_eq(change->dependency, change->package) ? (struct str){ 0 }
		                                                         : change->package },
		{ "git", change->git },
		{ "version", change->version },
		{ "registry", change->registry },
	};
	struct str_list parts = { 0 };

	if (change->inherits)
		*vec_add(arena, &parts) = STR_LIT("workspace = true");
	for (size_t i = 0; i < ARRAY_LEN(texts) && !change->inherits; i++)
		if (texts[i].value.n > 0)
			*vec_add(arena, &parts) =
				arena_printf(arena, "%s = \"" STR_FMT "\"", texts[i].key,
			                     STR_ARG(texts[i].value));
	if (change->optional)
		*vec_add(arena, &parts) = STR_LIT("optional = true");
	if (!change->default_features && !change->inherits)
		*vec_add(arena, &parts) = STR_LIT("default-features = false");
	if (change->features.n > 0)
		*vec_add(arena, &parts) = arena_printf(arena, "features = [" STR_FMT "]",
		                                       STR_ARG(quoted(arena, &change->features)));
	return arena_printf(arena, STR_FMT " = { " STR_FMT " }", STR_ARG(change->dependency),
	                    STR_ARG(str_list_join(arena, &parts, ", ")));
}

/* "in crates/a/Cargo.toml", with the table where it is not [dependencies]. */
static struct str place_of(struct arena *arena, const struct remedy_change *change)
{
	struct str in =
		change->platform.n > 0
			? arena_printf(arena, " under [target.'" STR_FMT "'." STR_FMT "]",
	                               STR_ARG(change->platform), STR_ARG(change->section))
		: str_eq(change->section, STR_LIT("dependencies"))
			? STR_LIT("")
			: arena_printf(arena, " under [" STR_FMT "]", STR_ARG(change->section));

	return arena_printf(arena, "in " STR_FMT STR_FMT, STR_ARG(change->manifest), STR_ARG(in));
}

/* " (sql-browser-smol instead of sql-browser-async-std)", or nothing. */
static struct str difference_of(struct arena *arena, const struct remedy_change *change)
{
	if (change->is_new)
		return STR_LIT(" (a new dependency)");
	if (change->off.n == 0 && change->on.n == 0)
		return STR_LIT("");
	if (change->on.n == 0)
		return arena_printf(arena, " (if nothing needs " STR_FMT ")",
		                    STR_ARG(str_list_join(arena, &change->off, ", ")));
	if (change->off.n == 0)
		return arena_printf(arena, " (with " STR_FMT ")",
		                    STR_ARG(str_list_join(arena, &change->on, ", ")));
	return arena_printf(arena, " (" STR_FMT " instead of " STR_FMT ")",
	                    STR_ARG(str_list_join(arena, &change->on, ", ")),
	                    STR_ARG(str_list_join(arena, &change->off, ", ")));
}

static struct str adds_of(struct arena *arena, const struct str_list *adds)
{
	struct str_list shown = *adds;

	if (adds->n == 0)
		return STR_LIT("");
	if (shown.n > ADDS_SHOWN_MAX)
		shown.n = ADDS_SHOWN_MAX;
	return arena_printf(arena, "; cargo will lock " STR_FMT "%s",
	                    STR_ARG(str_list_join(arena, &shown, ", ")),
	                    shown.n < adds->n ? " and more" : "");
}

struct str remedy_text(struct arena *arena, const struct remedy_plan *plan)
{
	struct str_list parts = { 0 };

	for (size_t i = 0; i < plan->updates.n; i++)
		*vec_add(arena, &parts) = arena_printf(
			arena, "cargo update -p " STR_FMT "@" STR_FMT " --precise " STR_FMT,
			STR_ARG(plan->updates.p[i].package), STR_ARG(plan->updates.p[i].from),
			STR_ARG(plan->updates.p[i].to));
	for (size_t i = 0; i < plan->changes.n; i++) {
		const struct remedy_change *change = &plan->changes.p[i];

		*vec_add(arena, &parts) = arena_printf(
			arena, STR_FMT ": " STR_FMT STR_FMT, STR_ARG(place_of(arena, change)),
			STR_ARG(line_of(arena, change)), STR_ARG(difference_of(arena, change)));
	}
	return arena_printf(arena, STR_FMT STR_FMT "%s" STR_FMT "; tried: it %s",
	                    STR_ARG(str_list_join(arena, &parts, "; ")),
	                    STR_ARG(adds_of(arena, &plan->adds)), plan->bridge.n > 0 ? "; " : "",
	                    STR_ARG(plan->bridge),
	                    plan->bridge.n > 0 ? "leaves a note" : "ends the finding");
}
