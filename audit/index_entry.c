#include "audit/index_entry.h"
#include "audit/limits.h"
#include "base/jsonpull.h"
#include "base/when.h"

struct reader {
	struct jsonpull json;
	struct arena *arena;
	size_t value_n;                /* feature values so far, of all features */
	struct index_entry_memo *memo; /* NULL: nothing was before */
};

/* Inside a container there is always a next token, or an error. */
static bool next(struct reader *r, struct json_token *out, struct err *err)
{
	return jsonpull_next(&r->json, out, err) == 1;
}

static bool refuse_kind(const struct reader *r, struct str field, const char *wanted,
                        struct err *err)
{
	return err_set(err, ERR_INPUT, "byte %zu: '" STR_FMT "' is no %s", r->json.at,
	               STR_ARG(field), wanted);
}

static bool read_text(struct reader *r, struct str field, struct str *out, struct err *err)
{
	struct json_token token;

	if (!next(r, &token, err))
		return false;
	if (token.kind != JSON_STRING)
		return refuse_kind(r, field, "text", err);
	*out = token.text;
	return true;
}

/* A text or null; *has says which. */
static bool read_text_or_null(struct reader *r, struct str field, struct str *out, bool *has,
                              struct err *err)
{
	struct json_token token;

	if (!next(r, &token, err))
		return false;
	if (token.kind != JSON_STRING && token.kind != JSON_NULL)
		return refuse_kind(r, field, "text", err);
	*out = token.text;
	*has = token.kind == JSON_STRING;
	return true;
}

static bool read_bool(struct reader *r, struct str field, bool *out, struct err *err)
{
	struct json_token token;

	if (!next(r, &token, err))
		return false;
	if (token.kind != JSON_TRUE && token.kind != JSON_FALSE)
		return refuse_kind(r, field, "boolean", err);
	*out = token.kind == JSON_TRUE;
	return true;
}

static bool open_container(struct reader *r, struct str field, enum json_kind kind, struct err *err)
{
	struct json_token token;

	if (!next(r, &token, err))
		return false;
	if (token.kind != kind)
		return refuse_kind(r, field, kind == JSON_OBJECT ? "object" : "list", err);
	return true;
}

/* A list of texts. Empty ones are left out: old publishers wrote them into the features of
 * dependencies, and cargo drops them there as well. */
static bool read_texts(struct reader *r, struct str field, bool keep_empty, struct str_list *out,
                       struct err *err)
{
	struct json_token token;

	if (!open_container(r, field, JSON_ARRAY, err))
		return false;
	for (;;) {
		if (!next(r, &token, err))
			return false;
		if (token.kind == JSON_ARRAY_END)
			return true;
		if (token.kind != JSON_STRING)
			return refuse_kind(r, field, "list of texts", err);
		if (token.text.n == 0 && !keep_empty)
			continue;
		if (r->value_n == FEATURE_VALUES_MAX)
			return err_set(err, ERR_LIMIT, "more than %d feature values",
			               FEATURE_VALUES_MAX);
		r->value_n++;
		*vec_add(r->arena, out) = token.text;
	}
}

/* Looks a key up among the known ones: its index, or `n` for one that is none of them. False for a
 * key that was there before. */
static bool find_field(const struct str *fields, size_t n, struct str key, uint32_t *seen,
                       size_t *out, struct err *err)
{
	size_t i = 0;

	while (i < n && !str_eq(fields[i], key))
		i++;
	if (i < n && (*seen >> i & 1u) != 0)
		return err_set(err, ERR_INPUT, "'" STR_FMT "' stands there twice", STR_ARG(key));
	*seen |= i < n ? 1u << i : 0;
	*out = i;
	return true;
}

static bool check_required(const struct str *fields, size_t n, uint32_t required, uint32_t seen,
                           struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if ((required & ~seen) >> i & 1u)
			return err_set(err, ERR_INPUT, "no '" STR_FMT "'", STR_ARG(fields[i]));
	return true;
}

