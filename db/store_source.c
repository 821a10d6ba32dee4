#include "db/store_source.h"
#include "db/query.h"

static const struct query PUT = {
	"INSERT INTO source (name, address, validator, ok_at, tried_at, last_error)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (name) DO UPDATE SET address = "
	"excluded.address,"
	" validator = excluded.validator, ok_at = excluded.ok_at, tried_at = excluded.tried_at,"
	" last_error = excluded.last_error",
	0
};
static const struct query GET = {
	"SELECT name, address, validator, ok_at, tried_at, last_error FROM source WHERE name = ?1",
	6
};
static const struct query LIST = {
	"SELECT name, address, validator, ok_at, tried_at, last_error FROM source ORDER BY name", 6
};
enum {
	SOURCE_NAME,
	SOURCE_ADDRESS,
	SOURCE_VALIDATOR,
	SOURCE_OK_AT,
	SOURCE_TRIED_AT,
	SOURCE_LAST_ERROR
};

static struct source_state read_row(sqlite3_stmt *row, struct arena *arena)
{
	return (struct source_state){
		.name = db_text(row, SOURCE_NAME, arena),
		.address = db_text(row, SOURCE_ADDRESS, arena),
		.validator = db_text(row, SOURCE_VALIDATOR, arena),
		.ok_at = db_i64(row, SOURCE_OK_AT),
		.tried_at = db_i64(row, SOURCE_TRIED_AT),
		.last_error = db_text(row, SOURCE_LAST_ERROR, arena),
	};
}

bool store_source_put(struct db *writer, const struct source_state *state, struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;

	if (!db_query(writer, &PUT, &row, err))
		return false;
	db_bind_text(row, 1, state->name);
	db_bind_text(row, 2, state->address);
	db_bind_text(row, 3, state->validator);
	db_bind_i64(row, 4, state->ok_at);
	db_bind_i64(row, 5, state->tried_at);
	db_bind_text(row, 6, state->last_error);
	return db_run(writer, row, err);
}

int store_source_get(struct db *reader, struct arena *arena, struct str name,
                     struct source_state *out, struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;

	if (!db_query(reader, &GET, &row, err))
		return -1;
	db_bind_text(row, 1, name);
	int got = db_next(reader, row, err);
	if (got == 1)
		*out = read_row(row, arena);
	return got;
}

bool store_source_list(struct db *reader, struct arena *arena, struct source_state_list *out,
                       struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;
	struct source_state_list list = { 0 };
	int got = 0;

	if (!db_query(reader, &LIST, &row, err))
		return false;
	while ((got = db_next(reader, row, err)) == 1)
		*vec_add(arena, &list) = read_row(row, arena);
	if (got < 0)
		return false;
	*out = list;
	return true;
}
