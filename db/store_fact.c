#include "db/store_fact.h"
#include <stdlib.h>
#include "db/crate_name.h"
#include "db/query.h"
#include "db/store_archive.h"

/* The texts of a fact, in the order in which every query below names their columns. */
static const size_t TEXTS[] = {
	offsetof(struct manifest_fact, repository),
	offsetof(struct manifest_fact, license),
	offsetof(struct manifest_fact, maintenance_badge),
	offsetof(struct manifest_fact, vcs_sha1),
	offsetof(struct manifest_fact, vcs_path),
	offsetof(struct manifest_fact, no_std),
	offsetof(struct manifest_fact, no_std_cfg),
	offsetof(struct manifest_fact, links),
	offsetof(struct manifest_fact, edition),
	offsetof(struct manifest_fact, rust_version),
	offsetof(struct manifest_fact, build_script),
	offsetof(struct manifest_fact, homepage),
	offsetof(struct manifest_fact, description),
};
#define TEXT_COLUMNS                                                                               \
	"repository, license, maintenance_badge, vcs_sha1, vcs_path, no_std, no_std_cfg, links,"   \
	" edition, rust_version, build_script, homepage, description"

static const struct query PUT = {
	"INSERT OR REPLACE INTO manifest_fact (crate_id, vers, origin, proc_macro, "
	"seen_at, " TEXT_COLUMNS ", is_whole)"
	" SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, "
	"?19"
	" WHERE NOT EXISTS (SELECT 1 FROM manifest_fact WHERE crate_id = ?1 AND vers = ?2"
	" AND ((origin = 'archive' AND ?3 <> 'archive') OR is_whole > ?19))",
	0
};
enum { PUT_FIRST_TEXT = 6, PUT_IS_WHOLE = PUT_FIRST_TEXT + ARRAY_LEN(TEXTS) };

#define ROWS                                                                                       \
	"SELECT r.name, c.name, vers, origin, proc_macro, seen_at, is_whole, " TEXT_COLUMNS        \
	" FROM manifest_fact JOIN crate c USING (crate_id) JOIN registry r USING (registry_id)"

static const struct query GET = { ROWS " WHERE r.name = ?1 AND c.name = ?2 AND vers = ?3", 20 };
static const struct query ALL = { ROWS " ORDER BY r.name, c.name, vers", 20 };
enum {
	ROW_REGISTRY,
	ROW_NAME,
	ROW_VERS,
	ROW_ORIGIN,
	ROW_PROC_MACRO,
	ROW_SEEN_AT,
	ROW_IS_WHOLE,
	ROW_FIRST_TEXT
};

static const struct query OF_CRATE = {
	"SELECT vers, origin, proc_macro, repository, license, maintenance_badge, no_std, "
	"no_std_cfg, is_whole"
	" FROM manifest_fact JOIN crate c USING (crate_id) JOIN registry r USING (registry_id)"
	" WHERE r.name = ?1 AND c.name = ?2",
	9
};
enum {
	OF_VERS,
	OF_ORIGIN,
	OF_PROC_MACRO,
	OF_REPOSITORY,
	OF_LICENSE,
	OF_BADGE,
	OF_NO_STD,
	OF_NO_STD_CFG,
	OF_IS_WHOLE
};

static enum known known_of(sqlite3_stmt *row, int column)
{
	if (db_is_null(row, column))
		return KNOWN_NOT;
	return db_i64(row, column) != 0 ? KNOWN_YES : KNOWN_NO;
}

static enum fact_from origin_of(sqlite3_stmt *row, int column)
{
	return str_eq(db_bytes(row, column), STR_LIT("archive")) ? FACT_FROM_ARCHIVE
	                                                         : FACT_FROM_TABLE;
}

bool store_fact_put(struct db *writer, const struct manifest_fact *fact, struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;
	struct crate_id crate = { 0 };

	if (fact->vers.n == 0)
		return err_set(err, ERR_INPUT, "a fact of crate '" STR_FMT "' without a version",
		               STR_ARG(fact->name));
	if (!crate_name_make(writer, fact->registry, fact->name, &crate, err) ||
	    !db_query(writer, &PUT, &row, err))
		return false;
	db_bind_i64(row, 1, crate.i);
	db_bind_text(row, 2, fact->vers);
	db_bind_text(row, 3,
	             fact->from == FACT_FROM_ARCHIVE ? STR_LIT("archive") : STR_LIT("table"));
	if (fact->proc_macro == KNOWN_NOT)
		db_bind_null(row, 4);
	else
		db_bind_i64(row, 4, fact->proc_macro == KNOWN_YES ? 1 : 0);
	db_bind_i64(row, 5, fact->seen_at);
	for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++) {
		const struct str *text = (const void *)((const char *)fact + TEXTS[i]);
		db_bind_text(row, PUT_FIRST_TEXT + (int)i, *text);
	}
	db_bind_i64(row, PUT_IS_WHOLE, fact->is_whole ? 1 : 0);
	return db_run(writer, row, err) &&
	       (!fact->is_whole || store_archive_put(writer, crate, fact->vers, &fact->marks,
	                                             &fact->uses, fact->seen_at, err));
}

