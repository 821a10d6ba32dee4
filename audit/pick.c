#include "audit/pick.h"
#include "audit/limits.h"
#include "audit/proc_macro.h"
#include "audit/project.h" /* EDGE_… */
#include <stdlib.h>

/* A requirement that brought a package in, kept because a later one may have to share its line. */
struct pick_claim {
	const struct req *req;
	struct pick_claim *next;
};

struct pick_package {
	uint32_t crate;
	struct wanted wanted;
	struct version version;
	struct package_facts facts;
	const struct locked_package *locked; /* of the lock that was there before, or NULL */
	bool loaded, proc_macro;
	bool dropped;   /* of pick_lock */
	bool own_links; /* the row of `to` may be written */
	bool *given_up; /* by dependency: nothing fits; NULL: none */
	struct pick_claim *claims;
};

struct pick_crate {
	struct str name;
	struct pick_releases releases;
	bool asked;
	struct u32_list packages; /* chosen of it */
};

struct pick {
	struct arena *arena;
	struct str registry;
	int64_t at;
	const struct knowledge *knowledge;
	struct resolve_input how; /* roots, platforms and the rest that stays from round to round */
	struct resolve_platform target; /* of pick_begin: how.targets */
	struct resolve_root ask;        /* of pick_begin: how.roots */
	uint32_t locked_n;              /* packages that were there before */
	bool *built;                    /* by node of these, in the last round */
	struct lock_source source;      /* of all that is chosen: crates.io */
	struct map crate_of;            /* name → crate */
	struct pick_crates VEC_OF(struct pick_crate) crates;
	struct pick_packages VEC_OF(struct pick_package) packages;
	struct pick_links VEC_OF(uint32_t *) to; /* struct links of the packages */
	struct resolve_missing_list missing;     /* of the last round, not chosen for yet */
	struct pick_need need;                   /* what the caller was asked for */
	struct u32_list asked_crates, asked_packages;
	struct str_list lacking;
};

bool pick_is_there(const struct pick_release *release, int64_t at)
{
	return at == 0 || release->published_at <= at;
}

bool pick_is_yanked(const struct pick_release *release, int64_t at)
{
	return release->yanked && (at == 0 || release->yanked_at <= at);
}

static uint32_t crate_named(struct pick *pick, struct str name)
{
	bool added = false;
	uint32_t *slot =
		map_slot(&pick->crate_of, pick->arena, name, (uint32_t)pick->crates.n, &added);

	if (added)
		vec_add(pick->arena, &pick->crates)->name = name;
	return *slot;
}

static uint32_t add_package(struct pick *pick, uint32_t crate, const struct version *version,
                            struct str vers)
{
	uint32_t package = (uint32_t)pick->packages.n;
	struct pick_package *made = vec_add(pick->arena, &pick->packages);

	made->crate = crate;
	made->version = *version;
	made->wanted = (struct wanted){ pick->registry, pick->crates.p[crate].name, vers };
	*vec_add(pick->arena, &pick->to) = NULL;
	*vec_add(pick->arena, &pick->crates.p[crate].packages) = package;
	return package;
}

/* Takes what is known of a chosen version. */
static void set_facts(struct pick *pick, uint32_t package, const struct package_facts *facts)
{
	struct pick_package *at = &pick->packages.p[package];
	uint32_t n = facts->summary ? facts->summary->dep_n : 0;

	at->facts = *facts;
	at->loaded = true;
	at->proc_macro = proc_macro_ask(pick->knowledge, NULL, facts->summary, facts).value;
	at->own_links = true;
	pick->to.p[package] = facts->summary ? arena_array(pick->arena, n, sizeof(uint32_t)) : NULL;
	for (uint32_t d = 0; d < n; d++)
		pick->to.p[package][d] = PACKAGE_NONE;
}

static struct pick *make(struct arena *arena, const struct knowledge *knowledge, int64_t at)
{
	struct pick *pick = arena_new(arena, struct pick);
	struct str text = lock_source_crates_io_git();

	pick->arena = arena;
	pick->knowledge = knowledge;
	pick->at = at;
	pick->source =
		(struct lock_source){ .kind = SOURCE_REGISTRY, .url = text, .is_crates_io = true };
	pick->source.text = arena_printf(arena, "registry+" STR_FMT, STR_ARG(text));
	return pick;
}

