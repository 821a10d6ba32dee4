#include "crawler/crawl.h"
#include "base/sha256.h"
#include "base/when.h"
#include "crawler/cargo_hash.h"
#include "db/store_crate.h"
#include "db/store_fact.h"
#include "db/store_source.h"
#include "tests/unit/crawl_world.h"
#include "tests/unit/packing.h"
#include <pthread.h>

static int state_of(struct world *world, const char *name, struct crate_state *out)
{
	CLEANUP(db_reader_return) struct db *reader = NULL;
	struct err err = { 0 };

	*out = (struct crate_state){ 0 };
	assert_ok(db_reader_lend(world->pool, &reader, &err), err);
	return store_crate_state(reader, &world->arena, world->registry, str_of(name), out, &err);
}

/* Where cargo keeps a file of the world's registry. */
static const char *cargo_path(struct world *world, const char *kind, const char *rest)
{
	struct str_list names = { 0 };

	cargo_hash_folders(&world->arena, world->registry, &names);
	return arena_printf(&world->arena, "cargo/registry/%s/" STR_FMT "/%s", kind,
	                    STR_ARG(names.p[0]), rest)
	        .p;
}

/* Lets what is stored of a crate be of that moment, for a daemon that remembers nothing. */
static void date(struct world *world, const char *name, int64_t at)
{
	CLEANUP(db_writer_end) struct db *writer = NULL;
	struct err err = { 0 };

	assert_ok(db_writer_begin(world->pool, &writer, &err), err);
	assert_ok(store_crate_confirm(writer, world->registry, str_of(name), at, &err), err);
	assert_ok(db_writer_commit(writer, &err), err);
	db_writer_end(&writer);
	world_reopen(world);
}

/* Makes it so old that it is asked for again. */
static void make_old(struct world *world, const char *name)
{
	date(world, name, 1000);
}

static const struct local_answer INDEX[] = {
	{ .path = "/index/al/ph/alpha",
	  .status = 200,
	  .body = STR(L("alpha", "1.0.0")),
	  .etag = "\"a1\"" },
	{ .path = "/index/be/ta/beta",
	  .status = 200,
	  .body = STR(L("Beta", "1.0.0") L("Beta", "1.1.0")) },
	{ .path = "/index/wr/on/wrong", .status = 200, .body = STR(L("alpha", "1.0.0")) },
	{ .path = "/index/ha/lf/half",
	  .status = 200,
	  .body = STR(L("half", "1.0.0")),
	  .how = LOCAL_CUT },
	{ .path = "/index/bu/sy/busy", .status = 500 },
	{ .path = "/index/se/cr/secret", .status = 401 },
	{ .path = "/index/le/ga/legal", .status = 451 },
	{ .path = "/index/ch/an/change",
	  .status = 200,
	  .body = STR(L("change", "1.0.0")),
	  .times = 1 },
	{ .path = "/index/ch/an/change", .status = 503, .headers = "Retry-After: 900\r\n" },
};

static void missing_crates_are_fetched_once(void **state)
{
	(void)state;
	struct world world;
	struct crate_state crate;

	world_open(&world, INDEX, ARRAY_LEN(INDEX));
	const struct wanted wanted[] = { want(&world, "alpha", "1.0.0"),
		                         want(&world, "alpha", "0.9.0"),
		                         want(&world, "", ""),
		                         want(&world, "Beta", "1.0.0"),
		                         want(&world, "nothing", "1.0.0"),
		                         want(&world, "legal", "1.0.0") };
	struct crawl_outcome out = crates(&world, wanted, ARRAY_LEN(wanted), false);
	assert_int_equal(out.wanted, 4);
	assert_int_equal(out.fetched, 2);
	assert_int_equal(out.absent, 2);
	assert_int_equal(out.failed, 0);
	assert_int_equal(state_of(&world, "alpha", &crate), 1);
	assert_true(crate.exists && str_eq(crate.etag, STR_LIT("\"a1\"")));
	assert_int_equal(state_of(&world, "Beta", &crate), 1);
	assert_int_equal(state_of(&world, "nothing", &crate), 1);
	assert_false(crate.exists);
	unsigned asked = local_server_hits(world.server, NULL);
	uint64_t statements = db_pool_counts(world.pool).statements;
	out = crates(&world, wanted, ARRAY_LEN(wanted), false);
	assert_int_equal(out.unchanged, 4);
	assert_int_equal(local_server_hits(world.server, NULL), asked);
	/* Once warm, nobody asks the database whether crates are fresh. */
	assert_int_equal(db_pool_counts(world.pool).statements, statements);
	world_reopen(&world);
	out = crates(&world, wanted, ARRAY_LEN(wanted), false);
	assert_int_equal(out.unchanged, 4);
	assert_int_equal(local_server_hits(world.server, NULL), asked);
	world_close(&world);
}

