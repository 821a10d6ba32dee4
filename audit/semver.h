/* audit/semver.h: versions and requirements as Cargo reads them.
 * Source: semver.org 2.0.0; the Cargo Book, "Specifying Dependencies"; the behaviour of the
 * `semver` crate 1.0 that cargo uses.
 * Threads: pure. Memory: slices of the input; comparators in the caller's arena. */
#ifndef RTAUDIT_AUDIT_SEMVER_H
#define RTAUDIT_AUDIT_SEMVER_H
#include "base/arena.h"
#include "base/err.h"

struct version {
	uint64_t major, minor, patch;
	struct str pre;   /* without '-'; empty where there is none */
	struct str build; /* without '+' */
};

enum req_op {
	REQ_EXACT,
	REQ_GREATER,
	REQ_GREATER_EQ,
	REQ_LESS,
	REQ_LESS_EQ,
	REQ_TILDE,
	REQ_CARET,
	REQ_WILDCARD
};

struct comparator {
	enum req_op op;
	bool has_minor, has_patch;
	uint64_t major, minor, patch;
	struct str pre;
};

struct req {
	struct comparator *p; /* n = 0: "*", every version that is no pre-release */
	size_t n;
	bool any; /* no requirement was written (path, git): pre-releases match too */
};

/* A complete version, MAJOR.MINOR.PATCH[-pre][+build]. ERR_INPUT otherwise, ERR_LIMIT above
 * VERSION_MAX_BYTES. */
MUST_CHECK bool semver_parse(struct str text, struct version *out, struct err *err);
/* < 0, 0, > 0: precedence, then build metadata, which gives a total order as the semver crate has
 * it. */
int semver_cmp(const struct version *a, const struct version *b);
/* Precedence alone: build metadata is ignored. */
int semver_cmp_precedence(const struct version *a, const struct version *b);
/* The version as it is written: the inverse of semver_parse. */
struct str semver_text(struct arena *arena, const struct version *version);
/* A requirement such as "1.2", "^0.3", ">=1, <2", "1.*", "*", "=1.0.0-beta". ERR_INPUT,
 * ERR_LIMIT. */
MUST_CHECK bool semver_req_parse(struct arena *arena, struct str text, struct req *out,
                                 struct err *err);
bool semver_req_matches(const struct req *req, const struct version *version);
/* Whether a and b are in the same compatible line: equal majors, or, below 1.0, equal minors, or,
 * below 0.1, equal patches. */
bool semver_is_compatible(const struct version *a, const struct version *b);
#endif
