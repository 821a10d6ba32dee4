#include "cli/deliver.h"
#include "cli/output.h"

/* An audit waits for the index at most some seconds by itself; a first sync clones and reads for
 * minutes, and says nothing on its connection meanwhile. */
enum { TIMEOUT_MS = 300 * 1000, SYNC_TIMEOUT_MS = 3600 * 1000 };

bool deliver_ask(struct arena *arena, const struct options *options, const char *method,
                 const char *path, const struct parts *parts, struct client_response *out,
                 struct err *err)
{
	const struct ask ask = {
		.request = { method, path, parts },
		.timeout_ms = strcmp(path, "/v1/sync") == 0 ? SYNC_TIMEOUT_MS : TIMEOUT_MS,
		.quiet = options->given[FLAG_QUIET] > 0,
	};

	return ask_daemon(arena, &ask, out, err);
}

bool deliver(struct arena *arena, const struct options *options, const char *method,
             const char *path, const struct parts *parts, int *status, struct err *err)
{
	struct client_response response = { 0 };

	if (!deliver_ask(arena, options, method, path, parts, &response, err) ||
	    !output_write(options_value(options, FLAG_OUTPUT), response.body, err))
		return false;
	*status = response.exit_status >= 0 ? response.exit_status : 0;
	return true;
}
