#include "audit/manifest.h"
#include "audit/limits.h"

struct reader {
	struct arena *arena;
	struct manifest *out;
	const struct toml_value *root;
};

static bool at_value(const struct reader *r, const struct toml_value *value, struct err *err)
{
	return toml_field_at(r->out->file, value->line, err);
}

/* A field of [package] or [workspace.package]; `may_inherit` tells which. Cargo trims versions
 * alone, but none of the others means anything with blanks around it. */
static bool read_text(const struct reader *r, const struct toml_value *table, const char *key,
                      bool may_inherit, struct manifest_text *out, struct err *err)
{
	const struct toml_value *value = toml_get(table, key);
	bool inherits = false;

	if (!value)
		return true;
	*out = (struct manifest_text){ .is_set = true, .line = value->line };
	if (value->type == TOML_IS_STRING) {
		out->text = str_trim(value->text);
		return true;
	}
	if (may_inherit && value->type == TOML_IS_TABLE) {
		if (toml_field_bool(value, "workspace", r->out->file, &inherits, err) < 0)
			return false;
		out->inherits = inherits;
	}
	if (out->inherits)
		return true;
	err_set(err, ERR_INPUT, "'%s' is not a string", key);
	return at_value(r, value, err);
}

static bool check_version(const struct reader *r, const struct manifest_text *vers, struct err *err)
{
	struct version version;

	return !vers->is_set || vers->inherits || semver_parse(vers->text, &version, err) ||
	       toml_field_at(r->out->file, vers->line, err);
}

/* A year, and no word: what an edition implies is decided by comparing years. */
static bool check_edition(const struct reader *r, const struct manifest_text *edition,
                          struct err *err)
{
	uint64_t year;

	if (!edition->is_set || edition->inherits ||
	    (edition->text.n == 4 && str_to_u64(edition->text, &year) && year >= 2015))
		return true;
	err_set(err, ERR_INPUT, "'" STR_FMT "' is no edition", STR_ARG(edition->text));
	return toml_field_at(r->out->file, edition->line, err);
}

static bool read_resolver(const struct reader *r, const struct toml_value *table, uint32_t *out,
                          struct err *err)
{
	struct str text = { 0 };
	uint64_t number = 0;
	int got = toml_field_str(table, "resolver", r->out->file, &text, err);

	if (got <= 0)
		return got == 0;
	if (text.n != 1 || !str_to_u64(text, &number) || number < 1 || number > 3) {
		err_set(err, ERR_INPUT, "resolver '" STR_FMT "' is none of 1, 2 and 3",
		        STR_ARG(text));
		return at_value(r, toml_get(table, "resolver"), err);
	}
	*out = (uint32_t)number;
	return true;
}

/* Whether crates.io is not among where it may be published. What is of another type is cargo's to
 * refuse. */
static bool is_publish_off(const struct toml_value *publish)
{
	if (publish == NULL)
		return false;
	if (publish->type == TOML_IS_BOOL)
		return publish->integer == 0;
	if (publish->type != TOML_IS_ARRAY)
		return false;
	for (const struct toml_value *one = publish->first; one; one = one->next)
		if (one->type == TOML_IS_STRING && str_eq(one->text, STR_LIT("crates-io")))
			return false;
	return true;
}

static void read_publication(struct reader *r, const struct toml_value *table)
{
	struct manifest *out = r->out;
	const struct toml_value *publish = toml_get(table, "publish");
	struct str documentation = { 0 };

	out->publish_off = is_publish_off(publish);
	out->publish_inherits = toml_get_bool(publish, "workspace", false);
	out->has_description = toml_get(table, "description") != NULL;
	out->has_license_file = toml_get(table, "license-file") != NULL;
	out->is_library = toml_get(toml_get(toml_get(table, "metadata"), "docs"), "rs") != NULL;
	if (toml_get_str(table, "documentation", &documentation) &&
	    str_find_str(documentation, STR_LIT("//docs.rs/")) != STR_NONE)
		out->is_library = true;
}

