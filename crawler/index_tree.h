/* crawler/index_tree.h: what differs between two states of a registry index that is kept in git.
 *
 * Two trees are walked side by side; equal subtrees are never opened. Whatever is not laid out as
 * an index file (config.json, links, submodules, folders too deep, names that lead elsewhere) is
 * passed over.
 * Source: the Cargo Book, "Registry Index", section "Index files".
 * Threads: as the repository. Memory: the caller's arena. */
#ifndef RTAUDIT_CRAWLER_INDEX_TREE_H
#define RTAUDIT_CRAWLER_INDEX_TREE_H
#include "base/arena.h"
#include "base/vec.h"
#include "crawler/gitrepo.h"

struct index_change {
	struct str name;     /* of the crate, as its file is called */
	git_oid before, now; /* blobs; zero where there was, or is, no file */
};
struct index_changes VEC_OF(struct index_change);

/* The largest index, of crates.io, has 200,000 files. */
enum { INDEX_TREE_FILES_MAX = 5000000 };

/* Adds what differs between the trees of two commits; `before` NULL: nothing was there. ERR_INPUT
 * for a tree that is missing or damaged, ERR_LIMIT. */
MUST_CHECK bool index_tree_compare(git_repository *repository, const git_oid *before,
                                   const git_oid *now, struct arena *arena,
                                   struct index_changes *out, struct err *err);
#endif
