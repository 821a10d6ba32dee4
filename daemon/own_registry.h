/* daemon/own_registry.h: the registries that this daemon may contact by itself.
 *
 * Source: the Cargo Book, "Configuration" (hierarchy: only $CARGO_HOME's file concerns a process
 * that has no project).
 * Threads: pure, but for reading a file. Memory: the caller's arena. */
#ifndef RTAUDIT_DAEMON_OWN_REGISTRY_H
#define RTAUDIT_DAEMON_OWN_REGISTRY_H
#include "audit/cargo_config.h"
#include "daemon/config.h"

/* The registries and replacements of cargo's own configuration in cargo_home (which may be NULL)
 * and those of `config`, which win where both name one. A configuration of cargo's that does not
 * parse is ERR_INPUT with its path and line. */
MUST_CHECK bool own_registry_load(struct arena *arena, const struct config *config,
                                  const char *cargo_home, struct cargo_config *out,
                                  struct err *err);
#endif
