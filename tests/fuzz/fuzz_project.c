#include "audit/limits.h"
#include "audit/project.h"
#include "tests/fuzz/fuzz.h"

/* Whatever was taken lies inside the body. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct project project = { 0 };
	struct err err = { 0 };

	if (!project_parse(&arena, (struct str){ (const char *)data, size }, &project, &err)) {
		assert(fuzz_is_refusal(&err) && project.files.n == 0 && project.options.edges == 0);
		return 0;
	}
	assert(project.options.edges >= 1 && project.options.edges <= 7);
	assert(project.options.targets.n <= TARGETS_MAX);
	fuzz_touch(project.lock_name);
	fuzz_touch(project.lock);
	fuzz_touch(project.policy);
	fuzz_touch(project.view.crate);
	for (size_t i = 0; i < project.files.n; i++)
		fuzz_touch(project.files.p[i].bytes);
	for (size_t i = 0; i < project.checkouts.n; i++)
		assert(project.checkouts.p[i].source.n > 0 && project.checkouts.p[i].files.n > 0);
	for (size_t i = 0; i < project.options.features.n; i++)
		assert(project.options.features.p[i].n > 0);
	return 0;
}
