#include "audit/run.h"
#include "audit/asked_feature.h"
#include "audit/abandon.h"
#include "audit/hazard.h"
#include "audit/inactive.h"
#include "audit/no_std.h"
#include "audit/proc_macro.h"
#include "audit/reach.h"

static void add_patched(struct arena *arena, const struct manifest_patch_list *patches,
                        struct str_list *out)
{
	for (size_t i = 0; i < patches->n; i++)
		if (patches->p[i].replaces.n == 0)
			*vec_add(arena, out) = patches->p[i].dep.package;
}

struct link_rules run_link_rules(struct arena *arena, const struct audit *audit)
{
	const struct str_list *features = &audit->project->options.features;
	struct link_rules rules = { 0 };

	add_patched(arena, &audit->workspace.patches, &rules.patched);
	add_patched(arena, &audit->config.patches, &rules.patched);
	for (size_t i = 0; i < features->n; i++)
		rules.beyond_lock |= str_find(features->p[i], '/') != STR_NONE;
	return rules;
}

/* One run of the engine. */
struct run {
	struct arena *arena;
	const struct audit *audit;
	const struct facts *facts;
	const struct summary **summaries;
	bool *proc_macro;
	struct links links;
	struct resolve_notes notes;
	struct graph *graph;
	struct audit_result *out;
};

static bool gather_summaries(struct run *run, struct err *err)
{
	const struct audit *audit = run->audit;
	uint32_t registry = 0, known = 0;

	run->summaries = arena_array(run->arena, audit->lock.n, sizeof *run->summaries);
	for (uint32_t i = 0; i < audit->lock.n; i++) {
		const struct summary *summary = NULL;

		if (audit->local_of[i])
			summary = &audit->local_of[i]->summary;
		else if (audit->wanted[i].name.n > 0)
			summary = run->facts->packages[i].summary;
		run->summaries[i] = summary;
		if (audit->wanted[i].name.n == 0)
			continue;
		registry++;
		known += summary != NULL;
	}
	if (registry > 0 && known == 0)
		return err_set(err, ERR_ABSENT,
		               "nothing is known of the %u registry packages in " STR_FMT
		               " (`rtaudit sync` fills the store)",
		               registry, STR_ARG(audit->project->lock_name));
	return true;
}

static void fill_packages(struct run *run)
{
	const struct audit *audit = run->audit;
	struct graph *graph = run->graph;

	graph->lock = &audit->lock;
	graph->package_n = audit->lock.n;
	graph->packages = arena_array(run->arena, audit->lock.n, sizeof *graph->packages);
	run->out->packages = arena_array(run->arena, audit->lock.n, sizeof *run->out->packages);
	run->proc_macro = arena_array(run->arena, audit->lock.n, sizeof *run->proc_macro);
	for (uint32_t i = 0; i < audit->lock.n; i++) {
		enum source_kind kind = audit->lock.packages[i].source.kind;
		struct result_package *result = &run->out->packages[i];
		struct proc_macro_answer answer = proc_macro_ask(
			audit->knowledge, audit->local_of[i], run->summaries[i],
			audit->wanted[i].name.n > 0 ? &run->facts->packages[i] : NULL);

		const struct local_package *local = audit->local_of[i];
		bool is_member = kind == SOURCE_PATH && local && local->is_member;

		result->proc_macro = answer.value ? KNOWN_YES : KNOWN_NO;
		result->proc_macro_from = answer.from;
		run->proc_macro[i] = answer.value;
		graph->packages[i] = (struct graph_package){
			.summary = run->summaries[i],
			.is_local = kind == SOURCE_PATH,
			.is_member = kind == SOURCE_PATH &&
			             (!audit->local_of[i] || audit->local_of[i]->is_member),
			.is_published = is_member && local->is_published,
			.has_program = is_member && local->manifest->has_program,
			.is_library = is_member && local->manifest->is_library,
			.is_git = kind == SOURCE_GIT,
			.proc_macro = answer.value,
		};
	}
	for (size_t i = 0; i < audit->selection.roots.n; i++)
		if (audit->selection.roots.p[i].is_selected)
			graph->packages[audit->selection.roots.p[i].package].is_root = true;
	for (size_t i = 0; i < audit->selection.others.n; i++)
		graph->packages[audit->selection.others.p[i]].is_root = true;
}

struct resolve_input run_resolve_input(const struct audit *audit,
                                       const struct summary *const *summaries,
                                       const bool *proc_macro, const struct links *links)
{
	return (struct resolve_input){
		.lock = &audit->lock,
		.summaries = summaries,
		.proc_macro = proc_macro,
		.links = links,
		.roots = audit->selection.roots.p,
		.root_n = (uint32_t)audit->selection.roots.n,
		.selected_others = audit->selection.others.p,
		.selected_others_n = (uint32_t)audit->selection.others.n,
		.resolver = audit->has_manifests ? audit->workspace.resolver : 2,
		.edges = audit->project->options.edges,
		.as_locked = !audit->has_manifests,
		.targets = audit->targets.targets,
		.target_n = audit->targets.n,
		.host = audit->targets.host,
	};
}

