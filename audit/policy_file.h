/* audit/policy_file.h: the bytes of rtaudit.toml as a value, for audit/rule.
 * Source: docs/rtaudit.toml.md. Threads: pure. Memory: the caller's arena and the bytes read. */
#ifndef RTAUDIT_AUDIT_POLICY_FILE_H
#define RTAUDIT_AUDIT_POLICY_FILE_H
#include "audit/rule.h"

enum { STALE_DAYS_DEFAULT = 730, STALE_DAYS_MAX = 36500, POLICY_VALUES_MAX = 20000 };

/* How a package is reached, as [levels] names it. */
enum policy_reach { REACH_DIRECT, REACH_TRANSITIVE, REACH_BUILD, REACH_DEV };
enum { REACH_N = REACH_DEV + 1 };

struct policy_levels {
	bool is_set[REACH_N];
	enum level level[REACH_N];
};

/* An [[allow]] table; what is empty fits all. */
struct allowance {
	struct str rule, crate, id;
	struct req version;
	struct str reason, expires;
	int64_t expires_at; /* the first second of that day; 0: never */
	struct str place;   /* "rtaudit.toml:12" */
};
struct allowance_list VEC_OF(struct allowance);

struct policy {
	const struct knowledge *knowledge;
	struct policy_levels *levels; /* one a rule of knowledge */
	enum level fail_on;           /* LEVEL_ALLOW: never */
	int64_t stale_days;
	struct allowance_list allowances;
	struct map baseline; /* fingerprint → 1 */
};

/* Reads rtaudit.toml into a policy that holds the defaults; no bytes change nothing. ERR_INPUT with
 * "NAME:LINE: …", ERR_LIMIT above POLICY_MAX_BYTES. */
MUST_CHECK bool policy_file_read(struct arena *arena, struct str name, struct str bytes,
                                 struct policy *policy, struct err *err);
/* "error", "warning", "note", or "never" as LEVEL_ALLOW. */
bool fail_on_parse(struct str word, enum level *out);
#endif
