#include "audit/bind.h"
#include "audit/knowledge_field.h"
#include <stdlib.h>

enum { NEAR = 3 }; /* edits; more make another word */

bool compat_list_parse(struct arena *arena, const struct toml_value *value,
                       const struct runtime_words *words, struct compat_list *out, struct err *err)
{
	static const struct str KNOWN[] = { STR("runtime"), STR("verdict"), STR("why") };
	uint32_t one;

	if (value == NULL)
		return true;
	if (value->type != TOML_IS_ARRAY)
		return err_set(err, ERR_INPUT, "%u: no list of verdicts", value->line);
	for (const struct toml_value *v = value->first; v != NULL; v = v->next) {
		struct compat_row row = { 0 };

		if (v->type != TOML_IS_TABLE)
			return err_set(err, ERR_INPUT, "%u: no list of verdicts", v->line);
		if (!knowledge_keys(v, KNOWN, ARRAY_LEN(KNOWN), err) ||
		    !knowledge_want_str(v, "runtime", &row.runtime, err) ||
		    !knowledge_want_verdict(v, "verdict", &row.verdict, err) ||
		    !knowledge_want_str(v, "why", &row.why, err))
			return false;
		if (!map_get(&words->number, row.runtime, &one))
			return err_set(err, ERR_INPUT, "%u: unknown runtime '" STR_FMT "'", v->line,
			               STR_ARG(row.runtime));
		*vec_add(arena, out) = row;
	}
	return true;
}

bool bind_class_parse(struct str klass, const struct runtime_words *words, enum bind_kind *kind,
                      uint64_t *runtimes)
{
	struct str prefix = STR_LIT("multi:");
	uint64_t bits = 0;
	uint32_t one;

	if (str_eq(klass, STR_LIT("none")) || str_eq(klass, STR_LIT("agnostic"))) {
		*kind = klass.p[0] == 'n' ? BIND_NONE : BIND_AGNOSTIC;
		*runtimes = 0;
		return true;
	}
	if (str_starts(klass, prefix))
		klass = str_sub(klass, prefix.n, klass.n);
	do {
		struct str word;

		str_cut(klass, '+', &word, &klass);
		if (!map_get(&words->number, word, &one))
			return false;
		bits |= UINT64_C(1) << one;
	} while (klass.n > 0);
	*kind = BIND_RUNTIME;
	*runtimes = bits;
	return true;
}

/* The class that was probably meant goes into the message. */
static bool refuse_class(const struct toml_value *table, struct str klass,
                         const struct runtime_words *words, struct err *err)
{
	struct str_nearest near = { .word = klass, .below = NEAR };

	str_nearest_offer(&near, STR_LIT("none"));
	str_nearest_offer(&near, STR_LIT("agnostic"));
	for (size_t i = 0; i < words->all.n; i++)
		str_nearest_offer(&near, words->all.p[i]);
	return err_set(err, ERR_INPUT, "%u: unknown class '" STR_FMT "'%s" STR_FMT "%s",
	               toml_get(table, "class")->line, STR_ARG(klass),
	               near.name.n > 0 ? "; is '" : "", STR_ARG(near.name),
	               near.name.n > 0 ? "' meant?" : "");
}

/* A row that no set of features meets would never be asked. */
static bool check_condition(const struct toml_value *table, const struct bind_row *row,
                            struct err *err)
{
	bool some = row->any.n == 0;

	for (size_t i = 0; i < row->any.n; i++)
		some = some || !str_list_has(&row->none, row->any.p[i]);
	for (size_t i = 0; i < row->all.n; i++)
		some = some && !str_list_has(&row->none, row->all.p[i]);
	return some || err_set(err, ERR_INPUT, "%u: what it needs of features, 'none' excludes",
	                       table->line);
}

static bool read_switches(const struct toml_value *table, struct bind_row *row, struct err *err)
{
	row->passes = true;
	row->vocabulary = true;
	if (!knowledge_get_bool(table, "hard", &row->hard, err) ||
	    !knowledge_get_bool(table, "passes", &row->passes, err) ||
	    !knowledge_get_bool(table, "whole", &row->whole, err) ||
	    !knowledge_get_bool(table, "alone", &row->alone, err) ||
	    !knowledge_get_bool(table, "vocabulary", &row->vocabulary, err))
		return false;
	if (row->hard && row->kind != BIND_RUNTIME)
		return err_set(err, ERR_INPUT, "%u: what binds to no runtime is not hard",
		               table->line);
	return true;
}

