#include "audit/link.h"

/* The lock's names by hash; packages of one name stand together, so the first is enough. */
struct names {
	const struct lockfile *lock;
	uint32_t *slots; /* package + 1, 0 free */
	uint32_t *hash;  /* of the name in that slot */
	uint32_t mask;
};

static struct names hash_names(struct arena *arena, const struct lockfile *lock)
{
	struct names names = { .lock = lock };
	uint32_t size = 2;

	while (size < lock->n * 2)
		size *= 2;
	names.slots = arena_array(arena, size, sizeof *names.slots);
	names.hash = arena_array(arena, size, sizeof *names.hash);
	names.mask = size - 1;
	for (uint32_t i = 0; i < lock->n; i++) {
		if (i > 0 && str_eq(lock->packages[i].name, lock->packages[i - 1].name))
			continue;
		uint32_t hash = summary_hash(lock->packages[i].name), at = hash;

		while (names.slots[at & names.mask] != 0)
			at++;
		names.slots[at & names.mask] = i + 1;
		names.hash[at & names.mask] = hash;
	}
	return names;
}

/* The first package that has the name of dependency d, or PACKAGE_NONE. */
static uint32_t first_named(const struct names *names, const struct summary *summary, uint32_t d)
{
	uint32_t hash = summary->package_hash[d];

	for (uint32_t at = hash;; at++) {
		uint32_t i = names->slots[at & names->mask];

		if (i == 0)
			return PACKAGE_NONE;
		if (names->hash[at & names->mask] == hash &&
		    str_eq(names->lock->packages[i - 1].name, summary->deps[d].package))
			return i - 1;
	}
}

/* The first of a package's locked dependencies that is `from` or stands behind it. They are sorted. */
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

/* Whether a locked package is of the registry with that index URL, written with or without its kind. */
static bool is_of_registry(const struct locked_package *to, struct str index)
{
	struct str kind = { 0 }, url = { 0 };

	if (lock_source_is_crates_io(index) || to->source.is_crates_io)
		return lock_source_is_crates_io(index) && to->source.is_crates_io;
	if (!str_cut(index, '+', &kind, &url))
		url = index;
	return lock_source_same_url(to->source.url, url);
}

/* Whether the locked package comes from where the dependency says, patches aside. An index line that names no
 * registry means its own; a manifest means crates.io, or a registry by the name that the configuration gives it. */
static bool fits_source(const struct locked_package *depender, const struct dependency *dep,
			const struct locked_package *to)
{
	bool by_manifest = depender->source.kind == SOURCE_PATH || depender->source.kind == SOURCE_GIT;

	switch (dep->from) {
	case DEP_FROM_PATH:
		/* Within a git repository, a path leads to another package of the same repository. */
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

static uint32_t link_one(const struct names *names, const struct locked_package *package,
			 const struct dependency *dep, uint32_t first)
{
	const struct lockfile *lock = names->lock;
	uint32_t patched = PACKAGE_NONE, only = PACKAGE_NONE, named = 0;

	for (uint32_t i = first_dep(package, first); i < package->dep_n; i++) {
		const struct locked_package *to = &lock->packages[package->deps[i]];

		if (!str_eq(to->name, dep->package))
			break;
		named++;
		only = package->deps[i];
		if (!semver_req_matches(&dep->req, &to->version))
			continue;
		if (fits_source(package, dep, to))
			return package->deps[i];
		if (patched == PACKAGE_NONE)
			patched = package->deps[i];
	}
	if (patched != PACKAGE_NONE)
		return patched;
	/* [replace] and pre-releases locked by hand may stand outside the requirement; a path dependency's
	 * version is what its manifest says now. With a single candidate there is nothing to confuse. */
	return named == 1 && (dep->from == DEP_FROM_PATH ||
			      lock->packages[only].replace != PACKAGE_NONE)
		       ? only
		       : PACKAGE_NONE;
}

static uint32_t link_dep(const struct names *names, const struct locked_package *package,
			 const struct summary *summary, uint32_t d)
{
	/* Most names are not in the lock: the hash says so without a look at the dependency. */
	uint32_t first = first_named(names, summary, d);

	/* Dev dependencies of others are never locked, though a namesake may be. */
	if (first == PACKAGE_NONE ||
	    (summary->deps[d].kind == KIND_DEV && package->source.kind != SOURCE_PATH))
		return PACKAGE_NONE;
	return link_one(names, package, &summary->deps[d], first);
}

void links_make(struct arena *arena, const struct lockfile *lock, const struct summary *const *summaries,
		struct links *out)
{
	struct names names = hash_names(arena, lock);

	out->to = arena_array(arena, lock->n, sizeof(uint32_t *));
	for (uint32_t i = 0; i < lock->n; i++) {
		const struct summary *summary = summaries[i];

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