static bool read_package(struct reader *r, const struct toml_value *table, struct err *err)
{
	struct manifest *out = r->out;
	const struct toml_value *build = toml_get(table, "build");
	struct str folder = { 0 };

	out->has_package = true;
	out->line = table->line;
	read_publication(r, table);
	int got = toml_field_str(table, "name", out->file, &out->name, err);
	if (got < 0)
		return false;
	if (out->name.n == 0) {
		err_set(err, ERR_INPUT, "a package without a name");
		return at_value(r, table, err);
	}
	if (!read_text(r, table, "version", true, &out->vers, err) ||
	    !check_version(r, &out->vers, err) ||
	    !read_text(r, table, "edition", true, &out->edition, err) ||
	    !check_edition(r, &out->edition, err) ||
	    !read_text(r, table, "rust-version", true, &out->rust_version, err) ||
	    !read_text(r, table, "license", true, &out->license, err) ||
	    !read_text(r, table, "repository", true, &out->repository, err) ||
	    !read_resolver(r, table, &out->resolver, err) ||
	    toml_field_str(table, "links", out->file, &out->links, err) < 0)
		return false;
	got = toml_field_str(table, "workspace", out->file, &folder, err);
	if (got < 0)
		return false;
	out->has_workspace_key = got == 1;
	if (out->has_workspace_key)
		out->workspace = manifest_folder_join(r->arena, out->folder, folder);
	out->has_build_script_key = build != NULL;
	out->build_script_off = build && build->type == TOML_IS_BOOL && build->integer == 0;
	return true;
}

/* Types that are given decide alone; without them the flag does. */
static bool read_lib(struct reader *r, struct err *err)
{
	const struct toml_value *lib = NULL;
	struct str_list types = { 0 };

	if (toml_field_table(r->root, "lib", r->out->file, &lib, err) < 0)
		return false;
	r->out->is_library |= lib != NULL;
	r->out->has_program = toml_get(r->root, "bin") != NULL;
	int got = toml_field_strings(r->arena, lib, "crate-type", "crate_type", r->out->file,
	                             &types, err);
	if (got < 0)
		return false;
	for (size_t i = 0; i < types.n; i++)
		r->out->proc_macro |= str_eq(types.p[i], STR_LIT("proc-macro"));
	if (got == 1)
		return true;
	const char *key = toml_get(lib, "proc-macro") ? "proc-macro" : "proc_macro";
	return toml_field_bool(lib, key, r->out->file, &r->out->proc_macro, err) >= 0;
}

/* Appends the dependencies of one table to a list. */
static bool read_dep_table(struct reader *r, const struct toml_value *table,
                           struct manifest_place *place, struct manifest_dep_list *list,
                           struct err *err)
{
	if (!table)
		return true;
	if (table->type != TOML_IS_TABLE) {
		err_set(err, ERR_INPUT, "'" STR_FMT "' is not a table", STR_ARG(table->key));
		return at_value(r, table, err);
	}
	if (list->n == 0) {
		/* Room at once: a list that grows leaves its former selves behind. */
		list->cap = table->n;
		list->p = arena_array(r->arena, list->cap, sizeof *list->p);
	}
	for (const struct toml_value *value = table->first; value; value = value->next) {
		struct manifest_dep dep = { 0 };

		if (list->n == DEPENDENCIES_MAX) {
			err_set(err, ERR_LIMIT, "more than %d dependencies", DEPENDENCIES_MAX);
			return at_value(r, value, err);
		}
		if (!manifest_dep_read(r->arena, place, value, &dep, err))
			return false;
		*vec_add(r->arena, list) = dep;
	}
	return true;
}

/* The three tables of dependencies below the root or below a [target.…]. Underscores are how cargo
 * of 2014 wrote them; it takes them up to edition 2021, where the dashes are absent. */
static bool read_dep_tables(struct reader *r, const struct toml_value *table,
                            struct manifest_place place, struct err *err)
{
	static const struct {
		const char *key, *older;
		enum dep_kind kind;
	} tables[] = {
		{ "dependencies", NULL, KIND_NORMAL },
		{ "dev-dependencies", "dev_dependencies", KIND_DEV },
		{ "build-dependencies", "build_dependencies", KIND_BUILD },
	};

	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		place.kind = tables[i].kind;
		if (!read_dep_table(r, toml_field_either(table, tables[i].key, tables[i].older),
		                    &place, &r->out->deps, err))
			return false;
	}
	return true;
}

static struct manifest_place place_of(const struct reader *r)
{
	return (struct manifest_place){ .name = r->out->file, .folder = r->out->folder };
}

