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

static void write_marks(struct jsonout *json, const struct inquiry_answer *answer)
{
	const struct author_mark_list *marks = &answer->facts->marks;

	jsonout_key(json, "marks");
	jsonout_array(json);
	for (size_t i = 0; i < marks->n; i++) {
		const struct author_mark *mark = &marks->p[i];

		if (!inquiry_has_mark(answer, mark))
			continue;
		jsonout_object(json);
		json_key_str(json, "kind", str_of(mark_kind_name(mark->kind)));
		json_key_str(json, "place", str_of(mark_place_name(mark->place)));
		json_key_str(json, "text", mark->text);
		json_key_str(json, "successors", mark->successors);
		json_key_moment(json, "seen_at", mark->seen_at);
		jsonout_object_end(json);
	}
	jsonout_array_end(json);
}

static void write_uses(struct jsonout *json, const struct source_use_list *uses)
{
	jsonout_key(json, "uses");
	jsonout_array(json);
	for (size_t i = 0; i < uses->n; i++) {
		const struct source_use *use = &uses->p[i];

		jsonout_object(json);
		json_key_str(json, "path", use->path);
		json_key_u64(json, "uses", use->uses);
		json_key_str(json, "file", use->file);
		json_key_u64(json, "line", use->line);
		jsonout_object_end(json);
	}
	jsonout_array_end(json);
}

static void write_archive(struct jsonout *json, const struct inquiry_archive *archive)
{
	jsonout_key(json, "archive");
	if (!archive->is_known) {
		jsonout_null(json);
		return;
	}
	jsonout_object(json);
	json_key_str(json, "repository", archive->repository);
	json_key_str(json, "license", archive->license);
	json_key_str(json, "no_std", archive->no_std);
	json_key_str(json, "no_std_cfg", archive->no_std_cfg);
	json_key_str(json, "links", archive->links);
	json_key_str(json, "edition", archive->edition);
	json_key_str(json, "rust_version", archive->rust_version);
	json_key_str(json, "build_script", archive->build_script);
	json_key_str(json, "vcs_sha1", archive->vcs_sha1);
	json_key_str(json, "vcs_path", archive->vcs_path);
	write_uses(json, &archive->uses);
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
		json_key_bool(json, "abandoned", use->abandoned);
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
	write_marks(&json, answer);
	write_archive(&json, &answer->archive);
	write_tree(&json, answer);
	write_data(&json, answer);
	jsonout_object_end(&json);
	buf_byte(out, '\n');
}
