#include "crawler/registry.h"
#include "audit/index_path.h"
#include "audit/limits.h"
#include "audit/lock_source.h"
#include "base/buf.h"
#include "base/jsonpull.h"

const struct str REGISTRY_CRATES_IO = STR("crates-io");

static bool is_url_byte(char c)
{
	return c > 0x20 && c < 0x7f && c != '"' && c != '<' && c != '>' && c != '\\' && c != '^' &&
	       c != '`' && c != '{' && c != '|' && c != '}';
}

static struct str host_of(struct str url)
{
	struct str rest = url, host;

	str_cut(str_sub(rest, str_find_str(rest, STR_LIT("://")) + 3, rest.n), '/', &host, &rest);
	size_t at = str_find_last(host, '@');
	if (at != STR_NONE)
		host = str_sub(host, at + 1, host.n);
	size_t colon = str_find_last(host, ':');
	if (colon != STR_NONE && str_find(str_sub(host, colon, host.n), ']') == STR_NONE)
		host.n = colon;
	return host;
}

bool registry_at(struct arena *arena, struct str key, struct str url, struct registry *out,
                 struct err *err)
{
	struct str sparse = STR("sparse+");

	if (str_starts(url, sparse))
		url = str_sub(url, sparse.n, url.n);
	bool plain = str_starts(url, STR_LIT("http://"));
	if (url.n > REGISTRY_URL_MAX_BYTES || (!plain && !str_starts(url, STR_LIT("https://"))))
		return err_set(err, ERR_INPUT, "'" STR_FMT "' is no address of a registry's index",
		               STR_ARG(str_sub(url, 0, 100)));
	for (size_t i = 0; i < url.n; i++)
		if (!is_url_byte(url.p[i]) || url.p[i] == '?' || url.p[i] == '#')
			return err_set(err, ERR_INPUT,
			               "byte 0x%02x in the address of a registry's index",
			               (unsigned char)url.p[i]);
	struct str root = arena_printf(arena, STR_FMT "%s", STR_ARG(url),
	                               str_ends(url, STR_LIT("/")) ? "" : "/");
	*out = (struct registry){ .key = arena_str(arena, key),
		                  .root = root,
		                  .host = host_of(root),
		                  .plain_http = plain };
	if (out->host.n == 0)
		return err_set(err, ERR_INPUT, "'" STR_FMT "' names no host",
		               STR_ARG(str_sub(url, 0, 100)));
	return true;
}

static bool same_index(struct str a, struct str b)
{
	if (str_ends(a, STR_LIT("/")))
		a.n--;
	if (str_ends(b, STR_LIT("/")))
		b.n--;
	return str_eq(a, b);
}

/* Whether a configuration names the index: as a registry or as the registry of a source. */
static bool is_named(const struct cargo_config *config, struct str key)
{
	for (size_t i = 0; config && i < config->registries.n; i++)
		if (same_index(config->registries.p[i].index, key))
			return true;
	for (size_t i = 0; config && i < config->sources.n; i++)
		if (same_index(config->sources.p[i].registry, key))
			return true;
	return false;
}

static struct str token_of(const struct cargo_config *own, struct str index)
{
	for (size_t i = 0; own && i < own->registries.n; i++)
		if (same_index(own->registries.p[i].index, index))
			return own->registries.p[i].token;
	return (struct str){ 0 };
}

/* What stands for the registry after replacement: 1 and its index in *index, 0 where nothing
 * replaces it. */
static int find_replacement(const struct cargo_config *config, struct str key, struct str *index,
                            struct err *err)
{
	const struct config_source *source = NULL;

	if (!config)
		return 0;
	if (!cargo_config_replaced(config, key, &source, err))
		return -1;
	if (!source || str_eq(source->name, key) || same_index(source->registry, key))
		return 0;
	struct str found = source->registry.n > 0
	                           ? source->registry
	                           : cargo_config_registry_index(config, source->name);
	if (found.n == 0 && str_eq(source->name, REGISTRY_CRATES_IO))
		found = lock_source_crates_io_sparse();
	if (found.n == 0 && source->git.n == 0)
		return err_fail(err, ERR_ABSENT,
		                STR_FMT " is replaced by '" STR_FMT
		                        "', a folder without an index, so only what "
		                        "the store and cargo's cache know of " STR_FMT " is used",
		                STR_ARG(str_sub(key, 0, 80)), STR_ARG(str_sub(source->name, 0, 40)),
		                STR_ARG(str_sub(key, 0, 80)));
	if (found.n == 0)
		return err_fail(err, ERR_ABSENT,
		                STR_FMT " is replaced by '" STR_FMT "', which has no index to ask",
		                STR_ARG(str_sub(key, 0, 80)),
		                STR_ARG(str_sub(source->name, 0, 40)));
	*index = found;
	return 1;
}

