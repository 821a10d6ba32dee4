#include "db/store_advisory.h"
#include "db/query.h"

static const struct query CLEAR = { "DELETE FROM advisory_file", 0 };
static const struct query ADD = {
	"INSERT INTO advisory_file (path, published_at, bytes) VALUES (?1, ?2, ?3)", 0
};
static const struct query ALL = { "SELECT published_at, bytes FROM advisory_file ORDER BY path",
	                          2 };
enum { ALL_PUBLISHED_AT, ALL_BYTES };
static const struct query COUNT = { "SELECT count(*) FROM advisory_file", 1 };

static bool add(struct db *writer, const struct advisory_file *file, struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;

	if (!db_query(writer, &ADD, &row, err))
		return false;
	db_bind_text(row, 1, file->path);
	db_bind_i64(row, 2, file->published_at);
	db_bind_blob(row, 3, file->bytes);
	return db_run(writer, row, err);
}

bool store_advisory_replace(struct db *writer, const struct advisory_file *files, size_t n,
                            struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;

	if (!db_query(writer, &CLEAR, &row, err) || !db_run(writer, row, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!add(writer, &files[i], err))
			return false;
	return true;
}

struct row_list VEC_OF(struct advisory_row);

/* Chains the rows of each crate in the order in which they stand. */
static void chain(struct arena *arena, struct row_list *rows, struct advisory_set *out)
{
	map_reserve(&out->first, arena, rows->n);
	for (size_t i = rows->n; i-- > 0;) {
		uint32_t *first = map_slot(&out->first, arena, rows->p[i].advisory->package,
		                           UINT32_MAX, NULL);

		rows->p[i].next = *first;
		*first = (uint32_t)i;
	}
	out->rows = rows->p;
	out->n = (uint32_t)rows->n;
}

bool store_advisory_load(struct db *reader, struct arena *arena, struct advisory_set *out,
                         size_t *broken, struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;
	struct advisory_set set = { 0 };
	struct row_list rows = { 0 };
	size_t bad = 0;
	int got = 0;

	if (!db_query(reader, &ALL, &row, err))
		return false;
	while ((got = db_next(reader, row, err)) == 1) {
		struct advisory *advisory = arena_new(arena, struct advisory);
		int64_t published_at = db_i64(row, ALL_PUBLISHED_AT);
		struct err why = { 0 };

		if (!advisory_parse(arena, db_blob(row, ALL_BYTES, arena), advisory, &why)) {
			bad++;
			continue;
		}
		*vec_add(arena, &rows) = (struct advisory_row){
			.advisory = advisory,
			.published_at = published_at != 0 ? published_at : advisory->date_at,
		};
	}
	if (got < 0)
		return false;
	chain(arena, &rows, &set);
	*out = set;
	*broken = bad;
	return true;
}

bool store_advisory_count(struct db *reader, uint64_t *out, struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;

	if (!db_query(reader, &COUNT, &row, err) || db_next(reader, row, err) < 0)
		return false;
	*out = (uint64_t)db_i64(row, 0);
	return true;
}
