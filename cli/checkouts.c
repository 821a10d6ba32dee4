#include "cli/checkouts.h"
#include "audit/limits.h"
#include "audit/lock_source.h"
#include "audit/workspace.h"
#include "base/file.h"
#include "base/map.h"
#include "cli/project_files.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

/* cargo shortens a commit to at least so many digits, and HASH has 16. */
enum { COMMIT_SHORTEST = 7, HASH_DIGITS = 16, FOLDERS_MAX = 100000, CHECKOUT_DEPTH_MAX = 64 };

struct checkout {
	struct arena *arena;
	struct str source;
	const char *folder;
	struct str_list folders; /* still to be walked through, relative; "" the checkout itself */
	struct str_list files;   /* manifests, relative to the checkout */
	struct str_list wants;
	struct map seen;
	struct parts *parts;
	bool has_submodules;
};

/* The different git sources of a lock ("git+URL?…#COMMIT"), in the order in which they stand
 * there. */
static struct str_list git_sources(struct arena *arena, struct str lock)
{
	struct str_list sources = { 0 };
	struct map seen = { 0 };
	/* The line as cargo writes it, whole: the search is the faster, the longer what it looks
	 * for. A parse would cost as much as all the rest, and nearly every lock has no such line.
	 */
	struct str needle = STR_LIT("\nsource = \"git+");
	size_t at;

	while ((at = str_find_str(lock, needle)) != STR_NONE) {
		struct str line = str_sub(lock, at + needle.n - strlen("git+"), lock.n), rest;
		bool is_new = false;

		lock = line;
		str_cut(line, '\n', &line, &rest);
		if (!str_cut(line, '"', &line, &rest))
			continue;
		map_slot(&seen, arena, line, 0, &is_new);
		if (is_new)
			*vec_add(arena, &sources) = line;
	}
	return sources;
}

/* The last part of a git URL as cargo names its folders by it. */
static struct str repository_name(struct str url)
{
	while (url.n > 0 && url.p[url.n - 1] == '/')
		url.n--;
	if (str_ends(url, STR_LIT(".git")))
		url.n -= strlen(".git");
	size_t slash = str_find_last(url, '/');

	url = slash == STR_NONE ? url : str_sub(url, slash + 1, url.n);
	return url.n > 0 ? url : STR_LIT("_empty");
}

/* Whether a folder's name is REPO-HASH, or REPO-HASH-shallow. Case is not looked at: cargo folds
 * that of GitHub's paths. */
static bool is_folder_of(struct str name, struct str repository)
{
	if (str_ends(name, STR_LIT("-shallow")))
		name.n -= strlen("-shallow");
	return name.n == repository.n + 1 + HASH_DIGITS && name.p[repository.n] == '-' &&
	       str_eq_nocase(str_sub(name, 0, repository.n), repository);
}

/* The checkout of a commit, or NULL. */
static const char *find_checkout(struct arena *arena, const char *folder,
                                 const struct str_list *names, const struct lock_source *source)
{
	struct str repository = repository_name(source->url);

	for (size_t i = 0; i < names->n; i++) {
		struct str_list commits = { 0 };
		struct err ignored = { 0 };
		const char *database;

		if (!is_folder_of(names->p[i], repository))
			continue;
		database = file_join(arena, folder, names->p[i]);
		if (!file_list(arena, database, FOLDERS_MAX, &commits, &ignored))
			continue; /* gone, or another user's */
		for (size_t j = 0; j < commits.n; j++)
			if (commits.p[j].n >= COMMIT_SHORTEST &&
			    str_starts(source->commit, commits.p[j]))
				return file_join(arena, database, commits.p[j]);
	}
	return NULL;
}

static struct str below(struct arena *arena, struct str folder, struct str name)
{
	if (folder.n == 0)
		return arena_str(arena, name);
	return arena_printf(arena, STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(name));
}

