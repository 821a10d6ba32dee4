#include "crawler/gitindex_batch.h"
#include "audit/limits.h"
#include "crawler/gitindex_state.h"
#include "crawler/index_file.h"
#include "crawler/index_history.h"
#include "db/store_crate.h"
#include <stdlib.h>

/* What a batch is counted as while it waits: packed, a crate has 1 KB at the mean, and the largest
 * a megabyte. */
enum {
	BATCH_COST_BYTES = 1 << 20,
	/* States of one file that are read ahead; two threads do. */
	HELD_MAX_BYTES = 24 << 20
};

/* `item` comes first, so that the address of one is that of the other. */
struct batch_item {
	struct ingest_item item;
	struct gitindex_run *run;
	size_t number, first, n;
	struct packed_crate {
		struct str name; /* as its lines write it */
		struct buf bytes;
		size_t versions;
		bool refused, gone;
		struct err why; /* it was refused */
	} crates[GITINDEX_BATCH_CRATES];
	struct arena names;
};

static void refuse(struct gitindex_run *run, struct packed_crate *crate)
{
	struct index_dir_counts *counts = &run->counts->files;

	crate->refused = true;
	if (!run->is_again && atomic_fetch_add(&counts->refused, 1) == 0)
		counts->first = crate->why;
}

/* Reads a blob; out->object is to be freed. */
static bool read_blob(git_odb *odb, const git_oid *id, struct str name, git_odb_object **out,
                      struct err *err)
{
	size_t size = 0;
	git_object_t type;

	if (git_odb_read_header(&size, &type, odb, id) == 0 && size > INDEX_FILE_MAX_BYTES)
		return err_set(err, ERR_LIMIT, "index file of " STR_FMT ": %zu bytes",
		               STR_ARG(name), size);
	if (git_odb_read(out, odb, id) == 0)
		return true;
	gitrepo_error(err, ERR_INPUT, "git");
	err_prefix(err, "index file of " STR_FMT ": ", STR_ARG(name));
	return false;
}

static struct str bytes_of(git_odb_object *object)
{
	return (struct str){ git_odb_object_data(object), git_odb_object_size(object) };
}

/* The states that led to the newest, from the oldest on. */
struct states {
	const struct gitindex_run *run;
	const struct gitindex_step **steps;
	git_odb_object **held; /* of each; NULL: not read yet, or gone again */
	size_t n;
};

struct turn {
	uint32_t turn, state;
};

static int cmp_turns(const void *a, const void *b)
{
	const struct turn *p = a, *q = b;

	return (p->turn > q->turn) - (p->turn < q->turn);
}

static struct states list_states(struct arena *arena, const struct gitindex_run *run,
                                 const struct gitindex_crate *crate)
{
	struct states states = { .run = run, .n = crate->steps };
	uint32_t at = crate->first_step;

	states.steps = arena_array(arena, states.n, sizeof *states.steps);
	states.held = arena_array(arena, states.n, sizeof *states.held);
	for (size_t i = 0; i < states.n; i++, at = run->steps.p[at].next)
		states.steps[i] = &run->steps.p[at];
	return states;
}

/* Reads ahead what has room, bases before what is packed against them: the states of one file are
 * packed against each other, mostly from the newest down. */
static void hold_states(struct states *states, struct arena *arena, git_odb *odb, struct str name)
{
	struct turn *turns = arena_array(arena, states->n, sizeof *turns);
	size_t room = HELD_MAX_BYTES;

	for (size_t i = 0; i < states->n; i++)
		turns[i] = (struct turn){ states->steps[i]->turn, (uint32_t)i };
	qsort(turns, states->n, sizeof *turns, cmp_turns);
	for (size_t i = 0; i < states->n && room > 0; i++) {
		size_t state = turns[i].state;
		struct err why = { 0 };

		if (git_oid_is_zero(&states->steps[state]->blob) ||
		    !read_blob(odb, &states->steps[state]->blob, name, &states->held[state], &why))
			continue;
		size_t size = git_odb_object_size(states->held[state]);

		room -= size < room ? size : room;
	}
}

