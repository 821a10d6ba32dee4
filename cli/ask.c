#include "cli/ask.h"
#include "base/file.h"
#include "base/jsonpull.h"
#include "base/socket_path.h"
#include "cli/progress.h"
#include "cli/spawn.h"
#include <sys/socket.h>
#include <unistd.h>

enum { TRIES = 3, KIND_MAX_BYTES = 32 };

/* Reads the members of the inner object, which was just opened. */
static bool read_members(struct arena *arena, struct jsonpull *reader, enum err_kind *kind,
                         struct str *message)
{
	struct json_token key = { 0 }, token = { 0 };
	struct err ignored = { 0 };

	while (jsonpull_next(reader, &key, &ignored) == 1 && key.kind == JSON_KEY) {
		if (jsonpull_next(reader, &token, &ignored) != 1)
			return false;
		if (token.kind != JSON_STRING) {
			if (!jsonpull_skip(reader, &token, &ignored))
				return false;
		} else if (str_eq(key.text, STR_LIT("kind")) && token.text.n < KIND_MAX_BYTES) {
			*kind = err_kind_of(arena_cstr(arena, token.text));
		} else if (str_eq(key.text, STR_LIT("message"))) {
			*message = token.text;
		}
	}
	return *kind != ERR_NONE && message->n > 0;
}

bool ask_check(const struct client_response *response, struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct jsonpull reader = jsonpull_open(&arena, response->body);
	struct json_token token = { 0 };
	enum err_kind kind = ERR_NONE;
	struct str message = { 0 };

	if (response->http_status < 400)
		return true;
	if (jsonpull_next(&reader, &token, err) == 1 && token.kind == JSON_OBJECT &&
	    jsonpull_next(&reader, &token, err) == 1 && token.kind == JSON_KEY &&
	    str_eq(token.text, STR_LIT("error")) && jsonpull_next(&reader, &token, err) == 1 &&
	    token.kind == JSON_OBJECT && read_members(&arena, &reader, &kind, &message))
		return err_set(err, kind, STR_FMT, STR_ARG(message));
	return err_set(err, ERR_NETWORK, "rtauditd answered with HTTP status %d",
	               response->http_status);
}

/* Sends and receives over a connection. ERR_STOPPED where the daemon ended before it answered. */
static bool exchange(struct arena *arena, const char *socket_path, int fd, const struct ask *ask,
                     struct client_response *out, struct err *err)
{
	if (client_send(fd, &ask->request, ask->timeout_ms, err) < 0)
		return false;
	if (!ask->quiet && !progress_wait(socket_path, fd, ask->timeout_ms, err))
		return false;
	return client_receive(arena, fd, ask->timeout_ms, out, err);
}

/* Whether the daemon at the other end is another user's: what somebody left at a path below /tmp is
 * not sent the project. Root may serve everybody. */
static bool is_strangers(int fd)
{
	struct ucred peer = { 0 };
	socklen_t size_bytes = sizeof peer;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size_bytes) != 0 ||
	       (peer.uid != geteuid() && peer.uid != 0);
}

/* Connects to a place. 1, 0 nobody is there that could be asked, -1. */
static int reach(const struct socket_place *place, int *fd, bool *outdated, struct err *err)
{
	int there = client_connect(place->path, fd, err);

	/* What is wrong with the system's daemon is no reason not to have one's own. */
	if (there < 0 && place->kind == SOCKET_SYSTEM)
		return 0;
	/* RTAUDIT_SOCKET may name the daemon of a system, which has a user of its own. */
	if (there == 1 && (place->kind == SOCKET_HOME || place->kind == SOCKET_USER) &&
	    is_strangers(*fd))
		return err_fail(err, ERR_NETWORK, "%s: the daemon there is another user's",
		                place->path);
	*outdated = there == 1 && place->kind != SOCKET_SYSTEM && spawn_is_outdated(*fd) &&
	            spawn_can_start();
	return there;
}

/* Asks the daemon at one place. 1; 0 where none of this version is there; -1. */
static int ask_at(struct arena *arena, const struct socket_place *place, const struct ask *ask,
                  struct client_response *out, struct err *err)
{
	CLEANUP(fd_close) int fd = -1;
	bool outdated = false;
	int there = reach(place, &fd, &outdated, err);

	if (there <= 0 || outdated)
		return there < 0 ? -1 : 0;
	if (!exchange(arena, place->path, fd, ask, out, err))
		return -1;
	if (out->version.n > 0 && !str_eq(out->version, STR_LIT(RTAUDIT_VERSION)))
		return 0;
	return ask_check(out, err) ? 1 : -1;
}

/* Asks all places, unless one's own daemon just failed, and after that one that it makes sure of. 1
 * or -1. */
static int ask_once(struct arena *arena, const struct socket_places *places, const struct ask *ask,
                    bool is_retry, struct client_response *out, struct err *err)
{
	for (size_t i = 0; i < places->n && !is_retry; i++) {
		int answered = ask_at(arena, &places->p[i], ask, out, err);

		if (answered != 0)
			return answered;
	}
	if (!spawn_daemon(arena, places->p[0].path, ask->quiet, err))
		return -1;
	int answered = ask_at(arena, &places->p[0], ask, out, err);

	if (answered == 0)
		return err_fail(err, ERR_NETWORK, "rtauditd does not answer at %s",
		                places->p[0].path);
	return answered;
}

bool ask_daemon(struct arena *arena, const struct ask *ask, struct client_response *out,
                struct err *err)
{
	struct socket_places places = { 0 };
	struct client_response response = { 0 };

	if (!socket_places(arena, &places, err))
		return false;
	for (int i = 0; i < TRIES; i++) {
		*err = (struct err){ 0 };
		if (ask_once(arena, &places, ask, i > 0, &response, err) == 1) {
			*out = response;
			return true;
		}
		/* It was killed, or is ending: the next one will answer. */
		if (err->kind != ERR_STOPPED)
			return false;
	}
	return false;
}
