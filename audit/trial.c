#include "audit/trial.h"
#include "audit/proc_macro.h"

/* Dependencies written otherwise, those included that inherit a change of the workspace. */
enum { CHANGES_MAX = 1000 };

struct trial {
	struct arena *arena;
	struct trial_base base;
	struct trial_change_list changes; /* of all packages that they concern */
	struct audit *audit;              /* the changed copy */
	struct link_rules rules;
	struct links links;
	struct resolve_input how;
	bool is_too_large;                /* more than CHANGES_MAX */
	bool *dropped;                    /* by package: it is to be updated */
	struct resolve_missing_list gaps; /* what the base's lock lacks */
	struct pick *pick;
	struct pick_result picked;
};

/* Whether a feature's value asks dependency `name` for one of the features. */
static bool is_asked_by(struct str value, struct str name, const struct str_list *features)
{
	struct str head = { 0 }, feature = { 0 };

	if (!str_cut(value, '/', &head, &feature))
		return false;
	if (str_ends(head, STR_LIT("?")))
		head.n--;
	return str_eq(head, name) && str_list_has(features, feature);
}

/* The package's own features without what they ask of the changed dependencies. */
static struct feature_list features_without(struct trial *trial, const struct local_package *local,
                                            uint32_t package)
{
	const struct feature_list *old = &local->manifest->features;
	struct feature_list out = { 0 };

	for (size_t f = 0; f < old->n; f++) {
		struct feature *feature = vec_add(trial->arena, &out);

		feature->name = old->p[f].name;
		for (size_t v = 0; v < old->p[f].values.n; v++) {
			struct str value = old->p[f].values.p[v];
			bool off = false;

			for (size_t c = 0; c < trial->changes.n; c++) {
				const struct trial_change *change = &trial->changes.p[c];

				off |= change->package == package && change->dep != DEP_NONE &&
				       is_asked_by(value, local->summary.deps[change->dep].name,
				                   &change->off);
			}
			if (!off)
				*vec_add(trial->arena, &feature->values) = value;
		}
	}
	return out;
}

static void change_dep(struct trial *trial, const struct trial_change *change,
                       struct dependency *dep)
{
	struct req req = { 0 };
	struct err err = { 0 };

	dep->default_features = change->default_features;
	dep->features = change->features;
	if (change->req_text.n == 0 ||
	    !semver_req_parse(trial->arena, change->req_text, &req, &err))
		return;
	dep->req = req;
	dep->req_text = change->req_text;
}

/* The local package as the changes make it. */
static const struct local_package *changed(struct trial *trial, uint32_t package)
{
	const struct local_package *old = trial->base.audit->local_of[package];
	struct local_package *local = arena_new(trial->arena, struct local_package);
	struct dependency_list deps = { 0 };
	struct feature_list features = features_without(trial, old, package);

	*local = *old;
	for (uint32_t d = 0; d < old->summary.dep_n; d++)
		*vec_add(trial->arena, &deps) = old->summary.deps[d];
	for (size_t c = 0; c < trial->changes.n; c++) {
		const struct trial_change *change = &trial->changes.p[c];

		if (change->package != package)
			continue;
		if (change->dep == DEP_NONE)
			*vec_add(trial->arena, &deps) =
				(struct dependency){ .name = change->crate,
				                     .package = change->crate };
		change_dep(trial, change,
		           &deps.p[change->dep == DEP_NONE ? deps.n - 1 : change->dep]);
	}
	local->summary = (struct summary){ 0 };
	summary_make(trial->arena, old->summary.name, old->summary.vers, &old->summary.version,
	             &deps, &features, &local->summary);
	local->summary.links = old->summary.links;
	return local;
}

static struct str_list without(struct arena *arena, const struct str_list *list,
                               const struct str_list *off, const struct str_list *also)
{
	struct str_list out = { 0 };

	for (size_t i = 0; i < list->n; i++)
		if (!str_list_has(off, list->p[i]) && !str_list_has(also, list->p[i]))
			*vec_add(arena, &out) = list->p[i];
	return out;
}

/* The change of a dependency that there is already, or NULL. */
static struct trial_change *change_of(struct trial *trial, uint32_t package, uint32_t dep)
{
	for (size_t i = 0; i < trial->changes.n; i++)
		if (trial->changes.p[i].package == package && trial->changes.p[i].dep == dep)
			return &trial->changes.p[i];
	return NULL;
}

