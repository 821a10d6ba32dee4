/* base/toml.h: a pull reader for TOML over a slice, with line numbers.
 *
 * Written here because no library in Debian reads TOML from C. It yields the document in its own
 * order and checks syntax alone; that keys are unique and tables not redefined is base/toml_tree's
 * work, or that of a caller that knows its format (audit/lockfile).
 * Source: TOML 1.0.0, with what 1.1.0 adds (newlines and a trailing comma in inline tables, \e and
 * \xHH escapes, optional seconds), since cargo reads both.
 * Line ends within a string are LF, also where the document has CR LF.
 * Threads: a reader belongs to one thread. Memory: strings without escapes (and CR) are slices of
 * the input, others live in the arena given to toml_open. */
#ifndef RTAUDIT_BASE_TOML_H
#define RTAUDIT_BASE_TOML_H
#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"

enum { TOML_DEPTH_MAX = 64, TOML_KEY_PARTS_MAX = 64 };

enum toml_kind {
	TOML_TABLE,       /* [a.b]: path is the header */
	TOML_TABLE_ARRAY, /* [[a.b]]: path is the header */
	/* a.b = : path is the dotted key; its value follows. Also inside inline tables */
	TOML_KEY,
	TOML_STRING,   /* text */
	TOML_INTEGER,  /* text as it stands there, integer its value */
	TOML_FLOAT,    /* text as it stands there */
	TOML_BOOL,     /* integer 0 or 1 */
	TOML_DATETIME, /* text as it stands there; its form is checked */
	TOML_ARRAY,    /* [ : values follow, then TOML_ARRAY_END */
	TOML_ARRAY_END,
	TOML_INLINE, /* { : keys and values follow, then TOML_INLINE_END */
	TOML_INLINE_END
};

struct toml_token {
	enum toml_kind kind;
	uint32_t line; /* from 1 */
	struct str text;
	int64_t integer;
	const struct str *path; /* of a table or key: its parts, valid until the next call */
	size_t path_n;
};

struct toml {
	struct str in;
	size_t at;
	uint32_t line;       /* of the byte at `at` */
	struct arena *arena; /* for strings with escapes */
	size_t depth;
	uint64_t inlines; /* bit i: the container at depth i is an inline table */
	unsigned state;   /* what may come next; private */
	struct str path[TOML_KEY_PARTS_MAX];
};

/* A reader at the start of `in`; a byte order mark is passed over. */
struct toml toml_open(struct arena *arena, struct str in);
/* 1 and the next token, 0 at the end, -1 with ERR_INPUT or ERR_LIMIT; the text begins with the line
 * number and a colon and a blank ("12: …"), so that a caller prefixes it with the file's name and
 * ':'. Not to be called again after 0 or -1. */
MUST_CHECK int toml_next(struct toml *reader, struct toml_token *out, struct err *err);

/* For files that a program wrote: a whole line at once, where it has exactly the form `key =
 * "text"` (a bare key, no escape, nothing behind) and the reader stands at the end of the line
 * before, outside of arrays. False, and nothing was read, where it has not: toml_next tells what is
 * there. */
bool toml_plain_pair(struct toml *reader, struct str *key, struct str *text, uint32_t *line);
/* The same for a line ` "text",` of an array, behind its '[' or an item read by this function. */
bool toml_plain_item(struct toml *reader, struct str *text, uint32_t *line);
#endif
