#include "audit/cfg.h"
#include "audit/limits.h"
#include "tests/fuzz/fuzz.h"

/* Adds the items of an expression to a set; returns its depth. */
static int collect(struct arena *arena, const struct cfg_expr *expr, struct cfg_set *set)
{
	int deepest = 0;

	if (expr->op == CFG_ITEM)
		*vec_add(arena, set) = expr->item;
	assert(expr->op != CFG_NOT || (expr->first && !expr->first->next));
	for (const struct cfg_expr *e = expr->first; e; e = e->next) {
		int depth = collect(arena, e, set);

		deepest = depth > deepest ? depth : deepest;
	}
	return deepest + 1;
}

/* cfg(not(X)) is true where cfg(X) is not. */
static void check_not(struct arena *arena, struct str text, const struct cfg_platform *platform,
                      const struct cfg_set *set)
{
	struct str inside = str_sub(text, 4, text.n - 1);
	struct str other = arena_printf(arena, "cfg(not(" STR_FMT "))", STR_ARG(inside));
	struct cfg_platform negated = { 0 };
	struct err err = { 0 };

	if (!cfg_platform_parse(arena, other, &negated, &err)) {
		assert(err.kind == ERR_LIMIT);
		return;
	}
	assert(cfg_is_true(negated.expr, set) != cfg_is_true(platform->expr, set));
	set = &(struct cfg_set){ 0 };
	assert(cfg_is_true(negated.expr, set) != cfg_is_true(platform->expr, set));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str text = { (const char *)data, size };
	struct cfg_platform platform = { 0 };
	struct cfg_set set = { 0 };
	struct cfg_item item = { 0 };
	struct err err = { 0 };

	if (!cfg_item_parse(text, &item, &err))
		assert(fuzz_is_refusal(&err));
	(void)(fuzz_touch(item.key) + fuzz_touch(item.value));
	err = (struct err){ 0 };
	if (!cfg_platform_parse(&arena, text, &platform, &err)) {
		assert(fuzz_is_refusal(&err));
		return 0;
	}
	if (platform.expr) {
		assert(collect(&arena, platform.expr, &set) <= CFG_DEPTH_MAX);
		/* A NUL would end the text that is printed. */
		if (str_find(text, '\0') == STR_NONE)
			check_not(&arena, text, &platform, &set);
	} else {
		assert(cfg_platform_matches(&platform, text, &set));
	}
	return 0;
}
