#include "report/as_json.h"
#include "report/json_parts.h"

struct writer {
	struct jsonout json;
	struct arena arena; /* for texts made on the way */
	const struct audit_result *result;
};

const char *as_json_precision(enum precision precision)
{
	switch (precision) {
	case PRECISION_MANIFEST:
		return "manifest";
	case PRECISION_PARTIAL:
		return "partial";
	case PRECISION_LOCK:
		return "lock";
	}
	return NULL;
}

static void write_head(struct writer *w)
{
	const struct audit_result *result = w->result;
	struct jsonout *json = &w->json;

	jsonout_key(json, "schema");
	jsonout_text(json, "rtaudit.audit/1");
	jsonout_key(json, "tool");
	jsonout_object(json);
	jsonout_key(json, "name");
	jsonout_text(json, "rtaudit");
	jsonout_key(json, "version");
	jsonout_text(json, RTAUDIT_VERSION);
	jsonout_object_end(json);
	json_key_moment(json, "at", result->at);
	jsonout_key(json, "project");
	jsonout_object(json);
	json_key_str(json, "lockfile", result->project->lock_name);
	json_key_u64(json, "lock_version", result->graph->lock->version);
	json_key_strs(json, "roots", &result->roots);
	jsonout_key(json, "precision");
	jsonout_text(json, as_json_precision(result->precision));
	json_key_strs(json, "assumed", &result->assumed);
	jsonout_object_end(json);
	json_key_strs(json, "targets", &result->targets);
	jsonout_key(json, "data");
	jsonout_object(json);
	json_key_moment(json, "index_at", result->facts->index_at);
	json_key_moment(json, "advisories_at", result->facts->advisories_at);
	json_key_moment(json, "activity_at", 0);
	json_key_strs(json, "unknown", &result->unknown);
	json_key_strs(json, "notes", &result->facts->notes);
	jsonout_object_end(json);
}

static void write_summary(struct writer *w)
{
	const struct audit_result *result = w->result;
	struct jsonout *json = &w->json;

	jsonout_key(json, "summary");
	jsonout_object(json);
	json_key_u64(json, "packages", result->built_n);
	json_key_u64(json, "async_packages", result->async_n);
	json_key_u64(json, "inactive_packages", result->inactive_n);
	jsonout_key(json, "findings");
	jsonout_object(json);
	json_key_u64(json, "error", result->errors);
	json_key_u64(json, "warning", result->warnings);
	json_key_u64(json, "note", result->notes);
	json_key_u64(json, "allowed", result->allowed);
	jsonout_object_end(json);
	jsonout_key(json, "verdict");
	jsonout_text(json, result->fail ? "fail" : "pass");
	jsonout_key(json, "runtimes");
	jsonout_array(json);
	for (size_t i = 0; i < result->runtimes.n; i++) {
		const struct runtime_use *use = &result->runtimes.p[i];

		jsonout_object(json);
		json_key_str(json, "name", use->runtime);
		json_key_u64(json, "packages", use->packages);
		json_key_u64(json, "hard", use->hard);
		json_key_str(json, "versions", use->versions);
		json_key_bool(json, "abandoned", use->abandoned);
		json_key_strs(json, "brought_in_by", &use->brought_in_by);
		jsonout_object_end(json);
	}
	jsonout_array_end(json);
	jsonout_object_end(json);
}

static void write_features(struct writer *w, uint32_t package)
{
	const struct graph *graph = w->result->graph;
	const struct summary *summary = graph->packages[package].summary;
	static const char *const sides[] = { "target", "host" };

	jsonout_key(&w->json, "features");
	jsonout_object(&w->json);
	for (enum side side = SIDE_TARGET; side <= SIDE_HOST; side++) {
		const struct graph_node *node = &graph->nodes[node_of(package, side)];

		jsonout_key(&w->json, sides[side]);
		if (!node->built || !node->has_features) {
			jsonout_null(&w->json);
			continue;
		}
		jsonout_array(&w->json);
		for (uint32_t i = 0; i < node->feature_n; i++)
			jsonout_str(&w->json, summary->features[node->features[i]].name);
		jsonout_array_end(&w->json);
	}
	jsonout_object_end(&w->json);
}