static void old_facts_are_confirmed_with_their_validator(void **state)
{
	(void)state;
	struct world world;
	struct crate_state crate;

	world_open(&world, INDEX, ARRAY_LEN(INDEX));
	const struct wanted wanted = want(&world, "alpha", "1.0.0");
	assert_int_equal(crates(&world, &wanted, 1, false).fetched, 1);
	make_old(&world, "alpha");
	assert_int_equal(crates(&world, &wanted, 1, false).unchanged, 1);
	assert_int_equal(local_server_hits(world.server, "/index/al/ph/alpha"), 2);
	assert_int_equal(state_of(&world, "alpha", &crate), 1);
	assert_true(crate.fetched_at > 1000);
	world_close(&world);
}

/* A clock that was wrong by more than a day must not keep facts young for years; by less, it may
 * just have been put right. */
static void facts_of_the_future_are_asked_for_again(void **state)
{
	(void)state;
	struct world world;
	struct crate_state crate;
	const int64_t now = when_now();
	const struct {
		int64_t at;
		unsigned hits;
	} moments[] = {
		{ now + 10 * 365 * DAY_SECONDS, 2 },
		{ now + DAY_SECONDS / 2, 2 },
		{ now + 3 * DAY_SECONDS, 3 },
	};

	world_open(&world, INDEX, ARRAY_LEN(INDEX));
	const struct wanted wanted = want(&world, "alpha", "1.0.0");
	assert_int_equal(crates(&world, &wanted, 1, false).fetched, 1);
	for (size_t i = 0; i < ARRAY_LEN(moments); i++) {
		date(&world, "alpha", moments[i].at);
		assert_int_equal(crates(&world, &wanted, 1, false).unchanged, 1);
		if (local_server_hits(world.server, "/index/al/ph/alpha") != moments[i].hits)
			fail_msg("row %zu: asked %u times", i,
			         local_server_hits(world.server, "/index/al/ph/alpha"));
		assert_int_equal(state_of(&world, "alpha", &crate), 1);
		assert_true(crate.fetched_at <= now + DAY_SECONDS);
	}
	/* Cargo's file of the future is as old as the moment it is read. */
	struct str copy = STR("\3\2\0\0\0etag: \"b1\"\0"
	                      "1.0.0\0" L("Beta", "1.0.0") "\0");
	const struct wanted beta = want(&world, "beta", "1.0.0");
	put_file(&world, cargo_path(&world, "index", ".cache/be/ta/beta"), copy,
	         now + 10 * DAY_SECONDS);
	assert_int_equal(crates(&world, &beta, 1, true).fetched, 1);
	assert_int_equal(state_of(&world, "Beta", &crate), 1);
	assert_true(crate.fetched_at >= now && crate.fetched_at < now + DAY_SECONDS);
	world_close(&world);
}

/* A registry that asked to be left alone is left alone by every later audit of the same daemon,
 * whichever crate it wants; what is stored answers. */
static void a_rest_outlives_the_request(void **state)
{
	(void)state;
	static const struct local_answer answers[] = {
		{ .path = "/index/al/ph/alpha",
		  .status = 200,
		  .body = STR(L("alpha", "1.0.0")),
		  .times = 1 },
		{ .path = "/index/al/ph/alpha", .status = 429, .headers = "Retry-After: 900\r\n" },
		{ .path = "/index/be/ta/beta", .status = 200, .body = STR(L("beta", "1.0.0")) },
	};
	struct world world;
	struct crate_state crate;

	world_open(&world, answers, ARRAY_LEN(answers));
	const struct wanted alpha = want(&world, "alpha", "1.0.0"),
			    beta = want(&world, "beta", "1.0.0");
	assert_int_equal(crates(&world, &alpha, 1, false).fetched, 1);
	make_old(&world, "alpha");
	assert_int_equal(crates(&world, &alpha, 1, false).failed, 1);
	for (int i = 0; i < 3; i++) {
		struct crawl_outcome out = crates(&world, i == 0 ? &alpha : &beta, 1, false);
		assert_int_equal(out.failed, 1);
		assert_non_null(strstr(out.failure.p, "asked to be left alone for 900 seconds"));
	}
	assert_int_equal(local_server_hits(world.server, NULL), 2);
	assert_int_equal(state_of(&world, "alpha", &crate), 1);
	assert_int_equal(crate.fetched_at, 1000);
	world_close(&world);
}