struct pick *pick_begin(struct arena *arena, const struct pick_input *in)
{
	struct pick *pick = make(arena, in->knowledge, in->at);

	pick->registry = in->root.registry;
	pick->target = in->target;
	pick->ask = in->ask;
	pick->how = (struct resolve_input){ .roots = &pick->ask,
		                            .root_n = 1,
		                            .resolver = 2,
		                            .edges = EDGE_NORMAL | EDGE_BUILD,
		                            .targets = &pick->target,
		                            .target_n = 1,
		                            .host = in->host };
	uint32_t root = add_package(pick, crate_named(pick, in->root.name),
	                            &in->root_facts->summary->version, in->root.vers);

	set_facts(pick, root, in->root_facts);
	return pick;
}

/* Whether a dependency is given up. */
static bool *given_up(struct pick *pick, struct resolve_missing missing)
{
	struct pick_package *from = &pick->packages.p[node_package(missing.node)];

	if (!from->given_up)
		from->given_up = arena_array(pick->arena, from->facts.summary->dep_n,
		                             sizeof *from->given_up);
	return &from->given_up[missing.dep];
}

static void add_locked(struct pick *pick, const struct pick_lock *in, uint32_t i)
{
	const struct locked_package *locked = &in->how->lock->packages[i];
	uint32_t crate = crate_named(pick, locked->name);
	struct pick_package *made = vec_add(pick->arena, &pick->packages);

	*made = (struct pick_package){ .crate = crate,
		                       .wanted = in->wanted[i],
		                       .version = locked->version,
		                       .facts = in->facts[i],
		                       .locked = locked,
		                       .loaded = true,
		                       .proc_macro = in->how->proc_macro[i] };
	made->wanted.name = locked->name;
	made->wanted.vers = locked->vers;
	made->facts.summary = in->how->summaries[i];
	*vec_add(pick->arena, &pick->to) = in->how->links->to[i];
	made->dropped = in->dropped && in->dropped[i];
	if (locked->source.is_crates_io && !made->dropped)
		*vec_add(pick->arena, &pick->crates.p[crate].packages) = i;
}

struct pick *pick_begin_on(struct arena *arena, const struct pick_lock *in)
{
	struct pick *pick = make(arena, in->knowledge, in->at);

	pick->registry = STR_LIT("crates-io");
	pick->how = *in->how;
	pick->locked_n = in->how->lock->n;
	pick->built = arena_array(arena, (size_t)pick->locked_n * 2, sizeof *pick->built);
	map_reserve(&pick->crate_of, arena, pick->locked_n);
	for (uint32_t i = 0; i < pick->locked_n; i++)
		add_locked(pick, in, i);
	for (size_t i = 0; in->gaps && i < in->gaps->n; i++)
		*given_up(pick, in->gaps->p[i]) = true;
	return pick;
}

/* A lock of what was chosen, in the order of the choice: enough for the resolver, which asks for
 * neither. */
static struct lockfile growing_lock(const struct pick *pick, struct arena *arena)
{
	struct lockfile lock = { .version = 4, .n = (uint32_t)pick->packages.n };

	lock.packages = arena_array(arena, lock.n, sizeof *lock.packages);
	for (uint32_t i = 0; i < lock.n; i++) {
		const struct pick_package *package = &pick->packages.p[i];

		lock.packages[i] = package->locked
		                           ? *package->locked
		                           : (struct locked_package){ .name = package->wanted.name,
			                                              .vers = package->wanted.vers,
			                                              .version = package->version,
			                                              .source = pick->source,
			                                              .replace = PACKAGE_NONE };
	}
	return lock;
}

