/* audit/workspace.h: all local packages of a project: members, path dependencies, what they
 * inherit.
 * Source: the Cargo Book, "Workspaces"; cargo's Workspace (members by globs and by path
 * dependencies below the root, `exclude`, default members, the resolver that an edition implies).
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_WORKSPACE_H
#define RTAUDIT_AUDIT_WORKSPACE_H
#include "audit/lockfile.h" /* PACKAGE_NONE */
#include "audit/manifest.h"

/* A file that the client sent: path relative to the project's root (the folder of Cargo.lock, or of
 * the checkout for git packages), '/' separated, may begin with "../". */
struct project_file {
	struct str path, bytes;
};
struct project_file_list VEC_OF(struct project_file);

struct local_package {
	const struct manifest *manifest;
	struct summary summary; /* after inheritance */
	/* edition "2015" where it is not set */
	struct str edition, rust_version, license, repository;
	bool is_published; /* as far as its manifest tells, crates.io has or may get it */
	bool is_member, is_default_member;
	bool proc_macro;
};

struct workspace {
	/* members sorted by folder, then the other path dependencies */
	struct local_package *packages;
	uint32_t n;
	/* index of the package of the root manifest, or PACKAGE_NONE when it is virtual */
	uint32_t root;
	unsigned resolver;                  /* 1, 2 or 3 */
	struct manifest_patch_list patches; /* [patch] and [replace] of the root manifest */
	/* manifests that are named but were not sent: "crates/a/Cargo.toml" */
	struct str_list missing;
};

/* Reads the manifests of a project whose root manifest is `Cargo.toml` among `files`, expands
 * member globs over the paths of `files`, follows path dependencies (patches included) and applies
 * inheritance. A member named without a glob, or a path dependency, whose manifest is missing
 * stands in out->missing; what was sent and is no member is passed over. ERR_INPUT with
 * "crates/a/Cargo.toml:12: …"; ERR_ABSENT where there is no root manifest. */
MUST_CHECK bool workspace_load(struct arena *arena, const struct project_file_list *files,
                               struct workspace *out, struct err *err);
/* The same where the absolute folder of the root manifest is known: then a path that leaves it and
 * comes back, "../project/crates/a", means a folder of the project. */
MUST_CHECK bool workspace_load_in(struct arena *arena, struct str folder,
                                  const struct project_file_list *files, struct workspace *out,
                                  struct err *err);
/* Reads the manifests of one git checkout: every package in it, each with inheritance from the
 * nearest workspace root above it in the checkout. is_member is false for all. Broken manifests are
 * passed over (git repositories hold test fixtures); `missing` stays empty. */
MUST_CHECK bool workspace_load_checkout(struct arena *arena, const struct project_file_list *files,
                                        struct workspace *out, struct err *err);

/* For a client that gathers files: reads one manifest that it has just read, and adds to `wants`
 * what more is needed for workspace_load: "path/Cargo.toml" for path dependencies, patches,
 * package.workspace and plain members, and patterns that still hold glob characters ("crates/ *
 * /Cargo.toml" without blanks). Paths are relative to the project's root. ERR_INPUT as
 * manifest_parse. */
MUST_CHECK bool workspace_wants(struct arena *arena, struct str bytes, struct str folder,
                                struct str name, struct str_list *wants, struct err *err);
/* Whether a path fits a member pattern, as the `glob` crate matches ('*' and '?' stop at '/', "**",
 * "[a-z]"). */
bool workspace_glob_matches(struct str pattern, struct str path);
#endif
