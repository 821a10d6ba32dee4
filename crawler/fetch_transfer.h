/* crawler/fetch_transfer.h: one request under way: its libcurl handle, its options, the body as it
 * comes.
 * Source: libcurl's manual (easy interface). Threads: the fetch thread's. Memory: its own. */
#ifndef RTAUDIT_CRAWLER_FETCH_TRANSFER_H
#define RTAUDIT_CRAWLER_FETCH_TRANSFER_H
#include "crawler/fetch.h"
#include "crawler/fetch_host.h"
#include <curl/curl.h>

enum {
	/* An error page is not read to its end where it is longer. */
	TRANSFER_ERROR_PAGE_MAX_BYTES = 256 << 10,
	/* Of a body's room that is taken at once because a header promises so much. */
	TRANSFER_RESERVE_MAX_BYTES = 1 << 20
};

struct transfer {
	struct transfer *next;
	struct arena arena; /* the texts of the request */
	const char *url;
	const char *etag, *last_modified, *token; /* NULL: none */
	size_t max_bytes;
	bool as_is, plain_http;
	enum fetch_redirects follow;
	void (*done)(void *owner, struct fetch_answer *answer);
	void *owner;
	struct fetch_origin origin;
	CURL *easy;
	struct curl_slist *headers;
	struct buf body;
	size_t *held_bytes; /* of all transfers together */
	bool started_body, too_large;
	size_t dropped_bytes; /* of an error page */
	unsigned redirects, retries;
	int64_t not_before_ms;
	char error[CURL_ERROR_SIZE];
};

struct transfer_queue {
	struct transfer *first, *last;
};

void transfer_queue_put(struct transfer_queue *queue, struct transfer *transfer);
/* The first, or NULL. */
struct transfer *transfer_queue_take(struct transfer_queue *queue);

/* Makes it ready for another try with transfer->easy; *held_bytes grows with its body. */
void transfer_prepare(struct transfer *transfer, const struct fetch_settings *settings,
                      size_t *held_bytes);
/* A header of the answer, in the transfer's arena; empty where there is none, or no validator could
 * be so. */
struct str transfer_header(struct transfer *transfer, const char *name);
void transfer_free(struct transfer *transfer);

long fetch_or_default(unsigned value, long otherwise);
#endif
