/* audit/targets.h: the platforms of one audit, with the cfg sets that rustflags leave them.
 * Source: the Cargo Book, "build.target", "build.rustflags" (with --target given, rustflags do not
 * reach what is built for the host).
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_TARGETS_H
#define RTAUDIT_AUDIT_TARGETS_H
#include "audit/project.h"
#include "audit/resolve.h"

struct targets {
	struct resolve_platform *targets;
	uint32_t n;
	struct resolve_platform host;
};

/* From --target, else CARGO_BUILD_TARGET, else build.target, else the host. ERR_USAGE for an
 * unknown triple. */
MUST_CHECK bool targets_choose(struct arena *arena, const struct project *project,
                               const struct cargo_config *config, struct targets *out,
                               struct err *err);
#endif
