#include "db/crate_history.h"
#include "db/crate_value.h"
#include "tests/fuzz/fuzz.h"

/* The bytes of a value behind its checksum, which is put before them here: a reader that trusted
 * the checksum would fall over each of them. */
enum { VERSIONS_READ_MAX = 8 };

static bool is_damage(const struct err *err)
{
	return err->kind == ERR_STORE &&
	       str_starts(str_of(err->text), STR_LIT("the stored value is damaged"));
}

static unsigned touch_entry(const struct index_entry *entry)
{
	unsigned sum = fuzz_touch(entry->vers) + fuzz_touch(entry->links) +
	               fuzz_touch(entry->rust_version) + fuzz_touch(entry->version.pre) +
	               fuzz_touch(entry->version.build);

	for (size_t i = 0; i < entry->deps.n; i++) {
		const struct dependency *dep = &entry->deps.p[i];
		sum += fuzz_touch(dep->name) + fuzz_touch(dep->package) +
		       fuzz_touch(dep->registry) + fuzz_touch(dep->platform_text);
		for (size_t f = 0; f < dep->features.n; f++)
			sum += fuzz_touch(dep->features.p[f]);
	}
	for (size_t i = 0; i < entry->features.n; i++)
		for (size_t v = 0; v < entry->features.p[i].values.n; v++)
			sum += fuzz_touch(entry->features.p[i].values.p[v]);
	return sum;
}

static void read_all(struct arena *arena, struct str bytes)
{
	struct crate_value value = { 0 };
	struct crate_history history = { 0 };
	struct err err = { 0 };

	if (!crate_value_open(arena, bytes, &value, &err)) {
		assert(is_damage(&err));
		return;
	}
	crate_history_of(&value, arena, 0, &history);
	assert(history.newest == UINT32_MAX || history.newest < value.n);
	for (uint32_t i = 0; i < value.n && i < VERSIONS_READ_MAX; i++) {
		struct index_entry entry = { 0 };

		err = (struct err){ 0 };
		if (crate_value_entry(&value, arena, i, i % 2 == 0, &entry, &err))
			(void)touch_entry(&entry);
		else
			assert(is_damage(&err));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	size_t n = size + CRATE_VALUE_PREFIX;
	char *bytes = arena_alloc(&arena, n);

	if (size > 0)
		memcpy(bytes + CRATE_VALUE_PREFIX, data, size);
	uint64_t sum = packed_checksum((struct str){ bytes + CRATE_VALUE_PREFIX, size });

	bytes[0] = CRATE_VALUE_FORMAT;
	for (size_t i = 0; i < 8; i++)
		bytes[1 + i] = (char)(unsigned char)(sum >> (8 * i));
	read_all(&arena, (struct str){ bytes, n });
	return 0;
}
