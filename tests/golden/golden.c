/* tests/golden/golden.c: audits a small project in memory and compares every format with what was
 * reviewed.
 *
 *	golden CASE_FOLDER [accept]
 *
 * A case holds project/ (Cargo.lock, manifests, .cargo/config.toml, rtaudit.toml, old.lock), index
 * (index lines as a registry serves them), advisories/ (files of the advisory database), options
 * (lines "NAME VALUE" of docs/protocol.md) and expected.text, expected.json, expected.dot,
 * expected.why (where the option "crate" is given), expected.diff (where there is an old.lock). The
 * moment of the audit is 2026-01-01. With "accept" the expected files are written: review the
 * difference before it is committed. */
#include "audit/audit.h"
#include "audit/index_entry.h"
#include "audit/limits.h"
#include "base/file.h"
#include "base/parcel.h"
#include "base/when.h"
#include "report/changes.h"
#include "report/report.h"
#include "report/why.h"
#include <stdio.h>
#include <stdlib.h>

enum { NOW = 1767225600 /* 2026-01-01 */, FILE_MAX = 1 << 20, NAMES_MAX = 1000 };

static struct arena arena;
static struct err err;

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, err.text);
	exit(1);
}

static struct str read_file(const char *folder, const char *name, bool required)
{
	struct str bytes = { 0 };

	if (!file_read(&arena, file_join(&arena, folder, str_of(name)), FILE_MAX, &bytes, &err) &&
	    (required || err.kind != ERR_ABSENT))
		die(folder);
	return bytes;
}

/* Adds the manifests below a folder, in the order of their names. */
static void put_manifests(struct buf *body, const char *folder, struct str below)
{
	struct str_list names = { 0 };

	if (!file_list(&arena, folder, NAMES_MAX, &names, &err))
		die(folder);
	for (size_t i = 0; i < names.n; i++) {
		char *path = file_join(&arena, folder, names.p[i]);
		struct str inside = below.n == 0
		                            ? names.p[i]
		                            : arena_printf(&arena, STR_FMT "/" STR_FMT,
		                                           STR_ARG(below), STR_ARG(names.p[i]));

		if (file_is_folder(path))
			put_manifests(body, path, inside);
		else if (str_eq(names.p[i], STR_LIT("Cargo.toml")))
			parcel_put(body, "manifest", inside, read_file(folder, "Cargo.toml", true));
	}
}

static struct str make_body(struct buf *body, const char *folder)
{
	char *project = file_join(&arena, folder, STR_LIT("project"));
	struct str config = read_file(project, ".cargo/config.toml", false);
	struct str policy = read_file(project, "rtaudit.toml", false);
	struct str options = read_file(folder, "options", false);
	struct str old = read_file(project, "old.lock", false);

	parcel_put(body, "lock", STR_LIT("Cargo.lock"), read_file(project, "Cargo.lock", true));
	put_manifests(body, project, (struct str){ 0 });
	if (config.n > 0)
		parcel_put(body, "config", STR_LIT(".cargo/config.toml"), config);
	if (policy.n > 0)
		parcel_put(body, "policy", STR_LIT("rtaudit.toml"), policy);
	if (old.n > 0)
		parcel_put(body, "old-lock", STR_LIT("old.lock"), old);
	while (options.n > 0) {
		struct str line = { 0 }, name = { 0 }, value = { 0 };

		str_cut(options, '\n', &line, &options);
		str_cut(line, ' ', &name, &value);
		if (name.n > 0)
			parcel_put(body, "option", name, value);
	}
	return buf_str(body);
}