static bool read_deps(struct reader *r, struct err *err)
{
	struct manifest_place place = place_of(r);
	const struct toml_value *targets = NULL;

	place.may_inherit = true;
	if (!read_dep_tables(r, r->root, place, err) ||
	    toml_field_table(r->root, "target", r->out->file, &targets, err) < 0)
		return false;
	for (const struct toml_value *one = targets ? targets->first : NULL; one; one = one->next) {
		struct cfg_platform platform = { 0 };

		if (one->type != TOML_IS_TABLE) {
			err_set(err, ERR_INPUT, "'" STR_FMT "' is not a table", STR_ARG(one->key));
			return at_value(r, one, err);
		}
		if (!cfg_platform_parse(r->arena, one->key, &platform, err))
			return at_value(r, one, err);
		place.platform = &platform;
		place.platform_text = one->key;
		if (!read_dep_tables(r, one, place, err))
			return false;
	}
	return true;
}

static bool read_features(struct reader *r, struct err *err)
{
	const struct toml_value *table = NULL;
	struct feature_list *list = &r->out->features;
	size_t values = 0;

	if (toml_field_table(r->root, "features", r->out->file, &table, err) <= 0)
		return !toml_get(r->root, "features");
	if (table->n > FEATURES_MAX) {
		err_set(err, ERR_LIMIT, "more than %d features", FEATURES_MAX);
		return at_value(r, table, err);
	}
	list->p = arena_array(r->arena, table->n, sizeof *list->p);
	list->cap = table->n;
	for (const struct toml_value *one = table->first; one; one = one->next) {
		struct feature *feature = &list->p[list->n++];

		feature->name = one->key;
		if (!toml_field_list(r->arena, one, r->out->file, &feature->values, err))
			return false;
		values += feature->values.n;
		if (values > FEATURE_VALUES_MAX) {
			err_set(err, ERR_LIMIT, "features with more than %d values",
			        FEATURE_VALUES_MAX);
			return at_value(r, one, err);
		}
	}
	return true;
}

bool manifest_read_patches(struct arena *arena, const struct toml_value *patch, struct str name,
                           struct str folder, struct manifest_patch_list *out, struct err *err)
{
	const struct manifest_place place = { .name = name, .folder = folder };

	for (const struct toml_value *source = patch->first; source; source = source->next) {
		if (source->type != TOML_IS_TABLE) {
			err_set(err, ERR_INPUT, "'" STR_FMT "' is not a table",
			        STR_ARG(source->key));
			return toml_field_at(name, source->line, err);
		}
		for (const struct toml_value *one = source->first; one; one = one->next) {
			struct manifest_dep dep = { 0 };

			if (out->n == DEPENDENCIES_MAX) {
				err_set(err, ERR_LIMIT, "more than %d patches", DEPENDENCIES_MAX);
				return toml_field_at(name, one->line, err);
			}
			if (!manifest_dep_read(arena, &place, one, &dep, err))
				return false;
			*vec_add(arena, out) =
				(struct manifest_patch){ .source = source->key, .dep = dep.dep };
		}
	}
	return true;
}

/* The name in a package spec: "foo:1.0.0", "foo@1.0.0", "https://…#foo@1.0.0". */
static struct str name_of_spec(struct str spec)
{
	struct str name, rest;
	size_t hash = str_find_last(spec, '#');

	name = hash == STR_NONE ? spec : str_sub(spec, hash + 1, spec.n);
	str_cut(name, '@', &name, &rest);
	str_cut(name, ':', &name, &rest);
	return name;
}

static bool read_replace(struct reader *r, const struct toml_value *table, struct err *err)
{
	const struct manifest_place place = place_of(r);

	for (const struct toml_value *one = table->first; one; one = one->next) {
		struct manifest_dep dep = { 0 };

		if (!manifest_dep_read(r->arena, &place, one, &dep, err))
			return false;
		struct str name = name_of_spec(one->key);

		if (str_eq(dep.dep.package, one->key))
			dep.dep.package = name;
		dep.dep.name = name;
		*vec_add(r->arena, &r->out->patches) =
			(struct manifest_patch){ .replaces = one->key, .dep = dep.dep };
	}
	return true;
}

static bool read_overrides(struct reader *r, struct err *err)
{
	const struct toml_value *patch = NULL, *replace = NULL;

	if (toml_field_table(r->root, "patch", r->out->file, &patch, err) < 0 ||
	    toml_field_table(r->root, "replace", r->out->file, &replace, err) < 0)
		return false;
	if (patch && replace) {
		err_set(err, ERR_INPUT, "both [patch] and [replace]; cargo takes only one of them");
		return at_value(r, replace, err);
	}
	if (patch && !manifest_read_patches(r->arena, patch, r->out->file, r->out->folder,
	                                    &r->out->patches, err))
		return false;
	return !replace || read_replace(r, replace, err);
}

