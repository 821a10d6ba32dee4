#include "audit/dependency.h"
#include <stdlib.h>

/* A name and where it stood, for sorting. */
struct named {
	struct str name;
	uint32_t i;
};

static int cmp_named(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = str_cmp(x->name, y->name);

	return order != 0 ? order : (x->i > y->i) - (x->i < y->i);
}

/* Registries mostly sort what they write, so look before sorting. */
static void sort_named(struct named *p, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		if (cmp_named(&p[i - 1], &p[i]) > 0) {
			qsort(p, n, sizeof *p, cmp_named);
			return;
		}
	}
}

uint64_t summary_hash(struct str name)
{
	return map_hash(name);
}

uint32_t summary_feature_at(const struct summary *summary, uint64_t hash)
{
	if (summary->feature_n == 0)
		return FEATURE_NONE;
	for (uint32_t at = (uint32_t)hash;; at++) {
		uint32_t i = summary->feature_slots[at & summary->feature_mask];

		if (i == 0)
			return FEATURE_NONE;
		if (summary->feature_hash[i - 1] == hash)
			return i - 1;
	}
}

uint32_t summary_feature_find(const struct summary *summary, struct str name)
{
	return summary_feature_at(summary, summary_hash(name));
}

uint32_t summary_dep_name_find(const struct summary *summary, struct str name)
{
	uint32_t low = 0, high = summary->dep_name_n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = str_cmp(summary->dep_names[middle], name);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return FEATURE_NONE;
}

/* Fills dep_names and dep_name_of. */
static void add_dep_names(struct arena *arena, struct summary *out)
{
	struct named *sorted = arena_array(arena, out->dep_n, sizeof *sorted);

	for (uint32_t i = 0; i < out->dep_n; i++)
		sorted[i] = (struct named){ out->deps[i].name, i };
	sort_named(sorted, out->dep_n);
	out->dep_names = arena_array(arena, out->dep_n, sizeof *out->dep_names);
	out->dep_name_of = arena_array(arena, out->dep_n, sizeof *out->dep_name_of);
	for (uint32_t i = 0; i < out->dep_n; i++) {
		if (i == 0 || !str_eq(sorted[i].name, sorted[i - 1].name))
			out->dep_names[out->dep_name_n++] = sorted[i].name;
		out->dep_name_of[sorted[i].i] = out->dep_name_n - 1;
	}
}

/* Whether a value reads dep:NAME, which speaks of the dependency and so hides its implicit feature;
 * dep:a/b is no such value, but a dependency whose name nobody has. */
static bool is_dep_value(struct str value, struct str *name)
{
	if (!str_starts(value, STR_LIT("dep:")) || str_find(value, '/') != STR_NONE)
		return false;
	*name = str_sub(value, 4, value.n);
	return true;
}

/* For each of dep_names whether it gets an implicit feature, not yet looking at declared features
 * of the same name: it is optional somewhere, and no value says dep:NAME. */
static bool *implicit_dep_names(struct arena *arena, const struct summary *summary,
                                const struct feature_list *features)
{
	bool *implicit = arena_array(arena, summary->dep_name_n, sizeof *implicit);
	bool some = false;

	for (uint32_t i = 0; i < summary->dep_n; i++) {
		if (summary->deps[i].optional)
			some = implicit[summary->dep_name_of[i]] = true;
	}
	for (size_t i = 0; some && i < features->n; i++) {
		const struct str_list *values = &features->p[i].values;

		for (size_t j = 0; j < values->n; j++) {
			struct str name;
			uint32_t dep_name;

			if (!is_dep_value(values->p[j], &name))
				continue;
			dep_name = summary_dep_name_find(summary, name);
			if (dep_name != FEATURE_NONE)
				implicit[dep_name] = false;
		}
	}
	return implicit;
}

static struct feature_value resolve_value(const struct summary *summary, struct str value)
{
	struct feature_value out = { .feature = FEATURE_NONE, .dep_name = FEATURE_NONE };
	struct str name;