/* Resolves the features of what is there, and notes what it lacks. */
static void find_missing(struct pick *pick)
{
	CLEANUP(arena_free) struct arena scratch = { 0 };
	struct lockfile lock = growing_lock(pick, &scratch);
	const struct summary **summaries = arena_array(&scratch, lock.n, sizeof(struct summary *));
	bool *proc_macro = arena_array(&scratch, lock.n, sizeof *proc_macro);
	struct links links = { pick->to.p };
	struct resolve_input in = pick->how;
	struct graph graph = { .lock = &lock, .package_n = lock.n };
	struct resolve_notes notes = { 0 };

	in.lock = &lock;
	in.summaries = summaries;
	in.proc_macro = proc_macro;
	in.links = &links;
	in.growing = true;
	for (uint32_t i = 0; i < lock.n; i++) {
		summaries[i] = pick->packages.p[i].facts.summary;
		proc_macro[i] = pick->packages.p[i].proc_macro;
	}
	resolve(&scratch, &in, &graph, &notes);
	for (uint32_t node = 0; node < pick->locked_n * 2; node++)
		pick->built[node] = graph.nodes[node].built;
	pick->missing.n = 0;
	for (size_t i = 0; i < notes.missing.n; i++) {
		struct resolve_missing one = notes.missing.p[i];
		bool *marked = given_up(pick, one);

		/* Marked until it is chosen for: it may have been noted for both sides. */
		if (*marked)
			continue;
		*marked = true;
		*vec_add(pick->arena, &pick->missing) = one;
	}
}

static const struct dependency *dep_of(const struct pick *pick, struct resolve_missing missing)
{
	return &pick->packages.p[node_package(missing.node)].facts.summary->deps[missing.dep];
}

/* Crates of other registries are not looked for. What an index line says nothing of comes from the
 * registry of its package. */
static bool is_of_crates_io(const struct pick *pick, struct resolve_missing missing)
{
	const struct locked_package *locked = pick->packages.p[node_package(missing.node)].locked;
	const struct dependency *dep = dep_of(pick, missing);

	if (dep->from != DEP_FROM_REGISTRY || dep->registry_name.n > 0)
		return false;
	if (dep->registry.n > 0)
		return lock_source_is_crates_io(dep->registry);
	return !locked || locked->source.is_crates_io || locked->source.kind == SOURCE_PATH ||
	       locked->source.kind == SOURCE_GIT;
}

/* Asks for the releases of the crates that are missing and were never asked for. */
static bool want_crates(struct pick *pick)
{
	struct wanted *crates = arena_array(pick->arena, pick->missing.n, sizeof *crates);

	pick->asked_crates.n = 0;
	for (size_t i = 0; i < pick->missing.n; i++) {
		const struct dependency *dep = dep_of(pick, pick->missing.p[i]);

		if (!is_of_crates_io(pick, pick->missing.p[i]))
			continue;
		uint32_t crate = crate_named(pick, dep->package);
		if (pick->crates.p[crate].asked)
			continue;
		pick->crates.p[crate].asked = true;
		crates[pick->asked_crates.n] =
			(struct wanted){ pick->registry, dep->package, { 0 } };
		*vec_add(pick->arena, &pick->asked_crates) = crate;
	}
	pick->need =
		(struct pick_need){ .crates = crates, .crate_n = (uint32_t)pick->asked_crates.n };
	pick->need.releases =
		arena_array(pick->arena, pick->need.crate_n, sizeof *pick->need.releases);
	return pick->need.crate_n > 0;
}

/* The newest release that meets a requirement and all of the claims, or NULL. */
static const struct pick_release *newest(const struct pick *pick, const struct pick_crate *crate,
                                         const struct req *req, const struct pick_claim *claims)
{
	for (size_t i = 0; i < crate->releases.n; i++) {
		const struct pick_release *release = &crate->releases.p[i];
		const struct pick_claim *claim = claims;

		if (!semver_req_matches(req, &release->version) ||
		    !pick_is_there(release, pick->at) || pick_is_yanked(release, pick->at))
			continue;
		while (claim && semver_req_matches(claim->req, &release->version))
			claim = claim->next;
		if (!claim)
			return release;
	}
	return NULL;
}

static void replace_version(struct pick *pick, uint32_t package, const struct version *version)
{
	struct pick_package *at = &pick->packages.p[package];

	at->version = *version;
	at->wanted.vers = semver_text(pick->arena, version);
	at->facts = (struct package_facts){ 0 };
	at->loaded = false;
	pick->to.p[package] = NULL;
}

