#include "base/printable.h"
#include "cli/progress.h"
#include "cli/status_text.h"
#include "tests/fuzz/fuzz.h"

/* A status is told in lines without anything that could harm a terminal. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf text = buf_make(4 << 20);
	struct str json = { (const char *)data, size };
	struct err err = { 0 };

	progress_line(&text, progress_text(&arena, json), size % 100);
	buf_clear(&text);
	if (!status_text(&arena, json, &text, &err)) {
		assert(err.kind == ERR_NETWORK && err.text[0] != '\0');
		return 0;
	}
	struct str line = { 0 }, rest = buf_str(&text);

	assert(str_is_utf8(rest));
	while (str_cut(rest, '\n', &line, &rest))
		for (size_t i = 0; i < line.n; i++)
			assert((unsigned char)line.p[i] >= 0x20 && line.p[i] != 0x7f);
	return 0;
}