static const struct {
	const char *name, *text;
} failures[] = {
	{ "wrong", "speaks of the crate 'alpha'" },
	{ "half", "cut off" },
	{ "busy", "answered 500" },
	{ "secret", "it asks for a token" },
	{ "../etc/passwd", "in a crate name" },
};

static void what_fails_says_why_and_stores_nothing(void **state)
{
	(void)state;
	struct world world;
	struct crate_state crate;

	world_open(&world, INDEX, ARRAY_LEN(INDEX));
	for (size_t i = 0; i < ARRAY_LEN(failures); i++) {
		const struct wanted wanted = want(&world, failures[i].name, "1.0.0");
		struct crawl_outcome out = crates(&world, &wanted, 1, false);
		if (out.failed != 1 || !strstr(out.failure.p, failures[i].text))
			fail_msg("%s: " STR_FMT, failures[i].name, STR_ARG(out.failure));
		if (state_of(&world, failures[i].name, &crate) != 0)
			fail_msg("%s is stored", failures[i].name);
	}
	world_close(&world);
}

static void a_failure_leaves_the_older_facts_and_is_written_down(void **state)
{
	(void)state;
	struct world world;
	struct crate_state crate;
	struct source_state source = { 0 };
	struct err err = { 0 };

	world_open(&world, INDEX, ARRAY_LEN(INDEX));
	const struct wanted wanted = want(&world, "change", "1.0.0");
	assert_int_equal(crates(&world, &wanted, 1, false).fetched, 1);
	make_old(&world, "change");
	struct crawl_outcome out = crates(&world, &wanted, 1, false);
	assert_int_equal(out.failed, 1);
	assert_non_null(strstr(out.failure.p, "answered 503"));
	assert_int_equal(state_of(&world, "change", &crate), 1);
	assert_int_equal(crate.fetched_at, 1000);
	CLEANUP(db_reader_return) struct db *reader = NULL;
	assert_ok(db_reader_lend(world.pool, &reader, &err), err);
	struct str name = arena_printf(&world.arena, "index " STR_FMT, STR_ARG(world.registry));
	assert_int_equal(store_source_get(reader, &world.arena, name, &source, &err), 1);
	assert_true(source.ok_at > 0 && source.last_error.n > 0);
	db_reader_return(&reader);
	world_close(&world);
}

static void only_configured_registries_are_asked(void **state)
{
	(void)state;
	struct world world;

	world_open(&world, INDEX, ARRAY_LEN(INDEX));
	const struct wanted wanted = want(&world, "alpha", "1.0.0");
	struct cargo_config project = world.config, none = { 0 };
	world.settings.config = &none;
	world_reopen(&world);
	struct crawl_outcome out = crates(&world, &wanted, 1, false);
	assert_int_equal(out.failed, 1);
	assert_non_null(strstr(out.failure.p, "no configuration names"));
	assert_int_equal(crates(&world, &wanted, 1, true).failed, 1);
	assert_int_equal(local_server_hits(world.server, NULL), 0);
	struct err err = { 0 };
	assert_ok(crawl_crates(world.crawl, &world.arena, &wanted, 1, &project, false, LONG_MS,
	                       &out, &err),
	          err);
	assert_int_equal(out.fetched, 1);
	world_close(&world);
}

