/* base/jsonout.h: a streaming writer of JSON into a buffer.
 *
 * Commas and, where `indent` is not 0, line ends are put by the writer. Bytes that are no UTF-8 are
 * written as U+FFFD; control characters and marks of direction, and < > & for safety in HTML, are
 * escaped.
 * Source: RFC 8259. Threads: as the buffer. */
#ifndef RTAUDIT_BASE_JSONOUT_H
#define RTAUDIT_BASE_JSONOUT_H
#include "base/buf.h"

struct jsonout {
	struct buf *to;
	unsigned indent; /* blanks a level; 0 writes all on one line */
	unsigned depth;  /* open containers; at most 64 */
	bool after_key;  /* a key was written, its value comes */
	uint64_t filled; /* bit i: the container at depth i has an element */
};

struct jsonout jsonout_open(struct buf *to, unsigned indent);
void jsonout_object(struct jsonout *out);
void jsonout_object_end(struct jsonout *out);
void jsonout_array(struct jsonout *out);
void jsonout_array_end(struct jsonout *out);
void jsonout_key(struct jsonout *out, const char *key); /* a literal that needs no escape */
void jsonout_key_str(struct jsonout *out, struct str key);
void jsonout_str(struct jsonout *out, struct str value);
void jsonout_text(struct jsonout *out, const char *value); /* NULL writes null */
void jsonout_u64(struct jsonout *out, uint64_t value);
void jsonout_i64(struct jsonout *out, int64_t value);
/* JSON has no infinity and no NaN: they are written as null. */
void jsonout_double(struct jsonout *out, double value, int decimals);
void jsonout_bool(struct jsonout *out, bool value);
void jsonout_null(struct jsonout *out);
#endif
