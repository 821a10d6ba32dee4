#include "audit/hazard.h"

#include "audit/blocking.h"
#include "audit/library.h"
#include "audit/mixing.h"
#include "audit/no_os.h"
#include "audit/paths.h"
#include "audit/poller.h"
#include "base/when.h"

struct hazards {
	struct arena *arena;
	const struct audit_result *result;
	const struct graph *graph;
	const struct knowledge *knowledge;
	struct finding_list *out;
	struct paths paths;
};

/* The packages of an abandoned runtime that are built and used as one. */
struct dead_runtime {
	uint32_t packages; /* how many of its own crates */
	uint32_t package;  /* the one to speak of: its main crate, else the first */
	bool is_main;
};

static void add_dead(struct hazards *at, uint32_t runtime, const struct dead_runtime *dead)
{
	const struct runtime_info *info = knowledge_runtime_at(at->knowledge, runtime);
	struct finding finding = { .rule = STR_LIT("abandoned-runtime"),
		                   .package = dead->package,
		                   .subject = info->name };
	uint32_t node = node_of(dead->package, SIDE_TARGET);

	if (!at->graph->nodes[node].built)
		node = node_of(dead->package, SIDE_HOST);
	paths_to(&at->paths, node, &finding.paths);
	struct str through = paths_came_in(at->arena, at->graph, &finding.paths);
	struct str since = when_date(at->arena, info->abandoned_at);
	finding.message = arena_printf(
		at->arena, "belongs to the runtime " STR_FMT ", which ended on " STR_FMT STR_FMT,
		STR_ARG(info->name), STR_ARG(since), STR_ARG(through));
	*vec_add(at->arena, &finding.evidence) =
		(struct evidence){ STR_LIT("table"),
		                   arena_printf(at->arena,
		                                "the runtime " STR_FMT
		                                " is marked as abandoned since " STR_FMT,
		                                STR_ARG(info->name), STR_ARG(since)),
		                   info->source };
	if (dead->packages > 1)
		*vec_add(at->arena, &finding.evidence) =
			(struct evidence){ STR_LIT("graph"),
			                   arena_printf(at->arena, "%u of its crates are built",
			                                dead->packages),
			                   { 0 } };
	finding.remedy = (struct remedy){ STR_LIT("replace"), info->replacement };
	*vec_add(at->arena, at->out) = finding;
}

/* One finding a runtime, whatever the number of its crates. */
static void find_dead(struct hazards *at)
{
	struct dead_runtime dead[KNOWLEDGE_RUNTIMES_MAX] = { { 0, 0, false } };
	uint32_t of;

	for (uint32_t p = 0; p < at->graph->package_n; p++) {
		const struct locked_package *package = &at->graph->lock->packages[p];
		const struct runtime_verdict *verdict = at->result->packages[p].runtime;

		if (verdict == NULL || verdict->runtimes == 0 ||
		    !knowledge_runtime_of(at->knowledge, package->name, &package->version, &of) ||
		    (verdict->runtimes >> of & 1) == 0 ||
		    !knowledge_runtime_at(at->knowledge, of)->abandoned)
			continue;
		bool is_main =
			str_eq(package->name, knowledge_runtime_at(at->knowledge, of)->crate);
		if (dead[of].packages++ == 0 || (is_main && !dead[of].is_main))
			dead[of] = (struct dead_runtime){ dead[of].packages, p, is_main };
	}
	for (uint32_t r = 0; r < KNOWLEDGE_RUNTIMES_MAX; r++)
		if (dead[r].packages > 0)
			add_dead(at, r, &dead[r]);
}

void hazard_find(struct arena *arena, const struct audit_result *result,
                 const struct runtime_verdict *verdicts, const struct knowledge *knowledge,
                 struct finding_list *out)
{
	struct hazards at = { .arena = arena,
		              .result = result,
		              .graph = result->graph,
		              .knowledge = knowledge,
		              .out = out,
		              .paths = paths_open(arena, result->graph) };
	struct closure closure = closure_make(arena, result, verdicts, knowledge);

	find_dead(&at);
	mixing_find(arena, &closure, verdicts, out);
	poller_find(arena, &closure, out);
	no_os_find(arena, result, verdicts, knowledge, out);
	library_find(arena, result, verdicts, knowledge, out);
	blocking_find(arena, result, knowledge, out);
}
