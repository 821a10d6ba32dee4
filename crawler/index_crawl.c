#include "crawler/index_crawl.h"
#include "audit/limits.h"
#include "base/log.h"
#include "base/when.h"
#include "crawler/cargo_home.h"
#include "crawler/index_file.h"
#include "db/store_crate.h"

/* Offline, cargo's cache is not looked into again sooner for the same crate. */
enum { LOOK_AGAIN_MS = 60000 };

/* A registry of one call. */
struct asked {
	struct str key;
	const struct registry *registry; /* NULL: it may not be asked, `why` says so */
	char why[248];
	struct cargo_home home;
	struct batch *batch; /* its jobs alone, so that each source is told its own failures */
};

struct call {
	struct crawl *crawl;
	struct arena *arena;
	const struct cargo_config *config;
	const struct registry *given; /* asked instead of crates.io's own; NULL */
	bool offline, force;          /* force: whatever the age */
	struct batch *batch;
	struct job *jobs;
	struct {
		struct asked *p;
		size_t n, cap;
	} asked;
};

static bool is_fresh(const struct crawl *crawl, int64_t fetched_at)
{
	int64_t now = when_now();

	return fetched_at > now - crawl->settings.index_fresh_seconds &&
	       fetched_at <= now + DAY_SECONDS;
}

static void set_looked(struct job *job)
{
	pthread_mutex_lock(&job->crawl->lock);
	job->mark->looked_ms = when_monotonic_ms();
	pthread_mutex_unlock(&job->crawl->lock);
}

static void on_stored(struct index_item *item)
{
	const struct err *err = &item->item.err;
	struct job *job = item->owner;

	if (err->kind != ERR_NONE) {
		job_settle(job, HOW_FAILED, 0, err->text);
		return;
	}
	enum how how = HOW_FETCHED;
	switch (item->news) {
	case INDEX_NEWS_FILE:
		break;
	case INDEX_NEWS_SAME:
		how = HOW_UNCHANGED;
		break;
	case INDEX_NEWS_NO_CRATE:
		how = HOW_ABSENT;
		break;
	}
	job_settle(job, how, item->fetched_at, NULL);
}

static struct index_item *item_of(struct job *job, enum index_news news, int64_t fetched_at)
{
	struct index_item *item = index_item_new(news, job->key, job->name);

	item->fetched_at = fetched_at;
	item->cache = job->crawl->cache;
	item->owner = job;
	item->told = on_stored;
	return item;
}

static void settle_status(struct job *job, long status)
{
	struct err err = { 0 };
	struct str host = job->registry->host;

	if (status == 401 || status == 403)
		err_set(&err, ERR_NETWORK, STR_FMT " answered %ld for the crate " STR_FMT ": %s",
		        STR_ARG(host), status, STR_ARG(job->name),
		        job->registry->token.n > 0 ? "the token was refused"
		                                   : "it asks for a token");
	else if (status == 304)
		err_set(&err, ERR_NETWORK,
		        STR_FMT " answered 304 for the crate " STR_FMT
		                ", of which nothing is stored",
		        STR_ARG(host), STR_ARG(job->name));
	else
		err_set(&err, ERR_NETWORK, STR_FMT " answered %ld for the crate " STR_FMT,
		        STR_ARG(host), status, STR_ARG(job->name));
	job_settle(job, HOW_FAILED, 0, err.text);
}

/* On the fetch thread. */
static void on_answer(void *owner, struct fetch_answer *answer)
{
	struct job *job = owner;
	struct index_item *item;
	long status = answer->status;

	if (answer->err.kind != ERR_NONE) {
		job_settle(job, HOW_FAILED, 0, answer->err.text);
		return;
	}
	if (status == 200) {
		item = item_of(job, INDEX_NEWS_FILE, when_now());
		item->owned = answer->body;
		answer->body = (struct buf){ 0 };
		item->etag = arena_str(&item->arena, answer->etag);
		item->last_modified = arena_str(&item->arena, answer->last_modified);
		index_item_body(item, buf_str(&item->owned));
	} else if (status == 304 && job->fetched_at != 0) {
		item = item_of(job, INDEX_NEWS_SAME, when_now());
	} else if (status == 404 || status == 410 || status == 451) {
		item = item_of(job, INDEX_NEWS_NO_CRATE, when_now());
	} else {
		settle_status(job, status);
		return;
	}
	ingest_put(job->crawl->ingest, &item->item);
}