static void cargos_own_cache_comes_first(void **state)
{
	(void)state;
	struct world world;
	struct crate_state crate;
	struct str copy = STR("\3\2\0\0\0etag: \"a1\"\0"
	                      "1.0.0\0" L("alpha", "1.0.0") "\0");

	world_open(&world, INDEX, ARRAY_LEN(INDEX));
	/* A registry at another path of the same host has folders of its own. */
	put_file(&world, "cargo/registry/index/127.0.0.1-0123456789abcdef/.cache/al/ph/alpha", copy,
	         3000);
	put_file(&world, cargo_path(&world, "index", ".cache/al/ph/alpha"), copy, 2000);
	const struct wanted wanted = want(&world, "alpha", "1.0.0");
	assert_int_equal(crates(&world, &wanted, 1, true).fetched, 1);
	assert_int_equal(state_of(&world, "alpha", &crate), 1);
	assert_int_equal(crate.fetched_at, 2000);
	assert_int_equal(crates(&world, &wanted, 1, true).unchanged, 1);
	assert_int_equal(local_server_hits(world.server, NULL), 0);
	/* It is old: online the registry confirms it, with the validator that cargo kept. */
	struct crawl_outcome out = crates(&world, &wanted, 1, false);
	assert_int_equal(out.unchanged, 1);
	assert_int_equal(local_server_hits(world.server, "/index/al/ph/alpha"), 1);
	assert_int_equal(state_of(&world, "alpha", &crate), 1);
	assert_true(crate.fetched_at > 2000);
	world_close(&world);
}

static void a_deadline_ends_the_wait_and_closing_the_rest(void **state)
{
	(void)state;
	static const struct local_answer stalled[] = { { .path = "/index/al/ph/alpha",
		                                         .status = 200,
		                                         .body = STR("x"),
		                                         .how = LOCAL_STALL } };
	struct world world;
	struct crawl_outcome out;
	struct err err = { 0 };

	world_open(&world, stalled, ARRAY_LEN(stalled));
	const struct wanted wanted = want(&world, "alpha", "1.0.0");
	int64_t from_ms = when_monotonic_ms();
	assert_ok(crawl_crates(world.crawl, &world.arena, &wanted, 1, NULL, false, 50, &out, &err),
	          err);
	assert_int_equal(out.wanted, 1);
	assert_int_equal(out.fetched + out.unchanged + out.absent + out.failed, 0);
	struct str progress = crawl_progress(world.crawl, &world.arena);
	assert_true(str_eq(progress, STR_LIT("index: 0 of 1 crates")));
	crawl_stop(world.crawl);
	assert_false(crawl_crates(world.crawl, &world.arena, &wanted, 1, NULL, false, LONG_MS, &out,
	                          &err));
	assert_int_equal(err.kind, ERR_STOPPED);
	world_close(&world);
	assert_true(when_monotonic_ms() - from_ms < LONG_MS);
}

struct asker {
	struct world *world;
	struct crawl_outcome out;
	struct arena arena;
};

static void *ask(void *owner)
{
	struct asker *asker = owner;
	const struct wanted wanted[] = { want(asker->world, "alpha", "1.0.0"),
		                         want(asker->world, "Beta", "1.0.0") };
	struct err err = { 0 };

	if (!crawl_crates(asker->world->crawl, &asker->arena, wanted, 2, NULL, false, LONG_MS,
	                  &asker->out, &err))
		abort();
	return NULL;
}

static void two_who_want_the_same_share_one_request(void **state)
{
	(void)state;
	struct world world;
	struct asker askers[4] = { 0 };
	pthread_t threads[4];

	world_open(&world, INDEX, ARRAY_LEN(INDEX));
	for (size_t i = 0; i < 4; i++) {
		askers[i].world = &world;
		assert_int_equal(pthread_create(&threads[i], NULL, ask, &askers[i]), 0);
	}
	for (size_t i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(askers[i].out.fetched + askers[i].out.unchanged, 2);
		arena_free(&askers[i].arena);
	}
	assert_int_equal(local_server_hits(world.server, NULL), 2);
	world_close(&world);
}

#define MANIFEST "[package]\nname = \"alpha\"\nlicense = \"MIT\"\n[lib]\nproc-macro = true\n"

/* An index whose one crate has the checksum of that archive, and the archive's download. */
static void serve_archive(struct arena *arena, struct str archive, struct local_answer answers[3])
{
	struct sha256 hash = sha256_of(archive);
	struct str line =
		arena_printf(arena,
	                     "{\"name\":\"alpha\",\"vers\":\"1.0.0\",\"deps\":[],\"cksum\":\"%s\","
	                     "\"features\":{},\"yanked\":false}\n",
	                     sha256_to_hex(&hash).text);

	answers[0] =
		(struct local_answer){ .path = "/index/al/ph/alpha", .status = 200, .body = line };
	answers[1] = (struct local_answer){ .path = "/index/config.json", .status = 200 };
	answers[2] = (struct local_answer){ .path = "/dl/alpha/1.0.0/download",
		                            .status = 200,
		                            .body = archive };
}