	if (str_cut(value, '/', &name, &out.dep_feature)) {
		out.kind = FV_DEP_FEATURE;
		out.weak = str_ends(name, STR_LIT("?"));
		if (out.weak)
			name.n--;
		out.dep_name = summary_dep_name_find(summary, name);
		out.dep_feature_hash = summary_hash(out.dep_feature);
	} else if (is_dep_value(value, &name)) {
		out.kind = FV_DEP;
		out.dep_name = summary_dep_name_find(summary, name);
	} else {
		out.kind = FV_FEATURE;
		out.feature = summary_feature_find(summary, value);
	}
	return out;
}

/* The declared features by name; of two with one name the last holds, as in a map. Returns how
 * many. */
static size_t sort_features(const struct feature_list *features, struct named *sorted)
{
	size_t n = 0;

	for (size_t i = 0; i < features->n; i++)
		sorted[i] = (struct named){ features->p[i].name, (uint32_t)i };
	sort_named(sorted, features->n);
	for (size_t i = 0; i < features->n; i++) {
		if (n > 0 && str_eq(sorted[n - 1].name, sorted[i].name))
			n--;
		sorted[n++] = sorted[i];
	}
	return n;
}

/* Merges the declared features and the implicit ones, both sorted, into out->features. from[i]
 * becomes the index of a declared one, FEATURE_NONE for an implicit one. */
static void merge_features(const struct named *declared, size_t declared_n, const bool *implicit,
                           struct summary *out, uint32_t *from)
{
	size_t i = 0;

	for (uint32_t d = 0; d <= out->dep_name_n; d++) {
		bool last = d == out->dep_name_n;

		if (!last && !implicit[d])
			continue;
		while (i < declared_n &&
		       (last || str_cmp(declared[i].name, out->dep_names[d]) <= 0)) {
			from[out->feature_n] = declared[i].i;
			out->features[out->feature_n++].name = declared[i++].name;
		}
		if (last || (i > 0 && str_eq(declared[i - 1].name, out->dep_names[d])))
			continue;
		from[out->feature_n] = FEATURE_NONE;
		out->features[out->feature_n++].name = out->dep_names[d];
	}
}

/* Fills the values of all features; they share one array. */
static void add_values(struct arena *arena, const struct feature_list *features,
                       const uint32_t *from, struct summary *out)
{
	size_t n = 0;

	for (uint32_t i = 0; i < out->feature_n; i++)
		n += from[i] == FEATURE_NONE ? 1 : features->p[from[i]].values.n;
	struct feature_value *values = arena_array(arena, n, sizeof *values);
	for (uint32_t i = 0; i < out->feature_n; i++) {
		struct summary_feature *feature = &out->features[i];

		feature->values = values;
		if (from[i] == FEATURE_NONE) {
			*values++ = (struct feature_value){ .kind = FV_DEP,
				                            .feature = FEATURE_NONE,
				                            .dep_name = summary_dep_name_find(
								    out, feature->name) };
			feature->n = 1;
			continue;
		}
		const struct str_list *texts = &features->p[from[i]].values;
		for (size_t j = 0; j < texts->n; j++)
			*values++ = resolve_value(out, texts->p[j]);
		feature->n = (uint32_t)texts->n;
	}
}

static void hash_features(struct arena *arena, struct summary *out)
{
	uint32_t size = 2;

	while (size < out->feature_n * 2)
		size *= 2;
	out->feature_hash = arena_array(arena, out->feature_n, sizeof *out->feature_hash);
	out->feature_slots = arena_array(arena, size, sizeof *out->feature_slots);
	out->feature_mask = size - 1;
	for (uint32_t i = 0; i < out->feature_n; i++) {
		uint64_t hash = summary_hash(out->features[i].name);
		uint32_t at = (uint32_t)hash;

		out->feature_hash[i] = hash;
		while (out->feature_slots[at & out->feature_mask] != 0)
			at++;
		out->feature_slots[at & out->feature_mask] = i + 1;
	}
	out->default_feature = summary_feature_find(out, STR_LIT("default"));
}

