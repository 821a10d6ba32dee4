/* crawler/registry.h: where a registry's index and archives lie, and whether it may be asked at
 * all.
 *
 * crates.io lies where cargo has it built in, or where the daemon's own configuration puts it. Any
 * other registry must stand in a configuration. What only a project's files put in the place of a
 * registry has a key of its own: the store is shared, and no project may say what another one is
 * told of crates.io.
 * Source: the Cargo Book, "Registry Index" (config.json, `dl` and its markers, sparse protocol),
 * "Source Replacement", "Configuration".
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_CRAWLER_REGISTRY_H
#define RTAUDIT_CRAWLER_REGISTRY_H
#include "audit/cargo_config.h"
#include "base/arena.h"
#include "base/sha256.h"

enum {
	REGISTRY_URL_MAX_BYTES = 2048,
	/* A config.json has three keys; the largest seen has 300 bytes. */
	REGISTRY_CONFIG_MAX_BYTES = 64 << 10
};

/* The canonical name of crates.io, as cargo and audit/facts.h write it. */
extern const struct str REGISTRY_CRATES_IO;

struct registry {
	struct str key;  /* canonical: "crates-io", or the index URL that a lock names */
	struct str root; /* of its sparse index: "https://…/", always with the last '/' */
	struct str host; /* of the root, for messages */
	/* for Authorization; empty where the daemon's own configuration has none */
	struct str token;
	bool plain_http; /* a configuration names it with http:// */
};

/* The key under which facts of the registry `key` are stored for that project: the index's that
 * replaces it in `project`, unless `own` (or cargo itself) has it there too. Where a folder
 * replaces it, or what replaces it cannot be found, `key`. Either may be NULL. The result is a
 * slice of what was passed in. */
struct str registry_key(struct str key, const struct cargo_config *project,
                        const struct cargo_config *own);
/* Finds the address of a registry, whose key comes from registry_key: crates.io's built-in one
 * unless `own` replaces it; any other only where one of the two names it. Either may be NULL.
 * ERR_ABSENT, with a sentence for the reader, for a registry that may not be contacted (no
 * configuration names it, it is a git index, the project replaces it); ERR_INPUT for an address
 * that is none. A token comes only from `own`. */
MUST_CHECK bool registry_find(struct arena *arena, struct str key,
                              const struct cargo_config *project, const struct cargo_config *own,
                              struct registry *out, struct err *err);
/* Adds the addresses under which cargo's cache holds what is stored under that key, also of a
 * registry that may not be contacted. */
void registry_cached(struct arena *arena, struct str key, const struct cargo_config *own,
                     struct str_list *out);
/* A registry from the address of its sparse index, with or without "sparse+". `key` as above. */
MUST_CHECK bool registry_at(struct arena *arena, struct str key, struct str url,
                            struct registry *out, struct err *err);

/* The address of a crate's index file. ERR_INPUT for a name that no registry has. */
MUST_CHECK bool registry_index_url(struct arena *arena, const struct registry *registry,
                                   struct str name, struct str *out, struct err *err);
/* The address of config.json. */
struct str registry_config_url(struct arena *arena, const struct registry *registry);

struct registry_config {
	struct str dl; /* as written */
	bool auth_required;
};
/* Reads config.json. ERR_INPUT. */
MUST_CHECK bool registry_config_parse(struct arena *arena, struct str bytes,
                                      struct registry_config *out, struct err *err);
/* The address of a version's archive: the markers of `dl` filled in, or /{crate}/{version}/download
 * behind it where it has none. `cksum` may be NULL unless the template asks for it. ERR_INPUT for a
 * name or version that may not stand in an address. */
MUST_CHECK bool registry_download_url(struct arena *arena, const struct registry_config *config,
                                      struct str name, struct str vers, const struct sha256 *cksum,
                                      struct str *out, struct err *err);
#endif
