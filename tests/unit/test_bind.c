/* Rows against an index: every crate, version and feature that knowledge/ speaks of exists, and
 * some version of the crate reaches each row. RTAUDIT_TEST_INDEX names the index, a tree of sparse
 * files; tests/check/knowledge sets it. With RTAUDIT_TEST_WHOLE_INDEX it is to hold every crate
 * (tests/tools/knowledge_index.py). */
#include "audit/bind.h"
#include "audit/index_entry.h"
#include "audit/index_path.h"
#include "audit/knowledge_tables.h"
#include "audit/limits.h"
#include "base/file.h"
#include "tests/unit/unit.h"
#include <stdlib.h>

enum { NAMES_TRIED_WHOLLY = 9, NAMES_MAX = 60 };

struct index {
	struct arena arena;
	const char *root;
	const struct knowledge *knowledge;
	struct map elsewhere; /* crates that the index lacks, documented */
	struct map seen;      /* of those, the ones that were met */
	unsigned faults;
};

/* The versions of a crate, as the index has them: the oldest first. */
struct releases {
	struct summary *p;
	size_t n;
};

static void fault(struct index *index, struct str what, const char *text)
{
	print_error(STR_FMT ": %s\n", STR_ARG(what), text);
	index->faults++;
}

static bool read_releases(struct arena *arena, const char *root, struct str crate,
                          struct releases *out)
{
	struct str path = { 0 }, lines = { 0 }, line = { 0 };
	struct index_entry entry;
	struct err err = { 0 };
	size_t cap = 0;

	*out = (struct releases){ 0 };
	if (!index_path(arena, crate, &path, &err) ||
	    !file_read(arena, file_join(arena, root, path), 64 << 20, &lines, &err))
		return false;
	for (size_t i = 0; i < lines.n; i++)
		cap += lines.p[i] == '\n';
	out->p = arena_array(arena, cap + 1, sizeof *out->p);
	while (lines.n > 0) {
		str_cut(lines, '\n', &line, &lines);
		if (line.n == 0 || !index_entry_parse(arena, line, &entry, &err))
			continue;
		struct index_entry *kept = arena_new(arena, struct index_entry);
		*kept = entry;
		summary_make(arena, kept->name, kept->vers, &kept->version, &kept->deps,
		             &kept->features, &out->p[out->n++]);
	}
	return out->n > 0;
}

/* Whether the crate is in the index; where it is not, it must be one of the documented ones. */
static bool find_crate(struct index *index, struct arena *arena, struct str crate,
                       struct releases *out)
{
	bool found = read_releases(arena, index->root, crate, out), added;
	uint32_t one;

	if (found && map_get(&index->elsewhere, crate, &one))
		fault(index, crate, "is in the index, and listed as one that is not");
	if (!found && !map_get(&index->elsewhere, crate, &one))
		fault(index, crate, "is not in the index, and not listed as one that is not");
	if (!found)
		map_slot(&index->seen, &index->arena, arena_str(&index->arena, crate), 1, &added);
	return found;
}

static void switch_on(const struct summary *summary, uint32_t feature, uint64_t *on)
{
	if (feature == FEATURE_NONE || (on[feature / 64] >> (feature % 64) & 1) != 0)
		return;
	on[feature / 64] |= UINT64_C(1) << (feature % 64);
	for (uint32_t i = 0; i < summary->features[feature].n; i++) {
		const struct feature_value *value = &summary->features[feature].values[i];

		if (value->kind == FV_FEATURE)
			switch_on(summary, value->feature, on);
		else if (value->kind == FV_DEP_FEATURE && !value->weak &&
		         value->dep_name != FEATURE_NONE)
			switch_on(
				summary,
				summary_feature_find(summary, summary->dep_names[value->dep_name]),
				on);
	}
}

/* Whether `row` has a say where these features are on, as audit/runtime_eval asks the rows. */
static bool has_say(const struct bind_row *row, const struct bind_row *rows,
                    const struct feature_bits *on)
{
	const struct bind_row *plain = NULL;
	bool bound = false, mine = false;

	for (const struct bind_row *one = rows; one != NULL; one = one->next) {
		if (!bind_row_is_for(one, &on->summary->version) || !bind_row_applies(one, on))
			continue;
		if (one->alone || (one->runtimes & (one->runtimes - 1)) != 0)
			return one == row;
		if (one->kind != BIND_RUNTIME) {
			plain = plain == NULL ? one : plain;
			continue;
		}
		bound = true;
		mine = mine || one == row;
	}
	return mine || (!bound && plain == row);
}

/* What the rows of a crate name, and "default". */
static size_t names_of(const struct bind_row *rows, struct str *names)
{
	size_t n = 0;

	names[n++] = STR_LIT("default");
	for (const struct bind_row *row = rows; row != NULL; row = row->next) {
		const struct str_list *lists[] = { &row->any, &row->all, &row->none };

		for (size_t l = 0; l < ARRAY_LEN(lists); l++)
			for (size_t i = 0; i < lists[l]->n; i++) {
				bool known = false;

				for (size_t k = 0; k < n; k++)
					known = known || str_eq(names[k], lists[l]->p[i]);
				assert_true(known || n < NAMES_MAX);
				if (!known)
					names[n++] = lists[l]->p[i];
			}
	}
	return n;
}

