/* daemon/main.c: rtauditd's command line, and the order of its life. */
#include "base/when.h"
#include "daemon/background.h"
#include "daemon/loop.h"
#include "daemon/service.h"
#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

static const char HELP[] =
	"Usage: rtauditd [--home DIR] [--socket PATH] [--idle-exit SECONDS] [--foreground]\n"
	"\n"
	"Keeps facts about Rust crates and answers audits over a Unix socket; `rtaudit` starts it\n"
	"when it is needed. Without --foreground it goes into the background and returns once it\n"
	"answers.\n"
	"\n"
	"      --home DIR           keep socket, database, caches and configuration below DIR\n"
	"                           (RTAUDIT_HOME)\n"
	"      --socket PATH        listen at PATH instead (RTAUDIT_SOCKET)\n"
	"      --system             serve all users, from /run/rtaudit and /var/lib/rtaudit\n"
	"      --idle-exit SECONDS  end after so long without a request\n"
	"      --foreground         stay in the foreground and log to stderr\n"
	"      --ready-fd N         write a byte to descriptor N when it answers\n"
	"      --version            print the version\n"
	"  -h, --help               print this\n"
	"\n"
	"Configuration: rtauditd.toml, see docs/rtauditd.toml.md. SIGHUP reads it again.\n"
	"Exit status: 0 ended as asked, or another rtauditd already serves there; 2 wrong usage "
	"or\n"
	"configuration; 3 the socket or the database cannot be had.\n";

struct settings {
	bool system, foreground;
	int64_t idle_seconds;
	int ready_fd; /* or -1 */
};

enum { OPT_HOME = 256, OPT_SOCKET, OPT_SYSTEM, OPT_IDLE, OPT_FOREGROUND, OPT_READY, OPT_VERSION };

