#include "daemon/service.h"
#include "daemon/api.h"
#include "daemon/own_registry.h"
#include "audit/limits.h"
#include "base/file.h"
#include "base/when.h"
#include "crawler/network.h"
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
	LOCK_WAIT_MS = 10000,          /* an old daemon that was asked to end has 5 s */
	REQUESTS_WAIT_MS = 4500,       /* of the five seconds that an end may take */
	MANIFESTS_MAX_BYTES = 16 << 20 /* read manifests: a workspace of 40 members takes 1 MB */
};

/* The configuration of the daemon and of cargo, into an arena of their own. */
static bool read_configuration(struct service *service, struct arena *arena, struct config *config,
                               struct cargo_config *cargo, struct err *err)
{
	struct err passed = { 0 };
	struct network network;

	if (!config_load(arena, service->place.config, config, err))
		return false;
	if (!own_registry_load(arena, config, service->place.cargo_home, cargo, &passed)) {
		/* Cargo's file may hold anything; the daemon does without it rather than not at
		   all. */
		log_line(LOG_LEVEL_WARNING, "cargo's configuration is passed over: %s",
		         passed.text);
		if (!own_registry_load(arena, config, NULL, cargo, err))
			return false;
	}
	network_of(arena, cargo, &network);
	config->offline = config->offline || network.offline;
	return true;
}

static int start_configuration(struct service *service, struct err *err)
{
	if (!read_configuration(service, &service->config_arena, &service->config, &service->cargo,
	                        err))
		return -1;
	log_set_level(service->config.log_level);
	return 1;
}

static void stop_configuration(struct service *service)
{
	service->config = (struct config){ 0 };
	service->cargo = (struct cargo_config){ 0 };
	arena_free(&service->config_arena);
}

static int start_lock(struct service *service, struct err *err)
{
	const char *path = service->place.socket;

	if (service->config.socket && !getenv("RTAUDIT_SOCKET"))
		path = arena_cstr(&service->arena, str_of(service->config.socket));
	service->listener = listener_at(path);
	/* A service manager that hands over the socket never starts two daemons. */
	if (service->inherited.plus1 > 0)
		return 1;
	return listener_lock(&service->listener, LOCK_WAIT_MS, err);
}

static void stop_lock(struct service *service)
{
	listener_close(&service->listener);
}

/* What is compiled in, and the user's own rows: those of the file that the configuration names, or
 * of the usual one where it is there. */
static bool read_knowledge(const struct service *service, const struct config *config,
                           struct arena *arena, const struct knowledge **out, const char **own,
                           struct err *err)
{
	const char *path = config->knowledge ? config->knowledge : service->place.knowledge;
	struct str bytes = { 0 };

	if (!file_read(arena, path, KNOWLEDGE_MAX_BYTES, &bytes, err)) {
		if (err->kind != ERR_ABSENT)
			return false;
		if (config->knowledge) {
			err->kind = ERR_INPUT; /* the configuration names it */
			return false;
		}
		*err = (struct err){ 0 };
		path = NULL;
	}
	*own = path ? arena_cstr(arena, str_of(path)) : NULL;
	return knowledge_load_own(arena, str_of(*own), bytes, out, err);
}

static int start_knowledge(struct service *service, struct err *err)
{
	if (!read_knowledge(service, &service->config, &service->knowledge_arena,
	                    &service->knowledge, &service->own_knowledge, err))
		return -1;
	return 1;
}

static void stop_knowledge(struct service *service)
{
	service->knowledge = NULL;
	service->own_knowledge = NULL;
	arena_free(&service->knowledge_arena);
}

static int start_database(struct service *service, struct err *err)
{
	if (!place_make_folders(&service->place, err) ||
	    !db_pool_open(&service->pool, service->place.database, err))
		return -1;
	return 1;
}

static void stop_database(struct service *service)
{
	db_pool_close(&service->pool);
}

static int start_manifests(struct service *service, struct err *err)
{
	(void)err;
	service->manifests = manifest_cache_open(MANIFESTS_MAX_BYTES);
	return 1;
}

static void stop_manifests(struct service *service)
{
	manifest_cache_close(&service->manifests);
}

static int start_facts(struct service *service, struct err *err)
{
	return fact_cache_open(&service->cache, service->pool, service->config.cache_bytes, err)
	               ? 1
	               : -1;
}

static void stop_facts(struct service *service)
{
	fact_cache_close(&service->cache);
}

static int start_crawl(struct service *service, struct err *err)
{
	const struct config *config = &service->config;
	struct crawl_settings settings = {
		.cache_folder = service->place.cache,
		.cargo_home = service->place.cargo_home,
		.advisories_url = config->advisories_url,
		.offline = config->offline,
		.index_fresh_seconds = config->index_fresh_seconds,
		.advisories_fresh_seconds = config->advisories_fresh_seconds,
		.connections_per_host = config->connections,
		.watch = &config->watch,
		.config = &service->cargo,
		.paths = knowledge_source_paths(service->knowledge),
	};

	return crawl_open(&service->crawl, service->pool, service->cache, &settings, err) ? 1 : -1;
}

static void stop_crawl(struct service *service)
{
	crawl_close(&service->crawl);
}