/* The package that a dependency gets, or PACKAGE_NONE. */
static uint32_t choose_package(struct pick *pick, const struct dependency *dep)
{
	uint32_t number = crate_named(pick, dep->package);
	const struct pick_crate *crate = &pick->crates.p[number];
	const struct pick_release *best = newest(pick, crate, &dep->req, NULL);

	if (!best)
		return PACKAGE_NONE;
	for (size_t i = 0; i < crate->packages.n; i++) {
		uint32_t package = crate->packages.p[i];
		const struct pick_package *there = &pick->packages.p[package];

		if (!semver_is_compatible(&there->version, &best->version))
			continue;
		if (semver_req_matches(&dep->req, &there->version))
			return package;
		if (there->locked || package == 0) /* what is locked, the crate asked about */
			continue;
		const struct pick_release *both = newest(pick, crate, &dep->req, there->claims);
		if (both && semver_is_compatible(&both->version, &there->version)) {
			replace_version(pick, package, &both->version);
			return package;
		}
	}
	return add_package(pick, number, &best->version, semver_text(pick->arena, &best->version));
}

static void set_link(struct pick *pick, uint32_t package, uint32_t dep, uint32_t to)
{
	struct pick_package *from = &pick->packages.p[package];
	const uint32_t *shared = pick->to.p[package];
	uint32_t n = from->facts.summary ? from->facts.summary->dep_n : 0;

	if (!shared)
		return;
	if (!from->own_links) {
		pick->to.p[package] = arena_array(pick->arena, n, sizeof(uint32_t));
		for (uint32_t d = 0; d < n; d++)
			pick->to.p[package][d] = shared[d];
		from->own_links = true;
	}
	pick->to.p[package][dep] = to;
}

static void choose(struct pick *pick, struct resolve_missing missing)
{
	uint32_t package = node_package(missing.node);
	const struct dependency *dep = NULL;

	/* Its depender may just have been replaced by another version. */
	if (!pick->packages.p[package].loaded)
		return;
	dep = dep_of(pick, missing);
	uint32_t to = is_of_crates_io(pick, missing) ? choose_package(pick, dep) : PACKAGE_NONE;
	if (to == PACKAGE_NONE) {
		*vec_add(pick->arena, &pick->lacking) =
			arena_printf(pick->arena, STR_FMT " " STR_FMT, STR_ARG(dep->package),
		                     STR_ARG(dep->req_text));
		return;
	}
	struct pick_claim *claim = arena_new(pick->arena, struct pick_claim);

	*claim = (struct pick_claim){ &dep->req, pick->packages.p[to].claims };
	pick->packages.p[to].claims = claim;
	set_link(pick, package, missing.dep, to);
}

/* Chooses for all that is missing, and asks for the facts of what is new. */
static bool want_versions(struct pick *pick)
{
	struct wanted *versions = NULL;

	for (size_t i = 0; i < pick->missing.n; i++)
		choose(pick, pick->missing.p[i]);
	pick->missing.n = 0;
	pick->asked_packages.n = 0;
	for (uint32_t i = 0; i < pick->packages.n; i++)
		if (!pick->packages.p[i].loaded)
			*vec_add(pick->arena, &pick->asked_packages) = i;
	versions = arena_array(pick->arena, pick->asked_packages.n, sizeof *versions);
	for (size_t i = 0; i < pick->asked_packages.n; i++)
		versions[i] = pick->packages.p[pick->asked_packages.p[i]].wanted;
	pick->need = (struct pick_need){ .versions = versions,
		                         .version_n = (uint32_t)pick->asked_packages.n };
	pick->need.facts = arena_array(pick->arena, pick->need.version_n, sizeof *pick->need.facts);
	return pick->need.version_n > 0;
}

/* Takes what the caller filled in. */
static void take_answers(struct pick *pick)
{
	for (uint32_t i = 0; i < pick->need.crate_n; i++)
		pick->crates.p[pick->asked_crates.p[i]].releases = pick->need.releases[i];
	for (uint32_t i = 0; i < pick->need.version_n; i++)
		set_facts(pick, pick->asked_packages.p[i], &pick->need.facts[i]);
	pick->need = (struct pick_need){ 0 };
}

int pick_next(struct pick *pick, struct pick_need *need, struct err *err)
{
	take_answers(pick);
	for (;;) {
		if (pick->packages.n - pick->locked_n > PICK_PACKAGES_MAX)
			return err_fail(err, ERR_LIMIT, STR_FMT " depends on more than %d packages",
			                STR_ARG(pick->packages.p[0].wanted.name),
			                PICK_PACKAGES_MAX);
		if (pick->missing.n > 0) {
			/* Crates are known by now: choose; what was chosen before needs no
			 * facts. */
			if (want_versions(pick))
				break;
		}
		find_missing(pick);
		if (pick->missing.n == 0)
			return 0;
		if (want_crates(pick))
			break;
	}
	*need = pick->need;
	return 1;
}

