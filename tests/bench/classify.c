/* tests/bench/classify.c: what every crate of a filled store binds to: the newest version of each
 * line of compatible ones, with its default features and without, as `rtaudit crate` answers.
 *
 *	classify DATABASE [classes]
 *
 * One thread. Prints how long it took, reading and parsing included, and how many of each class
 * there are; with "classes" a line for each answer instead. */
#include "audit/inquiry.h"
#include "base/map.h"
#include "base/when.h"
#include "db/load_facts.h"
#include "db/store_crate.h"
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { CACHE_BYTES = 160 << 20 };

static const struct str REGISTRY = STR("crates-io");

struct world {
	struct arena arena; /* of the process */
	struct db_pool *pool;
	struct db *reader;
	struct fact_cache *cache;
	const struct knowledge *knowledge;
	int64_t now;
	/* the releases of the crates that were asked for so far */
	struct map number;
	struct {
		struct pick_releases *p;
		size_t n, cap;
	} releases;
	struct map classes;
	struct str_list class_names;
	uint32_t counts[256];
	bool list;
	size_t answers, failed;
};

static void check(bool ok, const struct err *err)
{
	if (ok)
		return;
	fprintf(stderr, "%s\n", err->text);
	exit(1);
}

static const struct pick_releases *releases_of(struct world *at, struct str name)
{
	struct err err = { 0 };
	uint32_t i;

	if (!map_get(&at->number, name, &i)) {
		struct pick_releases releases = { 0 };

		check(store_crate_releases(at->reader, &at->arena, REGISTRY, name, &releases, &err),
		      &err);
		i = (uint32_t)at->releases.n;
		*vec_add(&at->arena, &at->releases) = releases;
		map_put(&at->number, &at->arena, arena_str(&at->arena, name), i);
	}
	return &at->releases.p[i];
}

static void count(struct world *at, const struct inquiry_answer *answer, bool defaults)
{
	const struct runtime_verdict *runtime = answer->runtime;
	uint32_t *slot;
	uint32_t fresh = (uint32_t)at->class_names.n;

	at->answers++;
	if (at->list)
		printf(STR_FMT "\t" STR_FMT "\t%s\t" STR_FMT "\t%s\n", STR_ARG(answer->name),
		       STR_ARG(answer->vers), defaults ? "default" : "none",
		       STR_ARG(runtime->klass), runtime->hard ? "yes" : "no");
	if (!map_get(&at->classes, runtime->klass, &fresh)) {
		struct str klass = arena_str(&at->arena, runtime->klass);

		if (at->class_names.n == ARRAY_LEN(at->counts))
			return;
		map_put(&at->classes, &at->arena, klass, fresh);
		*vec_add(&at->arena, &at->class_names) = klass;
	}
	slot = &at->counts[fresh];
	(*slot)++;
}

static void load(struct world *at, struct arena *arena, struct facts_loan **loan,
                 const struct wanted *versions, struct package_facts *out, uint32_t n)
{
	struct facts facts = { 0 };
	struct err err = { 0 };

	check(facts_load(at->cache, arena, versions, n, at->now, at->now,
	                 knowledge_advisories(at->knowledge), &facts, loan, &err),
	      &err);
	for (uint32_t i = 0; i < n; i++)
		out[i] = facts.packages[i];
}

/* Where a version has no default features both answers are the same one; true then. */
static bool ask(struct world *at, struct str name, struct str vers, bool defaults)
{
	enum { LOANS = 64 };
	struct arena arena = { 0 };
	struct facts_loan *loans[LOANS] = { 0 };
	struct inquiry_question question = { .no_default_features = !defaults,
		                             .at = at->now,
		                             .now = at->now };
	struct wanted root = { REGISTRY, name, vers };
	struct package_facts facts = { 0 };
	struct inquiry *inquiry = NULL;
	struct inquiry_answer answer = { 0 };
	struct pick_need need = { 0 };
	struct err err = { 0 };
	size_t n = 0;
	int got = -1;
	bool is_both = false;

	question.crate = arena_printf(&arena, STR_FMT "@" STR_FMT, STR_ARG(name), STR_ARG(vers));
	load(at, &arena, &loans[n++], &root, &facts, 1);
	if (facts.summary &&
	    inquiry_open(&arena, &question, &root, &facts, at->knowledge, &inquiry, &err))
		while ((got = inquiry_next(inquiry, &need, &err)) == 1 && n < LOANS) {
			for (uint32_t i = 0; i < need.crate_n; i++)
				need.releases[i] = *releases_of(at, need.crates[i].name);
			load(at, &arena, &loans[n++], need.versions, need.facts, need.version_n);
		}
	is_both = facts.summary && facts.summary->default_feature == FEATURE_NONE;
	if (got == 0 && inquiry_run(&arena, inquiry, &answer, &err)) {
		count(at, &answer, defaults);
		if (is_both)
			count(at, &answer, false);
	} else {
		at->failed++;
	}
	while (n > 0)
		facts_return(&loans[--n]);
	arena_free(&arena);
	return is_both;
}

/* The newest of each line that is neither yanked nor a pre-release. */
static void ask_lines(struct world *at, struct str name)
{
	const struct pick_releases releases = *releases_of(at, name);
	const struct pick_release *last = NULL;

	for (size_t i = 0; i < releases.n; i++) {
		const struct pick_release *one = &releases.p[i];
		struct str vers;

		if (one->yanked || one->version.pre.n > 0 ||
		    (last && semver_is_compatible(&last->version, &one->version)))
			continue;
		last = one;
		vers = semver_text(&at->arena, &one->version);
		if (!ask(at, name, vers, true))
			IGNORE(ask(at, name, vers, false)); /* asked */
	}
}

int main(int argc, char **argv)
{
	static struct world at;
	struct str_list names = { 0 };
	struct rusage usage = { 0 };
	struct err err = { 0 };

	mallopt(M_MMAP_THRESHOLD, 16 << 20);
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	if (argc < 2)
		return 2;
	at.list = argc > 2;
	at.now = when_now();
	check(knowledge_load(&at.arena, &at.knowledge, &err) &&
	              db_pool_open(&at.pool, argv[1], &err),
	      &err);
	int64_t begin_us = when_monotonic_us();
	check(fact_cache_open(&at.cache, at.pool, CACHE_BYTES, &err) &&
	              db_reader_lend(at.pool, &at.reader, &err) &&
	              store_crate_names(at.reader, &at.arena, REGISTRY, &names, &err),
	      &err);
	for (size_t i = 0; i < names.n; i++)
		ask_lines(&at, names.p[i]);
	int64_t took_us = when_monotonic_us() - begin_us;
	getrusage(RUSAGE_SELF, &usage);
	if (!at.list) {
		printf("%zu crates, %zu answers, %zu without one: %.2f s, %ld MB at most\n",
		       names.n, at.answers, at.failed, (double)took_us / 1e6,
		       usage.ru_maxrss / 1024);
		for (size_t i = 0; i < at.class_names.n; i++)
			printf("%8u " STR_FMT "\n", at.counts[i], STR_ARG(at.class_names.p[i]));
	}
	db_reader_return(&at.reader);
	fact_cache_close(&at.cache);
	db_pool_close(&at.pool);
	arena_free(&at.arena);
	return 0;
}
