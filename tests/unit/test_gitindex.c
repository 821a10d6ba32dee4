#include "crawler/gitindex.h"
#include "base/file.h"
#include "crawler/gitindex_state.h"
#include "db/store_crate.h"
#include "tests/unit/index_lines.h"
#include "tests/unit/temp_git.h"

#define CRATES_IO STR("crates-io")
#define VERSION(name, vers, yanked)                                                                \
	"{\"name\":\"" name "\",\"vers\":\"" vers "\",\"deps\":[],\"cksum\":\"" CKSUM_A            \
	"\",\"features\":{},\"yanked\":" yanked "}\n"
#define L(name, vers) VERSION(name, vers, "false")
#define Y(name, vers) VERSION(name, vers, "true")
#define READ_AT 90000

struct world {
	struct arena arena;
	struct temp_db temp;
	struct db_pool *pool;
	struct ingest *ingest;
	struct temp_git git;
	const char *folder; /* of the repository */
	size_t commits_max;
	struct gitindex_counts counts; /* of the last read */
	struct err err;                /* also */
};

static void world_open(struct world *world)
{
	*world = (struct world){ .temp = temp_db_make() };
	world->pool = temp_db_open(&world->temp);
	assert_ok(ingest_open(&world->ingest, world->pool, &world->err), world->err);
	world->folder = file_join(&world->arena, world->temp.folder, STR_LIT("index"));
	temp_git_make(&world->git, world->folder);
}

static void world_close(struct world *world)
{
	temp_git_free(&world->git);
	ingest_close(&world->ingest);
	db_pool_close(&world->pool);
	temp_db_free(&world->temp);
	arena_free(&world->arena);
}

static bool read_stopped_by(struct world *world, const struct stop *stop)
{
	CLEANUP(gitrepo_close) struct gitrepo repo = { 0 };
	struct gitindex_source source = { .repo = &repo,
		                          .registry = CRATES_IO,
		                          .address = str_of(world->folder),
		                          .fetched_at = READ_AT,
		                          .commits_max = world->commits_max };

	world->err = (struct err){ 0 };
	world->counts = (struct gitindex_counts){ 0 };
	return gitrepo_open(&repo, world->folder, &world->err) == 1 &&
	       gitindex_read(&source, world->pool, world->ingest, NULL, stop, &world->counts,
	                     &world->err);
}

static void read_index(struct world *world)
{
	if (!read_stopped_by(world, NULL))
		fail_msg("%s", world->err.text);
}

static void commit(struct world *world, int64_t at, const char *path, const char *text)
{
	if (text)
		temp_git_put(&world->git, path, text);
	else
		temp_git_remove(&world->git, path);
	temp_git_commit(&world->git, at, NULL);
}

static struct package_facts facts_of(struct world *world, const char *name, const char *vers)
{
	CLEANUP(db_reader_return) struct db *reader = NULL;
	struct wanted wanted = { .registry = CRATES_IO,
		                 .name = str_of(name),
		                 .vers = str_of(vers) };
	struct package_facts facts = { 0 };
	struct err err = { 0 };

	assert_ok(db_reader_lend(world->pool, &reader, &err), err);
	assert_ok(store_crate_version(reader, &world->arena, &wanted, 0, &facts, &err), err);
	return facts;
}

/* `yanked_at` -1: it is not yanked. */
static void assert_moments(struct world *world, const char *name, const char *vers,
                           int64_t published_at, int64_t yanked_at)
{
	struct package_facts facts = facts_of(world, name, vers);
	int64_t yanked = facts.yanked == KNOWN_YES ? facts.yanked_at : -1;

	if (!facts.summary)
		fail_msg("%s %s is not stored", name, vers);
	if (facts.published_at != published_at || yanked != yanked_at)
		fail_msg("%s %s: published %lld, yanked %lld", name, vers,
		         (long long)facts.published_at, (long long)yanked);
}

