/* audit/result.h: the answer of an audit; every format renders this value.
 * Threads: never written after it was made. Memory: the arena of the audit. */
#ifndef RTAUDIT_AUDIT_RESULT_H
#define RTAUDIT_AUDIT_RESULT_H
#include "audit/facts.h"
#include "audit/graph.h"
#include "audit/project.h"

enum precision { PRECISION_MANIFEST, PRECISION_PARTIAL, PRECISION_LOCK };

enum level { LEVEL_ALLOW, LEVEL_NOTE, LEVEL_WARNING, LEVEL_ERROR };

/* Whether a package works on a runtime. */
enum verdict {
	VERDICT_WORKS,
	VERDICT_OWN_REACTOR,
	VERDICT_BRIDGE,
	VERDICT_PANICS,
	VERDICT_NO,
	VERDICT_UNKNOWN
};

struct evidence {
	/* short name of what decided: "table", "feature", "dependency", "advisory", … */
	struct str rule;
	struct str detail; /* a sentence */
	struct str source; /* URL, file and line, advisory id; may be empty */
};
struct evidence_list VEC_OF(struct evidence);

struct compat_row {
	/* "tokio", "smol", "embassy", "async-std", others as seen in the tree */
	struct str runtime;
	enum verdict verdict;
	struct str why;
};
struct compat_list VEC_OF(struct compat_row);

/* What one node binds to. */
struct runtime_verdict {
	/* design.md: "tokio", "agnostic", "none", "multi:A+B", "other:NAME" … */
	struct str klass;
	bool hard;
	struct str_list binds;  /* the runtimes it needs, by name */
	uint64_t runtimes;      /* the same as bits, of knowledge_runtime_at */
	uint64_t hard_runtimes; /* of these, those that it cannot do without */
	/* of these, those that it asks for itself, not through a dependency, and with which it
	 * minds another one */
	uint64_t own_runtimes;
	/* it runs on a runtime of its own: who depends on it is not bound by that */
	bool owns;
	uint32_t via;      /* the dependency (node) that binds it, or UINT32_MAX */
	struct str rule;   /* the rule that decided */
	double confidence; /* 0..1 */
	bool inferred;     /* no curated row says so */
	struct evidence_list evidence;
	struct compat_list compat;
};

/* How one dependency of a local package would be written. */
struct remedy_change {
	struct str member, manifest; /* its package; "crates/a/Cargo.toml" */
	/* "dependencies", "dev-dependencies", "build-dependencies", "workspace.dependencies" */
	struct str section;
	struct str platform;   /* of [target.…], as written; empty: none */
	struct str dependency; /* the key in the manifest */
	struct str package;    /* the crate */
	struct str version;    /* the requirement; as it was where new_version is not set */
	bool new_version, default_features;
	bool is_new;   /* the dependency itself is */
	bool optional; /* as it was, and so are these two, empty where not written */
	struct str registry, git;
	bool inherits;            /* workspace = true: version and the rest stand there */
	struct str_list features; /* all that it asks for afterwards */
	struct str_list off, on;  /* of these, what is new */
};
struct remedy_change_list VEC_OF(struct remedy_change);

/* A locked package that takes another version, as `cargo update` gives it. */
struct remedy_update {
	struct str package, from, to;
};
struct remedy_update_list VEC_OF(struct remedy_update);

/* A remedy that was tried: the project was resolved and judged with these changes, the finding is
 * gone (or, where a bridge stands, only a note), and no other of its weight came. */
struct remedy_plan {
	struct remedy_update_list updates;
	struct remedy_change_list changes;
	struct str_list adds; /* "name version": what cargo would lock anew */
	/* of a bridge: what it does. The finding does not go, but is a note then */
	struct str bridge;
};

struct remedy {
	struct str kind; /* "update", "replace", "feature", "remove", "bridge", "allow", "none" */
	struct str text;
};

struct node_path {
	uint32_t *nodes;
	uint32_t n;
};
struct node_path_list VEC_OF(struct node_path);

struct finding {
	struct str rule;
	enum level level; /* a finder may set a ceiling, policy_apply sets the level */
	uint32_t package; /* of the lock */
	bool inactive;    /* about a package that is only locked, not built */
	/* one sentence, without the package's name and version at its start */
	struct str message;
	/* what the finding is about beside rule and package, for the fingerprint: an advisory's id,
	 * a runtime's name, a member's name; may be empty */
	struct str subject;
	struct node_path_list paths; /* from a root to the package, the shortest first */
	struct evidence_list evidence;
	struct remedy remedy;
	const struct remedy_plan *plan; /* of the remedy; NULL: it was not tried */
	/* 16 hexadecimal digits, stable while rule, package and subject are */
	struct str fingerprint;
	bool allowed, in_baseline; /* counted apart, fails nothing */
	struct str allow_reason, allow_expires;
};
struct finding_list VEC_OF(struct finding);

/* What would bring an inactive package in. */
struct inactive_need {
	struct str package; /* "sqlx 0.7.4" */
	/* the feature of it that is off; empty where a target or kind decides */
	struct str feature;
	/* the platform that is not built for; "dev-dependencies" where only those need it */
	struct str target;
};
struct inactive_need_list VEC_OF(struct inactive_need);

struct result_package {
	bool built;
	bool direct;    /* a root depends on it, or it is one */
	unsigned kinds; /* EDGE_NORMAL, EDGE_BUILD, EDGE_DEV: how roots reach it */
	/* of the target side, else of the host side; NULL when not built */
	const struct runtime_verdict *runtime;
	enum known proc_macro;
	enum fact_from proc_macro_from;
	struct str_list rules;           /* of its findings */
	struct inactive_need_list needs; /* when not built */
};

enum { RUNTIME_BROUGHT_IN_MAX = 5 };

/* A runtime seen in the tree. */
struct runtime_use {
	struct str runtime;
	uint32_t packages; /* built packages that bind to it */
	uint32_t hard;     /* of these, hard */
	/* of the runtime's own crate in the tree: "1.41.0", "0.2.25, 1.41.0"; may be empty */
	struct str versions;
	bool abandoned;
	struct str_list brought_in_by; /* direct dependencies, at most RUNTIME_BROUGHT_IN_MAX */
};
struct runtime_use_list VEC_OF(struct runtime_use);

struct audit_result {
	int64_t at;
	const struct project *project;
	const struct facts *facts;
	const struct graph *graph;
	enum precision precision;
	struct str_list targets;
	bool no_os;                       /* no platform of it has an operating system */
	struct str_list roots;            /* "name version" */
	struct str_list assumed;          /* sentences */
	struct str_list unknown;          /* "name version" of packages that no fact is known of */
	struct result_package *packages;  /* in the lock's order */
	struct finding_list findings;     /* worst first, then by rule and package */
	struct runtime_use_list runtimes; /* most packages first */
	uint32_t built_n, async_n, inactive_n;
	uint32_t errors, warnings, notes, allowed; /* findings that count */
	bool fail;                                 /* one at or above fail_on */
	enum level fail_on;                        /* LEVEL_ALLOW: never */
};

/* Whether a finding can fail the audit: it is neither allowed nor in the baseline, and about what
 * is built unless what is only locked counts, too. */
bool finding_counts(const struct audit_result *result, const struct finding *finding);
/* "error", "warning", "note", "allow"; false for any other word. */
bool level_parse(struct str word, enum level *out);
const char *level_name(enum level level);
const char *verdict_name(enum verdict verdict); /* "works", "own-reactor", … */
/* The inverse; false for any other word. */
bool verdict_parse(struct str word, enum verdict *out);
#endif
