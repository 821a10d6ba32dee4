/* audit/platform.h: target triples and the cfg set of each.
 * Source: `rustc --print cfg --target T` of rustc 1.95.0 for all of its 320 targets, turned into
 * audit/platform_table.c by tests/tools/make_platform_table.py.
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_PLATFORM_H
#define RTAUDIT_AUDIT_PLATFORM_H
#include "audit/cfg.h"

/* The triple rtaudit was built for. */
struct str platform_host(void);
/* The cfg set of a known triple. ERR_USAGE with the nearest known name otherwise. */
MUST_CHECK bool platform_cfg(struct arena *arena, struct str triple, struct cfg_set *out,
                             struct err *err);
/* Changes a set as rustc flags do: --cfg; -C target-feature= with what features imply, and
 * crt-static where the target heeds it; -C panic=, -O, -C opt-level= and -C debug-assertions. -C
 * target-cpu= is ignored: its features are not known without LLVM. `flags` are single arguments, in
 * their order; items of --cfg are slices of them. */
void platform_apply_rustflags(struct arena *arena, struct cfg_set *set,
                              const struct str_list *flags);
#endif