static void let_go(struct states *states, size_t state)
{
	git_odb_object_free(states->held[state]);
	states->held[state] = NULL;
}

/* A state that is missing makes the moment of what the next one brings unknown. */
static void read_history(const struct gitindex_run *run, const struct gitindex_crate *crate,
                         git_odb *odb, struct index_history *history)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct states states = list_states(&arena, run, crate);
	size_t kept = 0; /* whose bytes the history refers to */
	bool gap = false;

	hold_states(&states, &arena, odb, crate->name);
	for (size_t i = 0; i < states.n && !stop_is_raised(run->stop); i++) {
		const struct gitindex_step *step = states.steps[i];
		bool is_there = !git_oid_is_zero(&step->blob);
		struct err why = { 0 };

		if (is_there && !states.held[i] &&
		    !read_blob(odb, &step->blob, crate->name, &states.held[i], &why)) {
			gap = true;
			continue;
		}
		index_history_add(history, is_there ? bytes_of(states.held[i]) : STR_LIT(""),
		                  gap ? 0 : step->at);
		gap = false;
		if (kept != i)
			let_go(&states, kept);
		kept = i;
	}
	for (size_t i = 0; i < states.n; i++)
		let_go(&states, i);
}

static bool pack(struct gitindex_run *run, const struct gitindex_crate *crate, git_odb *odb,
                 struct str body, struct packed_crate *out, struct arena *names, struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct index_file file = { 0 };

	if (!index_file_parse(&arena, crate->name, body, &file, err))
		return false;
	struct crate_update update = { .registry = run->source->registry,
		                       .name = file.name,
		                       .entries = file.entries,
		                       .n = file.n,
		                       .fetched_at = run->source->fetched_at,
		                       .seen_at = run->seen_at };

	if (crate->steps > 0) {
		struct index_history history = index_history_begin(&arena);
		int64_t *appeared_at = arena_array(&arena, file.n, sizeof *appeared_at);
		int64_t *yanked_at = arena_array(&arena, file.n, sizeof *yanked_at);

		read_history(run, crate, odb, &history);
		index_history_moments(&history, file.entries, file.n, appeared_at, yanked_at);
		update.appeared_at = appeared_at;
		update.yanked_at = yanked_at;
	}
	out->name = arena_str(names, file.name);
	out->versions = file.n;
	return store_crate_pack(&out->bytes, &update, err);
}

/* A crate is stored as its lines wrote its name, not as its file was called. */
static struct str name_of_gone(const struct gitindex_run *run, const struct gitindex_crate *crate,
                               git_odb *odb, struct arena *names)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	const git_oid *last = NULL;
	git_odb_object *object = NULL;
	struct index_file file = { .name = crate->name };
	struct err why = { 0 };
	uint32_t at = crate->first_step;

	for (uint32_t i = 0; i < crate->steps; i++, at = run->steps.p[at].next)
		if (!git_oid_is_zero(&run->steps.p[at].blob))
			last = &run->steps.p[at].blob;
	if (last && read_blob(odb, last, crate->name, &object, &why))
		IGNORE(index_file_parse(&arena, crate->name, bytes_of(object), &file, &why));
	struct str name = arena_str(names, file.name);

	git_odb_object_free(object);
	return name;
}

static void prepare_crate(struct batch_item *batch, git_odb *odb, size_t i)
{
	struct gitindex_run *run = batch->run;
	const struct gitindex_crate *crate = &run->crates.p[batch->first + i];
	struct packed_crate *out = &batch->crates[i];
	git_odb_object *object = NULL;
	struct err *err = &out->why;

	atomic_fetch_add(&run->counts->files.files, run->is_again ? 0 : 1);
	out->name = crate->name;
	out->gone = git_oid_is_zero(&crate->now);
	out->bytes = buf_make(INDEX_FILE_MAX_BYTES);
	if (out->gone) {
		out->name = name_of_gone(run, crate, odb, &batch->names);
		return;
	}
	if (!read_blob(odb, &crate->now, crate->name, &object, err) ||
	    !pack(run, crate, odb, bytes_of(object), out, &batch->names, err))
		refuse(run, out);
	git_odb_object_free(object);
}

