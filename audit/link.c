#include "audit/link.h"

/* The lock's names by hash; packages of one name stand together, so the first is enough. The hashes
 * stand for the names (audit/dependency). */
struct names {
	const struct lockfile *lock;
	const struct link_rules *rules;
	struct name_slot *slots;
	uint32_t mask;    /* slots - 1 */
	uint32_t *first;  /* of each package: the first one of its name */
	uint64_t *packed; /* of each package: its version, req_span_pack */
};

struct name_slot {
	uint64_t hash;
	uint32_t plus1; /* the first package of that name + 1; 0 free */
};

static struct names hash_names(struct arena *arena, const struct lockfile *lock,
                               const struct link_rules *rules)
{
	struct names names = { .lock = lock, .rules = rules };
	uint32_t size = 2;

	while (size < lock->n * 2)
		size *= 2;
	names.slots = arena_array(arena, size, sizeof *names.slots);
	names.first = arena_array(arena, lock->n, sizeof *names.first);
	names.packed = arena_array(arena, lock->n, sizeof *names.packed);
	names.mask = size - 1;
	for (uint32_t i = 0; i < lock->n; i++) {
		names.packed[i] = req_span_pack(&lock->packages[i].version);
		names.first[i] = i;
		if (i > 0 && str_eq(lock->packages[i].name, lock->packages[i - 1].name)) {
			names.first[i] = names.first[i - 1];
			continue;
		}
		uint64_t hash = summary_hash(lock->packages[i].name);
		uint32_t at = (uint32_t)hash;

		while (names.slots[at & names.mask].plus1 != 0)
			at++;
		names.slots[at & names.mask] = (struct name_slot){ hash, i + 1 };
	}
	return names;
}

/* The first package whose name has that hash, or PACKAGE_NONE. */
static uint32_t first_named(const struct names *names, uint64_t hash)
{
	for (uint32_t at = (uint32_t)hash;; at++) {
		struct name_slot slot = names->slots[at & names->mask];

		if (slot.plus1 == 0)
			return PACKAGE_NONE;
		if (slot.hash == hash)
			return slot.plus1 - 1;
	}
}

/* The first of a package's locked dependencies that is `from` or stands behind it. They are
 * sorted. */