static struct crawl_outcome ask_archives(struct world *world, const struct wanted *wanted,
                                         bool offline, bool whole)
{
	const struct archive_request request = {
		.wanted = wanted, .n = 1, .offline = offline, .whole = whole, .deadline_ms = LONG_MS
	};
	struct crawl_outcome out = { 0 };
	struct err err = { 0 };

	assert_ok(crawl_archives(world->crawl, &world->arena, &request, &out, &err), err);
	return out;
}

static struct crawl_outcome archives(struct world *world, const struct wanted *wanted, bool offline)
{
	return ask_archives(world, wanted, offline, false);
}

static int fact_of(struct world *world, const struct wanted *wanted, struct manifest_fact *fact)
{
	CLEANUP(db_reader_return) struct db *reader = NULL;
	struct err err = { 0 };

	assert_ok(db_reader_lend(world->pool, &reader, &err), err);
	return store_fact_get(reader, &world->arena, wanted, fact, &err);
}

static void an_archive_is_read_once_ever(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct packed_entry entry = { "alpha-1.0.0/Cargo.toml", STR(MANIFEST), 0 };
	struct local_answer answers[3];
	struct world world;
	struct manifest_fact fact = { 0 };

	serve_archive(&arena, pack(&arena, &entry, 1, false), answers);
	world_open(&world, answers, ARRAY_LEN(answers));
	answers[1].body =
		arena_printf(&arena, "{\"dl\": \"%s/dl\"}", local_server_url(world.server));
	const struct wanted wanted = want(&world, "alpha", "1.0.0");
	struct crawl_outcome out = archives(&world, &wanted, false);
	assert_int_equal(out.failed, 1);
	assert_non_null(strstr(out.failure.p, "no checksum"));
	assert_int_equal(crates(&world, &wanted, 1, false).fetched, 1);
	assert_int_equal(archives(&world, &wanted, true).failed, 1);
	out = archives(&world, &wanted, false);
	if (out.fetched != 1)
		fail_msg(STR_FMT, STR_ARG(out.failure));
	assert_int_equal(fact_of(&world, &wanted, &fact), 1);
	assert_int_equal(fact.proc_macro, KNOWN_YES);
	assert_int_equal(fact.from, FACT_FROM_ARCHIVE);
	assert_int_equal(archives(&world, &wanted, false).unchanged, 1);
	world_reopen(&world);
	assert_int_equal(archives(&world, &wanted, false).unchanged, 1);
	assert_int_equal(local_server_hits(world.server, "/dl/alpha/1.0.0/download"), 1);
	assert_int_equal(local_server_hits(world.server, "/index/config.json"), 1);
	world_close(&world);
}

static void cargos_archives_are_verified_and_preferred(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct packed_entry entry = { "alpha-1.0.0/Cargo.toml", STR(MANIFEST), 0 };
	struct str archive = pack(&arena, &entry, 1, false);
	struct local_answer answers[3];
	struct world world;
	struct manifest_fact fact = { 0 };

	serve_archive(&arena, archive, answers);
	world_open(&world, answers, 1); /* no download at all */
	const struct wanted wanted = want(&world, "alpha", "1.0.0");
	assert_int_equal(crates(&world, &wanted, 1, false).fetched, 1);
	put_file(&world, cargo_path(&world, "cache", "alpha-1.0.0.crate"), STR_LIT("tampered"),
	         2000);
	assert_int_equal(archives(&world, &wanted, true).failed, 1);
	world_reopen(&world);
	put_file(&world, cargo_path(&world, "cache", "alpha-1.0.0.crate"), archive, 2000);
	assert_int_equal(archives(&world, &wanted, true).fetched, 1);
	assert_int_equal(fact_of(&world, &wanted, &fact), 1);
	assert_int_equal(fact.proc_macro, KNOWN_YES);
	world_close(&world);
}

