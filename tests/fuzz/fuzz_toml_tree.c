#include "base/toml_tree.h"
#include "tests/fuzz/fuzz.h"

enum { VALUES_MAX = 500 };

/* Each element's key is found as that element, so no key is there twice. */
static size_t check(const struct toml_value *value, size_t depth)
{
	size_t n = 0, all = 1;

	assert(depth <= TOML_DEPTH_MAX + 1);
	assert(str_is_utf8(value->key) && str_is_utf8(value->text));
	for (const struct toml_value *element = value->first; element; element = element->next) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		const char *key = arena_cstr(&arena, element->key);

		/* toml_get takes a C string; a key with a NUL cannot be asked for with it. */
		if (value->type == TOML_IS_TABLE && str_find(element->key, '\0') == STR_NONE)
			assert(toml_get(value, key) == element);
		all += check(element, depth + 1);
		n++;
	}
	assert(n == value->n);
	assert(n == 0 || value->type == TOML_IS_TABLE || value->type == TOML_IS_ARRAY);
	return all;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct toml_value *root = NULL;
	struct err err = { 0 };
	struct str in = { (const char *)data, size };

	if (toml_tree_parse(&arena, in, VALUES_MAX, &root, &err))
		assert(check(root, 0) <= VALUES_MAX + 1);
	else
		assert(!root && fuzz_is_refusal(&err));
	return 0;
}