enum dep_field {
	DEP_NAME,
	DEP_REQ,
	DEP_FEATURES,
	DEP_OPTIONAL,
	DEP_DEFAULT_FEATURES,
	DEP_TARGET,
	DEP_KIND,
	DEP_REGISTRY,
	DEP_PACKAGE
};

static const struct str dep_fields[] = {
	[DEP_NAME] = STR("name"),
	[DEP_REQ] = STR("req"),
	[DEP_FEATURES] = STR("features"),
	[DEP_OPTIONAL] = STR("optional"),
	[DEP_DEFAULT_FEATURES] = STR("default_features"),
	[DEP_TARGET] = STR("target"),
	[DEP_KIND] = STR("kind"),
	[DEP_REGISTRY] = STR("registry"),
	[DEP_PACKAGE] = STR("package"),
};
enum { DEP_REQUIRED = 1u << DEP_NAME | 1u << DEP_REQ };

/* An unknown kind is a normal dependency for cargo. */
static enum dep_kind kind_of(struct str text)
{
	if (str_eq(text, STR_LIT("dev")))
		return KIND_DEV;
	return str_eq(text, STR_LIT("build")) ? KIND_BUILD : KIND_NORMAL;
}

static bool read_dep_field(struct reader *r, enum dep_field field, struct dependency *dep,
                           struct err *err)
{
	struct str key = dep_fields[field], text = { 0 };
	bool has;

	switch (field) {
	case DEP_NAME:
		return read_text(r, key, &dep->name, err);
	case DEP_REQ:
		return read_text(r, key, &dep->req_text, err) &&
		       semver_req_parse(r->arena, dep->req_text, &dep->req, err);
	case DEP_FEATURES:
		return read_texts(r, key, false, &dep->features, err);
	case DEP_OPTIONAL:
		return read_bool(r, key, &dep->optional, err);
	case DEP_DEFAULT_FEATURES:
		return read_bool(r, key, &dep->default_features, err);
	case DEP_TARGET:
		return read_text_or_null(r, key, &dep->platform_text, &dep->has_platform, err) &&
		       (!dep->has_platform ||
		        cfg_platform_parse(r->arena, dep->platform_text, &dep->platform, err));
	case DEP_KIND:
		if (!read_text_or_null(r, key, &text, &has, err))
			return false;
		dep->kind = kind_of(text);
		return true;
	case DEP_REGISTRY:
		return read_text_or_null(r, key, &dep->registry, &has, err);
	case DEP_PACKAGE:
		return read_text_or_null(r, key, &dep->package, &has, err);
	}
	return false;
}

/* The fields of an object whose brace was read, up to the closing one. */
static bool read_dep(struct reader *r, struct dependency *dep, struct err *err)
{
	struct json_token token;
	uint32_t seen = 0;
	size_t field;

	*dep = (struct dependency){ .default_features = true };
	for (;;) {
		if (!next(r, &token, err))
			return false;
		if (token.kind == JSON_OBJECT_END)
			break;
		if (!find_field(dep_fields, ARRAY_LEN(dep_fields), token.text, &seen, &field, err))
			return false;
		if (field == ARRAY_LEN(dep_fields)
		            ? !jsonpull_skip(&r->json, &token, err)
		            : !read_dep_field(r, (enum dep_field)field, dep, err))
			return false;
	}
	if (dep->package.n == 0)
		dep->package = dep->name;
	return check_required(dep_fields, ARRAY_LEN(dep_fields), DEP_REQUIRED, seen, err);
}

/* The bytes from `from` to where the reader stands. */
static struct str raw_from(const struct reader *r, size_t from)
{
	return str_sub(r->json.in, from, r->json.at);
}

/* Whether a list is written as it was in the line before; its values count here as well. */
static bool is_same_list(struct reader *r, const struct memo_list *list)
{
	if (r->value_n + list->value_n > FEATURE_VALUES_MAX || !jsonpull_same(&r->json, list->raw))
		return false;
	r->value_n += list->value_n;
	return true;
}

