#include "audit/audit.h"
#include "audit/older.h"
#include "audit/proc_macro.h"
#include "audit/remedy.h"
#include "audit/run.h"
#include <stdlib.h>

static bool is_registry(const struct lock_source *source)
{
	return source->kind != SOURCE_PATH && source->kind != SOURCE_GIT;
}

/* The name under which the store knows a registry. */
static struct str registry_of(const struct lock_source *source)
{
	if (source->is_crates_io)
		return STR_LIT("crates-io");
	if (source->kind == SOURCE_SPARSE)
		return source->text; /* "sparse+…" is part of its name, as for cargo */
	return source->url;
}

static void want_crates(struct arena *arena, struct audit *audit)
{
	audit->wanted = arena_array(arena, audit->lock.n, sizeof *audit->wanted);
	for (uint32_t i = 0; i < audit->lock.n; i++) {
		const struct locked_package *package = &audit->lock.packages[i];

		if (is_registry(&package->source))
			audit->wanted[i] = (struct wanted){ registry_of(&package->source),
				                            package->name, package->vers };
	}
}

/* The lock's package of a local one: same name, no source, same version; where only the version
 * differs (the manifest was changed after the lock was made) and the name is unique, that one. */
static uint32_t find_path_package(const struct lockfile *lock, const struct map *first,
                                  struct str name, struct str vers)
{
	uint32_t i = 0, found = PACKAGE_NONE, n = 0;

	if (!map_get(first, name, &i))
		return PACKAGE_NONE;
	for (; i < lock->n && str_eq(lock->packages[i].name, name); i++) {
		if (lock->packages[i].source.kind != SOURCE_PATH)
			continue;
		if (str_eq(lock->packages[i].vers, vers))
			return i;
		found = i;
		n++;
	}
	return n == 1 ? found : PACKAGE_NONE;
}

/* The first package of each name; packages are sorted by name. */
static struct map first_of_name(struct arena *arena, const struct lockfile *lock)
{
	struct map first = { 0 };

	map_reserve(&first, arena, lock->n);
	for (uint32_t i = lock->n; i-- > 0;)
		map_put(&first, arena, lock->packages[i].name, i);
	return first;
}

static uint32_t *place_local_packages(struct arena *arena, struct audit *audit)
{
	uint32_t *package_of = arena_array(arena, audit->workspace.n, sizeof *package_of);
	struct map first = first_of_name(arena, &audit->lock);

	for (uint32_t i = 0; i < audit->workspace.n; i++) {
		const struct local_package *local = &audit->workspace.packages[i];

		package_of[i] = find_path_package(&audit->lock, &first, local->summary.name,
		                                  local->summary.vers);
		if (package_of[i] != PACKAGE_NONE)
			audit->local_of[package_of[i]] = local;
		else if (local->is_member && !audit->project->is_older)
			*vec_add(arena, &audit->assumed) = arena_printf(
				arena,
				"the member " STR_FMT " is not in " STR_FMT " and was left out",
				STR_ARG(local->summary.name), STR_ARG(audit->project->lock_name));
	}
	return package_of;
}

static bool place_git_packages(struct arena *arena, struct audit *audit, struct err *err)
{
	for (size_t c = 0; c < audit->project->checkouts.n; c++) {
		const struct git_checkout *checkout = &audit->project->checkouts.p[c];
		const struct workspace *found = checkout->known;

		if (!found) {
			struct workspace *read = arena_new(arena, struct workspace);

			if (!workspace_load_checkout(arena, &checkout->files, read, err))
				return false;
			found = read;
		}
		for (uint32_t i = 0; i < audit->lock.n; i++) {
			const struct locked_package *package = &audit->lock.packages[i];

			if (package->source.kind != SOURCE_GIT ||
			    !str_eq(package->source.text, checkout->source))
				continue;
			for (uint32_t m = 0; m < found->n; m++)
				if (str_eq(found->packages[m].summary.name, package->name) &&
				    str_eq(found->packages[m].summary.vers, package->vers))
					audit->local_of[i] = &found->packages[m];
		}
	}
	return true;
}