static void brief_deps(struct arena *arena, struct summary *out)
{
	uint32_t asked_n = 0;

	for (uint32_t i = 0; i < out->dep_n; i++)
		asked_n += (uint32_t)out->deps[i].features.n;
	out->package_hash = arena_array(arena, out->dep_n, sizeof *out->package_hash);
	out->briefs = arena_array(arena, out->dep_n, sizeof *out->briefs);
	out->asked = arena_array(arena, asked_n, sizeof *out->asked);
	asked_n = 0;
	for (uint32_t i = 0; i < out->dep_n; i++) {
		const struct dependency *dep = &out->deps[i];

		out->package_hash[i] = summary_hash(dep->package);
		out->briefs[i] = (struct dep_brief){
			.span = req_span_of(&dep->req),
			.asked = asked_n,
			.asked_n = (uint32_t)dep->features.n,
			.kind = (uint8_t)dep->kind,
			.optional = dep->optional,
			.default_features = dep->default_features,
			.has_platform = dep->has_platform,
			.is_plain = dep->from == DEP_FROM_REGISTRY && dep->registry.n == 0 &&
			            dep->registry_name.n == 0,
		};
		for (size_t j = 0; j < dep->features.n; j++)
			out->asked[asked_n++] = summary_hash(dep->features.p[j]);
	}
}

void summary_make(struct arena *arena, struct str name, struct str vers,
                  const struct version *version, const struct dependency_list *deps,
                  const struct feature_list *features, struct summary *out)
{
	*out = (struct summary){ .name = name,
		                 .vers = vers,
		                 .version = *version,
		                 .deps = deps->p,
		                 .dep_n = (uint32_t)deps->n };
	add_dep_names(arena, out);
	bool *implicit = implicit_dep_names(arena, out, features);
	struct named *declared = arena_array(arena, features->n, sizeof *declared);
	size_t declared_n = sort_features(features, declared);
	size_t most = declared_n + out->dep_name_n;
	uint32_t *from = arena_array(arena, most, sizeof *from);

	out->features = arena_array(arena, most, sizeof *out->features);
	merge_features(declared, declared_n, implicit, out, from);
	hash_features(arena, out);
	brief_deps(arena, out);
	add_values(arena, features, from, out);
}

struct numbered_feature {
	struct feature feature;
	size_t i; /* its place in the line */
};

static int cmp_numbered(const void *a, const void *b)
{
	const struct numbered_feature *x = a, *y = b;
	int order = str_cmp(x->feature.name, y->feature.name);

	return order != 0 ? order : (x->i > y->i) - (x->i < y->i);
}

void feature_list_sort(struct arena *arena, struct feature_list *list)
{
	struct numbered_feature *sorted;
	size_t n = 0;

	for (n = 1; n < list->n; n++)
		if (str_cmp(list->p[n - 1].name, list->p[n].name) >= 0)
			break;
	if (n >= list->n)
		return; /* as registries write them */
	sorted = arena_array(arena, list->n, sizeof *sorted);
	for (size_t i = 0; i < list->n; i++)
		sorted[i] = (struct numbered_feature){ list->p[i], i };
	qsort(sorted, list->n, sizeof *sorted, cmp_numbered);
	n = 0;
	for (size_t i = 0; i < list->n; i++) {
		if (n > 0 && str_eq(list->p[n - 1].name, sorted[i].feature.name))
			n--;
		list->p[n++] = sorted[i].feature;
	}
	list->n = n;
}

void feature_list_merge(struct arena *arena, struct feature_list *first,
                        const struct feature_list *second)
{
	size_t i = 0, j = 0, n = 0, most = first->n + second->n;
	struct feature *merged;

	if (second->n == 0)
		return;
	merged = arena_array(arena, most, sizeof *merged);
	while (i < first->n || j < second->n) {
		int order = i == first->n    ? 1
		            : j == second->n ? -1
		                             : str_cmp(first->p[i].name, second->p[j].name);

		merged[n] = order <= 0 ? first->p[i++] : second->p[j++];
		/* the values may be those of another entry, too: they are copied when they grow */
		merged[n].values.cap = merged[n].values.n;
		for (size_t k = 0; order == 0 && k < second->p[j].values.n; k++)
			*vec_add(arena, &merged[n].values) = second->p[j].values.p[k];
		j += order == 0;
		n++;
	}
	*first = (struct feature_list){ merged, n, most };
}
