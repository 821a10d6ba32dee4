#include "base/jsonpull.h"
#include "base/jsonout.h"
#include "tests/fuzz/fuzz.h"

enum { OUT_MAX_BYTES = 64 << 20 };

static void put(struct jsonout *out, const struct json_token *token)
{
	switch (token->kind) {
	case JSON_OBJECT:
		jsonout_object(out);
		break;
	case JSON_OBJECT_END:
		jsonout_object_end(out);
		break;
	case JSON_ARRAY:
		jsonout_array(out);
		break;
	case JSON_ARRAY_END:
		jsonout_array_end(out);
		break;
	case JSON_KEY:
		jsonout_key_str(out, token->text);
		break;
	case JSON_STRING:
	case JSON_NUMBER:
		jsonout_str(out, token->text);
		break;
	case JSON_TRUE:
		jsonout_bool(out, true);
		break;
	case JSON_FALSE:
		jsonout_bool(out, false);
		break;
	case JSON_NULL:
		jsonout_null(out);
		break;
	}
}

/* Reads `in` and writes it again, numbers as strings. */
static int copy(struct arena *arena, struct str in, unsigned indent, struct buf *to,
                struct err *err)
{
	struct jsonpull reader = jsonpull_open(arena, in);
	struct jsonout out = jsonout_open(to, indent);
	struct json_token token = { 0 };
	int got = 0;

	while ((got = jsonpull_next(&reader, &token, err)) == 1) {
		assert(str_is_utf8(token.text));
		put(&out, &token);
	}
	return got;
}

/* Skipping the value takes the same inputs as reading it. */
static int skip(struct arena *arena, struct str in, struct err *err)
{
	struct jsonpull reader = jsonpull_open(arena, in);
	struct json_token token = { 0 };
	int got = jsonpull_next(&reader, &token, err);

	if (got != 1)
		return got;
	return jsonpull_skip(&reader, &token, err) ? jsonpull_next(&reader, &token, err) : -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free)
	struct buf once = buf_make(OUT_MAX_BYTES), twice = buf_make(OUT_MAX_BYTES);
	struct str in = { (const char *)data, size };
	struct err err = { 0 }, other = { 0 };
	int got = copy(&arena, in, 2, &once, &err);

	assert(arena.used_bytes <= 16 * size);
	assert(skip(&arena, in, &other) == got);
	if (got < 0) {
		assert(fuzz_is_refusal(&err) && strcmp(err.text, other.text) == 0);
		return 0;
	}
	/* What was written is read again as the same. */
	assert(copy(&arena, buf_str(&once), 2, &twice, &err) == 0);
	assert(str_eq(buf_str(&once), buf_str(&twice)));
	return 0;
}
