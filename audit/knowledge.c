#include "audit/knowledge.h"

#include "audit/knowledge_lists.h"
#include "audit/knowledge_tables.h"
#include "knowledge/embedded.h"

static void chain_bind_range(struct arena *arena, struct knowledge *out, size_t from, size_t to)
{
	for (size_t i = to; i-- > from;) {
		struct bind_row *row = &out->binds.p[i];

		if (row->replaced)
			continue;
		uint32_t *first = map_slot(&out->bind_first, arena, row->crate, UINT32_MAX, NULL);

		row->next = *first == UINT32_MAX ? NULL : &out->binds.p[*first];
		*first = (uint32_t)i;
	}
}

/* Chains the rows of each crate in their order, those of the user first; done at the end, for lists
 * move while they grow. */
static void chain_binds(struct arena *arena, struct knowledge *out)
{
	map_reserve(&out->bind_first, arena, out->binds.n);
	chain_bind_range(arena, out, 0, out->compiled.binds);
	chain_bind_range(arena, out, out->compiled.binds, out->binds.n);
}

static void chain_family_range(struct arena *arena, struct knowledge *out, size_t from, size_t to)
{
	for (size_t i = to; i-- > from;) {
		struct family_row *row = &out->families.p[i];

		if (row->runtime == RUNTIME_NONE)
			continue;
		uint32_t *first = map_slot(&out->family_first, arena, row->crate, UINT32_MAX, NULL);

		row->next = *first;
		*first = (uint32_t)i;
	}
}

static void chain_families(struct arena *arena, struct knowledge *out)
{
	chain_family_range(arena, out, 0, out->compiled.families);
	chain_family_range(arena, out, out->compiled.families, out->families.n);
}

static bool read_file(struct arena *arena, struct str name, struct str bytes, struct knowledge *out,
                      struct err *err)
{
	bool ok;

	if (str_eq(name, STR_LIT("rules.toml")))
		ok = knowledge_read_rules(arena, bytes, out, err);
	else if (str_eq(name, STR_LIT("proc_macros.tsv")))
		ok = knowledge_read_proc_macros(arena, bytes, out, err);
	else if (str_eq(name, STR_LIT("source_paths.tsv")))
		ok = knowledge_read_source_paths(arena, bytes, out, err);
	else if (str_eq(name, STR_LIT("unmaintained.tsv")))
		ok = knowledge_read_unmaintained(arena, bytes, out, err);
	else
		ok = knowledge_read_tables(arena, bytes, out, err);
	if (ok)
		return true;
	/* The files are compiled in: what is wrong in them is our mistake, not the user's. */
	err_prefix(err, "knowledge/" STR_FMT ":", STR_ARG(name));
	err->kind = ERR_BUG;
	return false;
}

static bool read_compiled(struct arena *arena, struct knowledge *out, struct err *err)
{
	struct str first = STR_LIT("runtimes.toml"); /* every other file may name runtimes */

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < ARRAY_LEN(knowledge_files); i++) {
			struct str name = str_of(knowledge_files[i].name);
			struct str bytes = { knowledge_files[i].bytes, knowledge_files[i].size };

			if (str_eq(name, first) != (pass == 0))
				continue;
			if (!read_file(arena, name, bytes, out, err))
				return false;
		}
	}
	out->compiled =
		(struct knowledge_compiled){ out->runtimes.n, out->families.n, out->binds.n };
	return true;
}

bool knowledge_load_own(struct arena *arena, struct str name, struct str bytes,
                        const struct knowledge **out, struct err *err)
{
	struct knowledge *made = arena_new(arena, struct knowledge);

	if (!read_compiled(arena, made, err))
		return false;
	if (bytes.n > 0) {
		made->own_name = name;
		if (!knowledge_read_tables(arena, bytes, made, err)) {
			err_prefix(err, STR_FMT ":", STR_ARG(name));
			return false;
		}
	}
	chain_binds(arena, made);
	chain_families(arena, made);
	*out = made;
	return true;
}

