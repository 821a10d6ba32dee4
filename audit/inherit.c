#include "audit/inherit.h"
#include "audit/limits.h"

void inherit_root_make(struct arena *arena, const struct manifest *manifest,
                       struct inherit_root *out)
{
	*out = (struct inherit_root){ .manifest = manifest };
	map_reserve(&out->deps, arena, manifest->workspace_deps.n);
	for (size_t i = 0; i < manifest->workspace_deps.n; i++)
		map_put(&out->deps, arena, manifest->workspace_deps.p[i].dep.name, (uint32_t)i);
}

bool inherit_is_needed(const struct manifest *member)
{
	if (member->vers.inherits || member->edition.inherits || member->rust_version.inherits ||
	    member->publish_inherits || member->license.inherits || member->repository.inherits)
		return true;
	for (size_t i = 0; i < member->deps.n; i++)
		if (member->deps.p[i].inherits)
			return true;
	return false;
}

static bool field(const struct manifest *member, const struct manifest_text *own, const char *key,
                  const struct manifest_text *of_root, struct str *out, struct err *err)
{
	if (!own->inherits) {
		*out = own->text;
		return true;
	}
	if (of_root && of_root->is_set) {
		*out = of_root->text;
		return true;
	}
	err_set(err, ERR_INPUT,
	        of_root ? "'%s' is inherited, but [workspace.package] has none"
	                : "'%s' is inherited, but there is no workspace above",
	        key);
	return toml_field_at(member->file, own->line, err);
}

/* Whether default features are on. Up to edition 2021 a member can only turn on what its workspace
 * turned off; from 2024 on its own word counts. */
static bool default_features(const struct manifest_dep *own, const struct manifest_dep *of_root,
                             bool own_word_counts)
{
	if (own->has_default_features && (own_word_counts || own->dep.default_features))
		return own->dep.default_features;
	return of_root->dep.default_features;
}

static struct str_list both(struct arena *arena, const struct str_list *a, const struct str_list *b)
{
	struct str_list out = { .cap = a->n + b->n };

	if (a->n == 0 || b->n == 0)
		return a->n == 0 ? *b : *a;
	out.p = arena_array(arena, out.cap, sizeof *out.p);
	for (size_t i = 0; i < a->n; i++)
		out.p[out.n++] = a->p[i];
	for (size_t i = 0; i < b->n; i++)
		out.p[out.n++] = b->p[i];
	return out;
}

static bool inherit_dep(struct arena *arena, const struct manifest *member,
                        const struct manifest_dep *own, const struct inherit_root *root,
                        bool own_word_counts, size_t *budget, struct dependency *out,
                        struct err *err)
{
	uint32_t at = 0;

	if (!root || !map_get(&root->deps, own->dep.name, &at)) {
		err_set(err, ERR_INPUT,
		        root ? "dependency '" STR_FMT
		               "' is inherited, but [workspace.dependencies] has none of that name"
		             : "dependency '" STR_FMT
		               "' is inherited, but there is no workspace above",
		        STR_ARG(own->dep.name));
		return toml_field_at(member->file, own->dep.line, err);
	}
	const struct manifest_dep *of_root = &root->manifest->workspace_deps.p[at];

	if (of_root->dep.features.n + own->dep.features.n > *budget)
		return err_set(err, ERR_LIMIT, "more than %d inherited features",
		               INHERITED_FEATURES_MAX);
	*budget -= of_root->dep.features.n + own->dep.features.n;
	*out = of_root->dep;
	out->features = both(arena, &of_root->dep.features, &own->dep.features);
	out->default_features = default_features(own, of_root, own_word_counts);
	out->optional = own->dep.optional;
	out->kind = own->dep.kind;
	out->has_platform = own->dep.has_platform;
	out->platform = own->dep.platform;
	out->platform_text = own->dep.platform_text;
	out->line = own->dep.line;
	return true;
}

static bool make_summary(struct arena *arena, const struct manifest *member,
                         const struct inherit_root *root, struct str vers, size_t *budget,
                         struct local_package *out, struct err *err)
{
	struct dependency_list deps = { .cap = member->deps.n };
	struct version version = { 0 };
	bool own_word_counts = str_cmp(out->edition, STR_LIT("2024")) >= 0;

	deps.p = arena_array(arena, deps.cap, sizeof *deps.p);
	for (size_t i = 0; i < member->deps.n; i++) {
		const struct manifest_dep *own = &member->deps.p[i];
		struct dependency *dep = &deps.p[deps.n++];

		if (!own->inherits)
			*dep = own->dep;
		else if (!inherit_dep(arena, member, own, root, own_word_counts, budget, dep, err))
			return false;
	}
	if (!semver_parse(vers, &version, err))
		return toml_field_at(member->file, member->vers.line, err);
	summary_make(arena, member->name, vers, &version, &deps, &member->features, &out->summary);
	out->summary.links = member->links;
	return true;
}

/* Whether crates.io would take the package: it may be published, says what it is, and what it needs
 * has a version there. */
static bool is_published(const struct manifest *member, const struct manifest *from,
                         const struct local_package *package)
{
	bool is_off = member->publish_inherits ? !from || from->workspace_publish_off
	                                       : member->publish_off;

	if (is_off || !member->vers.is_set || !member->has_description ||
	    (package->license.n == 0 && !member->has_license_file))
		return false;
	for (uint32_t i = 0; i < package->summary.dep_n; i++) {
		const struct dependency *dep = &package->summary.deps[i];

		if (dep->kind != KIND_DEV && dep->from != DEP_FROM_REGISTRY && dep->req_text.n == 0)
			return false;
	}
	return true;
}

bool inherit_apply(struct arena *arena, const struct manifest *member,
                   const struct inherit_root *root, size_t *budget, struct local_package *out,
                   struct err *err)
{
	const struct manifest *from = root ? root->manifest : NULL;
	struct local_package package = { .manifest = member, .proc_macro = member->proc_macro };
	struct str vers = { 0 };

	if (!field(member, &member->vers, "version", from ? &from->workspace_vers : NULL, &vers,
	           err) ||
	    !field(member, &member->edition, "edition", from ? &from->workspace_edition : NULL,
	           &package.edition, err) ||
	    !field(member, &member->rust_version, "rust-version",
	           from ? &from->workspace_rust_version : NULL, &package.rust_version, err) ||
	    !field(member, &member->license, "license", from ? &from->workspace_license : NULL,
	           &package.license, err) ||
	    !field(member, &member->repository, "repository",
	           from ? &from->workspace_repository : NULL, &package.repository, err))
		return false;
	if (vers.n == 0)
		vers = STR_LIT("0.0.0"); /* cargo's version for a package that is never published */
	if (package.edition.n == 0)
		package.edition = STR_LIT("2015");
	if (!make_summary(arena, member, root, vers, budget, &package, err))
		return false;
	package.is_published = is_published(member, from, &package);
	*out = package;
	return true;
}
