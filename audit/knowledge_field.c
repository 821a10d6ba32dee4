#include "audit/knowledge_field.h"
#include "audit/index_path.h"
#include "audit/limits.h"
#include "audit/req_span.h"
#include "base/when.h"

enum { NEAR = 3 }; /* edits; more make another word */

static bool unknown_key(const struct toml_value *value, const struct str *known, size_t n,
                        struct err *err)
{
	struct str_nearest near = { .word = value->key, .below = NEAR };

	for (size_t i = 0; i < n; i++)
		str_nearest_offer(&near, known[i]);
	if (near.name.n > 0)
		return err_set(err, ERR_INPUT,
		               "%u: unknown key '" STR_FMT "'; is '" STR_FMT "' meant?",
		               value->line, STR_ARG(value->key), STR_ARG(near.name));
	return err_set(err, ERR_INPUT, "%u: unknown key '" STR_FMT "'", value->line,
	               STR_ARG(value->key));
}

bool knowledge_keys(const struct toml_value *table, const struct str *known, size_t n,
                    struct err *err)
{
	for (const struct toml_value *v = table->first; v != NULL; v = v->next) {
		bool is_known = false;

		for (size_t i = 0; i < n && !is_known; i++)
			is_known = str_eq(v->key, known[i]);
		if (!is_known)
			return unknown_key(v, known, n, err);
	}
	return true;
}

bool knowledge_want_str(const struct toml_value *table, const char *key, struct str *out,
                        struct err *err)
{
	const struct toml_value *value = toml_get(table, key);

	if (value == NULL)
		return err_set(err, ERR_INPUT, "%u: '%s' is missing", table->line, key);
	if (value->type != TOML_IS_STRING || value->text.n == 0)
		return err_set(err, ERR_INPUT, "%u: '%s' is no text, or empty", value->line, key);
	*out = value->text;
	return true;
}

bool knowledge_is_crate_name(struct str name)
{
	CLEANUP(arena_free) struct arena scratch = { 0 };
	struct str path;
	struct err err = { 0 };

	return index_path(&scratch, name, &path, &err);
}

bool knowledge_want_crate(const struct toml_value *table, const char *key, struct str *out,
                          struct err *err)
{
	if (!knowledge_want_str(table, key, out, err))
		return false;
	if (!knowledge_is_crate_name(*out))
		return err_set(err, ERR_INPUT, "%u: '" STR_FMT "' is no name of a crate",
		               toml_get(table, key)->line, STR_ARG(*out));
	return true;
}

bool knowledge_get_list(struct arena *arena, const struct toml_value *table, const char *key,
                        struct str_list *out, struct err *err)
{
	const struct toml_value *value = toml_get(table, key);
	struct map seen = { 0 };
	bool added;

	if (value == NULL)
		return true;
	if (value->type != TOML_IS_ARRAY || value->n == 0)
		return err_set(err, ERR_INPUT, "%u: '%s' is no list, or empty", value->line, key);
	if (value->n > KNOWLEDGE_LIST_MAX)
		return err_set(err, ERR_LIMIT, "%u: '%s' holds more than %d texts", value->line,
		               key, KNOWLEDGE_LIST_MAX);
	for (const struct toml_value *one = value->first; one != NULL; one = one->next) {
		if (one->type != TOML_IS_STRING || one->text.n == 0)
			return err_set(err, ERR_INPUT, "%u: '%s' holds something else than texts",
			               one->line, key);
		map_slot(&seen, arena, one->text, 0, &added);
		if (!added)
			return err_set(err, ERR_INPUT, "%u: '" STR_FMT "' stands twice in '%s'",
			               one->line, STR_ARG(one->text), key);
		*vec_add(arena, out) = one->text;
	}
	return true;
}

bool knowledge_want_list(struct arena *arena, const struct toml_value *table, const char *key,
                         struct str_list *out, struct err *err)
{
	if (toml_get(table, key) == NULL)
		return err_set(err, ERR_INPUT, "%u: '%s' is missing", table->line, key);
	return knowledge_get_list(arena, table, key, out, err);
}

bool knowledge_get_bool(const struct toml_value *table, const char *key, bool *out, struct err *err)
{
	const struct toml_value *value = toml_get(table, key);

	if (value == NULL)
		return true;
	if (value->type != TOML_IS_BOOL)
		return err_set(err, ERR_INPUT, "%u: '%s' is neither true nor false", value->line,
		               key);
	*out = value->integer != 0;
	return true;
}

bool knowledge_want_verdict(const struct toml_value *table, const char *key, enum verdict *out,
                            struct err *err)
{
	struct str word;

	if (!knowledge_want_str(table, key, &word, err))
		return false;
	if (!verdict_parse(word, out))
		return err_set(err, ERR_INPUT, "%u: unknown verdict '" STR_FMT "'",
		               toml_get(table, key)->line, STR_ARG(word));
	return true;
}

bool knowledge_want_runtime(const struct toml_value *table, const char *key,
                            const struct runtime_words *words, uint32_t *out, struct err *err)
{
	struct str name;

	if (!knowledge_want_str(table, key, &name, err))
		return false;
	if (!map_get(&words->number, name, out))
		return err_set(err, ERR_INPUT, "%u: unknown runtime '" STR_FMT "'",
		               toml_get(table, key)->line, STR_ARG(name));
	return true;
}

bool knowledge_want_date(const struct toml_value *table, const char *key, int64_t *out,
                         struct err *err)
{
	const struct toml_value *value = toml_get(table, key);

	if (value == NULL)
		return err_set(err, ERR_INPUT, "%u: '%s' is missing", table->line, key);
	if (value->type != TOML_IS_DATETIME || !when_parse(value->text, out, err))
		return err_set(err, ERR_INPUT, "%u: '%s' is no date like 2026-11-25", value->line,
		               key);
	return true;
}

bool knowledge_want_source(const struct toml_value *table, struct str *source, struct err *err)
{
	int64_t checked_at;

	return knowledge_want_str(table, "source", source, err) &&
	       knowledge_want_date(table, "checked", &checked_at, err);
}

bool knowledge_req(struct arena *arena, struct str text, uint32_t line, struct req *out,
                   struct err *err)
{
	if (!semver_req_parse(arena, text, out, err)) {
		err_prefix(err, "%u: ", line);
		return false;
	}
	if (req_span_is_empty(out))
		return err_set(err, ERR_INPUT, "%u: no version can be '" STR_FMT "'", line,
		               STR_ARG(text));
	return true;
}

bool knowledge_get_req(struct arena *arena, const struct toml_value *table, const char *key,
                       struct req *out, struct err *err)
{
	struct str text;

	*out = (struct req){ .any = true };
	if (toml_get(table, key) == NULL)
		return true;
	return knowledge_want_str(table, key, &text, err) &&
	       knowledge_req(arena, text, toml_get(table, key)->line, out, err);
}
