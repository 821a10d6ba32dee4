#include "audit/diff.h"

/* The rules that speak of abandonment, as design.md lists them. */
static const struct str ABANDONMENT[] = {
	STR("abandoned-runtime"),     STR("abandoned-version-line"),
	STR("all-versions-yanked"),   STR("archived-repository"),
	STR("deprecated-by-author"),  STR("missing-repository"),
	STR("removed-from-registry"), STR("stale"),
	STR("unmaintained-advisory"), STR("yanked"),
};

struct comparison {
	struct arena *arena;
	const struct lockfile *before, *after;
	struct diff *out;
	uint32_t *pair_of; /* by package of the new lock: that of the old one, or PACKAGE_NONE */
	bool *is_paired;   /* by package of the old lock */
};

/* The packages of one name in both locks. */
struct group {
	uint32_t before, before_end, after, after_end;
};

static bool is_same_place(const struct locked_package *a, const struct locked_package *b)
{
	return lock_source_same(&a->source, &b->source) &&
	       str_eq(a->source.commit, b->source.commit);
}

static bool fits_exactly(const struct locked_package *a, const struct locked_package *b)
{
	return str_eq(a->vers, b->vers) && is_same_place(a, b);
}

static bool fits_version(const struct locked_package *a, const struct locked_package *b)
{
	return str_eq(a->vers, b->vers);
}

static bool fits_line(const struct locked_package *a, const struct locked_package *b)
{
	return semver_is_compatible(&a->version, &b->version);
}

static bool fits_any(const struct locked_package *a, const struct locked_package *b)
{
	(void)a;
	(void)b;
	return true;
}

/* Pairs what is left of a group, the highest versions first. */
static void pair(struct comparison *c, const struct group *group,
                 bool (*fits)(const struct locked_package *, const struct locked_package *))
{
	for (uint32_t a = group->after_end; a-- > group->after;)
		for (uint32_t b = group->before_end;
		     c->pair_of[a] == PACKAGE_NONE && b-- > group->before;) {
			if (c->is_paired[b] ||
			    !fits(&c->before->packages[b], &c->after->packages[a]))
				continue;
			c->pair_of[a] = b;
			c->is_paired[b] = true;
		}
}

/* What became of a package that both locks hold; false where nothing did. */
static bool change_of(const struct comparison *c, uint32_t before, uint32_t after,
                      enum diff_change *out)
{
	const struct locked_package *old = &c->before->packages[before],
				    *now = &c->after->packages[after];
	bool was_built = c->out->before->packages[before].built,
	     built = c->out->after->packages[after].built;

	if (!str_eq(old->vers, now->vers))
		*out = semver_cmp(&old->version, &now->version) > 0 ? DIFF_DOWNGRADED
		                                                    : DIFF_UPDATED;
	else if (!is_same_place(old, now))
		*out = DIFF_SOURCE;
	else if (old->checksum.n > 0 && now->checksum.n > 0 &&
	         !str_eq(old->checksum, now->checksum))
		*out = DIFF_CHECKSUM;
	else if (was_built != built)
		*out = built ? DIFF_NOW_BUILT : DIFF_NOT_BUILT;
	else
		return false;
	return true;
}

static void add_package(struct comparison *c, enum diff_change change, uint32_t before,
                        uint32_t after)
{
	*vec_add(c->arena, &c->out->packages) = (struct diff_package){ change, before, after };
}

static void compare_group(struct comparison *c, const struct group *group)
{
	enum diff_change change = DIFF_ADDED;

	pair(c, group, fits_exactly);
	pair(c, group, fits_version);
	pair(c, group, fits_line);
	pair(c, group, fits_any);
	for (uint32_t a = group->after; a < group->after_end; a++) {
		if (c->pair_of[a] == PACKAGE_NONE)
			add_package(c, DIFF_ADDED, PACKAGE_NONE, a);
		else if (change_of(c, c->pair_of[a], a, &change))
			add_package(c, change, c->pair_of[a], a);
	}
	for (uint32_t b = group->before; b < group->before_end; b++)
		if (!c->is_paired[b])
			add_package(c, DIFF_REMOVED, b, PACKAGE_NONE);
}

/* The end of the packages that share the name of package i. */
static uint32_t name_end(const struct lockfile *lock, uint32_t i, struct str name)
{
	while (i < lock->n && str_eq(lock->packages[i].name, name))
		i++;
	return i;
}

