/* audit/manifest_dep.h: one dependency as a manifest writes it, and folders as manifests name them.
 * Source: the Cargo Book, "Specifying Dependencies", "Overriding Dependencies".
 * Threads: pure. Memory: the tree's and the caller's arena. */
#ifndef RTAUDIT_AUDIT_MANIFEST_DEP_H
#define RTAUDIT_AUDIT_MANIFEST_DEP_H
#include "audit/dependency.h"
#include "audit/toml_field.h"

/* A dependency as a manifest writes it: `dep`, and whether it inherits. */
struct manifest_dep {
	/* with inherits: name, features, optional, kind, platform as written here */
	struct dependency dep;
	/* { workspace = true }; name then is the key in [workspace.dependencies] */
	bool inherits;
	bool has_default_features;
};
struct manifest_dep_list VEC_OF(struct manifest_dep);

/* Where a dependency stands. */
struct manifest_place {
	struct str name;   /* of the file, for messages */
	struct str folder; /* that its paths are relative to */
	enum dep_kind kind;
	const struct cfg_platform *platform; /* of the [target] table around it, or NULL */
	struct str platform_text;
	bool may_inherit;
};

/* Reads the value of a key in a table of dependencies. ERR_INPUT for what cargo refuses. */
MUST_CHECK bool manifest_dep_read(struct arena *arena, const struct manifest_place *place,
                                  const struct toml_value *value, struct manifest_dep *out,
                                  struct err *err);

/* folder/path with "." and ".." folded, as `folder` of a manifest is written; an absolute path
 * stays absolute. Its bytes are never NULL. */
struct str manifest_folder_join(struct arena *arena, struct str folder, struct str path);
#endif
