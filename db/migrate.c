#include "db/migrate.h"
#include <assert.h>
#include <stdio.h>
#include "db/query.h"
#include "schema/embedded.h"

static bool is_fresh(struct db *db, bool *out, struct err *err)
{
	int64_t application = 0, tables = 0;

	if (!db_pragma(db, "PRAGMA application_id", &application, err) ||
	    !db_pragma(db, "SELECT count(*) FROM sqlite_schema", &tables, err))
		return false;
	*out = application == 0 && tables == 0;
	return true;
}

/* Sets *version to the schema's version, 0 for an empty file. */
static bool examine(struct db *db, int64_t *version, struct err *err)
{
	int64_t application = 0;
	bool fresh = false;

	if (!db_pragma(db, "PRAGMA application_id", &application, err) ||
	    !db_pragma(db, "PRAGMA user_version", version, err) || !is_fresh(db, &fresh, err))
		return false;
	if (fresh && *version == 0)
		return true;
	if (application != DB_APPLICATION_ID)
		return err_set(err, ERR_STORE, "%s is the database of another program",
		               db_path(db));
	if (*version < 0 || *version > migrate_newest())
		return err_set(err, ERR_STORE,
		               "%s was written by a newer rtaudit (schema %lld, this one knows %d)",
		               db_path(db), (long long)*version, migrate_newest());
	return true;
}

/* One migration in its transaction, unless another process was faster. */
static bool apply(struct db *db, int number, struct err *err)
{
	int64_t version = 0;
	char pragmas[96];

	snprintf(pragmas, sizeof pragmas,
	         "PRAGMA user_version = %d; PRAGMA application_id = %d; COMMIT", number,
	         (int)DB_APPLICATION_ID);
	if (!db_exec(db, "BEGIN IMMEDIATE", err))
		return false;
	bool ok = db_pragma(db, "PRAGMA user_version", &version, err);

	if (ok && version >= number)
		ok = db_exec(db, "COMMIT", err);
	else
		ok = ok && db_exec(db, schema_files[number - 1].bytes, err) &&
		     db_exec(db, pragmas, err);
	if (!ok) {
		struct err ignored = { 0 };
		err_prefix(err, "%s: ", schema_files[number - 1].name);
		IGNORE(db_exec(db, "ROLLBACK", &ignored)); /* the cause was told */
	}
	return ok;
}

int migrate_newest(void)
{
	return (int)ARRAY_LEN(schema_files);
}

bool migrate_to(struct db *writer, int newest, struct err *err)
{
	int64_t version = 0;

	assert(newest >= 1 && newest <= migrate_newest());
	if (!examine(writer, &version, err))
		return false;
	for (int number = (int)version + 1; number <= newest; number++)
		if (!apply(writer, number, err))
			return false;
	return true;
}
