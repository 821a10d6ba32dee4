/* db/store_crate.h: crates and their versions.
 *
 * Dependencies, features, checksums and dates of all versions of a crate are one compact,
 * checksummed value a crate, which only this module reads and writes.
 * Threads: as the handle. Memory: results live in the caller's arena. */
#ifndef RTAUDIT_DB_STORE_CRATE_H
#define RTAUDIT_DB_STORE_CRATE_H
#include "audit/facts.h"
#include "audit/index_entry.h"
#include "audit/pick.h"
#include "base/buf.h"
#include "base/vec.h"
#include "db/db.h"

/* What a registry said of one crate. */
struct crate_update {
	struct str registry, name;
	/* in the file's order; n = 0: the registry has no such crate */
	const struct index_entry *entries;
	size_t n;
	int64_t fetched_at;
	struct str etag, last_modified; /* empty where the server gave none */
	/* From a history, each NULL or n moments, 0 where one is not known: when a version
	 * appeared, for those whose line does not say; when it was yanked, for those that are. */
	const int64_t *appeared_at, *yanked_at;
	int64_t seen_at; /* when a state without a moment was first seen; 0: fetched_at */
};

/* Replaces what is stored of the crate. A version that was there before keeps the date since when
 * it has been yanked, and a publish date that is now missing (one from a history does not replace
 * it); a version no longer listed is kept and marked removed. */
MUST_CHECK bool store_crate_put(struct db *writer, const struct crate_update *update,
                                struct err *err);
/* What store_crate_put would store of a crate that nothing is stored of yet, appended to `to`, so
 * that several threads can make it. Pure. */
MUST_CHECK bool store_crate_pack(struct buf *to, const struct crate_update *update,
                                 struct err *err);
/* store_crate_put of what store_crate_pack made, with its `update`, of which entries, n and moments
 * are not looked at. */
MUST_CHECK bool store_crate_put_packed(struct db *writer, const struct crate_update *update,
                                       struct str packed, struct err *err);
/* The server confirmed that nothing changed (304), or that the crate does not exist. */
MUST_CHECK bool store_crate_confirm(struct db *writer, struct str registry, struct str name,
                                    int64_t fetched_at, struct err *err);

struct crate_state {
	int64_t fetched_at;
	struct str etag, last_modified;
	bool exists; /* false: the registry said that there is none */
};
/* 1, 0 where nothing is stored of the crate, -1. */
MUST_CHECK int store_crate_state(struct db *reader, struct arena *arena, struct str registry,
                                 struct str name, struct crate_state *out, struct err *err);

/* All that is known of one version, for an audit: fills every field of *out but proc_macro,
 * repository, license and maintenance_badge. *out is { 0 } where the crate is unknown; summary is
 * NULL where the crate is known and the version is not. With at != 0, newest_vers, newest_at,
 * releases and yanked_releases are those of that moment as far as dates are known. */
MUST_CHECK bool store_crate_version(struct db *reader, struct arena *arena,
                                    const struct wanted *wanted, int64_t at,
                                    struct package_facts *out, struct err *err);
/* The versions of a crate that are listed and that cargo can read, newest first; n = 0 where there
 * are none. */
MUST_CHECK bool store_crate_releases(struct db *reader, struct arena *arena, struct str registry,
                                     struct str name, struct pick_releases *out, struct err *err);
/* The same for n crates, of a reader that is lent for it. */
MUST_CHECK bool store_crate_releases_of(struct db_pool *pool, struct arena *arena,
                                        const struct wanted *crates, struct pick_releases *out,
                                        size_t n, struct err *err);
/* The names of all crates that a registry is known to list, sorted. */
MUST_CHECK bool store_crate_names(struct db *reader, struct arena *arena, struct str registry,
                                  struct str_list *out, struct err *err);
/* The same of those whose index file was asked for by name: it has a validator of the server's. */
MUST_CHECK bool store_crate_names_asked(struct db *reader, struct arena *arena, struct str registry,
                                        struct str_list *out, struct err *err);
/* Counts for status. */
struct crate_counts {
	uint64_t crates, versions;
	int64_t newest_fetch_at;
};
MUST_CHECK bool store_crate_counts(struct db *reader, struct crate_counts *out, struct err *err);
#endif
