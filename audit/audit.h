/* audit/audit.h: the engine: a project and facts in, a result out.
 *
 *	audit_open → audit_wanted → (the caller loads facts) → audit_run → a renderer of report/
 *
 * Threads: pure; an audit belongs to one thread. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_AUDIT_H
#define RTAUDIT_AUDIT_AUDIT_H
#include "audit/pick.h"
#include "audit/result.h"
#include "audit/rule.h"
#include "audit/runtime.h"

struct audit; /* a project that was read: lock, manifests, configuration, policy */

/* Reads all that the project holds. ERR_INPUT and ERR_LIMIT as the readers say; ERR_USAGE for an
 * option that does not fit (an unknown member, feature or target, with the nearest name). */
MUST_CHECK bool audit_open(struct arena *arena, const struct project *project,
                           const struct knowledge *knowledge, struct audit **out, struct err *err);
/* The same for the project's old lock, with the manifests that lie beside the new one: they are
 * made to fit. Where they cannot be (no member is in the old lock), the old lock is read alone and
 * the result says so. */
MUST_CHECK bool audit_open_older(struct arena *arena, const struct project *project,
                                 const struct knowledge *knowledge, struct audit **out,
                                 struct err *err);
/* One row a package of the lock, in its order. */
const struct wanted *audit_wanted(const struct audit *audit, uint32_t *n);
/* The project's cargo configuration. */
const struct cargo_config *audit_cargo_config(const struct audit *audit);

/* Resolves, classifies, finds. ERR_ABSENT where no answer is possible: not one registry package is
 * known. May be called again with better facts. */
MUST_CHECK bool audit_run(struct arena *arena, struct audit *audit, const struct facts *facts,
                          struct audit_result *out, struct err *err);
/* After audit_run: tries what might end the findings about runtimes, and puts into *out what does.
 * True: *need is to be filled from the index, then it goes on; false: done, with nothing tried
 * where nothing has to be. */
MUST_CHECK bool audit_remedies(struct arena *arena, struct audit *audit, const struct facts *facts,
                               struct audit_result *out, struct pick_need *need);
/* Of the last audit_run: packages whose being a proc macro is only inferred while knowing it would
 * change a feature set or a finding, as indices of the lock. Their archives are worth fetching. */
const uint32_t *audit_archives_wanted(const struct audit *audit, uint32_t *n);
#endif
