/* crawler/index_file.h: what one file of a registry index says of one crate, and its way into the
 * store.
 * Source: the Cargo Book, "Registry Index": one JSON object a line, one line a version.
 * Threads: index_file_parse is pure; items go through crawler/ingest. Memory: the body's bytes and
 * the caller's arena. */
#ifndef RTAUDIT_CRAWLER_INDEX_FILE_H
#define RTAUDIT_CRAWLER_INDEX_FILE_H
#include "audit/index_entry.h"
#include "base/buf.h"
#include "crawler/ingest.h"

struct index_file {
	/* as its lines write it: "Inflector", where the file is called inflector */
	struct str name;
	struct index_entry *entries;
	size_t n;
	size_t skipped; /* whole lines that are no entry to us, passed over as cargo does */
};

/* Reads the whole body of the index file of crate `name` (in any case of letters). ERR_INPUT, and
 * nothing of it counts, for an empty body, one whose last line is cut off, a line that is no
 * object, a line of another crate, or no readable line at all; ERR_LIMIT. */
MUST_CHECK bool index_file_parse(struct arena *arena, struct str name, struct str body,
                                 struct index_file *out, struct err *err);

enum index_news {
	INDEX_NEWS_FILE,    /* `body` is the file as it is now */
	INDEX_NEWS_SAME,    /* the server confirmed what is stored */
	INDEX_NEWS_NO_CRATE /* the registry has no such crate */
};

/* One crate's news. `item` comes first, so that the address of one is that of the other. */
struct index_item {
	struct ingest_item item;
	struct arena arena; /* owns every slice below and the struct's parsed entries */
	enum index_news news;
	struct str registry; /* canonical */
	struct str name;     /* as asked for; as the lines write it once they were read */
	struct str body;
	struct buf owned; /* what `body` points into, where it does not lie in the arena */
	struct str etag, last_modified;
	int64_t fetched_at;
	struct fact_cache *cache; /* told of the crate after the commit; may be NULL */
	struct index_file file;   /* once prepared */
	/* Called once, on the writer's thread, when it is stored or refused. */
	void (*told)(struct index_item *item); /* item->item.err says which */
	void *owner;                           /* of `told` */
};

/* A new, empty item with its functions set; index_item_free, or ingest_put, ends it. */
struct index_item *index_item_new(enum index_news news, struct str registry, struct str name);
/* Gives it the file's bytes, which live in its arena or in `owned`. */
void index_item_body(struct index_item *item, struct str body);
void index_item_free(struct index_item **item);
#endif
