#include "base/toml.h"
#include "tests/fuzz/fuzz.h"

/* Lines never go back, containers close in the order they were opened, and texts are UTF-8. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct toml reader = toml_open(&arena, (struct str){ (const char *)data, size });
	struct toml_token token = { 0 };
	struct err err = { 0 };
	uint32_t line = 1;
	size_t open = 0;
	int got = 0;

	while ((got = toml_next(&reader, &token, &err)) == 1) {
		assert(token.line >= line);
		line = token.line;
		assert(str_is_utf8(token.text));
		for (size_t i = 0; i < token.path_n; i++)
			assert(str_is_utf8(token.path[i]));
		assert((token.path_n > 0) == (token.kind <= TOML_KEY));
		if (token.kind == TOML_ARRAY || token.kind == TOML_INLINE)
			assert(++open <= TOML_DEPTH_MAX);
		if (token.kind == TOML_ARRAY_END || token.kind == TOML_INLINE_END)
			assert(open-- > 0);
	}
	assert(got == 0 ? open == 0 : fuzz_is_refusal(&err));
	assert(arena.used_bytes <= 16 * size);
	return 0;
}
