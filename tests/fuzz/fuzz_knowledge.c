#include "audit/knowledge_tables.h"
#include "tests/fuzz/fuzz.h"

/* Runtimes that rows may name, as knowledge/runtimes.toml has them. */
static const char COMPILED[] =
	"[[runtime]]\nname = \"tokio\"\nclass = \"tokio\"\ncrate = \"tokio\"\nreq = \">=1\"\n"
	"family = [\"actix-rt >=2\"]\nelsewhere = \"panics\"\nwhy = \"w\"\nsource = \"s\"\n"
	"checked = 2026-11-25\n"
	"[[runtime]]\nname = \"smol\"\nclass = \"smol\"\ncrate = \"smol\"\n"
	"elsewhere = \"own-reactor\"\nwhy = \"w\"\nsource = \"s\"\nchecked = 2026-11-25\n"
	"[[bind]]\ncrate = \"a\"\nclass = \"tokio\"\nwhy = \"w\"\nsource = \"s\"\n"
	"checked = 2026-11-25\n";

/* A file of the user's over a small table that is compiled in. Every row that is taken can be asked
 * for, names runtimes that exist, and says where it stands. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct knowledge knowledge = { 0 };
	struct err err = { 0 };

	bool ok = knowledge_read_tables(&arena, str_of(COMPILED), &knowledge, &err);

	assert(ok);
	knowledge.compiled = (struct knowledge_compiled){ knowledge.runtimes.n,
		                                          knowledge.families.n, knowledge.binds.n };
	knowledge.own_name = STR_LIT("own.toml");
	if (!knowledge_read_tables(&arena, (struct str){ (const char *)data, size }, &knowledge,
	                           &err)) {
		assert(fuzz_is_refusal(&err));
		return 0;
	}
	for (size_t i = 0; i < knowledge.binds.n; i++) {
		const struct bind_row *row = &knowledge.binds.p[i];

		assert(knowledge.runtimes.n == 64 || row->runtimes >> knowledge.runtimes.n == 0);
		assert((row->kind == BIND_RUNTIME) == (row->runtimes != 0));
		assert(i < knowledge.compiled.binds || str_starts(row->source, knowledge.own_name));
		fuzz_touch(bind_row_condition(&arena, row));
		fuzz_touch(row->why);
	}
	for (size_t i = 0; i < knowledge.families.n; i++)
		assert(knowledge.families.p[i].runtime == RUNTIME_NONE ||
		       knowledge.families.p[i].runtime < knowledge.runtimes.n);
	return 0;
}
