#include "cli/client.h"
#include "audit/limits.h"
#include "base/file.h"
#include "base/socket_path.h"
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* HEAD: what all header lines together may take. A part needs two slices: its line with the name,
 * and its value; the kernel takes IOV_MAX of them at once. */
enum { HEAD_MAX_BYTES = 16 << 10, SLICES_MAX = 1024, CHUNK_LINE_MAX_BYTES = 128 };

int client_connect(const char *socket_path, int *fd, struct err *err)
{
	CLEANUP(fd_close) int folder_fd = -1, opened = -1;
	struct sockaddr_un address;
	socklen_t size_bytes = 0;

	if (!socket_address(socket_path, &address, &size_bytes, &folder_fd, err))
		return err->kind == ERR_ABSENT ? 0 : -1;
	opened = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (opened < 0)
		return err_fail(err, ERR_IO, "no socket can be made: %m");
	if (connect(opened, (const struct sockaddr *)&address, size_bytes) != 0) {
		if (errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR)
			return 0;
		return err_fail(err, ERR_NETWORK, "%s: %m", socket_path);
	}
	*fd = opened;
	opened = -1;
	return 1;
}

/* Waits until the socket can be read or written. */
static bool wait_for(int fd, short events, int timeout_ms, struct err *err)
{
	struct pollfd poll_fd = { .fd = fd, .events = events };
	int ready = 0;

	do
		ready = poll(&poll_fd, 1, timeout_ms);
	while (ready < 0 && errno == EINTR);
	if (ready < 0)
		return err_set(err, ERR_IO, "waiting for rtauditd: %m");
	if (ready == 0)
		return err_set(err, ERR_NETWORK, "rtauditd said nothing for %d seconds",
		               timeout_ms / 1000);
	return true;
}

/* Sends slices. 1, 0 where the other side hung up, -1. */
static int send_slices(int fd, struct iovec *slices, size_t n, int timeout_ms, struct err *err)
{
	while (n > 0) {
		struct msghdr message = { .msg_iov = slices,
			                  .msg_iovlen = n < SLICES_MAX ? n : SLICES_MAX };
		ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno == EAGAIN) {
			if (!wait_for(fd, POLLOUT, timeout_ms, err))
				return -1;
			continue;
		}
		if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
			return 0;
		if (sent < 0)
			return err_fail(err, ERR_NETWORK, "sending to rtauditd: %m");
		size_t left = (size_t)sent;

		while (n > 0 && left >= slices->iov_len) {
			left -= slices->iov_len;
			slices++;
			n--;
		}
		if (n > 0) {
			slices->iov_base = (char *)slices->iov_base + left;
			slices->iov_len -= left;
		}
	}
	return 1;
}

/* The line and the name of a part, as parcel_put writes them before a value. */
static struct str part_head(struct arena *arena, const struct parcel_part *part)
{
	return arena_printf(arena, STR_FMT " %zu %zu\n" STR_FMT, STR_ARG(part->kind), part->name.n,
	                    part->value.n, STR_ARG(part->name));
}

/* A slice for sendmsg, which reads only, but whose type cannot say so. */
static struct iovec slice(struct str s)
{
	union {
		const char *read;
		void *write;
	} p = { s.p };

	return (struct iovec){ .iov_base = p.write, .iov_len = s.n };
}

int client_send(int fd, const struct client_request *request, int timeout_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	size_t parts = request->parts ? request->parts->n : 0, body_bytes = 0;
	struct iovec *slices = arena_array(&arena, 1 + 2 * parts, sizeof *slices);

	for (size_t i = 0; i < parts; i++) {
		const struct parcel_part *part = &request->parts->p[i];

		slices[1 + 2 * i] = slice(part_head(&arena, part));
		slices[2 + 2 * i] = slice(part->value);
		body_bytes += slices[1 + 2 * i].iov_len + part->value.n;
	}
	struct str head = arena_printf(&arena,
	                               "%s %s HTTP/1.1\r\n"
	                               "Host: rtaudit\r\n"
	                               "Content-Type: application/octet-stream\r\n"
	                               "Content-Length: %zu\r\n"
	                               "Connection: close\r\n"
	                               "\r\n",
	                               request->method, request->path, body_bytes);

	slices[0] = slice(head);
	return send_slices(fd, slices, 1 + 2 * parts, timeout_ms, err);
}