/* A small life of an index; `each` is called after every commit. */
static void live(struct world *world, void (*each)(struct world *world))
{
	static const struct {
		int64_t at;
		const char *path, *text;
	} commits[] = {
		{ 1000, "al/ph/alpha", L("alpha", "1.0.0") L("alpha", "1.0.1") },
		{ 2000, "al/ph/alpha",
		  L("alpha", "1.0.0") L("alpha", "1.0.1") L("alpha", "1.1.0") },
		{ 3000, "al/ph/alpha",
		  Y("alpha", "1.0.0") L("alpha", "1.0.1") L("alpha", "1.1.0") },
		{ 3500, "3/b/bet", Y("Bet", "0.1.0") },
		{ 4000, "al/ph/alpha",
		  L("alpha", "1.0.0") Y("alpha", "1.0.1") L("alpha", "1.1.0") },
		{ 5000, "al/ph/alpha",
		  Y("alpha", "1.0.0") L("alpha", "0.9.0") Y("alpha", "1.0.1") L("alpha", "1.1.0") },
		{ 5500, "1/c", L("c", "1.0.0") },
		{ 6000, "3/b/bet", Y("Bet", "0.1.0") L("Bet", "0.2.0") },
		{ 7000, "1/c", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(commits); i++) {
		commit(world, commits[i].at, commits[i].path, commits[i].text);
		if (each)
			each(world);
	}
}

static void assert_lived(struct world *world)
{
	assert_moments(world, "alpha", "1.0.0", 0, 5000);
	assert_moments(world, "alpha", "1.0.1", 0, 4000);
	assert_moments(world, "alpha", "1.1.0", 2000, -1);
	assert_moments(world, "alpha", "0.9.0", 5000, -1);
	assert_moments(world, "Bet", "0.1.0", 3500, 3500);
	assert_moments(world, "Bet", "0.2.0", 6000, -1);
}

static void commits_tell_when_versions_appeared_and_were_yanked(void **state)
{
	(void)state;
	struct world world;

	world_open(&world);
	live(&world, NULL);
	read_index(&world);
	assert_int_equal(atomic_load(&world.counts.files.crates), 2);
	assert_int_equal(atomic_load(&world.counts.files.versions), 6);
	assert_false(world.counts.unchanged);
	assert_lived(&world);
	assert_null(facts_of(&world, "c", "1.0.0").summary); /* gone before anyone looked */
	read_index(&world);
	assert_true(world.counts.unchanged);
	assert_int_equal(atomic_load(&world.counts.files.files), 0);
	world_close(&world);
}

static void increments_say_the_same(void **state)
{
	(void)state;
	struct world world;

	world_open(&world);
	live(&world, read_index);
	assert_int_equal(world.counts.commits, 1);
	assert_int_equal(atomic_load(&world.counts.files.files), 1);
	assert_lived(&world);
	assert_moments(&world, "c", "1.0.0", 5500, -1);
	assert_false(facts_of(&world, "c", "1.0.0").crate_known);
	world_close(&world);
}

static void a_publish_date_of_the_line_stands(void **state)
{
	(void)state;
	struct world world;

	world_open(&world);
	commit(&world, 1000, "1/a", L("a", "1.0.0"));
	commit(&world, 1500000000, "1/a",
	       L("a", "1.0.0") "{\"name\":\"a\",\"vers\":\"2.0.0\",\"deps\":[],\"cksum\":\"" CKSUM_A
	                       "\",\"features\":{},\"pubtime\":\"2015-01-01T00:00:00Z\"}\n");
	read_index(&world);
	assert_moments(&world, "a", "2.0.0", 1420070400, -1);
	world_close(&world);
}

static void a_squashed_history_keeps_what_was_known(void **state)
{
	(void)state;
	struct world world;

	world_open(&world);
	commit(&world, 1000, "1/a", L("a", "1.0.0"));
	commit(&world, 2000, "1/a", L("a", "1.0.0") L("a", "1.1.0"));
	read_index(&world);
	world.git.has_head = false; /* the next commit has no parent */
	temp_git_put(&world.git, "1/d", L("d", "1.0.0"));
	commit(&world, 3000, "1/a", Y("a", "1.0.0") L("a", "1.1.0") L("a", "1.2.0"));
	commit(&world, 4000, "1/a",
	       Y("a", "1.0.0") L("a", "1.1.0") L("a", "1.2.0") L("a", "1.3.0"));
	read_index(&world);
	assert_int_equal(atomic_load(&world.counts.files.files), 2);
	/* The yank holds from when it was first seen, in the newest commit. */
	assert_moments(&world, "a", "1.0.0", 0, 4000);
	assert_moments(&world, "a", "1.1.0", 2000, -1);
	assert_moments(&world, "a", "1.2.0", 0, -1);
	assert_moments(&world, "a", "1.3.0", 4000, -1);
	assert_moments(&world, "d", "1.0.0", 0, -1);
	world_close(&world);
}

static void another_repository_is_read_whole(void **state)
{
	(void)state;
	struct world world;

	world_open(&world);
	commit(&world, 1000, "1/a", L("a", "1.0.0"));
	commit(&world, 2000, "1/a", L("a", "1.0.0") L("a", "1.1.0"));
	read_index(&world);
	temp_git_free(&world.git);
	world.folder = file_join(&world.arena, world.temp.folder, STR_LIT("second"));
	temp_git_make(&world.git, world.folder);
	commit(&world, 5000, "1/a", L("a", "1.1.0") L("a", "1.2.0"));
	read_index(&world);
	assert_moments(&world, "a", "1.1.0", 2000, -1);
	assert_moments(&world, "a", "1.2.0", 0, -1);
	world_close(&world);
}

static void an_emptied_repository_leaves_what_is_stored(void **state)
{
	(void)state;
	struct world world;

	world_open(&world);
	temp_git_put(&world.git, "config.json", "{}");
	commit(&world, 1000, "1/a", L("a", "1.0.0"));
	read_index(&world);
	commit(&world, 2000, "1/a", NULL);
	assert_false(read_stopped_by(&world, NULL));
	assert_int_equal(world.err.kind, ERR_INPUT);
	assert_non_null(strstr(world.err.text, "holds no index file"));
	assert_true(facts_of(&world, "a", "1.0.0").crate_known);
	world_close(&world);
}

static void remove_object(struct world *world, const git_oid *id)
{
	char hex[GIT_OID_HEXSZ + 1];

	git_oid_tostr(hex, sizeof hex, id);
	const char *path =
		arena_printf(&world->arena, "%s/objects/%.2s/%s", world->folder, hex, hex + 2).p;
	if (unlink(path) != 0)
		fail_msg("%s: %m", path);
}

static git_oid blob_of(const char *text)
{
	git_oid id;

	assert_git(git_odb_hash(&id, text, strlen(text), GIT_OBJECT_BLOB));
	return id;
}

static void a_missing_object_costs_its_file_alone(void **state)
{
	(void)state;
	static const char lost[] = L("b", "1.0.0"), between[] = L("a", "1.0.0") L("a", "1.1.0");
	struct world world;

	world_open(&world);
	temp_git_put(&world.git, "1/b", lost);
	commit(&world, 1000, "1/a", L("a", "1.0.0"));
	commit(&world, 2000, "1/a", between);
	commit(&world, 3000, "1/a", L("a", "1.0.0") L("a", "1.1.0") L("a", "1.2.0"));
	commit(&world, 4000, "1/a",
	       L("a", "1.0.0") L("a", "1.1.0") L("a", "1.2.0") L("a", "1.3.0"));
	git_oid ids[] = { blob_of(lost), blob_of(between) };
	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		remove_object(&world, &ids[i]);
	read_index(&world);
	assert_int_equal(atomic_load(&world.counts.files.crates), 1);
	assert_int_equal(atomic_load(&world.counts.files.refused), 1);
	assert_non_null(strstr(world.counts.files.first.text, "index file of b"));
	/* 1.1.0 came with the commit whose file is missing, or with the next: nobody knows. */
	assert_moments(&world, "a", "1.1.0", 0, -1);
	assert_moments(&world, "a", "1.2.0", 0, -1);
	assert_moments(&world, "a", "1.3.0", 4000, -1);
	read_index(&world);
	assert_true(world.counts.unchanged);
	world_close(&world);
}

static git_oid write_tree(struct world *world, const char *mode, const char *name,
                          const git_oid *id)
{
	char bytes[256];
	int n = snprintf(bytes, sizeof bytes, "%s %s", mode, name) + 1;
	git_odb *odb = NULL;
	git_oid out;

	memcpy(bytes + n, id->id, sizeof id->id);
	assert_git(git_repository_odb(&odb, world->git.repository));
	assert_git(git_odb_write(&out, odb, bytes, (size_t)n + sizeof id->id, GIT_OBJECT_TREE));
	git_odb_free(odb);
	return out;
}

/* Each row: the folders and the file that one commit holds, and no other. */
static void names_that_lead_elsewhere_are_passed_over(void **state)
{
	(void)state;
	static const char *const paths[][3] = {
		{ "..", "..", "passwd" },     { "pa", "ss", "../passwd" },   { "pa", "ss", ".." },
		{ "pa", "ss", "pass/wd" },    { "pa", "ss", "pass\x01wd" },  { "pa", "ss", "" },
		{ "", "", "passwd" },         { "pa", "ss", "passenger\\" }, { "3", "p", "pass" },
		{ "passwd", "ss", "passwd" },
	};

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct world world;
		git_tree *tree = NULL;
		git_oid id = blob_of(L("passwd", "1.0.0"));
		git_signature who = { .name = (char[]){ "t" },
			              .email = (char[]){ "t@example.org" },
			              .when = { 1000, 0, '+' } };

		world_open(&world);
		commit(&world, 1000, "pa/ss/passwd", L("passwd", "1.0.0"));
		id = write_tree(&world, "100644", paths[i][2], &id);
		id = write_tree(&world, "40000", paths[i][1], &id);
		id = write_tree(&world, "40000", paths[i][0], &id);
		if (git_tree_lookup(&tree, world.git.repository, &id) == 0)
			assert_git(git_commit_create(&id, world.git.repository, NULL, &who, &who,
			                             NULL, "x", tree, 0, NULL));
		git_reference *ref = NULL;
		assert_git(git_reference_create(&ref, world.git.repository, "refs/heads/main", &id,
		                                1, "x"));
		git_reference_free(ref);
		if (read_stopped_by(&world, NULL))
			fail_msg("row %zu was read", i);
		assert_int_equal(world.err.kind, ERR_INPUT);
		assert_false(facts_of(&world, "passwd", "1.0.0").crate_known);
		git_tree_free(tree);
		world_close(&world);
	}
}

