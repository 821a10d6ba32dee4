#include "crawler/crate_archive.h"
#include "tests/fuzz/fuzz.h"

/* An archive whose checksum is right and whose bytes are anything. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str bytes = { (const char *)data, size };
	struct sha256 cksum = sha256_of(bytes);
	struct manifest_fact fact = { 0 };
	struct err err = { 0 };

	if (!crate_archive_read(&arena, STR_LIT("demo"), STR_LIT("1.0.0"), bytes, &cksum, NULL,
	                        &fact, &err)) {
		assert(fuzz_is_refusal(&err));
		return 0;
	}
	assert(fact.proc_macro != KNOWN_NOT);
	fuzz_touch(fact.license);
	fuzz_touch(fact.repository);
	fuzz_touch(fact.description);
	return 0;
}
