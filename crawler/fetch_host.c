#include "crawler/fetch_host.h"
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_loopback(const char *host)
{
	/* "127.name.example" begins like an address but is a name. */
	return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
	       (strncmp(host, "127.", 4) == 0 && host[strspn(host, "0123456789.")] == '\0');
}

/* Takes the parts out of a parsed URL; false where one is missing or too long. */
static bool read_parts(CURLU *url, struct fetch_origin *out)
{
	char *scheme = NULL, *host = NULL, *port = NULL;
	bool ok = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
	          curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK;

	if (ok) {
		/* stays NULL */
		IGNORE(curl_url_get(url, CURLUPART_PORT, &port, CURLU_NO_DEFAULT_PORT));
		for (char *at = host; *at; at++)
			*at = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
		int n = snprintf(out->text, sizeof out->text, "%s://%s%s%s", scheme, host,
		                 port ? ":" : "", port ? port : "");
		out->is_https = strcmp(scheme, "https") == 0;
		out->is_loopback = is_loopback(host);
		ok = n > 0 && (size_t)n < sizeof out->text &&
		     (out->is_https || strcmp(scheme, "http") == 0);
	}
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	return ok;
}

bool fetch_origin_of(const char *url, struct fetch_origin *out, struct err *err)
{
	CURLU *parsed = curl_url();

	if (!parsed)
		abort();
	*out = (struct fetch_origin){ 0 };
	/* Without CURLU_NON_SUPPORT_SCHEME libcurl refuses what it cannot speak; read_parts refuses
	 * the rest. */
	bool ok = curl_url_set(parsed, CURLUPART_URL, url, CURLU_DISALLOW_USER) == CURLUE_OK &&
	          read_parts(parsed, out);
	curl_url_cleanup(parsed);
	if (!ok)
		return err_set(err, ERR_INPUT, "'%.100s' is no http or https address", url);
	return true;
}

struct fetch_host *fetch_host_find(struct fetch_host **hosts, const struct fetch_origin *origin)
{
	struct fetch_host *host = *hosts;

	while (host && strcmp(host->origin.text, origin->text) != 0)
		host = host->next;
	if (host)
		return host;
	host = calloc(1, sizeof *host);
	if (!host)
		abort();
	host->origin = *origin;
	host->next = *hosts;
	*hosts = host;
	return host;
}

void fetch_host_free(struct fetch_host **hosts)
{
	while (*hosts) {
		struct fetch_host *next = (*hosts)->next;
		free(*hosts);
		*hosts = next;
	}
}
