#include "audit/limits.h"
#include "audit/rust_source.h"
#include "tests/fuzz/fuzz.h"

/* Source that is anything: whatever it says stays within its ceilings and is a slice of it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str text = { (const char *)data, size }, cond;
	struct str tokio = STR("tokio"), std[] = { STR("std"), STR("net") };
	struct str_list rows[] = { { &tokio, 1, 1 }, { std, 2, 2 } };
	const struct source_paths paths = { rows, 2, 2 };
	struct source_use_list uses = { 0 };

	source_uses_add(&arena, &paths, STR_LIT("a.rs"), text, &uses);
	assert(uses.n <= SOURCE_USES_MAX);
	for (size_t i = 0; i < uses.n; i++) {
		assert(uses.p[i].path.n <= SOURCE_PATH_MAX_BYTES && uses.p[i].uses > 0);
		assert(uses.p[i].line >= 1 && uses.p[i].line <= size + 1);
		fuzz_touch(uses.p[i].path);
	}
	enum no_std no_std = source_no_std(&arena, text, &cond);
	assert((no_std == NO_STD_CFG) == (cond.n > 0) || no_std == NO_STD_CFG);
	assert(cond.n <= CFG_TEXT_MAX_BYTES);
	fuzz_touch(cond);
	return 0;
}
