/* cli/gather.h: reads what the daemon must know of a project: the lock, the manifests of the
 * workspace and of its path dependencies, cargo's configuration, rtaudit.toml, the environment that
 * concerns it.
 *
 * What a manifest names and is not there is left out: the daemon says what that means. Broken
 * manifests are sent as they are, for the same reason. Source: docs/protocol.md; the Cargo Book,
 * "Configuration" (hierarchical structure). Threads: any. Memory: the caller's arena. */
#ifndef RTAUDIT_CLI_GATHER_H
#define RTAUDIT_CLI_GATHER_H
#include "cli/parts.h"

struct gather_from {
	struct str word;          /* of the command line; empty: the current folder's project */
	struct str manifest_path; /* --manifest-path, or empty */
	struct str policy;   /* --config, or empty: rtaudit.toml beside the lock, if it is there */
	struct str baseline; /* --baseline, or empty */
	struct str old_lock; /* what the project's lock is compared with: as `word`, or empty */
};

/* ERR_USAGE where no project is found, ERR_INPUT, ERR_IO and ERR_LIMIT for files that cannot be
 * read. */
MUST_CHECK bool gather_project(struct arena *arena, const struct gather_from *from,
                               struct parts *out, struct err *err);
#endif