static void write_identity(struct writer *w, uint32_t package)
{
	const struct locked_package *locked = &w->result->graph->lock->packages[package];

	json_key_str(&w->json, "name", locked->name);
	json_key_str(&w->json, "version", locked->vers);
}

static void write_source(struct writer *w, uint32_t package)
{
	const struct lock_source *source = &w->result->graph->lock->packages[package].source;

	jsonout_key(&w->json, "source");
	if (source->kind == SOURCE_PATH)
		jsonout_null(&w->json);
	else
		jsonout_str(&w->json, source->text);
}

static void write_kinds(struct jsonout *json, unsigned kinds)
{
	jsonout_key(json, "kinds");
	jsonout_array(json);
	if (kinds & EDGE_NORMAL)
		jsonout_text(json, "normal");
	if (kinds & EDGE_BUILD)
		jsonout_text(json, "build");
	if (kinds & EDGE_DEV)
		jsonout_text(json, "dev");
	jsonout_array_end(json);
}

static void write_package(struct writer *w, uint32_t i)
{
	const struct result_package *package = &w->result->packages[i];
	struct jsonout *json = &w->json;

	jsonout_object(json);
	write_identity(w, i);
	write_source(w, i);
	json_key_bool(json, "direct", package->direct);
	write_kinds(json, package->kinds);
	write_features(w, i);
	json_proc_macro(json, package->proc_macro, package->proc_macro_from);
	json_runtime(json, package->runtime);
	json_health(json);
	json_key_strs(json, "findings", &package->rules);
	jsonout_object_end(json);
}

static void write_inactive(struct writer *w, uint32_t i)
{
	const struct result_package *package = &w->result->packages[i];
	struct jsonout *json = &w->json;

	jsonout_object(json);
	write_identity(w, i);
	write_source(w, i);
	jsonout_key(json, "needs");
	jsonout_array(json);
	for (size_t n = 0; n < package->needs.n; n++) {
		const struct inactive_need *need = &package->needs.p[n];

		jsonout_object(json);
		json_key_str(json, "package", need->package);
		if (need->feature.n > 0)
			json_key_str(json, "feature", need->feature);
		if (need->target.n > 0)
			json_key_str(json, "target", need->target);
		jsonout_object_end(json);
	}
	jsonout_array_end(json);
	json_key_strs(json, "findings", &package->rules);
	jsonout_object_end(json);
}

static void write_packages(struct writer *w)
{
	jsonout_key(&w->json, "packages");
	jsonout_array(&w->json);
	for (uint32_t i = 0; i < w->result->graph->package_n; i++)
		if (w->result->packages[i].built)
			write_package(w, i);
	jsonout_array_end(&w->json);
	jsonout_key(&w->json, "inactive");
	jsonout_array(&w->json);
	for (uint32_t i = 0; i < w->result->graph->package_n; i++)
		if (!w->result->packages[i].built)
			write_inactive(w, i);
	jsonout_array_end(&w->json);
}

static void write_paths(struct writer *w, const struct finding *finding)
{
	jsonout_key(&w->json, "paths");
	jsonout_array(&w->json);
	for (size_t p = 0; p < finding->paths.n; p++) {
		jsonout_array(&w->json);
		for (uint32_t i = 0; i < finding->paths.p[p].n; i++) {
			uint32_t package = node_package(finding->paths.p[p].nodes[i]);
			const struct locked_package *locked =
				&w->result->graph->lock->packages[package];

			jsonout_str(&w->json,
			            arena_printf(&w->arena, STR_FMT " " STR_FMT,
			                         STR_ARG(locked->name), STR_ARG(locked->vers)));
		}
		jsonout_array_end(&w->json);
	}
	jsonout_array_end(&w->json);
}

