#include "audit/toml_field.h"

bool toml_field_at(struct str name, uint32_t line, struct err *err)
{
	err_prefix(err, STR_FMT ":%u: ", STR_ARG(name), line);
	return false;
}

/* 1, 0 or -1 for a key that must be of one type. */
static int expect(const struct toml_value *value, enum toml_type type, const char *what,
                  struct str name, struct err *err)
{
	if (!value)
		return 0;
	if (value->type == type)
		return 1;
	err_set(err, ERR_INPUT, "'" STR_FMT "' is not %s", STR_ARG(value->key), what);
	toml_field_at(name, value->line, err);
	return -1;
}

int toml_field_str(const struct toml_value *table, const char *key, struct str name,
                   struct str *out, struct err *err)
{
	const struct toml_value *value = toml_get(table, key);
	int got = expect(value, TOML_IS_STRING, "a string", name, err);

	if (got == 1)
		*out = value->text;
	return got;
}

int toml_field_bool(const struct toml_value *table, const char *key, struct str name, bool *out,
                    struct err *err)
{
	const struct toml_value *value = toml_get(table, key);
	int got = expect(value, TOML_IS_BOOL, "true or false", name, err);

	if (got == 1)
		*out = value->integer != 0;
	return got;
}

int toml_field_table(const struct toml_value *table, const char *key, struct str name,
                     const struct toml_value **out, struct err *err)
{
	const struct toml_value *value = toml_get(table, key);
	int got = expect(value, TOML_IS_TABLE, "a table", name, err);

	if (got == 1)
		*out = value;
	return got;
}

const struct toml_value *toml_field_either(const struct toml_value *table, const char *key,
                                           const char *older)
{
	const struct toml_value *value = toml_get(table, key);

	return value || !older ? value : toml_get(table, older);
}

bool toml_field_list(struct arena *arena, const struct toml_value *value, struct str name,
                     struct str_list *out, struct err *err)
{
	struct str_list list = { 0 };
	bool good = value->type == TOML_IS_ARRAY;

	if (good) {
		list.p = arena_array(arena, value->n, sizeof *list.p);
		list.cap = value->n;
	}
	for (const struct toml_value *one = value->first; good && one; one = one->next) {
		good = one->type == TOML_IS_STRING;
		list.p[list.n++] = one->text;
	}
	if (!good) {
		err_set(err, ERR_INPUT, "'" STR_FMT "' is not an array of strings",
		        STR_ARG(value->key));
		return toml_field_at(name, value->line, err);
	}
	*out = list;
	return true;
}

int toml_field_strings(struct arena *arena, const struct toml_value *table, const char *key,
                       const char *older, struct str name, struct str_list *out, struct err *err)
{
	const struct toml_value *value = toml_field_either(table, key, older);

	if (!value)
		return 0;
	return toml_field_list(arena, value, name, out, err) ? 1 : -1;
}
