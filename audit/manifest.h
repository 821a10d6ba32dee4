/* audit/manifest.h: one Cargo.toml, as written: inheritance is applied by audit/workspace.
 * Source: the Cargo Book, "The Manifest Format", "Workspaces", "Overriding Dependencies".
 * Threads: pure. Memory: the file's bytes and the caller's arena. */
#ifndef RTAUDIT_AUDIT_MANIFEST_H
#define RTAUDIT_AUDIT_MANIFEST_H
#include "audit/manifest_dep.h"

/* [patch.SOURCE] or [replace]: what stands for a dependency of that source. */
struct manifest_patch {
	/* "crates-io", a registry's name or URL, a git URL; for [replace] empty */
	struct str source;
	struct str replaces; /* [replace]: the package spec that is the key, "foo:1.0.0" */
	struct dependency dep;
};
struct manifest_patch_list VEC_OF(struct manifest_patch);

/* A package field that may be inherited. */
struct manifest_text {
	struct str text;
	uint32_t line;
	bool is_set, inherits;
};

struct manifest {
	struct str file; /* its name in messages: "crates/a/Cargo.toml" */
	/* of the file: relative to the project's root, '/' separated, "" for the root itself, may
	 * begin with "../" */
	struct str folder;
	bool has_package;
	uint32_t line; /* of [package] */
	struct str name;
	struct manifest_text vers, edition, rust_version, license, repository;
	/* package.publish: false, or registries without crates.io */
	bool publish_off, publish_inherits;
	/* crates.io takes no crate without them */
	bool has_description, has_license_file;
	/* [lib], package.documentation on docs.rs or [package.metadata.docs.rs] tells of a library;
	 * cargo finds one by its file, too, which no manifest tells */
	bool is_library;
	bool has_program;  /* [[bin]] */
	uint32_t resolver; /* of [package] resolver = "…"; 0 where it is not set */
	/* package.workspace, normalised folder; has_workspace_key says whether */
	struct str workspace;
	bool has_workspace_key;
	struct str links;
	/* [lib] proc-macro = true (also proc_macro), or crate-type = ["proc-macro"] */
	bool proc_macro;
	/* package.build as given; false turns it off */
	bool has_build_script_key, build_script_off;
	struct manifest_dep_list deps;
	struct feature_list features;
	struct manifest_patch_list patches;
	/* [workspace] */
	bool workspace_publish_off;
	bool is_workspace;
	uint32_t workspace_resolver;                       /* 0 where it is not set */
	struct str_list members, exclude, default_members; /* as written */
	bool has_default_members;
	struct manifest_dep_list workspace_deps; /* [workspace.dependencies] */
	struct manifest_text workspace_vers, workspace_edition, workspace_rust_version,
		workspace_license, workspace_repository; /* [workspace.package] */
};

/* Reads a manifest. `folder` is where it lies (above), `name` begins every message. Accepts what
 * cargo accepts: old underscores (dev_dependencies), [project], target tables, dotted keys;
 * profiles and unknown keys are passed over. ERR_INPUT, ERR_LIMIT. */
MUST_CHECK bool manifest_parse(struct arena *arena, struct str bytes, struct str folder,
                               struct str name, struct manifest *out, struct err *err);
/* Appends what a [patch] table says; cargo's configuration has the same one. Paths are relative to
 * `folder`. */
MUST_CHECK bool manifest_read_patches(struct arena *arena, const struct toml_value *patch,
                                      struct str name, struct str folder,
                                      struct manifest_patch_list *out, struct err *err);
#endif
