#include "crawler/fact_table.h"
#include "audit/index_path.h"
#include "audit/limits.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/when.h"
#include "crawler/ingest.h"
#include "crawler/registry.h"
#include <archive.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct fact_column {
	struct str name;
	size_t offset; /* of its struct str in struct manifest_fact; 0 for proc_macro, a word */
};

#define COLUMN(name, field)                                                                        \
	{                                                                                          \
		STR(name), offsetof(struct manifest_fact, field)                                   \
	}
static const struct fact_column COLUMNS[] = {
	COLUMN("crate", name),
	COLUMN("version", vers),
	COLUMN("repository", repository),
	COLUMN("license", license),
	COLUMN("maintenance_badge", maintenance_badge),
	COLUMN("vcs_sha1", vcs_sha1),
	COLUMN("vcs_path", vcs_path),
	COLUMN("no_std", no_std),
	COLUMN("no_std_cfg", no_std_cfg),
	COLUMN("links", links),
	COLUMN("edition", edition),
	COLUMN("rust_version", rust_version),
	COLUMN("build_script", build_script),
	COLUMN("homepage", homepage),
	COLUMN("description", description),
	COLUMN("registry", registry),
	COLUMN("proc_macro", proc_macro),
};

/* No cell of a table made from crates.io has more than 1,000 bytes; nobody needs more of one. */
enum { CELL_MAX_BYTES = 8 << 10, LINE_MAX_BYTES = 64 << 10 };

static struct str without_cr(struct str line)
{
	return str_ends(line, STR_LIT("\r")) ? str_sub(line, 0, line.n - 1) : line;
}

static const struct fact_column *column_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(COLUMNS); i++)
		if (str_eq(COLUMNS[i].name, name))
			return &COLUMNS[i];
	return NULL;
}

bool fact_columns_parse(struct str line, struct fact_columns *out, struct err *err)
{
	struct fact_columns columns = { 0 };
	bool has[ARRAY_LEN(COLUMNS)] = { false };
	struct str rest = without_cr(line), cell;

	for (bool more = true; more;) {
		more = str_cut(rest, '\t', &cell, &rest);
		if (columns.n == FACT_COLUMNS_MAX)
			return err_set(err, ERR_LIMIT, "more than %d columns", FACT_COLUMNS_MAX);
		const struct fact_column *column = column_find(cell);
		if (column && has[column - COLUMNS])
			return err_set(err, ERR_INPUT, "the column '" STR_FMT "' stands twice",
			               STR_ARG(cell));
		if (column)
			has[column - COLUMNS] = true;
		columns.at[columns.n++] = column;
	}
	if (!has[0] || !has[1])
		return err_set(
			err, ERR_INPUT,
			"no table of facts: its first line names no column 'crate' and 'version'");
	*out = columns;
	return true;
}

static bool read_known(struct str cell, enum known *out)
{
	if (cell.n == 0)
		*out = KNOWN_NOT;
	else if (str_eq(cell, STR_LIT("yes")))
		*out = KNOWN_YES;
	else if (str_eq(cell, STR_LIT("no")))
		*out = KNOWN_NO;
	else
		return false;
	return true;
}

static bool is_sound(const struct manifest_fact *fact)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct version version;
	struct str path;
	struct err err = { 0 };

	return fact->registry.n <= REGISTRY_URL_MAX_BYTES && fact->vers.n <= VERSION_MAX_BYTES &&
	       semver_parse(fact->vers, &version, &err) &&
	       index_path(&arena, fact->name, &path, &err);
}

bool fact_row_parse(const struct fact_columns *columns, struct str line, struct manifest_fact *out)
{
	struct manifest_fact fact = { .registry = REGISTRY_CRATES_IO, .from = FACT_FROM_TABLE };
	struct str rest = without_cr(line), cell;
	bool more = true;

	if (line.n > LINE_MAX_BYTES || memchr(line.p, 0, line.n) || !str_is_utf8(line))
		return false;
	for (size_t i = 0; i < columns->n; i++) {
		if (!more)
			return false;
		more = str_cut(rest, '\t', &cell, &rest);
		const struct fact_column *column = columns->at[i];
		if (!column || cell.n == 0)
			continue;
		if (cell.n > CELL_MAX_BYTES)
			return false;
		if (column->offset == offsetof(struct manifest_fact, proc_macro)) {
			if (!read_known(cell, &fact.proc_macro))
				return false;
		} else {
			*(struct str *)(void *)((char *)&fact + column->offset) = cell;
		}
	}
	if (more || !is_sound(&fact))
		return false;
	*out = fact;
	return true;
}

