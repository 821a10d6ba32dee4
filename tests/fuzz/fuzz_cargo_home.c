#include "crawler/cargo_home.h"
#include "tests/fuzz/fuzz.h"

/* Cargo's copy of an index file: the lines are those of the bytes and end where they end. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct cargo_index_file file = { 0 };
	struct err err = { 0 };

	if (!cargo_index_file_parse(&arena, (struct str){ (const char *)data, size }, &file,
	                            &err)) {
		assert(fuzz_is_refusal(&err));
		return 0;
	}
	assert(file.lines.n <= size);
	assert(file.lines.n == 0 || file.lines.p[file.lines.n - 1] == '\n');
	assert(file.etag.n == 0 || file.last_modified.n == 0);
	fuzz_touch(file.lines);
	fuzz_touch(file.etag);
	fuzz_touch(file.last_modified);
	return 0;
}
