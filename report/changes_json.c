#include "report/changes_json.h"
#include "report/as_json.h"
#include "report/json_parts.h"

static void write_side(struct jsonout *json, const char *key, const struct audit_result *result)
{
	jsonout_key(json, key);
	jsonout_object(json);
	json_key_str(json, "lockfile", result->project->lock_name);
	json_key_u64(json, "lock_version", result->graph->lock->version);
	jsonout_key(json, "precision");
	jsonout_text(json, as_json_precision(result->precision));
	json_key_strs(json, "assumed", &result->assumed);
	json_key_u64(json, "packages", result->built_n);
	json_key_u64(json, "async_packages", result->async_n);
	jsonout_object_end(json);
}

static void write_summary(struct jsonout *json, const struct diff *diff)
{
	jsonout_key(json, "summary");
	jsonout_object(json);
	json_key_u64(json, "packages", diff->packages.n);
	jsonout_key(json, "findings");
	jsonout_object(json);
	json_key_u64(json, "error", diff->errors);
	json_key_u64(json, "warning", diff->warnings);
	json_key_u64(json, "note", diff->notes);
	json_key_u64(json, "gone", diff->gone.n);
	jsonout_object_end(json);
	jsonout_key(json, "verdict");
	jsonout_text(json, diff->fail ? "fail" : "pass");
	jsonout_object_end(json);
}

/* An object or null. */
static void write_runtime(struct jsonout *json, const char *key, const struct runtime_use *use)
{
	jsonout_key(json, key);
	if (!use) {
		jsonout_null(json);
		return;
	}
	jsonout_object(json);
	json_key_u64(json, "packages", use->packages);
	json_key_u64(json, "hard", use->hard);
	json_key_str(json, "versions", use->versions);
	json_key_strs(json, "brought_in_by", &use->brought_in_by);
	jsonout_object_end(json);
}

static void write_runtimes(struct jsonout *json, const struct diff *diff)
{
	jsonout_key(json, "runtimes");
	jsonout_array(json);
	for (size_t i = 0; i < diff->runtimes.n; i++) {
		const struct diff_runtime *one = &diff->runtimes.p[i];
		const struct runtime_use *use = one->after ? one->after : one->before;

		jsonout_object(json);
		json_key_str(json, "name", use->runtime);
		jsonout_key(json, "change");
		jsonout_text(json, !one->before ? "added" : !one->after ? "removed" : "updated");
		json_key_bool(json, "abandoned", use->abandoned);
		write_runtime(json, "old", one->before);
		write_runtime(json, "new", one->after);
		jsonout_object_end(json);
	}
	jsonout_array_end(json);
}

static void write_abandoned(struct jsonout *json, const char *key,
                            const struct audit_result *result,
                            const struct diff_abandoned_list *list)
{
	jsonout_key(json, key);
	jsonout_array(json);
	for (size_t i = 0; i < list->n; i++) {
		const struct locked_package *locked =
			&result->graph->lock->packages[list->p[i].package];

		jsonout_object(json);
		json_key_str(json, "name", locked->name);
		json_key_str(json, "version", locked->vers);
		json_key_strs(json, "rules", &list->p[i].rules);
		jsonout_object_end(json);
	}
	jsonout_array_end(json);
}

/* An object or null. */
static void write_locked(struct jsonout *json, const char *key, const struct audit_result *result,
                         uint32_t package)
{
	jsonout_key(json, key);
	if (package == PACKAGE_NONE) {
		jsonout_null(json);
		return;
	}
	const struct locked_package *locked = &result->graph->lock->packages[package];

	jsonout_object(json);
	json_key_str(json, "version", locked->vers);
	jsonout_key(json, "source");
	if (locked->source.text.n > 0)
		jsonout_str(json, locked->source.text);
	else
		jsonout_null(json);
	json_key_bool(json, "built", result->packages[package].built);
	json_key_bool(json, "direct", result->packages[package].direct);
	jsonout_object_end(json);
}

static void write_packages(struct jsonout *json, const struct diff *diff)
{
	jsonout_key(json, "packages");
	jsonout_array(json);
	for (size_t i = 0; i < diff->packages.n; i++) {
		const struct diff_package *one = &diff->packages.p[i];
		const struct locked_package *locked =
			one->after != PACKAGE_NONE
				? &diff->after->graph->lock->packages[one->after]
				: &diff->before->graph->lock->packages[one->before];

		jsonout_object(json);
		json_key_str(json, "name", locked->name);
		jsonout_key(json, "change");
		jsonout_text(json, diff_change_name(one->change));
		write_locked(json, "old", diff->before, one->before);
		write_locked(json, "new", diff->after, one->after);
		jsonout_object_end(json);
	}
	jsonout_array_end(json);
}

static void write_findings(struct jsonout *json, const struct diff *diff)
{
	const struct {
		const char *key;
		const struct diff_finding_list *list;
		const struct audit_result *result;
	} lists[] = {
		{ "new", &diff->fresh, diff->after },
		{ "worse", &diff->worse, diff->after },
		{ "gone", &diff->gone, diff->before },
	};

	jsonout_key(json, "findings");
	jsonout_object(json);
	for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
		jsonout_key(json, lists[l].key);
		jsonout_array(json);
		for (size_t i = 0; i < lists[l].list->n; i++) {
			const struct diff_finding *one = &lists[l].list->p[i];

			if (one->was == LEVEL_ALLOW) {
				as_json_finding(json, lists[l].result, one->finding);
				continue;
			}
			jsonout_object(json);
			jsonout_key(json, "was");
			jsonout_text(json, level_name(one->was));
			jsonout_key(json, "finding");
			as_json_finding(json, lists[l].result, one->finding);
			jsonout_object_end(json);
		}
		jsonout_array_end(json);
	}
	jsonout_object_end(json);
}

void changes_json(const struct diff *diff, struct buf *out)
{
	struct jsonout json = jsonout_open(out, 2);

	jsonout_object(&json);
	json_key_str(&json, "schema", STR_LIT("rtaudit.diff/1"));
	jsonout_key(&json, "tool");
	jsonout_object(&json);
	json_key_str(&json, "name", STR_LIT("rtaudit"));
	json_key_str(&json, "version", STR_LIT(RTAUDIT_VERSION));
	jsonout_object_end(&json);
	json_key_moment(&json, "at", diff->after->at);
	write_side(&json, "old", diff->before);
	write_side(&json, "new", diff->after);
	json_key_strs(&json, "targets", &diff->after->targets);
	json_key_strs(&json, "notes", &diff->after->facts->notes);
	write_summary(&json, diff);
	write_runtimes(&json, diff);
	jsonout_key(&json, "abandoned");
	jsonout_object(&json);
	write_abandoned(&json, "new", diff->after, &diff->came);
	write_abandoned(&json, "gone", diff->before, &diff->went);
	jsonout_object_end(&json);
	write_packages(&json, diff);
	write_findings(&json, diff);
	jsonout_object_end(&json);
	buf_byte(out, '\n');
}
