#include "crawler/crawl_sync.h"
#include "base/file.h"
#include "base/when.h"
#include "crawler/advisory_pull.h"
#include "crawler/archive_sync.h"
#include "crawler/fact_table.h"
#include "crawler/gitindex.h"
#include "crawler/index_crawl.h"
#include "crawler/index_dir.h"

static void add_row(struct arena *arena, struct sync_report *report, struct str source,
                    struct str text, bool failed)
{
	*vec_add(arena, &report->rows) =
		(struct sync_row){ arena_str(arena, source), text, failed };
}

/* Errors that end the sync; every other is a row. */
static bool is_fatal(const struct err *err)
{
	return err->kind == ERR_STOPPED || err->kind == ERR_STORE;
}

static void set_reading(struct crawl *crawl, const char *what, struct index_dir_counts *counts)
{
	pthread_mutex_lock(&crawl->lock);
	crawl->syncing = what;
	crawl->reading = counts;
	pthread_mutex_unlock(&crawl->lock);
}

static void forget_marks(struct crawl *crawl)
{
	pthread_mutex_lock(&crawl->lock);
	crawl_forget(crawl);
	pthread_mutex_unlock(&crawl->lock);
}

/* What came of the reading of an index for a row. */
static struct str index_text(struct arena *arena, const struct index_dir_counts *counts)
{
	size_t crates = atomic_load(&counts->crates), versions = atomic_load(&counts->versions),
	       refused = atomic_load(&counts->refused);

	if (refused == 0)
		return arena_printf(arena, "%zu crates, %zu versions", crates, versions);
	return arena_printf(arena, "%zu crates, %zu versions; %zu files refused (%s)", crates,
	                    versions, refused, counts->first.text);
}

/* An index that is kept in git, at `repo`. */
static bool sync_index_git(struct crawl *crawl, struct arena *arena, struct str source,
                           struct gitrepo *repo, struct sync_report *out, struct err *err)
{
	const struct gitindex_source from = { .repo = repo,
		                              .registry = REGISTRY_CRATES_IO,
		                              .address = source,
		                              .fetched_at = when_now() };
	struct gitindex_counts counts = { 0 };
	struct err failed = { 0 };

	set_reading(crawl, "index", &counts.files);
	bool ok = gitindex_read(&from, crawl->pool, crawl->ingest, crawl->cache, &crawl->stop,
	                        &counts, &failed);
	set_reading(crawl, NULL, NULL);
	forget_marks(crawl);
	if (!ok && is_fatal(&failed)) {
		*err = failed;
		return false;
	}
	struct str text = !ok                ? arena_str(arena, str_of(failed.text))
	                  : counts.unchanged ? STR_LIT("unchanged")
	                                     : index_text(arena, &counts.files);
	crawl_note_source(crawl, "index crates-io", source, (struct str){ 0 }, ok ? NULL : text.p);
	add_row(arena, out, STR_LIT("index"), text, !ok);
	return true;
}

static bool sync_index_folder(struct crawl *crawl, struct arena *arena, struct str source,
                              struct sync_report *out, struct err *err)
{
	struct index_dir_counts counts = { 0 };
	struct err failed = { 0 };
	struct str text;

	set_reading(crawl, "index", &counts);
	bool ok = index_dir_read(arena_cstr(arena, source), REGISTRY_CRATES_IO, when_now(),
	                         crawl->ingest, crawl->cache, &crawl->stop, &counts, &failed);
	set_reading(crawl, NULL, NULL);
	forget_marks(crawl);
	if (!ok && is_fatal(&failed)) {
		*err = failed;
		return false;
	}
	text = ok ? index_text(arena, &counts) : arena_str(arena, str_of(failed.text));
	bool failed_whole = !ok || atomic_load(&counts.crates) == 0;
	crawl_note_source(crawl, "index crates-io", source, (struct str){ 0 },
	                  failed_whole ? text.p : NULL);
	add_row(arena, out, STR_LIT("index"), text, failed_whole);
	return true;
}

/* A repository, a bundle, or a folder as a sparse registry serves it. */
static bool sync_index_path(struct crawl *crawl, struct arena *arena, struct str source,
                            struct sync_report *out, struct err *err)
{
	CLEANUP(gitrepo_close) struct gitrepo repo = { 0 };
	const char *path = arena_cstr(arena, source);
	struct err failed = { 0 };
	int got =
		gitrepo_open_path(&repo, path, crawl->settings.cache_folder, &crawl->stop, &failed);

	if (got == 1)
		return sync_index_git(crawl, arena, source, &repo, out, err);
	if (got == 0)
		return sync_index_folder(crawl, arena, source, out, err);
	crawl_note_source(crawl, "index crates-io", source, (struct str){ 0 }, failed.text);
	add_row(arena, out, STR_LIT("index"), arena_str(arena, str_of(failed.text)), true);
	return true;
}

static bool is_url(struct str source)
{
	return str_starts(source, STR_LIT("sparse+")) || str_starts(source, STR_LIT("http://")) ||
	       str_starts(source, STR_LIT("https://"));
}