/* Where the registry lies as far as `own` and cargo itself say: crates.io's index has two
 * addresses, of which this is the sparse one's. */
static int find_own(const struct cargo_config *own, struct str key, struct str *index,
                    struct err *err)
{
	int replaced = find_replacement(own, key, index, err);

	if (replaced == 0)
		*index = str_eq(key, REGISTRY_CRATES_IO) ? lock_source_crates_io_sparse() : key;
	return replaced;
}

/* Whether two texts are one index; both of crates.io's are one. */
static bool is_same_place(struct str a, struct str b)
{
	return same_index(a, b) || (lock_source_is_crates_io(a) && lock_source_is_crates_io(b));
}

struct str registry_key(struct str key, const struct cargo_config *project,
                        const struct cargo_config *own)
{
	struct str theirs = { 0 }, ours = { 0 };
	struct err passed = { 0 };

	/* What cannot be followed is told by registry_find, and then nobody is asked. */
	if (find_replacement(project, key, &theirs, &passed) != 1 ||
	    find_own(own, key, &ours, &passed) < 0)
		return key;
	return is_same_place(theirs, ours) ? key : theirs;
}

void registry_cached(struct arena *arena, struct str key, const struct cargo_config *own,
                     struct str_list *out)
{
	struct str index = { 0 };
	struct err passed = { 0 };
	int replaced = find_own(own, key, &index, &passed);

	if (replaced == 1 || !str_eq(key, REGISTRY_CRATES_IO)) {
		*vec_add(arena, out) = replaced == 1 ? index : key;
		return;
	}
	*vec_add(arena, out) = lock_source_crates_io_sparse();
	*vec_add(arena, out) = lock_source_crates_io_git();
}

bool registry_find(struct arena *arena, struct str key, const struct cargo_config *project,
                   const struct cargo_config *own, struct registry *out, struct err *err)
{
	struct str index = { 0 }, theirs = { 0 };
	int by_project = find_replacement(project, key, &theirs, err);

	if (by_project < 0)
		return false;
	int replaced = find_own(own, key, &index, err);
	if (replaced < 0)
		return false;
	if (by_project == 1 && !is_same_place(theirs, index))
		return err_set(err, ERR_ABSENT,
		               "the project replaces " STR_FMT
		               ", and nothing else may be taken for it",
		               STR_ARG(str_sub(key, 0, 80)));
	if (replaced == 0 && !str_eq(key, REGISTRY_CRATES_IO) && !is_named(project, key) &&
	    !is_named(own, key))
		return err_set(err, ERR_ABSENT, "no configuration names the registry " STR_FMT,
		               STR_ARG(str_sub(key, 0, 100)));
	if (!str_starts(index, STR_LIT("sparse+")))
		return err_set(err, ERR_ABSENT,
		               "the registry " STR_FMT
		               " is a git index, which is read from cargo's cache alone",
		               STR_ARG(str_sub(key, 0, 80)));
	if (!registry_at(arena, key, index, out, err))
		return false;
	out->token = arena_str(arena, token_of(own, index));
	return true;
}

bool registry_index_url(struct arena *arena, const struct registry *registry, struct str name,
                        struct str *out, struct err *err)
{
	struct str path;

	if (!index_path(arena, name, &path, err))
		return false;
	*out = arena_printf(arena, STR_FMT STR_FMT, STR_ARG(registry->root), STR_ARG(path));
	return true;
}

struct str registry_config_url(struct arena *arena, const struct registry *registry)
{
	return arena_printf(arena, STR_FMT "config.json", STR_ARG(registry->root));
}

