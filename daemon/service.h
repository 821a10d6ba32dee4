/* daemon/service.h: all the parts of the daemon, started and stopped by one table.
 *
 * Parts are started downwards and stopped upwards; the name of a part begins the message of its
 * failure.
 * Threads: started, stopped and reread by the main thread; while it serves, its fields are only
 * read. */
#ifndef RTAUDIT_DAEMON_SERVICE_H
#define RTAUDIT_DAEMON_SERVICE_H
#include "audit/knowledge.h"
#include "base/stop.h"
#include "crawler/crawl.h"
#include "daemon/config.h"
#include "daemon/listener.h"
#include "daemon/manifest_cache.h"
#include "daemon/place.h"
#include "db/db.h"
#include "db/load_facts.h"

struct api;

struct service {
	struct place place;
	struct config config;
	struct cargo_config cargo; /* what this daemon may contact by itself */
	const struct knowledge *knowledge;
	const char *own_knowledge; /* the user's file of which rows are in it; NULL: none */
	struct listener listener;
	struct db_pool *pool;
	struct fact_cache *cache;
	struct manifest_cache *manifests;
	struct crawl *crawl;
	struct api *api;
	int64_t started_at;
	int64_t started_ms;  /* when_monotonic_ms */
	struct fd inherited; /* a socket from the service manager, before it is served */
	struct fd wake;      /* an eventfd that the main loop reads */
	struct stop stop;    /* raised: the main loop is to end */
	struct arena arena;  /* of the process */
	/* Of config and cargo, of knowledge and own_knowledge; replaced when these are reread. */
	struct arena config_arena, knowledge_arena;
	size_t started; /* how many rows of the table are */
};

/* The places and the way to wake the main loop; nothing is started. `inherited` is a listening
 * socket or -1. ERR_USAGE, ERR_IO. */
MUST_CHECK bool service_open(struct service *service, bool system, int inherited, struct err *err);
/* 1 it serves; 0 another daemon already does at the same socket; -1, the kinds of the parts. */
MUST_CHECK int service_start(struct service *service, struct err *err);
/* Reads configuration and knowledge again and restarts what depends on them. On failure of the
 * reading the old ones go on; a part that does not start again ends the daemon (stop is raised). */
MUST_CHECK bool service_reload(struct service *service, struct err *err);
/* Stops all parts, within 5 s. False where a request did not end: then the process must end without
 * more ado. */
MUST_CHECK bool service_stop(struct service *service);
void service_close(struct service *service);

/* Makes the main loop look at `stop` and at how busy the daemon is. Any thread. */
void service_wake(struct service *service);
#endif