static void a_walk_has_an_end(void **state)
{
	(void)state;
	struct world world;

	world_open(&world);
	live(&world, NULL);
	world.commits_max = 4; /* compared with the fifth */
	read_index(&world);
	assert_int_equal(world.counts.commits, 4);
	assert_moments(&world, "alpha", "1.1.0", 0, -1);
	assert_moments(&world, "alpha", "0.9.0", 5000, -1);
	assert_moments(&world, "Bet", "0.2.0", 6000, -1);
	/* And one that looks for the stored commit in vain. */
	for (int i = 0; i < 6; i++) {
		char text[1024] = "";
		for (int k = 0; k <= i; k++)
			snprintf(text + strlen(text), sizeof text - strlen(text),
			         "{\"name\":\"e\",\"vers\":\"1.%d.0\",\"deps\":[],\"cksum\":\"\","
			         "\"features\":{}}\n",
			         k);
		commit(&world, 8000 + i, "1/e", text);
	}
	read_index(&world);
	assert_moments(&world, "e", "1.0.0", 0, -1);
	assert_moments(&world, "e", "1.1.0", 0, -1);
	assert_moments(&world, "e", "1.5.0", 8005, -1);
	assert_moments(&world, "alpha", "0.9.0", 5000, -1);
	world_close(&world);
}

