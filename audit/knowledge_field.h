/* audit/knowledge_field.h: fields of the tables of knowledge/, each with the type that it must
 * have.
 *
 * A message begins with the line, "12: 'why' is missing or no text"; audit/knowledge puts the
 * file's name before it.
 * Threads: pure. Memory: lists in the caller's arena, texts of the tree. */
#ifndef RTAUDIT_AUDIT_KNOWLEDGE_FIELD_H
#define RTAUDIT_AUDIT_KNOWLEDGE_FIELD_H
#include "audit/bind.h"
#include "base/toml_tree.h"

/* Whether the table has no other key than these. ERR_INPUT, with the nearest of them. */
MUST_CHECK bool knowledge_keys(const struct toml_value *table, const struct str *known, size_t n,
                               struct err *err);
/* A text that must be there and not be empty. */
MUST_CHECK bool knowledge_want_str(const struct toml_value *table, const char *key, struct str *out,
                                   struct err *err);
/* The name of a crate that a registry would accept. */
MUST_CHECK bool knowledge_want_crate(const struct toml_value *table, const char *key,
                                     struct str *out, struct err *err);
/* Texts, of which none stands twice; *out stays empty where there is no such key, and a list that
 * is there must hold something. ERR_LIMIT above KNOWLEDGE_LIST_MAX. */
MUST_CHECK bool knowledge_get_list(struct arena *arena, const struct toml_value *table,
                                   const char *key, struct str_list *out, struct err *err);
MUST_CHECK bool knowledge_want_list(struct arena *arena, const struct toml_value *table,
                                    const char *key, struct str_list *out, struct err *err);
/* *out stays what it is where there is no such key. */
MUST_CHECK bool knowledge_get_bool(const struct toml_value *table, const char *key, bool *out,
                                   struct err *err);
MUST_CHECK bool knowledge_want_verdict(const struct toml_value *table, const char *key,
                                       enum verdict *out, struct err *err);
/* The name or class of a runtime that is known, as its number. */
MUST_CHECK bool knowledge_want_runtime(const struct toml_value *table, const char *key,
                                       const struct runtime_words *words, uint32_t *out,
                                       struct err *err);
/* A date, without the quotes of a text. */
MUST_CHECK bool knowledge_want_date(const struct toml_value *table, const char *key, int64_t *out,
                                    struct err *err);
/* What every row must have: `source`, where it can be read, and `checked`, the day on which
 * somebody read it there. */
MUST_CHECK bool knowledge_want_source(const struct toml_value *table, struct str *source,
                                      struct err *err);
/* A requirement that some version can meet; *out is any version where there is no such key. */
MUST_CHECK bool knowledge_get_req(struct arena *arena, const struct toml_value *table,
                                  const char *key, struct req *out, struct err *err);
/* The same of a text that stands on `line`. */
MUST_CHECK bool knowledge_req(struct arena *arena, struct str text, uint32_t line, struct req *out,
                              struct err *err);
/* Whether crates.io or a registry like it would accept the name. */
bool knowledge_is_crate_name(struct str name);
#endif
