#include "crawler/crawl.h"
#include "base/log.h"
#include "base/when.h"
#include "crawler/advisory_copy.h"
#include "crawler/advisory_pull.h"
#include "crawler/archive_crawl.h"
#include "crawler/crawl_state.h"
#include "crawler/crawl_sync.h"
#include "crawler/index_crawl.h"
#include "crawler/index_dir.h"
#include "db/store_advisory.h"
#include "db/store_source.h"
#include <stdlib.h>
#include <time.h>

/* A source that failed is left alone for so long, however many audits ask. */
enum { RETRY_SECONDS = 60 };

static const char *keep_text(struct arena *arena, const char *text)
{
	return text ? arena_cstr(arena, str_of(text)) : NULL;
}

static struct crawl *make(struct db_pool *pool, struct fact_cache *cache,
                          const struct crawl_settings *settings)
{
	struct crawl *crawl = calloc(1, sizeof *crawl);
	pthread_condattr_t attributes;

	if (!crawl)
		abort();
	crawl->pool = pool;
	crawl->cache = cache;
	crawl->settings = *settings;
	crawl->settings.cache_folder = keep_text(&crawl->arena, settings->cache_folder);
	crawl->settings.cargo_home = keep_text(&crawl->arena, settings->cargo_home);
	crawl->settings.advisories_url = keep_text(&crawl->arena, settings->advisories_url);
	pthread_mutex_init(&crawl->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&crawl->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	return crawl;
}

bool crawl_open(struct crawl **out, struct db_pool *pool, struct fact_cache *cache,
                const struct crawl_settings *settings, struct err *err)
{
	struct crawl *crawl = make(pool, cache, settings);
	struct network *network = &crawl->network;

	network_of(&crawl->arena, settings->config, network);
	const struct fetch_settings fetch = { .connections_per_host =
		                                      settings->connections_per_host,
		                              .connect_timeout_ms = network->timeout_ms,
		                              .stall_timeout_ms = network->timeout_ms,
		                              .stall_bytes = network->low_speed_bytes,
		                              .tries = network->tries,
		                              .no_multiplexing = network->no_multiplexing,
		                              .authorities = network->authorities,
		                              .proxy = network->proxy };
	crawl->settings.offline = settings->offline || network->offline;
	if (!fetch_open(&crawl->fetch, &fetch, err) || !ingest_open(&crawl->ingest, pool, err) ||
	    !advisory_pull_open(&crawl->pull, crawl, err)) {
		crawl_close(&crawl);
		return false;
	}
	*out = crawl;
	return true;
}

void crawl_stop(struct crawl *crawl)
{
	stop_raise(&crawl->stop);
	pthread_mutex_lock(&crawl->lock);
	pthread_cond_broadcast(&crawl->changed);
	pthread_mutex_unlock(&crawl->lock);
}

void crawl_close(struct crawl **crawl)
{
	struct crawl *it = *crawl;

	if (!it)
		return;
	*crawl = NULL;
	crawl_stop(it);
	/* Transfers end first, then what they brought is stored: an item that is stored may start a
	 * transfer, which by then is refused. */
	fetch_stop(it->fetch);
	ingest_close(&it->ingest);
	fetch_close(&it->fetch);
	if (!advisory_pull_close(&it->pull)) {
		log_line(LOG_LEVEL_WARNING,
		         "the git thread hangs in the network and is left behind");
		return;
	}
	pthread_cond_destroy(&it->changed);
	pthread_mutex_destroy(&it->lock);
	arena_free(&it->arena);
	free(it);
}

static bool check_running(const struct crawl *crawl, struct err *err)
{
	return stop_is_raised(&crawl->stop) ? err_set(err, ERR_STOPPED, "the daemon stops") : true;
}

bool crawl_crates(struct crawl *crawl, struct arena *arena, const struct wanted *wanted, size_t n,
                  const struct cargo_config *config, bool offline, int64_t deadline_ms,
                  struct crawl_outcome *out, struct err *err)
{
	return check_running(crawl, err) &&
	       index_crawl_run(crawl, arena, wanted, n, config, offline || crawl->settings.offline,
	                       deadline_ms, out, err) &&
	       check_running(crawl, err);
}

bool crawl_archives(struct crawl *crawl, struct arena *arena, const struct archive_request *request,
                    struct crawl_outcome *out, struct err *err)
{
	struct archive_request asked = *request;

	asked.offline = asked.offline || crawl->settings.offline;
	return check_running(crawl, err) && archive_crawl_run(crawl, arena, &asked, out, err) &&
	       check_running(crawl, err);
}

/* What the store says of the advisories. */
struct advisory_age {
	bool stored;        /* some are */
	bool due;           /* they are to be pulled now */
	struct str failure; /* of a try a moment ago, which is not repeated; else empty */
};

static bool look_at_advisories(struct crawl *crawl, struct arena *arena, struct advisory_age *out,
                               struct err *err)
{
	CLEANUP(db_reader_return) struct db *reader = NULL;
	struct source_state state = { 0 };
	uint64_t n = 0;
	int64_t now = when_now();

	if (!db_reader_lend(crawl->pool, &reader, err) || !store_advisory_count(reader, &n, err))
		return false;
	int got = store_source_get(reader, arena, STR_LIT("advisories"), &state, err);
	if (got < 0)
		return false;
	*out = (struct advisory_age){ .stored = n > 0, .due = true };
	if (got == 0)
		return true;
	/* A moment in the future comes from a clock that was wrong. */
	out->due = state.ok_at <= now - crawl->settings.advisories_fresh_seconds ||
	           state.ok_at > now + DAY_SECONDS;
	if (out->due && state.last_error.n > 0 && state.tried_at > now - RETRY_SECONDS &&
	    state.tried_at <= now) {
		out->due = false;
		out->failure = state.last_error;
	}
	return true;
}

static bool pull(struct crawl *crawl, struct arena *arena, const struct advisory_source *source,
                 int64_t deadline_ms, struct crawl_outcome *out, struct err *err)
{
	struct advisory_result result = advisory_pull_run(crawl->pull, source, deadline_ms);

	if (result.err.kind == ERR_STOPPED) {
		*err = result.err;
		return false;
	}
	*out = (struct crawl_outcome){ .wanted = 1 };
	out->fetched = result.done && result.err.kind == ERR_NONE && !result.unchanged;
	out->unchanged = result.done && result.unchanged;
	out->failed = result.err.kind != ERR_NONE;
	if (out->failed) {
		out->failure = arena_str(arena, str_of(result.err.text));
		log_line(LOG_LEVEL_WARNING, "advisories: %s", result.err.text);
	}
	return true;
}

/* Where nothing is stored: what another tool has cloned. *out stays as it is where there is no such
 * thing or it is of no use; the network is asked then. */
static bool pull_copy(struct crawl *crawl, struct arena *arena, int64_t deadline_ms,
                      struct crawl_outcome *out, struct err *err)
{
	struct crawl_outcome outcome = { 0 };
	struct advisory_copy copy;

	if (!advisory_copy_find(arena, crawl->settings.cargo_home, &copy))
		return true;
	const struct advisory_source source = { .address = copy.path,
		                                .offline = true,
		                                .is_copy = true,
		                                .fetched_at = copy.fetched_at };
	if (!pull(crawl, arena, &source, deadline_ms, &outcome, err))
		return false;
	if (outcome.failed == 0)
		*out = outcome;
	return true;
}

bool crawl_advisories(struct crawl *crawl, struct arena *arena, bool offline, int64_t deadline_ms,
                      struct crawl_outcome *out, struct err *err)
{
	struct advisory_age age;
	const char *url = crawl->settings.advisories_url;

	*out = (struct crawl_outcome){ 0 };
	if (!check_running(crawl, err) || !look_at_advisories(crawl, arena, &age, err))
		return false;
	if (!age.stored) {
		if (!pull_copy(crawl, arena, deadline_ms, out, err))
			return false;
		if (out->wanted > 0 && out->fetched + out->unchanged == 0)
			return true; /* it is being read */
		/* It may be young enough. */
		if (out->fetched > 0 && !look_at_advisories(crawl, arena, &age, err))
			return false;
	}
	if (age.failure.n > 0)
		*out = (struct crawl_outcome){ .wanted = 1, .failed = 1, .failure = age.failure };
	if (!age.due || offline || crawl->settings.offline || !url)
		return true;
	const struct advisory_source source = { .address = str_of(url) };
	struct crawl_outcome outcome = { 0 };
	if (!pull(crawl, arena, &source, age.stored ? 0 : deadline_ms, &outcome, err))
		return false;
	if (out->fetched == 0 || outcome.failed > 0)
		*out = outcome;
	return true;
}

bool crawl_sync(struct crawl *crawl, struct arena *arena, const struct sync_request *request,
                struct sync_report *out, struct err *err)
{
	return check_running(crawl, err) && crawl_sync_run(crawl, arena, request, out, err);
}

struct str crawl_progress(struct crawl *crawl, struct arena *arena)
{
	unsigned received, total;
	struct str text = { 0 };

	pthread_mutex_lock(&crawl->lock);
	if (crawl->reading)
		text = arena_printf(arena, "index: %zu crates read",
		                    atomic_load(&crawl->reading->crates));
	else if (crawl->crate_jobs.made > 0)
		text = arena_printf(arena, "index: %zu of %zu crates", crawl->crate_jobs.done,
		                    crawl->crate_jobs.made);
	else if (crawl->archive_jobs.made > 0)
		text = arena_printf(arena, "crate archives: %zu of %zu", crawl->archive_jobs.done,
		                    crawl->archive_jobs.made);
	else if (crawl->syncing)
		text = arena_printf(arena, "%s", crawl->syncing);
	pthread_mutex_unlock(&crawl->lock);
	if (advisory_pull_progress(crawl->pull, &received, &total))
		text = arena_printf(arena, STR_FMT "%sadvisories: %u of %u objects", STR_ARG(text),
		                    text.n > 0 ? ", " : "", received, total);
	return text;
}