/* What a store would say of the packages that the lock wants. */
static void fill_facts(struct facts *facts, struct str index, const struct wanted *wanted)
{
	while (index.n > 0) {
		struct str line = { 0 };
		struct index_entry *entry = arena_new(&arena, struct index_entry);

		str_cut(index, '\n', &line, &index);
		if (line.n == 0)
			continue;
		if (!index_entry_parse(&arena, line, entry, &err))
			die("index");
		for (uint32_t i = 0; i < facts->n; i++) {
			struct package_facts *package = &facts->packages[i];

			if (!str_eq(wanted[i].name, entry->name))
				continue;
			package->crate_known = true;
			package->fetched_at = NOW;
			package->releases++;
			package->yanked_releases += entry->yanked;
			if (entry->published_at > package->newest_at)
				package->newest_at = entry->published_at;
			if (!entry->yanked && entry->version.pre.n == 0)
				package->newest_vers = entry->vers;
			if (!str_eq(wanted[i].vers, entry->vers))
				continue;
			struct summary *summary = arena_new(&arena, struct summary);
			summary_make(&arena, entry->name, entry->vers, &entry->version,
			             &entry->deps, &entry->features, summary);
			package->summary = summary;
			package->yanked = entry->yanked ? KNOWN_YES : KNOWN_NO;
			package->published_at = entry->published_at;
		}
	}
}

static const struct advisory_set *read_advisories(const char *folder)
{
	struct advisory_set *set = arena_new(&arena, struct advisory_set);
	char *path = file_join(&arena, folder, STR_LIT("advisories"));
	struct str_list names = { 0 };

	if (!file_list(&arena, path, NAMES_MAX, &names, &err)) {
		if (err.kind != ERR_ABSENT)
			die(path);
		return set;
	}
	set->rows = arena_array(&arena, names.n, sizeof *set->rows);
	for (size_t i = 0; i < names.n; i++) {
		struct advisory *advisory = arena_new(&arena, struct advisory);
		bool added = false;

		if (!advisory_parse(&arena, read_file(path, names.p[i].p, true), advisory, &err))
			die(names.p[i].p);
		uint32_t *first =
			map_slot(&set->first, &arena, advisory->package, UINT32_MAX, &added);
		set->rows[i] = (struct advisory_row){ advisory, advisory->date_at, *first };
		*first = (uint32_t)i;
		set->n++;
	}
	return set;
}

/* 1 where the rendering differs from what was reviewed, or accepts it. */
static int compare(const char *folder, const char *format, struct str got, bool accept)
{
	char *name = arena_cstr(&arena, arena_printf(&arena, "expected.%s", format));
	char *path = file_join(&arena, folder, str_of(name));

	if (accept) {
		if (!file_write(path, got, 0644, &err))
			die(path);
		return 0;
	}
	struct str expected = read_file(folder, name, true), line = { 0 }, other = { 0 };
	if (str_eq(expected, got))
		return 0;
	for (unsigned n = 1; expected.n > 0 || got.n > 0; n++) {
		str_cut(got, '\n', &line, &got);
		str_cut(expected, '\n', &other, &expected);
		if (str_eq(line, other))
			continue;
		fprintf(stderr, "%s:%u:\n  wanted: " STR_FMT "\n  got:    " STR_FMT "\n", path, n,
		        STR_ARG(other), STR_ARG(line));
		break;
	}
	return 1;
}

static int compare_all(const char *folder, const struct audit_result *result,
                       const struct knowledge *knowledge, bool accept)
{
	static const char *const formats[] = { "text", "json", "dot" };
	const struct report_view view = { .width = 100, .verbose = result->project->view.verbose };
	CLEANUP(buf_free) struct buf got = buf_make(RESPONSE_MAX_BYTES);
	struct str crate = result->project->view.crate;
	int bad = 0;

	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		buf_clear(&got);
		if (!report_render(str_of(formats[i]), result, knowledge, &view, &got, &err))
			die(formats[i]);
		bad += compare(folder, formats[i], buf_str(&got), accept);
	}
	if (crate.n == 0)
		return bad;
	buf_clear(&got);
	if (!why_render(STR_LIT("text"), result, crate, &view, &got, &err) ||
	    !why_render(STR_LIT("json"), result, crate, &view, &got, &err))
		die("why");
	return bad + compare(folder, "why", buf_str(&got), accept);
}

