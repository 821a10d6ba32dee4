/* report/need.h: what would bring a package in that is only locked, as words: "feature tls of hyper
 * 1.0.0".
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_REPORT_NEED_H
#define RTAUDIT_REPORT_NEED_H
#include "audit/result.h"

struct str need_text(struct arena *arena, const struct inactive_need *need);
#endif
