/* audit/toml_field.h: fields of a TOML table with the type that they must have.
 *
 * A message begins with the file's name and the line: "Cargo.toml:12: 'version' is not a string".
 * Threads: pure. Memory: the tree's; lists live in the caller's arena. */
#ifndef RTAUDIT_AUDIT_TOML_FIELD_H
#define RTAUDIT_AUDIT_TOML_FIELD_H
#include "base/toml_tree.h"

/* All of these: 1 and the value, 0 where the table (or NULL) has no such key, -1 with ERR_INPUT
 * where it is of another type. `name` is the file's. */
MUST_CHECK int toml_field_str(const struct toml_value *table, const char *key, struct str name,
                              struct str *out, struct err *err);
MUST_CHECK int toml_field_bool(const struct toml_value *table, const char *key, struct str name,
                               bool *out, struct err *err);
MUST_CHECK int toml_field_table(const struct toml_value *table, const char *key, struct str name,
                                const struct toml_value **out, struct err *err);
/* An array of strings. Of two keys the first that is there counts (dashes, then the older
 * underscores); `older` may be NULL. */
MUST_CHECK int toml_field_strings(struct arena *arena, const struct toml_value *table,
                                  const char *key, const char *older, struct str name,
                                  struct str_list *out, struct err *err);
/* The value of `key`, or of `older` where that is absent; NULL where both are. */
const struct toml_value *toml_field_either(const struct toml_value *table, const char *key,
                                           const char *older);
/* Reads a value that is known to stand there as an array of strings. */
MUST_CHECK bool toml_field_list(struct arena *arena, const struct toml_value *value,
                                struct str name, struct str_list *out, struct err *err);
/* Puts "NAME:LINE: " before the sentence in err, and returns false. */
bool toml_field_at(struct str name, uint32_t line, struct err *err);
#endif
