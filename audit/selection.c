#include "audit/selection.h"
#include "audit/path_glob.h"

struct chooser {
	struct arena *arena;
	const struct workspace *workspace;
	const uint32_t *package_of;
	const struct lockfile *lock;
	const struct project_options *options;
	struct selection *out;
	bool *wanted;      /* one a workspace package */
	bool *feature_met; /* one a --features word */
};

/* A package id specification, as far as a command line needs it: "name", "name@1.2.3",
 * "name:1.2.3", or a URL whose fragment or last part names the package. */
struct spec {
	struct str name, vers;
};

static struct spec spec_read(struct str text)
{
	struct spec spec = { .name = text };
	size_t at = STR_NONE;

	if (str_find_str(text, STR_LIT("://")) != STR_NONE) {
		struct str url = text, fragment = { 0 };

		str_cut(text, '#', &url, &fragment);
		at = str_find_last(url, '/');
		spec.name = fragment.n > 0 ? fragment : str_sub(url, at + 1, url.n);
		/* no name begins so */
		if (fragment.n > 0 && fragment.p[0] >= '0' && fragment.p[0] <= '9')
			return (struct spec){ .name = str_sub(url, at + 1, url.n),
				              .vers = fragment };
	}
	at = str_find(spec.name, '@');
	if (at == STR_NONE)
		at = str_find(spec.name, ':');
	if (at != STR_NONE) {
		spec.vers = str_sub(spec.name, at + 1, spec.name.n);
		spec.name = str_sub(spec.name, 0, at);
	}
	return spec;
}

/* "1", "1.2" and "1.2.3" all fit 1.2.3: a specification may leave parts of the version out. */
static bool spec_fits(const struct spec *spec, struct str name, struct str vers)
{
	if (!str_eq(spec->name, name))
		return false;
	return spec->vers.n == 0 || str_eq(spec->vers, vers) ||
	       (str_starts(vers, spec->vers) && vers.p[spec->vers.n] == '.');
}

static struct str nearest_member(const struct chooser *c, struct str name)
{
	struct str_nearest near = { .word = name, .below = 4 };

	for (uint32_t i = 0; i < c->workspace->n; i++)
		str_nearest_offer(&near, c->workspace->packages[i].summary.name);
	return near.name;
}

static bool choose_other(struct chooser *c, const struct spec *spec, struct str text,
                         struct err *err)
{
	uint32_t found = PACKAGE_NONE;

	for (uint32_t i = 0; i < c->lock->n; i++) {
		const struct locked_package *package = &c->lock->packages[i];

		if (!spec_fits(spec, package->name, package->vers))
			continue;
		if (found != PACKAGE_NONE)
			return err_set(err, ERR_USAGE,
			               "package '" STR_FMT "' is ambiguous: " STR_FMT "@" STR_FMT
			               " and " STR_FMT "@" STR_FMT " are in the lock",
			               STR_ARG(text), STR_ARG(c->lock->packages[found].name),
			               STR_ARG(c->lock->packages[found].vers),
			               STR_ARG(package->name), STR_ARG(package->vers));
		found = i;
	}
	if (found == PACKAGE_NONE) {
		struct str near = nearest_member(c, spec->name);

		return err_set(err, ERR_USAGE,
		               "no package '" STR_FMT "' in the workspace%s" STR_FMT "%s",
		               STR_ARG(text), near.n ? "; did you mean '" : "", STR_ARG(near),
		               near.n ? "'?" : "");
	}
	*vec_add(c->arena, &c->out->others) = found;
	return true;
}

/* Marks the members that a specification, or a pattern of names, fits; whether there was one. */
static bool mark_members(struct chooser *c, struct str text, const struct spec *spec, bool wanted)
{
	bool pattern = path_glob_is_pattern(text), found = false;

	for (uint32_t i = 0; i < c->workspace->n; i++) {
		const struct local_package *local = &c->workspace->packages[i];

		if (!local->is_member ||
		    !(pattern ? path_glob_matches(text, local->summary.name)
		              : spec_fits(spec, local->summary.name, local->summary.vers)))
			continue;
		c->wanted[i] = wanted;
		found = true;
	}
	return found;
}

static bool choose_spec(struct chooser *c, struct str text, struct err *err)
{
	struct spec spec = spec_read(text);

	return mark_members(c, text, &spec, true) || choose_other(c, &spec, text, err);
}

static bool choose(struct chooser *c, struct err *err)
{
	const struct project_options *options = c->options;

	for (uint32_t i = 0; i < c->workspace->n; i++)
		c->wanted[i] = options->packages.n == 0 && c->workspace->packages[i].is_member;
	for (size_t i = 0; i < options->packages.n; i++)
		if (!choose_spec(c, options->packages.p[i], err))
			return false;
	for (size_t x = 0; x < options->exclude.n; x++) {
		struct str text = options->exclude.p[x];
		struct spec spec = spec_read(text);

		/* Cargo warns, and goes on. */
		if (!mark_members(c, text, &spec, false))
			*vec_add(c->arena, &c->out->notes) = arena_printf(
				c->arena, "excluded package '" STR_FMT "' is not in the workspace",
				STR_ARG(text));
	}
	return true;
}

/* A feature of the member, or an optional dependency of it. */
static bool has_feature(const struct summary *summary, struct str name)
{
	if (summary_feature_find(summary, name) != FEATURE_NONE)
		return true;
	for (uint32_t i = 0; i < summary->dep_n; i++)
		if (summary->deps[i].optional && str_eq(summary->deps[i].name, name))
			return true;
	return false;
}