static void a_manifest_alone_is_not_the_whole(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct packed_entry entries[] = { { "alpha-1.0.0/Cargo.toml", STR(MANIFEST), 0 },
		                                { "alpha-1.0.0/README.md",
		                                  STR("This crate is deprecated."), 0 } };
	struct local_answer answers[3];
	struct world world;
	struct manifest_fact fact = { 0 };

	serve_archive(&arena, pack(&arena, entries, 2, false), answers);
	world_open(&world, answers, ARRAY_LEN(answers));
	answers[1].body =
		arena_printf(&arena, "{\"dl\": \"%s/dl\"}", local_server_url(world.server));
	const struct wanted wanted = want(&world, "alpha", "1.0.0");
	assert_int_equal(crates(&world, &wanted, 1, false).fetched, 1);
	put_file(&world, cargo_path(&world, "src", "alpha-1.0.0/Cargo.toml"), STR_LIT(MANIFEST),
	         2000);
	assert_int_equal(archives(&world, &wanted, true).fetched, 1);
	assert_int_equal(fact_of(&world, &wanted, &fact), 1);
	assert_false(fact.is_whole);
	assert_int_equal(archives(&world, &wanted, false).unchanged, 1);
	assert_int_equal(ask_archives(&world, &wanted, true, true).failed, 1);
	assert_int_equal(ask_archives(&world, &wanted, false, true).fetched, 1);
	assert_int_equal(fact_of(&world, &wanted, &fact), 1);
	assert_true(fact.is_whole);
	assert_int_equal(ask_archives(&world, &wanted, false, true).unchanged, 1);
	world_reopen(&world);
	assert_int_equal(ask_archives(&world, &wanted, true, true).unchanged, 1);
	assert_int_equal(local_server_hits(world.server, "/dl/alpha/1.0.0/download"), 1);
	world_close(&world);
}

static void an_archive_with_another_checksum_is_refused(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct packed_entry entry = { "alpha-1.0.0/Cargo.toml", STR(MANIFEST), 0 };
	struct local_answer answers[3];
	struct world world;
	struct manifest_fact fact;

	serve_archive(&arena, pack(&arena, &entry, 1, false), answers);
	answers[2].body = STR_LIT("something else");
	world_open(&world, answers, ARRAY_LEN(answers));
	answers[1].body =
		arena_printf(&arena, "{\"dl\": \"%s/dl\"}", local_server_url(world.server));
	const struct wanted wanted = want(&world, "alpha", "1.0.0");
	assert_int_equal(crates(&world, &wanted, 1, false).fetched, 1);
	struct crawl_outcome out = archives(&world, &wanted, false);
	assert_int_equal(out.failed, 1);
	assert_non_null(strstr(out.failure.p, "checksum"));
	assert_int_equal(fact_of(&world, &wanted, &fact), 0);
	world_close(&world);
}

static void a_download_address_of_another_scheme_is_refused(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct local_answer answers[3];
	struct world world;

	serve_archive(&arena, STR_LIT("x"), answers);
	answers[1].body = STR_LIT("{\"dl\": \"file:///etc/{crate}\"}");
	world_open(&world, answers, ARRAY_LEN(answers));
	const struct wanted wanted = want(&world, "alpha", "1.0.0");
	assert_int_equal(crates(&world, &wanted, 1, false).fetched, 1);
	struct crawl_outcome out = archives(&world, &wanted, false);
	assert_int_equal(out.failed, 1);
	assert_non_null(strstr(out.failure.p, "no http or https address"));
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(missing_crates_are_fetched_once),
		cmocka_unit_test(old_facts_are_confirmed_with_their_validator),
		cmocka_unit_test(facts_of_the_future_are_asked_for_again),
		cmocka_unit_test(a_rest_outlives_the_request),
		cmocka_unit_test(what_fails_says_why_and_stores_nothing),
		cmocka_unit_test(a_failure_leaves_the_older_facts_and_is_written_down),
		cmocka_unit_test(only_configured_registries_are_asked),
		cmocka_unit_test(cargos_own_cache_comes_first),
		cmocka_unit_test(a_deadline_ends_the_wait_and_closing_the_rest),
		cmocka_unit_test(two_who_want_the_same_share_one_request),
		cmocka_unit_test(an_archive_is_read_once_ever),
		cmocka_unit_test(cargos_archives_are_verified_and_preferred),
		cmocka_unit_test(a_manifest_alone_is_not_the_whole),
		cmocka_unit_test(an_archive_with_another_checksum_is_refused),
		cmocka_unit_test(a_download_address_of_another_scheme_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
