#include "cli/locate.h"
#include "audit/limits.h"
#include "audit/manifest.h"
#include "base/file.h"
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANIFEST_NAME "Cargo.toml"
#define LOCK_NAME "Cargo.lock"

static bool current_folder(char *to, size_t size_bytes, struct err *err)
{
	if (!getcwd(to, size_bytes))
		return err_set(err, ERR_USAGE, "the current folder cannot be named: %m");
	return true;
}

/* Whether `path` is `folder` or lies below it; *rest is then what follows, without a leading '/'.
 */
static bool is_below(struct str path, struct str folder, struct str *rest)
{
	if (folder.n > 0 && folder.p[folder.n - 1] == '/')
		folder.n--;
	if (!str_starts(path, folder) || (path.n > folder.n && path.p[folder.n] != '/'))
		return false;
	*rest = str_sub(path, folder.n + 1, path.n);
	return true;
}

static struct str parent_of(struct str path)
{
	size_t slash = str_find_last(path, '/');

	if (slash == STR_NONE)
		return (struct str){ 0 };
	return str_sub(path, 0, slash == 0 ? 1 : slash);
}

static struct str last_part(struct str path)
{
	size_t slash = str_find_last(path, '/');

	return slash == STR_NONE ? path : str_sub(path, slash + 1, path.n);
}

const char *locate_display(struct arena *arena, const char *path)
{
	char here[PATH_MAX];
	struct str whole = str_of(path), rest = { 0 }, up = { 0 };

	if (!getcwd(here, sizeof here))
		return path;
	if (is_below(whole, str_of(here), &rest))
		return rest.n > 0 ? arena_cstr(arena, rest) : ".";
	/* Above: one "../" for each folder between. */
	if (!is_below(str_of(here), parent_of(whole), &rest))
		return path;
	for (; rest.n > 0; str_cut(rest, '/', &(struct str){ 0 }, &rest))
		up = arena_printf(arena, STR_FMT "../", STR_ARG(up));
	return arena_printf(arena, STR_FMT STR_FMT, STR_ARG(up), STR_ARG(last_part(whole))).p;
}

const char *locate_cargo_home(struct arena *arena)
{
	const char *given = getenv("CARGO_HOME"), *home = getenv("HOME");
	char here[PATH_MAX];

	if (given && given[0] == '/')
		return given;
	if (given && given[0] != '\0')
		return getcwd(here, sizeof here) ? file_join(arena, here, str_of(given)) : NULL;
	return home && home[0] == '/' ? file_join(arena, home, STR_LIT(".cargo")) : NULL;
}

static bool read_manifest(struct arena *arena, const char *path, struct manifest *out,
                          struct err *err)
{
	struct str bytes = { 0 };

	if (!file_read(arena, path, MANIFEST_MAX_BYTES, &bytes, err))
		return false;
	return manifest_parse(arena, bytes, (struct str){ 0 }, str_of(locate_display(arena, path)),
	                      out, err);
}

/* Whether a root's `exclude` keeps `folder` out; a member written out by name stays in. */
static bool is_excluded(struct arena *arena, const struct manifest *root, struct str root_folder,
                        struct str folder)
{
	struct str rest;
	bool excluded = false;

	for (size_t i = 0; i < root->exclude.n; i++)
		excluded |= is_below(folder,
		                     manifest_folder_join(arena, root_folder, root->exclude.p[i]),
		                     &rest);
	for (size_t i = 0; excluded && i < root->members.n; i++)
		excluded = !is_below(folder,
		                     manifest_folder_join(arena, root_folder, root->members.p[i]),
		                     &rest);
	return excluded;
}

/* The workspace root above a package that names none: the nearest one that does not exclude it. */
static bool root_above(struct arena *arena, const char *folder, const char **out, struct err *err)
{
	const char *cargo_home = locate_cargo_home(arena);
	struct str at = str_of(folder);

	*out = folder;
	while (at.n > 1) {
		struct manifest manifest = { 0 };
		const char *path;

		at = parent_of(at);
		/* Sources that cargo unpacked there belong to no workspace. */
		if (cargo_home && str_eq(at, str_of(cargo_home)))
			return true;
		path = file_join(arena, arena_cstr(arena, at), STR_LIT(MANIFEST_NAME));
		if (!file_is_regular(path))
			continue;
		if (!read_manifest(arena, path, &manifest, err))
			return false;
		if (manifest.is_workspace && !is_excluded(arena, &manifest, at, str_of(folder))) {
			*out = arena_cstr(arena, at);
			return true;
		}
	}
	return true;
}

/* The folder of the workspace root for a manifest in the absolute folder `folder`. */
static bool find_root(struct arena *arena, const char *folder, const char *manifest_name,
                      const char **out, struct err *err)
{
	const char *path = file_join(arena, folder, str_of(manifest_name));
	struct manifest manifest = { 0 };

	if (!read_manifest(arena, path, &manifest, err))
		return false;
	if (manifest.is_workspace) {
		*out = folder;
		return true;
	}
	if (manifest.has_workspace_key) {
		struct str named = manifest_folder_join(arena, str_of(folder), manifest.workspace);

		*out = arena_cstr(arena, named);
		return true;
	}
	return root_above(arena, folder, out, err);
}

/* The lock in a root folder, or how to make it. */
static bool lock_beside(struct arena *arena, const char *folder, struct located *out,
                        struct err *err)
{
	const char *lock = file_join(arena, folder, STR_LIT(LOCK_NAME));
	const char *manifest = file_join(arena, folder, STR_LIT(MANIFEST_NAME));