/* Resolver 2 and 3, and virtual workspaces: each member gets those of the features that it has. */
static struct str_list features_of_member(struct chooser *c, const struct summary *summary)
{
	struct str_list list = { 0 };

	for (size_t i = 0; i < c->options->features.n; i++) {
		struct str text = c->options->features.p[i], head = { 0 }, tail = { 0 };

		if (!str_cut(text, '/', &head, &tail)) {
			if (!has_feature(summary, text))
				continue;
			*vec_add(c->arena, &list) = text;
		} else {
			struct str name =
				str_ends(head, STR_LIT("?")) ? str_sub(head, 0, head.n - 1) : head;

			if (summary_dep_name_find(summary, name) != FEATURE_NONE)
				*vec_add(c->arena, &list) = text;
			else if (str_eq(name, summary->name) && has_feature(summary, tail))
				*vec_add(c->arena, &list) = tail;
			else
				continue;
		}
		c->feature_met[i] = true;
	}
	return list;
}

/* Resolver 1 with a root package: "member/feature" goes to that member, all else to the root
 * package. */
static struct str_list features_of_old(struct chooser *c, uint32_t member)
{
	const struct workspace *workspace = c->workspace;
	struct str_list list = { 0 };

	for (size_t i = 0; i < c->options->features.n; i++) {
		struct str text = c->options->features.p[i], head = { 0 }, tail = { 0 };
		uint32_t owner = workspace->root;

		bool of_other = str_cut(text, '/', &head, &tail);
		/* A member is built or not, so a '?' says nothing of one. */
		if (str_ends(head, STR_LIT("?")))
			head.n--;
		if (of_other)
			for (uint32_t m = 0; m < workspace->n; m++)
				if (workspace->packages[m].is_member && m != workspace->root &&
				    c->wanted[m] &&
				    str_eq(workspace->packages[m].summary.name, head))
					owner = m;
		if (owner != member)
			continue;
		*vec_add(c->arena, &list) = owner == workspace->root ? text : tail;
		c->feature_met[i] = owner != workspace->root || tail.n > 0 ||
		                    has_feature(&workspace->packages[member].summary, text);
	}
	return list;
}

static void add_root(struct chooser *c, uint32_t member, bool old)
{
	const struct project_options *options = c->options;
	bool is_current = member == c->workspace->root;

	if (c->package_of[member] == PACKAGE_NONE)
		return;
	struct resolve_root *root = vec_add(c->arena, &c->out->roots);
	*root = (struct resolve_root){
		.package = c->package_of[member],
		.all_features = options->all_features,
		.default_features = !options->no_default_features || (old && !is_current),
		.is_selected = c->wanted[member],
	};
	root->features = old ? features_of_old(c, member)
	                     : features_of_member(c, &c->workspace->packages[member].summary);
}

/* "member/feature" is looked for among that member's, and offered with its name. */
static bool no_feature(const struct chooser *c, struct str wanted, struct err *err)
{
	size_t slash = str_find(wanted, '/');
	size_t start = slash == STR_NONE ? 0 : slash + 1;
	struct str_nearest near = { .word = str_sub(wanted, start, wanted.n) };

	/* A word of three letters has a neighbour at three edits in every manifest. */
	near.below = near.word.n < 6 ? near.word.n / 2 + 1 : 4;
	for (uint32_t m = 0; m < c->workspace->n; m++) {
		const struct summary *summary = &c->workspace->packages[m].summary;

		if (!c->wanted[m] ||
		    (start > 0 && !str_eq(summary->name, str_sub(wanted, 0, slash))))
			continue;
		for (uint32_t f = 0; f < summary->feature_n; f++)
			str_nearest_offer(&near, summary->features[f].name);
	}
	if (near.name.n == 0)
		return err_set(err, ERR_USAGE, "no selected package has the feature '" STR_FMT "'",
		               STR_ARG(wanted));
	return err_set(err, ERR_USAGE,
	               "no selected package has the feature '" STR_FMT
	               "'; did you mean '" STR_FMT STR_FMT "'?",
	               STR_ARG(wanted), STR_ARG(str_sub(wanted, 0, start)), STR_ARG(near.name));
}

static bool check_features(const struct chooser *c, struct err *err)
{
	for (size_t i = 0; i < c->options->features.n; i++)
		if (!c->feature_met[i])
			return no_feature(c, c->options->features.p[i], err);
	return true;
}

bool selection_make(struct arena *arena, const struct workspace *workspace,
                    const uint32_t *package_of, const struct lockfile *lock,
                    const struct project_options *options, struct selection *out, struct err *err)
{
	struct chooser c = { arena, workspace, package_of, lock, options, out, NULL, NULL };
	bool old = workspace->resolver == 1 && workspace->root != PACKAGE_NONE;
	bool any = false;

	*out = (struct selection){ 0 };
	c.wanted = arena_array(arena, workspace->n, sizeof *c.wanted);
	c.feature_met = arena_array(arena, options->features.n, sizeof *c.feature_met);
	if (!choose(&c, err))
		return false;
	for (uint32_t i = 0; i < workspace->n; i++)
		any = any || c.wanted[i];
	if (!any && !old &&
	    (options->features.n > 0 || options->all_features || options->no_default_features))
		return err_set(err, ERR_USAGE,
		               "features cannot be chosen for packages outside the workspace");
	for (uint32_t i = 0; i < workspace->n; i++)
		if (workspace->packages[i].is_member &&
		    (c.wanted[i] || (old ? i == workspace->root : !any)))
			add_root(&c, i, old);
	return check_features(&c, err);
}