/* What comes from the socket, with what was already read of it. */
struct reader {
	int fd, timeout_ms;
	char bytes[HEAD_MAX_BYTES];
	size_t at, n; /* unread: bytes[at .. n - 1] */
};

/* More bytes into `to`: how many, 0 at the end, -1. */
static ssize_t receive_some(const struct reader *reader, char *to, size_t n, struct err *err)
{
	ssize_t got = 0;

	for (;;) {
		got = recv(reader->fd, to, n, MSG_DONTWAIT);
		if (got >= 0 || errno == ECONNRESET)
			return got > 0 ? got : 0;
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return err_fail(err, ERR_NETWORK, "reading from rtauditd: %m");
		if (!wait_for(reader->fd, POLLIN, reader->timeout_ms, err))
			return -1;
	}
}

static bool ended_early(struct err *err)
{
	return err_set(err, ERR_STOPPED, "rtauditd ended before its answer was complete");
}

/* Sets *out to the bytes up to and without `end`, at most max_bytes of them, and passes over both.
 */
static bool read_until(struct reader *reader, struct str end, size_t max_bytes, struct str *out,
                       struct err *err)
{
	for (;;) {
		struct str have = { reader->bytes + reader->at, reader->n - reader->at };
		size_t found = str_find_str(have, end);

		if (found != STR_NONE) {
			*out = str_sub(have, 0, found);
			reader->at += found + end.n;
			return true;
		}
		if (reader->at > 0) {
			memmove(reader->bytes, have.p, have.n);
			reader->n = have.n;
			reader->at = 0;
		}
		if (reader->n >= max_bytes)
			return err_set(err, ERR_NETWORK, "rtauditd answered something too long");
		ssize_t got = receive_some(reader, reader->bytes + reader->n,
		                           sizeof reader->bytes - reader->n, err);

		if (got < 0)
			return false;
		if (got == 0)
			return ended_early(err);
		reader->n += (size_t)got;
	}
}

/* Exactly n bytes. */
static bool read_exactly(struct reader *reader, char *to, size_t n, struct err *err)
{
	size_t have = reader->n - reader->at;

	if (have > n)
		have = n;
	memcpy(to, reader->bytes + reader->at, have);
	reader->at += have;
	while (have < n) {
		ssize_t got = receive_some(reader, to + have, n - have, err);

		if (got < 0)
			return false;
		if (got == 0)
			return ended_early(err);
		have += (size_t)got;
	}
	return true;
}

/* What the header lines say of the body that follows. */
struct framing {
	bool has_length, chunked;
	uint64_t length_bytes;
};

static bool read_header(struct arena *arena, struct str line, struct framing *framing,
                        struct client_response *out, struct err *err)
{
	struct str name = { 0 }, value = { 0 };
	uint64_t number = 0;

	if (!str_cut(line, ':', &name, &value))
		return err_set(err, ERR_NETWORK, "rtauditd answered a line that is no header");
	value = str_trim(value);
	if (str_eq_nocase(name, STR_LIT("content-length"))) {
		if (!str_to_u64(value, &framing->length_bytes))
			return err_set(err, ERR_NETWORK, "rtauditd answered a length that is none");
		framing->has_length = true;
	} else if (str_eq_nocase(name, STR_LIT("transfer-encoding"))) {
		if (!str_eq_nocase(value, STR_LIT("chunked")))
			return err_set(err, ERR_NETWORK,
			               "rtauditd answered in a coding unknown here");
		framing->chunked = true;
	} else if (str_eq_nocase(name, STR_LIT("rtaudit-exit"))) {
		if (str_to_u64(value, &number) && number <= 255)
			out->exit_status = (int)number;
	} else if (str_eq_nocase(name, STR_LIT("rtaudit-version"))) {
		out->version = arena_str(arena, value);
	}
	return true;
}

static bool read_status(struct str line, int *out, struct err *err)
{
	uint64_t status = 0;

	if (!str_starts(line, STR_LIT("HTTP/1.")) || line.n < 12 || line.p[8] != ' ' ||
	    !str_to_u64(str_sub(line, 9, 12), &status) || (line.n > 12 && line.p[12] != ' '))
		return err_set(err, ERR_NETWORK, "what listens there is no rtauditd: no HTTP");
	*out = (int)status;
	return true;
}

