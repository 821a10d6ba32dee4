#include "daemon/params.h"
#include <limits.h>

static bool take(struct arena *arena, const struct param *param, struct str value, struct err *err)
{
	uint64_t number = 0;

	if (param->value)
		*param->value = value;
	if (param->values)
		*vec_add(arena, param->values) = value;
	if (param->given) {
		if (!str_eq(value, STR_LIT("1")) && !str_eq(value, STR_LIT("0")))
			return err_set(err, ERR_USAGE, "option '%s' is a switch", param->name);
		*param->given = value.p[0] == '1';
	}
	if (param->number) {
		if (!str_to_u64(value, &number) || number > UINT_MAX)
			return err_set(err, ERR_USAGE, "option '%s' wants a number", param->name);
		*param->number = (unsigned)number;
	}
	return true;
}

static bool take_part(struct arena *arena, const struct parcel_part *part,
                      const struct param *params, size_t n, struct err *err)
{
	if (!str_eq(part->kind, STR_LIT("option")))
		return err_set(err, ERR_USAGE, "this request takes no part of kind '" STR_FMT "'",
		               STR_ARG(part->kind));
	for (size_t i = 0; i < n; i++)
		if (str_eq(part->name, str_of(params[i].name)))
			return take(arena, &params[i], part->value, err);
	return err_set(err, ERR_USAGE, "this request knows no option '" STR_FMT "'",
	               STR_ARG(str_sub(part->name, 0, 64)));
}

bool params_read(struct arena *arena, struct str body, const struct param *params, size_t n,
                 struct err *err)
{
	struct parcel_part part = { 0 };
	int got = 0;

	while ((got = parcel_next(&body, &part, err)) == 1)
		if (!take_part(arena, &part, params, n, err))
			return false;
	return got == 0;
}

bool params_format(struct str format, bool *json, struct err *err)
{
	*json = str_eq(format, STR_LIT("json"));
	if (*json || format.n == 0 || str_eq(format, STR_LIT("text")))
		return true;
	return err_set(err, ERR_USAGE, "unknown format '" STR_FMT "'; there are text and json",
	               STR_ARG(str_sub(format, 0, 64)));
}