static const struct option OPTIONS[] = {
	{ "home", required_argument, NULL, OPT_HOME },
	{ "socket", required_argument, NULL, OPT_SOCKET },
	{ "system", no_argument, NULL, OPT_SYSTEM },
	{ "idle-exit", required_argument, NULL, OPT_IDLE },
	{ "foreground", no_argument, NULL, OPT_FOREGROUND },
	{ "ready-fd", required_argument, NULL, OPT_READY },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static bool take_number(const char *name, int least, uint64_t *out, struct err *err)
{
	uint64_t n = 0;

	if (!str_to_u64(str_of(optarg), &n) || n < (uint64_t)least || n > INT32_MAX)
		return err_set(err, ERR_USAGE, "--%s: '%s' is no number from %d to %d", name,
		               optarg, least, INT32_MAX);
	*out = n;
	return true;
}

static int print_and_end(const char *text)
{
	return fputs(text, stdout) < 0 || fflush(stdout) != 0 ? -1 : 0;
}

/* One option. 1 go on, 0 the program is to end well, -1. */
static int take_option(int option, const char *word, struct settings *settings, struct err *err)
{
	uint64_t n = 0;
	int failed = 0;

	switch (option) {
	case OPT_HOME:
		failed = setenv("RTAUDIT_HOME", optarg, 1);
		break;
	case OPT_SOCKET:
		failed = setenv("RTAUDIT_SOCKET", optarg, 1);
		break;
	case OPT_SYSTEM:
		settings->system = true;
		break;
	case OPT_FOREGROUND:
		settings->foreground = true;
		break;
	case OPT_IDLE:
		if (!take_number("idle-exit", 0, &n, err))
			return -1;
		settings->idle_seconds = (int64_t)n;
		break;
	case OPT_READY:
		if (!take_number("ready-fd", 3, &n, err))
			return -1;
		settings->ready_fd = (int)n;
		break;
	case OPT_VERSION:
		return print_and_end("rtauditd " RTAUDIT_VERSION "\n");
	case 'h':
		return print_and_end(HELP);
	case ':':
		return err_fail(err, ERR_USAGE, "option '%s' needs a value", word);
	default:
		return err_fail(err, ERR_USAGE, "unknown option '%s'; try rtauditd --help", word);
	}
	return failed == 0 ? 1 : err_fail(err, ERR_BUG, "out of memory");
}

static int read_options(int argc, char **argv, struct settings *settings, struct err *err)
{
	int option = 0;

	opterr = 0; /* one line says it, and it is ours */
	while ((option = getopt_long(argc, argv, ":h", OPTIONS, NULL)) != -1) {
		int got = take_option(option, argv[optind - 1], settings, err);

		if (got <= 0)
			return got;
	}
	if (optind < argc)
		return err_fail(err, ERR_USAGE, "unexpected argument '%s'; try rtauditd --help",
		                argv[optind]);
	return 1;
}

/* The one socket that a service manager may hand over, or -1. Its descriptor must survive. */
static bool inherited_socket(int *out, struct err *err)
{
	int n = sd_listen_fds(1);

	if (n > 1)
		return err_set(err, ERR_USAGE, "the service manager hands over %d sockets, not one",
		               n);
	*out = n == 1 ? SD_LISTEN_FDS_START : -1;
	return true;
}

/* Serves until it is to end. */
static bool serve(struct service *service, const struct settings *settings,
                  struct background *background, struct err *err)
{
	int got = service_start(service, err);

	if (got < 0)
		return false;
	if (got == 0) { /* whoever wanted a daemon has one */
		fprintf(stderr, "rtauditd: another rtauditd serves %s\n", service->listener.path);
		background_ready(background, NULL);
		return true;
	}
	/* The log line stands before stderr changes, so that a person who started it sees it. */
	background_ready(background, service->place.log);
	log_line(LOG_LEVEL_INFO, "rtauditd " RTAUDIT_VERSION " serves %s, pid %ld, after %lld ms",
	         service->listener.path, (long)getpid(),
	         (long long)(when_monotonic_ms() - service->started_ms));
	bool ok = loop_run(service, settings->idle_seconds, err);

	sd_notify(0, "STOPPING=1");
	if (!service_stop(service)) {
		log_line(LOG_LEVEL_WARNING, "a request did not end in time");
		_exit(1); /* its thread uses what a normal end would free; the database is safe */
	}
	return ok;
}

static int run(struct settings *settings, struct err *err)
{
	CLEANUP(background_close) struct background background = { 0 };
	CLEANUP(service_close) struct service service = { 0 };
	int inherited = -1, status = 0;

	if (!inherited_socket(&inherited, err))
		return err_exit_status(err->kind);
	background_close_all_but(settings->ready_fd, inherited);
	background.ready = (struct fd){ settings->ready_fd + 1 };
	if (!settings->foreground && inherited < 0) {
		int got = background_enter(&background, &status, err);

		if (got < 0)
			return err_exit_status(err->kind);
		if (got == 0)
			return status;
	}
	loop_block_signals();
	if (!service_open(&service, settings->system, inherited, err) ||
	    !serve(&service, settings, &background, err))
		return err_exit_status(err->kind);
	return 0;
}

int main(int argc, char **argv)
{
	struct settings settings = { .ready_fd = -1 };
	struct err err = { 0 };

	umask(0077);
	/* Each connection is a thread. With an arena a thread freed memory would be kept in many
	 * places, and malloc_trim gives back the free end of the first arena alone: after a sync
	 * that was 30 MB. */
	mallopt(M_ARENA_MAX, 1);
	/* A request's memory stays for the next one: giving some 5 MB back to the kernel and taking
	 * them again cost a quarter of an audit. The loop trims once requests have ceased. */
	mallopt(M_MMAP_THRESHOLD, 16 << 20);
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	int got = read_options(argc, argv, &settings, &err);
	int status = got > 0 ? run(&settings, &err) : got == 0 ? 0 : 2;

	if (err.kind != ERR_NONE)
		fprintf(stderr, "rtauditd: %s\n", err.text);
	return status;
}
