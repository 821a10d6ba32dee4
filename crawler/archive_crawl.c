#include "crawler/archive_crawl.h"
#include "audit/limits.h"
#include "base/log.h"
#include "base/when.h"
#include "crawler/cargo_home.h"
#include "crawler/archive_item.h"
#include "db/store_crate.h"

/* Offline, cargo's files are not looked into again sooner for the same version. */
enum { LOOK_AGAIN_MS = 60000 };

/* A registry of one call. */
struct asked {
	struct str key;
	struct kept_registry *kept; /* NULL: it may not be asked, `why` says so */
	char why[248];
	struct cargo_home home;
	bool wants_config; /* something is to be downloaded */
};

struct call {
	struct crawl *crawl;
	struct arena *arena;
	const struct archive_request *request;
	int64_t until_ms;
	struct batch *batch;
	struct job *jobs;     /* made and not begun */
	struct job *download; /* cargo had no copy */
	struct {
		struct asked *p;
		size_t n, cap;
	} asked;
};

static void set_whole(struct job *job)
{
	pthread_mutex_lock(&job->crawl->lock);
	job->mark->is_whole = true;
	pthread_mutex_unlock(&job->crawl->lock);
}

static void on_stored(struct archive_item *item)
{
	const struct err *err = &item->item.err;
	bool ok = err->kind == ERR_NONE;

	if (ok && item->fact.is_whole)
		set_whole(item->owner);
	job_settle(item->owner, ok ? HOW_FETCHED : HOW_FAILED, ok ? item->seen_at : 0, err->text);
}

static struct archive_item *item_of(struct job *job)
{
	struct archive_item *item = archive_item_new(job->key, job->name, job->vers);

	item->cksum = job->cksum;
	item->seen_at = when_now();
	item->cache = job->crawl->cache;
	item->paths = job->crawl->settings.paths;
	item->owner = job;
	item->told = on_stored;
	return item;
}

/* True where cargo has the archive, or, where that is enough, has unpacked it. */
static bool take_from_cargo(struct job *job, const struct cargo_home *home)
{
	struct archive_item *item = item_of(job);
	struct err err = { 0 };

	if (job->has_cksum &&
	    cargo_home_archive(&item->arena, home, job->name, job->vers, &item->bytes, &err) == 1) {
		struct sha256 got = sha256_of(item->bytes);
		if (sha256_eq(&got, &job->cksum)) {
			ingest_put(job->crawl->ingest, &item->item);
			return true;
		}
	}
	if (!job->whole && cargo_home_manifest(&item->arena, home, job->name, job->vers,
	                                       &item->bytes, &err) == 1) {
		item->is_manifest = true;
		ingest_put(job->crawl->ingest, &item->item);
		return true;
	}
	archive_item_free(&item);
	return false;
}

static void fail_job(struct job *job, const char *why)
{
	struct err err = { 0 };

	err_set(&err, ERR_ABSENT, "archive of " STR_FMT " " STR_FMT ": %s", STR_ARG(job->name),
	        STR_ARG(job->vers), why);
	job_settle(job, HOW_FAILED, 0, err.text);
}

/* On the fetch thread. */
static void on_archive(void *owner, struct fetch_answer *answer)
{
	struct job *job = owner;
	struct err err = { 0 };

	if (answer->err.kind != ERR_NONE) {
		fail_job(job, answer->err.text);
	} else if (answer->status == 404 || answer->status == 410 || answer->status == 451) {
		job_settle(job, HOW_ABSENT, 0, NULL);
	} else if (answer->status != 200) {
		err_set(&err, ERR_NETWORK, STR_FMT " answered %ld", STR_ARG(job->registry->host),
		        answer->status);
		fail_job(job, err.text);
	} else {
		struct archive_item *item = item_of(job);
		item->owned = answer->body;
		answer->body = (struct buf){ 0 };
		item->bytes = buf_str(&item->owned);
		item->item.cost_bytes += item->bytes.n;
		ingest_put(job->crawl->ingest, &item->item);
	}
}

static void on_config(void *owner, struct fetch_answer *answer)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct job *job = owner;
	struct crawl *crawl = job->crawl;
	struct registry_config config;
	struct err err = answer->err;

	if (err.kind == ERR_NONE && answer->status != 200)
		err_set(&err, ERR_NETWORK, "config.json of " STR_FMT ": the server answered %ld",
		        STR_ARG(job->registry->host), answer->status);
	if (err.kind != ERR_NONE ||
	    !registry_config_parse(&arena, buf_str(&answer->body), &config, &err)) {
		job_settle(job, HOW_FAILED, 0, err.text);
		return;
	}
	pthread_mutex_lock(&crawl->lock);
	for (size_t i = 0; i < crawl->registries.n; i++) {
		struct kept_registry *kept = crawl->registries.p[i];
		if (&kept->registry != job->registry)
			continue;
		kept->config = (struct registry_config){ arena_str(&crawl->arena, config.dl),
			                                 config.auth_required };
		kept->has_config = true;
	}
	pthread_mutex_unlock(&crawl->lock);
	job_settle(job, HOW_FETCHED, 0, NULL);
}

