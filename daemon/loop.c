#include "daemon/loop.h"
#include "daemon/api.h"
#include "base/when.h"
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <sys/inotify.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <unistd.h>

enum {
	TIDY_MS = 3000, /* after the last request, memory goes back to the system */
	/* What is kept of it for the next audit, a project of 1,000 packages; the daemon stays
	 * below 40 MB. */
	FACTS_AT_REST = 12 << 20,
	MANIFESTS_AT_REST = 4 << 20,
	FORGET_MS = 600000, /* and much later the rest goes, too */
};

struct loop {
	struct service *service;
	sd_event *event;
	int64_t idle_ms;
	bool tidy_done; /* freed memory went back; the facts are next */
	sd_event_source *idle, *tidy;
	sd_event_source *folder; /* held: libsystemd 252 leaks one that is left to its loop */
};

static const int signals[] = { SIGTERM, SIGINT, SIGHUP };

void loop_block_signals(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		sigaddset(&set, signals[i]);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	/* It fails only for a signal that does not exist. */
	IGNORE(sigaction(SIGPIPE, &ignore, NULL) != 0);
}

/* Sets a one-shot timer to so many milliseconds from now. */
static int arm(sd_event_source *timer, int64_t ms)
{
	int failed = sd_event_source_set_time_relative(timer, (uint64_t)(ms > 0 ? ms : 1) * 1000);

	return failed < 0 ? failed : sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}

static int on_idle(sd_event_source *timer, uint64_t at_us, void *owner)
{
	struct loop *loop = owner;
	struct api_activity activity = api_activity(loop->service->api);
	int64_t rest_ms = activity.ended_ms + loop->idle_ms - when_monotonic_ms();

	(void)at_us;
	if (activity.active > 0)
		rest_ms = loop->idle_ms;
	/* Work for nobody in particular, a clone of the advisory database, is not cut short either.
	 */
	CLEANUP(arena_free) struct arena arena = { 0 };

	if (rest_ms <= 0 && crawl_progress(loop->service->crawl, &arena).n > 0)
		rest_ms = loop->idle_ms;
	if (rest_ms > 0)
		return arm(timer, rest_ms);
	log_line(LOG_LEVEL_INFO, "no request for %lld seconds: ending",
	         (long long)(loop->idle_ms / 1000));
	return sd_event_exit(loop->event, 0);
}

static int on_tidy(sd_event_source *timer, uint64_t at_us, void *owner)
{
	struct loop *loop = owner;
	struct api_activity activity = api_activity(loop->service->api);
	int64_t wait_ms = loop->tidy_done ? FORGET_MS : TIDY_MS;
	int64_t rest_ms = activity.ended_ms + wait_ms - when_monotonic_ms();

	(void)at_us;
	if (activity.active > 0 || rest_ms > 0)
		return arm(timer, activity.active > 0 ? wait_ms : rest_ms);
	fact_cache_shrink(loop->service->cache, FACTS_AT_REST);
	if (loop->tidy_done || manifest_cache_bytes(loop->service->manifests) > MANIFESTS_AT_REST)
		manifest_cache_forget_all(loop->service->manifests);
	if (loop->tidy_done)
		fact_cache_forget_all(loop->service->cache);
	malloc_trim(0);
	if (loop->tidy_done)
		return 0;
	loop->tidy_done = true;
	api_watch(loop->service->api);
	return activity.served > 0 ? arm(timer, FORGET_MS) : 0;
}

static int on_wake(sd_event_source *source, int fd, uint32_t events, void *owner)
{
	struct loop *loop = owner;
	uint64_t count = 0;

	(void)source;
	(void)events;
	IGNORE(read(fd, &count, sizeof count) < 0); /* it only has to be empty again */
	if (stop_is_raised(&loop->service->stop))
		return sd_event_exit(loop->event, 0);
	loop->tidy_done = false;
	return arm(loop->tidy, TIDY_MS);
}

