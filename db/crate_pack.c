#include "db/crate_pack.h"
#include "audit/limits.h"
#include "db/crate_value.h"
#include "db/list_delta.h"
#include "db/packed.h"

/* Entries in the order of their first use, each once. */
struct entries {
	struct map ids;
	struct str_list list;
};

/* Lists of numbers, each once, with the list that stood before it where it was first used. */
struct kept_list {
	struct number_list numbers;
	uint32_t base; /* or UINT32_MAX */
};
struct lists {
	struct map ids; /* by the bytes of the numbers */
	struct {
		struct kept_list *p;
		size_t n, cap;
	} list;
	uint32_t last; /* the list of the version before; UINT32_MAX at first */
};

struct packer {
	struct arena arena;      /* of this call */
	struct buf record;       /* the bytes of one shape, dependency or feature */
	struct u32_list numbers; /* of the list that is being made */
	struct entries texts, shapes, deps, features;
	struct lists dep_lists, feature_lists;
	struct buf heads;
	size_t cksums;
	int64_t published_at, yanked_at; /* the last known ones */
	struct str links, rust_version;  /* of the version before */
	/* also of it; what lies at the same place is the same (audit/index_entry.h) */
	struct dependency_list deps_before;
	struct feature_list features_before;
};

static void packer_free(struct packer *packer)
{
	arena_free(&packer->arena);
	buf_free(&packer->record);
	buf_free(&packer->heads);
	*packer = (struct packer){ 0 };
}

/* The number of an entry, added where it is new; `stays`: its bytes outlive the call. */
static uint32_t entry_id(struct packer *packer, struct entries *entries, struct str bytes,
                         bool stays)
{
	uint32_t id = 0;

	if (map_get(&entries->ids, bytes, &id))
		return id;
	id = (uint32_t)entries->list.n;
	if (!stays)
		bytes = arena_str(&packer->arena, bytes);
	map_put(&entries->ids, &packer->arena, bytes, id);
	*vec_add(&packer->arena, &entries->list) = bytes;
	return id;
}

static uint32_t text_id(struct packer *packer, struct str text)
{
	return entry_id(packer, &packer->texts, text, true);
}

static uint32_t record_id(struct packer *packer, struct entries *entries)
{
	return entry_id(packer, entries, buf_str(&packer->record), false);
}

/* The list of packer->numbers, which is emptied. */
static uint32_t list_id(struct packer *packer, struct lists *lists)
{
	struct u32_list *numbers = &packer->numbers;
	struct str key = { (const char *)numbers->p, numbers->n * sizeof *numbers->p };
	uint32_t id = 0;

	if (!map_get(&lists->ids, key, &id)) {
		uint32_t *copy = arena_array(&packer->arena, numbers->n, sizeof *copy);

		id = (uint32_t)lists->list.n;
		if (key.n > 0)
			memcpy(copy, numbers->p, key.n);
		key.p = (const char *)copy;
		map_put(&lists->ids, &packer->arena, key, id);
		*vec_add(&packer->arena, &lists->list) =
			(struct kept_list){ { copy, numbers->n }, lists->last };
	}
	numbers->n = 0;
	return id;
}

static void pack_texts(struct packer *packer, const struct str_list *texts)
{
	packed_put(&packer->record, texts->n);
	for (size_t i = 0; i < texts->n; i++)
		packed_put(&packer->record, text_id(packer, texts->p[i]));
}

static uint32_t pack_dep(struct packer *packer, const struct dependency *dep)
{
	bool renamed = !str_eq(dep->name, dep->package);
	unsigned flags = (unsigned)dep->kind << SHAPE_KIND_SHIFT;

	flags |= (dep->optional ? SHAPE_OPTIONAL : 0) |
	         (dep->default_features ? SHAPE_DEFAULT_FEATURES : 0) |
	         (renamed ? SHAPE_RENAMED : 0) | (dep->has_platform ? SHAPE_PLATFORM : 0) |
	         (dep->registry.n > 0 ? SHAPE_REGISTRY : 0);
	buf_clear(&packer->record);
	packed_put(&packer->record, flags);
	packed_put(&packer->record, text_id(packer, dep->name));
	if (renamed)
		packed_put(&packer->record, text_id(packer, dep->package));
	if (dep->has_platform)
		packed_put(&packer->record, text_id(packer, dep->platform_text));
	if (dep->registry.n > 0)
		packed_put(&packer->record, text_id(packer, dep->registry));
	pack_texts(packer, &dep->features);
	uint32_t pair[2] = { record_id(packer, &packer->shapes), text_id(packer, dep->req_text) };

	return entry_id(packer, &packer->deps, (struct str){ (const char *)pair, sizeof pair },
	                false);
}

static uint32_t pack_feature(struct packer *packer, const struct feature *feature)
{
	buf_clear(&packer->record);
	packed_put(&packer->record, text_id(packer, feature->name));
	pack_texts(packer, &feature->values);
	return record_id(packer, &packer->features);
}

static bool is_at(struct str a, struct str b)
{
	return a.p == b.p && a.n == b.n;
}

