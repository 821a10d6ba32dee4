#include "daemon/examine.h"
#include "base/when.h"
#include "crawler/registry.h"
#include "db/store_crate.h"

enum {
	INDEX_WAIT_MS = 10000,
	/* The first clone alone, or the reading of another tool's: without it no vulnerability at
	 * all
	 *    is known. */
	ADVISORIES_WAIT_MS = 30000,
	/* A version that the registry did not have is asked for again so soon: it may just have
	   been published. */
	UNKNOWN_FRESH_SECONDS = 60
};

/* What an examination carries along. */
struct job {
	struct service *service;
	struct arena *arena;
	struct examination *to;
	struct audit *audit;
	struct audit *older; /* of the old lock, or NULL */
	/* the rows of the lock, then those that only the old one has */
	const struct wanted *wanted;
	uint32_t n;
	uint32_t *older_at; /* by package of the old lock: its row */
	uint32_t older_n;
	int64_t now;
	const struct cargo_config *config; /* of the project, where the asking user may use it */
	bool offline;
	struct str_list notes;
};

static bool load(struct job *job, struct err *err)
{
	struct examination *to = job->to;

	facts_return(&to->loan);
	if (!facts_load(job->service->cache, job->arena, job->wanted, job->n,
	                to->project.options.at != 0 ? to->project.options.at : job->now, job->now,
	                knowledge_advisories(job->service->knowledge), &to->facts, &to->loan, err))
		return false;
	return true;
}

/* A moment in the future comes from a clock that was wrong, then or now. Less than a day of it may
 * be a clock that was put right, and counts as now; what is farther off would stay young for
 * ever. */
static bool is_older(const struct job *job, int64_t at, int64_t fresh_seconds)
{
	return job->now - at > fresh_seconds || at - job->now > DAY_SECONDS;
}

/* Whether the index facts of a package are worth asking for. */
static bool is_stale(const struct job *job, uint32_t i)
{
	const struct package_facts *known = &job->to->facts.packages[i];

	if (job->wanted[i].name.n == 0)
		return false;
	if (known->fetched_at == 0)
		return true;
	if (!known->summary && is_older(job, known->fetched_at, UNKNOWN_FRESH_SECONDS))
		return true;
	/* Offline, only what is missing can be found: in cargo's own cache. */
	return !job->offline &&
	       is_older(job, known->fetched_at, job->service->config.index_fresh_seconds);
}

/* Those of the wanted that are stale; *n how many. */
static struct wanted *stale_ones(const struct job *job, size_t *n)
{
	struct wanted *stale = arena_array(job->arena, job->n, sizeof *stale);
	size_t count = 0;

	for (uint32_t i = 0; i < job->n; i++)
		if (is_stale(job, i))
			stale[count++] = job->wanted[i];
	*n = count;
	return stale;
}

/* "; the oldest that is used instead is 3 days old", or nothing where nothing is. */
static struct str age_of(const struct job *job, int64_t at)
{
	if (at == 0)
		return (struct str){ 0 };
	return arena_printf(job->arena, "; the oldest that is used instead is " STR_FMT " old",
	                    STR_ARG(when_span(job->arena, job->now - at)));
}

static void note_index(struct job *job, const struct crawl_outcome *outcome)
{
	if (outcome->failed == 0)
		return;
	if (job->offline) {
		*vec_add(job->arena, &job->notes) = arena_printf(
			job->arena, "%zu crates are not stored here, and offline nobody is asked",
			outcome->failed);
		return;
	}
	struct str age = age_of(job, job->to->facts.index_at);

	*vec_add(job->arena, &job->notes) =
		outcome->failed == outcome->wanted
			? arena_printf(job->arena, "the index could not be asked: " STR_FMT STR_FMT,
	                               STR_ARG(outcome->failure), STR_ARG(age))
			: arena_printf(job->arena,
	                               "%zu of %zu index files could not be had: " STR_FMT STR_FMT,
	                               outcome->failed, outcome->wanted, STR_ARG(outcome->failure),
	                               STR_ARG(age));
}

static void note_advisories(struct job *job, const struct crawl_outcome *outcome)
{
	int64_t at = job->to->facts.advisories_at;
	struct str why = outcome->failed > 0 ? outcome->failure
	                 : job->offline      ? (struct str)STR("offline")
	                                     : (struct str)STR("it is still on its way");

	if (at != 0 && outcome->failed > 0)
		*vec_add(job->arena, &job->notes) =
			arena_printf(job->arena,
		                     "the advisory database could not be updated: " STR_FMT
		                     "; it is " STR_FMT " old",
		                     STR_ARG(why), STR_ARG(when_span(job->arena, job->now - at)));
	if (at == 0)
		*vec_add(job->arena, &job->notes) = arena_printf(
			job->arena,
			"no advisory database yet: " STR_FMT
			"; only the table of unmaintained crates of " STR_FMT " was used",
			STR_ARG(why),
			STR_ARG(when_date(job->arena,
		                          knowledge_advisories_at(job->service->knowledge))));
}

