/* audit/limits.h: every ceiling on what comes from outside, with its reason. A test stands one step
 * above each. Units are in the names; counts have none. */
#ifndef RTAUDIT_AUDIT_LIMITS_H
#define RTAUDIT_AUDIT_LIMITS_H

enum {
	/* crates.io accepts 64 bytes; so do the tables of every registry that was looked at. */
	CRATE_NAME_MAX = 64,
	/* The longest version on crates.io has 60 bytes; semver sets no limit. */
	VERSION_MAX_BYTES = 256,
	/* The largest lock of the corpus has 260 KB for 1,000 packages. */
	LOCK_MAX_BYTES = 32 << 20,
	/* 50 times the largest lock known; keeps every id and edge count in 32 bits with room. */
	LOCK_PACKAGES_MAX = 50000,
	LOCK_EDGES_MAX = 1000000,
	/* Sources of one name and version; three are rare. They are searched one by one. */
	LOCK_SAME_VERSION_MAX = 16,
	/* Versions of one name, and registries; the corpus has 6 and 2 at most. Both are searched
	 * one by one. */
	LOCK_SAME_NAME_MAX = 1000,
	LOCK_REGISTRIES_MAX = 1000,
	/* A manifest is written by hand; the largest of crates.io (generated features) has 1.1
	 * MB. */
	MANIFEST_MAX_BYTES = 4 << 20,
	MANIFEST_VALUES_MAX = 200000,
	/* The largest workspaces known have some 1,500 members. */
	WORKSPACE_MEMBERS_MAX = 20000,
	/* Patterns among the members; each is tried on every folder. The most seen is 30. */
	WORKSPACE_PATTERNS_MAX = 500,
	/* Features that members inherit, counted once a member. */
	INHERITED_FEATURES_MAX = 2000000,
	/* cargo's own walk through a git checkout is unbounded; ours is not. */
	GIT_MANIFESTS_MAX = 20000,
	CARGO_CONFIG_MAX_BYTES = 1 << 20,
	/* Files; tables of one kind ([source], [registries], [target], [patch]). They are searched
	 * one by one. */
	CARGO_CONFIG_FILES_MAX = 100,
	CARGO_CONFIG_TABLES_MAX = 1000,
	/* A user's own rows about crates; the rows compiled in have 80 KB. */
	KNOWLEDGE_MAX_BYTES = 4 << 20,
	KNOWLEDGE_VALUES_MAX = 50000,
	/* Features or crates of one row; the longest list has 45. */
	KNOWLEDGE_LIST_MAX = 1000,
	/* One version: web-sys with 1,500 features has 110 KB. */
	INDEX_LINE_MAX_BYTES = 4 << 20,
	/* One crate: the largest file of crates.io has 7.3 MB. */
	INDEX_FILE_MAX_BYTES = 64 << 20,
	INDEX_VERSIONS_MAX = 100000,
	DEPENDENCIES_MAX = 20000,
	FEATURES_MAX = 20000,
	FEATURE_VALUES_MAX = 200000,
	CFG_DEPTH_MAX = 32,
	CFG_TEXT_MAX_BYTES = 4096,
	COMPARATORS_MAX = 32, /* as the semver crate */
	ADVISORY_MAX_BYTES = 256 << 10,
	/* The largest has some 80. */
	ADVISORY_VALUES_MAX = 10000,
	/* Packages of a path that is shown; the longest of the corpus has 11. A lock can be one
	 * chain of all its packages, with a finding about each. */
	PATH_STEPS_MAX = 100,
	/* Dependers that are looked at for all paths of one audit; 1,000 packages need some
	 * 100,000. */
	PATH_LOOKS_MAX = 20000000,
	TARGETS_MAX = 32,
	/* Chosen for one crate, each round resolving all; the largest tree of crates.io known has
	 * some 1,500. */
	PICK_PACKAGES_MAX = 5000,
	/* Changes of manifests that one audit tries, the worst findings first: each costs about
	 * what the audit itself does, and a tree with findings has one or two. */
	REMEDY_TRIALS_MAX = 8,
	/* Packages of a lock for which changes are tried: each keeps what the audit keeps. */
	REMEDY_PACKAGES_MAX = 5000,
	/* Dependencies that one change writes anew; more is a task, not a remedy. */
	REMEDY_CUTS_MAX = 50,
	/* Features and values looked at for the requests of one finding; the largest tree of the
	 * corpus needs some 20,000. */
	REQUEST_LOOKS_MAX = 10000000,
	/* Feature values looked at to find what brings a package in; the largest tree of the corpus
	 * needs some 100,000. */
	BLAME_LOOKS_MAX = 10000000,
	/* Values of one option of a request; features come by the hundred where a tool asks for
	 * all. */
	OPTION_VALUES_MAX = 10000,
	/* All parts of one request: a lock, its manifests, those of its git packages. */
	REQUEST_MAX_BYTES = 192 << 20,
	/* One answer; 50,000 packages as JSON stay below it. */
	RESPONSE_MAX_BYTES = 256 << 20,
	/* A `.crate` file; crates.io accepts 10 MB unless asked. */
	ARCHIVE_MAX_BYTES = 64 << 20,
	/* The most that was seen among 4,200 are some 11,000. */
	ARCHIVE_ENTRIES_MAX = 100000,
	/* Of all entries; the largest of crates.io unpack to some 300 MB. */
	ARCHIVE_UNPACKED_MAX_BYTES = 512 << 20,
	ARCHIVE_PATH_MAX_BYTES = 1024,
	/* One source file; larger ones are generated, and passed over. */
	SOURCE_MAX_BYTES = 4 << 20,
	VCS_INFO_MAX_BYTES = 16 << 10,
	POLICY_MAX_BYTES = 1 << 20
};

#endif
