#include "db/store_archive.h"
#include "db/query.h"

static const struct query FIRST_SEEN = { "SELECT min(first_seen_at) FROM author_mark WHERE "
	                                 "crate_id = ?1 AND place = ?2 AND kind = ?3",
	                                 1 };
static const struct query DROP_MARKS = {
	"DELETE FROM author_mark WHERE crate_id = ?1 AND vers = ?2", 0
};
static const struct query PUT_MARK = {
	"INSERT INTO author_mark (crate_id, vers, place, kind, first_seen_at, text, successors)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	0
};
static const struct query DROP_USES = { "DELETE FROM source_use WHERE crate_id = ?1 AND vers = ?2",
	                                0 };
static const struct query PUT_USE = {
	"INSERT INTO source_use (crate_id, vers, path, uses, file, line)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	0
};

#define OF_VERSION                                                                                 \
	" JOIN crate c USING (crate_id) JOIN registry r USING (registry_id)"                       \
	" WHERE r.name = ?1 AND c.name = ?2 AND vers = ?3"

static const struct query MARKS = {
	"SELECT place, kind, first_seen_at, text, successors FROM author_mark" OF_VERSION
	" ORDER BY place",
	5
};
enum { MARK_PLACE, MARK_KIND, MARK_FIRST_SEEN_AT, MARK_TEXT, MARK_SUCCESSORS };

static const struct query USES = { "SELECT path, uses, file, line FROM source_use" OF_VERSION
	                           " ORDER BY path",
	                           4 };
enum { USE_PATH, USE_USES, USE_FILE, USE_LINE };

static bool drop(struct db *writer, const struct query *query, struct crate_id crate,
                 struct str vers, struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;

	if (!db_query(writer, query, &row, err))
		return false;
	db_bind_i64(row, 1, crate.i);
	db_bind_text(row, 2, vers);
	return db_run(writer, row, err);
}

/* Sets *out to when the crate was first seen with such a mark; it stays where it never was. */
static bool first_seen(struct db *writer, struct crate_id crate, const struct author_mark *mark,
                       int64_t *out, struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;

	if (!db_query(writer, &FIRST_SEEN, &row, err))
		return false;
	db_bind_i64(row, 1, crate.i);
	db_bind_text(row, 2, str_of(mark_place_name(mark->place)));
	db_bind_text(row, 3, str_of(mark_kind_name(mark->kind)));
	int got = db_next(writer, row, err);
	if (got == 1 && !db_is_null(row, 0) && db_i64(row, 0) < *out)
		*out = db_i64(row, 0);
	return got >= 0;
}

static bool put_mark(struct db *writer, struct crate_id crate, struct str vers,
                     const struct author_mark *mark, int64_t seen_at, struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;

	if (!db_query(writer, &PUT_MARK, &row, err))
		return false;
	db_bind_i64(row, 1, crate.i);
	db_bind_text(row, 2, vers);
	db_bind_text(row, 3, str_of(mark_place_name(mark->place)));
	db_bind_text(row, 4, str_of(mark_kind_name(mark->kind)));
	db_bind_i64(row, 5, seen_at);
	db_bind_text(row, 6, mark->text);
	db_bind_text(row, 7, mark->successors);
	return db_run(writer, row, err);
}

static bool put_use(struct db *writer, struct crate_id crate, struct str vers,
                    const struct source_use *use, struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;

	if (!db_query(writer, &PUT_USE, &row, err))
		return false;
	db_bind_i64(row, 1, crate.i);
	db_bind_text(row, 2, vers);
	db_bind_text(row, 3, use->path);
	db_bind_i64(row, 4, use->uses);
	db_bind_text(row, 5, use->file);
	db_bind_i64(row, 6, use->line);
	return db_run(writer, row, err);
}

bool store_archive_put(struct db *writer, struct crate_id crate, struct str vers,
                       const struct author_mark_list *marks, const struct source_use_list *uses,
                       int64_t seen_at, struct err *err)
{
	int64_t first[MARK_IN_README + 1];

	for (size_t i = 0; i < marks->n; i++) {
		enum mark_place place = marks->p[i].place;
		first[place] = seen_at;
		if (!first_seen(writer, crate, &marks->p[i], &first[place], err))
			return false;
	}
	if (!drop(writer, &DROP_MARKS, crate, vers, err) ||
	    !drop(writer, &DROP_USES, crate, vers, err))
		return false;
	for (size_t i = 0; i < marks->n; i++)
		if (!put_mark(writer, crate, vers, &marks->p[i], first[marks->p[i].place], err))
			return false;
	for (size_t i = 0; i < uses->n; i++)
		if (!put_use(writer, crate, vers, &uses->p[i], err))
			return false;
	return true;
}

static bool query_version(struct db *reader, const struct query *query, const struct wanted *wanted,
                          sqlite3_stmt **row, struct err *err)
{
	if (!db_query(reader, query, row, err))
		return false;
	db_bind_text(*row, 1, wanted->registry);
	db_bind_text(*row, 2, wanted->name);
	db_bind_text(*row, 3, wanted->vers);
	return true;
}

bool store_archive_marks(struct db *reader, struct arena *arena, const struct wanted *wanted,
                         struct author_mark_list *out, struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;
	struct author_mark_list list = { 0 };
	int got = 0;

	if (!query_version(reader, &MARKS, wanted, &row, err))
		return false;
	while ((got = db_next(reader, row, err)) == 1) {
		struct author_mark mark = { .text = db_text(row, MARK_TEXT, arena),
			                    .successors = db_text(row, MARK_SUCCESSORS, arena),
			                    .seen_at = db_i64(row, MARK_FIRST_SEEN_AT) };

		if (mark_place_parse(db_bytes(row, MARK_PLACE), &mark.place) &&
		    mark_kind_parse(db_bytes(row, MARK_KIND), &mark.kind))
			*vec_add(arena, &list) = mark;
	}
	*out = list;
	return got == 0;
}

bool store_archive_uses(struct db *reader, struct arena *arena, const struct wanted *wanted,
                        struct source_use_list *out, struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;
	struct source_use_list list = { 0 };
	int got = 0;

	if (!query_version(reader, &USES, wanted, &row, err))
		return false;
	while ((got = db_next(reader, row, err)) == 1)
		*vec_add(arena, &list) =
			(struct source_use){ .path = db_text(row, USE_PATH, arena),
			                     .uses = (uint32_t)db_i64(row, USE_USES),
			                     .file = db_text(row, USE_FILE, arena),
			                     .line = (uint32_t)db_i64(row, USE_LINE) };
	*out = list;
	return got == 0;
}
