/* audit/inherit.h: what a package takes from its workspace: fields and dependencies.
 * Source: the Cargo Book, "Workspaces" ("The package table", "The dependencies table") and
 * "Specifying Dependencies" ("Inheriting a dependency from a workspace"); cargo's own rules for
 * default-features.
 * Threads: pure. Memory: the caller's arena; the manifests are kept by reference. */
#ifndef RTAUDIT_AUDIT_INHERIT_H
#define RTAUDIT_AUDIT_INHERIT_H
#include "audit/workspace.h"

/* A manifest with [workspace], made ready for lookups. */
struct inherit_root {
	const struct manifest *manifest;
	struct map deps; /* the name of one of its workspace_deps, as index */
};

void inherit_root_make(struct arena *arena, const struct manifest *manifest,
                       struct inherit_root *out);
/* Whether anything in a manifest is inherited. */
bool inherit_is_needed(const struct manifest *member);
/* Fills out->edition and the other texts, and the summary, which has only what applies to the
 * package itself. `root` is NULL where there is no workspace. *budget counts down the features that
 * are copied.
 * ERR_INPUT where something inherited is not there, ERR_LIMIT where the budget is used up. */
MUST_CHECK bool inherit_apply(struct arena *arena, const struct manifest *member,
                              const struct inherit_root *root, size_t *budget,
                              struct local_package *out, struct err *err);
#endif
