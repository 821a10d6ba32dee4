/* audit/cfg.h: `cfg(…)` expressions of manifests, and the sets they are asked against.
 * Source: the Cargo Book, "Platform specific dependencies"; the Rust Reference, "Conditional
 * compilation"; the grammar of the crate cargo-platform 0.3 (true and false included, raw
 * identifiers).
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_CFG_H
#define RTAUDIT_AUDIT_CFG_H
#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"

/* One entry of a set, as `rustc --print cfg` prints it: unix, or target_os="linux". */
struct cfg_item {
	struct str key, value;
	bool has_value;
};

struct cfg_set VEC_OF(struct cfg_item);

enum cfg_op { CFG_ITEM, CFG_ALL, CFG_ANY, CFG_NOT, CFG_TRUE, CFG_FALSE };

struct cfg_expr {
	enum cfg_op op;
	struct cfg_item item;         /* of CFG_ITEM */
	const struct cfg_expr *first; /* operands of all, any, not */
	const struct cfg_expr *next;  /* the operand behind it */
};

/* What stands behind `target.` in a manifest, or in an index line's `target`: a triple, or
 * cfg(…). */
struct cfg_platform {
	struct str triple;           /* empty where it is an expression */
	const struct cfg_expr *expr; /* NULL where it is a triple */
};

/* ERR_INPUT for what cargo refuses; ERR_LIMIT for nesting or length. */
MUST_CHECK bool cfg_platform_parse(struct arena *arena, struct str text, struct cfg_platform *out,
                                   struct err *err);
bool cfg_is_true(const struct cfg_expr *expr, const struct cfg_set *set);
/* Whether a platform is active for a triple with that set. */
bool cfg_platform_matches(const struct cfg_platform *platform, struct str triple,
                          const struct cfg_set *set);
/* Reads one line of `rustc --print cfg`, or the operand of rustc's `--cfg`. ERR_INPUT. */
MUST_CHECK bool cfg_item_parse(struct str text, struct cfg_item *out, struct err *err);
#endif
