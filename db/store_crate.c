#include "db/store_crate.h"
#include <stdio.h>
#include <stdlib.h>
#include "audit/limits.h"
#include "db/crate_history.h"
#include "db/crate_name.h"
#include "db/crate_pack.h"
#include "db/crate_value.h"
#include "db/query.h"

static const struct query PUT_STATE = {
	"INSERT INTO crate_state (crate_id, fetched_at, is_listed, version_count, etag, "
	"last_modified)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (crate_id) DO UPDATE SET"
	" fetched_at = excluded.fetched_at, is_listed = excluded.is_listed,"
	" version_count = excluded.version_count, etag = excluded.etag, last_modified = "
	"excluded.last_modified",
	0
};
static const struct query CONFIRM = { "INSERT INTO crate_state (crate_id, fetched_at, is_listed, "
	                              "version_count, etag, last_modified)"
	                              " VALUES (?1, ?2, 0, 0, '', '') ON CONFLICT (crate_id) DO "
	                              "UPDATE SET fetched_at = excluded.fetched_at",
	                              0 };
static const struct query PUT_VALUE = {
	"INSERT INTO crate_value (crate_id, bytes) VALUES (?1, ?2)"
	" ON CONFLICT (crate_id) DO UPDATE SET bytes = excluded.bytes",
	0
};
static const struct query GET_VALUE = { "SELECT bytes FROM crate_value WHERE crate_id = ?1", 1 };

static const struct query STATE = {
	"SELECT fetched_at, is_listed, etag, last_modified FROM crate_state"
	" JOIN crate c USING (crate_id) JOIN registry r USING (registry_id) WHERE r.name = ?1 AND "
	"c.name = ?2",
	4
};
enum { STATE_FETCHED_AT, STATE_IS_LISTED, STATE_ETAG, STATE_LAST_MODIFIED };

static const struct query LOAD = {
	"SELECT fetched_at, is_listed, bytes FROM crate_state"
	" JOIN crate c USING (crate_id) JOIN registry r USING (registry_id)"
	" LEFT JOIN crate_value USING (crate_id) WHERE r.name = ?1 AND c.name = ?2",
	3
};
enum { LOAD_FETCHED_AT, LOAD_IS_LISTED, LOAD_BYTES };

#define NAMES_OF                                                                                   \
	"SELECT c.name FROM crate c JOIN registry r USING (registry_id)"                           \
	" JOIN crate_state s USING (crate_id) WHERE r.name = ?1 AND s.is_listed = 1"
static const struct query NAMES = { NAMES_OF " ORDER BY c.name", 1 };
static const struct query NAMES_ASKED = {
	NAMES_OF " AND (s.etag <> '' OR s.last_modified <> '') ORDER BY c.name", 1
};

static const struct query COUNTS = { "SELECT coalesce(sum(is_listed), 0), "
	                             "coalesce(sum(version_count), 0), coalesce(max(fetched_at), 0)"
	                             " FROM crate_state",
	                             3 };
enum { COUNTS_CRATES, COUNTS_VERSIONS, COUNTS_NEWEST };

/* The bytes of the value that is stored, empty where there is none. */
static bool stored_value(struct db *db, struct arena *arena, struct crate_id crate, struct str *out,
                         struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;

	if (!db_query(db, &GET_VALUE, &row, err))
		return false;
	db_bind_i64(row, 1, crate.i);
	int got = db_next(db, row, err);
	*out = got == 1 ? db_blob(row, 0, arena) : (struct str){ 0 };
	return got >= 0;
}

/* A registry that lists other versions each time must not make us decode more and more of them:
 * what is gone is kept up to this many bytes, some ten times what the largest crate of crates.io
 * needs. */
enum { KEPT_MAX_BYTES = 256 << 20 };

/* Joins what a registry says now with what is stored. */
struct merge {
	struct arena arena; /* of this call */
	const struct crate_update *update;
	struct str old_bytes;
	struct crate_value old;
	bool *seen;          /* of each old version: it is listed still */
	struct map old_vers; /* made where the order changed */
	uint32_t guess;      /* where the next version stood before, if nothing was put between */
	struct map new_vers;
	struct kept_version *versions;
	size_t n;
};

static void merge_free(struct merge *merge)
{
	arena_free(&merge->arena);
	*merge = (struct merge){ 0 };
}