/* Cargo's cache had nothing fresh: the registry is asked, if it may be. */
static void ask(struct job *job)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct fetch_request request = { .etag = job->etag,
		                         .last_modified = job->last_modified,
		                         .max_bytes = INDEX_FILE_MAX_BYTES,
		                         .redirects = FETCH_SAME_HOST,
		                         .done = on_answer,
		                         .owner = job };
	struct err err = { 0 };

	if (job->offline) {
		set_looked(job);
		err_set(&err, ERR_ABSENT,
		        "nothing is known of the crate " STR_FMT
		        " here, and offline nobody is asked",
		        STR_ARG(job->name));
		job_settle(job, job->fetched_at != 0 ? HOW_UNCHANGED : HOW_FAILED, job->fetched_at,
		           err.text);
		return;
	}
	if (!job->registry) {
		job_settle(job, HOW_FAILED, 0, job->why_not.p);
		return;
	}
	request.token = job->registry->token;
	request.plain_http = job->registry->plain_http;
	if (!registry_index_url(&arena, job->registry, job->name, &request.url, &err) ||
	    !fetch_start(job->crawl->fetch, &request, &err))
		job_settle(job, HOW_FAILED, 0, err.text);
}

/* Cargo's copy is stored, or was refused; where it is not fresh the registry is asked as well. */
static void on_cargo_stored(struct index_item *item)
{
	struct job *job = item->owner;

	if (item->item.err.kind == ERR_NONE) {
		job->fetched_at = item->fetched_at;
		job->etag = arena_str(&job->arena, item->etag);
		job->last_modified = arena_str(&job->arena, item->last_modified);
		if (is_fresh(job->crawl, job->fetched_at) || job->offline || !job->registry) {
			job_settle(job, HOW_FETCHED, job->fetched_at, NULL);
			return;
		}
	}
	ask(job);
}

/* True where cargo has a newer copy; the job then goes on when that is stored. */
static bool take_from_cargo(struct job *job, const struct cargo_home *home)
{
	struct index_item *item = item_of(job, INDEX_NEWS_FILE, 0);
	struct cargo_index_file file;
	struct err err = { 0 };

	/* A damaged copy is cargo's matter: the registry has a better one. */
	if (cargo_home_index(&item->arena, home, job->name, job->fetched_at, &file, &err) != 1) {
		index_item_free(&item);
		return false;
	}
	/* A clock that was wrong must not keep this file young. */
	item->fetched_at = file.written_at < when_now() ? file.written_at : when_now();
	item->etag = file.etag;
	item->last_modified = file.last_modified;
	item->told = on_cargo_stored;
	index_item_body(item, file.lines);
	ingest_put(job->crawl->ingest, &item->item);
	return true;
}

static bool begin_job(struct call *call, struct job *job, const struct asked *asked,
                      struct db *reader, struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct crate_state state = { 0 };
	int got = store_crate_state(reader, &arena, job->key, job->name, &state, err);

	if (got < 0)
		return false;
	job->registry = asked->registry;
	job->why_not = arena_str(&job->arena, str_of(asked->why));
	job->offline = call->offline;
	job->fetched_at = state.fetched_at;
	job->etag = arena_str(&job->arena, state.etag);
	job->last_modified = arena_str(&job->arena, state.last_modified);
	if (!call->force && is_fresh(call->crawl, job->fetched_at))
		job_settle(job, HOW_UNCHANGED, job->fetched_at, NULL);
	else if (!take_from_cargo(job, &asked->home))
		ask(job);
	return true;
}

/* The registry of a job, looked up once a call. */
static struct asked *find_asked(struct call *call, struct str key)
{
	struct crawl *crawl = call->crawl;
	struct registry registry = { 0 };
	struct str_list indexes = { 0 };
	struct err err = { 0 };

	for (size_t i = 0; i < call->asked.n; i++)
		if (str_eq(call->asked.p[i].key, key))
			return &call->asked.p[i];
	struct asked *asked = vec_add(call->arena, &call->asked);
	asked->key = arena_str(call->arena, key);
	asked->batch = batch_new();
	if (call->given && str_eq(key, REGISTRY_CRATES_IO))
		registry = *call->given;
	else if (!registry_find(call->arena, key, call->config, crawl->settings.config, &registry,
	                        &err)) {
		memcpy(asked->why, err.text, sizeof asked->why);
	}
	/* Cargo's own files may be read also of a registry that may not be asked. */
	if (registry.root.n > 0 && call->given)
		*vec_add(call->arena, &indexes) =
			arena_printf(call->arena, "sparse+" STR_FMT, STR_ARG(registry.root));
	else
		registry_cached(call->arena, key, crawl->settings.config, &indexes);
	cargo_home_find(call->arena, crawl->settings.cargo_home, &indexes, &asked->home);
	if (asked->why[0] == '\0') {
		pthread_mutex_lock(&crawl->lock);
		asked->registry = &crawl_keep_registry(crawl, &registry)->registry;
		pthread_mutex_unlock(&crawl->lock);
	}
	return asked;
}