/* Whether the next dependency is written as one near this place of the line before; then *out is
 * that one. */
static bool take_same_dep(struct reader *r, size_t i, struct dependency_list *out)
{
	const struct index_entry_memo *memo = r->memo;
	const size_t near[] = { i, i + 1, i - 1 };

	for (size_t k = 0; memo && k < ARRAY_LEN(near); k++) {
		size_t at = near[k];

		if (at >= memo->dep_raws.n ||
		    r->value_n + memo->deps.p[at].features.n > FEATURE_VALUES_MAX ||
		    !jsonpull_same(&r->json, memo->dep_raws.p[at]))
			continue;
		*vec_add(r->arena, out) = memo->deps.p[at];
		r->value_n += memo->deps.p[at].features.n;
		return true;
	}
	return false;
}

static bool read_deps(struct reader *r, struct str field, struct dependency_list *out,
                      struct memo_deps *raws, struct err *err)
{
	struct json_token token;

	if (!open_container(r, field, JSON_ARRAY, err))
		return false;
	for (;;) {
		struct str *raw = r->memo ? vec_add(r->arena, raws) : NULL;
		size_t before = r->json.at;

		if (out->n < DEPENDENCIES_MAX && take_same_dep(r, out->n, out)) {
			*raw = raw_from(r, before);
			*raw = str_sub(*raw, raw->p[0] == ',' ? 1 : 0, raw->n);
			continue;
		}
		if (!next(r, &token, err))
			return false;
		if (token.kind == JSON_ARRAY_END) {
			if (raw)
				raws->n--;
			return true;
		}
		before = r->json.at - 1;
		if (token.kind != JSON_OBJECT)
			return refuse_kind(r, field, "list of objects", err);
		if (out->n == DEPENDENCIES_MAX)
			return err_set(err, ERR_LIMIT, "more than %d dependencies",
			               DEPENDENCIES_MAX);
		struct dependency *dep = vec_add(r->arena, out);
		if (!read_dep(r, dep, err)) {
			err_prefix(err, "dependency '" STR_FMT "': ", STR_ARG(dep->name));
			return false;
		}
		if (raw)
			*raw = raw_from(r, before);
	}
}

/* Reads an object of lists, sorted by name afterwards; features2 may be null. */
static bool read_features(struct reader *r, struct str field, bool may_be_null,
                          struct feature_list *out, struct err *err)
{
	struct json_token token;

	if (!next(r, &token, err))
		return false;
	if (token.kind == JSON_NULL && may_be_null)
		return true;
	if (token.kind != JSON_OBJECT)
		return refuse_kind(r, field, "object", err);
	for (;;) {
		if (!next(r, &token, err))
			return false;
		if (token.kind == JSON_OBJECT_END)
			break;
		if (out->n == FEATURES_MAX)
			return err_set(err, ERR_LIMIT, "more than %d features", FEATURES_MAX);
		struct feature *feature = vec_add(r->arena, out);
		feature->name = token.text;
		if (!read_texts(r, field, true, &feature->values, err))
			return false;
	}
	feature_list_sort(r->arena, out);
	return true;
}

enum entry_field {
	ENTRY_NAME,
	ENTRY_VERS,
	ENTRY_DEPS,
	ENTRY_CKSUM,
	ENTRY_FEATURES,
	ENTRY_FEATURES2,
	ENTRY_YANKED,
	ENTRY_LINKS,
	ENTRY_RUST_VERSION,
	ENTRY_PUBTIME,
	ENTRY_V
};

