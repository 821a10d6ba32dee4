#include "audit/workspace.h"
#include "audit/inherit.h"
#include "audit/limits.h"
#include "audit/path_glob.h"
#include <stdlib.h>

enum {
	/* How many folders above a package are searched for its workspace, and how many of them
	 * outside of the project. */
	ANCESTORS_MAX = 64,
	OUTSIDE_MAX = 8,
	/* As PATH_MAX: no folder has a longer name. */
	FOLDER_MAX_BYTES = 4096
};

enum file_state { FILE_UNREAD, FILE_READ, FILE_BROKEN };

/* A Cargo.toml that was sent. */
struct file {
	struct str folder, path, bytes;
	enum file_state state;
	struct manifest manifest;
	bool is_queued; /* expand() has it already */
	bool is_root;   /* `root` and the two sets are made */
	struct inherit_root root;
	struct map excluded, listed; /* folders of [workspace] */
};

/* A folder that may hold a member. */
struct candidate {
	struct str folder;
	bool is_path_dep;
};

struct loader {
	struct arena *arena;
	struct file *files;
	size_t file_n;
	struct map file_at; /* a folder, as index in files */
	struct {
		struct local_package *p;
		size_t n, cap;
	} packages;
	struct map package_at; /* a folder, as index in packages */
	struct {
		struct candidate *p;
		size_t n, cap;
	} candidates;
	struct str_list missing;
	struct map missing_at;
	size_t budget;    /* of inherited features */
	struct str where; /* the absolute folder of the root manifest, or empty */
	bool is_checkout; /* what is broken is passed over, and nothing lies above */
};

static bool is_outside(struct str folder)
{
	return str_starts(folder, STR_LIT("/")) || str_eq(folder, STR_LIT("..")) ||
	       str_starts(folder, STR_LIT("../"));
}

/* Where the last n parts of an absolute path begin, or STR_NONE where it has fewer. */
static size_t last_parts(struct str path, size_t n)
{
	size_t at = path.n;

	for (; n > 0; n--) {
		at = str_find_last(str_sub(path, 0, at), '/');
		if (at == STR_NONE)
			return STR_NONE;
	}
	return at + 1;
}

/* A folder by its one name: "../../a/project/b" is "b" where the project lies in …/a/project. */
static struct str at_home(const struct loader *l, struct str folder)
{
	struct str rest = folder, parts;
	size_t n = 0, at;

	if (l->where.n == 0 || !str_starts(folder, STR_LIT("../")))
		return folder;
	for (; str_starts(rest, STR_LIT("../")); n++)
		rest = str_sub(rest, 3, rest.n);
	at = last_parts(l->where, n);
	if (at == STR_NONE)
		return folder;
	parts = str_sub(l->where, at, l->where.n);
	if (str_eq(rest, parts))
		return STR_LIT("");
	return str_starts(rest, parts) && rest.p[parts.n] == '/'
	               ? str_sub(rest, parts.n + 1, rest.n)
	               : folder;
}