static bool read_workspace_package(struct reader *r, const struct toml_value *workspace,
                                   struct err *err)
{
	struct manifest *out = r->out;
	const struct toml_value *table = NULL;

	if (toml_field_table(workspace, "package", out->file, &table, err) < 0)
		return false;
	out->workspace_publish_off = is_publish_off(toml_get(table, "publish"));
	return read_text(r, table, "version", false, &out->workspace_vers, err) &&
	       check_version(r, &out->workspace_vers, err) &&
	       read_text(r, table, "edition", false, &out->workspace_edition, err) &&
	       check_edition(r, &out->workspace_edition, err) &&
	       read_text(r, table, "rust-version", false, &out->workspace_rust_version, err) &&
	       read_text(r, table, "license", false, &out->workspace_license, err) &&
	       read_text(r, table, "repository", false, &out->workspace_repository, err);
}

static bool read_workspace(struct reader *r, const struct toml_value *table, struct err *err)
{
	struct manifest *out = r->out;
	struct manifest_place place = place_of(r);

	out->is_workspace = true;
	int got = toml_field_strings(r->arena, table, "default-members", NULL, out->file,
	                             &out->default_members, err);
	out->has_default_members = got == 1;
	if (got < 0 ||
	    toml_field_strings(r->arena, table, "members", NULL, out->file, &out->members, err) <
	            0 ||
	    toml_field_strings(r->arena, table, "exclude", NULL, out->file, &out->exclude, err) <
	            0 ||
	    !read_resolver(r, table, &out->workspace_resolver, err) ||
	    !read_workspace_package(r, table, err) ||
	    !read_dep_table(r, toml_get(table, "dependencies"), &place, &out->workspace_deps, err))
		return false;
	for (size_t i = 0; i < out->workspace_deps.n; i++) {
		const struct dependency *dep = &out->workspace_deps.p[i].dep;

		if (!dep->optional)
			continue;
		err_set(err, ERR_INPUT,
		        "dependency '" STR_FMT "' of a workspace cannot be optional",
		        STR_ARG(dep->name));
		return toml_field_at(out->file, dep->line, err);
	}
	if (out->has_workspace_key) {
		err_set(err, ERR_INPUT,
		        "both [workspace] and package.workspace; cargo takes only one of them");
		return at_value(r, table, err);
	}
	if (out->resolver > 0 && out->workspace_resolver > 0) {
		err_set(err, ERR_INPUT, "a resolver in both [package] and [workspace]");
		return at_value(r, table, err);
	}
	return true;
}

static bool read_all(struct reader *r, struct err *err)
{
	const struct toml_value *package = toml_field_either(r->root, "package", "project");
	const struct toml_value *workspace = NULL;

	if (package && package->type == TOML_IS_ARRAY) {
		err_set(err, ERR_INPUT, "this is a lock (Cargo.lock), not a manifest (Cargo.toml)");
		return at_value(r, package, err);
	}
	if (package && package->type != TOML_IS_TABLE) {
		err_set(err, ERR_INPUT, "'" STR_FMT "' is not a table", STR_ARG(package->key));
		return at_value(r, package, err);
	}
	if (toml_field_table(r->root, "workspace", r->out->file, &workspace, err) < 0)
		return false;
	if (!package && !workspace)
		return err_set(err, ERR_INPUT,
		               STR_FMT ": a manifest with neither [package] nor [workspace]",
		               STR_ARG(r->out->file));
	if (package && (!read_package(r, package, err) || !read_lib(r, err) || !read_deps(r, err) ||
	                !read_features(r, err)))
		return false;
	return read_overrides(r, err) && (!workspace || read_workspace(r, workspace, err));
}

bool manifest_parse(struct arena *arena, struct str bytes, struct str folder, struct str name,
                    struct manifest *out, struct err *err)
{
	struct manifest manifest = { .folder = folder, .file = name };
	struct reader r = { .arena = arena, .out = &manifest };

	if (bytes.n > MANIFEST_MAX_BYTES)
		return err_set(err, ERR_LIMIT, STR_FMT ": %zu bytes; a manifest has at most %d",
		               STR_ARG(name), bytes.n, MANIFEST_MAX_BYTES);
	if (!toml_tree_parse(arena, bytes, MANIFEST_VALUES_MAX, &r.root, err)) {
		err_prefix(err, STR_FMT ":", STR_ARG(name));
		return false;
	}
	if (!read_all(&r, err))
		return false;
	*out = manifest;
	return true;
}