/* Under --locked: what else makes cargo write the lock anew. */
static bool check_lock_is_exact(const struct audit *audit, const uint32_t *package_of,
                                const struct links *links, struct err *err)
{
	const struct lockfile *lock = &audit->lock;

	for (uint32_t i = 0; i < audit->workspace.n; i++) {
		const struct local_package *local = &audit->workspace.packages[i];
		uint32_t package = package_of[i], surplus;

		if (!local->is_member)
			continue;
		if (package == PACKAGE_NONE ||
		    !str_eq(lock->packages[package].vers, local->summary.vers))
			return err_set(err, ERR_INPUT,
			               STR_FMT ": does not hold the member " STR_FMT " " STR_FMT
			                       "; run cargo update --workspace",
			               STR_ARG(audit->project->lock_name),
			               STR_ARG(local->summary.name), STR_ARG(local->summary.vers));
		surplus = links_surplus(lock, package, links->to[package], local->summary.dep_n);
		if (surplus != PACKAGE_NONE)
			return err_set(err, ERR_INPUT,
			               STR_FMT
			               ": holds " STR_FMT " for " STR_FMT
			               ", which does not need it; run cargo update --workspace",
			               STR_ARG(audit->project->lock_name),
			               STR_ARG(lock->packages[surplus].name),
			               STR_ARG(local->summary.name));
	}
	return true;
}

/* A member's dependency that the lock does not hold: the lock is older than the manifest. */
static bool check_lock_is_current(struct arena *arena, struct audit *audit,
                                  const uint32_t *package_of, struct err *err)
{
	const struct summary **summaries =
		arena_array(arena, audit->lock.n, sizeof(struct summary *));
	struct link_rules rules = run_link_rules(arena, audit);
	struct links links = { 0 };

	rules.beyond_lock = false;
	for (uint32_t i = 0; i < audit->workspace.n; i++)
		if (package_of[i] != PACKAGE_NONE)
			summaries[package_of[i]] = &audit->workspace.packages[i].summary;
	links_make(arena, &audit->lock, summaries, &rules, &links);
	for (uint32_t i = 0; i < audit->workspace.n; i++) {
		const struct local_package *local = &audit->workspace.packages[i];

		if (!local->is_member || package_of[i] == PACKAGE_NONE)
			continue;
		for (uint32_t d = 0; d < local->summary.dep_n; d++) {
			const struct dependency *dep = &local->summary.deps[d];

			if (links.to[package_of[i]][d] != PACKAGE_NONE)
				continue;
			if (audit->project->options.locked)
				return err_set(err, ERR_INPUT,
				               STR_FMT ": does not hold " STR_FMT " " STR_FMT
				                       ", which " STR_FMT
				                       " needs; run cargo update --workspace",
				               STR_ARG(audit->project->lock_name),
				               STR_ARG(dep->package), STR_ARG(dep->req_text),
				               STR_ARG(local->summary.name));
			*vec_add(arena, &audit->assumed) = arena_printf(
				arena,
				STR_FMT
				" needs " STR_FMT " " STR_FMT
				", which the lock does not hold: the answer is for what is locked",
				STR_ARG(local->summary.name), STR_ARG(dep->package),
				STR_ARG(dep->req_text));
		}
	}
	return !audit->project->options.locked ||
	       check_lock_is_exact(audit, package_of, &links, err);
}

static bool has_a_member(const struct audit *audit, const uint32_t *package_of)
{
	for (uint32_t i = 0; i < audit->workspace.n; i++)
		if (audit->workspace.packages[i].is_member && package_of[i] != PACKAGE_NONE)
			return true;
	return false;
}

/* Without manifests: the packages that nobody depends on, with their defaults. */
static bool select_of_lock(struct arena *arena, struct audit *audit, struct err *err)
{
	bool *needed = arena_array(arena, audit->lock.n, sizeof *needed);
	const struct project_options *options = &audit->project->options;
	struct workspace nobody = { .root = PACKAGE_NONE, .resolver = 2 };

	if (options->packages.n > 0)
		return selection_make(arena, &nobody, NULL, &audit->lock, options,
		                      &audit->selection, err);
	for (uint32_t i = 0; i < audit->lock.n; i++)
		for (uint32_t d = 0; d < audit->lock.packages[i].dep_n; d++)
			if (audit->lock.packages[i].deps[d] != i)
				needed[audit->lock.packages[i].deps[d]] = true;
	for (int pass = 0; pass < 2 && audit->selection.roots.n == 0; pass++)
		for (uint32_t i = 0; i < audit->lock.n; i++)
			if (pass == 1 || !needed[i])
				*vec_add(arena, &audit->selection.roots) = (struct resolve_root){
					.package = i, .default_features = true, .is_selected = true
				};
	*vec_add(arena, &audit->assumed) = STR_LIT(
		"there is no Cargo.toml beside the lock: whatever any feature could bring in on "
		"this "
		"target counts as used, with the default features of what the roots depend on");
	return true;
}

/* The manifests of a project: where its local packages stand in the lock, and what is selected of
 * them. */
