/* tests/bench/audit_load.c: how many audits a second a daemon answers, and how long each takes.
 *
 *	audit_load SOCKET PID CONNECTIONS AUDITS FORMAT LOCK…
 *
 * Each connection sends one audit after the other over HTTP/1.1 with keep-alive, the locks in turn,
 * each time with another comment in its first line, so that no answer can be kept. Prints audits a
 * second, the spread of the times seen here and of those that the daemon says it spent
 * (Rtaudit-Micros), and its processor time for each (of PID). */
#include "base/arena.h"
#include "base/file.h"
#include "base/parcel.h"
#include "base/when.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	LOCK_BYTES_MAX = 8 << 20,
	ANSWER_MAX_BYTES = 64 << 20,
	HEADER_MAX_BYTES = 4096,
	LOCKS_MAX = 1000,
	AUDITS_MAX = 1000000,
	CONNECTIONS_MAX = 64
};

struct load {
	const char *socket, *format;
	struct str locks[LOCKS_MAX];
	size_t lock_n, audits;
	atomic_size_t next;   /* the number of the next audit */
	atomic_size_t failed; /* answers that are no 200 */
	int64_t *took_us;     /* by the number of the audit */
	int64_t *inside_us;
};

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "audit_load: %s\n", what);
	exit(2);
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof address.sun_path)
		give_up("the socket's path is too long");
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
		give_up("nobody answers at the socket");
	return fd;
}

static void send_all(int fd, struct str bytes)
{
	while (bytes.n > 0) {
		ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);
		if (n <= 0)
			give_up("the daemon hung up");
		bytes = str_sub(bytes, (size_t)n, bytes.n);
	}
}

/* The body of one request: a lock and three options. */
static void write_body(struct buf *body, struct buf *lock, const struct load *load, size_t number)
{
	buf_clear(lock);
	buf_printf(lock, "# audit %zu\n", number);
	buf_put(lock, load->locks[number % load->lock_n]);
	buf_clear(body);
	parcel_put(body, "lock", STR_LIT("Cargo.lock"), buf_str(lock));
	parcel_put(body, "option", STR_LIT("offline"), STR_LIT("1"));
	parcel_put(body, "option", STR_LIT("fail-on"), STR_LIT("never"));
	parcel_put(body, "option", STR_LIT("format"), str_of(load->format));
}

static uint64_t field(struct str headers, const char *name)
{
	struct str value = { 0 }, rest = { 0 };
	uint64_t number = 0;
	size_t at = str_find_str(headers, str_of(name));

	if (at == STR_NONE)
		give_up("the answer lacks a header");
	str_cut(str_sub(headers, at + strlen(name), headers.n), '\r', &value, &rest);
	if (!str_to_u64(str_trim(value), &number))
		give_up("a header is no number");
	return number;
}

/* Reads one answer to its end. *inside_us is what the daemon says. */
static bool receive(int fd, char *bytes, int64_t *inside_us)
{
	struct str end = STR("\r\n\r\n");
	size_t n = 0, at = STR_NONE;

	while (at == STR_NONE) {
		ssize_t got =
			n < HEADER_MAX_BYTES ? recv(fd, bytes + n, ANSWER_MAX_BYTES - n, 0) : 0;
		if (got <= 0)
			give_up("the answer ends early");
		n += (size_t)got;
		at = str_find_str((struct str){ bytes, n }, end);
	}
	struct str headers = { bytes, at + 2 };
	size_t whole = at + end.n + field(headers, "Content-Length:");
	if (whole > ANSWER_MAX_BYTES)
		give_up("the answer is too long");
	*inside_us = (int64_t)field(headers, "Rtaudit-Micros:");
	bool ok = str_starts(headers, STR_LIT("HTTP/1.1 200"));
	while (n < whole) {
		ssize_t got = recv(fd, bytes + n, whole - n, 0);
		if (got <= 0)
			give_up("the answer ends early");
		n += (size_t)got;
	}
	return ok;
}

