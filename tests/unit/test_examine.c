/* The budget of one warm audit inside the daemon: what it asks of the database and of memory. Time
 * is measured in tests/bench; these numbers do not depend on the machine. */
#include "daemon/examine.h"
#include "audit/limits.h"
#include "base/parcel.h"
#include "base/when.h"
#include "db/store_advisory.h"
#include "db/store_crate.h"
#include "db/store_source.h"
#include "report/report.h"
#include "tests/unit/index_lines.h"
#include "tests/unit/temp_db.h"

enum { PACKAGES = 200, MEMBERS = 4 };

/* Of a project of PACKAGES + MEMBERS packages, a fifth above what they were (1,154 allocations, 572
 * KB) when this was written. A change that exceeds them has to say what for. */
enum { ALLOCATIONS_MAX = 7 * PACKAGES, BYTES_MAX = 3400 * PACKAGES };

static const struct str CRATES_IO = STR("crates-io");

static const struct advisory_file advisory = {
	STR("crates/p000/A-1.md"),
	STR("```toml\n[advisory]\nid = \"RUSTSEC-2021-0001\"\npackage = \"p000\"\ndate = "
	    "\"2021-08-18\"\n"
	    "[versions]\npatched = []\n```\n# Title\n"),
	5
};

struct world {
	struct temp_db temp;
	struct service service;
	struct buf body; /* of the request */
};

/* Each crate needs the next two, the second one where a feature asks for it, which none does. */
static void put_crates(struct db_pool *pool)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(db_writer_end) struct db *writer = NULL;
	struct err err = { 0 };

	assert_ok(db_writer_begin(pool, &writer, &err), err);
	for (int i = 0; i < PACKAGES; i++) {
		struct str deps =
			i + 2 < PACKAGES
				? arena_printf(&arena,
		                               "{\"name\":\"p%03d\",\"req\":\"^1.0\",\"features\":["
		                               "\"extra\"],\"optional\":false,"
		                               "\"default_features\":true,\"target\":null,\"kind\":"
		                               "\"normal\"},"
		                               "{\"name\":\"p%03d\",\"req\":\">=1, "
		                               "<2\",\"features\":[],\"optional\":true,"
		                               "\"default_features\":false,\"target\":\"cfg(unix)"
		                               "\",\"kind\":\"normal\"}",
		                               i + 1, i + 2)
				: STR_LIT("");
		struct str line = arena_printf(
			&arena,
			"{\"name\":\"p%03d\",\"vers\":\"1.%d.0\",\"deps\":[" STR_FMT
			"],\"cksum\":\"" CKSUM_A "\",\"features\":{\"default\":[\"std\"],\"std\":[]"
			",\"extra\":[%s]},\"yanked\":false}\n",
			i, i, STR_ARG(deps), i + 2 < PACKAGES ? "\"std\"" : "");
		struct entry_list entries = entries_of(&arena, line);
		struct crate_update update = { .registry = CRATES_IO,
			                       .name = arena_printf(&arena, "p%03d", i),
			                       .entries = entries.p,
			                       .n = entries.n,
			                       .fetched_at = when_now() };

		assert_ok(store_crate_put(writer, &update, &err), err);
	}
	/* Advisories that were just asked for, so that nobody does so again. */
	struct source_state source = { .name = STR("advisories"),
		                       .ok_at = when_now(),
		                       .tried_at = when_now() };

	assert_ok(store_advisory_replace(writer, &advisory, 1, &err), err);
	assert_ok(store_source_put(writer, &source, &err), err);
	assert_ok(db_writer_commit(writer, &err), err);
}

/* A lock in cargo's form: the members a0.., then all crates. */
static struct str lock_text(struct arena *arena)
{
	struct buf out = buf_make(LOCK_MAX_BYTES);

	buf_put(&out, STR_LIT("# made for a test\nversion = 4\n"));
	for (int i = 0; i < MEMBERS; i++)
		buf_put(&out, arena_printf(arena,
		                           "\n[[package]]\nname = \"a%d\"\nversion = "
		                           "\"0.1.0\"\ndependencies = [\n"
		                           " \"p000\",\n \"p%03d\",\n]\n",
		                           i, i + 1));
	for (int i = 0; i < PACKAGES; i++) {
		buf_put(&out,
		        arena_printf(
				arena,
				"\n[[package]]\nname = \"p%03d\"\nversion = \"1.%d.0\"\nsource = "
				"\"" STR_FMT "\"\nchecksum = \"" CKSUM_A "\"\n",
				i, i,
				STR_ARG(arena_printf(arena, "registry+" STR_FMT,
		                                     STR_ARG(lock_source_crates_io_git())))));
		if (i + 2 < PACKAGES)
			buf_put(&out,
			        arena_printf(arena,
			                     "dependencies = [\n \"p%03d\",\n \"p%03d\",\n]\n",
			                     i + 1, i + 2));
	}
	struct str text = arena_str(arena, buf_str(&out));

