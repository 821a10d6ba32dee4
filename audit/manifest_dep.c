#include "audit/manifest_dep.h"
#include "audit/limits.h"

/* Appends the parts of a path to *out, whose memory has room for them, folding "." and "..". */
static void fold(struct str path, char *p, size_t *n)
{
	struct str part;

	while (path.n > 0) {
		str_cut(path, '/', &part, &path);
		if (part.n == 0 || str_eq(part, STR_LIT(".")))
			continue;
		struct str done = { p, *n };
		size_t slash = str_find_last(done, '/');
		struct str last = slash == STR_NONE ? done : str_sub(done, slash + 1, done.n);

		if (str_eq(part, STR_LIT("..")) && done.n > 0 && !str_eq(last, part)) {
			/* "/" alone has no last part: ".." there is "/" itself */
			*n = slash == STR_NONE ? 0 : slash == 0 ? 1 : slash;
			continue;
		}
		if (*n > 0 && p[*n - 1] != '/')
			p[(*n)++] = '/';
		memcpy(p + *n, part.p, part.n);
		*n += part.n;
	}
}

struct str manifest_folder_join(struct arena *arena, struct str folder, struct str path)
{
	char *p = arena_alloc(arena, folder.n + path.n + 3);
	size_t n = 0;

	if (str_starts(path, STR_LIT("/")))
		folder = (struct str){ 0 };
	if (str_starts(folder, STR_LIT("/")) || str_starts(path, STR_LIT("/")))
		p[n++] = '/';
	fold(folder, p, &n);
	fold(path, p, &n);
	return (struct str){ p, n };
}

static bool refuse(const struct manifest_place *place, const struct toml_value *value,
                   const char *why, struct err *err)
{
	err_set(err, ERR_INPUT, "dependency '" STR_FMT "' %s", STR_ARG(value->key), why);
	return toml_field_at(place->name, value->line, err);
}

static bool set_req(struct arena *arena, const struct manifest_place *place,
                    const struct toml_value *value, struct str text, struct dependency *dep,
                    struct err *err)
{
	dep->req_text = text;
	if (!semver_req_parse(arena, text, &dep->req, err)) {
		err_prefix(err, "dependency '" STR_FMT "': ", STR_ARG(value->key));
		return toml_field_at(place->name, value->line, err);
	}
	return true;
}

/* The reference of a git dependency. Of several the first counts: cargo of today refuses them, but
 * cargo of 2020, whose locks are still around, did it so. */
static bool read_git_ref(struct arena *arena, const struct manifest_place *place,
                         const struct toml_value *value, struct dependency *dep, struct err *err)
{
	static const char *const keys[] = { "branch", "tag", "rev" };
	struct str text = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		int got = toml_field_str(value, keys[i], place->name, &text, err);

		if (got < 0)
			return false;
		if (got == 0)
			continue;
		if (dep->from != DEP_FROM_GIT)
			return refuse(place, value, "has a branch, tag or rev but no git", err);
		if (dep->git_ref.n > 0)
			continue;
		dep->git_ref = arena_printf(arena, "%s=" STR_FMT, keys[i], STR_ARG(text));
	}
	return true;
}

/* Where it comes from: path, git, or a registry. */
static bool read_from(struct arena *arena, const struct manifest_place *place,
                      const struct toml_value *value, struct dependency *dep, struct err *err)
{
	struct str path = { 0 }, git = { 0 }, fragment;
	int has_path = toml_field_str(value, "path", place->name, &path, err);
	int has_git = has_path < 0 ? -1 : toml_field_str(value, "git", place->name, &git, err);

	if (has_path < 0 || has_git < 0)
		return false;
	if (has_path && has_git)
		return refuse(place, value, "has both path and git", err);
	if (has_path && str_find(path, '\0') != STR_NONE)
		return refuse(place, value, "has a NUL byte in its path", err);
	if (has_path) {
		dep->from = DEP_FROM_PATH;
		dep->path = manifest_folder_join(arena, place->folder, path);
	} else if (has_git) {
		dep->from = DEP_FROM_GIT;
		str_cut(git, '#', &dep->git, &fragment); /* cargo ignores it */
	}
	if (!read_git_ref(arena, place, value, dep, err))
		return false;
	int by_name = toml_field_str(value, "registry", place->name, &dep->registry_name, err);
	int by_url = by_name < 0 ? -1
	                         : toml_field_str(value, "registry-index", place->name,
	                                          &dep->registry, err);

	if (by_name < 0 || by_url < 0)
		return false;
	if (by_name && by_url)
		return refuse(place, value, "has both registry and registry-index", err);
	return true;
}

