#include "crawler/fetch_transfer.h"
#include <stdlib.h>

void transfer_queue_put(struct transfer_queue *queue, struct transfer *transfer)
{
	transfer->next = NULL;
	if (queue->last)
		queue->last->next = transfer;
	else
		queue->first = transfer;
	queue->last = transfer;
}

struct transfer *transfer_queue_take(struct transfer_queue *queue)
{
	struct transfer *transfer = queue->first;

	if (transfer) {
		queue->first = transfer->next;
		if (!queue->first)
			queue->last = NULL;
	}
	return transfer;
}

void transfer_free(struct transfer *transfer)
{
	curl_slist_free_all(transfer->headers);
	buf_free(&transfer->body);
	arena_free(&transfer->arena);
	free(transfer);
}

static bool is_success(CURL *easy)
{
	long status = 0;

	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	return status >= 200 && status < 300;
}

/* libcurl's write callback: keeps the body of a success, and drops that of anything else. */
static size_t take_body(char *bytes, size_t size, size_t n, void *owner)
{
	struct transfer *transfer = owner;

	if (!is_success(transfer->easy)) {
		transfer->dropped_bytes += size * n;
		return transfer->dropped_bytes > TRANSFER_ERROR_PAGE_MAX_BYTES ? 0 : size * n;
	}
	if (!transfer->started_body) {
		curl_off_t length = -1;
		transfer->started_body = true;
		curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
		if (length > 0 && length <= TRANSFER_RESERVE_MAX_BYTES &&
		    (size_t)length <= transfer->max_bytes)
			/* a failure shows below */
			IGNORE(!buf_room(&transfer->body, (size_t)length));
	}
	buf_put(&transfer->body, (struct str){ bytes, size * n });
	if (!transfer->body.full)
		*transfer->held_bytes += size * n;
	transfer->too_large = transfer->body.full || *transfer->held_bytes > FETCH_HELD_MAX_BYTES;
	return transfer->too_large ? 0 : size * n;
}

static void add_header(struct transfer *transfer, const char *name, const char *value)
{
	if (!value)
		return;
	struct curl_slist *longer = curl_slist_append(
		transfer->headers, arena_printf(&transfer->arena, "%s: %s", name, value).p);
	if (!longer)
		abort();
	transfer->headers = longer;
}

long fetch_or_default(unsigned value, long otherwise)
{
	return value > 0 ? (long)value : otherwise;
}

static const char *first_set(const char *a, const char *b)
{
	return a && *a ? a : b;
}

/* Where the certificates of authorities are: for cargo, else for the curl command, else for
 * OpenSSL. libcurl itself reads none of these. */
static void set_authorities(CURL *easy, const char *configured)
{
	const char *folder = getenv("SSL_CERT_DIR");
	const char *file = first_set(getenv("CARGO_HTTP_CAINFO"), configured);

	file = first_set(file, first_set(getenv("CURL_CA_BUNDLE"), getenv("SSL_CERT_FILE")));
	if (file && *file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, file);
	if (folder && *folder)
		curl_easy_setopt(easy, CURLOPT_CAPATH, folder);
}

static void set_options(struct transfer *transfer, const struct fetch_settings *settings)
{
	CURL *easy = transfer->easy;
	long stall_ms = fetch_or_default(settings->stall_timeout_ms, 20000);

	curl_easy_setopt(easy, CURLOPT_URL, transfer->url);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L); /* fetch does it */
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
	                 settings->no_multiplexing ? (long)CURL_HTTP_VERSION_1_1
	                                           : (long)CURL_HTTP_VERSION_2TLS);
	if (settings->proxy)
		curl_easy_setopt(easy, CURLOPT_PROXY, settings->proxy);
	curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
	if (!transfer->as_is)
		curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "rtaudit/" RTAUDIT_VERSION);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
	                 fetch_or_default(settings->connect_timeout_ms, 10000));
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT,
	                 fetch_or_default(settings->stall_bytes, 64));
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, stall_ms < 1000 ? 1 : stall_ms / 1000);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
	                 fetch_or_default(settings->total_timeout_ms, 120000));
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	set_authorities(easy, settings->authorities);
	add_header(transfer, "If-None-Match", transfer->etag);
	add_header(transfer, "If-Modified-Since", transfer->last_modified);
	add_header(transfer, "Authorization", transfer->token);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
}

void transfer_prepare(struct transfer *transfer, const struct fetch_settings *settings,
                      size_t *held_bytes)
{
	curl_slist_free_all(transfer->headers);
	transfer->headers = NULL;
	buf_free(&transfer->body);
	transfer->body = buf_make(transfer->max_bytes);
	transfer->held_bytes = held_bytes;
	transfer->started_body = transfer->too_large = false;
	transfer->dropped_bytes = 0;
	transfer->error[0] = '\0';
	set_options(transfer, settings);
}

struct str transfer_header(struct transfer *transfer, const char *name)
{
	struct curl_header *found = NULL;

	if (curl_easy_header(transfer->easy, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK)
		return (struct str){ 0 };
	struct str value = str_of(found->value);
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] < 0x20 || value.p[i] == 0x7f)
			return (struct str){ 0 };
	return value.n > FETCH_VALIDATOR_MAX_BYTES ? (struct str){ 0 }
	                                           : arena_str(&transfer->arena, value);
}