static void resolve_project(struct run *run)
{
	const struct audit *audit = run->audit;
	struct resolve_input in =
		run_resolve_input(audit, run->summaries, run->proc_macro, &run->links);
	struct link_rules rules = run_link_rules(run->arena, audit);

	links_make(run->arena, &audit->lock, run->summaries, &rules, &run->links);
	resolve(run->arena, &in, run->graph, &run->notes);
}

static struct str name_version(struct arena *arena, const struct locked_package *package)
{
	return arena_printf(arena, STR_FMT " " STR_FMT, STR_ARG(package->name),
	                    STR_ARG(package->vers));
}

static bool has_no_os(const struct cfg_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		if (str_eq(set->p[i].key, STR_LIT("target_os")))
			return str_eq(set->p[i].value, STR_LIT("none"));
	return false;
}

/* What is known how well: precision, roots, unknown packages, counts. */
static void describe(struct run *run)
{
	struct audit_result *out = run->out;
	const struct graph *graph = run->graph;

	out->precision = run->audit->has_manifests ? PRECISION_MANIFEST : PRECISION_LOCK;
	for (uint32_t i = 0; i < graph->package_n; i++) {
		const struct locked_package *package = &graph->lock->packages[i];

		if (graph->packages[i].is_root)
			*vec_add(run->arena, &out->roots) = name_version(run->arena, package);
		out->built_n += out->packages[i].built;
		out->inactive_n += !out->packages[i].built;
		if (run->summaries[i] || graph->packages[i].is_local)
			continue;
		*vec_add(run->arena, &out->unknown) = name_version(run->arena, package);
		if (out->precision == PRECISION_MANIFEST)
			out->precision = PRECISION_PARTIAL;
	}
	out->no_os = run->audit->targets.n > 0;
	for (uint32_t i = 0; i < run->audit->targets.n; i++) {
		*vec_add(run->arena, &out->targets) = run->audit->targets.targets[i].triple;
		out->no_os &= has_no_os(&run->audit->targets.targets[i].set);
	}
}

static void judge(struct run *run)
{
	struct audit_result *out = run->out;
	const struct graph *graph = run->graph;
	const struct audit *audit = run->audit;
	struct runtime_verdict *verdicts = runtime_classify(run->arena, graph, audit->knowledge);

	no_std_judge(run->arena, graph, run->facts->packages, verdicts);
	for (uint32_t i = 0; i < graph->package_n; i++) {
		uint32_t node = node_of(i, SIDE_TARGET);

		if (!graph->nodes[node].built)
			node = node_of(i, SIDE_HOST);
		if (!graph->nodes[node].built)
			continue;
		out->packages[i].runtime = &verdicts[node];
		out->async_n += !str_eq(verdicts[node].klass, STR_LIT("none"));
	}
	runtime_uses(run->arena, graph, verdicts, audit->knowledge, &out->runtimes);
	hazard_find(run->arena, out, verdicts, audit->knowledge, &out->findings);
	abandon_find(run->arena, out, audit->policy, audit->knowledge, &out->findings);
	policy_apply(run->arena, audit->policy, out, run->facts->now, &out->findings);
}

static void count_findings(struct run *run)
{
	struct audit_result *out = run->out;

	for (size_t i = 0; i < out->findings.n; i++) {
		const struct finding *finding = &out->findings.p[i];

		*vec_add(run->arena, &out->packages[finding->package].rules) = finding->rule;
		if (finding->allowed || finding->in_baseline) {
			out->allowed++;
			continue;
		}
		if (!finding_counts(out, finding))
			continue;
		out->errors += finding->level == LEVEL_ERROR;
		out->warnings += finding->level == LEVEL_WARNING;
		out->notes += finding->level == LEVEL_NOTE;
		if (out->fail_on != LEVEL_ALLOW && finding->level >= out->fail_on)
			out->fail = true;
	}
}

bool run_once(struct arena *arena, const struct audit *audit, const struct facts *facts,
              struct audit_result *out, struct err *err)
{
	struct run run = { .arena = arena, .audit = audit, .facts = facts, .out = out };

	*out = (struct audit_result){ .at = facts->at,
		                      .project = audit->project,
		                      .facts = facts,
		                      .assumed = audit->assumed,
		                      .fail_on = audit->fail_on };
	if (!gather_summaries(&run, err))
		return false;
	run.graph = arena_new(arena, struct graph);
	out->graph = run.graph;
	fill_packages(&run);
	resolve_project(&run);
	for (size_t i = 0; i < audit->selection.roots.n; i++)
		if (!asked_features_exist(run.summaries, &run.links, &audit->selection.roots.p[i],
		                          err))
			return false;
	reach_fill(arena, run.graph, out->packages);
	inactive_explain(arena, run.graph, &run.links, &run.notes, audit->project->options.edges,
	                 out->packages);
	describe(&run);
	judge(&run);
	count_findings(&run);
	return true;
}
