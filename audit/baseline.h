/* audit/baseline.h: the fingerprints of an earlier answer, so that only what is new counts.
 * Source: the schema rtaudit.audit/1 of docs. Threads: pure. Memory: the caller's arena and the
 * bytes read. */
#ifndef RTAUDIT_AUDIT_BASELINE_H
#define RTAUDIT_AUDIT_BASELINE_H
#include "base/err.h"
#include "base/map.h"

/* Puts the fingerprint of each finding into *out; no bytes put none. ERR_INPUT, beginning with the
 * name, for bytes that are no JSON or no answer of rtaudit. */
MUST_CHECK bool baseline_read(struct arena *arena, struct str name, struct str bytes,
                              struct map *out, struct err *err);
#endif
