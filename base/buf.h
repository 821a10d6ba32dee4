/* base/buf.h: output text that grows up to a ceiling.
 *
 * A failure (the ceiling was reached) sticks: later writes do nothing, and buf_done tells once, at
 * the end. { 0 } is a valid empty buffer without room: make one with buf_make.
 * Threads: a buffer belongs to one thread at a time. Memory: its own, freed by buf_free. */
#ifndef RTAUDIT_BASE_BUF_H
#define RTAUDIT_BASE_BUF_H
#include "base/cc.h"
#include "base/err.h"
#include "base/str.h"

struct buf {
	char *p;
	size_t n, cap;
	size_t max_bytes; /* the ceiling */
	bool full;        /* something did not fit */
};

/* An empty buffer that may grow to max_bytes. */
struct buf buf_make(size_t max_bytes);
void buf_put(struct buf *buf, struct str s);
void buf_text(struct buf *buf, const char *text);
void buf_byte(struct buf *buf, char c);
void buf_repeat(struct buf *buf, char c, size_t n);
void buf_u64(struct buf *buf, uint64_t n);
void buf_i64(struct buf *buf, int64_t n);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* Room for n more bytes, written by the caller from the returned pointer on and counted by adding
 * to buf->n; NULL where they do not fit. */
char *buf_room(struct buf *buf, size_t n);
/* What was written; valid until the next write. */
struct str buf_str(const struct buf *buf);
/* Whether all of it fitted; ERR_LIMIT otherwise, `what` naming the thing that grew too large. */
MUST_CHECK bool buf_done(const struct buf *buf, const char *what, struct err *err);
/* Forgets the text and any failure, and keeps the memory. */
void buf_clear(struct buf *buf);
void buf_free(struct buf *buf);
#endif