static int on_end(sd_event_source *source, const struct signalfd_siginfo *info, void *owner)
{
	struct loop *loop = owner;

	(void)source;
	log_line(LOG_LEVEL_INFO, "%s: ending",
	         info->ssi_signo == (uint32_t)SIGTERM ? "SIGTERM" : "SIGINT");
	return sd_event_exit(loop->event, 0);
}

static int on_reload(sd_event_source *source, const struct signalfd_siginfo *info, void *owner)
{
	struct loop *loop = owner;
	struct err err = { 0 };

	(void)source;
	(void)info;
	sd_notify(0, "RELOADING=1");
	if (service_reload(loop->service, &err))
		log_line(LOG_LEVEL_INFO, "the configuration was read again");
	else
		log_line(LOG_LEVEL_ERROR, "%s", err.text);
	if (stop_is_raised(&loop->service->stop))
		return sd_event_exit(loop->event, 1);
	api_watch(loop->service->api);
	sd_notify(0, "READY=1");
	return 0;
}

static int on_folder(sd_event_source *source, const struct inotify_event *seen, void *owner)
{
	struct loop *loop = owner;

	(void)source;
	(void)seen;
	if (listener_is_ours(&loop->service->listener))
		return 0;
	if (!stop_is_raised(&loop->service->stop))
		log_line(LOG_LEVEL_INFO, "%s is no longer this daemon's: ending",
		         loop->service->listener.path);
	return sd_event_exit(loop->event, 0);
}

/* Watches the folder of the socket. Where the system has no watch left, the daemon lives without: a
 * client that finds no socket still starts another. */
static void watch_folder(struct loop *loop)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str path = str_of(loop->service->listener.path);
	const char *folder = arena_cstr(&arena, str_sub(path, 0, str_find_last(path, '/')));
	uint32_t mask = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF |
	                IN_MOVE_SELF | IN_ONLYDIR;

	if (loop->service->listener.inherited)
		return;
	int failed = sd_event_add_inotify(loop->event, &loop->folder, folder[0] ? folder : "/",
	                                  mask, on_folder, loop);

	if (failed < 0) {
		errno = -failed;
		log_line(LOG_LEVEL_WARNING, "%s cannot be watched: %m", folder);
	}
}

static int add_sources(struct loop *loop)
{
	int wake = loop->service->wake.plus1 - 1, failed = 0;

	if ((failed = sd_event_add_signal(loop->event, NULL, SIGTERM, on_end, loop)) < 0 ||
	    (failed = sd_event_add_signal(loop->event, NULL, SIGINT, on_end, loop)) < 0 ||
	    (failed = sd_event_add_signal(loop->event, NULL, SIGHUP, on_reload, loop)) < 0 ||
	    (failed = sd_event_add_io(loop->event, NULL, wake, EPOLLIN, on_wake, loop)) < 0 ||
	    (failed = sd_event_add_time_relative(loop->event, &loop->tidy, CLOCK_MONOTONIC,
	                                         (uint64_t)TIDY_MS * 1000, 0, on_tidy, loop)) < 0)
		return failed;
	if (loop->idle_ms > 0 && (failed = sd_event_add_time_relative(
					  loop->event, &loop->idle, CLOCK_MONOTONIC,
					  (uint64_t)loop->idle_ms * 1000, 0, on_idle, loop)) < 0)
		return failed;
	watch_folder(loop);
	/* Only where the service manager asks for it does this wake anything. */
	return sd_event_set_watchdog(loop->event, 1);
}

bool loop_run(struct service *service, int64_t idle_seconds, struct err *err)
{
	struct loop loop = { .service = service, .idle_ms = idle_seconds * 1000 };
	int failed = sd_event_new(&loop.event);

	if (failed >= 0)
		failed = add_sources(&loop);
	/* The file may have gone before it was watched. */
	if (failed >= 0 && listener_is_ours(&service->listener))
		failed = sd_event_loop(loop.event);
	sd_event_source_unref(loop.folder);
	sd_event_source_unref(loop.idle);
	sd_event_source_unref(loop.tidy);
	sd_event_unref(loop.event);
	if (failed >= 0)
		return true;
	errno = -failed;
	return err_set(err, ERR_IO, "the main loop: %m");
}
