#include "crawler/crawl_state.h"
#include "base/when.h"
#include "db/store_source.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static struct mark_registry *find_registry(struct crawl *crawl, struct mark_table *table,
                                           struct str key)
{
	for (size_t i = 0; i < table->registries.n; i++)
		if (str_eq(table->registries.p[i].key, key))
			return &table->registries.p[i];
	struct mark_registry *fresh = vec_add(&crawl->arena, &table->registries);
	fresh->key = arena_str(&crawl->arena, key);
	return fresh;
}

struct mark *crawl_mark(struct crawl *crawl, struct mark_table *table, struct str registry,
                        struct str name, struct str vers)
{
	struct mark_registry *in = find_registry(crawl, table, registry);
	char text[512];
	uint32_t i;

	int n = snprintf(text, sizeof text, STR_FMT "%s" STR_FMT, STR_ARG(str_sub(name, 0, 128)),
	                 vers.n > 0 ? " " : "", STR_ARG(str_sub(vers, 0, 300)));
	struct str key = { text, (size_t)n };
	if (map_get(&in->map, key, &i))
		return table->marks.p[i];
	struct mark *mark = arena_new(&crawl->arena, struct mark);
	map_put(&in->map, &crawl->arena, arena_str(&crawl->arena, key), (uint32_t)table->marks.n);
	*vec_add(&crawl->arena, &table->marks) = mark;
	return mark;
}

void crawl_forget(struct crawl *crawl)
{
	for (size_t i = 0; i < crawl->crates.marks.n; i++) {
		crawl->crates.marks.p[i]->fetched_at = 0;
		crawl->crates.marks.p[i]->looked_ms = 0;
	}
	for (size_t i = 0; i < crawl->archives.marks.n; i++) {
		crawl->archives.marks.p[i]->fetched_at = 0;
		crawl->archives.marks.p[i]->looked_ms = 0;
	}
}

struct kept_registry *crawl_keep_registry(struct crawl *crawl, const struct registry *registry)
{
	for (size_t i = 0; i < crawl->registries.n; i++) {
		const struct registry *kept = &crawl->registries.p[i]->registry;
		if (str_eq(kept->key, registry->key) && str_eq(kept->root, registry->root) &&
		    str_eq(kept->token, registry->token))
			return crawl->registries.p[i];
	}
	struct kept_registry *copy = arena_new(&crawl->arena, struct kept_registry);
	copy->registry = *registry;
	copy->registry.key = arena_str(&crawl->arena, registry->key);
	copy->registry.root = arena_str(&crawl->arena, registry->root);
	copy->registry.host = arena_str(&crawl->arena, registry->host);
	copy->registry.token = arena_str(&crawl->arena, registry->token);
	*vec_add(&crawl->arena, &crawl->registries) = copy;
	return copy;
}

struct batch *batch_new(void)
{
	struct batch *batch = calloc(1, sizeof *batch);

	if (!batch)
		abort();
	batch->holders = 1;
	return batch;
}

static void let_go(struct batch *batch)
{
	if (--batch->holders == 0)
		free(batch);
}

void batch_wait_for(struct batch *batch, struct job *job)
{
	struct waiter *waiter = malloc(sizeof *waiter);

	if (!waiter)
		abort();
	*waiter = (struct waiter){ batch, job->waiters };
	job->waiters = waiter;
	batch->holders++;
	batch->pending++;
}

void batch_count(struct batch *batch, enum how how, const char *why)
{
	batch->counts[how]++;
	if (how == HOW_FAILED && why && batch->failure[0] == '\0')
		snprintf(batch->failure, sizeof batch->failure, "%s", why);
}

void batch_wait(struct crawl *crawl, struct batch *batch, int64_t deadline_ms)
{
	struct timespec until;
	/* Longer than a process lives is for ever. */
	int64_t for_ms = deadline_ms < 0                  ? 0
	                 : deadline_ms < INT64_C(1) << 40 ? deadline_ms
	                                                  : INT64_C(1) << 40;
	int64_t until_ms = when_monotonic_ms() + for_ms;

	until.tv_sec = (time_t)(until_ms / 1000);
	until.tv_nsec = (long)(until_ms % 1000) * 1000000;
	pthread_mutex_lock(&crawl->lock);
	while (batch->pending > 0 && !stop_is_raised(&crawl->stop))
		if (pthread_cond_timedwait(&crawl->changed, &crawl->lock, &until) != 0)
			break;
	pthread_mutex_unlock(&crawl->lock);
}

