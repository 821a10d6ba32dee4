#include "audit/link.h"

/* The first of a package's locked dependencies whose name is not below `name`. They are sorted. */
static uint32_t first_named(const struct lockfile *lock, const struct locked_package *package, struct str name)
{
	uint32_t low = 0, high = package->dep_n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (str_cmp(lock->packages[package->deps[middle]].name, name) < 0)
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

static uint32_t link_one(const struct lockfile *lock, const struct locked_package *package,
			 const struct dependency *dep)
{
	uint32_t patched = PACKAGE_NONE, only = PACKAGE_NONE, named = 0;

	for (uint32_t i = first_named(lock, package, dep->package); i < package->dep_n; i++) {
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

void links_make(struct arena *arena, const struct lockfile *lock, const struct summary *const *summaries,
		struct links *out)
{
	out->to = arena_array(arena, lock->n, sizeof(uint32_t *));
	for (uint32_t i = 0; i < lock->n; i++) {
		const struct summary *summary = summaries[i];

		if (!summary)
			continue;
		out->to[i] = arena_array(arena, summary->dep_n, sizeof(uint32_t));
		for (uint32_t d = 0; d < summary->dep_n; d++) {
			uint32_t to = link_one(lock, &lock->packages[i], &summary->deps[d]);

			/* [replace]: what is built is the replacement. */
			if (to != PACKAGE_NONE && lock->packages[to].replace != PACKAGE_NONE)
				to = lock->packages[to].replace;
			out->to[i][d] = to;
		}
	}
}
