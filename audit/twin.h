/* audit/twin.h: the feature of a crate that is the same as another one, but for the runtime:
 * "sql-browser-async-std" and "sql-browser-smol", "async_std" and "async_tokio".
 *
 * Names alone are compared, as words between '-' and '_'. What the twin binds to is seen when it is
 * tried. Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_TWIN_H
#define RTAUDIT_AUDIT_TWIN_H
#include "audit/knowledge.h"

/* The feature of `summary` that names `wanted` (of knowledge_runtime_at) where `feature` names
 * another runtime, or FEATURE_NONE. */
uint32_t twin_find(const struct knowledge *knowledge, const struct summary *summary,
                   uint32_t feature, uint32_t wanted);
#endif
