#include "crawler/index_file.h"
#include "tests/fuzz/fuzz.h"

/* What is accepted speaks of the crate that was asked for, and no line is lost. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str body = { (const char *)data, size }, name = STR("demo");
	struct index_file file = { 0 };
	struct err err = { 0 };

	if (!index_file_parse(&arena, name, body, &file, &err)) {
		assert(fuzz_is_refusal(&err));
		assert(file.n == 0);
		return 0;
	}
	assert(file.n > 0 && file.n + file.skipped <= size);
	assert(str_eq_nocase(file.name, name));
	for (size_t i = 0; i < file.n; i++) {
		assert(str_eq_nocase(file.entries[i].name, name));
		fuzz_touch(file.entries[i].vers);
	}
	return 0;
}
