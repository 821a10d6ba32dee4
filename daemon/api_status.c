#include "daemon/api_status.h"
#include "base/jsonout.h"
#include "base/when.h"
#include "daemon/api.h"
#include "daemon/service.h"
#include "db/store_advisory.h"
#include "db/store_crate.h"
#include "db/store_source.h"
#include <sys/stat.h>
#include <unistd.h>

enum { STATUS_MAX_BYTES = 1 << 20 };

/* What the store says of itself, read in one snapshot. */
struct store_status {
	struct crate_counts crates;
	uint64_t advisories;
	struct source_state_list sources;
};

static bool read_store(struct service *service, struct arena *arena, struct store_status *out,
                       struct err *err)
{
	CLEANUP(db_reader_return) struct db *reader = NULL;

	return db_reader_lend(service->pool, &reader, err) &&
	       store_crate_counts(reader, &out->crates, err) &&
	       store_advisory_count(reader, &out->advisories, err) &&
	       store_source_list(reader, arena, &out->sources, err);
}

static uint64_t size_of(struct arena *arena, const char *path, const char *suffix)
{
	struct stat info = { 0 };
	const char *name = arena_printf(arena, "%s%s", path, suffix).p;

	return stat(name, &info) == 0 ? (uint64_t)info.st_size : 0;
}

/* Resident bytes, from the second field of /proc/self/statm; 0 where there is no /proc. */
static uint64_t resident_bytes(struct arena *arena)
{
	struct err err = { 0 };
	struct str text = { 0 }, rest = { 0 }, pages = { 0 };
	uint64_t n = 0;

	if (!file_read(arena, "/proc/self/statm", 4096, &text, &err) ||
	    !str_cut(text, ' ', &text, &rest))
		return 0;
	str_cut(rest, ' ', &pages, &rest);
	return str_to_u64(pages, &n) ? n * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

static void put_text(struct jsonout *json, const char *key, const char *value)
{
	jsonout_key(json, key);
	jsonout_text(json, value);
}

static void put_str(struct jsonout *json, const char *key, struct str value)
{
	jsonout_key(json, key);
	jsonout_str(json, value);
}

static void put_number(struct jsonout *json, const char *key, uint64_t value)
{
	jsonout_key(json, key);
	jsonout_u64(json, value);
}

static void put_bool(struct jsonout *json, const char *key, bool value)
{
	jsonout_key(json, key);
	jsonout_bool(json, value);
}

/* A moment, and null for none. */
static void put_moment(struct jsonout *json, struct arena *arena, const char *key, int64_t at)
{
	jsonout_key(json, key);
	if (at == 0)
		jsonout_null(json);
	else
		jsonout_str(json, when_rfc3339(arena, at));
}

static void put_daemon(struct jsonout *json, struct service *service, struct arena *arena)
{
	int64_t uptime_ms = when_monotonic_ms() - service->started_ms;
	struct api_activity activity = api_activity(service->api);

	jsonout_key(json, "daemon");
	jsonout_object(json);
	put_text(json, "version", RTAUDIT_VERSION);
	put_number(json, "pid", (uint64_t)getpid());
	put_moment(json, arena, "started_at", service->started_at);
	put_number(json, "uptime_seconds", (uint64_t)(uptime_ms / 1000));
	put_number(json, "rss_bytes", resident_bytes(arena));
	put_number(json, "requests", activity.served);
	put_text(json, "socket", service->listener.path);
	put_text(json, "config", service->place.config);
	put_text(json, "knowledge", service->own_knowledge);
	put_text(json, "cache", service->place.cache);
	put_text(json, "log", service->place.log);
	put_bool(json, "shared", service->place.system);
	put_bool(json, "offline", service->config.offline);
	jsonout_object_end(json);
}

static void put_store(struct jsonout *json, struct service *service, struct arena *arena,
                      const struct store_status *store)
{
	struct db_counts counts = db_pool_counts(service->pool);
	const char *path = service->place.database;

	jsonout_key(json, "database");
	jsonout_object(json);
	put_text(json, "path", path);
	put_number(json, "size_bytes", size_of(arena, path, "") + size_of(arena, path, "-wal"));
	put_number(json, "crates", store->crates.crates);
	put_number(json, "versions", store->crates.versions);
	put_number(json, "advisories", store->advisories);
	put_moment(json, arena, "index_at", store->crates.newest_fetch_at);
	put_number(json, "statements", counts.statements);
	put_number(json, "commits", counts.generation);
	jsonout_object_end(json);
}

static void put_sources(struct jsonout *json, struct arena *arena,
                        const struct source_state_list *sources)
{
	int64_t now = when_now();

	jsonout_key(json, "sources");
	jsonout_array(json);
	for (size_t i = 0; i < sources->n; i++) {
		const struct source_state *source = &sources->p[i];

		jsonout_object(json);
		put_str(json, "name", source->name);
		put_str(json, "address", source->address);
		put_moment(json, arena, "ok_at", source->ok_at);
		jsonout_key(json, "age_seconds");
		if (source->ok_at == 0)
			jsonout_null(json);
		else
			jsonout_i64(json, now - source->ok_at);
		put_moment(json, arena, "tried_at", source->tried_at);
		jsonout_key(json, "last_error");
		if (source->last_error.n == 0)
			jsonout_null(json);
		else
			jsonout_str(json, source->last_error);
		jsonout_object_end(json);
	}
	jsonout_array_end(json);
}

bool api_status(struct service *service, const struct request *request, struct answer *answer,
                struct err *err)
{
	struct arena *arena = request->arena;
	struct store_status store = { 0 };

	if (!read_store(service, arena, &store, err))
		return false;
	answer->body = buf_make(STATUS_MAX_BYTES);
	struct jsonout json = jsonout_open(&answer->body, 2);

	jsonout_object(&json);
	put_text(&json, "schema", "rtaudit.status/1");
	put_daemon(&json, service, arena);
	put_store(&json, service, arena, &store);
	put_sources(&json, arena, &store.sources);
	jsonout_key(&json, "work");
	jsonout_object(&json);
	put_str(&json, "text", crawl_progress(service->crawl, arena));
	jsonout_object_end(&json);
	jsonout_object_end(&json);
	buf_byte(&answer->body, '\n');
	answer->content_type = "application/json";
	return buf_done(&answer->body, "the status", err);
}

bool api_status_stop(struct service *service, const struct request *request, struct answer *answer,
                     struct err *err)
{
	if (!request->trusted) {
		err_set(err, ERR_USAGE, "only the daemon's own user may end it");
		return false;
	}
	answer->content_type = "text/plain; charset=utf-8";
	/* Before the answer: a client that has it starts the next daemon and must not meet this
	 * one. */
	listener_hide(&service->listener);
	stop_raise(&service->stop);
	service_wake(service);
	return true;
}
