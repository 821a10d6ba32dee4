/* db/store_fact.h: what a crate's own archive says of one version: proc macro, repository, licence
 * and the rest of a table of manifest facts.
 * Threads: as the handle. Memory: the caller's arena. */
#ifndef RTAUDIT_DB_STORE_FACT_H
#define RTAUDIT_DB_STORE_FACT_H
#include "audit/author_mark.h"
#include "audit/rust_source.h"
#include "db/db.h"

struct manifest_fact {
	struct str registry, name, vers;
	enum known proc_macro;
	enum fact_from from; /* FACT_FROM_TABLE, FACT_FROM_ARCHIVE */
	struct str repository, license, maintenance_badge, vcs_sha1, vcs_path, no_std, no_std_cfg,
		links, edition, rust_version, build_script, homepage, description;
	/* Of a whole archive alone (is_whole); store_fact_get leaves them empty, db/store_archive
	 * has them. */
	struct author_mark_list marks;
	struct source_use_list uses;
	bool is_whole;
	int64_t seen_at;
};
/* Adds or replaces; what an archive said is not replaced by a table, nor what a whole archive said
 * by a manifest alone. */
MUST_CHECK bool store_fact_put(struct db *writer, const struct manifest_fact *fact,
                               struct err *err);
/* 1, 0, -1. */
MUST_CHECK int store_fact_get(struct db *reader, struct arena *arena, const struct wanted *wanted,
                              struct manifest_fact *out, struct err *err);
/* Sets what an audit wants of these facts: proc_macro and proc_macro_from of the wanted version;
 * no_std of it, else of the newest version of its compatible line; repository, license and
 * maintenance_badge of the newest version of the crate that a fact is known of; marks of the newest
 * whose archive was read. */
MUST_CHECK bool store_fact_fill(struct db *reader, struct arena *arena, const struct wanted *wanted,
                                struct package_facts *out, struct err *err);
/* Yields every fact, ordered by registry, crate and version: *cursor starts as NULL; 1, 0 at the
 * end, -1. */
struct fact_cursor;
MUST_CHECK int store_fact_next(struct db *reader, struct fact_cursor **cursor, struct arena *arena,
                               struct manifest_fact *out, struct err *err);
void store_fact_end(struct fact_cursor **cursor);
#endif
