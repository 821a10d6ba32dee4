#include "audit/bind.h"

static bool get_list(struct arena *arena, const struct toml_value *table, const char *key,
                     struct str_list *out, struct err *err)
{
	const struct toml_value *value = toml_get(table, key);

	if (value == NULL)
		return true;
	if (value->type != TOML_IS_ARRAY || value->n == 0)
		return err_set(err, ERR_INPUT, "%u: '%s' is no list of features", value->line, key);
	for (const struct toml_value *one = value->first; one != NULL; one = one->next) {
		if (one->type != TOML_IS_STRING)
			return err_set(err, ERR_INPUT, "%u: '%s' holds something else than text",
			               one->line, key);
		*vec_add(arena, out) = one->text;
	}
	return true;
}

static bool check_keys(const struct toml_value *table, struct err *err)
{
	static const struct str KNOWN[] = {
		STR("crate"),      STR("req"),    STR("any"),    STR("all"),     STR("none"),
		STR("class"),      STR("hard"),   STR("passes"), STR("compat"),  STR("why"),
		STR("vocabulary"), STR("source"), STR("whole"),  STR("checked"),
	};

	for (const struct toml_value *v = table->first; v != NULL; v = v->next) {
		bool known = false;

		for (size_t i = 0; i < ARRAY_LEN(KNOWN); i++)
			known = known || str_eq(v->key, KNOWN[i]);
		if (!known)
			return err_set(err, ERR_INPUT, "%u: unknown key '" STR_FMT "'", v->line,
			               STR_ARG(v->key));
	}
	return true;
}

bool compat_list_parse(struct arena *arena, const struct toml_value *value, struct compat_list *out,
                       struct err *err)
{
	if (value == NULL)
		return true;
	if (value->type != TOML_IS_ARRAY)
		return err_set(err, ERR_INPUT, "%u: no list of verdicts", value->line);
	for (const struct toml_value *one = value->first; one != NULL; one = one->next) {
		struct compat_row row = { 0 };
		struct str word;

		if (!toml_get_str(one, "runtime", &row.runtime) ||
		    !toml_get_str(one, "why", &row.why) || !toml_get_str(one, "verdict", &word) ||
		    !verdict_parse(word, &row.verdict))
			return err_set(err, ERR_INPUT,
			               "%u: a verdict needs runtime, verdict and why", one->line);
		*vec_add(arena, out) = row;
	}
	return true;
}

bool bind_class_parse(struct str klass, const struct map *class_runtimes, enum bind_kind *kind,
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
		if (!map_get(class_runtimes, word, &one))
			return false;
		bits |= UINT64_C(1) << one;
	} while (klass.n > 0);
	*kind = BIND_RUNTIME;
	*runtimes = bits;
	return true;
}

bool bind_row_parse(struct arena *arena, const struct toml_value *table,
                    const struct map *class_runtimes, struct bind_row *out, struct err *err)
{
	struct bind_row row = { .req = { .any = true } };
	struct str klass, req;

	if (!check_keys(table, err))
		return false;
	if (!toml_get_str(table, "crate", &row.crate) || !toml_get_str(table, "class", &klass) ||
	    !toml_get_str(table, "why", &row.why) || !toml_get_str(table, "source", &row.source) ||
	    row.source.n == 0)
		return err_set(err, ERR_INPUT, "%u: a row needs crate, class, why and source",
		               table->line);
	if (toml_get(table, "checked") == NULL)
		return err_set(err, ERR_INPUT,
		               "%u: a row needs 'checked', the day on which its source was read",
		               table->line);
	if (!bind_class_parse(klass, class_runtimes, &row.kind, &row.runtimes))
		return err_set(err, ERR_INPUT, "%u: unknown class '" STR_FMT "'", table->line,
		               STR_ARG(klass));
	if (toml_get_str(table, "req", &req) && !semver_req_parse(arena, req, &row.req, err)) {
		err_prefix(err, "%u: ", table->line);
		return false;
	}
	if (!get_list(arena, table, "any", &row.any, err) ||
	    !get_list(arena, table, "all", &row.all, err) ||
	    !get_list(arena, table, "none", &row.none, err) ||
	    !compat_list_parse(arena, toml_get(table, "compat"), &row.compat, err))
		return false;
	row.hard = toml_get_bool(table, "hard", false);
	row.passes = toml_get_bool(table, "passes", true);
	row.whole = toml_get_bool(table, "whole", false);
	row.vocabulary = toml_get_bool(table, "vocabulary", true);
	*out = row;
	return true;
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
