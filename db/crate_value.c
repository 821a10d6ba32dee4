#include "db/crate_value.h"
#include "audit/limits.h"
#include "db/list_delta.h"

static bool damaged(struct err *err, const char *what)
{
	return err_set(err, ERR_STORE, "the stored value is damaged (%s)", what);
}

/* What the rows of heads refer back to. */
struct head_reader {
	struct packed from;
	struct crate_value *value;
	uint32_t known_dep_lists, known_feature_lists; /* that were used so far */
	uint32_t cksum_n, cksums;                      /* there are, used so far */
	struct crate_head before;
	int64_t published_at, yanked_at; /* the last known ones */
};

static int64_t get_date(struct packed *from, int64_t *last)
{
	uint64_t moved = packed_get(from);

	if (moved == 0)
		return 0;
	moved--;
	if (__builtin_add_overflow(*last, (int64_t)(moved & 1 ? ~(moved >> 1) : moved >> 1),
	                           last)) {
		from->bad = true;
		*last = 0;
	}
	return *last;
}

static uint32_t get_list(struct packed *from, uint32_t before, uint32_t *known, uint32_t n)
{
	uint64_t list = packed_get(from);

	if (list >= 2)
		list -= 2;
	else
		list = list == 0 ? before : (*known)++;
	if (list >= n)
		from->bad = true;
	return (uint32_t)list;
}

static struct str get_text(struct head_reader *reader, uint32_t first)
{
	const struct packed_table *texts = &reader->value->texts;
	uint32_t id = packed_get_below(&reader->from, (uint64_t)texts->n + first);

	if (reader->from.bad || id < first)
		return (struct str){ "", 0 };
	return packed_entry(texts, id - first);
}

static void get_head(struct head_reader *reader, struct crate_head *out)
{
	struct packed *from = &reader->from;
	struct crate_head *before = &reader->before;
	uint32_t flags = packed_get_below(from, HEAD_V * 2);

	out->yanked = flags & HEAD_YANKED;
	out->removed = flags & HEAD_REMOVED;
	out->has_cksum = flags & HEAD_CKSUM;
	out->major = packed_get(from);
	out->minor = packed_get(from);
	out->patch = packed_get(from);
	out->tail = flags & HEAD_TAIL ? get_text(reader, 0) : (struct str){ "", 0 };
	out->dep_list = get_list(from, before->dep_list, &reader->known_dep_lists,
	                         reader->value->dep_lists.n);
	out->feature_list = get_list(from, before->feature_list, &reader->known_feature_lists,
	                             reader->value->feature_lists.n);
	out->published_at = get_date(from, &reader->published_at);
	out->yanked_at = out->yanked ? get_date(from, &reader->yanked_at) : 0;
	out->links = flags & HEAD_LINKS ? get_text(reader, 1) : before->links;
	out->rust_version = flags & HEAD_RUST_VERSION ? get_text(reader, 1) : before->rust_version;
	out->v = flags & HEAD_V ? packed_get_below(from, UINT32_MAX) : 1;
	if (out->has_cksum && reader->cksums == reader->cksum_n)
		from->bad = true;
	out->cksum = reader->cksums;
	reader->cksums += out->has_cksum ? 1 : 0;
	*before = *out;
}

static bool open_heads(struct packed *from, struct crate_value *out, struct err *err)
{
	/* A row takes at least six bytes, a checksum 32: the counts bound the memory. */
	uint32_t n = packed_get_below(from, (uint64_t)(from->end - from->p) + 1);
	uint32_t cksums = packed_get_below(from, (uint64_t)n + 1);
	struct str rows = packed_get_bytes(from, packed_get_below(from, UINT32_MAX));
	struct crate_head *heads = NULL;

	out->cksums = packed_get_bytes(from, (size_t)cksums * sizeof(struct sha256));
	if (from->bad || from->p != from->end || rows.n < n)
		return damaged(err, "its size");
	heads = arena_array(out->arena, n, sizeof *heads);
	struct head_reader reader = { .from = packed_open(rows), .value = out, .cksum_n = cksums };

	for (uint32_t i = 0; i < n && !reader.from.bad; i++)
		get_head(&reader, &heads[i]);
	if (reader.from.bad || reader.from.p != reader.from.end || reader.cksums != cksums)
		return damaged(err, "its versions");
	out->n = n;
	out->heads = heads;
	return true;
}

static uint64_t checksum_of(struct str bytes)
{
	uint64_t sum = 0;

	for (size_t i = CRATE_VALUE_PREFIX; i-- > 1;)
		sum = sum << 8 | (unsigned char)bytes.p[i];
	return sum;
}

bool crate_value_open(struct arena *arena, struct str bytes, struct crate_value *out,
                      struct err *err)
{
	struct crate_value value = { .arena = arena };

	if (bytes.n < CRATE_VALUE_PREFIX || bytes.p[0] != CRATE_VALUE_FORMAT)
		return damaged(err, "its format");
	if (packed_checksum(str_sub(bytes, CRATE_VALUE_PREFIX, bytes.n)) != checksum_of(bytes))
		return damaged(err, "its checksum");
	struct packed from = packed_open(str_sub(bytes, CRATE_VALUE_PREFIX, bytes.n));

