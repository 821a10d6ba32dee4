#include "audit/advisory.h"
#include "audit/limits.h"
#include "audit/lock_source.h"
#include "base/toml_tree.h"
#include "base/when.h"

/* The parts of a file: TOML, then a heading and prose; the oldest files are TOML alone. */
struct parts {
	struct str toml, title;
	bool oldest; /* TOML alone */
};

static struct str fence(void)
{
	return STR_LIT("```toml");
}

static bool split(struct str file, struct parts *out, struct err *err)
{
	struct str prose, line;
	size_t end;

	if (!str_starts(file, fence())) {
		*out = (struct parts){ .toml = file, .oldest = true };
		return true;
	}
	end = str_find_str(file, STR_LIT("\n```"));
	if (end == STR_NONE)
		return err_set(err, ERR_INPUT, "1: the TOML behind ```toml does not end");
	prose = str_trim(str_sub(file, end + 4, file.n));
	if (!str_starts(prose, STR_LIT("# ")))
		return err_set(err, ERR_INPUT, "1: no '# ' heading behind the TOML");
	str_cut(prose, '\n', &line, &prose);
	/* With the rest of the fence's line, so that lines are counted as in the file. */
	*out = (struct parts){ str_sub(file, fence().n, end + 1),
		               str_trim(str_sub(line, 2, line.n)), false };
	return true;
}

static bool refuse(const struct toml_value *value, const char *wanted, struct err *err)
{
	return err_set(err, ERR_INPUT, "%u: '" STR_FMT "' is no %s", (unsigned)value->line,
	               STR_ARG(value->key), wanted);
}

/* A text, left as it is where there is none. */
static bool read_text(const struct toml_value *table, const char *key, struct str *out,
                      struct err *err)
{
	const struct toml_value *value = toml_get(table, key);

	if (value && value->type != TOML_IS_STRING)
		return refuse(value, "text", err);
	if (value)
		*out = value->text;
	return true;
}

static bool read_texts(struct arena *arena, const struct toml_value *table, const char *key,
                       struct str_list *out, struct err *err)
{
	const struct toml_value *value = toml_get(table, key);

	if (!value)
		return true;
	if (value->type != TOML_IS_ARRAY)
		return refuse(value, "list of texts", err);
	for (const struct toml_value *v = value->first; v; v = v->next) {
		if (v->type != TOML_IS_STRING)
			return refuse(value, "list of texts", err);
		*vec_add(arena, out) = v->text;
	}
	return true;
}

/* A day, 0 where there is none. */
static bool read_date(const struct toml_value *table, const char *key, int64_t *out,
                      struct err *err)
{
	const struct toml_value *value = toml_get(table, key);

	if (!value)
		return true;
	if ((value->type != TOML_IS_STRING && value->type != TOML_IS_DATETIME) ||
	    value->text.n != sizeof "2025-08-01" - 1)
		return refuse(value, "date", err);
	if (!when_parse(value->text, out, err)) {
		err_prefix(err, "%u: ", (unsigned)value->line);
		return false;
	}
	return true;
}

/* A version and whether it lies in the range that it bounds. */
struct bound {
	enum { UNBOUNDED, INCLUSIVE, EXCLUSIVE } kind;
	struct version version;
};

struct range {
	struct bound start, end;
};

static struct version written_version(const struct comparator *c)
{
	return (struct version){ c->major, c->minor, c->patch, c->pre, { 0 } };
}

static bool set_bound(struct bound *bound, bool inclusive, const struct comparator *c)
{
	if (bound->kind != UNBOUNDED)
		return false;
	*bound = (struct bound){ inclusive ? INCLUSIVE : EXCLUSIVE, written_version(c) };
	return true;
}

/* The version that ends what a caret or tilde allows. Its pre-release is the lowest there is, so
 * that pre-releases of the next line are outside. Unbounded where a number cannot grow. */
static struct bound next_line(const struct comparator *c)
{
	struct version v = { .pre = STR("0") };
	bool over;

	if (c->op == REQ_TILDE ? !c->has_minor : c->major > 0 || !c->has_minor) {
		over = __builtin_add_overflow(c->major, 1, &v.major);
	} else if (c->op == REQ_CARET && c->minor == 0 && c->has_patch) {
		over = __builtin_add_overflow(c->patch, 1, &v.patch);
	} else {
		v.major = c->major;
		over = __builtin_add_overflow(c->minor, 1, &v.minor);
	}
	return over ? (struct bound){ 0 } : (struct bound){ EXCLUSIVE, v };
}