/* The whole file, unpacked where it is packed. */
static bool read_all(struct archive *reader, int fd, const char *path, struct buf *to,
                     struct err *err)
{
	struct archive_entry *entry;

	archive_read_support_format_raw(reader);
	archive_read_support_format_empty(reader);
	archive_read_support_filter_gzip(reader);
	if (archive_read_open_fd(reader, fd, 256 << 10) != ARCHIVE_OK)
		return err_set(err, ERR_INPUT, "%s: %s", path, archive_error_string(reader));
	int got = archive_read_next_header(reader, &entry);
	if (got == ARCHIVE_EOF)
		return err_set(err, ERR_INPUT, "%s is empty", path);
	while (got == ARCHIVE_OK) {
		char *room = buf_room(to, 256 << 10);
		if (!room)
			return buf_done(to, path, err);
		la_ssize_t n = archive_read_data(reader, room, 256 << 10);
		if (n == 0)
			return true;
		if (n < 0)
			break;
		to->n += (size_t)n;
	}
	const char *why = archive_error_string(reader);
	return err_set(err, ERR_INPUT, "%s: %s", path, why ? why : "cannot be read");
}

static bool load(const char *path, struct buf *to, struct err *err)
{
	CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return err_set(err, errno == ENOENT ? ERR_ABSENT : ERR_IO, "%s: %m", path);
	if (!file_is_regular(path))
		return err_set(err, ERR_IO, "%s is no file", path);
	struct archive *reader = archive_read_new();
	if (!reader)
		abort();
	bool ok = read_all(reader, fd, path, to, err);
	archive_read_free(reader);
	return ok;
}

struct reading {
	struct fact_columns columns;
	struct str rest;
	size_t line; /* of the last line taken off `rest`, from 1 */
	int64_t seen_at;
	struct fact_table_counts *counts;
};

/* Stores rows for one transaction's time. */
static bool store_batch(struct reading *reading, struct db_pool *pool, struct err *err)
{
	CLEANUP(db_writer_end) struct db *writer = NULL;
	int64_t until_ms = when_monotonic_ms() + INGEST_BATCH_MS;
	struct fact_table_counts counts = *reading->counts;
	struct manifest_fact fact;
	struct str line;

	if (!db_writer_begin(pool, &writer, err))
		return false;
	while (reading->rest.n > 0 && when_monotonic_ms() < until_ms) {
		str_cut(reading->rest, '\n', &line, &reading->rest);
		reading->line++;
		if (line.n == 0)
			continue;
		if (!fact_row_parse(&reading->columns, line, &fact)) {
			if (counts.bad++ == 0)
				counts.first_bad = reading->line;
			continue;
		}
		fact.seen_at = reading->seen_at;
		if (!store_fact_put(writer, &fact, err))
			return false;
		counts.rows++;
	}
	if (!db_writer_commit(writer, err))
		return false;
	*reading->counts = counts;
	return true;
}

bool fact_table_read(const char *path, int64_t seen_at, struct db_pool *pool,
                     const struct stop *stop, struct fact_table_counts *counts, struct err *err)
{
	CLEANUP(buf_free) struct buf text = buf_make(FACT_TABLE_MAX_BYTES);
	struct reading reading = { .seen_at = seen_at, .counts = counts, .line = 1 };
	struct str head;

	*counts = (struct fact_table_counts){ 0 };
	if (!load(path, &text, err))
		return false;
	str_cut(buf_str(&text), '\n', &head, &reading.rest);
	if (!fact_columns_parse(head, &reading.columns, err)) {
		err_prefix(err, "%s:1: ", path);
		return false;
	}
	while (reading.rest.n > 0) {
		if (stop_is_raised(stop))
			return err_set(err, ERR_STOPPED, "the reading of %s was stopped", path);
		if (!store_batch(&reading, pool, err))
			return false;
	}
	return true;
}
