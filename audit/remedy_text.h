/* audit/remedy_text.h: a change of dependencies in words and as fields.
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_REMEDY_TEXT_H
#define RTAUDIT_AUDIT_REMEDY_TEXT_H
#include "audit/request.h"
#include "audit/trial.h"

/* The change of a cut to what `request` asks for; `req_text` as in trial_change. */
struct remedy_change remedy_change_of(struct arena *arena, const struct audit *audit,
                                      const struct cut *cut, const struct request *request,
                                      struct str req_text);
/* Joins a later change of the same dependency to an earlier one. */
void remedy_change_join(struct arena *arena, struct remedy_change *earlier,
                        const struct remedy_change *later);
/* "in crates/a/Cargo.toml: tiberius = { version = "0.12", … }; …", and what cargo locks anew. */
struct str remedy_text(struct arena *arena, const struct remedy_plan *plan);
#endif