static bool prepare(struct ingest_item *item, struct err *err)
{
	struct batch_item *batch = (struct batch_item *)item;
	git_repository *repository = NULL;
	git_odb *odb = NULL;
	bool ok = true;

	if (stop_is_raised(batch->run->stop))
		return err_set(err, ERR_STOPPED, "the reading of an index was stopped");
	repository = git_handles_lend(&batch->run->handles);
	if (git_repository_odb(&odb, repository) < 0)
		ok = gitrepo_error(err, ERR_INPUT, "the index");
	for (size_t i = 0; ok && i < batch->n; i++)
		prepare_crate(batch, odb, i);
	git_odb_free(odb);
	git_handles_return(&batch->run->handles, repository);
	return ok;
}

/* How far the run will be once this batch is stored. */
static bool put_state(struct batch_item *batch, struct db *writer, struct err *err)
{
	struct gitindex_run *run = batch->run;
	struct gitindex_state state = { .phase = GITINDEX_FILES, .order = run->order };

	run->stored[batch->number] = true;
	if (run->order == 0 || atomic_load(&run->broken))
		return true;
	while (run->stored_n < run->batches && run->stored[run->stored_n])
		run->stored_n++;
	state.batches = run->stored_n;
	state.commit = run->commit;
	return gitindex_state_put(writer, run->source, &state, err);
}

static bool write_item(struct ingest_item *item, struct db *writer, struct err *err)
{
	struct batch_item *batch = (struct batch_item *)item;
	const struct gitindex_run *run = batch->run;

	for (size_t i = 0; i < batch->n; i++) {
		const struct packed_crate *crate = &batch->crates[i];
		struct crate_update update = { .registry = run->source->registry,
			                       .name = crate->name,
			                       .fetched_at = run->source->fetched_at,
			                       .seen_at = run->seen_at };

		if (crate->refused)
			continue;
		if (!(crate->gone ? store_crate_put(writer, &update, err)
		                  : store_crate_put_packed(writer, &update, buf_str(&crate->bytes),
		                                           err)))
			return false;
	}
	return put_state(batch, writer, err);
}

static void done(struct ingest_item *item)
{
	struct batch_item *batch = (struct batch_item *)item;
	struct gitindex_run *run = batch->run;
	struct index_dir_counts *counts = &run->counts->files;

	for (size_t i = 0; i < batch->n; i++) {
		struct packed_crate *crate = &batch->crates[i];

		if (item->err.kind == ERR_NONE && !crate->refused) {
			atomic_fetch_add(&counts->crates, run->is_again ? 0 : 1);
			atomic_fetch_add(&counts->versions, run->is_again ? 0 : crate->versions);
			if (run->cache)
				fact_cache_forget_crate(run->cache, run->source->registry,
				                        crate->name);
		}
		buf_free(&crate->bytes);
	}
	if (item->err.kind != ERR_NONE && !atomic_exchange(&run->broken, true))
		run->failure = item->err;
	arena_free(&batch->names);
	free(batch);
}

struct ingest_item *gitindex_batch_new(struct gitindex_run *run, size_t number, size_t first,
                                       size_t n)
{
	struct batch_item *batch = calloc(1, sizeof *batch);

	if (!batch)
		abort();
	batch->item = (struct ingest_item){ .prepare = prepare,
		                            .write = write_item,
		                            .done = done,
		                            .cost_bytes = BATCH_COST_BYTES };
	batch->run = run;
	batch->number = number;
	batch->first = first;
	batch->n = n;
	return &batch->item;
}