/* A requirement as the range of versions that it means in an advisory, where pre-releases are
 * versions like others: 1.2.3-rc.1 is not patched by ">= 1.2.3" but by ">= 1.2.2". False for what
 * the database does not allow: more than a lower and an upper bound, and wildcards. */
static bool make_range(const struct req *req, struct range *out)
{
	struct range range = { 0 };
	bool alone = req->n == 1;

	for (size_t i = 0; i < req->n; i++) {
		const struct comparator *c = &req->p[i];
		bool ok = false;

		switch (c->op) {
		case REQ_GREATER:
		case REQ_GREATER_EQ:
			ok = set_bound(&range.start, c->op == REQ_GREATER_EQ, c);
			break;
		case REQ_LESS:
		case REQ_LESS_EQ:
			ok = set_bound(&range.end, c->op == REQ_LESS_EQ, c);
			break;
		case REQ_EXACT:
			ok = alone && set_bound(&range.start, true, c) &&
			     set_bound(&range.end, true, c);
			break;
		case REQ_TILDE:
		case REQ_CARET:
			ok = alone && set_bound(&range.start, true, c);
			range.end = next_line(c);
			break;
		case REQ_WILDCARD:
			break;
		}
		if (!ok)
			return false;
	}
	*out = range;
	return true;
}

static bool range_has(const struct range *range, const struct version *version)
{
	int start = semver_cmp_precedence(version, &range->start.version);
	int end = semver_cmp_precedence(version, &range->end.version);

	return (range->start.kind == UNBOUNDED || start > 0 ||
	        (start == 0 && range->start.kind == INCLUSIVE)) &&
	       (range->end.kind == UNBOUNDED || end < 0 ||
	        (end == 0 && range->end.kind == INCLUSIVE));
}

static bool is_empty(const struct range *range)
{
	int order = semver_cmp_precedence(&range->start.version, &range->end.version);

	if (range->start.kind == UNBOUNDED || range->end.kind == UNBOUNDED)
		return false;
	return order > 0 ||
	       (order == 0 && (range->start.kind == EXCLUSIVE || range->end.kind == EXCLUSIVE));
}

/* A list of requirements, as texts and parsed. */
static bool read_reqs(struct arena *arena, const struct toml_value *table, const char *key,
                      struct str_list *texts, struct req_list *reqs, struct err *err)
{
	const struct toml_value *value = toml_get(table, key);
	size_t n = texts->n;

	if (!read_texts(arena, table, key, texts, err))
		return false;
	for (; n < texts->n; n++) {
		struct req *req = vec_add(arena, reqs);
		struct range range;

		if (!semver_req_parse(arena, texts->p[n], req, err)) {
			err_prefix(err, "%u: ", (unsigned)value->line);
			return false;
		}
		if (!make_range(req, &range) || is_empty(&range))
			return err_set(err, ERR_INPUT, "%u: '" STR_FMT "' is no range of versions",
			               (unsigned)value->line, STR_ARG(texts->p[n]));
	}
	return true;
}

/* [versions], or the keys that the oldest files have instead. Without any requirement all versions
 * are affected, so a file that just forgot them is refused; the oldest ones may leave them out. */
static bool read_versions(struct arena *arena, const struct toml_value *root,
                          const struct toml_value *table, bool oldest, struct advisory *out,
                          struct err *err)
{
	const struct toml_value *versions = toml_get(root, "versions");

	if (!versions && oldest)
		return read_reqs(arena, table, "patched_versions", &out->patched_text,
		                 &out->patched, err) &&
		       read_reqs(arena, table, "unaffected_versions", &out->unaffected_text,
		                 &out->unaffected, err);
	if (!toml_get(versions, "patched"))
		return err_set(err, ERR_INPUT, "%u: no 'patched' versions",
		               versions ? (unsigned)versions->line : 1);
	return read_reqs(arena, versions, "patched", &out->patched_text, &out->patched, err) &&
	       read_reqs(arena, versions, "unaffected", &out->unaffected_text, &out->unaffected,
	                 err);
}