static bool read_head(struct arena *arena, struct reader *reader, struct framing *framing,
                      struct client_response *out, struct err *err)
{
	struct str head = { 0 }, line = { 0 };

	if (!read_until(reader, STR_LIT("\r\n\r\n"), sizeof reader->bytes, &head, err))
		return false;
	for (bool is_first = true; head.n > 0 || is_first; is_first = false) {
		str_cut(head, '\n', &line, &head);
		line = str_trim(line);
		if (is_first ? !read_status(line, &out->http_status, err)
		             : !read_header(arena, line, framing, out, err))
			return false;
	}
	return true;
}

static bool hexadecimal(struct str digits, uint64_t *out)
{
	uint64_t n = 0;

	if (digits.n < 1 || digits.n > 8)
		return false;
	for (size_t i = 0; i < digits.n; i++) {
		char c = digits.p[i];
		unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
		                 : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
		                 : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
		                                        : 16;

		if (digit > 15)
			return false;
		n = n * 16 + digit;
	}
	*out = n;
	return true;
}

static bool too_long(struct err *err)
{
	return err_set(err, ERR_LIMIT, "the answer has more than %d bytes", RESPONSE_MAX_BYTES);
}

/* RFC 9112, 7.1: a size, its bytes, …, the size 0, trailers that are passed over, an empty line. */
static bool read_chunks(struct arena *arena, struct reader *reader, struct str *out,
                        struct err *err)
{
	size_t room = 64 << 10, n = 0;
	char *body = arena_alloc(arena, room);
	struct str line = { 0 }, size = { 0 }, extension = { 0 };
	uint64_t chunk = 0;

	for (;;) {
		if (!read_until(reader, STR_LIT("\r\n"), CHUNK_LINE_MAX_BYTES, &line, err))
			return false;
		str_cut(line, ';', &size, &extension);
		if (!hexadecimal(str_trim(size), &chunk))
			return err_set(err, ERR_NETWORK, "rtauditd answered a broken chunk");
		if (chunk == 0)
			break;
		if (chunk > RESPONSE_MAX_BYTES - n)
			return too_long(err);
		while (room - n < chunk) {
			char *bigger = arena_array(arena, room, 2);

			memcpy(bigger, body, n);
			body = bigger;
			room *= 2;
		}
		if (!read_exactly(reader, body + n, chunk, err) ||
		    !read_until(reader, STR_LIT("\r\n"), CHUNK_LINE_MAX_BYTES, &line, err))
			return false;
		if (line.n > 0)
			return err_set(err, ERR_NETWORK, "rtauditd answered a broken chunk");
		n += chunk;
	}
	do
		if (!read_until(reader, STR_LIT("\r\n"), sizeof reader->bytes, &line, err))
			return false;
	while (line.n > 0);
	*out = (struct str){ body, n };
	return true;
}

static bool read_body(struct arena *arena, struct reader *reader, const struct framing *framing,
                      struct str *out, struct err *err)
{
	if (framing->chunked)
		return read_chunks(arena, reader, out, err);
	if (!framing->has_length)
		return err_set(err, ERR_NETWORK, "rtauditd answered without saying how much");
	if (framing->length_bytes > RESPONSE_MAX_BYTES)
		return too_long(err);
	char *body = arena_alloc(arena, framing->length_bytes);

	*out = (struct str){ body, framing->length_bytes };
	return read_exactly(reader, body, framing->length_bytes, err);
}

bool client_receive(struct arena *arena, int fd, int timeout_ms, struct client_response *out,
                    struct err *err)
{
	struct reader reader;
	struct client_response response = { 0 };
	struct framing framing = { 0 };

	reader.fd = fd;
	reader.timeout_ms = timeout_ms;
	reader.at = reader.n = 0;
	/* 1xx are interim: the answer follows. */
	do {
		response = (struct client_response){ .exit_status = -1 };
		framing = (struct framing){ 0 };
		if (!read_head(arena, &reader, &framing, &response, err))
			return false;
	} while (response.http_status < 200);
	if (response.http_status != 204 &&
	    !read_body(arena, &reader, &framing, &response.body, err))
		return false;
	*out = response;
	return true;
}