/* Whether two are certainly the same: every text lies at the same place. */
static bool is_same_dep(const struct dependency *a, const struct dependency *b)
{
	return is_at(a->name, b->name) && is_at(a->package, b->package) &&
	       is_at(a->req_text, b->req_text) && is_at(a->platform_text, b->platform_text) &&
	       is_at(a->registry, b->registry) && a->features.p == b->features.p &&
	       a->features.n == b->features.n && a->kind == b->kind && a->optional == b->optional &&
	       a->default_features == b->default_features && a->has_platform == b->has_platform;
}

/* The number of a dependency that the version before had near this place, or UINT32_MAX. */
static uint32_t same_dep(const struct packer *packer, const struct dependency *dep, size_t i)
{
	const struct dependency_list *before = &packer->deps_before;
	const size_t near[] = { i, i + 1, i - 1 };

	for (size_t k = 0; k < ARRAY_LEN(near); k++)
		if (near[k] < before->n && is_same_dep(&before->p[near[k]], dep))
			return packer->dep_lists.list.p[packer->dep_lists.last].numbers.p[near[k]];
	return UINT32_MAX;
}

static void list_deps(struct packer *packer, const struct dependency_list *deps)
{
	for (size_t i = 0; i < deps->n; i++) {
		uint32_t id = same_dep(packer, &deps->p[i], i);

		*vec_add(&packer->arena, &packer->numbers) =
			id == UINT32_MAX ? pack_dep(packer, &deps->p[i]) : id;
	}
}

/* 0: that of the version before; 1: the first use of a new one; else its number + 2. */
static void put_list(struct packer *packer, struct lists *lists)
{
	size_t known = lists->list.n;
	uint32_t id = list_id(packer, lists);

	if (id == lists->last)
		packed_put(&packer->heads, 0);
	else
		packed_put(&packer->heads, id == known ? 1 : (uint64_t)id + 2);
	lists->last = id;
}

static void put_date(struct buf *to, int64_t at, int64_t *last)
{
	int64_t moved = 0;

	if (at == 0 || __builtin_sub_overflow(at, *last, &moved) || moved > INT64_MAX / 4 ||
	    moved < INT64_MIN / 4) {
		packed_put(to, 0);
		return;
	}
	packed_put(to, 1 + (moved < 0 ? ~((uint64_t)moved << 1) : (uint64_t)moved << 1));
	*last = at;
}

static void put_text(struct packer *packer, struct str text)
{
	packed_put(&packer->heads, text.n == 0 ? 0 : (uint64_t)text_id(packer, text) + 1);
}

/* What stands behind the three numbers of the version. */
static bool find_tail(const struct index_entry *entry, struct str *tail, struct err *err)
{
	size_t at = 0;
	char numbers[64];
	struct buf text = buf_make(sizeof numbers);

	while (at < entry->vers.n && entry->vers.p[at] != '-' && entry->vers.p[at] != '+')
		at++;
	buf_printf(&text, "%llu.%llu.%llu", (unsigned long long)entry->version.major,
	           (unsigned long long)entry->version.minor,
	           (unsigned long long)entry->version.patch);
	bool same = str_eq(buf_str(&text), str_sub(entry->vers, 0, at));

	buf_free(&text);
	*tail = str_sub(entry->vers, at, entry->vers.n);
	return same || err_set(err, ERR_INPUT, "version '" STR_FMT "' is not what its numbers say",
	                       STR_ARG(entry->vers));
}

static bool put_head(struct packer *packer, const struct kept_version *kept, struct err *err)
{
	const struct index_entry *entry = &kept->entry;
	struct buf *heads = &packer->heads;
	struct str tail = { 0 };
	bool links = !str_eq(entry->links, packer->links);
	bool rust_version = !str_eq(entry->rust_version, packer->rust_version);

	if (!find_tail(entry, &tail, err))
		return false;
	packed_put(heads, (entry->yanked ? HEAD_YANKED : 0u) | (kept->removed ? HEAD_REMOVED : 0u) |
	                          (entry->has_cksum ? HEAD_CKSUM : 0u) |
	                          (tail.n > 0 ? HEAD_TAIL : 0u) | (links ? HEAD_LINKS : 0u) |
	                          (rust_version ? HEAD_RUST_VERSION : 0u) |
	                          (entry->v != 1 ? HEAD_V : 0u));
	packed_put(heads, entry->version.major);
	packed_put(heads, entry->version.minor);
	packed_put(heads, entry->version.patch);
	if (tail.n > 0)
		packed_put(heads, text_id(packer, tail));
	if (entry->deps.n > 0 && entry->deps.p == packer->deps_before.p) {
		packed_put(heads, 0);
	} else {
		list_deps(packer, &entry->deps);
		put_list(packer, &packer->dep_lists);
	}
	if (entry->features.n > 0 && entry->features.p == packer->features_before.p) {
		packed_put(heads, 0);
	} else {
		for (size_t i = 0; i < entry->features.n; i++)
			*vec_add(&packer->arena, &packer->numbers) =
				pack_feature(packer, &entry->features.p[i]);
		put_list(packer, &packer->feature_lists);
	}
	packer->deps_before = entry->deps;
	packer->features_before = entry->features;
	put_date(heads, entry->published_at, &packer->published_at);
	if (entry->yanked)
		put_date(heads, kept->yanked_at, &packer->yanked_at);
	if (links)
		put_text(packer, entry->links);
	if (rust_version)
		put_text(packer, entry->rust_version);
	if (entry->v != 1)
		packed_put(heads, entry->v);
	packer->links = entry->links;
	packer->rust_version = entry->rust_version;
	packer->cksums += entry->has_cksum ? 1 : 0;
	return true;
}