static void compare_packages(struct comparison *c)
{
	struct group group = { 0 };

	c->pair_of = arena_array(c->arena, c->after->n, sizeof *c->pair_of);
	c->is_paired = arena_array(c->arena, c->before->n, sizeof *c->is_paired);
	for (uint32_t i = 0; i < c->after->n; i++)
		c->pair_of[i] = PACKAGE_NONE;
	while (group.before < c->before->n || group.after < c->after->n) {
		bool has_old = group.before < c->before->n, has_new = group.after < c->after->n;
		struct str old =
			has_old ? c->before->packages[group.before].name : (struct str){ 0 };
		struct str now = has_new ? c->after->packages[group.after].name : (struct str){ 0 };
		struct str name = !has_new || (has_old && str_cmp(old, now) < 0) ? old : now;

		group.before_end = name_end(c->before, group.before, name);
		group.after_end = name_end(c->after, group.after, name);
		compare_group(c, &group);
		group.before = group.before_end;
		group.after = group.after_end;
	}
}

static bool is_abandonment(struct str rule)
{
	for (size_t i = 0; i < ARRAY_LEN(ABANDONMENT); i++)
		if (str_eq(rule, ABANDONMENT[i]))
			return true;
	return false;
}

/* Adds the package where it is built and rules of abandonment speak of it. */
static void add_abandoned(struct comparison *c, const struct audit_result *result, uint32_t package,
                          struct diff_abandoned_list *to)
{
	const struct str_list *rules = &result->packages[package].rules;
	struct diff_abandoned one = { .package = package };

	if (!result->packages[package].built && !result->project->options.include_inactive)
		return;
	for (size_t i = 0; i < rules->n; i++)
		if (is_abandonment(rules->p[i]) && !str_list_has(&one.rules, rules->p[i]))
			*vec_add(c->arena, &one.rules) = rules->p[i];
	if (one.rules.n > 0)
		*vec_add(c->arena, to) = one;
}

static void compare_abandonment(struct comparison *c)
{
	for (size_t i = 0; i < c->out->packages.n; i++) {
		const struct diff_package *package = &c->out->packages.p[i];

		if (package->change == DIFF_ADDED || package->change == DIFF_NOW_BUILT)
			add_abandoned(c, c->out->after, package->after, &c->out->came);
		if (package->change == DIFF_REMOVED || package->change == DIFF_NOT_BUILT)
			add_abandoned(c, c->out->before, package->before, &c->out->went);
	}
}

static const struct runtime_use *find_runtime(const struct audit_result *result, struct str name)
{
	for (size_t i = 0; i < result->runtimes.n; i++)
		if (str_eq(result->runtimes.p[i].runtime, name))
			return &result->runtimes.p[i];
	return NULL;
}

static void compare_runtimes(struct comparison *c)
{
	const struct runtime_use_list *before = &c->out->before->runtimes,
				      *after = &c->out->after->runtimes;

	for (size_t i = 0; i < after->n; i++)
		if (!find_runtime(c->out->before, after->p[i].runtime))
			*vec_add(c->arena, &c->out->runtimes) =
				(struct diff_runtime){ NULL, &after->p[i] };
	for (size_t i = 0; i < before->n; i++)
		if (!find_runtime(c->out->after, before->p[i].runtime))
			*vec_add(c->arena, &c->out->runtimes) =
				(struct diff_runtime){ &before->p[i], NULL };
	for (size_t i = 0; i < after->n; i++) {
		const struct runtime_use *now = &after->p[i],
					 *old = find_runtime(c->out->before, now->runtime);

		if (old && (old->packages != now->packages || old->hard != now->hard ||
		            !str_eq(old->versions, now->versions)))
			*vec_add(c->arena, &c->out->runtimes) = (struct diff_runtime){ old, now };
	}
}

/* Findings of the old result by what makes them the same, and which of them were found again. */
struct earlier {
	struct map first; /* rule, crate and subject → index */
	uint32_t *next;   /* of the same key, UINT32_MAX behind the last */
	bool *is_met;
};

static const struct locked_package *package_of(const struct audit_result *result,
                                               const struct finding *finding)
{
	return &result->graph->lock->packages[finding->package];
}

/* Newlines stand in none of the three. */
static struct str key_of(struct arena *arena, const struct audit_result *result,
                         const struct finding *finding)
{
	return arena_printf(arena, STR_FMT "\n" STR_FMT "\n" STR_FMT, STR_ARG(finding->rule),
	                    STR_ARG(package_of(result, finding)->name), STR_ARG(finding->subject));
}