/* Asks for config.json where it is not known yet, and waits for it. */
static void load_config(struct call *call, struct asked *asked)
{
	struct crawl *crawl = call->crawl;
	const struct registry *registry = &asked->kept->registry;
	struct batch *batch = batch_new();
	struct crawl_outcome outcome;
	struct err err = { 0 };
	struct job *job = NULL;

	pthread_mutex_lock(&crawl->lock);
	struct mark *mark = crawl_mark(crawl, &crawl->archives, registry->root,
	                               STR_LIT("config.json"), (struct str){ 0 });
	if (!asked->kept->has_config && !mark->job) {
		job = job_new(crawl, mark, registry->key, STR_LIT("config.json"),
		              (struct str){ 0 });
		job->registry = registry;
	}
	if (mark->job)
		batch_wait_for(batch, mark->job);
	pthread_mutex_unlock(&crawl->lock);
	if (job) {
		struct fetch_request request = { .url = registry_config_url(call->arena, registry),
			                         .token = registry->token,
			                         .max_bytes = REGISTRY_CONFIG_MAX_BYTES,
			                         .plain_http = registry->plain_http,
			                         .redirects = FETCH_SAME_HOST,
			                         .done = on_config,
			                         .owner = job };
		if (!fetch_start(crawl->fetch, &request, &err))
			job_settle(job, HOW_FAILED, 0, err.text);
	}
	batch_wait(crawl, batch, call->until_ms - when_monotonic_ms());
	batch_finish(crawl, &batch, call->arena, &outcome);
	if (outcome.failed > 0)
		memcpy(asked->why, outcome.failure.p, outcome.failure.n + 1);
}

static void download(struct call *call, struct job *job, const struct asked *asked)
{
	struct fetch_request request = { .max_bytes = ARCHIVE_MAX_BYTES,
		                         .as_is = true,
		                         .redirects = FETCH_TO_HTTPS,
		                         .done = on_archive,
		                         .owner = job };
	struct crawl *crawl = call->crawl;
	struct err err = { 0 };

	pthread_mutex_lock(&crawl->lock);
	bool has_config = asked->kept && asked->kept->has_config;
	struct registry_config config =
		has_config ? asked->kept->config : (struct registry_config){ 0 };
	pthread_mutex_unlock(&crawl->lock);
	if (asked->why[0] != '\0' || !has_config) {
		fail_job(job, asked->why[0] != '\0' ? asked->why
		                                    : "the registry did not answer in time");
		return;
	}
	if (config.auth_required && job->registry->token.n == 0) {
		fail_job(job, "the registry asks for a token, and none is configured");
		return;
	}
	request.token = config.auth_required ? job->registry->token : (struct str){ 0 };
	request.plain_http = job->registry->plain_http;
	if (!registry_download_url(call->arena, &config, job->name, job->vers, &job->cksum,
	                           &request.url, &err) ||
	    !fetch_start(crawl->fetch, &request, &err))
		fail_job(job, err.text);
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
	bool may = registry_find(call->arena, key, call->request->config, crawl->settings.config,
	                         &registry, &err);
	if (!may)
		memcpy(asked->why, err.text, sizeof asked->why);
	/* Cargo's own files may be read also of a registry that may not be asked. */
	registry_cached(call->arena, key, crawl->settings.config, &indexes);
	cargo_home_find(call->arena, crawl->settings.cargo_home, &indexes, &asked->home);
	if (may) {
		pthread_mutex_lock(&crawl->lock);
		asked->kept = crawl_keep_registry(crawl, &registry);
		pthread_mutex_unlock(&crawl->lock);
	}
	return asked;
}

static void set_looked(struct job *job)
{
	pthread_mutex_lock(&job->crawl->lock);
	job->mark->looked_ms = when_monotonic_ms();
	pthread_mutex_unlock(&job->crawl->lock);
}

