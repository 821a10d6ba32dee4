#include "db/crate_name.h"
#include "db/query.h"

static const struct query FIND = { "SELECT c.crate_id FROM crate c JOIN registry r USING "
	                           "(registry_id) WHERE c.name = ?2 AND r.name = ?1",
	                           1 };
static const struct query ADD_REGISTRY = { "INSERT OR IGNORE INTO registry (name) VALUES (?1)", 0 };
static const struct query ADD_CRATE = { "INSERT INTO crate (registry_id, name) SELECT registry_id, "
	                                "?2 FROM registry WHERE name = ?1",
	                                0 };

int crate_name_find(struct db *db, struct str registry, struct str name, struct crate_id *out,
                    struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;

	if (!db_query(db, &FIND, &row, err))
		return -1;
	db_bind_text(row, 1, registry);
	db_bind_text(row, 2, name);
	int got = db_next(db, row, err);
	if (got == 1)
		out->i = db_i64(row, 0);
	return got;
}

static bool add(struct db *writer, const struct query *query, struct str registry, struct str name,
                struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;

	if (!db_query(writer, query, &row, err))
		return false;
	db_bind_text(row, 1, registry);
	if (query == &ADD_CRATE)
		db_bind_text(row, 2, name);
	return db_run(writer, row, err);
}

bool crate_name_make(struct db *writer, struct str registry, struct str name, struct crate_id *out,
                     struct err *err)
{
	if (registry.n == 0 || name.n == 0)
		return err_set(err, ERR_INPUT, "a crate or registry without a name");
	int got = crate_name_find(writer, registry, name, out, err);
	if (got != 0)
		return got == 1;
	if (!add(writer, &ADD_REGISTRY, registry, name, err) ||
	    !add(writer, &ADD_CRATE, registry, name, err))
		return false;
	out->i = db_last_id(writer);
	return true;
}