static bool is_at(struct merge *merge, uint32_t i, struct str vers)
{
	const struct crate_head *head = &merge->old.heads[i];
	char text[VERSION_MAX_BYTES + 1];
	int n = snprintf(text, sizeof text, "%llu.%llu.%llu" STR_FMT,
	                 (unsigned long long)head->major, (unsigned long long)head->minor,
	                 (unsigned long long)head->patch, STR_ARG(head->tail));

	return n > 0 && (size_t)n == vers.n && (size_t)n < sizeof text &&
	       memcmp(text, vers.p, vers.n) == 0;
}

/* The number of a version in the old value, or UINT32_MAX. */
static uint32_t find_old(struct merge *merge, struct str vers)
{
	uint32_t i = UINT32_MAX;

	if (merge->old.n == 0)
		return UINT32_MAX;
	if (merge->guess < merge->old.n && is_at(merge, merge->guess, vers))
		return merge->guess++;
	if (merge->old_vers.n == 0)
		for (uint32_t at = 0; at < merge->old.n; at++)
			map_put(&merge->old_vers, &merge->arena,
			        crate_head_vers(&merge->arena, &merge->old.heads[at]), at);
	if (map_get(&merge->old_vers, vers, &i))
		merge->guess = i + 1;
	return i;
}

/* A version that stands twice in a file counts where it stood first, as it was written last: so
 * cargo reads it. */
static void keep_new(struct merge *merge, size_t i)
{
	const struct crate_update *update = merge->update;
	const struct index_entry *entry = &update->entries[i];
	int64_t appeared_at = update->appeared_at ? update->appeared_at[i] : 0;
	int64_t yanked_at = update->yanked_at ? update->yanked_at[i] : 0;
	uint32_t old = find_old(merge, entry->vers), at = (uint32_t)merge->n;
	bool added = false;
	uint32_t *slot = map_slot(&merge->new_vers, &merge->arena, entry->vers, at, &added);
	struct kept_version *kept = &merge->versions[*slot];

	merge->n += added ? 1 : 0;
	*kept = (struct kept_version){ .entry = *entry };
	const struct crate_head *head = old == UINT32_MAX ? NULL : &merge->old.heads[old];

	if (head)
		merge->seen[old] = true;
	if (entry->yanked && yanked_at != 0)
		kept->yanked_at = yanked_at;
	else if (entry->yanked && head && head->yanked && head->yanked_at != 0)
		kept->yanked_at = head->yanked_at;
	else if (entry->yanked)
		kept->yanked_at = update->seen_at != 0 ? update->seen_at : update->fetched_at;
	if (entry->published_at == 0 && head)
		kept->entry.published_at = head->published_at;
	if (kept->entry.published_at == 0)
		kept->entry.published_at = appeared_at;
}

static bool keep_old(struct merge *merge, uint32_t i, struct err *err)
{
	struct kept_version *kept = &merge->versions[merge->n];

	if (!crate_value_entry(&merge->old, &merge->arena, i, false, &kept->entry, err))
		return false;
	kept->yanked_at = merge->old.heads[i].yanked_at;
	kept->removed = true;
	merge->n++;
	return true;
}

static void merge_versions(struct merge *merge)
{
	const struct crate_update *update = merge->update;
	struct err why = { 0 };

	/* A damaged value cannot be kept, and what the registry says now replaces it. */
	if (merge->old_bytes.n > 0)
		IGNORE(crate_value_open(&merge->arena, merge->old_bytes, &merge->old, &why));
	merge->seen = arena_array(&merge->arena, merge->old.n, sizeof *merge->seen);
	merge->versions =
		arena_array(&merge->arena, update->n + merge->old.n, sizeof *merge->versions);
	map_reserve(&merge->new_vers, &merge->arena, update->n);
	for (size_t i = 0; i < update->n; i++)
		keep_new(merge, i);
	for (uint32_t i = 0; i < merge->old.n && merge->n < INDEX_VERSIONS_MAX; i++)
		if (!merge->seen[i] && merge->arena.used_bytes < KEPT_MAX_BYTES)
			IGNORE(keep_old(merge, i, &why)); /* damaged, as above */
}

static bool pack(struct buf *to, const struct merge *merge, struct err *err)
{
	if (crate_pack(to, merge->versions, merge->n, err))
		return true;
	err_prefix(err, "crate '" STR_FMT "': ", STR_ARG(merge->update->name));
	return false;
}