/* With the lock held: counts the crate, joins the job that is under way, or makes one. */
static void want(struct call *call, struct str registry, struct str name)
{
	struct crawl *crawl = call->crawl;
	struct mark *mark = crawl_mark(crawl, &crawl->crates, registry, name, (struct str){ 0 });
	bool looked = call->offline && mark->looked_ms != 0 &&
	              when_monotonic_ms() - mark->looked_ms < LOOK_AGAIN_MS;

	if (mark->pass == crawl->passes)
		return; /* the same crate in another version */
	mark->pass = crawl->passes;
	if (mark->job) {
		batch_wait_for(call->batch, mark->job);
	} else if (!call->force &&
	           (is_fresh(crawl, mark->fetched_at) || (looked && mark->fetched_at != 0))) {
		batch_count(call->batch, HOW_UNCHANGED, NULL);
	} else {
		struct job *job = job_new(crawl, mark, registry, name, (struct str){ 0 });
		batch_wait_for(call->batch, job);
		job->next = call->jobs;
		call->jobs = job;
	}
}

/* Begins the jobs that were made; after a failure of the store the others are settled as failed. */
static bool begin_jobs(struct call *call, struct err *err)
{
	CLEANUP(db_reader_return) struct db *reader = NULL;
	bool ok = call->jobs == NULL || db_reader_lend(call->crawl->pool, &reader, err);

	for (struct job *job = call->jobs, *next; job; job = next) {
		next = job->next;
		if (ok) {
			struct asked *asked = find_asked(call, job->key);
			pthread_mutex_lock(&call->crawl->lock);
			batch_wait_for(asked->batch, job);
			pthread_mutex_unlock(&call->crawl->lock);
			ok = begin_job(call, job, asked, reader, err);
			if (ok)
				continue;
		}
		job_settle(job, HOW_FAILED, 0, err->text);
	}
	return ok;
}

/* Tells each source how it fared, and lets go of its batch. */
static void note_sources(struct call *call)
{
	for (size_t i = 0; i < call->asked.n; i++) {
		struct asked *asked = &call->asked.p[i];
		struct crawl_outcome outcome;

		batch_finish(call->crawl, &asked->batch, call->arena, &outcome);
		bool is_over = outcome.wanted == outcome.fetched + outcome.unchanged +
		                                         outcome.absent + outcome.failed;
		if (outcome.failed > 0 && !call->offline)
			log_line(LOG_LEVEL_WARNING,
			         "index " STR_FMT ": %zu of %zu crates failed: " STR_FMT,
			         STR_ARG(asked->key), outcome.failed, outcome.wanted,
			         STR_ARG(outcome.failure));
		if (!asked->registry || call->offline || !is_over)
			continue;
		struct str name = arena_printf(call->arena, "index " STR_FMT, STR_ARG(asked->key));
		crawl_note_source(call->crawl, name.p, asked->registry->root, (struct str){ 0 },
		                  outcome.failed > 0 ? outcome.failure.p : NULL);
	}
}

static bool run(struct call *call, int64_t deadline_ms, struct crawl_outcome *out, struct err *err)
{
	bool ok = begin_jobs(call, err);

	batch_wait(call->crawl, call->batch, ok ? deadline_ms : 0);
	note_sources(call);
	batch_finish(call->crawl, &call->batch, call->arena, out);
	return ok;
}

bool index_crawl_run(struct crawl *crawl, struct arena *arena, const struct wanted *wanted,
                     size_t n, const struct cargo_config *config, bool offline, int64_t deadline_ms,
                     struct crawl_outcome *out, struct err *err)
{
	struct call call = { .crawl = crawl,
		             .arena = arena,
		             .config = config,
		             .offline = offline,
		             .batch = batch_new() };

	pthread_mutex_lock(&crawl->lock);
	crawl->passes++;
	for (size_t i = 0; i < n; i++)
		if (wanted[i].name.n > 0)
			want(&call, wanted[i].registry, wanted[i].name);
	pthread_mutex_unlock(&crawl->lock);
	return run(&call, deadline_ms, out, err);
}

bool index_crawl_known(struct crawl *crawl, struct arena *arena, struct str url, bool offline,
                       struct crawl_outcome *out, struct err *err)
{
	CLEANUP(db_reader_return) struct db *reader = NULL;
	struct call call = { .crawl = crawl, .arena = arena, .force = true };
	struct registry given;
	struct str_list names = { 0 };

	if (offline)
		return err_set(err, ERR_NETWORK, "the registry is not asked: offline");
	if (url.n > 0) {
		if (!registry_at(arena, REGISTRY_CRATES_IO, url, &given, err))
			return false;
		call.given = &given;
	}
	if (!db_reader_lend(crawl->pool, &reader, err) ||
	    !store_crate_names(reader, arena, REGISTRY_CRATES_IO, &names, err))
		return false;
	db_reader_return(&reader);
	call.batch = batch_new();
	pthread_mutex_lock(&crawl->lock);
	crawl->passes++;
	for (size_t i = 0; i < names.n; i++)
		want(&call, REGISTRY_CRATES_IO, names.p[i]);
	for (size_t i = 0; crawl->settings.watch && i < crawl->settings.watch->n; i++)
		want(&call, REGISTRY_CRATES_IO, crawl->settings.watch->p[i]);
	pthread_mutex_unlock(&crawl->lock);
	return run(&call, INT64_MAX, out, err);
}
