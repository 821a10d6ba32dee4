#include "audit/advisory.h"
#include "tests/fuzz/fuzz.h"

/* A requirement that stands alone means its bounds, so a version that satisfies it as Cargo has it,
 * and is no pre-release, is not affected. */
static void check_bounds(const struct advisory *advisory, const struct req_list *reqs)
{
	for (size_t i = 0; i < reqs->n; i++) {
		for (size_t j = 0; j < reqs->p[i].n; j++) {
			const struct comparator *c = &reqs->p[i].p[j];
			struct version v = { c->major, c->minor, c->patch, { 0 }, { 0 } };
			/* =1.2 is 1.2.0 alone in an advisory, <=1.2 and >1.2 end and begin there.
			 */
			bool whole = c->has_patch;

			if (whole && c->pre.n == 0 && semver_req_matches(&reqs->p[i], &v))
				assert(!advisory_affects(advisory, &v));
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str file = { (const char *)data, size };
	struct advisory advisory = { 0 };
	struct version v = { 1, 0, 0, STR("a"), { 0 } };
	struct err err = { 0 };

	if (!advisory_parse(&arena, file, &advisory, &err)) {
		assert(fuzz_is_refusal(&err) && advisory.id.n == 0);
		assert(err.text[0] >= '1' && err.text[0] <= '9'); /* begins with the line */
		return 0;
	}
	assert(advisory.id.n > 0 && advisory.package.n > 0);
	assert(advisory.patched.n == advisory.patched_text.n);
	assert(advisory.unaffected.n == advisory.unaffected_text.n);
	assert(advisory.patched.n + advisory.unaffected.n > 0 || advisory_affects(&advisory, &v));
	check_bounds(&advisory, &advisory.patched);
	check_bounds(&advisory, &advisory.unaffected);
	(void)fuzz_touch(advisory.title);
	return 0;
}