static bool put_value(struct db *writer, struct crate_id crate, struct str bytes, struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;

	if (!db_query(writer, &PUT_VALUE, &row, err))
		return false;
	db_bind_i64(row, 1, crate.i);
	db_bind_blob(row, 2, bytes);
	return db_run(writer, row, err);
}

static bool put_merged(struct db *writer, struct crate_id crate, const struct merge *merge,
                       struct err *err)
{
	CLEANUP(buf_free) struct buf bytes = buf_make(INDEX_FILE_MAX_BYTES);

	if (merge->n == 0)
		return true;
	return pack(&bytes, merge, err) && (str_eq(buf_str(&bytes), merge->old_bytes) ||
	                                    put_value(writer, crate, buf_str(&bytes), err));
}

static bool put_state(struct db *writer, struct crate_id crate, const struct crate_update *update,
                      size_t listed, struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;

	if (!db_query(writer, &PUT_STATE, &row, err))
		return false;
	db_bind_i64(row, 1, crate.i);
	db_bind_i64(row, 2, update->fetched_at);
	db_bind_i64(row, 3, listed > 0 ? 1 : 0);
	db_bind_i64(row, 4, (int64_t)listed);
	db_bind_text(row, 5, update->etag);
	db_bind_text(row, 6, update->last_modified);
	return db_run(writer, row, err);
}

static bool check_count(const struct crate_update *update, struct err *err)
{
	return update->n <= INDEX_VERSIONS_MAX ||
	       err_set(err, ERR_LIMIT, "crate '" STR_FMT "' has %zu versions, more than %d",
	               STR_ARG(update->name), update->n, (int)INDEX_VERSIONS_MAX);
}

static bool put(struct db *writer, struct crate_id crate, struct merge *merge, struct err *err)
{
	merge_versions(merge);
	return put_merged(writer, crate, merge, err) &&
	       put_state(writer, crate, merge->update, merge->new_vers.n, err);
}

bool store_crate_put(struct db *writer, const struct crate_update *update, struct err *err)
{
	CLEANUP(merge_free) struct merge merge = { .update = update };
	struct crate_id crate = { 0 };

	return check_count(update, err) &&
	       crate_name_make(writer, update->registry, update->name, &crate, err) &&
	       stored_value(writer, &merge.arena, crate, &merge.old_bytes, err) &&
	       put(writer, crate, &merge, err);
}

bool store_crate_pack(struct buf *to, const struct crate_update *update, struct err *err)
{
	CLEANUP(merge_free) struct merge merge = { .update = update };

	if (!check_count(update, err))
		return false;
	merge_versions(&merge);
	return pack(to, &merge, err);
}

/* The update that a packed value was made of, as far as merging wants it. */
static bool unpack(struct arena *arena, const struct crate_value *value, struct crate_update *out,
                   struct err *err)
{
	int64_t seen_at = out->seen_at != 0 ? out->seen_at : out->fetched_at;
	struct index_entry *entries = arena_array(arena, value->n, sizeof *entries);
	int64_t *appeared_at = arena_array(arena, value->n, sizeof *appeared_at);
	int64_t *yanked_at = arena_array(arena, value->n, sizeof *yanked_at);

	for (uint32_t i = 0; i < value->n; i++) {
		if (!crate_value_entry(value, arena, i, false, &entries[i], err))
			return false;
		appeared_at[i] = entries[i].published_at;
		entries[i].published_at = 0;
		/* the moment of a state first seen now gives way to an older one */
		if (value->heads[i].yanked_at != seen_at)
			yanked_at[i] = value->heads[i].yanked_at;
	}
	out->entries = entries;
	out->n = value->n;
	out->appeared_at = appeared_at;
	out->yanked_at = yanked_at;
	return true;
}

bool store_crate_put_packed(struct db *writer, const struct crate_update *update, struct str packed,
                            struct err *err)
{
	struct crate_update unpacked = *update;
	CLEANUP(merge_free) struct merge merge = { .update = &unpacked };
	struct crate_value value = { 0 };
	struct crate_id crate = { 0 };

	if (!crate_name_make(writer, update->registry, update->name, &crate, err) ||
	    !stored_value(writer, &merge.arena, crate, &merge.old_bytes, err) ||
	    !crate_value_open(&merge.arena, packed, &value, err))
		return false;
	if (merge.old_bytes.n == 0)
		return put_value(writer, crate, packed, err) &&
		       put_state(writer, crate, update, value.n, err);
	return unpack(&merge.arena, &value, &unpacked, err) && put(writer, crate, &merge, err);
}