static void *drive(void *owner)
{
	struct load *load = owner;
	CLEANUP(buf_free) struct buf body = buf_make(2 * LOCK_BYTES_MAX);
	CLEANUP(buf_free) struct buf lock = buf_make(2 * LOCK_BYTES_MAX);
	CLEANUP(fd_close) int fd = connect_to(load->socket);
	char *answer = malloc(ANSWER_MAX_BYTES);
	char head[256];

	if (!answer)
		abort();
	for (size_t i; (i = atomic_fetch_add(&load->next, 1)) < load->audits;) {
		write_body(&body, &lock, load, i);
		int n = snprintf(
			head, sizeof head,
			"POST /v1/audit HTTP/1.1\r\nHost: rtaudit\r\nContent-Length: %zu\r\n\r\n",
			body.n);
		int64_t begin_us = when_monotonic_us();
		send_all(fd, (struct str){ head, (size_t)n });
		send_all(fd, buf_str(&body));
		if (!receive(fd, answer, &load->inside_us[i]))
			atomic_fetch_add(&load->failed, 1);
		load->took_us[i] = when_monotonic_us() - begin_us;
	}
	free(answer);
	return NULL;
}

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void print_spread(const char *what, int64_t *us, size_t n)
{
	qsort(us, n, sizeof *us, ascending);
	printf("%-22s median %7.2f  p99 %7.2f  max %7.2f ms\n", what, (double)us[n / 2] / 1000,
	       (double)us[(n * 99 + 99) / 100 - 1] / 1000, (double)us[n - 1] / 1000);
}

/* Processor time of a process, user and system, in clock ticks: fields 14 and 15 of its stat. */
static uint64_t ticks_of(const char *pid)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str rest = { 0 }, one = { 0 };
	struct err err = { 0 };
	uint64_t sum = 0, n = 0;

	if (!file_read(&arena, arena_printf(&arena, "/proc/%s/stat", pid).p, HEADER_MAX_BYTES,
	               &rest, &err))
		give_up(err.text);
	rest = str_sub(rest, str_find_last(rest, ')') + 2, rest.n);
	for (int i = 3; i <= 15; i++) {
		str_cut(rest, ' ', &one, &rest);
		if (i >= 14 && str_to_u64(one, &n))
			sum += n;
	}
	return sum;
}

static void run(struct load *load, const char *pid, size_t connections)
{
	pthread_t threads[CONNECTIONS_MAX];
	uint64_t ticks = ticks_of(pid);
	int64_t begin_us = when_monotonic_us();

	for (size_t i = 0; i < connections; i++)
		if (pthread_create(&threads[i], NULL, drive, load) != 0)
			give_up("no thread can be started");
	for (size_t i = 0; i < connections; i++)
		pthread_join(threads[i], NULL);
	double seconds = (double)(when_monotonic_us() - begin_us) / 1e6;
	ticks = ticks_of(pid) - ticks;
	printf("%zu audits (%s) of %zu locks over %zu connections in %.2f s: %.0f a second, %zu "
	       "refused\n",
	       load->audits, load->format, load->lock_n, connections, seconds,
	       (double)load->audits / seconds, (size_t)load->failed);
	printf("processor time inside  %.2f ms for each\n",
	       (double)ticks * 1000 / (double)sysconf(_SC_CLK_TCK) / (double)load->audits);
	print_spread("seen by the client", load->took_us, load->audits);
	print_spread("said by the daemon", load->inside_us, load->audits);
}

int main(int argc, char **argv)
{
	static struct load load;
	CLEANUP(arena_free) struct arena arena = { 0 };
	uint64_t connections = 0, audits = 0;
	struct err err = { 0 };

	if (argc < 7 || !str_to_u64(str_of(argv[3]), &connections) ||
	    !str_to_u64(str_of(argv[4]), &audits) || connections < 1 ||
	    connections > CONNECTIONS_MAX || audits < 1 || audits > AUDITS_MAX)
		give_up("usage: audit_load SOCKET PID CONNECTIONS AUDITS FORMAT LOCK…");
	load.socket = argv[1];
	load.format = argv[5];
	load.audits = audits;
	for (int i = 6; i < argc && load.lock_n < LOCKS_MAX; i++)
		if (!file_read(&arena, argv[i], LOCK_BYTES_MAX, &load.locks[load.lock_n++], &err))
			give_up(err.text);
	load.took_us = arena_array(&arena, audits, sizeof *load.took_us);
	load.inside_us = arena_array(&arena, audits, sizeof *load.inside_us);
	run(&load, argv[2], connections);
	return load.failed ? 1 : 0;
}
