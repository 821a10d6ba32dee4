/* base/parcel.h: what a client sends to the daemon: named byte strings, one behind the other.
 *
 * A part is one line `KIND NAME_BYTES VALUE_BYTES\n`, then the name, then the value, nothing
 * between.
 * KIND is 1..32 bytes of [a-z-], the counts are decimal. Files are sent as they are, so reading a
 * part costs no copy. docs/protocol.md lists the kinds.
 * Threads: pure. Memory: parts are slices of the body. */
#ifndef RTAUDIT_BASE_PARCEL_H
#define RTAUDIT_BASE_PARCEL_H
#include "base/buf.h"

struct parcel_part {
	struct str kind, name, value;
};

void parcel_put(struct buf *to, const char *kind, struct str name, struct str value);
/* Takes the next part off the front of *rest. 1, 0 at the end, -1 with ERR_USAGE for a body that is
 * no parcel. */
MUST_CHECK int parcel_next(struct str *rest, struct parcel_part *out, struct err *err);
#endif
