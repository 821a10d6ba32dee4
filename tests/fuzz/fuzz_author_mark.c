#include "audit/author_mark.h"
#include "tests/fuzz/fuzz.h"

/* A README that is anything: a mark is text of one line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str text = { (const char *)data, size };
	struct author_words words = { .name = STR("demo"), .description = text, .readme = text };
	struct author_mark_list marks;

	author_marks_read(&arena, &words, &marks);
	assert(marks.n <= 2);
	for (size_t i = 0; i < marks.n; i++) {
		assert(marks.p[i].text.n > 0 && marks.p[i].text.n <= MARK_TEXT_MAX_BYTES);
		assert(str_is_utf8(marks.p[i].text));
		assert(str_find(marks.p[i].text, '\n') == STR_NONE);
		fuzz_touch(marks.p[i].successors);
	}
	return 0;
}