bool knowledge_load(struct arena *arena, const struct knowledge **out, struct err *err)
{
	return knowledge_load_own(arena, (struct str){ 0 }, (struct str){ 0 }, out, err);
}

const struct rule_text *knowledge_rule(const struct knowledge *knowledge, struct str name)
{
	uint32_t i;

	return map_get(&knowledge->rule_by_name, name, &i) ? &knowledge->rules.p[i] : NULL;
}

size_t knowledge_rule_count(const struct knowledge *knowledge)
{
	return knowledge->rules.n;
}

const struct rule_text *knowledge_rule_at(const struct knowledge *knowledge, size_t i)
{
	return &knowledge->rules.p[i];
}

size_t knowledge_rule_number(const struct knowledge *knowledge, const struct rule_text *rule)
{
	return (size_t)(rule - knowledge->rules.p);
}

const struct runtime_info *knowledge_runtime(const struct knowledge *knowledge, struct str name)
{
	uint32_t i;

	if (!map_get(&knowledge->words.number, name, &i))
		return NULL;
	return str_eq(knowledge->runtimes.p[i].name, name) ? &knowledge->runtimes.p[i] : NULL;
}

uint32_t knowledge_runtime_number(const struct knowledge *knowledge,
                                  const struct runtime_info *runtime)
{
	return (uint32_t)(runtime - knowledge->runtimes.p);
}

size_t knowledge_runtime_count(const struct knowledge *knowledge)
{
	return knowledge->runtimes.n;
}

const struct runtime_info *knowledge_runtime_at(const struct knowledge *knowledge, size_t i)
{
	return &knowledge->runtimes.p[i];
}

bool knowledge_runtime_of(const struct knowledge *knowledge, struct str crate,
                          const struct version *version, uint32_t *out)
{
	struct version release = *version;
	uint32_t i;

	if (!map_get(&knowledge->family_first, crate, &i))
		return false;
	release.pre = (struct str){ 0 };
	for (; i != UINT32_MAX; i = knowledge->families.p[i].next) {
		if (!semver_req_matches(&knowledge->families.p[i].req, &release))
			continue;
		*out = knowledge->families.p[i].runtime;
		return true;
	}
	return false;
}

const struct bridge_list *knowledge_bridges(const struct knowledge *knowledge)
{
	return &knowledge->bridges;
}

const struct starter_list *knowledge_starters(const struct knowledge *knowledge)
{
	return &knowledge->starters;
}

const struct blocking_list *knowledge_blocking(const struct knowledge *knowledge)
{
	return &knowledge->blocking;
}

const struct poller_list *knowledge_pollers(const struct knowledge *knowledge)
{
	return &knowledge->pollers;
}

const struct bind_row *knowledge_binds(const struct knowledge *knowledge, struct str crate)
{
	uint32_t i;

	return map_get(&knowledge->bind_first, crate, &i) ? &knowledge->binds.p[i] : NULL;
}

const struct plain_class *knowledge_plain(const struct knowledge *knowledge, enum bind_kind kind)
{
	return &knowledge->plain[kind];
}

bool knowledge_is_finished(const struct knowledge *knowledge, struct str crate)
{
	uint32_t one;

	return map_get(&knowledge->finished, crate, &one);
}

const struct advisory_set *knowledge_advisories(const struct knowledge *knowledge)
{
	return &knowledge->advisories;
}

int64_t knowledge_advisories_at(const struct knowledge *knowledge)
{
	return knowledge->advisories_at;
}

struct str knowledge_replacements(const struct knowledge *knowledge, struct str advisory_id)
{
	uint32_t i;

	if (!map_get(&knowledge->replacements_by_id, advisory_id, &i))
		return (struct str){ 0 };
	return knowledge->replacements.p[i];
}

enum known knowledge_proc_macro(const struct knowledge *knowledge, struct str crate)
{
	uint32_t is = KNOWN_NOT;

	return map_get(&knowledge->proc_macros, crate, &is) ? (enum known)is : KNOWN_NOT;
}

const struct source_paths *knowledge_source_paths(const struct knowledge *knowledge)
{
	return &knowledge->source_paths;
}
