#include "crawler/advisory_db.h"
#include "audit/limits.h"
#include "base/file.h"
#include "base/map.h"

struct reading {
	struct arena *arena;
	const struct gitrepo *repo;
	const struct stop *stop;
	struct advisory_db db;
	struct map by_id; /* "RUSTSEC-2021-0001" → index in db.files */
	size_t bytes;
};

static struct str id_of(struct str name)
{
	size_t dot = str_find_last(name, '.');

	return dot == STR_NONE ? name : str_sub(name, 0, dot);
}

static bool is_advisory(struct str name)
{
	return str_starts(name, STR_LIT("RUSTSEC-")) && str_ends(name, STR_LIT(".md"));
}

/* One file of the newest state; `bytes` need only live until the return. */
static bool add_file(struct reading *reading, struct str folder, struct str name, struct str bytes,
                     struct err *err)
{
	struct arena *arena = reading->arena;

	if (bytes.n > ADVISORY_MAX_BYTES)
		return true; /* no advisory, whatever it is; the others count */
	reading->bytes += bytes.n;
	if (reading->db.files.n == ADVISORY_FILES_MAX || reading->bytes > ADVISORY_DB_MAX_BYTES)
		return err_set(err, ERR_LIMIT,
		               "the advisory database has more than %d files or %d bytes",
		               ADVISORY_FILES_MAX, ADVISORY_DB_MAX_BYTES);
	struct advisory_file *file = vec_add(arena, &reading->db.files);
	file->path =
		arena_printf(arena, "crates/" STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(name));
	file->bytes = arena_str(arena, bytes);
	struct str base = str_sub(file->path, file->path.n - name.n, file->path.n);
	map_put(&reading->by_id, arena, id_of(base), (uint32_t)(reading->db.files.n - 1));
	return true;
}

static bool check_found(const struct reading *reading, const char *where, struct err *err)
{
	if (reading->db.files.n > 0)
		return true;
	return err_set(err, ERR_INPUT, "%s holds no advisory (crates/NAME/RUSTSEC-*.md)", where);
}

static bool damaged(struct err *err)
{
	return gitrepo_error(err, ERR_INPUT, "the advisory database's repository");
}

static bool read_blobs(struct reading *reading, struct str folder, const git_tree *tree,
                       struct err *err)
{
	for (size_t i = 0; i < git_tree_entrycount(tree); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
		struct str name = str_of(git_tree_entry_name(entry));
		git_blob *blob = NULL;

		if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB || !is_advisory(name))
			continue;
		if (git_blob_lookup(&blob, reading->repo->repository, git_tree_entry_id(entry)) < 0)
			return damaged(err);
		struct str bytes = { git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob) };
		bool ok = add_file(reading, folder, name, bytes, err);
		git_blob_free(blob);
		if (!ok)
			return false;
	}
	return true;
}

/* The subtree of that name: 1, 0 where there is none, -1. `tree` may be NULL. */
static int subtree(git_tree **out, git_repository *repository, const git_tree *tree,
                   const char *name)
{
	const git_tree_entry *entry = tree ? git_tree_entry_byname(tree, name) : NULL;

	*out = NULL;
	if (!entry || git_tree_entry_type(entry) != GIT_OBJECT_TREE)
		return 0;
	return git_tree_lookup(out, repository, git_tree_entry_id(entry)) < 0 ? -1 : 1;
}

static bool read_newest(struct reading *reading, const git_tree *crates, struct err *err)
{
	for (size_t i = 0; i < git_tree_entrycount(crates); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(crates, i);
		git_tree *folder = NULL;

		if (stop_is_raised(reading->stop))
			return err_set(err, ERR_STOPPED, "the reading of advisories was stopped");
		if (git_tree_entry_type(entry) != GIT_OBJECT_TREE)
			continue;
		if (git_tree_lookup(&folder, reading->repo->repository, git_tree_entry_id(entry)) <
		    0)
			return damaged(err);
		bool ok = read_blobs(reading, str_of(git_tree_entry_name(entry)), folder, err);
		git_tree_free(folder);
		if (!ok)
			return false;
	}
	return true;
}

/* A crate's folder changed: what is new in it was published at that moment. */
static int date_folder(struct reading *reading, const git_oid *now, const git_oid *before,
                       int64_t at)
{
	git_repository *repository = reading->repo->repository;
	git_tree *tree = NULL, *old = NULL;
	int rc = git_tree_lookup(&tree, repository, now);

	if (rc == 0 && before)
		rc = git_tree_lookup(&old, repository, before);
	for (size_t i = 0; rc == 0 && i < git_tree_entrycount(tree); i++) {
		const char *name = git_tree_entry_name(git_tree_entry_byindex(tree, i));
		uint32_t file;

		if ((!old || !git_tree_entry_byname(old, name)) &&
		    map_get(&reading->by_id, id_of(str_of(name)), &file))
			reading->db.files.p[file].published_at = at;
	}
	git_tree_free(tree);
	git_tree_free(old);
	return rc;
}

