/* cli/parts.h: the parts of a request, as slices of what was read: nothing is copied before the
 * socket. Source: base/parcel.h, docs/protocol.md. Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_CLI_PARTS_H
#define RTAUDIT_CLI_PARTS_H
#include "base/parcel.h"
#include "base/vec.h"

struct parts {
	struct parcel_part *p;
	size_t n, cap;
	size_t total_bytes; /* of the values */
};

/* Adds a part. ERR_LIMIT above REQUEST_MAX_BYTES. */
MUST_CHECK bool parts_add(struct arena *arena, struct parts *parts, const char *kind,
                          struct str name, struct str value, struct err *err);
/* Adds an option; options are small, so that nothing is refused. */
void parts_option(struct arena *arena, struct parts *parts, const char *name, struct str value);
#endif