bool registry_config_parse(struct arena *arena, struct str bytes, struct registry_config *out,
                           struct err *err)
{
	struct jsonpull reader = jsonpull_open(arena, bytes);
	struct registry_config config = { 0 };
	struct json_token key, value;
	int got = jsonpull_next(&reader, &key, err);

	if (got == 1 && key.kind != JSON_OBJECT)
		return err_set(err, ERR_INPUT, "config.json of a registry is no object");
	while (got == 1 && (got = jsonpull_next(&reader, &key, err)) == 1 && key.kind == JSON_KEY) {
		got = jsonpull_next(&reader, &value, err);
		if (got != 1)
			break;
		if (str_eq(key.text, STR_LIT("dl")) && value.kind == JSON_STRING)
			config.dl = value.text;
		else if (str_eq(key.text, STR_LIT("auth-required")))
			config.auth_required = value.kind == JSON_TRUE;
		if (!jsonpull_skip(&reader, &value, err))
			return false;
	}
	if (got < 0)
		return false;
	if (config.dl.n == 0)
		return err_set(err, ERR_INPUT, "config.json of a registry has no download address");
	*out = config;
	return true;
}

/* The folders of a crate's index file, in the crate's own case or lower case. */
static struct str prefix_of(struct arena *arena, struct str name, bool lower)
{
	char *low = arena_cstr(arena, name);

	for (size_t i = 0; lower && i < name.n; i++)
		low[i] = low[i] >= 'A' && low[i] <= 'Z' ? (char)(low[i] - 'A' + 'a') : low[i];
	if (name.n <= 2)
		return arena_printf(arena, "%zu", name.n);
	if (name.n == 3)
		return arena_printf(arena, "3/%.1s", low);
	return arena_printf(arena, "%.2s/%.2s", low, low + 2);
}

static bool check_version(struct str vers, struct err *err)
{
	if (vers.n == 0 || vers.n > VERSION_MAX_BYTES)
		return err_set(err, ERR_INPUT, "version of %zu bytes", vers.n);
	for (size_t i = 0; i < vers.n; i++) {
		char c = vers.p[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      c == '.' || c == '-' || c == '+'))
			return err_set(err, ERR_INPUT, "byte 0x%02x in a version",
			               (unsigned char)c);
	}
	return true;
}

/* Copies `dl` with its markers filled in; *filled says whether it had any. */
static void fill_markers(struct buf *to, struct str dl, const struct str (*markers)[2], size_t n,
                         bool *filled)
{
	*filled = false;
	for (size_t at = 0; at < dl.n;) {
		size_t i = 0;
		struct str rest = str_sub(dl, at, dl.n);
		while (i < n && !str_starts(rest, markers[i][0]))
			i++;
		if (i == n) {
			buf_byte(to, dl.p[at++]);
			continue;
		}
		buf_put(to, markers[i][1]);
		at += markers[i][0].n;
		*filled = true;
	}
}

bool registry_download_url(struct arena *arena, const struct registry_config *config,
                           struct str name, struct str vers, const struct sha256 *cksum,
                           struct str *out, struct err *err)
{
	CLEANUP(buf_free) struct buf url = buf_make(2 * REGISTRY_URL_MAX_BYTES);
	struct str path;
	bool filled;

	if (!index_path(arena, name, &path, err) || !check_version(vers, err))
		return false;
	struct sha256_hex hex = cksum ? sha256_to_hex(cksum) : (struct sha256_hex){ 0 };
	const struct str markers[][2] = {
		{ STR("{crate}"), name },
		{ STR("{version}"), vers },
		{ STR("{prefix}"), prefix_of(arena, name, false) },
		{ STR("{lowerprefix}"), prefix_of(arena, name, true) },
		{ STR("{sha256-checksum}"), str_of(hex.text) },
	};
	fill_markers(&url, config->dl, markers, ARRAY_LEN(markers), &filled);
	if (!filled)
		buf_printf(&url, "/" STR_FMT "/" STR_FMT "/download", STR_ARG(name), STR_ARG(vers));
	if (!buf_done(&url, "a download address", err))
		return false;
	for (size_t i = 0; i < url.n; i++)
		if (!is_url_byte(url.p[i]))
			return err_set(err, ERR_INPUT, "byte 0x%02x in a download address",
			               (unsigned char)url.p[i]);
	*out = arena_str(arena, buf_str(&url));
	return true;
}