static const struct str entry_fields[] = {
	[ENTRY_NAME] = STR("name"),
	[ENTRY_VERS] = STR("vers"),
	[ENTRY_DEPS] = STR("deps"),
	[ENTRY_CKSUM] = STR("cksum"),
	[ENTRY_FEATURES] = STR("features"),
	[ENTRY_FEATURES2] = STR("features2"),
	[ENTRY_YANKED] = STR("yanked"),
	[ENTRY_LINKS] = STR("links"),
	[ENTRY_RUST_VERSION] = STR("rust_version"),
	[ENTRY_PUBTIME] = STR("pubtime"),
	[ENTRY_V] = STR("v"),
};
enum {
	ENTRY_REQUIRED = 1u << ENTRY_NAME | 1u << ENTRY_VERS | 1u << ENTRY_DEPS | 1u << ENTRY_CKSUM
};

static bool read_yanked(struct reader *r, bool *out, struct err *err)
{
	struct json_token token;

	if (!next(r, &token, err))
		return false;
	if (token.kind != JSON_TRUE && token.kind != JSON_FALSE && token.kind != JSON_NULL)
		return refuse_kind(r, entry_fields[ENTRY_YANKED], "boolean", err);
	*out = token.kind == JSON_TRUE;
	return true;
}

static bool read_v(struct reader *r, uint32_t *out, struct err *err)
{
	struct json_token token;
	uint64_t v;

	if (!next(r, &token, err))
		return false;
	if (token.kind == JSON_NULL)
		return true;
	if (token.kind != JSON_NUMBER || !str_to_u64(token.text, &v) || v > UINT32_MAX)
		return refuse_kind(r, entry_fields[ENTRY_V], "number of a schema", err);
	*out = (uint32_t)v;
	return true;
}

/* "1.56", "1.56.1" or "1": a version that may be incomplete, without pre-release. Cargo, too, reads
 * it as if it were a requirement. */
static bool read_rust_version(struct reader *r, struct str *out, struct err *err)
{
	struct str key = entry_fields[ENTRY_RUST_VERSION];
	struct req req;
	bool has;

	if (!read_text_or_null(r, key, out, &has, err))
		return false;
	if (!has)
		return true;
	if (!semver_req_parse(r->arena, *out, &req, err))
		return false;
	if (req.n != 1 || req.p->op != REQ_CARET || req.p->pre.n > 0 || out->p[0] == '^' ||
	    str_find(*out, '*') != STR_NONE || str_find(*out, '+') != STR_NONE)
		return refuse_kind(r, key, "Rust version", err);
	return true;
}

/* Cargo takes this one form of a moment: 2025-11-12T19:30:12Z. */
static bool read_pubtime(struct reader *r, int64_t *out, struct err *err)
{
	struct str key = entry_fields[ENTRY_PUBTIME], text = { 0 };
	bool has;

	if (!read_text_or_null(r, key, &text, &has, err))
		return false;
	if (!has)
		return true;
	if (text.n != 20 || text.p[10] != 'T' || text.p[19] != 'Z')
		return refuse_kind(r, key, "moment like 2025-11-12T19:30:12Z", err);
	return when_parse(text, out, err);
}

/* The list of dependencies, or that of the line before. */
static bool read_or_take_deps(struct reader *r, struct dependency_list *out, struct err *err)
{
	struct index_entry_memo *memo = r->memo;
	struct memo_deps raws = { 0 };
	size_t from = r->json.at, values = r->value_n;

	if (memo && is_same_list(r, &memo->deps_list)) {
		*out = memo->deps;
		return true;
	}
	if (!read_deps(r, entry_fields[ENTRY_DEPS], out, &raws, err))
		return false;
	if (memo) {
		memo->deps = *out;
		memo->dep_raws = raws;
		memo->deps_list = (struct memo_list){ .raw = raw_from(r, from),
			                              .value_n = r->value_n - values };
	}
	return true;
}

static bool read_or_take_features(struct reader *r, enum entry_field field, struct memo_list *memo,
                                  struct feature_list *out, struct err *err)
{
	size_t from = r->json.at, values = r->value_n;