static struct manifest_fact read_row(sqlite3_stmt *row, struct arena *arena)
{
	struct manifest_fact fact = {
		.registry = db_text(row, ROW_REGISTRY, arena),
		.name = db_text(row, ROW_NAME, arena),
		.vers = db_text(row, ROW_VERS, arena),
		.from = origin_of(row, ROW_ORIGIN),
		.proc_macro = known_of(row, ROW_PROC_MACRO),
		.is_whole = db_i64(row, ROW_IS_WHOLE) != 0,
		.seen_at = db_i64(row, ROW_SEEN_AT),
	};

	for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++) {
		struct str *text = (void *)((char *)&fact + TEXTS[i]);
		*text = db_text(row, ROW_FIRST_TEXT + (int)i, arena);
	}
	return fact;
}

int store_fact_get(struct db *reader, struct arena *arena, const struct wanted *wanted,
                   struct manifest_fact *out, struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;

	if (!db_query(reader, &GET, &row, err))
		return -1;
	db_bind_text(row, 1, wanted->registry);
	db_bind_text(row, 2, wanted->name);
	db_bind_text(row, 3, wanted->vers);
	int got = db_next(reader, row, err);
	if (got == 1)
		*out = read_row(row, arena);
	return got;
}

static enum no_std no_std_of(struct str word)
{
	if (str_eq(word, STR_LIT("yes")))
		return NO_STD_ALWAYS;
	if (str_eq(word, STR_LIT("cfg")))
		return NO_STD_CFG;
	return str_eq(word, STR_LIT("no")) ? NO_STD_NO : NO_STD_UNKNOWN;
}

/* The version that a fact about no_std was taken from; the wanted one itself beats all others. */
struct no_std_from {
	struct version wanted, version;
	bool has_wanted, has_version, is_exact;
};

static void take_no_std(sqlite3_stmt *row, struct arena *arena, const struct version *version,
                        bool is_exact, struct no_std_from *from, struct package_facts *out)
{
	enum no_std no_std = no_std_of(db_bytes(row, OF_NO_STD));

	if (no_std == NO_STD_UNKNOWN || from->is_exact)
		return;
	if (!is_exact && (!from->has_wanted || !semver_is_compatible(version, &from->wanted) ||
	                  (from->has_version && semver_cmp(version, &from->version) < 0)))
		return;
	from->version = *version;
	from->has_version = true;
	from->is_exact = is_exact;
	out->no_std = no_std;
	out->no_std_cfg = db_text(row, OF_NO_STD_CFG, arena);
}

bool store_fact_fill(struct db *reader, struct arena *arena, const struct wanted *wanted,
                     struct package_facts *out, struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;
	struct version newest = { 0 }, newest_whole = { 0 };
	struct wanted whole = { wanted->registry, wanted->name, { 0 } };
	bool has_newest = false;
	struct no_std_from from = { 0 };
	struct err wrong = { 0 };
	int got = 0;

	from.has_wanted = semver_parse(wanted->vers, &from.wanted, &wrong);
	if (!db_query(reader, &OF_CRATE, &row, err))
		return false;
	db_bind_text(row, 1, wanted->registry);
	db_bind_text(row, 2, wanted->name);
	while ((got = db_next(reader, row, err)) == 1) {
		struct str vers = db_text(row, OF_VERS, arena);
		struct version version = { 0 };
		struct err why = { 0 };
		enum known proc_macro = known_of(row, OF_PROC_MACRO);

		if (str_eq(vers, wanted->vers) && proc_macro != KNOWN_NOT) {
			out->proc_macro = proc_macro;
			out->proc_macro_from = origin_of(row, OF_ORIGIN);
		}
		if (!semver_parse(vers, &version, &why))
			continue;
		take_no_std(row, arena, &version, str_eq(vers, wanted->vers), &from, out);
		if (db_i64(row, OF_IS_WHOLE) != 0 &&
		    (whole.vers.n == 0 || semver_cmp(&version, &newest_whole) >= 0)) {
			newest_whole = version;
			whole.vers = vers;
		}
		if (has_newest && semver_cmp(&version, &newest) < 0)
			continue;
		has_newest = true;
		newest = version;
		out->repository = db_text(row, OF_REPOSITORY, arena);
		out->license = db_text(row, OF_LICENSE, arena);
		out->maintenance_badge = db_text(row, OF_BADGE, arena);
	}
	if (got < 0)
		return false;
	return whole.vers.n == 0 || store_archive_marks(reader, arena, &whole, &out->marks, err);
}

struct fact_cursor {
	sqlite3_stmt *row;
};

int store_fact_next(struct db *reader, struct fact_cursor **cursor, struct arena *arena,
                    struct manifest_fact *out, struct err *err)
{
	if (!*cursor) {
		sqlite3_stmt *row = NULL;

		if (!db_query(reader, &ALL, &row, err))
			return -1;
		*cursor = malloc(sizeof **cursor);
		if (!*cursor)
			abort();
		(*cursor)->row = row;
	}
	int got = db_next(reader, (*cursor)->row, err);
	if (got == 1)
		*out = read_row((*cursor)->row, arena);
	return got;
}

void store_fact_end(struct fact_cursor **cursor)
{
	if (!*cursor)
		return;
	db_done(&(*cursor)->row);
	free(*cursor);
	*cursor = NULL;
}
