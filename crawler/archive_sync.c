#include "crawler/archive_sync.h"
#include "crawler/archive_crawl.h"
#include "db/store_crate.h"
#include "db/store_fact.h"

enum {
	/* Versions at a time: their memory is freed between. */
	CHUNK = 256,
	DAY_MS = 24 * 3600 * 1000
};

/* The newest version that is neither yanked nor a pre-release, where its archive was not read. */
static bool add_wanted(struct db *reader, struct arena *arena, struct str registry, struct str name,
                       struct wanted *list, size_t *n, struct err *err)
{
	struct wanted wanted = { .registry = registry, .name = name };
	struct pick_releases releases = { 0 };
	struct manifest_fact fact;

	if (!store_crate_releases(reader, arena, registry, name, &releases, err))
		return false;
	for (size_t i = 0; i < releases.n && wanted.vers.n == 0; i++)
		if (!releases.p[i].yanked && releases.p[i].version.pre.n == 0)
			wanted.vers = semver_text(arena, &releases.p[i].version);
	if (wanted.vers.n == 0)
		return true;
	int got = store_fact_get(reader, arena, &wanted, &fact, err);
	if (got == 0 || (got == 1 && !fact.is_whole))
		list[(*n)++] = wanted;
	return got >= 0;
}

static bool read_chunk(struct crawl *crawl, const struct str_list *names, size_t from, bool offline,
                       struct crawl_outcome *sum, struct arena *results, struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct wanted list[CHUNK];
	struct archive_request request = {
		.wanted = list, .offline = offline, .whole = true, .deadline_ms = DAY_MS
	};
	struct crawl_outcome out = { 0 };

	{
		CLEANUP(db_reader_return) struct db *reader = NULL;
		if (!db_reader_lend(crawl->pool, &reader, err))
			return false;
		for (size_t i = from; i < names->n && i < from + CHUNK; i++)
			if (!add_wanted(reader, &arena, REGISTRY_CRATES_IO, names->p[i], list,
			                &request.n, err))
				return false;
	}
	if (request.n > 0 && !archive_crawl_run(crawl, &arena, &request, &out, err))
		return false;
	sum->wanted += out.wanted;
	sum->fetched += out.fetched;
	sum->unchanged += out.unchanged;
	sum->absent += out.absent;
	sum->failed += out.failed;
	if (sum->failure.n == 0 && out.failed > 0)
		sum->failure = arena_str(results, out.failure);
	return true;
}

bool archive_sync_run(struct crawl *crawl, struct arena *arena, bool offline,
                      struct crawl_outcome *out, struct err *err)
{
	struct str_list names[2] = { { 0 }, { 0 } }; /* asked for; all */
	struct crawl_outcome sum = { 0 }, cached = { 0 };

	{
		CLEANUP(db_reader_return) struct db *reader = NULL;
		if (!db_reader_lend(crawl->pool, &reader, err) ||
		    !store_crate_names_asked(reader, arena, REGISTRY_CRATES_IO, &names[0], err) ||
		    !store_crate_names(reader, arena, REGISTRY_CRATES_IO, &names[1], err))
			return false;
	}
	/* What cargo has first: it costs nobody anything. */
	for (size_t i = 0; i < names[1].n; i += CHUNK)
		if (!read_chunk(crawl, &names[1], i, true, &cached, arena, err))
			return false;
	for (size_t i = 0; !offline && i < names[0].n; i += CHUNK)
		if (!read_chunk(crawl, &names[0], i, false, &sum, arena, err))
			return false;
	sum.fetched += cached.fetched;
	sum.wanted += cached.fetched;
	*out = sum;
	return !stop_is_raised(&crawl->stop) ||
	       err_set(err, ERR_STOPPED, "the reading of archives was stopped");
}
