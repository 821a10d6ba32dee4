#include "crawler/gitindex.h"
#include "base/when.h"
#include "crawler/gitindex_batch.h"
#include "crawler/gitindex_state.h"
#include "crawler/index_tree.h"
#include "crawler/pack_order.h"
#include "db/packed.h"
#include <stdlib.h>

/* Few crates are cut into many batches all the same: a large one must not hold up one thread while
 * the others rest. */
enum { BATCHES_WANTED = 64 };

/* What a read works with, from its begin to its end. */
struct reading {
	const struct gitindex_source *source;
	git_repository *repository;
	struct db_pool *pool;
	struct ingest *ingest;
	struct fact_cache *cache;
	const struct stop *stop;
	struct gitindex_counts *counts;
};

/* A commit of the main line. */
struct line_commit {
	git_oid id, tree;
	int64_t at; /* 0: of a clock that was wrong */
};

/* From the newest to the oldest. */
struct main_line {
	struct line_commit *p;
	size_t n, cap;
	bool reached; /* the oldest is the one that was looked for */
};

static bool stopped(const struct reading *reading, struct err *err)
{
	return stop_is_raised(reading->stop) &&
	       !err_set(err, ERR_STOPPED, "the reading of an index was stopped");
}

static void run_free(struct gitindex_run *run)
{
	git_handles_close(&run->handles);
	arena_free(&run->arena);
	*run = (struct gitindex_run){ 0 };
}

static struct gitindex_run run_begin(const struct reading *reading,
                                     const struct line_commit *newest)
{
	return (struct gitindex_run){ .source = reading->source,
		                      .cache = reading->cache,
		                      .counts = reading->counts,
		                      .stop = reading->stop,
		                      .commit = newest->id,
		                      .seen_at = newest->at };
}

/* Stores the crates of the run, from batch `from` on, and waits until all are stored. */
static bool run_store(const struct reading *reading, struct gitindex_run *run, size_t from,
                      struct err *err)
{
	size_t n = run->crates.n, each = n / BATCHES_WANTED + 1;

	if (each > GITINDEX_BATCH_CRATES)
		each = GITINDEX_BATCH_CRATES;
	run->batches = n / each + (n % each > 0);
	run->stored = arena_array(&run->arena, run->batches, sizeof *run->stored);
	for (size_t i = 0; i < from; i++)
		run->stored[i] = true;
	git_handles_open(&run->handles, reading->source->repo, GIT_HANDLES_MAX);
	for (size_t i = from; i < run->batches && !stop_is_raised(reading->stop); i++)
		ingest_put(reading->ingest,
		           gitindex_batch_new(run, i, i * each,
		                              n - i * each < each ? n - i * each : each));
	ingest_drain(reading->ingest);
	if (atomic_load(&run->broken)) {
		*err = run->failure;
		return false;
	}
	return !stopped(reading, err);
}

static bool save(const struct reading *reading, const git_oid *commit, enum gitindex_phase phase,
                 struct err *err)
{
	CLEANUP(db_writer_end) struct db *writer = NULL;
	struct gitindex_state state = { .phase = phase, .commit = *commit };

	return db_writer_begin(reading->pool, &writer, err) &&
	       gitindex_state_put(writer, reading->source, &state, err) &&
	       db_writer_commit(writer, err);
}

static int look_up(const struct reading *reading, const git_oid *id, struct line_commit *out,
                   git_oid *parent)
{
	git_commit *commit = NULL;
	int64_t now = when_now();

	if (git_commit_lookup(&commit, reading->repository, id) < 0)
		return -1;
	int64_t at = (int64_t)git_commit_time(commit);

	*out = (struct line_commit){ *id, *git_commit_tree_id(commit),
		                     at < 0 || at > now ? 0 : at };
	unsigned parents = git_commit_parentcount(commit);
	if (parents > 0)
		*parent = *git_commit_parent_id(commit, 0);
	git_commit_free(commit);
	return parents > 0;
}

/* The first parents of `newest` down to `oldest` (NULL: as far as they go). */
static bool walk(const struct reading *reading, const git_oid *newest, const git_oid *oldest,
                 struct arena *arena, struct main_line *out, struct err *err)
{
	size_t max = reading->source->commits_max;
	git_oid id = *newest;
	int more = 1;

	if (max == 0)
		max = GITINDEX_COMMITS_MAX;
	while (more == 1 && out->n <= max) {
		struct line_commit commit = { 0 };

		if (out->n % 1024 == 0 && stopped(reading, err))
			return false;
		if (oldest && git_oid_equal(&id, oldest))
			out->reached = true;
		more = look_up(reading, &id, &commit, &id);
		if (more >= 0)
			*vec_add(arena, out) = commit;
		if (out->reached)
			break;
	}
	/* one that is missing below the newest: a clone that is cut off */
	return out->n > 0 ? true : gitrepo_error(err, ERR_INPUT, "the newest commit of the index");
}