static bool open_manifests(struct arena *arena, struct audit *audit, struct err *err)
{
	const struct project *project = audit->project;
	struct workspace *workspace = &audit->workspace;

	if (project->is_older) {
		struct local_package *own = arena_array(arena, workspace->n, sizeof *own);

		for (uint32_t i = 0; i < workspace->n; i++)
			own[i] = workspace->packages[i];
		workspace->packages = own;
	}
	uint32_t *package_of = place_local_packages(arena, audit);

	if (!project->is_older) {
		if (!check_lock_is_current(arena, audit, package_of, err))
			return false;
	} else if (has_a_member(audit, package_of)) {
		struct link_rules rules = run_link_rules(arena, audit);

		rules.beyond_lock = false;
		older_fit(arena, &audit->lock, &rules, package_of, workspace, &audit->assumed);
	} else {
		return err_set(err, ERR_INPUT, STR_FMT ": holds no member of the workspace",
		               STR_ARG(project->lock_name));
	}
	if (!selection_make(arena, workspace, package_of, &audit->lock, &project->options,
	                    &audit->selection, err))
		return false;
	for (size_t i = 0; i < audit->selection.notes.n; i++)
		*vec_add(arena, &audit->assumed) = audit->selection.notes.p[i];
	return true;
}

bool audit_open(struct arena *arena, const struct project *project,
                const struct knowledge *knowledge, struct audit **out, struct err *err)
{
	struct audit *audit = arena_new(arena, struct audit);

	audit->project = project;
	audit->knowledge = knowledge;
	audit->workspace.root = PACKAGE_NONE;
	audit->has_manifests = project->files.n > 0;
	if (!lockfile_parse(arena, project->lock, project->lock_name, &audit->lock, err) ||
	    !cargo_config_load(arena, &project->configs, &audit->config, err) ||
	    !policy_load(arena, knowledge, project->policy_name, project->policy,
	                 project->baseline_name, project->baseline, &audit->policy, err) ||
	    !policy_fail_on(audit->policy, project->options.fail_on, &audit->fail_on, err) ||
	    !targets_choose(arena, project, &audit->config, &audit->targets, err))
		return false;
	audit->local_of = arena_array(arena, audit->lock.n, sizeof *audit->local_of);
	want_crates(arena, audit);
	if (!place_git_packages(arena, audit, err))
		return false;
	*out = audit;
	if (!audit->has_manifests)
		return select_of_lock(arena, audit, err);
	if (project->known)
		audit->workspace = *project->known;
	else if (!workspace_load_in(arena, project->folder, &project->files, &audit->workspace,
	                            err))
		return false;
	if (audit->workspace.missing.n > 0) /* cargo builds nothing then either */
		return err_set(
			err, ERR_INPUT,
			STR_FMT
			": there is no such manifest, but the workspace or a path dependency "
			"names it (%zu missing in all)",
			STR_ARG(audit->workspace.missing.p[0]), audit->workspace.missing.n);
	return open_manifests(arena, audit, err);
}

bool audit_open_older(struct arena *arena, const struct project *project,
                      const struct knowledge *knowledge, struct audit **out, struct err *err)
{
	struct project *older = arena_new(arena, struct project);
	struct err why = { 0 };

	*older = *project;
	older->is_older = true;
	older->lock_name = project->old_lock_name;
	older->lock = project->old_lock;
	older->options.locked = false;
	if (audit_open(arena, older, knowledge, out, &why))
		return true;
	older->files = (struct project_file_list){ 0 };
	older->known = NULL;
	/* They speak of members, and without manifests there are none. */
	older->options.packages = older->options.exclude = older->options.features =
		(struct str_list){ 0 };
	if (!audit_open(arena, older, knowledge, out, err))
		return false;
	if (project->files.n > 0)
		*vec_add(arena, &(*out)->assumed) =
			arena_printf(arena, "the manifests do not fit this lock: %s", why.text);
	return true;
}

const struct wanted *audit_wanted(const struct audit *audit, uint32_t *n)
{
	*n = audit->lock.n;
	return audit->wanted;
}

const struct cargo_config *audit_cargo_config(const struct audit *audit)
{
	return &audit->config;
}

const uint32_t *audit_archives_wanted(const struct audit *audit, uint32_t *n)
{
	*n = (uint32_t)audit->archives.n;
	return audit->archives.p;
}

bool audit_run(struct arena *arena, struct audit *audit, const struct facts *facts,
               struct audit_result *out, struct err *err)
{
	if (!run_once(arena, audit, facts, out, err))
		return false;
	audit->archives = proc_macro_archives(arena, out->graph, facts, out->packages);
	audit->remedies = NULL;
	return true;
}

bool audit_remedies(struct arena *arena, struct audit *audit, const struct facts *facts,
                    struct audit_result *out, struct pick_need *need)
{
	if (!audit->remedies)
		audit->remedies = remedies_begin(arena, audit, facts, out);
	return audit->remedies && remedies_next(audit->remedies, need);
}
