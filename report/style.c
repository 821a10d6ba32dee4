#include "report/style.h"
#include "base/printable.h"

static const char *const codes[] = {
	[TONE_PLAIN] = "",           [TONE_BOLD] = "\033[1m",      [TONE_DIM] = "\033[2m",
	[TONE_RED] = "\033[1;31m",   [TONE_YELLOW] = "\033[1;33m", [TONE_BLUE] = "\033[1;36m",
	[TONE_GREEN] = "\033[1;32m",
};

static bool is_colored(const struct style *style, enum tone tone)
{
	return style->color && tone != TONE_PLAIN;
}

static void tone_begin(const struct style *style, enum tone tone)
{
	if (is_colored(style, tone))
		buf_text(style->to, codes[tone]);
}

static void tone_end(const struct style *style, enum tone tone)
{
	if (is_colored(style, tone))
		buf_text(style->to, "\033[0m");
}

static void put_printable(const struct style *style, struct str text)
{
	/* A byte becomes four at most (\xNN), and the copy ends with a NUL. */
	char *at = buf_room(style->to, text.n * 4 + 1);

	if (at)
		style->to->n += printable_copy(at, text.n * 4 + 1, text);
}

void style_put(const struct style *style, enum tone tone, struct str text)
{
	if (text.n == 0)
		return;
	tone_begin(style, tone);
	put_printable(style, text);
	tone_end(style, tone);
}

unsigned style_columns(struct str text)
{
	unsigned n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += ((unsigned char)text.p[i] & 0xc0) != 0x80;
	return n;
}

void style_wrap(const struct style *style, enum tone tone, unsigned at, unsigned indent,
                struct str text)
{
	bool first = true;

	if (text.n == 0)
		return;
	tone_begin(style, tone);
	while (text.n > 0) {
		struct str word = { 0 };

		str_cut(text, ' ', &word, &text);
		unsigned columns = style_columns(word);
		if (!first && style->width > 0 && at + 1 + columns > style->width) {
			/* No colour lasts over a line end: what cuts lines off leaves no colour
			 * behind. */
			tone_end(style, tone);
			buf_byte(style->to, '\n');
			buf_repeat(style->to, ' ', indent);
			tone_begin(style, tone);
			at = indent;
		} else if (!first) {
			buf_byte(style->to, ' ');
			at++;
		}
		put_printable(style, word);
		at += columns;
		first = false;
	}
	tone_end(style, tone);
}

void style_cell(const struct style *style, enum tone tone, struct str text, unsigned columns)
{
	unsigned n = style_columns(text);

	style_put(style, tone, text);
	if (n < columns)
		buf_repeat(style->to, ' ', columns - n);
}
