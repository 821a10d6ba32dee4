#include "audit/baseline.h"

#include "base/jsonpull.h"

/* Reads one element of "findings" whose JSON_OBJECT was just read. */
static bool baseline_finding(struct arena *arena, struct jsonpull *reader, struct map *out,
                             struct err *err)
{
	struct json_token token;
	int got;

	while ((got = jsonpull_next(reader, &token, err)) == 1 && token.kind == JSON_KEY) {
		bool wanted = str_eq(token.text, STR_LIT("fingerprint"));

		if (!wanted) {
			if (!jsonpull_skip(reader, &token, err))
				return false;
			continue;
		}
		if (jsonpull_next(reader, &token, err) != 1)
			return false;
		if (token.kind != JSON_STRING || token.text.n != 16)
			return err_set(err, ERR_INPUT, "a fingerprint is no text of 16 digits");
		map_put(out, arena, token.text, 1);
	}
	return got == 1;
}

static bool baseline_findings(struct arena *arena, struct jsonpull *reader, struct map *out,
                              struct err *err)
{
	struct json_token token;
	int got = jsonpull_next(reader, &token, err);

	if (got != 1)
		return false;
	if (token.kind != JSON_ARRAY)
		return err_set(err, ERR_INPUT, "\"findings\" is no list");
	while ((got = jsonpull_next(reader, &token, err)) == 1 && token.kind != JSON_ARRAY_END) {
		if (token.kind != JSON_OBJECT)
			return err_set(err, ERR_INPUT, "a finding is no object");
		if (!baseline_finding(arena, reader, out, err))
			return false;
	}
	return got == 1;
}

static bool baseline_top(struct arena *arena, struct jsonpull *reader, struct map *out,
                         struct err *err)
{
	struct json_token token;
	bool seen = false;
	int got = jsonpull_next(reader, &token, err);

	if (got == 1 && token.kind != JSON_OBJECT)
		return err_set(err, ERR_INPUT, "no answer of rtaudit --format json");
	while (got == 1 && (got = jsonpull_next(reader, &token, err)) == 1) {
		if (token.kind == JSON_OBJECT_END)
			continue; /* the next call says that nothing stands behind it */
		if (str_eq(token.text, STR_LIT("findings"))) {
			seen = true;
			if (!baseline_findings(arena, reader, out, err))
				return false;
		} else if (!jsonpull_skip(reader, &token, err)) {
			return false;
		}
	}
	if (got < 0)
		return false;
	return seen || err_set(err, ERR_INPUT,
	                       "no answer of rtaudit --format json: it has no \"findings\"");
}

bool baseline_read(struct arena *arena, struct str name, struct str bytes, struct map *out,
                   struct err *err)
{
	struct jsonpull reader = jsonpull_open(arena, bytes);

	if (bytes.n == 0)
		return true;
	if (baseline_top(arena, &reader, out, err))
		return true;
	err_prefix(err, STR_FMT ": ", STR_ARG(name.n > 0 ? name : STR_LIT("baseline")));
	return false;
}
