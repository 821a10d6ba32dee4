/* cli/locate.h: which Cargo.lock is meant, and whether manifests stand beside it.
 *
 * A word of the command line names a lock, a folder, a Cargo.toml, or "-" for standard input; with
 * no word the project is looked for as cargo does it: the nearest Cargo.toml from the current
 * folder upwards, then the workspace that it belongs to. Source: the Cargo Book, "Workspaces"
 * (package.workspace, members, exclude); cargo's search for a workspace root. Threads: any. Memory:
 * the caller's arena. */
#ifndef RTAUDIT_CLI_LOCATE_H
#define RTAUDIT_CLI_LOCATE_H
#include "base/arena.h"
#include "base/err.h"

struct located {
	const char *lock;     /* the file to read; NULL: standard input */
	bool lock_was_named;  /* by the user: then it need not be a regular file */
	struct str lock_name; /* how messages call it */
	/* absolute: where the root Cargo.toml lies; NULL: there are no manifests */
	const char *folder;
};

/* Finds the project that `word` (empty: none was given) and --manifest-path (empty: not given)
 * mean. ERR_USAGE where there is none, or no lock yet: the sentence says how to make one. ERR_INPUT
 * where a manifest on the way cannot be read. */
MUST_CHECK bool locate_project(struct arena *arena, struct str word, struct str manifest_path,
                               struct located *out, struct err *err);

/* How a person in the current folder would write an absolute path: relative to it where that needs
 * no way back down from a folder above, else as it is. */
const char *locate_display(struct arena *arena, const char *path);

/* $CARGO_HOME made absolute, else ~/.cargo; NULL where there is no home. */
const char *locate_cargo_home(struct arena *arena);
#endif