	value.texts = packed_get_table(&from, arena);
	value.shapes = packed_get_table(&from, arena);
	value.dep_n = packed_get_below(&from, UINT32_MAX);
	value.shape_width = packed_get_below(&from, sizeof(uint32_t) + 1);
	value.req_width = packed_get_below(&from, sizeof(uint32_t) + 1);
	value.deps = packed_get_bytes(&from,
	                              (size_t)value.dep_n * (value.shape_width + value.req_width));
	value.features = packed_get_table(&from, arena);
	value.dep_lists = packed_get_table(&from, arena);
	value.feature_lists = packed_get_table(&from, arena);
	if (from.bad || value.shape_width == 0 || value.req_width == 0)
		return damaged(err, "its tables");
	if (!open_heads(&from, &value, err))
		return false;
	*out = value;
	return true;
}

/* Makes list i of `lists`: the chain of lists it builds on is found first, then applied from its
 * end. */
static bool make_list(const struct crate_value *value, const struct packed_table *lists, uint32_t i,
                      uint32_t numbers, size_t max, struct number_list *out, struct err *err)
{
	struct str steps[CRATE_VALUE_CHAIN_MAX + 1];
	size_t links = 0;
	uint64_t back = 0;

	do {
		struct packed from = packed_open(packed_entry(lists, i));

		back = packed_get(&from);
		if (from.bad || back > i || links == ARRAY_LEN(steps))
			return damaged(err, "a list");
		steps[links++] = packed_get_bytes(&from, (size_t)(from.end - from.p));
		i -= (uint32_t)back;
	} while (back > 0);
	struct number_list made = { 0 };

	while (links-- > 0)
		if (!list_delta_apply(value->arena, steps[links], made, numbers, max, &made))
			return damaged(err, "a list");
	*out = made;
	return true;
}

/* Reads the records of one version. */
struct entry_reader {
	const struct crate_value *value;
	struct arena *arena;
	bool copies;
	struct str *copied; /* of each text; p NULL: not yet */
	struct packed from;
	bool bad;
};

static struct str text_at(struct entry_reader *reader, uint32_t id)
{
	if (id >= reader->value->texts.n) {
		reader->bad = true;
		return (struct str){ "", 0 };
	}
	struct str text = packed_entry(&reader->value->texts, id);

	if (!reader->copies)
		return text;
	if (!reader->copied[id].p)
		reader->copied[id] = arena_str(reader->arena, text);
	return reader->copied[id];
}

static struct str next_text(struct entry_reader *reader)
{
	return text_at(reader, packed_get_below(&reader->from, UINT32_MAX));
}

static void read_texts(struct entry_reader *reader, size_t max, struct str_list *out)
{
	/* Each takes at least a byte. */
	size_t left = (size_t)(reader->from.end - reader->from.p);
	uint32_t n = packed_get_below(&reader->from, (left < max ? left : max) + 1);

	if (n == 0)
		return;
	out->p = arena_array(reader->arena, n, sizeof *out->p);
	out->n = out->cap = n;
	for (uint32_t i = 0; i < n; i++)
		out->p[i] = next_text(reader);
}

/* Ends the record at hand: whether all of it was there and nothing else. */
static bool record_done(struct entry_reader *reader)
{
	return !reader->bad && !reader->from.bad && reader->from.p == reader->from.end;
}

static uint32_t number_at(struct str bytes, size_t at, uint32_t width)
{
	uint32_t number = 0;

	for (uint32_t i = 0; i < width; i++)
		number |= (uint32_t)(unsigned char)bytes.p[at + i] << (8 * i);
	return number;
}

static bool read_dep(struct entry_reader *reader, uint32_t i, struct dependency *out,
                     struct err *err)
{
	const struct crate_value *value = reader->value;
	uint32_t width = value->shape_width + value->req_width;
	uint32_t shape = number_at(value->deps, (size_t)i * width, value->shape_width);

	if (shape >= value->shapes.n)
		return damaged(err, "a dependency");
	reader->from = packed_open(packed_entry(&value->shapes, shape));
	uint32_t flags = packed_get_below(&reader->from, SHAPE_REGISTRY * 2);
	uint32_t kind = flags >> SHAPE_KIND_SHIFT & 3;

