/* cli/project_files.h: finds and reads the manifests of a workspace, member globs and path
 * dependencies followed. Source: audit/workspace.h says what more a manifest asks for; cargo's
 * expansion of member globs. Threads: any. Memory: the caller's arena. */
#ifndef RTAUDIT_CLI_PROJECT_FILES_H
#define RTAUDIT_CLI_PROJECT_FILES_H
#include "cli/parts.h"

/* Adds a `manifest` part for the Cargo.toml in `folder` (absolute) and for each that it leads to.
 * Files that are not there or are no regular files are passed over. ERR_IO, ERR_LIMIT (manifests,
 * bytes, entries of folders that a glob walks through). */
MUST_CHECK bool project_files_add(struct arena *arena, const char *folder, struct parts *parts,
                                  struct err *err);

/* Reads a regular file: 1, 0 where there is none or it is of another kind (a FIFO is not waited
 * for), -1. */
MUST_CHECK int project_file_read(struct arena *arena, const char *path, size_t max_bytes,
                                 struct str *out, struct err *err);
#endif
