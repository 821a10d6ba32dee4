/* tests/unit/file_tree.h: a temporary tree of files for one test program. */
#ifndef RTAUDIT_TESTS_UNIT_FILE_TREE_H
#define RTAUDIT_TESTS_UNIT_FILE_TREE_H
#include "base/arena.h"
#include "base/file.h"
#include "tests/unit/unit.h"
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The root of the tree, absolute and without links; empty before file_tree_make. */
static char file_tree_root[PATH_MAX];

static inline int file_tree_make(void **state)
{
	char name[] = "/tmp/rtaudit-tree-XXXXXX";

	(void)state;
	return mkdtemp(name) && realpath(name, file_tree_root) && chdir(file_tree_root) == 0 ? 0
	                                                                                     : -1;
}

static inline int file_tree_remove_one(const char *path, const struct stat *info, int kind,
                                       struct FTW *at)
{
	(void)info;
	(void)kind;
	(void)at;
	return remove(path);
}

static inline int file_tree_drop(void **state)
{
	(void)state;
	return chdir("/") == 0 && nftw(file_tree_root, file_tree_remove_one, 16,
	                               FTW_DEPTH | FTW_PHYS) == 0
	               ? 0
	               : -1;
}

/* Writes a file, its folders made first; `path` is relative to the root. */
static inline void file_tree_put(const char *path, const char *text)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	const char *whole = file_join(&arena, file_tree_root, str_of(path));
	size_t slash = str_find_last(str_of(whole), '/');
	struct err err = { 0 };

	if (!file_make_folders(arena_cstr(&arena, str_sub(str_of(whole), 0, slash)), 0700, &err) ||
	    !file_write(whole, str_of(text), 0600, &err))
		fail_msg("%s", err.text);
}

/* The absolute path of something in the tree. */
static inline const char *file_tree_path(struct arena *arena, const char *path)
{
	return file_join(arena, file_tree_root, str_of(path));
}

#endif