void batch_finish(struct crawl *crawl, struct batch **batch, struct arena *arena,
                  struct crawl_outcome *out)
{
	struct batch *it = *batch;

	pthread_mutex_lock(&crawl->lock);
	*out = (struct crawl_outcome){ .fetched = it->counts[HOW_FETCHED],
		                       .unchanged = it->counts[HOW_UNCHANGED],
		                       .absent = it->counts[HOW_ABSENT],
		                       .failed = it->counts[HOW_FAILED] };
	out->wanted = out->fetched + out->unchanged + out->absent + out->failed + it->pending;
	out->failure = arena_str(arena, str_of(it->failure));
	let_go(it);
	pthread_mutex_unlock(&crawl->lock);
	*batch = NULL;
}

static struct jobs *jobs_of(const struct job *job)
{
	return job->vers.n > 0 ? &job->crawl->archive_jobs : &job->crawl->crate_jobs;
}

struct job *job_new(struct crawl *crawl, struct mark *mark, struct str registry, struct str name,
                    struct str vers)
{
	struct job *job = calloc(1, sizeof *job);

	if (!job)
		abort();
	job->crawl = crawl;
	job->mark = mark;
	job->key = arena_str(&job->arena, registry);
	job->name = arena_str(&job->arena, name);
	job->vers = arena_str(&job->arena, vers);
	mark->job = job;
	jobs_of(job)->made++;
	return job;
}

void job_settle(struct job *job, enum how how, int64_t fetched_at, const char *why)
{
	struct crawl *crawl = job->crawl;

	pthread_mutex_lock(&crawl->lock);
	job->mark->job = NULL;
	if (fetched_at != 0)
		job->mark->fetched_at = fetched_at;
	struct jobs *jobs = jobs_of(job);
	if (++jobs->done == jobs->made)
		*jobs = (struct jobs){ 0 };
	for (struct waiter *at = job->waiters, *next; at; at = next) {
		next = at->next;
		batch_count(at->batch, how, why);
		at->batch->pending--;
		let_go(at->batch);
		free(at);
	}
	pthread_cond_broadcast(&crawl->changed);
	pthread_mutex_unlock(&crawl->lock);
	arena_free(&job->arena);
	free(job);
}

/* ok_at 0: it failed, and `why` says how. */
static void note_source(struct crawl *crawl, struct source_state *fresh, int64_t ok_at,
                        const char *why)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(db_reader_return) struct db *reader = NULL;
	struct source_state state = { 0 };
	struct err err = { 0 };

	if (!db_reader_lend(crawl->pool, &reader, &err) ||
	    store_source_get(reader, &arena, fresh->name, &state, &err) < 0)
		return;
	db_reader_return(&reader);
	fresh->tried_at = when_now();
	fresh->ok_at = ok_at != 0 ? ok_at : state.ok_at;
	if (ok_at == 0)
		fresh->validator = state.validator;
	fresh->last_error = str_of(why);
	CLEANUP(db_writer_end) struct db *writer = NULL;
	if (!db_writer_begin(crawl->pool, &writer, &err) ||
	    !store_source_put(writer, fresh, &err) || !db_writer_commit(writer, &err))
		return;
}

void crawl_note_source(struct crawl *crawl, const char *name, struct str address,
                       struct str validator, const char *why)
{
	struct source_state fresh = { .name = str_of(name),
		                      .address = address,
		                      .validator = validator };

	note_source(crawl, &fresh, why ? 0 : when_now(), why);
}

void crawl_note_source_at(struct crawl *crawl, const char *name, struct str address,
                          struct str validator, int64_t ok_at)
{
	struct source_state fresh = { .name = str_of(name),
		                      .address = address,
		                      .validator = validator };

	note_source(crawl, &fresh, ok_at, NULL);
}