static uint32_t first_dep(const struct locked_package *package, uint32_t from)
{
	uint32_t low = 0, high = package->dep_n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (package->deps[middle] < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Whether a locked package is of the registry with that index URL, written with or without its
 * kind. */
static bool is_of_registry(const struct locked_package *to, struct str index)
{
	struct str kind = { 0 }, url = { 0 };

	if (lock_source_is_crates_io(index) || to->source.is_crates_io)
		return lock_source_is_crates_io(index) && to->source.is_crates_io;
	if (!str_cut(index, '+', &kind, &url))
		url = index;
	return lock_source_same_url(to->source.url, url);
}

/* Whether the locked package comes from where the dependency says, patches aside. An index line
 * that names no registry means its own; a manifest means crates.io, or a registry by the name that
 * the configuration gives it. */
static bool fits_source(const struct locked_package *depender, const struct dep_brief *brief,
                        const struct dependency *dep, const struct locked_package *to)
{
	bool by_manifest =
		depender->source.kind == SOURCE_PATH || depender->source.kind == SOURCE_GIT;

	if (brief->is_plain && !by_manifest)
		return lock_source_same(&depender->source, &to->source);
	switch (dep->from) {
	case DEP_FROM_PATH:
		/* Within a git repository, a path leads to another package of the same
		 * repository. */
		return to->source.kind == depender->source.kind;
	case DEP_FROM_GIT:
		return to->source.kind == SOURCE_GIT;
	case DEP_FROM_REGISTRY:
		break;
	}
	if (to->source.kind == SOURCE_PATH || to->source.kind == SOURCE_GIT)
		return false;
	if (dep->registry.n > 0)
		return is_of_registry(to, dep->registry);
	if (!by_manifest)
		return lock_source_same(&depender->source, &to->source);
	return to->source.is_crates_io ==
	       (dep->registry_name.n == 0 || str_eq(dep->registry_name, STR_LIT("crates-io")));
}

/* Whether `to` may stand for the dependency through [patch], which gives folders and repositories
 * for registries. */
static bool is_patch(const struct names *names, const struct dependency *dep,
                     const struct locked_package *to)
{
	const struct str_list *patched = &names->rules->patched;

	if (dep->from == DEP_FROM_PATH ||
	    (to->source.kind != SOURCE_PATH && to->source.kind != SOURCE_GIT))
		return false;
	for (size_t i = 0; i < patched->n; i++)
		if (str_eq(patched->p[i], to->name))
			return true;
	return false;
}

/* The newest locked package that fits, though the lock does not list it for this depender; packages
 * of one name are sorted by version. */
static uint32_t link_beyond(const struct names *names, const struct locked_package *package,
                            const struct summary *summary, uint32_t d, uint32_t first)
{
	const struct dependency *dep = &summary->deps[d];
	uint32_t found = PACKAGE_NONE;

	for (uint32_t at = first; at < names->lock->n && names->first[at] == first; at++) {
		const struct locked_package *to = &names->lock->packages[at];

		if (req_span_matches(summary->briefs[d].span, &dep->req, names->packed[at],
		                     &to->version) &&
		    (fits_source(package, &summary->briefs[d], dep, to) ||
		     is_patch(names, dep, to)))
			found = at;
	}
	return found;
}

/* The one that dependency d means, of the locked packages of its name, the first of which is
 * `first`. */
static uint32_t link_one(const struct names *names, const struct locked_package *package,
                         const struct summary *summary, uint32_t d, uint32_t first)
{
	const struct lockfile *lock = names->lock;
	const struct dep_brief *brief = &summary->briefs[d];
	const struct dependency *dep = &summary->deps[d];
	uint32_t patched = PACKAGE_NONE, only = PACKAGE_NONE, named = 0;

	for (uint32_t i = first_dep(package, first); i < package->dep_n; i++) {
		uint32_t at = package->deps[i];
		const struct locked_package *to = &lock->packages[at];

		if (names->first[at] != first)
			break;
		named++;
		only = at;
		if (!req_span_matches(brief->span, &dep->req, names->packed[at], &to->version))
			continue;
		if (fits_source(package, brief, dep, to) || is_patch(names, dep, to))
			return at;
		if (patched == PACKAGE_NONE)
			patched = at;
	}
	if (patched != PACKAGE_NONE)
		return patched;
	if (named == 0 && names->rules->beyond_lock)
		return link_beyond(names, package, summary, d, first);
	/* [replace] and pre-releases locked by hand may stand outside the requirement; a path
	 * dependency's version is what its manifest says now. With a single candidate there is
	 * nothing to confuse. */
	return named == 1 && (dep->from == DEP_FROM_PATH ||
	                      lock->packages[only].replace != PACKAGE_NONE)
	               ? only
	               : PACKAGE_NONE;
}

static uint32_t link_dep(const struct names *names, const struct locked_package *package,
                         const struct summary *summary, uint32_t d)
{
	/* Most names are not in the lock: the hash says so without a look at the dependency. */
	uint32_t first = first_named(names, summary->package_hash[d]);

	/* Dev dependencies of others are never locked, though a namesake may be. */
	if (first == PACKAGE_NONE ||
	    (summary->briefs[d].kind == KIND_DEV && package->source.kind != SOURCE_PATH))
		return PACKAGE_NONE;
	return link_one(names, package, summary, d, first);
}

/* Summaries lie scattered over memory that other requests have pushed out of the caches: asked for
 * some packages ahead, they arrive while others are linked. */
static void fetch_ahead(const struct summary *const *summaries, uint32_t n, uint32_t i)
{
	enum { LINE_BYTES = 64, FIRST_STEP = 12, SECOND_STEP = 6 };
	const struct summary *first = i + FIRST_STEP < n ? summaries[i + FIRST_STEP] : NULL;
	const struct summary *second = i + SECOND_STEP < n ? summaries[i + SECOND_STEP] : NULL;

	for (size_t at = 0; first && at < sizeof *first; at += LINE_BYTES)
		__builtin_prefetch((const char *)first + at);
	if (!second)
		return;
	for (size_t at = 0; at < second->dep_n * sizeof *second->package_hash; at += LINE_BYTES)
		__builtin_prefetch((const char *)second->package_hash + at);
	for (size_t at = 0; at < second->dep_n * sizeof *second->briefs; at += LINE_BYTES)
		__builtin_prefetch((const char *)second->briefs + at);
}

void links_make(struct arena *arena, const struct lockfile *lock,
                const struct summary *const *summaries, const struct link_rules *rules,
                struct links *out)
{
	struct names names = hash_names(arena, lock, rules);

	out->to = arena_array(arena, lock->n, sizeof(uint32_t *));
	for (uint32_t i = 0; i < lock->n; i++) {
		const struct summary *summary = summaries[i];

		fetch_ahead(summaries, lock->n, i);
		if (!summary)
			continue;
		out->to[i] = arena_array(arena, summary->dep_n, sizeof(uint32_t));
		for (uint32_t d = 0; d < summary->dep_n; d++) {
			uint32_t to = link_dep(&names, &lock->packages[i], summary, d);

			/* [replace]: what is built is the replacement. */
			if (to != PACKAGE_NONE && lock->packages[to].replace != PACKAGE_NONE)
				to = lock->packages[to].replace;
			out->to[i][d] = to;
		}
	}
}

uint32_t links_surplus(const struct lockfile *lock, uint32_t package, const uint32_t *to,
                       uint32_t dep_n)
{
	for (uint32_t i = 0; i < lock->packages[package].dep_n; i++) {
		uint32_t locked = lock->packages[package].deps[i], d = 0;

		while (d < dep_n && to[d] != locked)
			d++;
		if (d == dep_n && lock->packages[locked].replace == PACKAGE_NONE)
			return locked;
	}
	return PACKAGE_NONE;
}
