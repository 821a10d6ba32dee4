#include "audit/compat.h"

/* A row by what decides it. */
struct compat_made {
	enum bind_kind kind;
	uint64_t runtimes;
	bool hard;
	const struct bind_row *row; /* the curated row that decided or explains, or NULL */
	struct compat_list list;
	struct compat_made *next;
};

struct compat_table compat_table(struct arena *arena, const struct knowledge *knowledge,
                                 uint64_t seen)
{
	static const struct str ALWAYS[] = { STR("tokio"), STR("smol"), STR("embassy"),
		                             STR("async-std") };
	struct compat_table table = { .knowledge = knowledge };

	(void)arena;
	for (size_t a = 0; a < ARRAY_LEN(ALWAYS); a++)
		for (uint32_t i = 0; i < knowledge_runtime_count(knowledge); i++) {
			if (!str_eq(knowledge_runtime_at(knowledge, i)->name, ALWAYS[a]))
				continue;
			table.columns[table.n++] = i;
			seen &= ~(UINT64_C(1) << i);
		}
	for (uint32_t i = 0; i < knowledge_runtime_count(knowledge); i++)
		if ((seen >> i & 1) != 0)
			table.columns[table.n++] = i;
	return table;
}

static struct compat_row plain_row(const struct compat_table *table, const struct eval *eval,
                                   const struct runtime_info *on)
{
	const struct plain_class *plain = knowledge_plain(table->knowledge, eval->kind);

	if (str_eq(on->name, STR_LIT("embassy")))
		return (struct compat_row){ on->name, plain->embassy, plain->embassy_why };
	return (struct compat_row){ on->name, plain->verdict, plain->why };
}

static bool is_part_of(const struct compat_table *table, uint32_t inner, uint32_t outer)
{
	return inner == outer ||
	       (knowledge_runtime_at(table->knowledge, outer)->includes >> inner & 1) != 0;
}

/* The curated row that says why a package that is bound to a runtime works elsewhere all the same:
 * its own, or that of the dependency that binds it. NULL for packages that are not bound to it. */
static const struct bind_row *soft_row(const struct eval *eval, uint32_t runtime)
{
	if (eval->row != NULL)
		return eval->row;
	for (const struct eval_bound *by = eval->bounds; by != NULL; by = by->next)
		if (by->runtime == runtime)
			return by->row;
	return NULL;
}

static bool row_verdict(const struct bind_row *row, struct str runtime, struct compat_row *out)
{
	for (size_t i = 0; row != NULL && i < row->compat.n; i++)
		if (str_eq(row->compat.p[i].runtime, runtime)) {
			*out = row->compat.p[i];
			return true;
		}
	return false;
}

/* What becomes of a package bound to runtime `bound` where runtime `column` polls it. */
static struct compat_row bound_row(const struct compat_table *table, const struct eval *eval,
                                   uint32_t bound, uint32_t column)
{
	const struct runtime_info *info = knowledge_runtime_at(table->knowledge, bound);
	const struct runtime_info *on = knowledge_runtime_at(table->knowledge, column);
	struct compat_row own;

	if (is_part_of(table, bound, column))
		return (struct compat_row){ on->name, VERDICT_WORKS,
			                    knowledge_plain(table->knowledge, BIND_RUNTIME)->why };
	if (info->needs_std && str_eq(on->name, STR_LIT("embassy")))
		return (struct compat_row){
			on->name, VERDICT_NO,
			knowledge_plain(table->knowledge, BIND_RUNTIME)->embassy_why
		};
	if ((eval->hard_runtimes >> bound & 1) == 0) {
		const struct bind_row *soft = soft_row(eval, bound);

		if (row_verdict(soft, on->name, &own))
			return own;
		return (struct compat_row){ on->name, VERDICT_OWN_REACTOR,
			                    soft != NULL ? soft->why : info->why };
	}
	for (size_t i = 0; i < info->on.n; i++)
		if (str_eq(info->on.p[i].runtime, on->name))
			return info->on.p[i];
	return (struct compat_row){ on->name, info->elsewhere, info->why };
}

/* Bound to several: the worst of what each becomes. */
static struct compat_row worst_row(const struct compat_table *table, const struct eval *eval,
                                   uint32_t column)
{
	struct compat_row worst = { .verdict = VERDICT_WORKS };
	bool some = false;

	for (uint32_t i = 0; i < KNOWLEDGE_RUNTIMES_MAX; i++) {
		if ((eval->runtimes >> i & 1) == 0)
			continue;
		struct compat_row row = bound_row(table, eval, i, column);
		if (!some || row.verdict > worst.verdict)
			worst = row;
		some = true;
	}
	return worst;
}

/* What alone decides the row beside kind, runtimes and hardness. Of several runtimes that
 * dependencies bind, each has a row of its own: nothing alone decides then. */
static bool has_key(const struct eval *eval, const struct bind_row **out)
{
	uint64_t runtimes = eval->runtimes;

	*out = eval->row;
	if (eval->row != NULL || runtimes == 0)
		return true;
	if ((runtimes & (runtimes - 1)) != 0)
		return false;
	for (uint32_t i = 0; !eval->hard && i < KNOWLEDGE_RUNTIMES_MAX; i++)
		if ((runtimes >> i & 1) != 0)
			*out = soft_row(eval, i);
	return true;
}

struct compat_list compat_rows(struct arena *arena, struct compat_table *table,
                               const struct eval *eval)
{
	const struct bind_row *why;
	bool is_kept = has_key(eval, &why);

	for (const struct compat_made *one = table->made; is_kept && one != NULL; one = one->next)
		if (one->kind == eval->kind && one->runtimes == eval->runtimes &&
		    one->hard == eval->hard && one->row == why)
			return one->list;
	struct compat_made *made = arena_new(arena, struct compat_made);
	*made = (struct compat_made){ eval->kind, eval->runtimes, eval->hard,
		                      why,        { 0 },          table->made };
	for (size_t i = 0; i < table->n; i++) {
		const struct runtime_info *on =
			knowledge_runtime_at(table->knowledge, table->columns[i]);
		struct compat_row row = eval->runtimes == 0
		                                ? plain_row(table, eval, on)
		                                : worst_row(table, eval, table->columns[i]);

		IGNORE(row_verdict(eval->row, on->name, &row)); /* most rows say nothing of it */
		*vec_add(arena, &made->list) = row;
	}
	if (is_kept)
		table->made = made;
	return made->list;
}