static bool is_folder_entry(DIR *folder, const struct dirent *entry)
{
	struct stat info = { 0 };

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(dirfd(folder), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(info.st_mode);
}

static void close_folder(DIR **folder)
{
	if (*folder)
		closedir(*folder);
	*folder = NULL;
}

static size_t depth_of(struct str path)
{
	size_t depth = 0;

	for (size_t i = 0; i < path.n; i++)
		depth += path.p[i] == '/';
	return depth;
}

/* One folder of the walk: notes its manifest and the folders in it. */
static void walk_folder(struct checkout *checkout, struct str path)
{
	struct arena *arena = checkout->arena;
	CLEANUP(close_folder) DIR *folder = opendir(file_join(arena, checkout->folder, path));
	size_t folders = checkout->folders.n;
	bool has_manifest = false;

	if (!folder)
		return;
	for (const struct dirent *entry; (entry = readdir(folder));) {
		struct str name = str_of(entry->d_name);

		if (str_eq(name, STR_LIT("Cargo.toml")))
			has_manifest = true;
		if (path.n > 0 && str_eq(name, STR_LIT(".git"))) {
			/* A submodule: cargo does not look for packages there. */
			checkout->has_submodules = true;
			checkout->folders.n = folders;
			return;
		}
		if (name.p[0] != '.' && is_folder_entry(folder, entry) &&
		    checkout->folders.n < FOLDERS_MAX)
			*vec_add(arena, &checkout->folders) = below(arena, path, name);
	}
	if (!has_manifest)
		return;
	*vec_add(arena, &checkout->files) = below(arena, path, STR_LIT("Cargo.toml"));
	/* Beside a manifest, `target` holds what was built. */
	struct str target = below(arena, path, STR_LIT("target"));
	size_t kept = folders;

	for (size_t i = folders; i < checkout->folders.n; i++)
		if (!str_eq(checkout->folders.p[i], target))
			checkout->folders.p[kept++] = checkout->folders.p[i];
	checkout->folders.n = kept;
}

static int compare_paths(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Reads one manifest; with submodules, also notes where its path dependencies lead. */
static bool add_manifest(struct checkout *checkout, struct str path, struct err *err)
{
	struct arena *arena = checkout->arena;
	struct str bytes = { 0 }, folder = { 0 };
	struct err ignored = { 0 };
	bool is_new = false;
	size_t slash = str_find_last(path, '/');

	map_slot(&checkout->seen, arena, path, 0, &is_new);
	if (!is_new || checkout->seen.n > GIT_MANIFESTS_MAX)
		return true;
	int got = project_file_read(arena, file_join(arena, checkout->folder, path),
	                            MANIFEST_MAX_BYTES, &bytes, err);
	if (got <= 0)
		return got == 0;
	struct str name =
		arena_printf(arena, STR_FMT "\n" STR_FMT, STR_ARG(checkout->source), STR_ARG(path));

	if (!parts_add(arena, checkout->parts, "git-manifest", name, bytes, err))
		return false;
	if (!checkout->has_submodules)
		return true;
	if (slash != STR_NONE)
		folder = str_sub(path, 0, slash);
	/* Repositories hold broken manifests as fixtures. */
	IGNORE(workspace_wants(arena, bytes, folder, path, &checkout->wants, &ignored));
	return true;
}

/* Whether a path stays inside the checkout. */
static bool is_inside(struct str path)
{
	return path.n > 0 && path.p[0] != '/' && !str_starts(path, STR_LIT("../"));
}

static bool add_checkout(struct checkout *checkout, struct err *err)
{
	*vec_add(checkout->arena, &checkout->folders) = (struct str){ "", 0 };
	while (checkout->folders.n > 0 && checkout->files.n < GIT_MANIFESTS_MAX) {
		struct str path = checkout->folders.p[--checkout->folders.n];

		if (depth_of(path) < CHECKOUT_DEPTH_MAX)
			walk_folder(checkout, path);
	}
	if (checkout->files.n > 0)
		qsort(checkout->files.p, checkout->files.n, sizeof *checkout->files.p,
		      compare_paths);
	for (size_t i = 0; i < checkout->files.n; i++)
		if (!add_manifest(checkout, checkout->files.p[i], err))
			return false;
	for (size_t i = 0; i < checkout->wants.n; i++)
		if (is_inside(checkout->wants.p[i]) &&
		    !add_manifest(checkout, checkout->wants.p[i], err))
			return false;
	return true;
}

bool checkouts_add(struct arena *arena, struct str lock, const char *cargo_home,
                   struct parts *parts, struct err *err)
{
	struct str_list sources = git_sources(arena, lock), names = { 0 };
	struct err ignored = { 0 };
	const char *folder;

	if (sources.n == 0 || !cargo_home)
		return true;
	folder = file_join(arena, cargo_home, STR_LIT("git/checkouts"));
	if (!file_list(arena, folder, FOLDERS_MAX, &names, &ignored))
		return true; /* cargo has fetched nothing yet */
	for (size_t i = 0; i < sources.n; i++) {
		struct checkout checkout = { .arena = arena,
			                     .source = sources.p[i],
			                     .parts = parts };
		struct lock_source source = { 0 };

		if (!lock_source_parse(arena, sources.p[i], &source, &ignored))
			continue; /* the daemon reads the lock and says what is wrong */
		checkout.folder = find_checkout(arena, folder, &names, &source);
		if (checkout.folder && !add_checkout(&checkout, err))
			return false;
	}
	return true;
}
