#include "audit/limits.h"
#include "audit/lockfile.h"
#include "tests/fuzz/fuzz.h"

static void check_package(const struct lockfile *lock, const struct locked_package *package)
{
	assert(package->name.n > 0 && package->vers.n > 0 && package->line > 0);
	assert(package->checksum.n == 0 || package->checksum.n == 64);
	assert(package->replace == PACKAGE_NONE || package->replace < lock->n);
	for (uint32_t i = 0; i < package->dep_n; i++) {
		assert(package->deps[i] < lock->n);
		assert(i == 0 || package->deps[i - 1] < package->deps[i]);
	}
	fuzz_touch(package->source.text);
	fuzz_touch(package->source.url);
	fuzz_touch(package->source.git_ref);
	fuzz_touch(package->source.commit);
}

/* Packages are in order and each once, edges stay inside. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct lockfile lock = { 0 };
	struct err err = { 0 };

	if (!lockfile_parse(&arena, (struct str){ (const char *)data, size }, STR_LIT("Cargo.lock"),
	                    &lock, &err)) {
		assert(fuzz_is_refusal(&err) && lock.n == 0);
		assert(str_starts(str_of(err.text), STR_LIT("Cargo.lock:")));
		return 0;
	}
	assert(lock.version >= 1 && lock.version <= 4 && lock.n <= LOCK_PACKAGES_MAX);
	for (uint32_t i = 0; i < lock.n; i++) {
		check_package(&lock, &lock.packages[i]);
		assert(i == 0 || locked_package_cmp(&lock.packages[i - 1], &lock.packages[i]) < 0);
	}
	for (uint32_t i = 0; i < lock.unused_n; i++)
		assert(lock.unused_patches[i].dep_n == 0 && lock.unused_patches[i].name.n > 0);
	return 0;
}
