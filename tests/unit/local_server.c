#include "tests/unit/local_server.h"
#include "tests/unit/unit.h"
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { HEAD_MAX_BYTES = 8192, STALLED_MAX = 64, ROWS_MAX = 2048, ENDLESS_BYTES = 256 << 20 };

struct local_server {
	const struct local_answer *answers;
	size_t n;
	int listener, wake;
	char url[64];
	pthread_t thread;
	int stalled[STALLED_MAX];
	size_t stalled_n;
	pthread_mutex_t lock; /* of what follows */
	unsigned hits[ROWS_MAX], others;
	char *heads[ROWS_MAX]; /* the newest request of a row */
};

static void send_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
		if (sent <= 0)
			return;
		bytes += sent;
		n -= (size_t)sent;
	}
}

static bool read_head(int fd, char *head)
{
	size_t n = 0;

	while (n < HEAD_MAX_BYTES) {
		ssize_t got = recv(fd, head + n, HEAD_MAX_BYTES - n, 0);
		if (got <= 0)
			return false;
		n += (size_t)got;
		head[n] = '\0';
		if (strstr(head, "\r\n\r\n"))
			return true;
	}
	return false;
}

/* The row that answers, by the path of "GET /path HTTP/1.1"; NULL for 404. Counts the request. */
static const struct local_answer *find_row(struct local_server *server, const char *head)
{
	struct str line, path, rest;
	const struct local_answer *found = NULL;

	str_cut(str_of(head), '\r', &line, &rest);
	str_cut(line, ' ', &path, &rest);
	str_cut(rest, ' ', &path, &line);
	pthread_mutex_lock(&server->lock);
	for (size_t i = 0; i < server->n && !found; i++) {
		const struct local_answer *row = &server->answers[i];
		if (!str_eq(path, str_of(row->path)) ||
		    (row->times > 0 && server->hits[i] >= row->times))
			continue;
		found = row;
		server->hits[i]++;
		free(server->heads[i]);
		server->heads[i] = strdup(head);
	}
	server->others += !found;
	pthread_mutex_unlock(&server->lock);
	return found;
}

static void send_body(int fd, const struct local_answer *row)
{
	size_t half = row->body.n / 2;

	switch (row->how) {
	case LOCAL_WHOLE:
		send_all(fd, row->body.p, row->body.n);
		break;
	case LOCAL_HALF:
	case LOCAL_CUT:
		send_all(fd, row->body.p, half);
		break;
	case LOCAL_STALL:
	case LOCAL_DROP:
		break;
	case LOCAL_ENDLESS:
		for (size_t sent = 0; sent < ENDLESS_BYTES; sent += row->body.n)
			if (send(fd, row->body.p, row->body.n, MSG_NOSIGNAL) <= 0)
				return;
		break;
	}
}

/* Answers one request. True where the connection is to stay open. */
static bool answer(struct local_server *server, int fd)
{
	char head[HEAD_MAX_BYTES + 1], out[1024];

	if (!read_head(fd, head))
		return false;
	const struct local_answer *row = find_row(server, head);
	if (!row) {
		static const char absent[] = "HTTP/1.1 404 Not Found\r\nContent-Length: "
					     "5\r\nConnection: close\r\n\r\nnone\n";
		send_all(fd, absent, sizeof absent - 1);
		return false;
	}
	if (row->how == LOCAL_DROP)
		return false;
	bool same = row->etag && strstr(head, row->etag);
	int n = snprintf(out, sizeof out, "HTTP/1.1 %d X\r\nConnection: close\r\n%s",
	                 same ? 304 : row->status, row->headers ? row->headers : "");
	if (row->etag)
		n += snprintf(out + n, sizeof out - (size_t)n, "ETag: %s\r\n", row->etag);
	if (row->how != LOCAL_ENDLESS && row->how != LOCAL_CUT && !same)
		n += snprintf(out + n, sizeof out - (size_t)n, "Content-Length: %zu\r\n",
		              row->body.n);
	snprintf(out + n, sizeof out - (size_t)n, "\r\n");
	send_all(fd, out, strlen(out));
	if (!same)
		send_body(fd, row);
	return row->how == LOCAL_STALL;
}

static void *run(void *owner)
{
	struct local_server *server = owner;
	struct pollfd fds[2] = { { server->listener, POLLIN, 0 }, { server->wake, POLLIN, 0 } };
	struct timeval patience = { .tv_sec = 5 };

	while (poll(fds, 2, -1) > 0 && fds[1].revents == 0) {
		int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
		if (answer(server, fd) && server->stalled_n < STALLED_MAX)
			server->stalled[server->stalled_n++] = fd;
		else
			close(fd);
	}
	return NULL;
}

struct local_server *local_server_start(const struct local_answer *answers, size_t n)
{
	struct local_server *server = calloc(1, sizeof *server);
	struct sockaddr_in at = { .sin_family = AF_INET,
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof at;

	assert_non_null(server);
	assert_true(n <= ROWS_MAX);
	server->answers = answers;
	server->n = n;
	server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	server->wake = eventfd(0, EFD_CLOEXEC);
	pthread_mutex_init(&server->lock, NULL);
	if (server->listener < 0 || server->wake < 0 ||
	    bind(server->listener, (const struct sockaddr *)&at, sizeof at) != 0 ||
	    listen(server->listener, 512) != 0 ||
	    getsockname(server->listener, (struct sockaddr *)&at, &size) != 0)
		fail_msg("no port on loopback: %m");
	snprintf(server->url, sizeof server->url, "http://127.0.0.1:%u", ntohs(at.sin_port));
	assert_int_equal(pthread_create(&server->thread, NULL, run, server), 0);
	return server;
}

const char *local_server_url(const struct local_server *server)
{
	return server->url;
}

unsigned local_server_hits(struct local_server *server, const char *path)
{
	unsigned n = 0;

	pthread_mutex_lock(&server->lock);
	for (size_t i = 0; i < server->n; i++)
		if (!path || strcmp(server->answers[i].path, path) == 0)
			n += server->hits[i];
	n += path ? 0 : server->others;
	pthread_mutex_unlock(&server->lock);
	return n;
}

struct str local_server_request(struct local_server *server, struct arena *arena, const char *path)
{
	struct str head = { 0 };

	pthread_mutex_lock(&server->lock);
	for (size_t i = 0; i < server->n; i++)
		if (strcmp(server->answers[i].path, path) == 0 && server->heads[i])
			head = arena_str(arena, str_of(server->heads[i]));
	pthread_mutex_unlock(&server->lock);
	return head;
}

void local_server_stop(struct local_server **server)
{
	struct local_server *it = *server;
	uint64_t one = 1;

	if (!it)
		return;
	assert_int_equal(write(it->wake, &one, sizeof one), sizeof one);
	pthread_join(it->thread, NULL);
	for (size_t i = 0; i < it->stalled_n; i++)
		close(it->stalled[i]);
	for (size_t i = 0; i < it->n; i++)
		free(it->heads[i]);
	close(it->listener);
	close(it->wake);
	pthread_mutex_destroy(&it->lock);
	free(it);
	*server = NULL;
}