/* Asks a registry for every crate that the store knows of it. */
static bool sync_index_url(struct crawl *crawl, struct arena *arena, struct str url, bool offline,
                           struct sync_report *out, struct err *err)
{
	struct crawl_outcome outcome = { 0 };
	struct err failed = { 0 };

	if (!index_crawl_known(crawl, arena, url, offline, &outcome, &failed)) {
		if (is_fatal(&failed)) {
			*err = failed;
			return false;
		}
		add_row(arena, out, STR_LIT("index"), arena_str(arena, str_of(failed.text)), true);
		return true;
	}
	struct str text =
		arena_printf(arena, "%zu crates: %zu new or changed, %zu unchanged, %zu gone",
	                     outcome.wanted, outcome.fetched, outcome.unchanged, outcome.absent);
	if (outcome.failed > 0)
		text = arena_printf(arena, STR_FMT ", %zu failed (" STR_FMT ")", STR_ARG(text),
		                    outcome.failed, STR_ARG(outcome.failure));
	add_row(arena, out, STR_LIT("index"), text, outcome.failed > 0);
	return true;
}

static bool sync_advisories(struct crawl *crawl, struct arena *arena, struct str source,
                            bool offline, struct sync_report *out, struct err *err)
{
	const struct advisory_source from = { .address = source, .offline = offline };
	struct advisory_result result = advisory_pull_run(crawl->pull, &from, INT64_MAX);

	if (is_fatal(&result.err)) {
		*err = result.err;
		return false;
	}
	bool ok = result.err.kind == ERR_NONE;
	struct str text = !ok                ? arena_str(arena, str_of(result.err.text))
	                  : result.unchanged ? STR_LIT("unchanged")
	                                     : arena_printf(arena, "%zu advisories", result.files);
	add_row(arena, out, STR_LIT("advisories"), text, !ok);
	return true;
}

static bool sync_facts(struct crawl *crawl, struct arena *arena, struct str source,
                       struct sync_report *out, struct err *err)
{
	struct fact_table_counts counts;
	struct err failed = { 0 };
	struct str text;

	set_reading(crawl, "facts", NULL);
	bool ok = fact_table_read(arena_cstr(arena, source), when_now(), crawl->pool, &crawl->stop,
	                          &counts, &failed);
	set_reading(crawl, NULL, NULL);
	fact_cache_forget_all(crawl->cache);
	forget_marks(crawl);
	if (!ok && is_fatal(&failed)) {
		*err = failed;
		return false;
	}
	if (!ok)
		text = arena_str(arena, str_of(failed.text));
	else if (counts.bad > 0)
		text = arena_printf(arena, "%zu versions; %zu rows left out, the first in line %zu",
		                    counts.rows, counts.bad, counts.first_bad);
	else
		text = arena_printf(arena, "%zu versions", counts.rows);
	crawl_note_source(crawl, "facts", source, (struct str){ 0 }, ok ? NULL : text.p);
	add_row(arena, out, STR_LIT("facts"), text, !ok);
	return true;
}

static bool sync_archives(struct crawl *crawl, struct arena *arena, bool offline,
                          struct sync_report *out, struct err *err)
{
	struct crawl_outcome outcome = { 0 };

	if (!archive_sync_run(crawl, arena, offline, &outcome, err))
		return false;
	forget_marks(crawl);
	struct str text = arena_printf(arena, "%zu read", outcome.fetched);
	if (outcome.absent > 0)
		text = arena_printf(arena, STR_FMT ", %zu gone", STR_ARG(text), outcome.absent);
	if (outcome.failed > 0)
		text = arena_printf(arena, STR_FMT ", %zu failed (" STR_FMT ")", STR_ARG(text),
		                    outcome.failed, STR_ARG(outcome.failure));
	crawl_note_source(crawl, "archives", STR_LIT("crates-io"), (struct str){ 0 },
	                  outcome.failed > 0 ? text.p : NULL);
	add_row(arena, out, STR_LIT("archives"), text, outcome.failed > 0);
	return true;
}

bool crawl_sync_run(struct crawl *crawl, struct arena *arena, const struct sync_request *request,
                    struct sync_report *out, struct err *err)
{
	struct str index = request->index, advisories = request->advisories;
	bool offline = request->offline || crawl->settings.offline;

	*out = (struct sync_report){ 0 };
	if (request->all_configured && advisories.n == 0)
		advisories = str_of(crawl->settings.advisories_url);
	if (index.n > 0 && !is_url(index) && !sync_index_path(crawl, arena, index, out, err))
		return false;
	if ((request->all_configured || request->index_configured || is_url(index)) &&
	    !sync_index_url(crawl, arena, index, offline, out, err))
		return false;
	if (advisories.n > 0 && !sync_advisories(crawl, arena, advisories, offline, out, err))
		return false;
	if (request->facts.n > 0 && !sync_facts(crawl, arena, request->facts, out, err))
		return false;
	return !request->archives || sync_archives(crawl, arena, offline, out, err);
}