static unsigned width_of(size_t n)
{
	return n <= 1u << 8 ? 1 : n <= 1u << 16 ? 2 : n <= 1u << 24 ? 3 : 4;
}

static void put_number(struct buf *to, uint32_t number, unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		buf_byte(to, (char)(unsigned char)(number >> (8 * i)));
}

static void put_deps(struct packer *packer, struct buf *to)
{
	unsigned shape_width = width_of(packer->shapes.list.n),
		 req_width = width_of(packer->texts.list.n);

	packed_put(to, packer->deps.list.n);
	packed_put(to, shape_width);
	packed_put(to, req_width);
	for (size_t i = 0; i < packer->deps.list.n; i++) {
		uint32_t pair[2] = { 0 };

		memcpy(pair, packer->deps.list.p[i].p, sizeof pair);
		put_number(to, pair[0], shape_width);
		put_number(to, pair[1], req_width);
	}
}

/* A list on its own is written where that is not longer, or the chain below it would grow too long.
 */
static void put_lists(struct packer *packer, struct buf *to, const struct lists *lists,
                      size_t numbers)
{
	size_t n = lists->list.n;
	uint32_t *place = arena_array(&packer->arena, numbers, sizeof *place);
	uint8_t *depth = arena_alloc(&packer->arena, n);
	struct str *entries = arena_array(&packer->arena, n, sizeof *entries);

	for (size_t i = 0; i < n; i++) {
		const struct kept_list *kept = &lists->list.p[i];
		bool builds = kept->base != UINT32_MAX && depth[kept->base] < CRATE_VALUE_CHAIN_MAX;

		buf_clear(&packer->record);
		packed_put(&packer->record, 0);
		list_delta_put(&packer->record, (struct number_list){ 0 }, kept->numbers, place);
		size_t alone = packer->record.n;

		if (builds) {
			packed_put(&packer->record, i - kept->base);
			list_delta_put(&packer->record, lists->list.p[kept->base].numbers,
			               kept->numbers, place);
			builds = packer->record.n - alone < alone;
		}
		if (builds)
			depth[i] = (uint8_t)(depth[kept->base] + 1);
		entries[i] = arena_str(&packer->arena,
		                       str_sub(buf_str(&packer->record), builds ? alone : 0,
		                               builds ? packer->record.n : alone));
	}
	packed_put_table(to, entries, n);
}

static void put_sections(struct packer *packer, struct buf *to, const struct kept_version *versions,
                         size_t n)
{
	packed_put_table(to, packer->texts.list.p, packer->texts.list.n);
	packed_put_table(to, packer->shapes.list.p, packer->shapes.list.n);
	put_deps(packer, to);
	packed_put_table(to, packer->features.list.p, packer->features.list.n);
	put_lists(packer, to, &packer->dep_lists, packer->deps.list.n);
	put_lists(packer, to, &packer->feature_lists, packer->features.list.n);
	packed_put(to, n);
	packed_put(to, packer->cksums);
	packed_put(to, packer->heads.n);
	buf_put(to, buf_str(&packer->heads));
	for (size_t i = 0; i < n; i++)
		if (versions[i].entry.has_cksum)
			buf_put(to, (struct str){ (const char *)versions[i].entry.cksum.bytes,
			                          sizeof versions[i].entry.cksum.bytes });
}

bool crate_pack(struct buf *to, const struct kept_version *versions, size_t n, struct err *err)
{
	CLEANUP(packer_free)
	struct packer packer = {
		.record = buf_make(INDEX_FILE_MAX_BYTES),
		.heads = buf_make(INDEX_FILE_MAX_BYTES),
		.dep_lists = { .last = UINT32_MAX },
		.feature_lists = { .last = UINT32_MAX },
	};
	size_t start = to->n;

	for (size_t i = 0; i < n; i++)
		if (!put_head(&packer, &versions[i], err))
			return false;
	buf_byte(to, CRATE_VALUE_FORMAT);
	put_number(to, 0, 4);
	put_number(to, 0, 4);
	put_sections(&packer, to, versions, n);
	if (!buf_done(&packer.record, "a record of a crate", err) ||
	    !buf_done(&packer.heads, "the list of a crate's versions", err) ||
	    !buf_done(to, "what is stored of a crate", err))
		return false;
	uint64_t checksum =
		packed_checksum(str_sub(buf_str(to), start + CRATE_VALUE_PREFIX, to->n));

	for (size_t i = 0; i < 8; i++)
		to->p[start + 1 + i] = (char)(unsigned char)(checksum >> (8 * i));
	return true;
}
