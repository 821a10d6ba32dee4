/* report/style.h: how text looks on a terminal: colours, wrapping, columns.
 * Source: ECMA-48 SGR codes. Threads: pure. Memory: the buffer's. */
#ifndef RTAUDIT_REPORT_STYLE_H
#define RTAUDIT_REPORT_STYLE_H
#include "base/buf.h"

enum tone { TONE_PLAIN, TONE_BOLD, TONE_DIM, TONE_RED, TONE_YELLOW, TONE_BLUE, TONE_GREEN };

struct style {
	struct buf *to;
	unsigned width; /* columns; 0: unlimited */
	bool color;
};

/* Text in a tone; foreign bytes that could harm a terminal are escaped. */
void style_put(const struct style *style, enum tone tone, struct str text);
/* Text wrapped at blanks, starting in column `at`; further lines begin with `indent` blanks. Ends
 * without a line end. */
void style_wrap(const struct style *style, enum tone tone, unsigned at, unsigned indent,
                struct str text);
/* How many columns a text takes: one a character (not a byte). */
unsigned style_columns(struct str text);
/* Text and blanks up to `columns`. */
void style_cell(const struct style *style, enum tone tone, struct str text, unsigned columns);
#endif
