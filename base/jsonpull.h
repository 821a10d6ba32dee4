/* base/jsonpull.h: a pull reader for JSON over a slice.
 *
 * Written here because no library in Debian reads JSON without building a tree: index lines are
 * read by the million, and an audit reads thousands. Strict: RFC 8259, one value, nothing behind it
 * but white space, valid UTF-8 in strings, no lone surrogates, nesting up to JSON_DEPTH_MAX.
 * Source: RFC 8259. Threads: a reader belongs to one thread. Memory: strings without escapes are
 * slices of the input, others live in the arena given to jsonpull_open. */
#ifndef RTAUDIT_BASE_JSONPULL_H
#define RTAUDIT_BASE_JSONPULL_H
#include "base/arena.h"
#include "base/err.h"

enum { JSON_DEPTH_MAX = 64 };

enum json_kind {
	JSON_OBJECT, /* { : keys and values follow, then JSON_OBJECT_END */
	JSON_OBJECT_END,
	JSON_ARRAY, /* [ : values follow, then JSON_ARRAY_END */
	JSON_ARRAY_END,
	JSON_KEY,    /* text is the key; its value follows */
	JSON_STRING, /* text is the string */
	JSON_NUMBER, /* text is the number as it stands there */
	JSON_TRUE,
	JSON_FALSE,
	JSON_NULL
};

struct json_token {
	enum json_kind kind;
	struct str text; /* of a key, string or number */
};

struct jsonpull {
	struct str in;
	size_t at;           /* the next byte to read */
	struct arena *arena; /* for strings with escapes */
	size_t depth;
	uint64_t objects; /* bit i: the container at depth i is an object */
	unsigned state;   /* what may come next; private */
};

/* A reader at the start of `in`. */
struct jsonpull jsonpull_open(struct arena *arena, struct str in);
/* 1 and the next token, 0 at the end of the one value, -1 with ERR_INPUT (the text says at which
 * byte) or ERR_LIMIT. Not to be called again after 0 or -1. */
MUST_CHECK int jsonpull_next(struct jsonpull *reader, struct json_token *out, struct err *err);
/* Passes over a value that stands next, behind a key or in an array, and is written exactly as
 * `raw`: a container that a reader read whole before. False, and nothing passed over, where there
 * is another. */
bool jsonpull_same(struct jsonpull *reader, struct str raw);
/* Passes over the rest of the container whose JSON_OBJECT or JSON_ARRAY was just read, or, after a
 * JSON_KEY, over its whole value; after any other token it does nothing. `last` is that token. */
MUST_CHECK bool jsonpull_skip(struct jsonpull *reader, const struct json_token *last,
                              struct err *err);
#endif