bool bind_row_parse(struct arena *arena, const struct toml_value *table,
                    const struct runtime_words *words, struct bind_row *out, struct err *err)
{
	static const struct str KNOWN[] = {
		STR("crate"), STR("req"),    STR("any"),    STR("all"),    STR("none"),
		STR("class"), STR("hard"),   STR("passes"), STR("whole"),  STR("vocabulary"),
		STR("alone"), STR("compat"), STR("why"),    STR("source"), STR("checked"),
	};
	struct bind_row row = { 0 };
	struct str klass;

	if (!knowledge_keys(table, KNOWN, ARRAY_LEN(KNOWN), err) ||
	    !knowledge_want_crate(table, "crate", &row.crate, err) ||
	    !knowledge_want_str(table, "class", &klass, err) ||
	    !knowledge_want_str(table, "why", &row.why, err) ||
	    !knowledge_want_source(table, &row.source, err) ||
	    !knowledge_get_req(arena, table, "req", &row.req, err) ||
	    !knowledge_get_list(arena, table, "any", &row.any, err) ||
	    !knowledge_get_list(arena, table, "all", &row.all, err) ||
	    !knowledge_get_list(arena, table, "none", &row.none, err) ||
	    !compat_list_parse(arena, toml_get(table, "compat"), words, &row.compat, err))
		return false;
	if (!bind_class_parse(klass, words, &row.kind, &row.runtimes))
		return refuse_class(table, klass, words, err);
	if (!check_condition(table, &row, err) || !read_switches(table, &row, err))
		return false;
	*out = row;
	return true;
}

static int cmp_texts(const void *left, const void *right)
{
	const struct str *a = left, *b = right;

	return str_cmp(*a, *b);
}

static struct str sorted_text(struct arena *arena, const struct str_list *list, const char *name)
{
	if (list->n == 0)
		return (struct str){ 0 };
	struct str_list sorted = { 0 };

	for (size_t i = 0; i < list->n; i++)
		*vec_add(arena, &sorted) = list->p[i];
	qsort(sorted.p, sorted.n, sizeof *sorted.p, cmp_texts);
	return arena_printf(arena, " %s(" STR_FMT ")", name,
	                    STR_ARG(str_list_join(arena, &sorted, ",")));
}

struct str bind_row_condition(struct arena *arena, const struct bind_row *row)
{
	struct str_list comparators = { 0 };

	for (size_t i = 0; !row->req.any && i < row->req.n; i++) {
		const struct comparator *c = &row->req.p[i];

		*vec_add(arena, &comparators) = arena_printf(
			arena, "%d %llu.%lld.%lld-" STR_FMT, (int)c->op,
			(unsigned long long)c->major, c->has_minor ? (long long)c->minor : -1,
			c->has_patch ? (long long)c->patch : -1, STR_ARG(c->pre));
	}
	struct str parts[] = { sorted_text(arena, &comparators, "req"),
		               sorted_text(arena, &row->any, "any"),
		               sorted_text(arena, &row->all, "all"),
		               sorted_text(arena, &row->none, "none") };
	return arena_printf(arena, STR_FMT STR_FMT STR_FMT STR_FMT STR_FMT, STR_ARG(row->crate),
	                    STR_ARG(parts[0]), STR_ARG(parts[1]), STR_ARG(parts[2]),
	                    STR_ARG(parts[3]));
}

bool bind_row_is_for(const struct bind_row *row, const struct version *version)
{
	struct version release = *version;

	/* Nobody curates pre-releases by themselves, and a requirement would not let them in. */
	release.pre = (struct str){ 0 };
	return semver_req_matches(&row->req, &release);
}

bool feature_bits_has(const struct feature_bits *on, struct str name)
{
	uint32_t i = summary_feature_find(on->summary, name);

	return i != FEATURE_NONE && (on->words[i / 64] >> (i % 64) & 1) != 0;
}

bool bind_row_applies(const struct bind_row *row, const struct feature_bits *on)
{
	bool any = row->any.n == 0;

	for (size_t i = 0; i < row->none.n; i++)
		if (feature_bits_has(on, row->none.p[i]))
			return false;
	for (size_t i = 0; i < row->all.n; i++)
		if (!feature_bits_has(on, row->all.p[i]))
			return false;
	for (size_t i = 0; i < row->any.n && !any; i++)
		any = feature_bits_has(on, row->any.p[i]);
	return any;
}
