#include "crawler/network.h"
#include <stdlib.h>

/* What the variable says, else the file; empty where neither does. */
static struct str setting(const char *variable, struct str configured)
{
	const char *value = getenv(variable);

	return value && *value ? str_of(value) : configured;
}

static const char *text_or_null(struct arena *arena, struct str text)
{
	return text.n > 0 ? arena_cstr(arena, text) : NULL;
}

/* The number, at most `max`; 0 where there is none. */
static unsigned number(struct str text, uint64_t max)
{
	uint64_t value = 0;

	if (!str_to_u64(text, &value))
		return 0;
	return (unsigned)(value < max ? value : max); /* max is far below UINT_MAX */
}

static bool is(struct str text, const char *word)
{
	return str_eq(text, str_of(word));
}

void network_of(struct arena *arena, const struct cargo_config *config, struct network *out)
{
	static const struct config_network nothing;
	const struct config_network *from = config ? &config->network : &nothing;
	struct str timeout = setting("CARGO_HTTP_TIMEOUT", from->timeout);
	struct str retry = setting("CARGO_NET_RETRY", from->retry);
	uint64_t retries = 0;

	if (timeout.n == 0)
		timeout = setting("HTTP_TIMEOUT", timeout);
	*out = (struct network){
		.authorities = text_or_null(arena, setting("CARGO_HTTP_CAINFO", from->cainfo)),
		.proxy = text_or_null(arena, setting("CARGO_HTTP_PROXY", from->proxy)),
		.timeout_ms = 1000 * number(timeout, NETWORK_TIMEOUT_MAX_SECONDS),
		.low_speed_bytes = number(
			setting("CARGO_HTTP_LOW_SPEED_LIMIT", from->low_speed_limit), 1 << 20),
		.no_multiplexing =
			is(setting("CARGO_HTTP_MULTIPLEXING", from->multiplexing), "false"),
		.offline = is(setting("CARGO_NET_OFFLINE", from->offline), "true"),
	};
	if (str_to_u64(retry, &retries))
		out->tries = number(retry, NETWORK_TRIES_MAX - 1) + 1;
}