/* What the store says of the version: 1 its facts are there, 0 they are not, -1. */
static int look_up(struct job *job, struct db *reader, struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct wanted wanted = { job->key, job->name, job->vers };
	struct package_facts facts = { 0 };
	struct manifest_fact fact;
	int got = store_fact_get(reader, &arena, &wanted, &fact, err);

	if (got < 0)
		return -1;
	if (got == 1 && fact.is_whole)
		set_whole(job);
	if (got == 1 && (fact.is_whole || (!job->whole && (fact.from == FACT_FROM_ARCHIVE ||
	                                                   fact.proc_macro != KNOWN_NOT))))
		return 1;
	if (!store_crate_version(reader, &arena, &wanted, 0, &facts, err))
		return -1;
	job->has_cksum = facts.has_cksum;
	job->cksum = facts.cksum;
	return 0;
}

static bool begin_job(struct call *call, struct job *job, struct db *reader, struct err *err)
{
	int known = look_up(job, reader, err);

	if (known < 0)
		return false;
	if (known == 1) {
		job_settle(job, HOW_UNCHANGED, when_now(), NULL);
		return true;
	}
	struct asked *asked = find_asked(call, job->key);
	job->registry = asked->kept ? &asked->kept->registry : NULL;
	if (take_from_cargo(job, &asked->home))
		return true;
	if (call->request->offline) {
		set_looked(job);
		fail_job(job, "cargo has no copy, and offline nobody is asked");
	} else if (!job->registry) {
		fail_job(job, asked->why);
	} else if (!job->has_cksum) {
		fail_job(job, "the index has no checksum of it");
	} else {
		asked->wants_config = true;
		job->next = call->download;
		call->download = job;
	}
	return true;
}

/* Begins all jobs: what cargo has first, then what is to be downloaded. After a failure of the
 * store the others are settled as failed. */
static bool begin_jobs(struct call *call, struct err *err)
{
	CLEANUP(db_reader_return) struct db *reader = NULL;
	bool ok = call->jobs == NULL || db_reader_lend(call->crawl->pool, &reader, err);

	for (struct job *job = call->jobs, *next; job; job = next) {
		next = job->next;
		ok = ok && begin_job(call, job, reader, err);
		if (!ok)
			job_settle(job, HOW_FAILED, 0, err->text);
	}
	if (reader)
		db_reader_return(&reader); /* the registry may let us wait */
	for (size_t i = 0; i < call->asked.n; i++)
		if (call->asked.p[i].wants_config)
			load_config(call, &call->asked.p[i]);
	for (struct job *job = call->download, *next; job; job = next) {
		next = job->next;
		download(call, job, find_asked(call, job->key));
	}
	return ok;
}

/* With the lock held: counts the version, joins the job that is under way, or makes one. */
static void want(struct call *call, const struct wanted *wanted)
{
	struct crawl *crawl = call->crawl;
	struct mark *mark =
		crawl_mark(crawl, &crawl->archives, wanted->registry, wanted->name, wanted->vers);
	bool looked = call->request->offline && mark->looked_ms != 0 &&
	              when_monotonic_ms() - mark->looked_ms < LOOK_AGAIN_MS;

	if (mark->pass == crawl->passes)
		return;
	mark->pass = crawl->passes;
	if (mark->job) {
		batch_wait_for(call->batch, mark->job);
	} else if (mark->fetched_at != 0 && (mark->is_whole || !call->request->whole)) {
		batch_count(call->batch, HOW_UNCHANGED, NULL);
	} else if (looked) {
		batch_count(call->batch, HOW_FAILED,
		            "cargo has no copy of an archive, and offline nobody is asked");
	} else {
		struct job *job =
			job_new(crawl, mark, wanted->registry, wanted->name, wanted->vers);
		job->whole = call->request->whole;
		batch_wait_for(call->batch, job);
		job->next = call->jobs;
		call->jobs = job;
	}
}

bool archive_crawl_run(struct crawl *crawl, struct arena *arena,
                       const struct archive_request *request, struct crawl_outcome *out,
                       struct err *err)
{
	struct call call = { .crawl = crawl,
		             .arena = arena,
		             .request = request,
		             .until_ms = when_monotonic_ms() + request->deadline_ms,
		             .batch = batch_new() };

	pthread_mutex_lock(&crawl->lock);
	crawl->passes++;
	for (size_t i = 0; i < request->n; i++)
		if (request->wanted[i].name.n > 0 && request->wanted[i].vers.n > 0)
			want(&call, &request->wanted[i]);
	pthread_mutex_unlock(&crawl->lock);
	bool ok = begin_jobs(&call, err);
	batch_wait(crawl, call.batch, ok ? call.until_ms - when_monotonic_ms() : 0);
	batch_finish(crawl, &call.batch, arena, out);
	if (out->failed > 0 && !request->offline)
		log_line(LOG_LEVEL_WARNING, "archives: %zu of %zu failed: " STR_FMT, out->failed,
		         out->wanted, STR_ARG(out->failure));
	return ok;
}