/* The versions of a crate that the index lists, the newest first. */
static void fill_releases(struct str index, const struct wanted *crate, struct pick_releases *out)
{
	struct releases VEC_OF(struct pick_release) list = { 0 };

	while (index.n > 0) {
		struct str line = { 0 };
		struct index_entry entry = { 0 };

		str_cut(index, '\n', &line, &index);
		if (line.n == 0)
			continue;
		if (!index_entry_parse(&arena, line, &entry, &err))
			die("index");
		if (!str_eq(entry.name, crate->name))
			continue;
		*vec_add(&arena, &list) = (struct pick_release){
			.version = entry.version,
			.published_at = entry.published_at,
			.yanked = entry.yanked,
		};
		for (size_t i = list.n - 1;
		     i > 0 && semver_cmp(&list.p[i].version, &list.p[i - 1].version) > 0; i--) {
			struct pick_release newer = list.p[i];

			list.p[i] = list.p[i - 1];
			list.p[i - 1] = newer;
		}
	}
	*out = (struct pick_releases){ list.p, list.n, NOW };
}

/* What would end the findings, tried with what the index says. */
static void try_remedies(struct str index, struct audit *audit, const struct facts *facts,
                         struct audit_result *result)
{
	struct pick_need need = { 0 };

	while (audit_remedies(&arena, audit, facts, result, &need)) {
		struct facts of_need = { .packages = need.facts, .n = need.version_n };

		for (uint32_t i = 0; i < need.crate_n; i++)
			fill_releases(index, &need.crates[i], &need.releases[i]);
		fill_facts(&of_need, index, need.versions);
	}
}

/* Facts for an audit that was opened, and its result. */
static void run(const char *folder, struct audit *audit, struct facts *facts,
                struct audit_result *result)
{
	const struct wanted *wanted = audit_wanted(audit, &facts->n);

	facts->packages = arena_array(&arena, facts->n, sizeof *facts->packages);
	fill_facts(facts, read_file(folder, "index", true), wanted);
	if (!audit_run(&arena, audit, facts, result, &err))
		die(folder);
	try_remedies(read_file(folder, "index", true), audit, facts, result);
}

/* The same for the old lock, and both compared. */
static int compare_older(const char *folder, const struct project *project,
                         const struct knowledge *knowledge, const struct audit_result *result,
                         bool accept)
{
	const struct report_view view = { .width = 100, .verbose = project->view.verbose };
	CLEANUP(buf_free) struct buf got = buf_make(RESPONSE_MAX_BYTES);
	struct facts facts = *result->facts;
	struct audit_result older = { 0 };
	struct audit *audit = NULL;
	struct diff diff = { 0 };

	if (project->old_lock.n == 0)
		return 0;
	if (!audit_open_older(&arena, project, knowledge, &audit, &err))
		die(folder);
	run(folder, audit, &facts, &older);
	diff_make(&arena, &older, result, &diff);
	if (!changes_render(STR_LIT("text"), &diff, &view, &got, &err) ||
	    !changes_render(STR_LIT("json"), &diff, &view, &got, &err))
		die("diff");
	return compare(folder, "diff", buf_str(&got), accept);
}

int main(int argc, char **argv)
{
	CLEANUP(buf_free) struct buf body = buf_make(REQUEST_MAX_BYTES);
	struct project project = { 0 };
	const struct knowledge *knowledge = NULL;
	struct audit *audit = NULL;
	struct audit_result result = { 0 };
	struct facts facts = { .at = NOW, .now = NOW, .index_at = NOW, .advisories_at = NOW };

	if (argc < 2)
		return 2;
	if (!knowledge_load(&arena, &knowledge, &err) ||
	    !project_parse(&arena, make_body(&body, argv[1]), &project, &err) ||
	    !audit_open(&arena, &project, knowledge, &audit, &err))
		die(argv[1]);
	bool accept = argc > 2 && strcmp(argv[2], "accept") == 0;

	facts.advisories = read_advisories(argv[1]);
	run(argv[1], audit, &facts, &result);
	int bad = compare_all(argv[1], &result, knowledge, accept) +
	          compare_older(argv[1], &project, knowledge, &result, accept);
	arena_free(&arena);
	return bad > 0;
}
