#include "audit/index_entry.h"
#include "tests/fuzz/fuzz.h"

static void check_value(const struct summary *s, const struct feature_value *value)
{
	assert(value->feature == FEATURE_NONE || value->feature < s->feature_n);
	assert(value->dep_name == FEATURE_NONE || value->dep_name < s->dep_name_n);
	assert(value->kind == FV_FEATURE || value->feature == FEATURE_NONE);
	(void)fuzz_touch(value->dep_feature);
}

/* Names are sorted, distinct and found; every index is in range. */
static void check_summary(const struct summary *s)
{
	for (uint32_t i = 0; i < s->dep_n; i++)
		assert(str_eq(s->dep_names[s->dep_name_of[i]], s->deps[i].name));
	for (uint32_t i = 0; i < s->dep_name_n; i++) {
		assert(i == 0 || str_cmp(s->dep_names[i - 1], s->dep_names[i]) < 0);
		assert(summary_dep_name_find(s, s->dep_names[i]) == i);
	}
	for (uint32_t i = 0; i < s->feature_n; i++) {
		const struct summary_feature *feature = &s->features[i];

		assert(i == 0 || str_cmp(s->features[i - 1].name, feature->name) < 0);
		assert(summary_feature_find(s, feature->name) == i);
		for (uint32_t j = 0; j < feature->n; j++)
			check_value(s, &feature->values[j]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str line = { (const char *)data, size };
	struct index_entry entry = { 0 };
	struct summary summary = { 0 };
	struct err err = { 0 };

	if (!index_entry_parse(&arena, line, &entry, &err)) {
		assert(fuzz_is_refusal(&err) && entry.name.n == 0);
		return 0;
	}
	assert(arena.used_bytes <= 4096 + 256 * size);
	for (size_t i = 1; i < entry.features.n; i++)
		assert(str_cmp(entry.features.p[i - 1].name, entry.features.p[i].name) < 0);
	for (size_t i = 0; i < entry.deps.n; i++) {
		const struct dependency *dep = &entry.deps.p[i];

		assert(dep->has_platform == (dep->platform.expr || dep->platform.triple.p));
		(void)(fuzz_touch(dep->package) + fuzz_touch(dep->registry));
	}
	summary_make(&arena, entry.name, entry.vers, &entry.version, &entry.deps, &entry.features,
	             &summary);
	check_summary(&summary);
	return 0;
}