/* A change of what a workspace says, for one that inherits it by dependency d. */
static void inherit(struct trial *trial, const struct trial_change *change, uint32_t package,
                    uint32_t d)
{
	static const struct str_list nothing;
	const struct local_package *local = trial->base.audit->local_of[package];
	const struct manifest_dep *own = &local->manifest->deps.p[d];
	struct trial_change *mine = change_of(trial, package, d);
	struct str_list added;

	if (mine) { /* of another member that inherits the same */
		mine->features = without(trial->arena, &mine->features, &change->off, &nothing);
		return;
	}
	added = without(trial->arena, &own->dep.features, &change->off, &change->features);
	mine = vec_add(trial->arena, &trial->changes);
	*mine = *change;
	mine->package = package;
	mine->dep = d;
	mine->features = without(trial->arena, &change->features, &nothing, &nothing);
	for (size_t i = 0; i < added.n; i++)
		*vec_add(trial->arena, &mine->features) = added.p[i];
	mine->default_features |= own->has_default_features && own->dep.default_features;
}

/* Adds a change, and where it is one of the workspace's, those that it is for others. */
static void spread(struct trial *trial, const struct trial_change *change)
{
	const struct audit *audit = trial->base.audit;

	if (!change->of_workspace) {
		*vec_add(trial->arena, &trial->changes) = *change;
		return;
	}
	struct str name = audit->local_of[change->package]->summary.deps[change->dep].name;

	for (uint32_t p = 0; p < audit->lock.n; p++) {
		const struct local_package *local = audit->local_of[p];

		if (!local || !local->is_member)
			continue;
		if (trial->changes.n > CHANGES_MAX) {
			trial->is_too_large = true;
			return;
		}
		for (uint32_t d = 0; d < local->manifest->deps.n; d++)
			if (local->manifest->deps.p[d].inherits &&
			    str_eq(local->manifest->deps.p[d].dep.name, name))
				inherit(trial, change, p, d);
	}
}

static void copy_audit(struct trial *trial)
{
	const struct audit *old = trial->base.audit;
	struct audit *audit = arena_new(trial->arena, struct audit);

	*audit = *old;
	audit->local_of =
		arena_array(trial->arena, old->lock.n, sizeof(const struct local_package *));
	for (uint32_t i = 0; i < old->lock.n; i++)
		audit->local_of[i] = old->local_of[i];
	for (size_t c = 0; c < trial->changes.n; c++) {
		uint32_t package = trial->changes.p[c].package;

		if (audit->local_of[package] == old->local_of[package])
			audit->local_of[package] = changed(trial, package);
	}
	trial->audit = audit;
}

/* What a lock lacks that is older than its manifests, or holds packages that nobody knows. */
static void find_gaps(struct trial *trial)
{
	const struct graph *graph = trial->base.result->graph;
	const struct audit *audit = trial->base.audit;
	struct graph scratch = { .lock = &audit->lock, .package_n = audit->lock.n };
	struct resolve_notes notes = { 0 };
	struct links links = { 0 };

	if (trial->base.result->precision == PRECISION_MANIFEST && audit->assumed.n == 0)
		return;
	const struct summary **summaries =
		arena_array(trial->arena, audit->lock.n, sizeof(const struct summary *));
	bool *proc_macro = arena_array(trial->arena, audit->lock.n, sizeof *proc_macro);

	for (uint32_t i = 0; i < audit->lock.n; i++) {
		summaries[i] = graph->packages[i].summary;
		proc_macro[i] = graph->packages[i].proc_macro;
	}
	struct link_rules rules = run_link_rules(trial->arena, audit);
	links_make(trial->arena, &audit->lock, summaries, &rules, &links);
	struct resolve_input how = run_resolve_input(audit, summaries, proc_macro, &links);
	how.growing = true;
	resolve(trial->arena, &how, &scratch, &notes);
	trial->gaps = notes.missing;
}

/* Frees the dependencies on a package that its newest version fits. */
static void update(struct trial *trial, const struct summary *const *summaries, uint32_t package)
{
	struct str newest = trial->base.facts->packages[package].newest_vers;
	struct version version = { 0 };
	struct err err = { 0 };

	if (!semver_parse(newest, &version, &err))
		return;
	trial->dropped[package] = true;
	for (uint32_t p = 0; p < trial->audit->lock.n; p++)
		for (uint32_t d = 0; summaries[p] && d < summaries[p]->dep_n; d++)
			if (trial->links.to[p][d] == package &&
			    semver_req_matches(&summaries[p]->deps[d].req, &version))
				trial->links.to[p][d] = PACKAGE_NONE;
}

