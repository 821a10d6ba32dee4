#include "cli/progress.h"
#include "base/file.h"
#include "base/jsonpull.h"
#include "base/printable.h"
#include "base/when.h"
#include "cli/client.h"
#include "cli/terminal.h"
#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* The first look comes late: an answer that is there sooner needs no line that flickers. */
enum { FIRST_MS = 300, NEXT_MS = 150, STATUS_TIMEOUT_MS = 100, LINE_MAX_BYTES = 256 };

#define ERASE "\r\x1b[K"

void progress_line(struct buf *to, struct str text, size_t width)
{
	char line[LINE_MAX_BYTES];
	struct str shown = { line, printable_copy(line, sizeof line, text) };
	size_t columns = 0, end = 0;

	/* A column a character is what can be told without tables; the last column stays free. */
	for (size_t i = 0; i < shown.n; i++) {
		if (((unsigned char)shown.p[i] & 0xc0) == 0x80)
			continue;
		if (++columns >= width)
			break;
		end = i + 1;
	}
	while (end < shown.n && ((unsigned char)shown.p[end] & 0xc0) == 0x80)
		end++;
	buf_text(to, ERASE);
	buf_put(to, str_sub(shown, 0, end));
}

/* The text of the key "text" in the object that was just opened. */
static bool read_work(struct jsonpull *reader, struct str *out)
{
	struct json_token token = { 0 };
	struct err ignored = { 0 };

	while (jsonpull_next(reader, &token, &ignored) == 1 && token.kind == JSON_KEY) {
		bool is_text = str_eq(token.text, STR_LIT("text"));

		if (!is_text) {
			if (!jsonpull_skip(reader, &token, &ignored))
				return false;
			continue;
		}
		if (jsonpull_next(reader, &token, &ignored) != 1 || token.kind != JSON_STRING)
			return false;
		*out = token.text;
		return true;
	}
	return false;
}

struct str progress_text(struct arena *arena, struct str status)
{
	struct jsonpull reader = jsonpull_open(arena, status);
	struct json_token token = { 0 };
	struct err ignored = { 0 };
	struct str text = { 0 };

	if (jsonpull_next(&reader, &token, &ignored) != 1 || token.kind != JSON_OBJECT)
		return text;
	while (jsonpull_next(&reader, &token, &ignored) == 1 && token.kind == JSON_KEY) {
		if (!str_eq(token.text, STR_LIT("work"))) {
			if (!jsonpull_skip(&reader, &token, &ignored))
				return text;
			continue;
		}
		if (jsonpull_next(&reader, &token, &ignored) == 1 && token.kind == JSON_OBJECT &&
		    read_work(&reader, &text))
			return text;
		return (struct str){ 0 };
	}
	return text;
}

/* Asks once, and shows what was answered; whatever fails, the answer that is waited for tells. */
static bool show(const char *socket_path, bool was_shown)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(fd_close) int fd = -1;
	CLEANUP(buf_free) struct buf line = buf_make(4 * LINE_MAX_BYTES);
	const struct client_request request = { "GET", "/v1/status", NULL };
	struct client_response response = { 0 };
	struct err ignored = { 0 };

	if (client_connect(socket_path, &fd, &ignored) != 1 ||
	    client_send(fd, &request, STATUS_TIMEOUT_MS, &ignored) != 1 ||
	    !client_receive(&arena, fd, STATUS_TIMEOUT_MS, &response, &ignored))
		return was_shown;
	struct str text = progress_text(&arena, response.body);

	/* Between two pieces of work there are no words: the last ones stay. */
	if (text.n == 0)
		return was_shown;
	progress_line(&line, text, terminal_width(STDERR_FILENO));
	if (write(STDERR_FILENO, line.p, line.n) < 0)
		return false;
	return true;
}

static void erase(bool was_shown)
{
	if (was_shown && write(STDERR_FILENO, ERASE, strlen(ERASE)) < 0)
		return; /* the terminal is gone: nothing is left to wipe out */
}

bool progress_wait(const char *socket_path, int fd, int timeout_ms, struct err *err)
{
	int64_t end_ms = when_monotonic_ms() + timeout_ms;
	int pause_ms = terminal_is(STDERR_FILENO) ? FIRST_MS : timeout_ms;
	bool shown = false;

	for (;;) {
		struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
		int ready = poll(&poll_fd, 1, pause_ms);
		bool failed = ready < 0 && errno != EINTR;

		if (ready > 0 || failed || when_monotonic_ms() >= end_ms) {
			erase(shown);
			if (failed)
				return err_set(err, ERR_IO, "waiting for rtauditd: %m");
			if (ready <= 0)
				return err_set(err, ERR_NETWORK, "rtauditd said nothing for %d s",
				               timeout_ms / 1000);
			return true;
		}
		if (ready < 0)
			continue;
		shown = show(socket_path, shown);
		pause_ms = NEXT_MS;
	}
}
