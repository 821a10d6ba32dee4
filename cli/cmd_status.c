#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/output.h"
#include "cli/status_text.h"

enum { TEXT_MAX_BYTES = 4 << 20 };

bool cmd_status(struct arena *arena, const struct options *options, int *status, struct err *err)
{
	CLEANUP(buf_free) struct buf text = buf_make(TEXT_MAX_BYTES);
	struct str format = options_value(options, FLAG_FORMAT);
	struct client_response response = { 0 };

	if (str_eq(format, STR_LIT("json")))
		return deliver(arena, options, "GET", "/v1/status", NULL, status, err);
	if (format.n > 0 && !str_eq(format, STR_LIT("text")))
		return err_set(err, ERR_USAGE, "--format takes text or json, not '" STR_FMT "'",
		               STR_ARG(format));
	return deliver_ask(arena, options, "GET", "/v1/status", NULL, &response, err) &&
	       status_text(arena, response.body, &text, err) &&
	       buf_done(&text, "the status", err) &&
	       output_write(options_value(options, FLAG_OUTPUT), buf_str(&text), err);
}
