#include "crawler/cargo_hash.h"
#include "tests/fuzz/fuzz.h"

/* The address of an index. A folder's name is one part of a path, and ends with a hash. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str_list names = { 0 };

	cargo_hash_folders(&arena, (struct str){ (const char *)data, size }, &names);
	assert(names.n == 0 || names.n == 2);
	for (size_t i = 0; i < names.n; i++) {
		struct str name = names.p[i];

		assert(name.n >= 17 && name.p[name.n - 17] == '-');
		for (size_t j = 0; j < name.n; j++)
			assert(name.p[j] > 0x20 && name.p[j] < 0x7f && name.p[j] != '/');
	}
	return 0;
}
