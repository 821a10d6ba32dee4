#include "crawler/fact_table.h"
#include "audit/index_path.h"
#include "tests/fuzz/fuzz.h"

/* A table: the first line names the columns, each other is a row. What is accepted may be
 * stored. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str rest = { (const char *)data, size }, line = { 0 }, path = { 0 };
	struct fact_columns columns;
	struct err err = { 0 };

	str_cut(rest, '\n', &line, &rest);
	if (!fact_columns_parse(line, &columns, &err)) {
		assert(fuzz_is_refusal(&err));
		return 0;
	}
	assert(columns.n >= 2 && columns.n <= FACT_COLUMNS_MAX);
	while (rest.n > 0) {
		struct manifest_fact fact = { 0 };
		str_cut(rest, '\n', &line, &rest);
		if (!fact_row_parse(&columns, line, &fact))
			continue;
		assert(index_path(&arena, fact.name, &path, &err));
		assert(fact.vers.n > 0 && fact.registry.n > 0);
		assert(str_is_utf8(fact.description) && str_is_utf8(fact.license));
		fuzz_touch(fact.repository);
	}
	return 0;
}
