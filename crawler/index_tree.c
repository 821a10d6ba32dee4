#include "crawler/index_tree.h"
#include "audit/index_path.h"

/* "se/rd/serde": a file lies below one or two folders. */
enum { DEPTH_MAX = 2, FOLDER_NAME_MAX = 2 };

struct comparison {
	git_repository *repository;
	struct arena *arena;
	struct index_changes *out;
	struct str folders[DEPTH_MAX]; /* down to where it is */
};

static bool look_up(git_tree **out, git_repository *repository, const git_oid *id, struct err *err)
{
	*out = NULL;
	if (!id || git_tree_lookup(out, repository, id) == 0)
		return true;
	return gitrepo_error(err, ERR_INPUT, "a folder of the index");
}

/* Whether the file belongs where it lies. */
static bool is_index_file(struct comparison *comparison, unsigned depth, struct str name)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct str *folders = comparison->folders;
	struct str should = { 0 }, rest = { 0 };
	struct err err = { 0 };

	if (depth == 0 || !index_path(&arena, name, &should, &err))
		return false;
	for (unsigned i = 0; i < depth; i++) {
		if (!str_cut(should, '/', &rest, &should) || !str_eq(rest, folders[i]))
			return false;
	}
	return str_eq(should, name);
}

static bool add(struct comparison *comparison, unsigned depth, const git_tree_entry *before,
                const git_tree_entry *now, struct err *err)
{
	struct str name = str_of(git_tree_entry_name(now ? now : before));
	struct index_change *change;

	if (!is_index_file(comparison, depth, name))
		return true;
	if (comparison->out->n == INDEX_TREE_FILES_MAX)
		return err_set(err, ERR_LIMIT, "the index has more than %d files",
		               INDEX_TREE_FILES_MAX);
	change = vec_add(comparison->arena, comparison->out);
	change->name = arena_str(comparison->arena, name);
	if (before)
		change->before = *git_tree_entry_id(before);
	if (now)
		change->now = *git_tree_entry_id(now);
	return true;
}

static bool is_folder(const git_tree_entry *entry)
{
	return git_tree_entry_type(entry) == GIT_OBJECT_TREE;
}

static bool is_file(const git_tree_entry *entry)
{
	git_filemode_t mode = git_tree_entry_filemode(entry);

	return mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE;
}

static bool compare_folders(struct comparison *comparison, unsigned depth, const git_oid *before,
                            const git_oid *now, struct err *err);

/* One name; either may be NULL, and both are of one sort. */
static bool compare_entries(struct comparison *comparison, unsigned depth,
                            const git_tree_entry *before, const git_tree_entry *now,
                            struct err *err)
{
	const git_tree_entry *one = now ? now : before;

	if (before && now && git_oid_equal(git_tree_entry_id(before), git_tree_entry_id(now)) &&
	    git_tree_entry_filemode(before) == git_tree_entry_filemode(now))
		return true;
	if (!is_folder(one))
		return add(comparison, depth, before && is_file(before) ? before : NULL,
		           now && is_file(now) ? now : NULL, err);
	if (depth == DEPTH_MAX || strlen(git_tree_entry_name(one)) > FOLDER_NAME_MAX)
		return true;
	comparison->folders[depth] = str_of(git_tree_entry_name(one));
	return compare_folders(comparison, depth + 1, before ? git_tree_entry_id(before) : NULL,
	                       now ? git_tree_entry_id(now) : NULL, err);
}

static bool compare_lists(struct comparison *comparison, unsigned depth, const git_tree *before,
                          const git_tree *now, struct err *err)
{
	size_t i = 0, j = 0, before_n = before ? git_tree_entrycount(before) : 0,
	       now_n = now ? git_tree_entrycount(now) : 0;

	while (i < before_n || j < now_n) {
		const git_tree_entry *old = i < before_n ? git_tree_entry_byindex(before, i) : NULL;
		const git_tree_entry *new = j < now_n ? git_tree_entry_byindex(now, j) : NULL;
		int order = !old ? 1 : !new ? -1 : gitrepo_entry_cmp(old, new);

		if (order > 0)
			old = NULL;
		if (order < 0)
			new = NULL;
		i += old != NULL;
		j += new != NULL;
		/* a file where a folder was has another place in the order */
		if (((old && (is_folder(old) || is_file(old))) ||
		     (new && (is_folder(new) || is_file(new)))) &&
		    !compare_entries(comparison, depth, old, new, err))
			return false;
	}
	return true;
}

/* Recursion ends at DEPTH_MAX. */
static bool compare_folders(struct comparison *comparison, unsigned depth, const git_oid *before,
                            const git_oid *now, struct err *err)
{
	git_tree *old = NULL, *new = NULL;
	bool ok = look_up(&old, comparison->repository, before, err) &&
	          look_up(&new, comparison->repository, now, err) &&
	          compare_lists(comparison, depth, old, new, err);

	git_tree_free(old);
	git_tree_free(new);
	return ok;
}

bool index_tree_compare(git_repository *repository, const git_oid *before, const git_oid *now,
                        struct arena *arena, struct index_changes *out, struct err *err)
{
	struct comparison comparison = { .repository = repository, .arena = arena, .out = out };

	return (before && git_oid_equal(before, now)) ||
	       compare_folders(&comparison, 0, before, now, err);
}