	if (memo && is_same_list(r, memo)) {
		*out = memo->features;
		return true;
	}
	if (!read_features(r, entry_fields[field], field == ENTRY_FEATURES2, out, err))
		return false;
	/* null is no container: a word is read again */
	if (memo && r->json.in.p[r->json.at - 1] == '}')
		*memo = (struct memo_list){ raw_from(r, from), r->value_n - values, *out };
	return true;
}

struct entry_reader {
	struct reader r;
	struct index_entry entry;
	struct feature_list features2;
};

static bool read_entry_field(struct entry_reader *e, enum entry_field field, struct err *err)
{
	struct index_entry *entry = &e->entry;
	struct str key = entry_fields[field], text;
	struct reader *r = &e->r;
	bool has;

	switch (field) {
	case ENTRY_NAME:
		return read_text(r, key, &entry->name, err);
	case ENTRY_VERS:
		return read_text(r, key, &entry->vers, err) &&
		       semver_parse(entry->vers, &entry->version, err);
	case ENTRY_DEPS:
		return read_or_take_deps(r, &entry->deps, err);
	case ENTRY_CKSUM:
		if (!read_text(r, key, &text, err))
			return false;
		entry->has_cksum = sha256_from_hex(text, &entry->cksum);
		return true;
	case ENTRY_FEATURES:
		return read_or_take_features(r, field, r->memo ? &r->memo->features : NULL,
		                             &entry->features, err);
	case ENTRY_FEATURES2:
		return read_or_take_features(r, field, r->memo ? &r->memo->features2 : NULL,
		                             &e->features2, err);
	case ENTRY_YANKED:
		return read_yanked(r, &entry->yanked, err);
	case ENTRY_LINKS:
		return read_text_or_null(r, key, &entry->links, &has, err);
	case ENTRY_RUST_VERSION:
		return read_rust_version(r, &entry->rust_version, err);
	case ENTRY_PUBTIME:
		return read_pubtime(r, &entry->published_at, err);
	case ENTRY_V:
		return read_v(r, &entry->v, err);
	}
	return false;
}

static bool read_entry(struct entry_reader *e, struct err *err)
{
	struct jsonpull *json = &e->r.json;
	struct json_token token;
	uint32_t seen = 0;
	size_t field;

	if (!open_container(&e->r, STR_LIT("line"), JSON_OBJECT, err))
		return false;
	for (;;) {
		if (!next(&e->r, &token, err))
			return false;
		if (token.kind == JSON_OBJECT_END)
			break;
		if (!find_field(entry_fields, ARRAY_LEN(entry_fields), token.text, &seen, &field,
		                err))
			return false;
		if (field == ARRAY_LEN(entry_fields)
		            ? !jsonpull_skip(json, &token, err)
		            : !read_entry_field(e, (enum entry_field)field, err))
			return false;
	}
	if (jsonpull_next(json, &token, err) != 0)
		return false;
	return check_required(entry_fields, ARRAY_LEN(entry_fields), ENTRY_REQUIRED, seen, err);
}

bool index_entry_parse(struct arena *arena, struct str line, struct index_entry *out,
                       struct err *err)
{
	return index_entry_parse_next(arena, line, NULL, out, err);
}

bool index_entry_parse_next(struct arena *arena, struct str line, struct index_entry_memo *memo,
                            struct index_entry *out, struct err *err)
{
	struct entry_reader e = { .r = { jsonpull_open(arena, line), arena, 0, memo },
		                  .entry = { .v = 1 } };

	if (line.n > INDEX_LINE_MAX_BYTES)
		return err_set(err, ERR_LIMIT, "index line of %zu bytes", line.n);
	if (!read_entry(&e, err)) {
		if (e.entry.name.n > 0)
			err_prefix(err, STR_FMT "%s" STR_FMT ": ", STR_ARG(e.entry.name),
			           e.entry.vers.n > 0 ? " " : "", STR_ARG(e.entry.vers));
		return false;
	}
	feature_list_merge(arena, &e.entry.features, &e.features2);
	*out = e.entry;
	return true;
}
