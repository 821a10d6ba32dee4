#include "crawler/gitrepo.h"
#include "tests/fuzz/fuzz.h"

/* The head of a bundle. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gitrepo_bundle bundle = { 0 };
	struct err err = { 0 };

	if (!gitrepo_bundle_parse((struct str){ (const char *)data, size }, "b", &bundle, &err)) {
		assert(fuzz_is_refusal(&err));
		return 0;
	}
	assert(bundle.has_head && bundle.pack_at <= size);
	return 0;
}