static bool read_affected(struct arena *arena, const struct toml_value *root,
                          const struct toml_value *table, struct advisory *out, struct err *err)
{
	const struct toml_value *affected = toml_get(root, "affected");

	return read_texts(arena, affected, "os", &out->affected_os, err) &&
	       read_texts(arena, affected, "arch", &out->affected_arch, err) &&
	       read_texts(arena, table, "affected_os", &out->affected_os, err) &&
	       read_texts(arena, table, "affected_arch", &out->affected_arch, err);
}

/* A kind that is not known says at least that it is no vulnerability. */
static enum advisory_kind kind_of(struct str informational)
{
	if (informational.n == 0)
		return ADVISORY_VULNERABILITY;
	if (str_eq(informational, STR_LIT("unmaintained")))
		return ADVISORY_UNMAINTAINED;
	if (str_eq(informational, STR_LIT("unsound")))
		return ADVISORY_UNSOUND;
	return ADVISORY_NOTICE;
}

/* A source of its own names another registry, unless it spells out crates.io. */
static bool is_crates_io(struct str collection, struct str source)
{
	if (collection.n > 0 && !str_eq(collection, STR_LIT("crates")))
		return false;
	return source.n == 0 || lock_source_is_crates_io(source);
}

static bool read_advisory(struct arena *arena, const struct toml_value *table, struct advisory *out,
                          struct err *err)
{
	struct str informational = { 0 }, collection = { 0 }, source = { 0 };

	if (!read_text(table, "id", &out->id, err) ||
	    !read_text(table, "package", &out->package, err) ||
	    !read_text(table, "title", &out->title, err) ||
	    !read_text(table, "url", &out->url, err) ||
	    !read_text(table, "cvss", &out->cvss, err) ||
	    !read_text(table, "informational", &informational, err) ||
	    !read_text(table, "collection", &collection, err) ||
	    !read_text(table, "source", &source, err) ||
	    !read_date(table, "date", &out->date_at, err) ||
	    !read_date(table, "withdrawn", &out->withdrawn_at, err) ||
	    !read_texts(arena, table, "aliases", &out->aliases, err) ||
	    !read_texts(arena, table, "related", &out->related, err) ||
	    !read_texts(arena, table, "references", &out->references, err) ||
	    !read_texts(arena, table, "categories", &out->categories, err) ||
	    !read_texts(arena, table, "keywords", &out->keywords, err))
		return false;
	if (out->id.n == 0 || out->package.n == 0 || !toml_get(table, "date"))
		return err_set(err, ERR_INPUT, "%u: no '%s'", (unsigned)table->line,
		               out->id.n == 0        ? "id"
		               : out->package.n == 0 ? "package"
		                                     : "date");
	out->kind = kind_of(informational);
	out->is_crates_io = is_crates_io(collection, source);
	return true;
}

bool advisory_parse(struct arena *arena, struct str file, struct advisory *out, struct err *err)
{
	const struct toml_value *root = NULL, *table;
	struct advisory advisory = { 0 };
	struct parts parts = { 0 };

	if (file.n > ADVISORY_MAX_BYTES)
		return err_set(err, ERR_LIMIT, "1: advisory of %zu bytes", file.n);
	if (!split(file, &parts, err) ||
	    !toml_tree_parse(arena, parts.toml, ADVISORY_VALUES_MAX, &root, err))
		return false;
	table = toml_get(root, "advisory");
	if (!table)
		table = root; /* format 4 leaves the header out */
	if (!read_advisory(arena, table, &advisory, err) ||
	    !read_versions(arena, root, table, parts.oldest, &advisory, err) ||
	    !read_affected(arena, root, table, &advisory, err))
		return false;
	if (parts.title.n > 0)
		advisory.title = parts.title;
	*out = advisory;
	return true;
}

/* Whether a version lies in one of the ranges. */
static bool in_some(const struct req_list *reqs, const struct version *version)
{
	for (size_t i = 0; i < reqs->n; i++) {
		struct range range;

		if (make_range(&reqs->p[i], &range) && range_has(&range, version))
			return true;
	}
	return false;
}

bool advisory_affects(const struct advisory *advisory, const struct version *version)
{
	return !in_some(&advisory->patched, version) && !in_some(&advisory->unaffected, version);
}