struct trial *trial_begin(struct arena *arena, const struct trial_base *base,
                          const struct trial_change_list *changes, const struct u32_list *updates)
{
	struct trial *trial = arena_new(arena, struct trial);
	const struct graph *graph = base->result->graph;
	uint32_t n = base->audit->lock.n;
	const struct summary **summaries = arena_array(arena, n, sizeof(const struct summary *));
	bool *proc_macro = arena_array(arena, n, sizeof *proc_macro);

	*trial = (struct trial){ .arena = arena, .base = *base };
	for (size_t i = 0; i < changes->n; i++)
		spread(trial, &changes->p[i]);
	copy_audit(trial);
	for (uint32_t i = 0; i < n; i++) {
		summaries[i] = trial->audit->local_of[i] ? &trial->audit->local_of[i]->summary
		                                         : graph->packages[i].summary;
		proc_macro[i] = graph->packages[i].proc_macro;
	}
	find_gaps(trial);
	trial->rules = run_link_rules(arena, trial->audit);
	links_make(arena, &trial->audit->lock, summaries, &trial->rules, &trial->links);
	trial->dropped = arena_array(arena, n, sizeof *trial->dropped);
	for (size_t i = 0; i < updates->n; i++)
		update(trial, summaries, updates->p[i]);
	trial->how = run_resolve_input(trial->audit, summaries, proc_macro, &trial->links);
	trial->pick = pick_begin_on(
		arena, &(struct pick_lock){
			       .how = &trial->how,
			       .facts = base->facts->packages,
			       .wanted = base->audit->wanted,
			       .dropped = trial->dropped,
			       .gaps = &trial->gaps,
			       .at = base->facts->at == base->facts->now ? 0 : base->facts->at,
			       .knowledge = base->audit->knowledge });
	return trial;
}

int trial_next(struct trial *trial, struct pick_need *need, struct err *err)
{
	return pick_next(trial->pick, need, err);
}

bool trial_is_built(const struct trial *trial, uint32_t node)
{
	return pick_is_built(trial->pick, node);
}

uint32_t trial_place(const struct trial *trial, uint32_t package)
{
	return trial->picked.place[package];
}

/* Every feature that a changed dependency asks for must be one of the version it now gets: cargo
 * would refuse it. */
static bool has_features(const struct trial *trial)
{
	for (size_t c = 0; c < trial->changes.n; c++) {
		const struct trial_change *change = &trial->changes.p[c];

		if (change->dep == DEP_NONE)
			continue;
		uint32_t to =
			trial->picked.links.to[trial_place(trial, change->package)][change->dep];
		const struct summary *summary =
			to == PACKAGE_NONE ? NULL : trial->picked.summaries[to];

		for (size_t f = 0; f < change->features.n; f++)
			if (!summary ||
			    summary_feature_find(summary, change->features.p[f]) == FEATURE_NONE)
				return false;
	}
	return true;
}

/* The arrays of the audit in the order of the lock that has grown. */
static void place_all(struct trial *trial, struct facts *facts)
{
	const struct audit *old = trial->base.audit;
	struct audit *audit = trial->audit;
	const struct local_package **local_of = arena_array(trial->arena, trial->picked.lock.n,
	                                                    sizeof(const struct local_package *));
	struct selection selection = { .notes = old->selection.notes };

	for (uint32_t i = 0; i < old->lock.n; i++)
		local_of[trial_place(trial, i)] = audit->local_of[i];
	for (size_t i = 0; i < old->selection.roots.n; i++) {
		struct resolve_root *root = vec_add(trial->arena, &selection.roots);

		*root = old->selection.roots.p[i];
		root->package = trial_place(trial, root->package);
	}
	for (size_t i = 0; i < old->selection.others.n; i++)
		*vec_add(trial->arena, &selection.others) =
			trial_place(trial, old->selection.others.p[i]);
	for (uint32_t i = 0; i < old->lock.n; i++)
		if (old->wanted[i].name.n == 0)
			trial->picked.wanted[trial_place(trial, i)] = (struct wanted){ 0 };
	audit->local_of = local_of;
	audit->selection = selection;
	audit->lock = trial->picked.lock;
	audit->wanted = trial->picked.wanted;
	facts->packages = trial->picked.facts;
	facts->n = trial->picked.lock.n;
}

bool trial_end(struct trial *trial, struct trial_base *out, struct str_list *adds)
{
	struct facts *facts = arena_new(trial->arena, struct facts);
	struct audit_result *result = arena_new(trial->arena, struct audit_result);
	uint32_t old_n = trial->base.audit->lock.n;
	struct err err = { 0 };

	pick_end(trial->pick, &trial->picked);
	if (trial->is_too_large || trial->picked.lacking.n > 0 || !has_features(trial))
		return false;
	bool *is_old = arena_array(trial->arena, trial->picked.lock.n, sizeof *is_old);

	for (uint32_t i = 0; i < old_n; i++)
		is_old[trial_place(trial, i)] = true;
	for (uint32_t i = 0; i < trial->picked.lock.n; i++)
		if (!is_old[i])
			*vec_add(trial->arena, adds) =
				arena_printf(trial->arena, STR_FMT " " STR_FMT,
			                     STR_ARG(trial->picked.lock.packages[i].name),
			                     STR_ARG(trial->picked.lock.packages[i].vers));
	*facts = *trial->base.facts;
	place_all(trial, facts);
	if (!run_once(trial->arena, trial->audit, facts, result, &err))
		return false;
	*out = (struct trial_base){ trial->audit, facts, result };
	return true;
}