static bool reached_with(struct arena *arena, const struct bind_row *row,
                         const struct bind_row *rows, const struct summary *summary,
                         const struct str *names, size_t n, uint64_t asked)
{
	uint64_t *on = arena_array(arena, summary->feature_n / 64 + 1, sizeof *on);
	struct feature_bits bits = { summary, on };

	for (size_t i = 0; i < n; i++)
		if ((asked >> i & 1) != 0)
			switch_on(summary, summary_feature_find(summary, names[i]), on);
	return has_say(row, rows, &bits);
}

/* Whether some set of the features that the rows name leads to this row. */
static bool is_reached(const struct bind_row *row, const struct bind_row *rows,
                       const struct summary *summary)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str names[NAMES_MAX];
	size_t n = names_of(rows, names);
	uint64_t end = UINT64_C(1) << (n < NAMES_TRIED_WHOLLY ? n : NAMES_TRIED_WHOLLY);

	for (uint64_t asked = 0; asked < end; asked++)
		if (reached_with(&arena, row, rows, summary, names, n, asked))
			return true;
	for (size_t a = NAMES_TRIED_WHOLLY; a < n; a++)
		for (size_t b = 0; b < n; b++)
			if (reached_with(&arena, row, rows, summary, names, n,
			                 UINT64_C(1) << a | UINT64_C(1) << b))
				return true;
	return false;
}

static void check_row(struct index *index, struct arena *arena, const struct bind_row *row,
                      const struct bind_row *rows, const struct releases *releases)
{
	const struct str_list *lists[] = { &row->any, &row->all, &row->none };
	struct str what = bind_row_condition(arena, row);
	bool some = false, reached = false;

	for (size_t v = releases->n; v-- > 0 && !reached;) {
		if (!bind_row_is_for(row, &releases->p[v].version))
			continue;
		some = true;
		reached = is_reached(row, rows, &releases->p[v]);
	}
	if (!some)
		fault(index, what, "no version is meant");
	else if (!reached)
		fault(index, what, "no version and no set of features leads to this row");
	for (size_t l = 0; some && l < ARRAY_LEN(lists); l++)
		for (size_t i = 0; i < lists[l]->n; i++) {
			bool exists = false;

			for (size_t v = releases->n; v-- > 0 && !exists;)
				exists = bind_row_is_for(row, &releases->p[v].version) &&
				         summary_feature_find(&releases->p[v], lists[l]->p[i]) !=
				                 FEATURE_NONE;
			if (!exists)
				fault(index, what,
				      arena_cstr(
					      arena,
					      arena_printf(
						      arena,
						      "no version meant has the feature " STR_FMT,
						      STR_ARG(lists[l]->p[i]))));
		}
}

static void check_binds(struct index *index)
{
	const struct knowledge *knowledge = index->knowledge;

	for (size_t i = 0; i < knowledge->binds.n; i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		const struct bind_row *rows =
			knowledge_binds(knowledge, knowledge->binds.p[i].crate);
		struct releases releases;

		if (rows != &knowledge->binds.p[i] ||
		    !find_crate(index, &arena, rows->crate, &releases))
			continue;
		for (const struct bind_row *row = rows; row != NULL; row = row->next)
			check_row(index, &arena, row, rows, &releases);
	}
}

/* A version of each crate of a family is of that runtime, and a row binds such a version to it. */
static void check_families(struct index *index)
{
	const struct knowledge *knowledge = index->knowledge;

	for (size_t i = 0; i < knowledge->families.n; i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		const struct family_row *family = &knowledge->families.p[i];
		struct str name = knowledge->runtimes.p[family->runtime].name;
		struct releases releases;
		bool is = false, binds = false;
		uint32_t of;

		for (const struct bind_row *row = knowledge_binds(knowledge, family->crate);
		     row != NULL; row = row->next)
			binds = binds || (row->runtimes >> family->runtime & 1) != 0;
		struct str what = arena_printf(&arena, STR_FMT " of the family of " STR_FMT,
		                               STR_ARG(family->crate), STR_ARG(name));
		if (!binds)
			fault(index, what, "no row binds it to that runtime");
		if (!find_crate(index, &arena, family->crate, &releases))
			continue;
		for (size_t v = 0; v < releases.n && !is; v++)
			is = knowledge_runtime_of(knowledge, family->crate, &releases.p[v].version,
			                          &of) &&
			     of == family->runtime;
		if (!is)
			fault(index, what, "no version is meant");
	}
}