bool store_crate_confirm(struct db *writer, struct str registry, struct str name,
                         int64_t fetched_at, struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;
	struct crate_id crate = { 0 };

	if (!crate_name_make(writer, registry, name, &crate, err) ||
	    !db_query(writer, &CONFIRM, &row, err))
		return false;
	db_bind_i64(row, 1, crate.i);
	db_bind_i64(row, 2, fetched_at);
	return db_run(writer, row, err);
}

int store_crate_state(struct db *reader, struct arena *arena, struct str registry, struct str name,
                      struct crate_state *out, struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;

	if (!db_query(reader, &STATE, &row, err))
		return -1;
	db_bind_text(row, 1, registry);
	db_bind_text(row, 2, name);
	int got = db_next(reader, row, err);
	if (got == 1)
		*out = (struct crate_state){
			.fetched_at = db_i64(row, STATE_FETCHED_AT),
			.etag = db_text(row, STATE_ETAG, arena),
			.last_modified = db_text(row, STATE_LAST_MODIFIED, arena),
			.exists = db_i64(row, STATE_IS_LISTED) != 0,
		};
	return got;
}

/* Opens the value of a crate where it lies in the row. 1, 0 where nothing is stored of the crate,
 * -1. */
static int load_value(struct db *reader, struct arena *scratch, struct str registry,
                      struct str name, sqlite3_stmt **row, struct crate_value *out, struct err *err)
{
	if (!db_query(reader, &LOAD, row, err))
		return -1;
	db_bind_text(*row, 1, registry);
	db_bind_text(*row, 2, name);
	int got = db_next(reader, *row, err);
	if (got != 1 || db_is_null(*row, LOAD_BYTES))
		return got < 0 ? -1 : 0;
	if (!crate_value_open(scratch, db_bytes(*row, LOAD_BYTES), out, err)) {
		err_prefix(err, "crate '" STR_FMT "': ", STR_ARG(name));
		return -1;
	}
	return 1;
}

static void fill_history(const struct crate_value *value, struct arena *arena, int64_t at,
                         struct package_facts *out)
{
	struct crate_history history = { 0 };

	crate_history_of(value, value->arena, at, &history);
	if (history.newest != UINT32_MAX)
		out->newest_vers = crate_head_vers(arena, &value->heads[history.newest]);
	out->newest_at = history.newest_at;
	out->first_at = history.first_at;
	out->releases = history.releases;
	out->yanked_releases = history.yanked_releases;
	out->rhythm_seconds = history.rhythm_seconds;
}

/* The dev dependencies of a registry's crate are never built by who depends on it; they are a third
 * of all that crates declare, and an audit walks what is left. */
static void drop_dev_dependencies(struct dependency_list *deps)
{
	size_t kept = 0;

	for (size_t i = 0; i < deps->n; i++)
		if (deps->p[i].kind != KIND_DEV)
			deps->p[kept++] = deps->p[i];
	deps->n = kept;
}

static bool fill_version(const struct crate_value *value, struct arena *arena,
                         const struct wanted *wanted, uint32_t i, int64_t at,
                         struct package_facts *out, struct err *err)
{
	const struct crate_head *head = &value->heads[i];
	struct summary *summary = arena_new(arena, struct summary);
	struct index_entry entry = { 0 };

	if (!crate_value_entry(value, arena, i, true, &entry, err)) {
		err_prefix(err, "crate '" STR_FMT "': ", STR_ARG(wanted->name));
		return false;
	}
	drop_dev_dependencies(&entry.deps);
	summary_make(arena, arena_str(arena, wanted->name), entry.vers, &entry.version, &entry.deps,
	             &entry.features, summary);
	summary->links = entry.links;
	out->summary = summary;
	out->published_at = head->published_at;
	out->cksum = entry.cksum;
	out->has_cksum = entry.has_cksum;
	out->yanked = head->yanked ? KNOWN_YES : KNOWN_NO;
	out->yanked_at = head->yanked_at;
	/* When a version was yanked is not known, only when that was first seen. */
	if (head->yanked && at != 0 && head->yanked_at > at) {
		out->yanked = KNOWN_NOT;
		out->yanked_at = 0;
	}
	return true;
}

