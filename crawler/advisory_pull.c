#include "crawler/advisory_pull.h"
#include "base/file.h"
#include "base/when.h"
#include "crawler/advisory_db.h"
#include "crawler/thread.h"
#include "db/store_source.h"
#include <malloc.h>
#include <stdlib.h>
#include <time.h>

enum { CLOSE_SECONDS = 5, SOURCE_MAX_BYTES = 4096 };

struct advisory_pull {
	struct crawl *crawl;
	pthread_t thread;
	struct gitrepo_progress progress;
	/* Under crawl.lock: */
	char address[SOURCE_MAX_BYTES];
	struct advisory_source source; /* its address lies in the field above */
	bool wanted, running;
	bool over;             /* the thread has left its loop */
	uint64_t asked, ended; /* pulls */
	struct advisory_result last;
	pthread_cond_t work;
};

static bool is_url(const char *source)
{
	return str_find_str(str_of(source), STR_LIT("://")) != STR_NONE;
}

/* Opens the source as a repository: 1, 0 where it is a folder of plain files, -1. */
static int open_source(struct advisory_pull *pull, const char *source, bool offline,
                       struct gitrepo *repo, struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct crawl *crawl = pull->crawl;

	if (str_starts(str_of(source), STR_LIT("file://")))
		source += 7;
	if (is_url(source)) {
		const char *folder =
			file_join(&arena, crawl->settings.cache_folder, STR_LIT("advisory-db.git"));
		if (offline)
			return err_fail(err, ERR_NETWORK, "%s is not asked: offline", source);
		if (!file_make_folders(folder, 0700, err))
			return -1;
		const struct gitrepo_network network = { crawl->network.proxy,
			                                 crawl->network.authorities };
		return gitrepo_fetch(repo, folder, source, &network, &crawl->stop, &pull->progress,
		                     err)
		               ? 1
		               : -1;
	}
	return gitrepo_open_path(repo, source, crawl->settings.cache_folder, &crawl->stop, err);
}

/* Whether the store holds what that commit says, read from that source. */
static bool is_stored(struct crawl *crawl, const git_oid *head)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(db_reader_return) struct db *reader = NULL;
	struct source_state state;
	struct err err = { 0 };
	uint64_t n = 0;
	char hex[GIT_OID_HEXSZ + 1];

	git_oid_tostr(hex, sizeof hex, head);
	return db_reader_lend(crawl->pool, &reader, &err) &&
	       store_source_get(reader, &arena, STR_LIT("advisories"), &state, &err) == 1 &&
	       str_eq(state.validator, str_of(hex)) && store_advisory_count(reader, &n, &err) &&
	       n > 0;
}

static bool store(struct crawl *crawl, const struct advisory_db *db, struct err *err)
{
	CLEANUP(db_writer_end) struct db *writer = NULL;

	if (!db_writer_begin(crawl->pool, &writer, err) ||
	    !store_advisory_replace(writer, db->files.p, db->files.n, err) ||
	    !db_writer_commit(writer, err))
		return false;
	return true;
}

/* When the source was last known to be current: now, unless it is somebody else's clone. A moment
 * in the future comes from a clock that was wrong. */
static int64_t confirmed_at(const struct advisory_source *source, const struct gitrepo *repo)
{
	int64_t now = when_now(), at = source->fetched_at;
	git_commit *commit = NULL;

	if (!source->is_copy)
		return now;
	if (at == 0 && repo->repository &&
	    git_commit_lookup(&commit, repo->repository, &repo->head) == 0)
		at = (int64_t)git_commit_time(commit);
	git_commit_free(commit);
	return at > now ? now : at;
}

/* `why` NULL for success. */
static void note(struct crawl *crawl, const struct advisory_source *source,
                 const struct gitrepo *repo, struct str commit, const char *why)
{
	if (!why)
		crawl_note_source_at(crawl, "advisories", source->address, commit,
		                     confirmed_at(source, repo));
	else if (!source->is_copy)
		crawl_note_source(crawl, "advisories", source->address, commit, why);
}

/* source->address is NUL-terminated. */
static void pull_once(struct advisory_pull *pull, const struct advisory_source *source,
                      struct advisory_result *result)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(gitrepo_close) struct gitrepo repo = { 0 };
	struct crawl *crawl = pull->crawl;
	struct advisory_db db = { 0 };
	struct err *err = &result->err;
	int got = open_source(pull, source->address.p, source->offline, &repo, err);

	*result = (struct advisory_result){ .done = true, .err = *err };
	if (stop_is_raised(&crawl->stop)) {
		/* It may have hung for so long that the database is closed. */
		err_set(err, ERR_STOPPED, "the pull of advisories was stopped");
		return;
	}
	if (got == 1 && is_stored(crawl, &repo.head)) {
		char hex[GIT_OID_HEXSZ + 1];
		git_oid_tostr(hex, sizeof hex, &repo.head);
		result->unchanged = true;
		note(crawl, source, &repo, str_of(hex), NULL);
		fact_cache_forget_advisories(crawl->cache); /* they are younger now */
		return;
	}
	bool ok = got == 1   ? advisory_db_read(&arena, &repo, &crawl->stop, &db, err)
	          : got == 0 ? advisory_db_read_folder(&arena, source->address.p, &db, err)
	                     : false;
	if (ok && store(crawl, &db, err))
		result->files = db.files.n;
	note(crawl, source, &repo, db.commit, err->kind == ERR_NONE ? NULL : err->text);
	/* Only now is their age known to those who read them. */
	fact_cache_forget_advisories(crawl->cache);
}

