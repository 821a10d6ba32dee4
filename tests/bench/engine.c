/* tests/bench/engine.c: where the time of one audit goes inside the daemon, stage by stage.
 *
 *	engine DATABASE PARCEL [ROUNDS [COLD_KB]]
 *
 * DATABASE is a filled store, PARCEL the body of an audit's request (docs/protocol.md). Prints the
 * median of each stage in microseconds, in one process and without any socket. Remedies are tried
 * as the daemon tries them, offline. With COLD_KB, so much other memory is written before each
 * round, as other programs do between two requests: the caches then hold less of what an audit
 * reads. */
#include "audit/audit.h"
#include "audit/limits.h"
#include "base/file.h"
#include "base/when.h"
#include "db/load_facts.h"
#include "db/store_crate.h"
#include "report/report.h"
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS_MAX = 10000, CACHE_BYTES = 64 << 20 };
enum stage { PARSE, OPEN, LOAD, RUN, TRY, RENDER, FREE, STAGES };

static const char *const names[] = {
	"read the request", "lock, manifests", "load facts", "resolve, judge",
	"try remedies",     "render text",     "free"
};
static int64_t took_us[STAGES][ROUNDS_MAX];

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void check(bool ok, const struct err *err)
{
	if (ok)
		return;
	fprintf(stderr, "%s\n", err->text);
	exit(1);
}

/* As daemon/examine does; what it lends is returned with the process. */
static void try_remedies(struct fact_cache *cache, struct db_pool *pool, struct arena *arena,
                         const struct knowledge *knowledge, struct audit *audit,
                         const struct facts *facts, struct audit_result *result)
{
	struct pick_need need = { 0 };
	struct err err = { 0 };

	while (audit_remedies(arena, audit, facts, result, &need)) {
		struct facts of_need = { 0 };
		struct facts_loan *loan = NULL;

		check(store_crate_releases_of(pool, arena, need.crates, need.releases, need.crate_n,
		                              &err),
		      &err);
		if (need.version_n == 0)
			continue;
		check(facts_load(cache, arena, need.versions, need.version_n, facts->at, facts->now,
		                 knowledge_advisories(knowledge), &of_need, &loan, &err),
		      &err);
		for (uint32_t i = 0; i < need.version_n; i++)
			need.facts[i] = of_need.packages[i];
	}
}

static void one_round(struct fact_cache *cache, struct db_pool *pool,
                      const struct knowledge *knowledge, struct str body, size_t round)
{
	struct arena arena = { 0 };
	struct buf out = buf_make(RESPONSE_MAX_BYTES);
	struct project project = { 0 };
	struct audit *audit = NULL;
	struct facts facts = { 0 };
	struct facts_loan *loan = NULL;
	struct audit_result result = { 0 };
	const struct report_view view = { 0 };
	struct err err = { 0 };
	int64_t at[STAGES + 1] = { when_monotonic_us() };
	uint32_t n = 0;

	check(project_parse(&arena, body, &project, &err), &err);
	at[OPEN] = when_monotonic_us();
	check(audit_open(&arena, &project, knowledge, &audit, &err), &err);
	at[LOAD] = when_monotonic_us();
	const struct wanted *wanted = audit_wanted(audit, &n);
	int64_t now = when_now();
	check(facts_load(cache, &arena, wanted, n, now, now, knowledge_advisories(knowledge),
	                 &facts, &loan, &err),
	      &err);
	at[RUN] = when_monotonic_us();
	check(audit_run(&arena, audit, &facts, &result, &err), &err);
	at[TRY] = when_monotonic_us();
	try_remedies(cache, pool, &arena, knowledge, audit, &facts, &result);
	at[RENDER] = when_monotonic_us();
	check(report_render(STR_LIT("text"), &result, knowledge, &view, &out, &err), &err);
	at[FREE] = when_monotonic_us();
	if (round == 0)
		printf("arena: %zu KB in %zu allocations\n", arena.used_bytes / 1024, arena.count);
	facts_return(&loan);
	buf_free(&out);
	arena_free(&arena);
	at[STAGES] = when_monotonic_us();
	for (enum stage s = PARSE; s < STAGES; s++)
		took_us[s][round] = at[s + 1] - at[s];
}

int main(int argc, char **argv)
{
	struct arena arena = { 0 };
	struct err err = { 0 };
	struct db_pool *pool = NULL;
	struct fact_cache *cache = NULL;
	const struct knowledge *knowledge = NULL;
	struct str body = { 0 };
	uint64_t rounds = 200, cold_kb = 0;
	int64_t total = 0;

	/* As the daemon: memory of one audit stays for the next. */
	mallopt(M_MMAP_THRESHOLD, 16 << 20);
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	if (argc < 3 ||
	    (argc > 3 && (!str_to_u64(str_of(argv[3]), &rounds) || rounds > ROUNDS_MAX)) ||
	    (argc > 4 && (!str_to_u64(str_of(argv[4]), &cold_kb) || cold_kb > 1 << 20)))
		return 2;
	char *cold = arena_alloc(&arena, cold_kb * 1024);
	check(db_pool_open(&pool, argv[1], &err) &&
	              fact_cache_open(&cache, pool, CACHE_BYTES, &err) &&
	              knowledge_load(&arena, &knowledge, &err) &&
	              file_read(&arena, argv[2], REQUEST_MAX_BYTES, &body, &err),
	      &err);
	for (size_t round = 0; round < rounds; round++) {
		memset(cold, (int)round, cold_kb * 1024);
		one_round(cache, pool, knowledge, body, round);
	}
	for (enum stage s = PARSE; s < STAGES; s++) {
		qsort(took_us[s], rounds, sizeof took_us[s][0], ascending);
		printf("%-18s min %6ld  median %6ld us\n", names[s], (long)took_us[s][0],
		       (long)took_us[s][rounds / 2]);
		total += took_us[s][rounds / 2];
	}
	printf("%-18s                %6ld us\n", "together", (long)total);
	fact_cache_close(&cache);
	db_pool_close(&pool);
	arena_free(&arena);
	return 0;
}