/* Brings in what the facts lack or hold for too long. Sets *changed where they are to be loaded
 * again. */
static bool freshen(struct job *job, int64_t end_ms, bool *changed,
                    struct crawl_outcome *advisories, struct crawl_outcome *index, struct err *err)
{
	struct crawl *crawl = job->service->crawl;
	int64_t at = job->to->facts.advisories_at;
	bool none = at == 0;
	bool old =
		!job->offline && is_older(job, at, job->service->config.advisories_fresh_seconds);
	size_t n = 0;
	struct wanted *stale = stale_ones(job, &n);

	/* First, so that it is on its way while the index is asked. */
	if ((none || old) && !crawl_advisories(crawl, job->arena, job->offline, 0, advisories, err))
		return false;
	if (n > 0 && !crawl_crates(crawl, job->arena, stale, n, job->config, job->offline,
	                           end_ms - when_monotonic_ms(), index, err))
		return false;
	if (none &&
	    !crawl_advisories(crawl, job->arena, job->offline, ADVISORIES_WAIT_MS, advisories, err))
		return false;
	*changed = n > 0 || none;
	return true;
}

/* Runs the engine on what is loaded. */
static bool run(struct job *job, struct err *err)
{
	struct examination *to = job->to;
	struct package_facts *rows;

	to->facts.notes = job->notes;
	if (!audit_run(job->arena, job->audit, &to->facts, &to->result, err))
		return false;
	if (!job->older)
		return true;
	rows = arena_array(job->arena, job->older_n, sizeof *rows);
	for (uint32_t i = 0; i < job->older_n; i++)
		rows[i] = to->facts.packages[job->older_at[i]];
	to->older_facts = to->facts;
	to->older_facts.packages = rows;
	to->older_facts.n = job->older_n;
	return audit_run(job->arena, job->older, &to->older_facts, &to->older, err);
}

/* Archives of packages whose being a proc macro would change the answer, then the answer again. */
static bool settle_proc_macros(struct job *job, int64_t end_ms, struct err *err)
{
	uint32_t n = 0, older_n = 0;
	const uint32_t *which = audit_archives_wanted(job->audit, &n);
	const uint32_t *older = job->older ? audit_archives_wanted(job->older, &older_n) : NULL;
	struct wanted *archives = arena_array(job->arena, (size_t)n + older_n, sizeof *archives);
	struct crawl_outcome outcome = { 0 };
	int64_t rest_ms = end_ms - when_monotonic_ms();

	if (n + older_n == 0 || rest_ms <= 0)
		return true;
	bool *is_asked = arena_array(job->arena, job->n, sizeof *is_asked);

	for (uint32_t i = 0; i < n; i++) {
		archives[i] = job->wanted[which[i]];
		is_asked[which[i]] = true;
	}
	for (uint32_t i = 0; i < older_n; i++)
		if (!is_asked[job->older_at[older[i]]])
			archives[n++] = job->wanted[job->older_at[older[i]]];
	const struct archive_request request = { .wanted = archives,
		                                 .n = n,
		                                 .config = job->config,
		                                 .offline = job->offline,
		                                 .deadline_ms = rest_ms };
	if (!crawl_archives(job->service->crawl, job->arena, &request, &outcome, err))
		return false;
	if (outcome.fetched == 0)
		return true; /* what is inferred stays marked as such in the answer */
	return load(job, err) && run(job, err);
}

/* Releases for a trial: what is stored serves, of any age, and what is not is asked for. */
static bool load_releases(struct job *job, const struct pick_need *need, int64_t end_ms,
                          struct err *err)
{
	struct wanted *unknown = arena_array(job->arena, need->crate_n, sizeof *unknown);
	struct crawl_outcome outcome = { 0 };
	int64_t rest_ms = end_ms - when_monotonic_ms();
	size_t n = 0;

	if (!store_crate_releases_of(job->service->pool, job->arena, need->crates, need->releases,
	                             need->crate_n, err))
		return false;
	for (uint32_t i = 0; i < need->crate_n; i++)
		if (need->releases[i].fetched_at == 0)
			unknown[n++] = need->crates[i];
	if (n == 0 || rest_ms <= 0)
		return true;
	return crawl_crates(job->service->crawl, job->arena, unknown, n, job->config, job->offline,
	                    rest_ms, &outcome, err) &&
	       store_crate_releases_of(job->service->pool, job->arena, need->crates, need->releases,
	                               need->crate_n, err);
}

static bool load_trial_facts(struct job *job, const struct pick_need *need, struct err *err)
{
	const struct facts *of = &job->to->facts;
	struct facts facts = { 0 };
	struct facts_loan *loan = NULL;

	if (need->version_n == 0)
		return true;
	if (!facts_load(job->service->cache, job->arena, need->versions, need->version_n, of->at,
	                of->now, knowledge_advisories(job->service->knowledge), &facts, &loan, err))
		return false;
	*vec_add(job->arena, &job->to->trial_loans) = loan;
	for (uint32_t i = 0; i < need->version_n; i++)
		need->facts[i] = facts.packages[i];
	return true;
}

