/* audit/project.h: what a client sends about a project, as one value.
 * Source: docs/protocol.md. Threads: pure. Memory: slices of the request. */
#ifndef RTAUDIT_AUDIT_PROJECT_H
#define RTAUDIT_AUDIT_PROJECT_H
#include "audit/cargo_config.h"
#include "audit/lockfile.h"

/* The manifests of one git package, from cargo's checkouts. */
struct git_checkout {
	struct str source; /* as the lock writes it */
	struct project_file_list files;
	/* what these files say, where the caller has read them before, or NULL */
	const struct workspace *known;
};
struct git_checkout_list VEC_OF(struct git_checkout);

enum { EDGE_NORMAL = 1, EDGE_BUILD = 2, EDGE_DEV = 4 };

static inline unsigned project_edge(enum dep_kind kind)
{
	return kind == KIND_NORMAL ? EDGE_NORMAL : kind == KIND_BUILD ? EDGE_BUILD : EDGE_DEV;
}

struct project_options {
	struct str_list features; /* --features, split at commas and blanks */
	bool all_features, no_default_features;
	struct str_list targets;  /* --target; empty: the default */
	unsigned edges;           /* EDGE_…; where nothing is said, EDGE_NORMAL | EDGE_BUILD */
	struct str_list packages; /* -p; empty: the whole workspace */
	struct str_list exclude;  /* --exclude */
	bool locked, offline, include_inactive;
	int64_t at;         /* --at, or 0: now */
	struct str fail_on; /* --fail-on as given, or empty */
};

/* How the answer is to look; audits do not read it. */
struct project_view {
	struct str format; /* --format; empty: text */
	uint32_t width;    /* columns of the terminal; 0 where there is none */
	bool color, verbose, quiet;
	struct str crate; /* of `why`: NAME or NAME@VERSION; else empty */
};

struct project {
	struct str lock_name, lock;     /* the name for messages, and the bytes */
	struct str folder;              /* of the root manifest, absolute; empty: not known */
	struct project_file_list files; /* manifests; none: precision "lock" */
	/* what they say, where the caller has read them before; NULL: audit_open reads them.
	 * project_parse sets none. */
	const struct workspace *known;
	struct git_checkout_list checkouts;
	struct project_file_list configs; /* .cargo/config.toml, the nearest first */
	struct cargo_env env;
	struct str policy_name, policy; /* rtaudit.toml; empty where there is none */
	/* an earlier answer as JSON; empty where there is none */
	struct str baseline_name, baseline;
	struct str old_lock_name, old_lock; /* diff's */
	/* `lock` is an old one and the manifests are those of a newer: audit_open_older.
	 * project_parse never sets it. */
	bool is_older;
	struct project_options options;
	struct project_view view;
};

/* Reads a request body (base/parcel). ERR_USAGE for an unknown kind, option or value, naming it,
 * and for a part that may stand once and stands twice; ERR_LIMIT for too many of one kind. A body
 * without a lock is accepted: the lock's own reader says what is wrong with an empty one. */
MUST_CHECK bool project_parse(struct arena *arena, struct str body, struct project *out,
                              struct err *err);
#endif
