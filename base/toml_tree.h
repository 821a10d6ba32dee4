/* base/toml_tree.h: a TOML document as a tree, for formats that can say one thing in several ways.
 *
 * A manifest's `[dependencies.a]`, `dependencies.a.version = …` and `a = { version = … }` are the
 * same to Cargo, so they are read into one tree. All rules of TOML about redefinition are checked.
 * Threads: pure. Memory: the tree lives in the caller's arena, its texts in the input or the
 * arena. */
#ifndef RTAUDIT_BASE_TOML_TREE_H
#define RTAUDIT_BASE_TOML_TREE_H
#include "base/toml.h"

enum toml_type {
	TOML_IS_TABLE,
	TOML_IS_ARRAY,
	TOML_IS_STRING,
	TOML_IS_INTEGER,
	TOML_IS_FLOAT,
	TOML_IS_BOOL,
	TOML_IS_DATETIME
};

struct toml_value {
	enum toml_type type;
	uint32_t line;               /* where it was first defined */
	struct str key;              /* its name in the table that holds it; empty in arrays */
	struct str text;             /* of a string, number or datetime */
	int64_t integer;             /* of an integer or bool */
	struct toml_value *first;    /* elements of a table or array, in the document's order */
	struct toml_value *next;     /* the one behind it in the same table or array */
	size_t n;                    /* how many elements */
	struct toml_table *private_; /* bookkeeping while it is read */
};

/* Sets *out to the root table. ERR_INPUT or ERR_LIMIT with "LINE: …" (more than max_values values,
 * nesting). */
MUST_CHECK bool toml_tree_parse(struct arena *arena, struct str in, size_t max_values,
                                const struct toml_value **out, struct err *err);
/* The value of `key` in a table, or NULL; NULL also where `table` is NULL or no table. */
const struct toml_value *toml_get(const struct toml_value *table, const char *key);
/* The text of a string value of `key`; false where it is absent or no string. */
bool toml_get_str(const struct toml_value *table, const char *key, struct str *out);
/* The value of a boolean `key`, or `otherwise` where it is absent or no boolean. */
bool toml_get_bool(const struct toml_value *table, const char *key, bool otherwise);
#endif
