/* report/json_parts.h: what the JSON of an audit and of a single crate have in common.
 * Source: design.md, "The audit as JSON". Threads: pure. Memory: the buffer's. */
#ifndef RTAUDIT_REPORT_JSON_PARTS_H
#define RTAUDIT_REPORT_JSON_PARTS_H
#include "audit/result.h"
#include "base/jsonout.h"

void json_key_str(struct jsonout *json, const char *key, struct str value);
void json_key_bool(struct jsonout *json, const char *key, bool value);
void json_key_u64(struct jsonout *json, const char *key, uint64_t value);
void json_key_strs(struct jsonout *json, const char *key, const struct str_list *list);
/* A moment, or null where it is not known. */
void json_key_moment(struct jsonout *json, const char *key, int64_t at);
void json_evidence(struct jsonout *json, const struct evidence_list *list);
/* The keys runtime, compat and compat_why. */
void json_runtime(struct jsonout *json, const struct runtime_verdict *runtime);
/* The key health: the score is not computed yet, its place in the schema says so. */
void json_health(struct jsonout *json);
/* The key proc_macro. */
void json_proc_macro(struct jsonout *json, enum known value, enum fact_from from);
#endif
