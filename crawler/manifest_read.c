#include "crawler/manifest_read.h"
#include "audit/limits.h"
#include "base/jsonpull.h"
#include "base/toml_tree.h"

static enum known is_proc_macro(const struct toml_value *root)
{
	const struct toml_value *lib = toml_get(root, "lib");
	const struct toml_value *types = toml_get(lib, "crate-type");

	if (toml_get_bool(lib, "proc-macro", false) || toml_get_bool(lib, "proc_macro", false))
		return KNOWN_YES;
	if (!types)
		types = toml_get(lib, "crate_type");
	if (types && types->type == TOML_IS_ARRAY)
		for (const struct toml_value *at = types->first; at; at = at->next)
			if (at->type == TOML_IS_STRING && str_eq(at->text, STR_LIT("proc-macro")))
				return KNOWN_YES;
	return KNOWN_NO;
}

static struct str text_of(struct arena *arena, const struct toml_value *table, const char *key)
{
	struct str text = { 0 };

	IGNORE(!toml_get_str(table, key, &text)); /* absent or no text: empty */
	return arena_str(arena, text);
}

static struct str license_of(struct arena *arena, const struct toml_value *package)
{
	struct str license = text_of(arena, package, "license");

	if (license.n > 0)
		return license;
	struct str file = text_of(arena, package, "license-file");
	return file.n > 0 ? arena_printf(arena, "file:" STR_FMT, STR_ARG(file)) : file;
}

static struct str build_script_of(const struct toml_value *package)
{
	const struct toml_value *build = toml_get(package, "build");

	if (!build)
		return (struct str){ 0 };
	return build->type == TOML_IS_STRING || build->integer != 0 ? STR_LIT("yes")
	                                                            : STR_LIT("no");
}

/* The library's root, and the README, as the manifest names them. */
static struct manifest_paths paths_of(struct arena *arena, const struct toml_value *root,
                                      const struct toml_value *package)
{
	struct manifest_paths paths = { .root = text_of(arena, toml_get(root, "lib"), "path"),
		                        .readme = text_of(arena, package, "readme") };

	if (paths.root.n == 0)
		paths.root = STR_LIT("src/lib.rs");
	if (str_starts(paths.root, STR_LIT("./")))
		paths.root = str_sub(paths.root, 2, paths.root.n);
	if (str_starts(paths.readme, STR_LIT("./")))
		paths.readme = str_sub(paths.readme, 2, paths.readme.n);
	return paths;
}

bool manifest_read(struct arena *arena, struct str name, struct str vers, struct str bytes,
                   struct manifest_fact *out, struct manifest_paths *paths, struct err *err)
{
	const struct toml_value *root;

	if (!toml_tree_parse(arena, bytes, MANIFEST_VALUES_MAX, &root, err)) {
		err_prefix(err, "Cargo.toml of " STR_FMT " " STR_FMT ":", STR_ARG(name),
		           STR_ARG(vers));
		return false;
	}
	const struct toml_value *package = toml_get(root, "package");
	if (!package)
		package = toml_get(root, "project");
	struct str said = text_of(arena, package, "name");
	if (!str_eq(said, name))
		return err_set(err, ERR_INPUT,
		               "Cargo.toml of " STR_FMT " " STR_FMT " speaks of '" STR_FMT "'",
		               STR_ARG(name), STR_ARG(vers),
		               STR_ARG(str_sub(said, 0, CRATE_NAME_MAX)));
	*out = (struct manifest_fact){
		.name = name,
		.vers = vers,
		.from = FACT_FROM_ARCHIVE,
		.proc_macro = is_proc_macro(root),
		.repository = text_of(arena, package, "repository"),
		.license = license_of(arena, package),
		.maintenance_badge =
			text_of(arena, toml_get(toml_get(root, "badges"), "maintenance"), "status"),
		.links = text_of(arena, package, "links"),
		.edition = text_of(arena, package, "edition"),
		.rust_version = text_of(arena, package, "rust-version"),
		.build_script = build_script_of(package),
		.homepage = text_of(arena, package, "homepage"),
		.description = text_of(arena, package, "description"),
	};
	*paths = paths_of(arena, root, package);
	return true;
}

/* The text of `key` in the object that the reader stands in, where it is one. */
static bool read_vcs(struct jsonpull *json, struct manifest_fact *fact, struct err *err)
{
	struct json_token token;
	struct str key = { 0 };
	int got;

	while ((got = jsonpull_next(json, &token, err)) == 1) {
		if (token.kind == JSON_KEY)
			key = token.text;
		else if (token.kind == JSON_STRING && str_eq(key, STR_LIT("sha1")))
			fact->vcs_sha1 = token.text;
		else if (token.kind == JSON_STRING && str_eq(key, STR_LIT("path_in_vcs")))
			fact->vcs_path = token.text;
	}
	return got == 0;
}

void manifest_read_vcs(struct arena *arena, struct str bytes, struct manifest_fact *fact)
{
	struct jsonpull json = jsonpull_open(arena, bytes);
	struct err err = { 0 };

	/* It is made by cargo and read by nobody but people; one that is damaged says nothing. */
	if (!read_vcs(&json, fact, &err))
		fact->vcs_sha1 = fact->vcs_path = (struct str){ 0 };
	fact->vcs_sha1 = arena_str(arena, fact->vcs_sha1);
	fact->vcs_path = arena_str(arena, fact->vcs_path);
	for (size_t i = 0; i < fact->vcs_sha1.n; i++) {
		char c = fact->vcs_sha1.p[i];
		if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
			fact->vcs_sha1 = (struct str){ 0 };
			return;
		}
	}
}
