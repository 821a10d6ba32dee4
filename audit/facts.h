/* audit/facts.h: all that an audit must know of the world, as one value.
 *
 * The caller asks which crates a project needs (struct wanted, one a package of the lock), loads
 * this (db/load_facts, or a test's literal), and hands both to audit_run. Nothing in it is written
 * afterwards.
 * Threads: pure. Memory: that of whoever made it; slices stay valid as long as it does. */
#ifndef RTAUDIT_AUDIT_FACTS_H
#define RTAUDIT_AUDIT_FACTS_H
#include "audit/dependency.h"
#include "audit/advisory.h"
#include "audit/author_mark.h"
#include "base/sha256.h"

/* A package of the lock that a registry knows about; name.n == 0 for path and git packages. */
struct wanted {
	/* canonical: "crates-io", or the index URL ("sparse+https://…", "https://… .git") */
	struct str registry;
	struct str name, vers;
};

enum known { KNOWN_NOT, KNOWN_NO, KNOWN_YES };

/* Where a fact about a crate's manifest comes from. */
enum fact_from {
	FACT_FROM_NOWHERE,
	FACT_FROM_INFERENCE,
	FACT_FROM_TABLE,
	FACT_FROM_ARCHIVE,
	FACT_FROM_MANIFEST
};

/* Whether a crate is written for machines without the standard library: #![no_std]. */
enum no_std {
	NO_STD_UNKNOWN,
	NO_STD_NO,
	NO_STD_ALWAYS,
	NO_STD_CFG /* under a condition, package_facts.no_std_cfg */
};

struct package_facts {
	const struct summary *summary; /* NULL where this version is not known */
	bool crate_known;              /* the registry knows the crate at all */
	int64_t fetched_at;            /* when its index file was last confirmed; 0 never */
	int64_t published_at;          /* 0: unknown */
	enum known yanked;
	int64_t yanked_at; /* when it was first seen yanked; 0 unknown */
	struct sha256 cksum;
	bool has_cksum;
	/* highest version that is neither yanked nor a pre-release; may be empty */
	struct str newest_vers;
	/* when the crate's latest release was published; 0 unknown */
	int64_t newest_at;
	int64_t first_at; /* its first release; 0 unknown */
	uint32_t releases, yanked_releases;
	/* median interval between its releases; 0 for fewer than 3 */
	int64_t rhythm_seconds;
	enum known proc_macro;
	enum fact_from proc_macro_from;
	/* of this version, else of the newest of its line that a table knows */
	enum no_std no_std;
	struct str no_std_cfg; /* "not(feature = \"std\")" */
	/* of the newest version a table knows; may be empty */
	struct str repository, license, maintenance_badge;
	/* of its author, in the newest version whose archive was read; for a moment before its
	 * seen_at a mark is unknown */
	struct author_mark_list marks;
};

/* Advisories by crate name. */
struct advisory_row {
	const struct advisory *advisory;
	int64_t published_at; /* when the database published it: its commit's time, else its date */
	uint32_t next;        /* the next row of the same crate, or UINT32_MAX */
};
struct advisory_set {
	struct advisory_row *rows;
	uint32_t n;
	struct map first; /* crate name → first row */
};

struct facts {
	int64_t at;       /* the moment the audit speaks of */
	int64_t now;      /* the moment it is made */
	int64_t index_at; /* oldest fetched_at of the packages; 0 where nothing is known */
	/* when the database was last confirmed; 0: only the table compiled in */
	int64_t advisories_at;
	struct package_facts *packages; /* one a package of the lock, in its order */
	uint32_t n;
	const struct advisory_set *advisories;
	struct str_list notes; /* sentences about what could not be had, for the reader */
};
#endif