	if (kind > KIND_DEV)
		reader->bad = true;
	out->kind = kind == KIND_BUILD ? KIND_BUILD : kind == KIND_DEV ? KIND_DEV : KIND_NORMAL;
	out->optional = flags & SHAPE_OPTIONAL;
	out->default_features = flags & SHAPE_DEFAULT_FEATURES;
	out->has_platform = flags & SHAPE_PLATFORM;
	out->from = DEP_FROM_REGISTRY;
	out->name = next_text(reader);
	out->package = flags & SHAPE_RENAMED ? next_text(reader) : out->name;
	if (out->has_platform)
		out->platform_text = next_text(reader);
	if (flags & SHAPE_REGISTRY)
		out->registry = next_text(reader);
	read_texts(reader, FEATURE_VALUES_MAX, &out->features);
	out->req_text =
		text_at(reader, number_at(value->deps, (size_t)i * width + value->shape_width,
	                                  value->req_width));
	if (!record_done(reader))
		return damaged(err, "a dependency");
	if (!semver_req_parse(reader->arena, out->req_text, &out->req, err) ||
	    (out->has_platform &&
	     !cfg_platform_parse(reader->arena, out->platform_text, &out->platform, err)))
		return damaged(err, "a requirement");
	return true;
}

static bool read_feature(struct entry_reader *reader, uint32_t i, struct feature *out,
                         struct err *err)
{
	reader->from = packed_open(packed_entry(&reader->value->features, i));
	out->name = next_text(reader);
	read_texts(reader, FEATURE_VALUES_MAX, &out->values);
	return record_done(reader) || damaged(err, "a feature");
}

static struct str kept_text(const struct entry_reader *reader, struct str text)
{
	return reader->copies ? arena_str(reader->arena, text) : text;
}

static void read_head(const struct entry_reader *reader, const struct crate_head *head,
                      struct index_entry *out)
{
	out->vers = crate_head_vers(reader->arena, head);
	out->version = crate_head_version(head);
	/* The slices of the head are those of the value; the text's own tail lives longer. */
	out->version.pre.p =
		out->vers.p + (out->vers.n - head->tail.n) + (head->tail.n > 0 ? 1 : 0);
	out->version.build.p = out->vers.p + (out->vers.n - out->version.build.n);
	out->yanked = head->yanked;
	out->published_at = head->published_at;
	out->links = kept_text(reader, head->links);
	out->rust_version = kept_text(reader, head->rust_version);
	out->v = head->v;
	out->has_cksum = head->has_cksum;
	if (head->has_cksum)
		memcpy(out->cksum.bytes,
		       reader->value->cksums.p + (size_t)head->cksum * sizeof out->cksum.bytes,
		       sizeof out->cksum.bytes);
}

bool crate_value_entry(const struct crate_value *value, struct arena *arena, uint32_t i,
                       bool copies, struct index_entry *out, struct err *err)
{
	const struct crate_head *head = &value->heads[i];
	struct entry_reader reader = { .value = value, .arena = arena, .copies = copies };
	struct number_list deps = { 0 }, features = { 0 };
	struct index_entry entry = { 0 };

	if (!make_list(value, &value->dep_lists, head->dep_list, value->dep_n, DEPENDENCIES_MAX,
	               &deps, err) ||
	    !make_list(value, &value->feature_lists, head->feature_list, value->features.n,
	               FEATURES_MAX, &features, err))
		return false;
	if (copies)
		reader.copied = arena_array(value->arena, value->texts.n, sizeof *reader.copied);
	entry.deps.p = arena_array(arena, deps.n, sizeof *entry.deps.p);
	entry.deps.n = entry.deps.cap = deps.n;
	for (size_t at = 0; at < deps.n; at++)
		if (!read_dep(&reader, deps.p[at], &entry.deps.p[at], err))
			return false;
	entry.features.p = arena_array(arena, features.n, sizeof *entry.features.p);
	entry.features.n = entry.features.cap = features.n;
	for (size_t at = 0; at < features.n; at++)
		if (!read_feature(&reader, features.p[at], &entry.features.p[at], err))
			return false;
	read_head(&reader, head, &entry);
	*out = entry;
	return true;
}

uint32_t crate_value_find(const struct crate_value *value, struct str vers)
{
	struct version wanted = { 0 };
	struct err err = { 0 };
	size_t at = 0;

	if (!semver_parse(vers, &wanted, &err))
		return UINT32_MAX;
	while (at < vers.n && vers.p[at] != '-' && vers.p[at] != '+')
		at++;
	struct str tail = str_sub(vers, at, vers.n);

	for (uint32_t i = value->n; i-- > 0;) {
		const struct crate_head *head = &value->heads[i];

		if (head->patch == wanted.patch && head->minor == wanted.minor &&
		    head->major == wanted.major && str_eq(head->tail, tail))
			return i;
	}
	return UINT32_MAX;
}

struct str crate_head_vers(struct arena *arena, const struct crate_head *head)
{
	return arena_printf(arena, "%llu.%llu.%llu" STR_FMT, (unsigned long long)head->major,
	                    (unsigned long long)head->minor, (unsigned long long)head->patch,
	                    STR_ARG(head->tail));
}

struct version crate_head_version(const struct crate_head *head)
{
	struct version version = { .major = head->major,
		                   .minor = head->minor,
		                   .patch = head->patch };
	struct str pre = { "", 0 };

	if (head->tail.n == 0)
		return version;
	str_cut(head->tail, '+', &pre, &version.build);
	version.pre =
		str_sub(pre, 1, pre.n); /* without the '-'; empty where the tail is build alone */
	return version;
}