static bool read_features(struct arena *arena, const struct manifest_place *place,
                          const struct toml_value *value, struct dependency *dep, struct err *err)
{
	if (toml_field_strings(arena, value, "features", NULL, place->name, &dep->features, err) <
	    0)
		return false;
	for (size_t i = 0; i < dep->features.n; i++) {
		if (str_find(dep->features.p[i], '/') != STR_NONE)
			return refuse(place, value, "asks for a feature with a slash", err);
		if (str_starts(dep->features.p[i], STR_LIT("dep:")))
			return refuse(place, value,
			              "asks for a feature that begins with dep:", err);
	}
	return true;
}

/* Whether it inherits: 1, 0 or -1. */
static int read_inherits(const struct manifest_place *place, const struct toml_value *value,
                         struct err *err)
{
	bool inherits = false;
	int got = toml_field_bool(value, "workspace", place->name, &inherits, err);

	if (got <= 0)
		return got;
	if (!inherits)
		return refuse(place, value, "has workspace = false, which says nothing", err) ? 1
		                                                                              : -1;
	if (!place->may_inherit)
		return refuse(place, value, "cannot inherit from a workspace here", err) ? 1 : -1;
	return 1;
}

static bool read_table(struct arena *arena, const struct manifest_place *place,
                       const struct toml_value *value, struct manifest_dep *out, struct err *err)
{
	struct dependency *dep = &out->dep;
	struct str text = { 0 };
	int inherits = read_inherits(place, value, err);
	const char *key =
		toml_get(value, "default-features") ? "default-features" : "default_features";
	int has_default = inherits < 0 ? -1
	                               : toml_field_bool(value, key, place->name,
	                                                 &dep->default_features, err);

	if (has_default < 0 || !read_features(arena, place, value, dep, err) ||
	    toml_field_bool(value, "optional", place->name, &dep->optional, err) < 0)
		return false;
	out->inherits = inherits == 1;
	out->has_default_features = has_default == 1;
	if (out->inherits)
		return true;
	if (toml_field_str(value, "package", place->name, &dep->package, err) < 0 ||
	    !read_from(arena, place, value, dep, err))
		return false;
	if (dep->package.n == 0)
		return refuse(place, value, "has an empty package", err);
	int has_version = toml_field_str(value, "version", place->name, &text, err);

	if (has_version < 0)
		return false;
	if (!has_version && dep->from == DEP_FROM_REGISTRY)
		return refuse(place, value, "has no version, path, git or workspace", err);
	dep->req.any = true;
	return !has_version || set_req(arena, place, value, text, dep, err);
}

bool manifest_dep_read(struct arena *arena, const struct manifest_place *place,
                       const struct toml_value *value, struct manifest_dep *out, struct err *err)
{
	struct manifest_dep dep = { .dep = { .name = value->key,
		                             .package = value->key,
		                             .default_features = true,
		                             .kind = place->kind,
		                             .platform_text = place->platform_text,
		                             .line = value->line } };

	if (value->key.n == 0)
		return refuse(place, value, "has no name", err);
	if (place->platform) {
		dep.dep.has_platform = true;
		dep.dep.platform = *place->platform;
	}
	if (value->type == TOML_IS_STRING) {
		if (!set_req(arena, place, value, value->text, &dep.dep, err))
			return false;
	} else if (value->type != TOML_IS_TABLE) {
		return refuse(place, value, "is neither a version nor a table", err);
	} else if (!read_table(arena, place, value, &dep, err)) {
		return false;
	}
	if (dep.dep.optional && place->kind == KIND_DEV)
		return refuse(place, value, "is for tests and cannot be optional", err);
	*out = dep;
	return true;
}
