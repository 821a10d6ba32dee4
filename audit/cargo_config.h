/* audit/cargo_config.h: what cargo's configuration says that changes an answer: source replacement,
 * registries, rustflags, the default target.
 * Source: the Cargo Book, "Configuration" (hierarchy, `[source]`, `[registries]`, `[target]`,
 * `[build]`, `[patch]`), "Source Replacement".
 * Threads: pure. Memory: the files' bytes and the caller's arena. */
#ifndef RTAUDIT_AUDIT_CARGO_CONFIG_H
#define RTAUDIT_AUDIT_CARGO_CONFIG_H
#include "audit/cfg.h"
#include "audit/workspace.h"

struct config_registry {
	struct str name, index; /* index: "sparse+https://…" or a git URL */
	struct str token;       /* empty where the file has none */
	size_t file;            /* which file brought the token */
};

struct config_source {
	/* "crates-io", a name of the user's, or a registry's that replaces one */
	struct str name;
	struct str registry;                  /* URL, or empty */
	struct str local_registry, directory; /* folders, as manifest_folder_join writes them */
	struct str git;
	struct str replace_with; /* another source's or a registry's name; empty */
};

struct config_target {
	struct str key; /* a triple or cfg(…) */
	struct cfg_platform platform;
	struct str_list rustflags;
	bool is_array; /* of rustflags: as an array, not as one text */
};

/* [http] and [net]: texts as the environment would write them ("true", "30"), for that comes before
 * them; empty where no file has the key. */
struct config_network {
	struct str cainfo; /* path of a file of certificates */
	struct str proxy;
	struct str timeout;         /* seconds, to connect and without progress */
	struct str low_speed_limit; /* bytes a second that count as progress */
	struct str multiplexing;
	struct str retry; /* how often a request that failed is made again */
	struct str offline;
};

struct cargo_config {
	struct {
		struct config_registry *p;
		size_t n, cap;
	} registries;
	struct {
		struct config_source *p;
		size_t n, cap;
	} sources;
	struct {
		struct config_target *p;
		size_t n, cap;
	} targets; /* sorted by key */
	struct str_list build_rustflags;
	struct str_list build_targets; /* build.target, a text or an array */
	bool build_rustflags_is_array, build_targets_is_array;
	struct str default_registry; /* registry.default; what cargo publishes to */
	struct manifest_patch_list patches;
	struct config_network network;
	struct str_list notes; /* what was passed over, a sentence each */
};

/* Merges configuration files, the nearest to the project first (files.p[0]), $CARGO_HOME's last: a
 * key of a nearer file wins, arrays are joined with the nearer file's elements last, as cargo does
 * it. A file that does not parse is ERR_INPUT with its path and line. What `include` names is read
 * by the client. Paths of a file are relative to the folder that holds its `.cargo`. */
MUST_CHECK bool cargo_config_load(struct arena *arena, const struct project_file_list *files,
                                  struct cargo_config *out, struct err *err);

/* For a client that gathers files: what a configuration file includes, in its order, as written;
 * relative to the folder of that file. A later one wins over an earlier one, the file itself over
 * all of them. Nothing where it does not parse: cargo_config_load says why. */
struct str_list cargo_config_includes(struct arena *arena, struct str bytes);

/* The environment that concerns the project, sent by the client; NULL p: not set. */
struct cargo_env {
	struct str encoded_rustflags, rustflags, build_rustflags, build_target;
	/* CARGO_TARGET_x_RUSTFLAGS: path x, bytes the value */
	struct project_file_list target_rustflags;
};

/* The flags that cargo passes to rustc for a triple, from the first source that is set, alone.
 * `set` decides which [target.'cfg(…)'] count; NULL: none does. */
struct str_list cargo_config_rustflags(struct arena *arena, const struct cargo_config *config,
                                       const struct cargo_env *env, struct str triple,
                                       const struct cfg_set *set);
/* The triples to build for where the command names none: build.target with CARGO_BUILD_TARGET,
 * which replaces a text and adds to an array. "host-tuple" among them stands for the host. */
struct str_list cargo_config_targets(struct arena *arena, const struct cargo_config *config,
                                     const struct cargo_env *env);
/* The index URL of a registry by name ("sparse+…" or git), empty where the configuration has
 * none. */
struct str cargo_config_registry_index(const struct cargo_config *config, struct str name);
/* Follows [source] replacement from the source with that name or URL, which may be the `source`
 * text of a lock; crates.io is "crates-io". *out becomes the entry of the last source of the chain,
 * or NULL where there is no entry for it. ERR_INPUT for a cycle or an unknown name. */
MUST_CHECK bool cargo_config_replaced(const struct cargo_config *config, struct str name_or_url,
                                      const struct config_source **out, struct err *err);
#endif