	buf_free(&out);
	return text;
}

static void put_body(struct buf *body)
{
	CLEANUP(arena_free) struct arena arena = { 0 };

	*body = buf_make(REQUEST_MAX_BYTES);
	parcel_put(body, "lock", STR_LIT("Cargo.lock"), lock_text(&arena));
	parcel_put(body, "manifest", STR_LIT("Cargo.toml"),
	           STR_LIT("[workspace]\nmembers = [\"a*\"]\nresolver = \"2\"\n"));
	for (int i = 0; i < MEMBERS; i++)
		parcel_put(body, "manifest", arena_printf(&arena, "a%d/Cargo.toml", i),
		           arena_printf(&arena,
		                        "[package]\nname = \"a%d\"\nversion = \"0.1.0\"\nedition = "
		                        "\"2021\"\n"
		                        "[dependencies]\np000 = \"1\"\np%03d = { version = \"1\", "
		                        "features = [\"extra\"] }\n",
		                        i, i + 1));
	parcel_put(body, "option", STR_LIT("offline"), STR_LIT("1"));
}

static int set_up(void **state)
{
	static struct world world;
	struct service *service = &world.service;
	struct err err = { 0 };

	world = (struct world){ .temp = temp_db_make() };
	service->pool = temp_db_open(&world.temp);
	assert_ok(fact_cache_open(&service->cache, service->pool, 16 << 20, &err), err);
	assert_ok(knowledge_load(&service->arena, &service->knowledge, &err), err);
	service->manifests = manifest_cache_open(1 << 20);
	put_crates(service->pool);
	put_body(&world.body);
	*state = &world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	manifest_cache_close(&world->service.manifests);
	fact_cache_close(&world->service.cache);
	db_pool_close(&world->service.pool);
	arena_free(&world->service.arena);
	temp_db_free(&world->temp);
	buf_free(&world->body);
	return 0;
}

/* One audit as a request makes it; its text is compared with *text where that is set, else kept
 * there. */
static void audit_once(struct world *world, struct arena *arena, struct buf *text)
{
	CLEANUP(examine_end) struct examination examination = { 0 };
	CLEANUP(buf_free) struct buf out = buf_make(RESPONSE_MAX_BYTES);
	struct request request = { .body = buf_str(&world->body), .arena = arena };
	const struct report_view view = { 0 };
	struct err err = { 0 };

	assert_ok(project_parse(arena, request.body, &examination.project, &err), err);
	assert_ok(examine(&world->service, &request, &examination, &err), err);
	assert_int_equal(examination.result.graph->package_n, PACKAGES + MEMBERS);
	assert_int_equal(examination.result.precision, PRECISION_MANIFEST);
	assert_ok(report_render(STR_LIT("text"), &examination.result, world->service.knowledge,
	                        &view, &out, &err),
	          err);
	if (text->n == 0)
		buf_put(text, buf_str(&out));
	assert_true(str_eq(buf_str(text), buf_str(&out)));
}

static void a_warm_audit_keeps_its_budget(void **state)
{
	struct world *world = *state;
	CLEANUP(arena_free) struct arena cold = { 0 };
	CLEANUP(arena_free) struct arena warm = { 0 };
	CLEANUP(buf_free) struct buf text = buf_make(RESPONSE_MAX_BYTES);

	audit_once(world, &cold, &text);
	uint64_t before = db_pool_counts(world->service.pool).statements;
	size_t kept = manifest_cache_bytes(world->service.manifests);

	assert_true(before > PACKAGES); /* the facts did come from the database */
	assert_true(kept > 0);
	audit_once(world, &warm, &text);
	assert_int_equal(db_pool_counts(world->service.pool).statements, before);
	assert_int_equal(manifest_cache_bytes(world->service.manifests), kept);
	if (warm.count > ALLOCATIONS_MAX || warm.used_bytes > BYTES_MAX)
		fail_msg("%zu allocations, %zu bytes", warm.count, warm.used_bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_warm_audit_keeps_its_budget, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