	if (access(lock, F_OK) != 0)
		return err_set(err, ERR_USAGE,
		               "no Cargo.lock beside %s: `cargo generate-lockfile` makes one",
		               locate_display(arena, manifest));
	*out = (struct located){ .lock = lock,
		                 .lock_name = str_of(locate_display(arena, lock)),
		                 .folder = file_is_regular(manifest) ? folder : NULL };
	return true;
}

static bool absolute_folder(struct arena *arena, const char *path, const char **out,
                            struct err *err)
{
	char real[PATH_MAX];

	if (!realpath(path, real))
		return err_set(err, ERR_USAGE, "%s: %m", path);
	*out = arena_cstr(arena, str_of(real));
	return true;
}

/* The folder that a manifest named by the user lies in, and its name there. */
static bool split_manifest(struct arena *arena, struct str path, const char **folder,
                           const char **name, struct err *err)
{
	struct str head = parent_of(path);
	const char *given = arena_cstr(arena, path);

	if (file_is_folder(given)) {
		head = path;
		*name = MANIFEST_NAME;
	} else {
		*name = arena_cstr(arena, last_part(path));
	}
	if (access(given, F_OK) != 0)
		return err_set(err, ERR_USAGE, "%s: %m", given);
	return absolute_folder(arena, head.n > 0 ? arena_cstr(arena, head) : ".", folder, err);
}

static bool root_of_manifest(struct arena *arena, struct str path, const char **out,
                             struct err *err)
{
	const char *folder = NULL, *name = NULL;

	return split_manifest(arena, path, &folder, &name, err) &&
	       find_root(arena, folder, name, out, err);
}

/* A folder that the user named: itself, or the workspace that it belongs to. */
static bool locate_folder(struct arena *arena, const char *path, struct located *out,
                          struct err *err)
{
	const char *folder = NULL, *root = NULL;

	if (!absolute_folder(arena, path, &folder, err))
		return false;
	if (!file_is_regular(file_join(arena, folder, STR_LIT(MANIFEST_NAME)))) {
		if (access(file_join(arena, folder, STR_LIT(LOCK_NAME)), F_OK) != 0)
			return err_set(err, ERR_USAGE, "%s: no Cargo.lock and no Cargo.toml in it",
			               path);
		root = folder;
	} else if (!find_root(arena, folder, MANIFEST_NAME, &root, err)) {
		return false;
	}
	return lock_beside(arena, root, out, err);
}

/* From the current folder upwards. */
static bool locate_here(struct arena *arena, struct located *out, struct err *err)
{
	char here[PATH_MAX];

	if (!current_folder(here, sizeof here, err))
		return false;
	for (struct str at = str_of(here);; at = parent_of(at)) {
		const char *folder = arena_cstr(arena, at), *root = folder;

		if (file_is_regular(file_join(arena, folder, STR_LIT(MANIFEST_NAME))))
			return find_root(arena, folder, MANIFEST_NAME, &root, err) &&
			       lock_beside(arena, root, out, err);
		if (file_is_regular(file_join(arena, folder, STR_LIT(LOCK_NAME))))
			return lock_beside(arena, root, out, err);
		if (at.n <= 1)
			break;
	}
	return err_set(err, ERR_USAGE,
	               "no Cargo.lock and no Cargo.toml in %s or above it; name one: rtaudit PATH",
	               here);
}

/* A lock that the user named; the manifests beside it are its own only where it has cargo's name.
 */
static bool locate_lock(struct arena *arena, struct str path, struct located *out, struct err *err)
{
	struct str head = parent_of(path);
	const char *folder = head.n > 0 ? arena_cstr(arena, head) : ".";

	*out = (struct located){ .lock = arena_cstr(arena, path),
		                 .lock_was_named = true,
		                 .lock_name = path };
	if (!str_eq(last_part(path), STR_LIT(LOCK_NAME)) ||
	    !file_is_regular(file_join(arena, folder, STR_LIT(MANIFEST_NAME))))
		return true;
	return absolute_folder(arena, folder, &out->folder, err);
}

bool locate_project(struct arena *arena, struct str word, struct str manifest_path,
                    struct located *out, struct err *err)
{
	struct located found = { .lock_name = STR("standard input") };
	const char *path = arena_cstr(arena, word), *root = NULL;
	struct stat info = { 0 };

	if (word.n > 0 && !str_eq(word, STR_LIT("-"))) {
		if (stat(path, &info) != 0)
			return err_set(err, ERR_USAGE, "%s: %m", path);
		if (str_eq(last_part(word), STR_LIT(MANIFEST_NAME)) && manifest_path.n == 0) {
			manifest_path = word;
			word.n = 0;
		} else if (S_ISDIR(info.st_mode)) {
			if (manifest_path.n > 0)
				return err_set(
					err, ERR_USAGE,
					"%s: a folder and --manifest-path do not go together",
					path);
			return locate_folder(arena, path, out, err);
		} else if (!locate_lock(arena, word, &found, err)) {
			return false;
		}
	}
	if (manifest_path.n > 0 && !root_of_manifest(arena, manifest_path, &root, err))
		return false;
	if (word.n == 0)
		return root ? lock_beside(arena, root, out, err) : locate_here(arena, out, err);
	if (root)
		found.folder = root;
	*out = found;
	return true;
}
