#include "audit/lock_source.h"

/* The registry that cargo has built in. Its sparse index lives on a host named after it; everything
 * in this project that needs the address gets it from here. */
#define REGISTRY_NAME "crates.io"
#define SPARSE_INDEX "sparse+https://index." REGISTRY_NAME "/"
#define GIT_INDEX "https://github.com/rust-lang/" REGISTRY_NAME "-index"

static const struct {
	struct str word; /* what stands before '+' */
	enum source_kind kind;
} kinds[] = {
	{ STR("registry"), SOURCE_REGISTRY },
	{ STR("git"), SOURCE_GIT },
	{ STR("sparse"), SOURCE_SPARSE },
	{ STR("path"), SOURCE_PATH },
	{ STR("local-registry"), SOURCE_LOCAL_REGISTRY },
	{ STR("directory"), SOURCE_DIRECTORY },
};

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A value of a URL's query: '+' is a blank, %XX a byte. Locks of version 4 encode it, older ones
 * hardly do, and cargo decodes both. What is no UTF-8 afterwards stays as it was. */
static struct str decode(struct arena *arena, struct str s)
{
	if (str_find(s, '%') == STR_NONE && str_find(s, '+') == STR_NONE)
		return s;
	char *p = arena_alloc(arena, s.n);
	struct str out = { p, 0 };

	for (size_t i = 0; i < s.n; i++, out.n++) {
		int high = s.p[i] == '%' && i + 2 < s.n ? hex_digit(s.p[i + 1]) : -1;
		int low = high >= 0 ? hex_digit(s.p[i + 2]) : -1;

		if (low >= 0) {
			p[out.n] = (char)(high * 16 + low);
			i += 2;
		} else {
			p[out.n] = s.p[i] == '+' ? ' ' : s.p[i];
		}
	}
	return str_is_utf8(out) ? out : s;
}

/* The git reference of a query: the last of its keys that cargo knows. `ref` is how cargo of 2014
 * wrote a branch. */
static struct str git_ref(struct arena *arena, struct str query)
{
	struct str pair, key, value, found = { 0 };

	while (query.n > 0) {
		str_cut(query, '&', &pair, &query);
		str_cut(pair, '=', &key, &value);
		bool is_branch = str_eq(key, STR_LIT("branch")) || str_eq(key, STR_LIT("ref"));

		if (!is_branch && !str_eq(key, STR_LIT("tag")) && !str_eq(key, STR_LIT("rev")))
			continue;
		struct str name = is_branch ? STR_LIT("branch") : key;
		struct str plain = decode(arena, value);

		found = str_eq(key, name) && plain.p == value.p
		                ? pair
		                : arena_printf(arena, STR_FMT "=" STR_FMT, STR_ARG(name),
		                               STR_ARG(plain));
	}
	return found;
}

bool lock_source_parse(struct arena *arena, struct str text, struct lock_source *out,
                       struct err *err)
{
	struct str word, url, query;

	if (!str_cut(text, '+', &word, &url) || url.n == 0)
		return err_set(err, ERR_INPUT, "source '" STR_FMT "' is not written as KIND+URL",
		               STR_ARG(text));
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!str_eq(word, kinds[i].word))
			continue;
		*out = (struct lock_source){ .kind = kinds[i].kind, .text = text, .url = url };
		if (out->kind == SOURCE_GIT) {
			str_cut(url, '#', &out->url, &out->commit);
			str_cut(out->url, '?', &out->url, &query);
			out->git_ref = git_ref(arena, query);
		}
		out->is_crates_io = lock_source_is_crates_io(text);
		return true;
	}
	return err_set(err, ERR_INPUT, "source '" STR_FMT "' is of an unknown kind", STR_ARG(text));
}

/* Without what cargo's CanonicalUrl drops at the end. */
static struct str without_ending(struct str url)
{
	if (str_ends(url, STR_LIT("/")))
		url.n--;
	if (str_ends(url, STR_LIT(".git")))
		url.n -= 4;
	return url;
}

/* The host of a URL, or nothing. */
static struct str host_of(struct str url)
{
	size_t at = str_find_str(url, STR_LIT("://"));
	struct str host = { 0 }, rest;

	if (at == STR_NONE)
		return host;
	str_cut(str_sub(url, at + 3, url.n), '/', &host, &rest);
	return str_sub(host, str_find_last(host, '@') + 1, host.n); /* STR_NONE + 1 is 0 */
}

bool lock_source_same_url(struct str a, struct str b)
{
	if (str_eq(a, b))
		return true;
	a = without_ending(a);
	b = without_ending(b);
	return str_eq(a, b) ||
	       (str_eq_nocase(a, b) && str_eq_nocase(host_of(a), STR_LIT("github.com")));
}

bool lock_source_same(const struct lock_source *a, const struct lock_source *b)
{
	if (a->is_crates_io || b->is_crates_io)
		return a->is_crates_io && b->is_crates_io;
	return a->kind == b->kind && str_eq(a->git_ref, b->git_ref) &&
	       lock_source_same_url(a->url, b->url);
}

bool lock_source_is_crates_io(struct str index_url)
{
	struct str registry = STR_LIT("registry+");

	if (str_starts(index_url, registry))
		index_url = str_sub(index_url, registry.n, index_url.n);
	if (str_starts(index_url, STR_LIT("sparse+")))
		return str_eq(without_ending(index_url),
		              without_ending(lock_source_crates_io_sparse()));
	return lock_source_same_url(index_url, lock_source_crates_io_git());
}

struct str lock_source_crates_io_sparse(void)
{
	return STR_LIT(SPARSE_INDEX);
}

struct str lock_source_crates_io_git(void)
{
	return STR_LIT(GIT_INDEX);
}