static bool add_files(struct loader *l, const struct project_file_list *files, struct err *err)
{
	const struct str file_name = STR("Cargo.toml");

	if (files->n > WORKSPACE_MEMBERS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d manifests", WORKSPACE_MEMBERS_MAX);
	l->files = arena_array(l->arena, files->n, sizeof *l->files);
	map_reserve(&l->file_at, l->arena, files->n);
	for (size_t i = 0; i < files->n; i++) {
		struct str path = files->p[i].path;
		size_t slash = str_find_last(path, '/');
		size_t head = slash == STR_NONE ? 0 : slash + 1;

		if (!str_eq(str_sub(path, head, path.n), file_name))
			continue;
		struct str folder = at_home(
			l, manifest_folder_join(l->arena, STR_LIT(""), str_sub(path, 0, head)));
		uint32_t twice;

		if (map_get(&l->file_at, folder, &twice))
			continue;
		l->files[l->file_n] =
			(struct file){ .folder = folder, .path = path, .bytes = files->p[i].bytes };
		map_put(&l->file_at, l->arena, folder, (uint32_t)l->file_n++);
	}
	return true;
}

static void add_folders(struct arena *arena, struct str folder, const struct str_list *list,
                        struct map *set)
{
	for (size_t i = 0; i < list->n; i++)
		map_put(set, arena, manifest_folder_join(arena, folder, list->p[i]), 0);
}

/* 1 and the manifest of a folder, 0 where there is none, -1 where it is broken. */
static int get(struct loader *l, struct str folder, struct file **out, struct err *err)
{
	uint32_t at = 0;

	if (!map_get(&l->file_at, at_home(l, folder), &at))
		return 0;
	struct file *file = &l->files[at];

	if (file->state == FILE_UNREAD) {
		bool ok = manifest_parse(l->arena, file->bytes, file->folder, file->path,
		                         &file->manifest, err);

		file->state = ok ? FILE_READ : FILE_BROKEN;
		if (!ok && !l->is_checkout)
			return -1;
	}
	if (file->state == FILE_BROKEN)
		return 0;
	if (file->manifest.is_workspace && !file->is_root) {
		inherit_root_make(l->arena, &file->manifest, &file->root);
		add_folders(l->arena, file->folder, &file->manifest.exclude, &file->excluded);
		add_folders(l->arena, file->folder, &file->manifest.members, &file->listed);
		file->is_root = true;
	}
	*out = file;
	return 1;
}

/* Whether a folder, or one above it, is in a set. */
static bool is_below_any(struct str folder, const struct map *set)
{
	uint32_t value;

	if (set->n == 0 || folder.n > FOLDER_MAX_BYTES)
		return false;
	if (!is_outside(folder) && map_get(set, STR_LIT(""), &value))
		return true;
	for (size_t i = 0; i < folder.n; i++)
		if (folder.p[i] == '/' && i > 0 && map_get(set, str_sub(folder, 0, i), &value))
			return true;
	return folder.n > 0 && map_get(set, folder, &value);
}

/* `exclude` takes out whole folders; a member that is listed by its name, not by a pattern,
 * stays. */
static bool is_excluded(const struct file *root, struct str folder)
{
	return is_below_any(folder, &root->excluded) && !is_below_any(folder, &root->listed);
}

/* The workspace root that a manifest belongs to: itself, what package.workspace names, or the
 * nearest above that does not exclude it. 1, 0 or -1. */
static int find_root(struct loader *l, struct file *file, struct file **out, struct err *err)
{
	struct str folder = file->folder;
	struct file *above = NULL;

	if (file->manifest.is_workspace) {
		*out = file;
		return 1;
	}
	if (file->manifest.has_workspace_key)
		return get(l, file->manifest.workspace, out, err);
	for (size_t i = 0, outside = 0; i < ANCESTORS_MAX && outside < OUTSIDE_MAX; i++) {
		if (str_eq(folder, STR_LIT("/")) || (l->is_checkout && folder.n == 0))
			break;
		folder = manifest_folder_join(l->arena, folder, STR_LIT(".."));
		outside += is_outside(folder);
		int got = get(l, folder, &above, err);

		if (got < 0)
			return -1;
		if (got == 1 && above->manifest.is_workspace && !is_excluded(above, file->folder)) {
			*out = above;
			return 1;
		}
		if (got == 1 && above->manifest.has_workspace_key)
			return get(l, above->manifest.workspace, out, err);
	}
	return 0;
}

static bool add_package(struct loader *l, struct file *file, bool is_member, struct err *err)
{
	struct file *root = NULL;
	struct local_package package = { 0 };

	if (inherit_is_needed(&file->manifest) && find_root(l, file, &root, err) < 0)
		return false;
	if (!inherit_apply(l->arena, &file->manifest, root && root->is_root ? &root->root : NULL,
	                   &l->budget, &package, err))
		return false;
	package.is_member = is_member;
	map_put(&l->package_at, l->arena, file->folder, (uint32_t)l->packages.n);
	*vec_add(l->arena, &l->packages) = package;
	return true;
}

static void add_missing(struct loader *l, struct str folder)
{
	struct str path = manifest_folder_join(l->arena, folder, STR_LIT("Cargo.toml"));
	bool added = false;

	map_slot(&l->missing_at, l->arena, path, 0, &added);
	if (added)
		*vec_add(l->arena, &l->missing) = path;
}

static void add_candidate(struct loader *l, struct str folder, bool is_path_dep)
{
	*vec_add(l->arena, &l->candidates) = (struct candidate){ at_home(l, folder), is_path_dep };
}

/* Candidates for the members, or default members, that a list of a root names. */
static bool expand(struct loader *l, const struct file *root, const struct str_list *list,
                   struct err *err)
{
	size_t patterns = 0;

	if (list->n > WORKSPACE_MEMBERS_MAX)
		return err_set(err, ERR_LIMIT, STR_FMT ": more than %d members",
		               STR_ARG(root->path), WORKSPACE_MEMBERS_MAX);
	for (size_t i = 0; i < list->n; i++) {
		struct str pattern = manifest_folder_join(l->arena, root->folder, list->p[i]);

		if (!path_glob_is_pattern(pattern)) {
			add_candidate(l, pattern, false);
			continue;
		}
		if (++patterns > WORKSPACE_PATTERNS_MAX)
			return err_set(err, ERR_LIMIT, STR_FMT ": more than %d patterns of members",
			               STR_ARG(root->path), WORKSPACE_PATTERNS_MAX);
		for (size_t k = 0; k < l->file_n; k++) {
			struct file *file = &l->files[k];

			if (file->is_queued || !path_glob_matches(pattern, file->folder))
				continue;
			file->is_queued = true;
			add_candidate(l, file->folder, false);
		}
	}
	for (size_t k = 0; k < l->file_n; k++)
		l->files[k].is_queued = false;
	return true;
}

/* Makes a candidate a member if it is one; its path dependencies become candidates. */
static bool visit(struct loader *l, const struct file *root, struct candidate candidate,
                  struct err *err)
{
	struct file *file = NULL, *its_root = NULL;
	uint32_t at;

	if (map_get(&l->package_at, candidate.folder, &at))
		return true;
	int got = get(l, candidate.folder, &file, err);

	if (got < 0)
		return false;
	if (got == 0) {
		if (!is_excluded(root, candidate.folder))
			add_missing(l, candidate.folder);
		return true;
	}
	if (candidate.is_path_dep && is_outside(candidate.folder)) {
		/* Outside, only what names this workspace itself is a member. */
		if (find_root(l, file, &its_root, err) < 0)
			return false;
		if (its_root != root)
			return true;
	}
	if (is_excluded(root, candidate.folder) || !file->manifest.has_package ||
	    (file->manifest.is_workspace && file != root))
		return true;
	if (!add_package(l, file, true, err))
		return false;
	const struct summary *summary = &l->packages.p[l->packages.n - 1].summary;

	for (uint32_t i = 0; i < summary->dep_n; i++)
		if (summary->deps[i].from == DEP_FROM_PATH)
			add_candidate(l, summary->deps[i].path, true);
	return true;
}

static bool find_members(struct loader *l, struct file *root, struct err *err)
{
	struct str_list alone = { 0 };

	if (!expand(l, root, root->manifest.is_workspace ? &root->manifest.members : &alone, err))
		return false;
	if (!root->manifest.is_workspace)
		return add_package(l, root, true, err);
	add_candidate(l, root->folder, false);
	for (size_t i = 0; i < l->candidates.n; i++)
		if (!visit(l, root, l->candidates.p[i], err))
			return false;
	return true;
}

static bool set_default_members(struct loader *l, const struct file *root, struct err *err)
{
	bool is_virtual = !root->manifest.has_package;
	uint32_t at = 0;

	l->candidates.n = 0;
	if (!expand(l, root, &root->manifest.default_members, err))
		return false;
	if (!root->manifest.has_default_members && !is_virtual)
		add_candidate(l, root->folder, false);
	for (size_t i = 0; i < l->candidates.n; i++)
		if (map_get(&l->package_at, l->candidates.p[i].folder, &at))
			l->packages.p[at].is_default_member = true;
	for (size_t i = 0; i < l->packages.n && !root->manifest.has_default_members && is_virtual;
	     i++)
		l->packages.p[i].is_default_member = true;
	return true;
}

/* Adds the package that a path dependency leads to, unless it is there already. */
static bool follow(struct loader *l, const struct manifest *from, const struct dependency *dep,
                   struct err *err)
{
	struct file *file = NULL;
	uint32_t at;

	if (dep->from != DEP_FROM_PATH || map_get(&l->package_at, at_home(l, dep->path), &at))
		return true;
	int got = get(l, dep->path, &file, err);

	if (got < 0)
		return false;
	if (got == 0) {
		add_missing(l, dep->path);
		return true;
	}
	if (!file->manifest.has_package) {
		err_set(err, ERR_INPUT,
		        "dependency '" STR_FMT "' leads to " STR_FMT ", which has no [package]",
		        STR_ARG(dep->name), STR_ARG(file->path));
		return toml_field_at(from->file, dep->line, err);
	}
	return add_package(l, file, false, err);
}

/* Adds what members depend on by path and is no member. Tests of such packages are never built, so
 * their dev dependencies do not count. */
static bool find_others(struct loader *l, const struct file *root, struct err *err)
{
	for (size_t i = 0; i < root->manifest.patches.n; i++)
		if (!follow(l, &root->manifest, &root->manifest.patches.p[i].dep, err))
			return false;
	for (size_t i = 0; i < l->packages.n; i++) {
		const struct local_package package = l->packages.p[i];

		for (uint32_t k = 0; k < package.summary.dep_n; k++) {
			const struct dependency *dep = &package.summary.deps[k];

			if ((package.is_member || dep->kind != KIND_DEV) &&
			    !follow(l, package.manifest, dep, err))
				return false;
		}
	}
	return true;
}

static int compare_packages(const void *a, const void *b)
{
	const struct local_package *x = a, *y = b;

	if (x->is_member != y->is_member)
		return x->is_member ? -1 : 1;
	return str_cmp(x->manifest->folder, y->manifest->folder);
}

static unsigned resolver_of(const struct manifest *root, struct str edition)
{
	if (root->workspace_resolver > 0)
		return root->workspace_resolver;
	if (root->resolver > 0)
		return root->resolver;
	if (!root->has_package || str_cmp(edition, STR_LIT("2021")) < 0)
		return 1;
	return str_cmp(edition, STR_LIT("2024")) < 0 ? 2 : 3;
}

/* Cargo refuses two members of one name: -p could not tell them apart. */
static bool check_names(const struct loader *l, struct err *err)
{
	struct map names = { 0 };

	for (uint32_t i = 0; i < l->packages.n && l->packages.p[i].is_member; i++) {
		const struct manifest *manifest = l->packages.p[i].manifest;
		bool added = false;
		uint32_t first = *map_slot(&names, l->arena, manifest->name, i, &added);

		if (added)
			continue;
		err_set(err, ERR_INPUT, "member '" STR_FMT "' has the name of the one in " STR_FMT,
		        STR_ARG(manifest->name), STR_ARG(l->packages.p[first].manifest->file));
		return toml_field_at(manifest->file, manifest->line, err);
	}
	return true;
}

/* Sorts what was found and hands it over. */
static void finish(struct loader *l, const struct file *root, struct workspace *out)
{
	struct str edition = { 0 };

	if (l->packages.n > 1)
		qsort(l->packages.p, l->packages.n, sizeof *l->packages.p, compare_packages);
	*out = (struct workspace){ .packages = l->packages.p,
		                   .n = (uint32_t)l->packages.n,
		                   .root = PACKAGE_NONE,
		                   .missing = l->missing };
	for (uint32_t i = 0; root && i < out->n; i++) {
		if (out->packages[i].manifest != &root->manifest)
			continue;
		out->root = i;
		edition = out->packages[i].edition;
	}
	out->resolver = root ? resolver_of(&root->manifest, edition) : 1;
	if (root)
		out->patches = root->manifest.patches;
}

bool workspace_load(struct arena *arena, const struct project_file_list *files,
                    struct workspace *out, struct err *err)
{
	return workspace_load_in(arena, STR_LIT(""), files, out, err);
}

bool workspace_load_in(struct arena *arena, struct str folder,
                       const struct project_file_list *files, struct workspace *out,
                       struct err *err)
{
	struct loader l = { .arena = arena, .budget = INHERITED_FEATURES_MAX, .where = folder };
	struct file *root = NULL;

	if (!add_files(&l, files, err))
		return false;
	int got = get(&l, STR_LIT(""), &root, err);

	if (got == 0)
		return err_set(err, ERR_ABSENT, "no Cargo.toml beside the lock");
	if (got < 0 || !find_members(&l, root, err) || !set_default_members(&l, root, err) ||
	    !find_others(&l, root, err))
		return false;
	finish(&l, root, out);
	return check_names(&l, err);
}

bool workspace_load_checkout(struct arena *arena, const struct project_file_list *files,
                             struct workspace *out, struct err *err)
{
	struct loader l = { .arena = arena, .budget = INHERITED_FEATURES_MAX, .is_checkout = true };

	if (!add_files(&l, files, err))
		return false;
	for (size_t i = 0; i < l.file_n; i++) {
		struct file *file = NULL;
		struct err passed_over = { 0 };

		if (get(&l, l.files[i].folder, &file, &passed_over) == 1 &&
		    file->manifest.has_package)
			/* test fixtures are often broken */
			IGNORE(add_package(&l, file, false, &passed_over));
	}
	finish(&l, NULL, out);
	return true;
}

static void want(struct arena *arena, struct str folder, struct str_list *wants)
{
	*vec_add(arena, wants) = manifest_folder_join(arena, folder, STR_LIT("Cargo.toml"));
}

static void want_deps(struct arena *arena, const struct manifest_dep_list *deps,
                      struct str_list *wants)
{
	for (size_t i = 0; i < deps->n; i++)
		if (deps->p[i].dep.from == DEP_FROM_PATH)
			want(arena, deps->p[i].dep.path, wants);
}

/* The manifests that may be the workspace root of one that inherits: those above it, up to the
 * project's root, or some way up where it lies outside. */
static void want_ancestors(struct arena *arena, struct str folder, struct str_list *wants)
{
	bool outside = folder.n == 0 || is_outside(folder);

	for (int i = 0; i < ANCESTORS_MAX && (outside ? i < OUTSIDE_MAX : folder.n > 0); i++) {
		folder = manifest_folder_join(arena, folder, STR_LIT(".."));
		want(arena, folder, wants);
		if (str_eq(folder, STR_LIT("/")))
			break;
	}
}

bool workspace_wants(struct arena *arena, struct str bytes, struct str folder, struct str name,
                     struct str_list *wants, struct err *err)
{
	struct manifest manifest = { 0 };

	if (!manifest_parse(arena, bytes, folder, name, &manifest, err))
		return false;
	want_deps(arena, &manifest.deps, wants);
	want_deps(arena, &manifest.workspace_deps, wants);
	if (manifest.has_workspace_key)
		want(arena, manifest.workspace, wants);
	else if (!manifest.is_workspace && inherit_is_needed(&manifest))
		want_ancestors(arena, folder, wants);
	if (folder.n > 0)
		return true; /* other workspaces are read for what is inherited alone */
	for (size_t i = 0; i < manifest.members.n; i++)
		want(arena, manifest_folder_join(arena, folder, manifest.members.p[i]), wants);
	for (size_t i = 0; i < manifest.patches.n; i++)
		if (manifest.patches.p[i].dep.from == DEP_FROM_PATH)
			want(arena, manifest.patches.p[i].dep.path, wants);
	return true;
}

bool workspace_glob_matches(struct str pattern, struct str path)
{
	return path_glob_matches(pattern, path);
}
