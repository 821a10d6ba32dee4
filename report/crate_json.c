#include "report/crate_json.h"
#include "report/json_parts.h"

static void write_features(struct jsonout *json, const struct inquiry_answer *answer)
{
	const struct graph_node *node = &answer->graph->nodes[answer->node];
	const struct summary *summary = answer->graph->packages[node_package(answer->node)].summary;

	jsonout_key(json, "features");
	jsonout_array(json);
	for (uint32_t i = 0; i < node->feature_n; i++)
		jsonout_str(json, summary->features[node->features[i]].name);
	jsonout_array_end(json);
	jsonout_key(json, "features_off");
	jsonout_array(json);
	for (uint32_t f = 0, on = 0; f < summary->feature_n; f++) {
		if (on < node->feature_n && node->features[on] == f)
			on++;
		else
			jsonout_str(json, summary->features[f].name);
	}
	jsonout_array_end(json);
}

static void write_versions(struct jsonout *json, const struct package_facts *facts)
{
	jsonout_key(json, "versions");
	jsonout_object(json);
	jsonout_key(json, "newest");
	if (facts->newest_vers.n > 0)
		jsonout_str(json, facts->newest_vers);
	else
		jsonout_null(json);
	json_key_moment(json, "newest_at", facts->newest_at);
	json_key_moment(json, "first_at", facts->first_at);
	json_key_u64(json, "releases", facts->releases);
	json_key_u64(json, "yanked_releases", facts->yanked_releases);
	json_key_u64(json, "rhythm_days", (uint64_t)facts->rhythm_seconds / 86400);
	json_key_moment(json, "published_at", facts->published_at);
	jsonout_key(json, "yanked");
	if (facts->yanked == KNOWN_NOT)
		jsonout_null(json);
	else
		jsonout_bool(json, facts->yanked == KNOWN_YES);
	jsonout_object_end(json);
}

static void write_tree(struct jsonout *json, const struct inquiry_answer *answer)
{
	jsonout_key(json, "tree");
	jsonout_object(json);
	json_key_u64(json, "packages", answer->built_n);
	json_key_u64(json, "async_packages", answer->async_n);
	jsonout_key(json, "runtimes");
	jsonout_array(json);
	for (size_t i = 0; i < answer->runtimes.n; i++) {
		const struct runtime_use *use = &answer->runtimes.p[i];

		jsonout_object(json);
		json_key_str(json, "name", use->runtime);
		json_key_u64(json, "packages", use->packages);
		json_key_u64(json, "hard", use->hard);
		json_key_str(json, "versions", use->versions);
		jsonout_key(json, "abandoned");
		jsonout_bool(json, use->abandoned);
		jsonout_object_end(json);
	}
	jsonout_array_end(json);
	jsonout_object_end(json);
}

static void write_data(struct jsonout *json, const struct inquiry_answer *answer)
{
	jsonout_key(json, "data");
	jsonout_object(json);
	json_key_moment(json, "index_at", answer->index_at);
	json_key_strs(json, "unknown", &answer->unknown);
	json_key_strs(json, "notes", &answer->notes);
	jsonout_object_end(json);
}

void crate_json(const struct inquiry_answer *answer, struct buf *out)
{
	struct jsonout json = jsonout_open(out, 2);

	jsonout_object(&json);
	jsonout_key(&json, "schema");
	jsonout_text(&json, "rtaudit.crate/1");
	json_key_str(&json, "name", answer->name);
	json_key_str(&json, "version", answer->vers);
	json_key_moment(&json, "at", answer->at);
	json_key_str(&json, "target", answer->target);
	write_features(&json, answer);
	json_proc_macro(&json, answer->proc_macro, answer->proc_macro_from);
	json_runtime(&json, answer->runtime);
	json_health(&json);
	jsonout_key(&json, "events");
	jsonout_array(&json);
	jsonout_array_end(&json);
	write_versions(&json, answer->facts);
	write_tree(&json, answer);
	write_data(&json, answer);
	jsonout_object_end(&json);
	buf_byte(out, '\n');
}