/* Adds what one comparison found to the crates' steps. */
static void add_steps(struct gitindex_run *run, struct map *by_name,
                      const struct index_changes *changes, int64_t at)
{
	for (size_t i = 0; i < changes->n; i++) {
		const struct index_change *change = &changes->p[i];
		bool added = false;
		uint32_t number = (uint32_t)run->crates.n;

		if (!map_get(by_name, change->name, &number)) {
			struct str name = arena_str(&run->arena, change->name);

			map_put(by_name, &run->arena, name, number);
			*vec_add(&run->arena, &run->crates) =
				(struct gitindex_crate){ .name = name };
			added = true;
		}
		struct gitindex_crate *crate = &run->crates.p[number];
		struct gitindex_step steps[] = { { .blob = change->before },
			                         { .blob = change->now, .at = at } };

		for (size_t k = added ? 0 : 1; k < ARRAY_LEN(steps); k++) {
			uint32_t step = (uint32_t)run->steps.n;

			*vec_add(&run->arena, &run->steps) = steps[k];
			if (crate->steps == 0)
				crate->first_step = step;
			else
				run->steps.p[crate->last_step].next = step;
			crate->last_step = step;
			crate->steps++;
		}
		crate->now = change->now;
	}
}

/* Compares each commit with the one before it, from `before` (a tree; NULL: the oldest of the line
 * is where it begins) to the newest. */
static bool find_steps(const struct reading *reading, const struct main_line *line,
                       const git_oid *before, struct gitindex_run *run, struct err *err)
{
	struct map by_name = { 0 };
	const git_oid *old = before;

	for (size_t i = line->n; i-- > 0; old = &line->p[i].tree) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct index_changes changes = { 0 };
		struct err why = { 0 };
		bool oldest = i == line->n - 1;

		if (stopped(reading, err))
			return false;
		if (!old)
			continue;
		/* A history with a hole still ends in what the index is now. */
		if (!index_tree_compare(reading->repository, old, &line->p[i].tree, &arena,
		                        &changes, &why)) {
			*err = why;
			return false;
		}
		add_steps(run, &by_name, &changes, oldest ? 0 : line->p[i].at);
		reading->counts->commits++;
	}
	return true;
}

static uint64_t checksum_of(const struct gitindex_run *run)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	git_oid *ids = arena_array(&arena, run->crates.n, sizeof *ids);

	for (size_t i = 0; i < run->crates.n; i++)
		ids[i] = run->crates.p[i].now;
	return packed_checksum((struct str){ (const char *)ids, run->crates.n * sizeof *ids }) | 1;
}

static const uint32_t *order_of(const struct reading *reading, struct arena *arena,
                                const git_oid *ids, size_t n)
{
	const char *path = git_repository_path(reading->repository);
	const char *folder = arena_printf(arena, "%sobjects/pack", path ? path : "/").p;

	return pack_order_make(arena, folder, ids, n);
}

/* The crates in the order in which their files are read from the packs with the least work. */
static void order_files(const struct reading *reading, struct gitindex_run *run)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	size_t n = run->crates.n;
	git_oid *ids = arena_array(&arena, n, sizeof *ids);
	struct gitindex_crate *crates = arena_array(&run->arena, n, sizeof *crates);

	for (size_t i = 0; i < n; i++)
		ids[i] = run->crates.p[i].now;
	const uint32_t *order = order_of(reading, &arena, ids, n);

	for (size_t i = 0; i < n; i++)
		crates[i] = run->crates.p[order[i]];
	run->crates.p = crates;
	run->crates.cap = n;
}

static void order_steps(const struct reading *reading, struct gitindex_run *run)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	git_oid *ids = arena_array(&arena, run->steps.n, sizeof *ids);

	for (size_t i = 0; i < run->steps.n; i++)
		ids[i] = run->steps.p[i].blob;
	const uint32_t *order = order_of(reading, &arena, ids, run->steps.n);

	for (uint32_t i = 0; i < run->steps.n; i++)
		run->steps.p[order[i]].turn = i;
}

/* Stores what changed on the line; `before` as above. `is_again`: the files were read just now,
 * only their history is new. */
static bool read_steps(const struct reading *reading, const struct main_line *line,
                       const git_oid *before, bool is_again, struct err *err)
{
	CLEANUP(run_free) struct gitindex_run run = run_begin(reading, &line->p[0]);

	run.is_again = is_again;
	if (!find_steps(reading, line, before, &run, err))
		return false;
	order_files(reading, &run);
	order_steps(reading, &run);
	return run_store(reading, &run, 0, err) && save(reading, &run.commit, GITINDEX_DONE, err);
}