static void *run(void *owner)
{
	struct advisory_pull *pull = owner;
	struct crawl *crawl = pull->crawl;
	char address[SOURCE_MAX_BYTES];

	pthread_mutex_lock(&crawl->lock);
	for (;;) {
		struct advisory_result result = { 0 };

		while (!pull->wanted && !stop_is_raised(&crawl->stop))
			pthread_cond_wait(&pull->work, &crawl->lock);
		if (stop_is_raised(&crawl->stop))
			break;
		memcpy(address, pull->address, sizeof address);
		struct advisory_source source = pull->source;
		source.address = str_of(address);
		pull->wanted = false;
		pull->running = true;
		pthread_mutex_unlock(&crawl->lock);
		pull_once(pull, &source, &result);
		/* a daemon at rest is small, and nobody else may know that this is over */
		malloc_trim(0);
		atomic_store(&pull->progress.total, 0);
		atomic_store(&pull->progress.received, 0);
		pthread_mutex_lock(&crawl->lock);
		pull->running = false;
		pull->last = result;
		pull->ended++;
		pthread_cond_broadcast(&crawl->changed);
	}
	pull->over = true;
	pthread_cond_broadcast(&crawl->changed);
	pthread_mutex_unlock(&crawl->lock);
	return NULL;
}

/* Waits on crawl.changed, lock held, until until_ms; false when the time is over. */
static bool wait_changed(struct crawl *crawl, int64_t until_ms)
{
	struct timespec until = { .tv_sec = (time_t)(until_ms / 1000),
		                  .tv_nsec = (long)(until_ms % 1000) * 1000000 };

	if (until_ms == INT64_MAX)
		return pthread_cond_wait(&crawl->changed, &crawl->lock) == 0;
	return pthread_cond_timedwait(&crawl->changed, &crawl->lock, &until) == 0;
}

bool advisory_pull_open(struct advisory_pull **out, struct crawl *crawl, struct err *err)
{
	struct advisory_pull *pull = calloc(1, sizeof *pull);

	if (!pull)
		abort();
	pull->crawl = crawl;
	pthread_cond_init(&pull->work, NULL);
	if (!thread_start(&pull->thread, "git", run, pull, err)) {
		pthread_cond_destroy(&pull->work);
		free(pull);
		return false;
	}
	*out = pull;
	return true;
}

bool advisory_pull_close(struct advisory_pull **pull)
{
	struct advisory_pull *it = *pull;

	if (!it)
		return true;
	*pull = NULL;
	struct crawl *crawl = it->crawl;
	int64_t until_ms = when_monotonic_ms() + CLOSE_SECONDS * 1000;
	pthread_mutex_lock(&crawl->lock);
	pthread_cond_broadcast(&it->work);
	bool in_time = true;
	while (!it->over && in_time)
		in_time = wait_changed(crawl, until_ms);
	bool over = it->over;
	pthread_mutex_unlock(&crawl->lock);
	if (!over)
		return false;
	pthread_join(it->thread, NULL);
	pthread_cond_destroy(&it->work);
	free(it);
	return true;
}

struct advisory_result advisory_pull_run(struct advisory_pull *pull,
                                         const struct advisory_source *source, int64_t deadline_ms)
{
	struct crawl *crawl = pull->crawl;
	struct advisory_result result = { 0 };
	int64_t until_ms = deadline_ms == INT64_MAX ? INT64_MAX : when_monotonic_ms() + deadline_ms;
	bool in_time = true;

	struct str address = source->address;

	if (address.n == 0 || address.n >= SOURCE_MAX_BYTES) {
		result.done = true;
		err_set(&result.err, ERR_INPUT, "no address of an advisory database");
		return result;
	}
	pthread_mutex_lock(&crawl->lock);
	bool is_same = (pull->running || pull->wanted) && str_eq(str_of(pull->address), address);
	while (!is_same && (pull->running || pull->wanted) && in_time &&
	       !stop_is_raised(&crawl->stop))
		in_time = wait_changed(crawl, until_ms);
	if (!is_same && in_time && !stop_is_raised(&crawl->stop)) {
		memcpy(pull->address, address.p, address.n);
		pull->address[address.n] = '\0';
		pull->source = *source;
		pull->wanted = true;
		pull->asked++;
		pthread_cond_signal(&pull->work);
	}
	uint64_t mine = pull->asked;
	while (in_time && pull->ended < mine && !stop_is_raised(&crawl->stop))
		in_time = wait_changed(crawl, until_ms);
	if (in_time && pull->ended >= mine)
		result = pull->last;
	pthread_mutex_unlock(&crawl->lock);
	if (stop_is_raised(&crawl->stop) && !result.done)
		err_set(&result.err, ERR_STOPPED, "the pull of advisories was stopped");
	return result;
}

bool advisory_pull_progress(struct advisory_pull *pull, unsigned *received, unsigned *total)
{
	*received = atomic_load(&pull->progress.received);
	*total = atomic_load(&pull->progress.total);
	return *total > 0;
}