/* A version of the crate is meant, and some such version has the feature. */
static void check_choice(struct index *index, struct str crate, const struct req *req,
                         const struct str_list *features)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct bind_row row = { .crate = crate, .req = *req, .any = *features };
	struct releases releases;

	if (find_crate(index, &arena, crate, &releases))
		check_row(index, &arena, &row, &row, &releases);
}

static void check_bridges(struct index *index)
{
	for (size_t i = 0; i < index->knowledge->bridges.n; i++) {
		const struct bridge_row *row = &index->knowledge->bridges.p[i];
		struct str_list features = { 0 };

		if (row->feature.n > 0)
			*vec_add(&index->arena, &features) = row->feature;
		check_choice(index, row->crate, &row->req, &features);
	}
	for (size_t i = 0; i < index->knowledge->starters.n; i++) {
		const struct starter_row *row = &index->knowledge->starters.p[i];

		check_choice(index, row->crate, &row->req, &row->any);
	}
	for (size_t i = 0; i < index->knowledge->blocking.n; i++) {
		const struct blocking_row *row = &index->knowledge->blocking.p[i];

		check_choice(index, row->crate, &row->req, &row->any);
	}
	for (size_t i = 0; i < index->knowledge->pollers.n; i++) {
		const struct poller_row *row = &index->knowledge->pollers.p[i];
		struct str_list features = { 0 };

		for (size_t f = 0; f < row->any.n; f++)
			*vec_add(&index->arena, &features) = row->any.p[f];
		for (size_t f = 0; f < row->choices.n; f++)
			*vec_add(&index->arena, &features) = row->choices.p[f].feature;
		check_choice(index, row->crate, &row->req, &features);
	}
}

static struct str read_source(struct arena *arena, const char *path)
{
	struct str bytes = { 0 };
	struct err err = { 0 };

	if (!file_read(arena, file_join(arena, TEST_SOURCE, str_of(path)), 1 << 20, &bytes, &err))
		fail_msg("%s", err.text);
	return bytes;
}

static void check_name(struct index *index, struct str crate)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct releases releases;

	IGNORE(find_crate(index, &arena, crate, &releases)); /* it counts the fault itself */
}

static void check_finished(struct index *index)
{
	const struct toml_value *root;
	struct err err = { 0 };

	if (!toml_tree_parse(&index->arena, read_source(&index->arena, "knowledge/finished.toml"),
	                     KNOWLEDGE_VALUES_MAX, &root, &err))
		fail_msg("%s", err.text);
	for (const struct toml_value *row = toml_get(root, "finished")->first; row; row = row->next)
		for (const struct toml_value *one = toml_get(row, "crates")->first; one;
		     one = one->next)
			check_name(index, one->text);
}

/* The first column of a tab-separated file; the header of the list of crates that are elsewhere
 * says what was looked at instead. */
static void each_name(struct index *index, const char *path,
                      void (*each)(struct index *, struct str))
{
	struct str rest = read_source(&index->arena, path), line = { 0 }, name = { 0 }, tail;

	while (rest.n > 0) {
		str_cut(rest, '\n', &line, &rest);
		str_cut(line, '\t', &name, &tail);
		if (name.n > 0 && name.p[0] != '#')
			each(index, name);
	}
}

static void put_elsewhere(struct index *index, struct str crate)
{
	bool added;

	map_slot(&index->elsewhere, &index->arena, crate, 1, &added);
	if (!added)
		fault(index, crate, "is listed twice");
}

static void check_elsewhere(struct index *index, struct str crate)
{
	uint32_t one;

	if (!map_get(&index->seen, crate, &one))
		fault(index, crate,
		      "is listed as one that the index lacks, and nothing speaks of it");
}

static void every_row_is_reached_by_some_crate(void **state)
{
	CLEANUP(arena_free) struct arena own = { 0 };
	const char *whole = getenv("RTAUDIT_TEST_WHOLE_INDEX");
	struct index index = { .root = getenv("RTAUDIT_TEST_INDEX") };
	struct err err = { 0 };

	(void)state;
	if (!index.root) {
		print_message("skipped: RTAUDIT_TEST_INDEX names no index\n");
		skip();
	}
	if (!knowledge_load(&own, &index.knowledge, &err))
		fail_msg("%s", err.text);
	if (!whole)
		each_name(&index, "tests/data/knowledge-elsewhere.tsv", put_elsewhere);
	check_binds(&index);
	check_families(&index);
	check_bridges(&index);
	check_finished(&index);
	each_name(&index, "knowledge/proc_macros.tsv", check_name);
	each_name(&index, "knowledge/unmaintained.tsv", check_name);
	if (!whole)
		each_name(&index, "tests/data/knowledge-elsewhere.tsv", check_elsewhere);
	print_message("%zu rows, %zu crates of families; %zu crates are not in the index\n",
	              index.knowledge->binds.n, index.knowledge->families.n, index.seen.n);
	unsigned faults = index.faults;
	arena_free(&index.arena);
	assert_int_equal(faults, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_reached_by_some_crate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
