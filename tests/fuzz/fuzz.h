/* tests/fuzz/fuzz.h: what each fuzzer defines and needs.
 *
 * A fuzzer must not only survive its input: whatever must hold for every input is asserted. */
#ifndef RTAUDIT_TESTS_FUZZ_FUZZ_H
#define RTAUDIT_TESTS_FUZZ_FUZZ_H
#include "base/arena.h"
#include "base/err.h"
#include <assert.h>

/* libFuzzer's interface: called with each input; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether a failed parser told of it as it should: a kind that blames the input, and a sentence. */
static inline bool fuzz_is_refusal(const struct err *err)
{
	return (err->kind == ERR_INPUT || err->kind == ERR_LIMIT || err->kind == ERR_USAGE) &&
	       err->text[0] != '\0';
}

/* Whether every byte of s can be read, and lies in `in` or is a copy; under AddressSanitizer a
 * slice that leaves its memory ends the process. */
static inline unsigned fuzz_touch(struct str s)
{
	unsigned sum = 0;

	for (size_t i = 0; i < s.n; i++)
		sum += (unsigned char)s.p[i];
	return sum;
}
#endif
