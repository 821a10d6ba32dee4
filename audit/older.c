#include "audit/older.h"

/* "=1.2.3", for the version that is locked. */
static struct req exactly(struct arena *arena, const struct version *version)
{
	struct comparator *one = arena_new(arena, struct comparator);

	*one = (struct comparator){ REQ_EXACT,      true,           true,        version->major,
		                    version->minor, version->patch, version->pre };
	return (struct req){ .p = one, .n = 1 };
}

static bool is_named(const uint32_t *to, uint32_t dep_n, uint32_t package)
{
	for (uint32_t d = 0; d < dep_n; d++)
		if (to[d] == package)
			return true;
	return false;
}

/* Lowers the requirements on that crate that nothing locked satisfies; false where there are
 * none. */
static bool lower(struct arena *arena, const uint32_t *to, const struct locked_package *locked,
                  struct dependency_list *deps, uint32_t dep_n)
{
	bool lowered = false;

	for (uint32_t d = 0; d < dep_n; d++) {
		if (to[d] != PACKAGE_NONE || !str_eq(deps->p[d].package, locked->name))
			continue;
		deps->p[d].req = exactly(arena, &locked->version);
		lowered = true;
	}
	return lowered;
}

static struct dependency put_back(struct arena *arena, const struct locked_package *locked)
{
	return (struct dependency){
		.req = exactly(arena, &locked->version),
		.kind = KIND_NORMAL,
		.from = locked->source.kind == SOURCE_PATH  ? DEP_FROM_PATH
		        : locked->source.kind == SOURCE_GIT ? DEP_FROM_GIT
		                                            : DEP_FROM_REGISTRY,
		.default_features = true,
		.package = locked->name,
		.name = locked->name,
		.req_text = arena_printf(arena, "=" STR_FMT, STR_ARG(locked->vers)),
	};
}

/* `package` is the locked one of `local`, `to` what its dependencies mean. */
static void fit_package(struct arena *arena, const struct lockfile *lock, uint32_t package,
                        const uint32_t *to, struct local_package *local, struct str_list *assumed)
{
	const struct summary old = local->summary;
	struct dependency_list deps = { arena_array(arena, old.dep_n, sizeof *deps.p), old.dep_n,
		                        old.dep_n };
	bool changed = false;

	for (uint32_t d = 0; d < old.dep_n; d++)
		deps.p[d] = old.deps[d];
	for (uint32_t i = 0; i < lock->packages[package].dep_n; i++) {
		uint32_t asked = lock->packages[package].deps[i];
		const struct locked_package *locked = &lock->packages[asked];

		if (locked->replace != PACKAGE_NONE || is_named(to, old.dep_n, asked))
			continue;
		changed = true;
		if (lower(arena, to, locked, &deps, old.dep_n))
			continue;
		*vec_add(arena, &deps) = put_back(arena, locked);
		*vec_add(arena, assumed) =
			arena_printf(arena,
		                     STR_FMT " does not name " STR_FMT
		                             " any more: it counts with its default features",
		                     STR_ARG(old.name), STR_ARG(locked->name));
	}
	if (!changed)
		return;
	summary_make(arena, old.name, old.vers, &old.version, &deps, &local->manifest->features,
	             &local->summary);
	local->summary.links = old.links;
}

void older_fit(struct arena *arena, const struct lockfile *lock, const struct link_rules *rules,
               const uint32_t *package_of, struct workspace *workspace, struct str_list *assumed)
{
	const struct summary **summaries = arena_array(arena, lock->n, sizeof(struct summary *));
	struct links links = { 0 };

	for (uint32_t i = 0; i < workspace->n; i++)
		if (package_of[i] != PACKAGE_NONE)
			summaries[package_of[i]] = &workspace->packages[i].summary;
	links_make(arena, lock, summaries, rules, &links);
	for (uint32_t i = 0; i < workspace->n; i++)
		if (package_of[i] != PACKAGE_NONE)
			fit_package(arena, lock, package_of[i], links.to[package_of[i]],
			            &workspace->packages[i], assumed);
}
