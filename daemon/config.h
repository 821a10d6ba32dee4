/* daemon/config.h: what rtauditd.toml says.
 *
 *	offline = false
 *	index-fresh = "1h"            # seconds, or a number with s, m, h or d
 *	advisories-fresh = "6h"
 *	advisories = "https://…"      # repository of the advisory database
 *	socket = "/path"              # another socket than the usual one
 *	knowledge = "/path"           # another file of one's own rows than the usual one
 *	cache-bytes = 134217728       # decoded facts kept between audits
 *	connections = 32              # requests to one host at once
 *	log = "info"                  # error, warning, info, debug
 *	watch = ["serde", "tokio"]    # crates that a sync asks for beside those of projects
 *	[registries.NAME]
 *	index = "sparse+https://…"
 *
 * Source: ours; docs/rtauditd.toml.md. Threads: pure, but for config_load, which reads a file.
 * Memory: the caller's arena and the file's bytes. */
#ifndef RTAUDIT_DAEMON_CONFIG_H
#define RTAUDIT_DAEMON_CONFIG_H
#include "base/err.h"
#include "base/log.h"
#include "base/vec.h"

struct daemon_registry {
	struct str name, index;
};
struct daemon_registry_list VEC_OF(struct daemon_registry);

struct config {
	bool offline;
	int64_t index_fresh_seconds, advisories_fresh_seconds;
	const char *advisories_url;
	const char *socket;    /* absolute; NULL: the usual one */
	const char *knowledge; /* absolute, and it must be there; NULL: the usual one, if any */
	size_t cache_bytes;
	unsigned connections;
	enum log_level log_level;
	struct str_list watch; /* names of crates.io */
	struct daemon_registry_list registries;
};

/* What holds where no file says otherwise. */
struct config config_default(void);
/* Reads the text of a file over the defaults. ERR_INPUT or ERR_LIMIT with "NAME:LINE: …": an
 * unknown key (with the nearest one), a value of another type or out of its range. */
MUST_CHECK bool config_parse(struct arena *arena, const char *name, struct str text,
                             struct config *out, struct err *err);
/* The same from a file; the defaults where there is none. */
MUST_CHECK bool config_load(struct arena *arena, const char *path, struct config *out,
                            struct err *err);
#endif