/* Tries what might end the findings. Where a project puts another registry in the place of
 * crates.io, nothing is known of what it would add. */
static bool try_remedies(struct job *job, int64_t end_ms, struct err *err)
{
	struct examination *to = job->to;
	struct pick_need need = { 0 };

	if (job->config && job->config->sources.n > 0)
		return true;
	while (audit_remedies(job->arena, job->audit, &to->facts, &to->result, &need))
		if (!load_releases(job, &need, end_ms, err) || !load_trial_facts(job, &need, err))
			return false;
	return true;
}

static bool answer_from(struct job *job, int64_t end_ms, struct err *err)
{
	struct crawl_outcome advisories = { 0 }, index = { 0 };
	bool changed = false;

	if (!load(job, err) || !freshen(job, end_ms, &changed, &advisories, &index, err) ||
	    (changed && !load(job, err)))
		return false;
	job->notes = job->to->facts.notes;
	note_index(job, &index);
	note_advisories(job, &advisories);
	if (!run(job, err)) {
		/* That nothing is known is half of the story; the first note says why. */
		if (err->kind == ERR_ABSENT && job->notes.n > 0)
			return err_set(err, ERR_ABSENT, "%s: " STR_FMT, err->text,
			               STR_ARG(job->notes.p[0]));
		return false;
	}
	return settle_proc_macros(job, end_ms, err) && try_remedies(job, end_ms, err);
}

/* The wanted packages under the keys that hold for this project: what its own files put in the
 * place of a registry is stored apart from that registry. */
static const struct wanted *under_own_keys(const struct job *job, const struct wanted *wanted)
{
	struct wanted *keyed = arena_array(job->arena, job->n, sizeof *keyed);
	struct str from = { 0 }, to = { 0 };

	for (uint32_t i = 0; i < job->n; i++) {
		keyed[i] = wanted[i];
		if (wanted[i].name.n == 0)
			continue;
		if (to.n == 0 || !str_eq(from, wanted[i].registry)) {
			from = wanted[i].registry;
			to = registry_key(from, job->config, &job->service->cargo);
		}
		keyed[i].registry = to;
	}
	return keyed;
}

/* The row of the same package of the same registry among the first n, or n. */
static uint32_t find_row(const struct wanted *rows, uint32_t n, const struct map *first,
                         const struct wanted *one)
{
	uint32_t i = 0;

	if (!map_get(first, one->name, &i))
		return n;
	for (; i < n && str_eq(rows[i].name, one->name); i++)
		if (str_eq(rows[i].vers, one->vers) && str_eq(rows[i].registry, one->registry))
			return i;
	return n;
}

/* Adds the rows that only the old lock has behind those of the new one: what both have is loaded
 * once. */
static void add_older(struct job *job)
{
	const struct wanted *older = audit_wanted(job->older, &job->older_n);
	uint32_t new_n = job->n;
	struct wanted *rows = arena_array(job->arena, (size_t)new_n + job->older_n, sizeof *rows);
	struct map first = { 0 };

	job->older_at = arena_array(job->arena, job->older_n, sizeof *job->older_at);
	for (uint32_t i = new_n; i-- > 0;) {
		rows[i] = job->wanted[i];
		if (rows[i].name.n > 0)
			map_put(&first, job->arena, rows[i].name, i);
	}
	for (uint32_t i = 0; i < job->older_n; i++) {
		uint32_t at =
			older[i].name.n > 0 ? find_row(rows, new_n, &first, &older[i]) : new_n;

		job->older_at[i] = at == new_n ? job->n : at;
		if (at == new_n)
			rows[job->n++] = older[i];
	}
	job->wanted = rows;
}

bool examine(struct service *service, const struct request *request, struct examination *out,
             struct err *err)
{
	struct job job = { .service = service, .arena = request->arena, .to = out };
	int64_t end_ms = when_monotonic_ms() + INDEX_WAIT_MS;

	manifest_cache_lend(service->manifests, request->arena, &out->project, &out->manifests);
	if (!out->project.lock.p)
		return err_set(err, ERR_USAGE, "a request without a lock");
	if (!audit_open(request->arena, &out->project, service->knowledge, &job.audit, err))
		return false;
	if (out->compares &&
	    !audit_open_older(request->arena, &out->project, service->knowledge, &job.older, err))
		return false;
	job.now = when_now();
	job.wanted = audit_wanted(job.audit, &job.n);
	if (job.older)
		add_older(&job);
	job.offline = out->project.options.offline || service->config.offline;
	if (request->same_user && !service->place.system)
		job.config = audit_cargo_config(job.audit);
	if (job.config && job.config->sources.n > 0)
		job.wanted = under_own_keys(&job, job.wanted);
	return answer_from(&job, end_ms, err);
}

void examine_end(struct examination *examination)
{
	facts_return(&examination->loan);
	for (size_t i = 0; i < examination->trial_loans.n; i++)
		facts_return(&examination->trial_loans.p[i]);
	examination->trial_loans.n = 0;
	manifest_loan_return(&examination->manifests);
}