/* Compares the folder `crates` of a commit with that of its parent (NULL: there was none). */
static int date_commit(struct reading *reading, const git_tree *now, const git_tree *before,
                       int64_t at)
{
	size_t j = 0, old_n = before ? git_tree_entrycount(before) : 0;

	for (size_t i = 0; i < git_tree_entrycount(now); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(now, i), *old = NULL;

		if (git_tree_entry_type(entry) != GIT_OBJECT_TREE)
			continue;
		for (; j < old_n; j++) {
			old = git_tree_entry_byindex(before, j);
			int order = git_tree_entry_type(old) == GIT_OBJECT_TREE
			                    ? gitrepo_entry_cmp(old, entry)
			                    : -1;
			if (order == 0)
				break;
			old = NULL;
			if (order > 0)
				break;
		}
		if (old && git_oid_equal(git_tree_entry_id(old), git_tree_entry_id(entry)))
			continue;
		int rc = date_folder(reading, git_tree_entry_id(entry),
		                     old ? git_tree_entry_id(old) : NULL, at);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int crates_of(git_tree **out, git_repository *repository, const git_commit *commit)
{
	git_tree *root = NULL;

	if (git_commit_tree(&root, commit) < 0)
		return -1;
	int got = subtree(out, repository, root, "crates");
	git_tree_free(root);
	return got;
}

static bool is_same_tree(const git_tree *a, const git_tree *b)
{
	return a && b && git_oid_equal(git_tree_id(a), git_tree_id(b));
}

/* One step back along the main line: dates what *commit brought in, and makes *commit and *crates
 * its first parent's. 1 go on, 0 the history ends here (or is cut off), -1. */
static int step_back(struct reading *reading, git_commit **commit, git_tree **crates)
{
	git_repository *repository = reading->repo->repository;
	git_commit *parent = NULL;
	git_tree *older = NULL;
	int rc = 0;

	if (git_commit_parentcount(*commit) > 0) {
		rc = git_commit_parent(&parent, *commit, 0);
		if (rc == GIT_ENOTFOUND)
			return 0; /* a shallow clone: nobody knows what is older */
		if (rc == 0)
			rc = crates_of(&older, repository, parent);
	}
	if (rc >= 0 && *crates && !is_same_tree(*crates, older))
		rc = date_commit(reading, *crates, older, (int64_t)git_commit_time(*commit));
	git_commit_free(*commit);
	git_tree_free(*crates);
	*commit = parent;
	*crates = older;
	return rc < 0 ? -1 : parent != NULL;
}

static bool read_history(struct reading *reading, git_commit **commit, git_tree **crates,
                         struct err *err)
{
	int got = 1;

	for (size_t n = 0; got == 1; n++) {
		if (stop_is_raised(reading->stop))
			return err_set(err, ERR_STOPPED, "the reading of advisories was stopped");
		if (n == ADVISORY_COMMITS_MAX)
			return true; /* what is older stays undated */
		got = step_back(reading, commit, crates);
	}
	return got < 0 ? damaged(err) : true;
}

bool advisory_db_read(struct arena *arena, const struct gitrepo *repo, const struct stop *stop,
                      struct advisory_db *out, struct err *err)
{
	struct reading reading = { .arena = arena, .repo = repo, .stop = stop };
	git_commit *commit = NULL;
	git_tree *crates = NULL;
	bool ok = false;

	if (git_commit_lookup(&commit, repo->repository, &repo->head) < 0 ||
	    crates_of(&crates, repo->repository, commit) < 0)
		damaged(err);
	else
		ok = (!crates || read_newest(&reading, crates, err)) &&
		     check_found(&reading, "the repository", err) &&
		     read_history(&reading, &commit, &crates, err);
	git_tree_free(crates);
	git_commit_free(commit);
	if (!ok)
		return false;
	char hex[GIT_OID_HEXSZ + 1];
	git_oid_tostr(hex, sizeof hex, &repo->head);
	*out = reading.db;
	out->commit = arena_str(arena, str_of(hex));
	return true;
}

static bool read_plain(struct reading *reading, const char *path, struct str crate, struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str_list names = { 0 };

	if (!file_list(&arena, path, ADVISORY_FILES_MAX, &names, err))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		struct str bytes;
		struct err skipped = { 0 };

		if (!is_advisory(names.p[i]))
			continue;
		if (!file_read(&arena, file_join(&arena, path, names.p[i]), ADVISORY_MAX_BYTES,
		               &bytes, &skipped))
			continue;
		if (!add_file(reading, crate, names.p[i], bytes, err))
			return false;
	}
	return true;
}

bool advisory_db_read_folder(struct arena *arena, const char *folder, struct advisory_db *out,
                             struct err *err)
{
	CLEANUP(arena_free) struct arena names_arena = { 0 };
	struct reading reading = { .arena = arena };
	struct str_list crates = { 0 };
	const char *below = file_join(&names_arena, folder, STR_LIT("crates"));

	if (!file_list(&names_arena, below, ADVISORY_FILES_MAX, &crates, err))
		return false;
	for (size_t i = 0; i < crates.n; i++) {
		const char *path = file_join(&names_arena, below, crates.p[i]);
		if (file_is_folder(path) && !read_plain(&reading, path, crates.p[i], err))
			return false;
	}
	if (!check_found(&reading, folder, err))
		return false;
	*out = reading.db;
	return true;
}
