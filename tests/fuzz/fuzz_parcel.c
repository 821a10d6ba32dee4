#include "base/parcel.h"
#include "tests/fuzz/fuzz.h"

/* The parts, put together again, are the body; counts with leading zeros become shorter. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf again = buf_make(size);
	struct str rest = { (const char *)data, size };
	struct parcel_part part = { 0 };
	struct err err = { 0 };
	size_t before = size;
	int got = 0;

	while ((got = parcel_next(&rest, &part, &err)) == 1) {
		assert(rest.n < before);
		before = rest.n;
		assert(part.kind.n >= 1 && part.kind.n <= 32);
		fuzz_touch(part.name);
		fuzz_touch(part.value);
		parcel_put(&again, arena_cstr(&arena, part.kind), part.name, part.value);
	}
	assert(got == 0 || fuzz_is_refusal(&err));
	assert(buf_done(&again, "the same parcel", &err));
	return 0;
}