static bool read_history(const struct reading *reading, const git_oid *commit, struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct main_line line = { 0 };

	return walk(reading, commit, NULL, &arena, &line, err) &&
	       read_steps(reading, &line, NULL, true, err);
}

/* From the stored commit to the newest. */
static bool read_increment(const struct reading *reading, const struct line_commit *stored,
                           struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct main_line line = { 0 };

	if (!walk(reading, &reading->source->repo->head, &stored->id, &arena, &line, err))
		return false;
	/* Where the stored commit is no ancestor, what its tree and the oldest commit's differ in
	 * happened at an unknown moment. */
	return read_steps(reading, &line, line.reached ? NULL : &stored->tree, false, err);
}

/* All files of a commit, or what an earlier run left of them. */
static bool read_files(const struct reading *reading, const git_oid *commit,
                       const struct gitindex_state *stored, struct err *err)
{
	struct line_commit newest = { 0 };
	git_oid parent;

	if (look_up(reading, commit, &newest, &parent) < 0)
		return gitrepo_error(err, ERR_INPUT, "the newest commit of the index");
	CLEANUP(run_free) struct gitindex_run run = run_begin(reading, &newest);
	struct index_changes files = { 0 };

	if (!index_tree_compare(reading->repository, NULL, &newest.tree, &run.arena, &files, err))
		return false;
	if (files.n == 0)
		return err_set(err, ERR_INPUT, STR_FMT " holds no index file (such as se/rd/serde)",
		               STR_ARG(reading->source->address));
	for (size_t i = 0; i < files.n; i++)
		*vec_add(&run.arena, &run.crates) =
			(struct gitindex_crate){ .name = files.p[i].name, .now = files.p[i].now };
	order_files(reading, &run);
	run.order = checksum_of(&run);
	bool goes_on = stored->phase == GITINDEX_FILES && stored->order == run.order;

	return run_store(reading, &run, goes_on ? (size_t)stored->batches : 0, err) &&
	       save(reading, commit, GITINDEX_HISTORY, err);
}

/* Whether the newest commit holds any index file: an emptied repository leaves what is stored. */
static bool check_filled(const struct reading *reading, const struct line_commit *newest,
                         struct err *err)
{
	git_tree *tree = NULL;
	size_t folders = 0;

	if (git_tree_lookup(&tree, reading->repository, &newest->tree) < 0)
		return gitrepo_error(err, ERR_INPUT, "the newest folder of the index");
	for (size_t i = 0; i < git_tree_entrycount(tree); i++)
		folders += git_tree_entry_type(git_tree_entry_byindex(tree, i)) == GIT_OBJECT_TREE;
	git_tree_free(tree);
	return folders > 0 ||
	       err_set(err, ERR_INPUT, STR_FMT " holds no index file (such as se/rd/serde)",
	               STR_ARG(reading->source->address));
}

static bool read_all(const struct reading *reading, struct gitindex_state *state, struct err *err)
{
	const git_oid *head = &reading->source->repo->head;
	struct line_commit stored = { 0 }, newest = { 0 };
	git_oid parent;

	if (look_up(reading, head, &newest, &parent) < 0)
		return gitrepo_error(err, ERR_INPUT, "the newest commit of the index");
	if (!check_filled(reading, &newest, err))
		return false;
	if (state->phase == GITINDEX_NOTHING ||
	    look_up(reading, &state->commit, &stored, &parent) < 0)
		*state = (struct gitindex_state){ .phase = GITINDEX_FILES, .commit = *head };
	if (state->phase == GITINDEX_FILES && !read_files(reading, &state->commit, state, err))
		return false;
	if (state->phase != GITINDEX_DONE && !read_history(reading, &state->commit, err))
		return false;
	if (git_oid_equal(&state->commit, head)) {
		reading->counts->unchanged = state->phase == GITINDEX_DONE;
		return save(reading, head, GITINDEX_DONE, err);
	}
	return look_up(reading, &state->commit, &stored, &parent) >= 0
	               ? read_increment(reading, &stored, err)
	               : gitrepo_error(err, ERR_INPUT, "the stored commit of the index");
}

bool gitindex_read(const struct gitindex_source *source, struct db_pool *pool,
                   struct ingest *ingest, struct fact_cache *cache, const struct stop *stop,
                   struct gitindex_counts *counts, struct err *err)
{
	struct reading reading = { .source = source,
		                   .repository = source->repo->repository,
		                   .pool = pool,
		                   .ingest = ingest,
		                   .cache = cache,
		                   .stop = stop,
		                   .counts = counts };
	struct gitindex_state state = { 0 };

	return gitindex_state_load(pool, source, &state, err) && read_all(&reading, &state, err);
}
