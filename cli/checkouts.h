/* cli/checkouts.h: the manifests of git packages, from the checkouts that cargo keeps.
 *
 * A checkout lies in $CARGO_HOME/git/checkouts/REPO-HASH/COMMIT: REPO is the last part of the URL,
 * HASH cargo's own and not computed here, COMMIT the first digits of the commit. The commit
 * decides, so a HASH that is another URL's does no harm. Source: cargo's GitSource (ident,
 * short_id) and its walk for packages below a checkout. Threads: any. Memory: the caller's arena.
 */
#ifndef RTAUDIT_CLI_CHECKOUTS_H
#define RTAUDIT_CLI_CHECKOUTS_H
#include "cli/parts.h"

/* Adds a `git-manifest` part for every Cargo.toml of each git source that the bytes of a lock name,
 * as far as there is a checkout: `target`, hidden folders and nested repositories are passed over
 * as cargo passes over them, unless a path dependency leads there. ERR_IO, ERR_LIMIT. */
MUST_CHECK bool checkouts_add(struct arena *arena, struct str lock, const char *cargo_home,
                              struct parts *parts, struct err *err);
#endif
