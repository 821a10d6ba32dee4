#include "audit/platform.h"
#include "tests/fuzz/fuzz.h"

static bool same_item(const struct cfg_item *a, const struct cfg_item *b)
{
	return a->has_value == b->has_value && str_eq(a->key, b->key) && str_eq(a->value, b->value);
}

/* The nearest name to an unknown triple takes a while to find, so that is asked of short inputs
 * only. */
enum { TRIPLE_MAX_BYTES = 40 };

static const struct str triples[] = { STR("x86_64-unknown-linux-gnu"),
	                              STR("x86_64-pc-windows-msvc"), STR("aarch64-apple-darwin"),
	                              STR("wasm32-wasip1"), STR("riscv64gc-unknown-linux-gnu") };

/* The number of a triple in the first byte, then flags, one a line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str in = { (const char *)data, size }, rest = str_sub(in, 1, size);
	struct str triple = triples[size == 0 ? 0 : data[0] % ARRAY_LEN(triples)];
	struct str_list flags = { 0 };
	struct cfg_set set = { 0 };
	struct err err = { 0 };

	if (size <= TRIPLE_MAX_BYTES && !platform_cfg(&arena, in, &set, &err))
		assert(fuzz_is_refusal(&err) && set.n == 0);
	assert(platform_cfg(&arena, triple, &set, &err));
	while (rest.n > 0)
		str_cut(rest, '\n', vec_add(&arena, &flags), &rest);
	platform_apply_rustflags(&arena, &set, &flags);
	for (size_t i = 0; i < set.n; i++)
		for (size_t j = 0; j < i; j++)
			assert(!same_item(&set.p[i], &set.p[j]));
	return 0;
}