static int start_socket(struct service *service, struct err *err)
{
	int inherited = service->inherited.plus1 - 1;

	if (inherited < 0)
		return listener_open(&service->listener, service->place.system ? 0666 : 0600, err)
		               ? 1
		               : -1;
	if (!listener_inherit(&service->listener, inherited, err))
		return -1;
	service->inherited = (struct fd){ 0 };
	return 1;
}

static int start_requests(struct service *service, struct err *err)
{
	return api_open(&service->api, service, service->listener.socket.plus1 - 1, err) ? 1 : -1;
}

/* Downwards to start, upwards to stop. The crawl stands behind the socket, so that a reload leaves
 * the socket alone; the socket is nevertheless published late, when only what cannot wait is behind
 * it. */
static const struct part {
	const char *name;
	int (*start)(struct service *service, struct err *err);
	void (*stop)(struct service *service); /* NULL: nothing to undo */
} parts[] = {
	{ "configuration", start_configuration, stop_configuration },
	{ "socket", start_lock, stop_lock },
	{ "knowledge", start_knowledge, stop_knowledge },
	{ "database", start_database, stop_database },
	{ "facts", start_facts, stop_facts },
	{ "manifests", start_manifests, stop_manifests },
	{ "socket", start_socket, NULL }, /* the lock's part closes both */
	{ "crawl", start_crawl, stop_crawl },
	{ "requests", start_requests, NULL }, /* stopped by stop_requests, which can fail */
};
enum { PART_CRAWL = 7 };

bool service_open(struct service *service, bool system, int inherited, struct err *err)
{
	service->started_at = when_now();
	service->started_ms = when_monotonic_ms();
	service->inherited = (struct fd){ inherited + 1 };
	int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (wake < 0)
		return err_set(err, ERR_IO, "eventfd: %m");
	service->wake = (struct fd){ wake + 1 };
	return place_find(&service->arena, system, &service->place, err);
}

/* A part that fails may be half there: it counts as started, so that it is undone like the others.
 */
static int start_parts(struct service *service, struct err *err)
{
	while (service->started < ARRAY_LEN(parts)) {
		const struct part *part = &parts[service->started++];
		int got = part->start(service, err);

		if (got < 0)
			err_prefix(err, "%s: ", part->name);
		if (got <= 0)
			return got;
	}
	return 1;
}

/* Ends the requests; those that wait for the crawl are woken first. */
static bool stop_requests(struct service *service)
{
	if (!service->api)
		return true;
	api_refuse(service->api);
	crawl_stop(service->crawl);
	return api_close(&service->api, REQUESTS_WAIT_MS);
}

static bool stop_parts(struct service *service, size_t down_to)
{
	if (!stop_requests(service))
		return false;
	while (service->started > down_to) {
		const struct part *part = &parts[--service->started];

		if (part->stop)
			part->stop(service);
	}
	return true;
}

int service_start(struct service *service, struct err *err)
{
	int got = start_parts(service, err);

	/* Nothing was served yet, so there is no request that could refuse to end. */
	if (got <= 0)
		IGNORE(stop_parts(service, 0));
	return got;
}

/* What a reload reads before it touches anything. */
struct reread {
	struct arena config_arena, knowledge_arena;
	struct config config;
	struct cargo_config cargo;
	const struct knowledge *knowledge;
	const char *own_knowledge;
};

static void reread_free(struct reread *reread)
{
	arena_free(&reread->config_arena);
	arena_free(&reread->knowledge_arena);
}

/* Puts what was read in the place of what was there; no request may be under way. */
static void take_reread(struct service *service, struct reread *reread)
{
	stop_configuration(service);
	stop_knowledge(service);
	service->config_arena = reread->config_arena;
	service->config = reread->config;
	service->cargo = reread->cargo;
	service->knowledge_arena = reread->knowledge_arena;
	service->knowledge = reread->knowledge;
	service->own_knowledge = reread->own_knowledge;
	*reread = (struct reread){ 0 };
	log_set_level(service->config.log_level);
}

bool service_reload(struct service *service, struct err *err)
{
	CLEANUP(reread_free) struct reread reread = { 0 };

	if (!read_configuration(service, &reread.config_arena, &reread.config, &reread.cargo,
	                        err) ||
	    !read_knowledge(service, &reread.config, &reread.knowledge_arena, &reread.knowledge,
	                    &reread.own_knowledge, err))
		return false;
	if (!stop_parts(service, PART_CRAWL)) {
		stop_raise(&service->stop);
		return err_set(err, ERR_STOPPED, "a request did not end");
	}
	take_reread(service, &reread);
	if (start_parts(service, err) == 1)
		return true;
	stop_raise(&service->stop);
	return false;
}

bool service_stop(struct service *service)
{
	/* From here on a client that finds no socket starts the next daemon, which waits for our
	 * lock. */
	if (service->started > PART_CRAWL)
		listener_hide(&service->listener);
	return stop_parts(service, 0);
}

void service_close(struct service *service)
{
	int wake = service->wake.plus1 - 1;

	fd_close(&wake);
	service->wake = (struct fd){ 0 };
	arena_free(&service->arena);
}

void service_wake(struct service *service)
{
	uint64_t one = 1;

	/* It can only fail where the counter is full, and then the loop is awake anyway. */
	IGNORE(write(service->wake.plus1 - 1, &one, sizeof one) < 0);
}
