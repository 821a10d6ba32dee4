#include "audit/lockfile.h"
#include "audit/limits.h"
#include "audit/lock_document.h"
#include "base/map.h"
#include <stdlib.h>

/* The packages of one name: they stand side by side once sorted. */
struct span {
	uint32_t first, end;
};

struct resolver {
	struct arena *arena;
	struct lock_document document;
	struct map spans_of; /* a package's name, as index in spans */
	struct {
		struct span *p;
		size_t n, cap;
	} spans;
	bool is_v2; /* something was seen that version 1 does not write */
};

int locked_package_cmp(const struct locked_package *a, const struct locked_package *b)
{
	int order = str_cmp(a->name, b->name);

	if (order == 0)
		order = semver_cmp(&a->version, &b->version);
	return order != 0 ? order : str_cmp(a->source.text, b->source.text);
}

uint32_t lockfile_first(const struct lockfile *lock, struct str name)
{
	uint32_t low = 0, high = lock->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (str_cmp(lock->packages[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int compare_raw(const void *a, const void *b)
{
	const struct raw_package *x = a, *y = b;

	return locked_package_cmp(&x->package, &y->package);
}

/* Cargo writes them in order, so mostly there is nothing to do. */
static void sort_packages(struct raw_package_list *list)
{
	for (size_t i = 1; i < list->n; i++) {
		if (compare_raw(&list->p[i - 1], &list->p[i]) > 0) {
			qsort(list->p, list->n, sizeof *list->p, compare_raw);
			return;
		}
	}
}

/* Counts a package's registry where the package before it has another; see LOCK_REGISTRIES_MAX. */
static bool count_registry(struct resolver *r, struct map *registries,
                           const struct locked_package *before,
                           const struct locked_package *package, struct err *err)
{
	const struct lock_source *source = &package->source;

	if ((source->kind != SOURCE_REGISTRY && source->kind != SOURCE_SPARSE) ||
	    (before && str_eq(before->source.text, source->text)))
		return true;
	map_put(registries, r->arena, source->text, 0);
	if (registries->n <= LOCK_REGISTRIES_MAX)
		return true;
	err_set(err, ERR_LIMIT, "more than %d registries in a lock", LOCK_REGISTRIES_MAX);
	return lock_document_at(&r->document, package->line, err);
}

/* Finds the spans of names, and refuses what stands twice. */
static bool index_packages(struct resolver *r, struct err *err)
{
	struct map registries = { 0 };
	uint32_t same = 0; /* how many have the name and version of this one */

	map_reserve(&r->spans_of, r->arena, r->document.packages.n);
	for (uint32_t i = 0; i < r->document.packages.n; i++) {
		const struct locked_package *package = &r->document.packages.p[i].package;
		const struct locked_package *before =
			i > 0 ? &r->document.packages.p[i - 1].package : NULL;
		bool new_name = !before || !str_eq(before->name, package->name);

		if (new_name) {
			map_put(&r->spans_of, r->arena, package->name, (uint32_t)r->spans.n);
			*vec_add(r->arena, &r->spans) = (struct span){ i, i };
		}
		struct span *span = &r->spans.p[r->spans.n - 1];

		span->end = i + 1;
		same = !new_name && semver_cmp(&before->version, &package->version) == 0 ? same + 1
		                                                                         : 1;
		if (same > LOCK_SAME_VERSION_MAX) {
			err_set(err, ERR_LIMIT, "more than %d packages '" STR_FMT " " STR_FMT "'",
			        LOCK_SAME_VERSION_MAX, STR_ARG(package->name),
			        STR_ARG(package->vers));
			return lock_document_at(&r->document, package->line, err);
		}
		if (span->end - span->first > LOCK_SAME_NAME_MAX) {
			err_set(err, ERR_LIMIT, "more than %d packages '" STR_FMT "'",
			        LOCK_SAME_NAME_MAX, STR_ARG(package->name));
			return lock_document_at(&r->document, package->line, err);
		}
		if (!count_registry(r, &registries, before, package, err))
			return false;
		if (same > 1 && str_eq(before->source.text, package->source.text)) {
			uint32_t one = before->line, other = package->line;
			err_set(err, ERR_INPUT,
			        "package '" STR_FMT " " STR_FMT "' stands in line %u already",
			        STR_ARG(package->name), STR_ARG(package->vers),
			        one < other ? one : other);
			return lock_document_at(&r->document, one < other ? other : one, err);
		}
	}
	return true;
}

/* Narrows a span of one name to one version. */
static struct span span_of_version(const struct resolver *r, struct span span,
                                   const struct version *version)
{
	uint32_t low = span.first, high = span.end;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (semver_cmp(&r->document.packages.p[middle].package.version, version) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (high = low; high < span.end; high++)
		if (semver_cmp(&r->document.packages.p[high].package.version, version) != 0)
			break;
	return (struct span){ low, high };
}

/* Up to version 2, cargo took branch "master" for the default branch, and dropped it from
 * dependencies. */
static bool is_same_but_master(const struct lock_source *a, const struct lock_source *b)
{
	struct lock_source x = *a, y = *b;

	if (str_eq(x.git_ref, STR_LIT("branch=master")))
		x.git_ref = (struct str){ 0 };
	if (str_eq(y.git_ref, STR_LIT("branch=master")))
		y.git_ref = (struct str){ 0 };
	return lock_source_same(&x, &y);
}

/* How many of a span come from a source; *found is the last of them. The spelling itself comes
 * first, then the place it names, with the same commit where one is given. */
static uint32_t match_source(const struct resolver *r, struct span span,
                             const struct lock_source *source, uint32_t *found)
{
	enum { EXACT, SAME_COMMIT, SAME, SAME_BUT_MASTER, STEPS };

	for (int step = EXACT; step < STEPS; step++) {
		uint32_t n = 0;

		for (uint32_t i = span.first; i < span.end; i++) {
			const struct lock_source *one = &r->document.packages.p[i].package.source;
			bool fits = step == EXACT ? str_eq(one->text, source->text)
			            : step == SAME_COMMIT
			                    ? lock_source_same(one, source) &&
			                              str_eq(one->commit, source->commit)
			            : step == SAME ? lock_source_same(one, source)
			                           : is_same_but_master(one, source);
			if (fits) {
				n++;
				*found = i;
			}
		}
		if (n > 0)
			return n;
	}
	return 0;
}

/* How many of a span, all of one version, can be meant where no source is written: the only one, or
 * the only one of them that has no source itself. */
static uint32_t match_without_source(const struct resolver *r, struct span span, uint32_t *found)
{
	uint32_t paths = 0;

	for (uint32_t i = span.first; i < span.end; i++) {
		if (r->document.packages.p[i].package.source.kind == SOURCE_PATH) {
			paths++;
			*found = i;
		}
	}
	if (paths > 0)
		return paths;
	*found = span.first;
	return span.end - span.first;
}

/* How many packages a reference "name", "name vers" or "name vers (source)" fits; *found is one of
 * them. */
static bool match(struct resolver *r, const struct lock_reference *ref, uint32_t *n,
                  uint32_t *found, struct err *err)
{
	struct str name, vers, source_text;
	struct version version = { 0 };
	struct lock_source source = { 0 };
	uint32_t which = 0;

	bool has_vers = str_cut(ref->text, ' ', &name, &vers);
	bool has_source = str_cut(vers, ' ', &vers, &source_text);
	if (has_source &&
	    (!str_starts(source_text, STR_LIT("(")) || !str_ends(source_text, STR_LIT(")")))) {
		err_set(err, ERR_INPUT, "'" STR_FMT "' is not written as \"name version (source)\"",
		        STR_ARG(ref->text));
		return lock_document_at(&r->document, ref->line, err);
	}
	if (has_vers && !semver_parse(vers, &version, err))
		return lock_document_at(&r->document, ref->line, err);
	*n = 0;
	if (!map_get(&r->spans_of, name, &which))
		return true;
	struct span span = r->spans.p[which];

	if (!has_vers) {
		r->is_v2 = true;
		*n = span.end - span.first;
		*found = span.first;
		if (span_of_version(r, span, &r->document.packages.p[span.first].package.version)
		            .end < span.end)
			return true;
	} else {
		span = span_of_version(r, span, &version);
	}
	if (has_source) {
		if (!lock_source_parse(r->arena, str_sub(source_text, 1, source_text.n - 1),
		                       &source, err))
			return lock_document_at(&r->document, ref->line, err);
		*n = match_source(r, span, &source, found);
	} else {
		*n = match_without_source(r, span, found);
		r->is_v2 |= *n == 1 &&
		            r->document.packages.p[*found].package.source.kind != SOURCE_PATH;
	}
	return true;
}

static bool resolve(struct resolver *r, const struct locked_package *from,
                    const struct lock_reference *ref, uint32_t *out, struct err *err)
{
	uint32_t n = 0;

	if (!match(r, ref, &n, out, err))
		return false;
	if (n == 1)
		return true;
	if (n == 0)
		err_set(err, ERR_INPUT,
		        "package '" STR_FMT "' depends on '" STR_FMT "', which is not in the lock",
		        STR_ARG(from->name), STR_ARG(ref->text));
	else
		err_set(err, ERR_INPUT,
		        "package '" STR_FMT "' depends on '" STR_FMT
		        "', which fits %u packages of the lock",
		        STR_ARG(from->name), STR_ARG(ref->text), n);
	return lock_document_at(&r->document, ref->line, err);
}

static int compare_u32(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Ascending and each once, as cargo writes them already. */
static uint32_t sort_unique(uint32_t *list, size_t n)
{
	uint32_t kept = 0;
	bool sorted = true;

	for (size_t i = 1; sorted && i < n; i++)
		sorted = list[i - 1] < list[i];
	if (!sorted)
		qsort(list, n, sizeof *list, compare_u32);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || list[kept - 1] != list[i])
			list[kept++] = list[i];
	return kept;
}

static bool resolve_all(struct resolver *r, struct err *err)
{
	uint32_t *edges = arena_array(r->arena, r->document.deps.n, sizeof *edges);

	for (size_t i = 0; i < r->document.packages.n; i++) {
		struct raw_package *raw = &r->document.packages.p[i];
		struct locked_package *package = &raw->package;

		package->deps = edges;
		for (size_t k = 0; k < raw->dep_n; k++)
			if (!resolve(r, package, &r->document.deps.p[raw->first_dep + k], &edges[k],
			             err))
				return false;
		package->dep_n = sort_unique(edges, raw->dep_n);
		edges += raw->dep_n;
		if (raw->replace.line > 0 &&
		    !resolve(r, package, &raw->replace, &package->replace, err))
			return false;
	}
	return true;
}

/* [metadata] of version 1: a checksum of a package that is gone is passed over, as cargo does
 * it. */
static bool apply_checksums(struct resolver *r, struct err *err)
{
	for (size_t i = 0; i < r->document.checksums.n; i++) {
		const struct lock_checksum *checksum = &r->document.checksums.p[i];
		struct lock_reference value = { checksum->value, checksum->of.line };
		uint32_t n = 0, at = 0;
		bool v2 = r->is_v2; /* a key of [metadata] says nothing about dependencies */

		if (!match(r, &checksum->of, &n, &at, err))
			return false;
		r->is_v2 = v2;
		if (n == 1 && r->document.packages.p[at].package.checksum.n == 0 &&
		    !lock_document_set_checksum(&r->document, &r->document.packages.p[at].package,
		                                &value, err))
			return false;
	}
	return true;
}

/* Versions 1 and 2 do not name themselves. A lock of one package shows no difference but one:
 * version 1 ended with an empty line. */
static uint32_t version_of(const struct resolver *r, struct str bytes)
{
	bool ends_as_v2 = str_ends(bytes, STR_LIT("\n")) && !str_ends(bytes, STR_LIT("\n\n"));

	if (r->document.version > 0)
		return r->document.version;
	return r->is_v2 || r->document.has_checksums || (r->document.packages.n == 1 && ends_as_v2)
	               ? 2
	               : 1;
}

static struct locked_package *packages_of(struct arena *arena, const struct raw_package_list *list,
                                          uint32_t *n)
{
	struct locked_package *out = arena_array(arena, list->n, sizeof *out);

	for (size_t i = 0; i < list->n; i++)
		out[i] = list->p[i].package;
	*n = (uint32_t)list->n;
	return out;
}

bool lockfile_parse(struct arena *arena, struct str bytes, struct str name, struct lockfile *out,
                    struct err *err)
{
	struct resolver r = { .arena = arena };

	if (!lock_document_read(arena, bytes, name, &r.document, err))
		return false;
	sort_packages(&r.document.packages);
	sort_packages(&r.document.unused);
	if (!index_packages(&r, err) || !resolve_all(&r, err) || !apply_checksums(&r, err))
		return false;
	out->version = version_of(&r, bytes);
	out->packages = packages_of(arena, &r.document.packages, &out->n);
	out->unused_patches = packages_of(arena, &r.document.unused, &out->unused_n);
	return true;
}