static struct earlier learn(struct comparison *c)
{
	const struct audit_result *before = c->out->before;
	struct earlier known = {
		.next = arena_array(c->arena, before->findings.n, sizeof *known.next),
		.is_met = arena_array(c->arena, before->findings.n, sizeof *known.is_met),
	};

	for (uint32_t i = (uint32_t)before->findings.n; i-- > 0;) {
		const struct finding *finding = &before->findings.p[i];

		if (!finding_counts(before, finding))
			continue;
		uint32_t *first = map_slot(&known.first, c->arena,
		                           key_of(c->arena, before, finding), UINT32_MAX, NULL);
		known.next[i] = *first;
		*first = i;
	}
	return known;
}

/* The old finding that one is, of the same version only where asked; NULL where it is none. */
static const struct finding *meet(const struct comparison *c, struct earlier *known,
                                  const struct finding *finding, bool same_version)
{
	const struct audit_result *before = c->out->before;
	struct str vers = package_of(c->out->after, finding)->vers;
	uint32_t i = UINT32_MAX;

	if (!map_get(&known->first, key_of(c->arena, c->out->after, finding), &i))
		return NULL;
	for (; i != UINT32_MAX; i = known->next[i]) {
		const struct finding *old = &before->findings.p[i];

		if (known->is_met[i] ||
		    (same_version && !str_eq(package_of(before, old)->vers, vers)))
			continue;
		known->is_met[i] = true;
		return old;
	}
	return NULL;
}

/* Counts a finding that is new, or worse than `was`. */
static void count(struct diff *out, const struct finding *finding, enum level was)
{
	enum level fail_on = out->after->fail_on;

	out->errors += finding->level == LEVEL_ERROR;
	out->warnings += finding->level == LEVEL_WARNING;
	out->notes += finding->level == LEVEL_NOTE;
	if (fail_on != LEVEL_ALLOW && finding->level >= fail_on && was < fail_on)
		out->fail = true;
}

static void compare_findings(struct comparison *c)
{
	const struct audit_result *after = c->out->after, *before = c->out->before;
	struct earlier known = learn(c);
	const struct finding **old =
		arena_array(c->arena, after->findings.n, sizeof(struct finding *));

	/* What stands there unchanged is found first, so that only the rest can have moved to
	 * another version. */
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < after->findings.n; i++)
			if (!old[i] && finding_counts(after, &after->findings.p[i]))
				old[i] = meet(c, &known, &after->findings.p[i], pass == 0);
	for (size_t i = 0; i < after->findings.n; i++) {
		const struct finding *finding = &after->findings.p[i];

		if (!finding_counts(after, finding) || (old[i] && old[i]->level >= finding->level))
			continue;
		enum level was = old[i] ? old[i]->level : LEVEL_ALLOW;

		*vec_add(c->arena, old[i] ? &c->out->worse : &c->out->fresh) =
			(struct diff_finding){ finding, was };
		count(c->out, finding, was);
	}
	for (size_t i = 0; i < before->findings.n; i++)
		if (finding_counts(before, &before->findings.p[i]) && !known.is_met[i])
			*vec_add(c->arena, &c->out->gone) =
				(struct diff_finding){ &before->findings.p[i], LEVEL_ALLOW };
}

void diff_make(struct arena *arena, const struct audit_result *before,
               const struct audit_result *after, struct diff *out)
{
	struct comparison c = { .arena = arena,
		                .before = before->graph->lock,
		                .after = after->graph->lock,
		                .out = out };

	*out = (struct diff){ .before = before, .after = after };
	compare_packages(&c);
	compare_abandonment(&c);
	compare_runtimes(&c);
	compare_findings(&c);
}

const char *diff_change_name(enum diff_change change)
{
	switch (change) {
	case DIFF_ADDED:
		return "added";
	case DIFF_REMOVED:
		return "removed";
	case DIFF_UPDATED:
		return "updated";
	case DIFF_DOWNGRADED:
		return "downgraded";
	case DIFF_SOURCE:
		return "source";
	case DIFF_CHECKSUM:
		return "checksum";
	case DIFF_NOW_BUILT:
		return "now-built";
	case DIFF_NOT_BUILT:
		return "not-built";
	}
	return NULL;
}