static void write_change(struct jsonout *json, const struct remedy_change *change)
{
	jsonout_object(json);
	json_key_str(json, "member", change->member);
	json_key_str(json, "manifest", change->manifest);
	json_key_str(json, "section", change->section);
	json_key_str(json, "platform", change->platform);
	json_key_str(json, "dependency", change->dependency);
	json_key_str(json, "package", change->package);
	json_key_str(json, "version", change->version);
	json_key_str(json, "registry", change->registry);
	json_key_str(json, "git", change->git);
	json_key_bool(json, "optional", change->optional);
	json_key_bool(json, "inherits", change->inherits);
	json_key_bool(json, "new", change->is_new);
	json_key_bool(json, "new_version", change->new_version);
	json_key_bool(json, "default_features", change->default_features);
	json_key_strs(json, "features", &change->features);
	json_key_strs(json, "features_off", &change->off);
	json_key_strs(json, "features_on", &change->on);
	jsonout_object_end(json);
}

static void write_remedy(struct jsonout *json, const struct finding *finding)
{
	static const struct remedy_plan none;
	const struct remedy_plan *plan = finding->plan ? finding->plan : &none;

	jsonout_key(json, "remedy");
	jsonout_object(json);
	json_key_str(json, "kind", finding->remedy.kind);
	json_key_str(json, "text", finding->remedy.text);
	json_key_bool(json, "tried", finding->plan != NULL);
	jsonout_key(json, "updates");
	jsonout_array(json);
	for (size_t i = 0; i < plan->updates.n; i++) {
		jsonout_object(json);
		json_key_str(json, "package", plan->updates.p[i].package);
		json_key_str(json, "from", plan->updates.p[i].from);
		json_key_str(json, "to", plan->updates.p[i].to);
		jsonout_object_end(json);
	}
	jsonout_array_end(json);
	jsonout_key(json, "changes");
	jsonout_array(json);
	for (size_t i = 0; i < plan->changes.n; i++)
		write_change(json, &plan->changes.p[i]);
	jsonout_array_end(json);
	json_key_strs(json, "adds", &plan->adds);
	jsonout_object_end(json);
}

static void write_finding(struct writer *w, const struct finding *finding)
{
	struct jsonout *json = &w->json;

	jsonout_object(json);
	json_key_str(json, "rule", finding->rule);
	jsonout_key(json, "level");
	jsonout_text(json, level_name(finding->level));
	jsonout_key(json, "package");
	jsonout_object(json);
	write_identity(w, finding->package);
	jsonout_object_end(json);
	json_key_str(json, "message", finding->message);
	json_key_str(json, "subject", finding->subject);
	json_key_bool(json, "inactive", finding->inactive);
	write_paths(w, finding);
	json_evidence(json, &finding->evidence);
	write_remedy(json, finding);
	json_key_str(json, "fingerprint", finding->fingerprint);
	json_key_bool(json, "baseline", finding->in_baseline);
	jsonout_key(json, "allowed");
	if (finding->allowed) {
		jsonout_object(json);
		json_key_str(json, "reason", finding->allow_reason);
		jsonout_key(json, "expires");
		if (finding->allow_expires.n > 0)
			jsonout_str(json, finding->allow_expires);
		else
			jsonout_null(json);
		jsonout_object_end(json);
	} else {
		jsonout_null(json);
	}
	jsonout_object_end(json);
}

void as_json_finding(struct jsonout *json, const struct audit_result *result,
                     const struct finding *finding)
{
	struct writer w = { .json = *json, .result = result };

	write_finding(&w, finding);
	*json = w.json;
	arena_free(&w.arena);
}

void as_json(const struct audit_result *result, const struct knowledge *knowledge,
             const struct report_view *view, struct buf *out)
{
	struct writer w = { .json = jsonout_open(out, 2), .result = result };

	(void)knowledge; /* the texts of rules are for people; `rtaudit explain` has them */
	(void)view;      /* JSON is always whole */
	jsonout_object(&w.json);
	write_head(&w);
	write_summary(&w);
	write_packages(&w);
	jsonout_key(&w.json, "findings");
	jsonout_array(&w.json);
	for (size_t i = 0; i < result->findings.n; i++)
		write_finding(&w, &result->findings.p[i]);
	jsonout_array_end(&w.json);
	jsonout_object_end(&w.json);
	buf_byte(out, '\n');
	arena_free(&w.arena);
}
