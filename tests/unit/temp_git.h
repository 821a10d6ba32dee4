/* tests/unit/temp_git.h: makes small git repositories with given dates. */
#ifndef RTAUDIT_TESTS_UNIT_TEMP_GIT_H
#define RTAUDIT_TESTS_UNIT_TEMP_GIT_H
#include "tests/unit/temp_db.h"
#include <git2.h>

struct temp_git {
	git_repository *repository;
	git_index *index; /* what the next commit holds */
	git_oid head;
	bool has_head;
};

#define assert_git(call)                                                                           \
	do {                                                                                       \
		if ((call) < 0)                                                                    \
			fail_msg("%s: %s", #call,                                                  \
			         git_error_last() ? git_error_last()->message : "failed");         \
	} while (0)

static inline void temp_git_make(struct temp_git *git, const char *folder)
{
	*git = (struct temp_git){ 0 };
	git_libgit2_init();
	assert_git(git_repository_init(&git->repository, folder, 1));
	assert_git(git_index_new(&git->index));
}

static inline void temp_git_put(struct temp_git *git, const char *path, const char *text)
{
	git_index_entry entry = { .path = path, .mode = GIT_FILEMODE_BLOB };

	assert_git(git_blob_create_from_buffer(&entry.id, git->repository, text, strlen(text)));
	assert_git(git_index_add(git->index, &entry));
}

static inline void temp_git_remove(struct temp_git *git, const char *path)
{
	assert_git(git_index_remove(git->index, path, 0));
}

/* Commits the index on top of the head, with a second parent where one is given. */
static inline git_oid temp_git_commit(struct temp_git *git, int64_t at, const git_oid *merged)
{
	git_signature who = { .name = (char[]){ "t" },
		              .email = (char[]){ "t@example.org" },
		              .when = { at, 0, '+' } };
	const git_commit *parents[2];
	git_commit *first = NULL, *second = NULL;
	git_tree *tree = NULL;
	git_oid tree_id, id;
	size_t n = 0;

	assert_git(git_index_write_tree_to(&tree_id, git->index, git->repository));
	assert_git(git_tree_lookup(&tree, git->repository, &tree_id));
	if (git->has_head) {
		assert_git(git_commit_lookup(&first, git->repository, &git->head));
		parents[n++] = first;
	}
	if (merged) {
		assert_git(git_commit_lookup(&second, git->repository, merged));
		parents[n++] = second;
	}
	assert_git(git_commit_create(&id, git->repository, NULL, &who, &who, NULL, "x", tree, n,
	                             parents));
	git_reference *ref = NULL;
	assert_git(git_reference_create(&ref, git->repository, "refs/heads/main", &id, 1, "x"));
	git_reference_free(ref);
	assert_git(git_repository_set_head(git->repository, "refs/heads/main"));
	git_commit_free(first);
	git_commit_free(second);
	git_tree_free(tree);
	git->head = id;
	git->has_head = true;
	return id;
}

static inline void temp_git_free(struct temp_git *git)
{
	git_index_free(git->index);
	git_repository_free(git->repository);
	*git = (struct temp_git){ 0 };
	git_libgit2_shutdown();
}
#endif