/* Orders packages as a lock does. */
struct pick_order {
	struct locked_package *locked;
	uint32_t package;
};

static int cmp_order(const void *left, const void *right)
{
	const struct pick_order *a = left, *b = right;

	return locked_package_cmp(a->locked, b->locked);
}

static int cmp_u32(const void *left, const void *right)
{
	const uint32_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

static bool has_link(const uint32_t *to, uint32_t n, uint32_t package)
{
	for (uint32_t d = 0; d < n; d++)
		if (to[d] == package)
			return true;
	return false;
}

/* The dependencies of a locked package: those that it had, but for what is dropped and meant by
 * none of its n declared ones, and those that were chosen for it. */
static void list_deps(const struct pick *pick, struct locked_package *package, const uint32_t *to,
                      uint32_t n, const uint32_t *place)
{
	const uint32_t *had = package->deps;
	uint32_t had_n = package->dep_n;

	package->deps = arena_array(pick->arena, (size_t)had_n + n, sizeof *package->deps);
	package->dep_n = 0;
	for (uint32_t d = 0; d < had_n; d++)
		if (!to || !pick->packages.p[had[d]].dropped || has_link(to, n, had[d]))
			package->deps[package->dep_n++] = place[had[d]];
	for (uint32_t d = 0; d < n; d++)
		if (to[d] != PACKAGE_NONE)
			package->deps[package->dep_n++] = place[to[d]];
	qsort(package->deps, package->dep_n, sizeof *package->deps, cmp_u32);
	uint32_t kept = 0;
	for (uint32_t i = 0; i < package->dep_n; i++)
		if (i == 0 || package->deps[i] != package->deps[i - 1])
			package->deps[kept++] = package->deps[i];
	package->dep_n = kept;
}

bool pick_is_built(const struct pick *pick, uint32_t node)
{
	return pick->built[node];
}

void pick_end(struct pick *pick, struct pick_result *out)
{
	struct lockfile lock = growing_lock(pick, pick->arena);
	struct pick_order *order = arena_array(pick->arena, lock.n, sizeof *order);
	uint32_t *place = arena_array(pick->arena, lock.n, sizeof *place);

	*out = (struct pick_result){ .lock = lock, .lacking = pick->lacking };
	out->lock.packages = arena_array(pick->arena, lock.n, sizeof *lock.packages);
	out->summaries = arena_array(pick->arena, lock.n, sizeof(struct summary *));
	out->proc_macro = arena_array(pick->arena, lock.n, sizeof *out->proc_macro);
	out->facts = arena_array(pick->arena, lock.n, sizeof *out->facts);
	out->wanted = arena_array(pick->arena, lock.n, sizeof *out->wanted);
	out->links.to = arena_array(pick->arena, lock.n, sizeof(uint32_t *));
	for (uint32_t i = 0; i < lock.n; i++)
		order[i] = (struct pick_order){ &lock.packages[i], i };
	qsort(order, lock.n, sizeof *order, cmp_order);
	for (uint32_t i = 0; i < lock.n; i++)
		place[order[i].package] = i;
	for (uint32_t i = 0; i < lock.n; i++) {
		const struct pick_package *package = &pick->packages.p[order[i].package];
		uint32_t *to = pick->to.p[order[i].package];
		uint32_t n = to ? package->facts.summary->dep_n : 0;

		out->lock.packages[i] = *order[i].locked;
		out->summaries[i] = package->facts.summary;
		out->proc_macro[i] = package->proc_macro;
		out->facts[i] = package->facts;
		out->wanted[i] = package->wanted;
		list_deps(pick, &out->lock.packages[i], to, n, place);
		if (out->lock.packages[i].replace != PACKAGE_NONE)
			out->lock.packages[i].replace = place[out->lock.packages[i].replace];
		out->links.to[i] = arena_array(pick->arena, n, sizeof(uint32_t));
		for (uint32_t d = 0; d < n; d++)
			out->links.to[i][d] = to[d] == PACKAGE_NONE ? PACKAGE_NONE : place[to[d]];
	}
	out->place = place;
	out->root = place[0];
}
