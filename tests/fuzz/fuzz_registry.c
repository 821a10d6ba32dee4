#include "crawler/registry.h"
#include "tests/fuzz/fuzz.h"

/* Input: config.json, a NUL, a name, a NUL, a version. No address may hold a byte that ends it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str json = { (const char *)data, size }, name = { 0 }, vers = { 0 }, url = { 0 };
	struct registry_config config = { 0 };
	struct registry registry = { 0 };
	struct sha256 cksum = { { 0 } };
	struct err err = { 0 };

	str_cut(json, '\0', &json, &name);
	str_cut(name, '\0', &name, &vers);
	if (!registry_config_parse(&arena, json, &config, &err)) {
		assert(fuzz_is_refusal(&err));
		return 0;
	}
	if (!registry_download_url(&arena, &config, name, vers, &cksum, &url, &err))
		assert(fuzz_is_refusal(&err));
	for (size_t i = 0; i < url.n; i++)
		assert(url.p[i] > 0x20 && url.p[i] < 0x7f);
	err = (struct err){ 0 };
	if (!registry_at(&arena, config.dl, config.dl, &registry, &err)) {
		assert(fuzz_is_refusal(&err));
		return 0;
	}
	assert(registry.host.n > 0 && str_ends(registry.root, STR_LIT("/")));
	return 0;
}