bool store_crate_version(struct db *reader, struct arena *arena, const struct wanted *wanted,
                         int64_t at, struct package_facts *out, struct err *err)
{
	CLEANUP(arena_free) struct arena scratch = { 0 };
	CLEANUP(db_done) sqlite3_stmt *row = NULL;
	struct crate_value value = { 0 };
	struct package_facts facts = { 0 };
	int got = load_value(reader, &scratch, wanted->registry, wanted->name, &row, &value, err);

	if (got < 0)
		return false;
	if (got == 1) {
		uint32_t i = crate_value_find(&value, wanted->vers);

		facts.crate_known = db_i64(row, LOAD_IS_LISTED) != 0;
		facts.fetched_at = db_i64(row, LOAD_FETCHED_AT);
		fill_history(&value, arena, at, &facts);
		if (i != UINT32_MAX && !fill_version(&value, arena, wanted, i, at, &facts, err))
			return false;
	}
	*out = facts;
	return true;
}

static int cmp_releases(const void *a, const void *b)
{
	const struct pick_release *left = a, *right = b;

	return -semver_cmp(&left->version, &right->version);
}

/* Reads the heads alone: a choice among the versions of some hundred crates makes no text of
 * them. */
static struct pick_release release_of(struct arena *arena, const struct crate_head *head)
{
	struct version version = crate_head_version(head);

	version.pre = arena_str(arena, version.pre);
	version.build = arena_str(arena, version.build);
	return (struct pick_release){ version, head->published_at, head->yanked_at, head->yanked };
}

bool store_crate_releases(struct db *reader, struct arena *arena, struct str registry,
                          struct str name, struct pick_releases *out, struct err *err)
{
	CLEANUP(arena_free) struct arena scratch = { 0 };
	CLEANUP(db_done) sqlite3_stmt *row = NULL;
	struct crate_value value = { 0 };
	struct pick_releases releases = { 0 };
	int got = load_value(reader, &scratch, registry, name, &row, &value, err);

	if (got < 0)
		return false;
	if (got == 0) { /* perhaps the registry said that there is none */
		struct crate_state state = { 0 };

		got = store_crate_state(reader, &scratch, registry, name, &state, err);
		*out = (struct pick_releases){ .fetched_at = state.fetched_at };
		return got >= 0;
	}
	releases.fetched_at = db_i64(row, LOAD_FETCHED_AT);
	releases.p = arena_array(arena, value.n, sizeof *releases.p);
	for (uint32_t i = 0; i < value.n; i++)
		if (!value.heads[i].removed && value.heads[i].v <= INDEX_V_MAX)
			releases.p[releases.n++] = release_of(arena, &value.heads[i]);
	qsort(releases.p, releases.n, sizeof *releases.p, cmp_releases);
	*out = releases;
	return true;
}

bool store_crate_releases_of(struct db_pool *pool, struct arena *arena, const struct wanted *crates,
                             struct pick_releases *out, size_t n, struct err *err)
{
	CLEANUP(db_reader_return) struct db *reader = NULL;

	if (n > 0 && !db_reader_lend(pool, &reader, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!store_crate_releases(reader, arena, crates[i].registry, crates[i].name,
		                          &out[i], err))
			return false;
	return true;
}

bool store_crate_counts(struct db *reader, struct crate_counts *out, struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;

	if (!db_query(reader, &COUNTS, &row, err) || db_next(reader, row, err) < 0)
		return false;
	*out = (struct crate_counts){ (uint64_t)db_i64(row, COUNTS_CRATES),
		                      (uint64_t)db_i64(row, COUNTS_VERSIONS),
		                      db_i64(row, COUNTS_NEWEST) };
	return true;
}

static bool read_names(struct db *reader, const struct query *query, struct arena *arena,
                       struct str registry, struct str_list *out, struct err *err)
{
	CLEANUP(db_done) sqlite3_stmt *row = NULL;
	struct str_list names = { 0 };
	int got;

	if (!db_query(reader, query, &row, err))
		return false;
	db_bind_text(row, 1, registry);
	while ((got = db_next(reader, row, err)) == 1)
		*vec_add(arena, &names) = db_text(row, 0, arena);
	if (got == 0)
		*out = names;
	return got == 0;
}

bool store_crate_names(struct db *reader, struct arena *arena, struct str registry,
                       struct str_list *out, struct err *err)
{
	return read_names(reader, &NAMES, arena, registry, out, err);
}

bool store_crate_names_asked(struct db *reader, struct arena *arena, struct str registry,
                             struct str_list *out, struct err *err)
{
	return read_names(reader, &NAMES_ASKED, arena, registry, out, err);
}