static size_t stored_crates(struct world *world)
{
	CLEANUP(db_reader_return) struct db *reader = NULL;
	struct crate_counts counts = { 0 };
	struct err err = { 0 };

	assert_ok(db_reader_lend(world->pool, &reader, &err), err);
	assert_ok(store_crate_counts(reader, &counts, &err), err);
	return counts.crates;
}

static void set_state(struct world *world, const struct gitindex_state *state)
{
	CLEANUP(db_writer_end) struct db *writer = NULL;
	struct gitindex_source source = { .registry = CRATES_IO, .address = STR("x") };
	struct err err = { 0 };

	assert_ok(db_writer_begin(world->pool, &writer, &err), err);
	assert_ok(gitindex_state_put(writer, &source, state, &err), err);
	assert_ok(db_writer_commit(writer, &err), err);
}

static struct gitindex_state get_state(struct world *world)
{
	struct gitindex_source source = { .registry = CRATES_IO };
	struct gitindex_state state = { 0 };
	struct err err = { 0 };

	assert_ok(gitindex_state_load(world->pool, &source, &state, &err), err);
	return state;
}

static void an_ended_run_goes_on_where_it_was(void **state)
{
	(void)state;
	enum { CRATES = 100 };
	struct world world;
	struct stop stop = { 0 };

	world_open(&world);
	for (int i = 0; i < CRATES; i++) {
		const char *name = arena_printf(&world.arena, "xy%02d", i).p;

		temp_git_put(&world.git, arena_printf(&world.arena, "xy/%.2s/%s", name + 2, name).p,
		             arena_printf(&world.arena,
		                          "{\"name\":\"%s\",\"vers\":\"1.0.0\",\"deps\":[],"
		                          "\"cksum\":\"\",\"features\":{}}\n",
		                          name)
		                     .p);
	}
	temp_git_commit(&world.git, 1000, NULL);
	stop_raise(&stop);
	assert_false(read_stopped_by(&world, &stop));
	assert_int_equal(world.err.kind, ERR_STOPPED);
	assert_int_equal(stored_crates(&world), 0);
	read_index(&world);
	assert_int_equal(stored_crates(&world), CRATES);
	assert_int_equal(get_state(&world).phase, GITINDEX_DONE);
	/* As if it had been ended behind its second batch, in another order of the files. */
	struct gitindex_state before = { GITINDEX_FILES, world.git.head, 2, 12345 };
	set_state(&world, &before);
	assert_int_equal(get_state(&world).batches, 2);
	read_index(&world);
	assert_int_equal(atomic_load(&world.counts.files.files), CRATES);
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commits_tell_when_versions_appeared_and_were_yanked),
		cmocka_unit_test(increments_say_the_same),
		cmocka_unit_test(a_publish_date_of_the_line_stands),
		cmocka_unit_test(a_squashed_history_keeps_what_was_known),
		cmocka_unit_test(another_repository_is_read_whole),
		cmocka_unit_test(an_emptied_repository_leaves_what_is_stored),
		cmocka_unit_test(a_missing_object_costs_its_file_alone),
		cmocka_unit_test(names_that_lead_elsewhere_are_passed_over),
		cmocka_unit_test(a_walk_has_an_end),
		cmocka_unit_test(an_ended_run_goes_on_where_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
