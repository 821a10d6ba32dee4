#include "daemon/inquire.h"
#include "base/when.h"
#include "db/store_archive.h"
#include "db/store_crate.h"
#include "db/store_fact.h"

enum {
	INDEX_WAIT_MS = 10000,
	ARCHIVE_WAIT_MS = 2000,
	/* As of examine: a crate that the registry did not have may just have been published. */
	UNKNOWN_FRESH_SECONDS = 60
};

static const struct str REGISTRY = STR("crates-io");

/* What an inquiry carries along. */
struct job {
	struct service *service;
	struct arena *arena;
	struct inquire *to;
	int64_t now, end_ms;
	struct crawl_outcome worst; /* of the crawls that failed */
};

static bool is_stale(const struct job *job, const struct pick_releases *known)
{
	int64_t age_seconds = job->now - known->fetched_at;

	if (known->fetched_at == 0)
		return true;
	if (known->n == 0 && age_seconds > UNKNOWN_FRESH_SECONDS)
		return true;
	return !job->to->offline && age_seconds > job->service->config.index_fresh_seconds;
}

/* The releases of crates, fetched where they are missing or old. */
static bool load_releases(struct job *job, const struct wanted *crates, struct pick_releases *out,
                          size_t n, struct err *err)
{
	struct wanted *stale = arena_array(job->arena, n, sizeof *stale);
	struct crawl_outcome outcome = { 0 };
	int64_t rest_ms = job->end_ms - when_monotonic_ms();
	size_t stale_n = 0;

	if (!store_crate_releases_of(job->service->pool, job->arena, crates, out, n, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (is_stale(job, &out[i]))
			stale[stale_n++] = crates[i];
	if (stale_n == 0 || rest_ms <= 0)
		return true;
	if (!crawl_crates(job->service->crawl, job->arena, stale, stale_n, NULL, job->to->offline,
	                  rest_ms, &outcome, err))
		return false;
	if (outcome.failed > 0) {
		job->worst.failed += outcome.failed;
		job->worst.failure = outcome.failure;
	}
	return store_crate_releases_of(job->service->pool, job->arena, crates, out, n, err);
}

static bool load_facts(struct job *job, const struct wanted *versions, struct package_facts *out,
                       uint32_t n, struct err *err)
{
	const struct inquiry_question *question = &job->to->question;
	struct facts facts = { 0 };
	struct facts_loan *loan = NULL;

	if (!facts_load(job->service->cache, job->arena, versions, n, question->at, question->now,
	                knowledge_advisories(job->service->knowledge), &facts, &loan, err))
		return false;
	*vec_add(job->arena, &job->to->loans) = loan;
	for (uint32_t i = 0; i < n; i++)
		out[i] = facts.packages[i];
	return true;
}

/* No version of the crate is stored: there is none, or nobody could be asked. */
static bool no_crate(struct job *job, struct str name, int64_t fetched_at, struct err *err)
{
	CLEANUP(db_reader_return) struct db *reader = NULL;
	struct str_list names = { 0 };

	if (fetched_at == 0 && job->worst.failed > 0 && !job->to->offline)
		return err_set(err, ERR_ABSENT, "nothing is known of '" STR_FMT "': " STR_FMT,
		               STR_ARG(name), STR_ARG(job->worst.failure));
	if (!db_reader_lend(job->service->pool, &reader, err) ||
	    !store_crate_names(reader, job->arena, REGISTRY, &names, err))
		return false;
	if (names.n == 0 && fetched_at == 0)
		return err_set(err, ERR_ABSENT,
		               "nothing is known of any crate (`rtaudit sync` fills the store)");
	return inquiry_no_crate(job->arena, name, &names, err);
}

/* The archive of the version, where cargo has it: nobody is asked for a whole archive because of a
 * question. */
static bool read_archive(struct job *job, const struct wanted *root, struct err *err)
{
	const struct archive_request request = { .wanted = root,
		                                 .n = 1,
		                                 .offline = true,
		                                 .whole = true,
		                                 .deadline_ms = ARCHIVE_WAIT_MS };
	struct crawl_outcome outcome = { 0 };

	return crawl_archives(job->service->crawl, job->arena, &request, &outcome, err);
}

static bool load_archive(struct job *job, const struct wanted *root, struct inquiry_archive *out,
                         struct err *err)
{
	CLEANUP(db_reader_return) struct db *reader = NULL;
	struct manifest_fact fact;

	if (!db_reader_lend(job->service->pool, &reader, err))
		return false;
	int got = store_fact_get(reader, job->arena, root, &fact, err);
	if (got != 1)
		return got == 0;
	*out = (struct inquiry_archive){
		.is_known = true,
		.repository = fact.repository,
		.license = fact.license,
		.no_std = fact.no_std,
		.no_std_cfg = fact.no_std_cfg,
		.links = fact.links,
		.edition = fact.edition,
		.rust_version = fact.rust_version,
		.build_script = fact.build_script,
		.vcs_sha1 = fact.vcs_sha1,
		.vcs_path = fact.vcs_path,
	};
	return store_archive_uses(reader, job->arena, root, &out->uses, err);
}

/* The version that is asked about, and its facts. */
static bool find_root(struct job *job, struct wanted *root, struct package_facts *facts,
                      struct err *err)
{
	const struct inquiry_question *question = &job->to->question;
	struct pick_releases releases = { 0 };

	root->registry = REGISTRY;
	if (!inquiry_name(question, &root->name, err) ||
	    !load_releases(job, root, &releases, 1, err))
		return false;
	if (releases.n == 0)
		return no_crate(job, root->name, releases.fetched_at, err);
	if (!inquiry_version(job->arena, question, &releases, &root->vers, err) ||
	    !read_archive(job, root, err) || !load_facts(job, root, facts, 1, err))
		return false;
	if (!facts->summary)
		return err_set(err, ERR_STORE,
		               "what is stored of " STR_FMT " " STR_FMT " cannot be read",
		               STR_ARG(root->name), STR_ARG(root->vers));
	return true;
}

static void add_notes(struct job *job)
{
	struct inquiry_answer *answer = &job->to->answer;

	if (answer->facts->yanked == KNOWN_NOT)
		*vec_add(job->arena, &answer->notes) = arena_printf(
			job->arena, "whether " STR_FMT " was yanked by then is not known",
			STR_ARG(answer->vers));
	if (answer->unknown.n > 0)
		*vec_add(job->arena, &answer->notes) = arena_printf(
			job->arena, "no version that is known fits %zu of its dependencies",
			answer->unknown.n);
	if (job->worst.failed > 0)
		*vec_add(job->arena, &answer->notes) =
			job->to->offline
				? arena_printf(job->arena,
		                               "%zu crates are not stored here, and offline nobody "
		                               "is asked",
		                               job->worst.failed)
				: arena_printf(job->arena,
		                               "%zu index files could not be had: " STR_FMT,
		                               job->worst.failed, STR_ARG(job->worst.failure));
}

bool inquire(struct service *service, const struct request *request, struct inquire *out,
             struct err *err)
{
	struct job job = {
		.service = service, .arena = request->arena, .to = out, .now = when_now()
	};
	struct wanted root = { 0 };
	struct package_facts *facts = arena_new(request->arena, struct package_facts);
	struct inquiry *inquiry = NULL;
	struct pick_need need = { 0 };
	int got = 0;

	job.end_ms = when_monotonic_ms() + INDEX_WAIT_MS;
	out->question.now = job.now;
	if (out->question.at == 0)
		out->question.at = job.now;
	out->offline = out->offline || service->config.offline;
	if (!find_root(&job, &root, facts, err) ||
	    !inquiry_open(request->arena, &out->question, &root, facts, service->knowledge,
	                  &inquiry, err))
		return false;
	while ((got = inquiry_next(inquiry, &need, err)) == 1)
		if (!load_releases(&job, need.crates, need.releases, need.crate_n, err) ||
		    !load_facts(&job, need.versions, need.facts, need.version_n, err))
			return false;
	if (got < 0)
		return false;
	if (!inquiry_run(request->arena, inquiry, &out->answer, err) ||
	    !load_archive(&job, &root, &out->answer.archive, err))
		return false;
	add_notes(&job);
	return true;
}

void inquire_end(struct inquire *inquire)
{
	for (size_t i = 0; i < inquire->loans.n; i++)
		facts_return(&inquire->loans.p[i]);
	inquire->loans.n = 0;
}
