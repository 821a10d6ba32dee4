#include "crawler/index_file.h"
#include "audit/limits.h"
#include "db/store_crate.h"
#include <stdlib.h>

/* A parsed line takes some four times its bytes; measured over 114,544 lines of crates.io. */
enum { COST_PER_BYTE = 5, COST_AT_LEAST = 2048 };

static size_t count_lines(struct str body)
{
	size_t n = 1;

	for (const char *at = body.p, *end = body.p + body.n;
	     (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
		n++;
	return n;
}

static bool is_object(struct str line)
{
	return line.n >= 2 && line.p[0] == '{' && line.p[line.n - 1] == '}';
}

/* One line: 1 an entry, 0 passed over, -1 the body is refused. */
static int read_line(struct arena *arena, struct str name, struct str line, bool is_last,
                     struct index_entry_memo *memo, struct index_entry *out, struct err *err)
{
	if (line.n > INDEX_LINE_MAX_BYTES)
		return err_fail(err, ERR_LIMIT, "a line is larger than %d bytes",
		                INDEX_LINE_MAX_BYTES);
	if (!is_object(line))
		return err_fail(err, ERR_INPUT, "%s",
		                is_last ? "the last line is cut off" : "a line is no JSON object");
	if (!index_entry_parse_next(arena, line, memo, out, err)) {
		/* cargo passes over a version that it cannot read; a cut body must not pass as
		 * one. */
		if (is_last)
			return -1;
		*err = (struct err){ 0 };
		return 0;
	}
	if (!str_eq_nocase(out->name, name))
		return err_fail(err, ERR_INPUT, "it speaks of the crate '" STR_FMT "'",
		                STR_ARG(str_sub(out->name, 0, CRATE_NAME_MAX)));
	return 1;
}

bool index_file_parse(struct arena *arena, struct str name, struct str body, struct index_file *out,
                      struct err *err)
{
	struct index_file file = { 0 };
	struct index_entry_memo memo = { 0 };
	struct str rest = body, line;
	size_t lines = body.n == 0 ? 0 : count_lines(body);

	if (lines > INDEX_VERSIONS_MAX || body.n > INDEX_FILE_MAX_BYTES)
		return err_set(err, ERR_LIMIT, "index file of " STR_FMT ": %zu bytes, %zu lines",
		               STR_ARG(str_sub(name, 0, CRATE_NAME_MAX)), body.n, lines);
	while (rest.n > 0 && rest.p[rest.n - 1] == '\n')
		rest.n--;
	file.entries = arena_array(arena, lines, sizeof *file.entries);
	while (rest.n > 0) {
		bool is_last = !str_cut(rest, '\n', &line, &rest);

		line = str_trim(line);
		if (line.n == 0)
			continue;
		int got = read_line(arena, name, line, is_last, &memo, &file.entries[file.n], err);
		if (got < 0) {
			err_prefix(err, "index file of " STR_FMT ": ",
			           STR_ARG(str_sub(name, 0, CRATE_NAME_MAX)));
			return false;
		}
		file.n += got == 1;
		file.skipped += got == 0;
	}
	if (file.n == 0)
		return err_set(err, ERR_INPUT, "index file of " STR_FMT " holds no version",
		               STR_ARG(str_sub(name, 0, CRATE_NAME_MAX)));
	file.name = file.entries[0].name;
	*out = file;
	return true;
}

static bool prepare(struct ingest_item *base, struct err *err)
{
	struct index_item *item = (struct index_item *)base;

	if (item->news != INDEX_NEWS_FILE)
		return true;
	if (!index_file_parse(&item->arena, item->name, item->body, &item->file, err))
		return false;
	item->name = item->file.name;
	return true;
}

static bool write_item(struct ingest_item *base, struct db *writer, struct err *err)
{
	struct index_item *item = (struct index_item *)base;

	if (item->news == INDEX_NEWS_SAME)
		return store_crate_confirm(writer, item->registry, item->name, item->fetched_at,
		                           err);
	struct crate_update update = { .registry = item->registry,
		                       .name = item->name,
		                       .entries = item->file.entries,
		                       .n = item->file.n,
		                       .fetched_at = item->fetched_at,
		                       .etag = item->etag,
		                       .last_modified = item->last_modified };
	return store_crate_put(writer, &update, err);
}

static void done(struct ingest_item *base)
{
	struct index_item *item = (struct index_item *)base;

	if (base->err.kind == ERR_NONE && item->cache)
		fact_cache_forget_crate(item->cache, item->registry, item->name);
	if (item->told)
		item->told(item);
	index_item_free(&item);
}

struct index_item *index_item_new(enum index_news news, struct str registry, struct str name)
{
	struct index_item *item = calloc(1, sizeof *item);

	if (!item)
		abort();
	item->item = (struct ingest_item){
		.prepare = prepare, .write = write_item, .done = done, .cost_bytes = COST_AT_LEAST
	};
	item->news = news;
	item->registry = arena_str(&item->arena, registry);
	item->name = arena_str(&item->arena, name);
	return item;
}

void index_item_body(struct index_item *item, struct str body)
{
	item->body = body;
	item->item.cost_bytes = COST_AT_LEAST + COST_PER_BYTE * body.n;
}

void index_item_free(struct index_item **item)
{
	if (!*item)
		return;
	buf_free(&(*item)->owned);
	arena_free(&(*item)->arena);
	free(*item);
	*item = NULL;
}
