#include "daemon/config.h"
#include "audit/index_path.h"
#include "audit/limits.h"
#include "base/file.h"
#include "base/toml_tree.h"

enum {
	CONFIG_MAX_BYTES = 1 << 20, /* written by hand */
	CONFIG_VALUES_MAX = 10000,
	REGISTRIES_MAX = 1000,
	WATCH_MAX = 5000, /* who wants more wants the index that is kept in git */
	URL_MAX_BYTES = 2048,
	YEAR_SECONDS = 366 * 86400,
	CACHE_LEAST = 1 << 20,
	CACHE_MOST = 1 << 30,
	/* The facts of 50 projects of 500 packages: below that a round of them reads every one
	 * again, and an audit takes twice as long. A daemon at rest keeps far less. */
	CACHE_DEFAULT = 128 << 20,
	CONNECTIONS_MOST = 256
};

/* A key's value, and what a reader needs to store it or refuse it. */
struct reading {
	struct arena *arena;
	const char *file;
	struct config *to;
	struct err *err;
};

static bool refuse(struct reading *r, const struct toml_value *value, const char *what)
{
	return err_set(r->err, ERR_INPUT, "%s:%u: '" STR_FMT "' %s", r->file, value->line,
	               STR_ARG(value->key), what);
}

static bool read_number(struct reading *r, const struct toml_value *value, int64_t least,
                        int64_t most, int64_t *out)
{
	if (value->type != TOML_IS_INTEGER)
		return refuse(r, value, "must be a whole number");
	if (value->integer < least || value->integer > most)
		return err_set(r->err, ERR_INPUT,
		               "%s:%u: '" STR_FMT "' must lie between %lld and %lld", r->file,
		               value->line, STR_ARG(value->key), (long long)least, (long long)most);
	*out = value->integer;
	return true;
}

/* Seconds as a number, or as a text like "90s", "15m", "6h", "2d". */
static bool read_interval(struct reading *r, const struct toml_value *value, int64_t *out)
{
	static const struct {
		char unit;
		uint32_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	uint64_t n = 0;

	if (value->type == TOML_IS_INTEGER)
		return read_number(r, value, 0, YEAR_SECONDS, out);
	if (value->type == TOML_IS_STRING && value->text.n >= 2) {
		struct str digits = str_trim(str_sub(value->text, 0, value->text.n - 1));

		for (size_t i = 0; i < ARRAY_LEN(units); i++) {
			if (value->text.p[value->text.n - 1] != units[i].unit ||
			    !str_to_u64(digits, &n) || n > YEAR_SECONDS / units[i].seconds)
				continue;
			*out = (int64_t)(n * units[i].seconds);
			return true;
		}
	}
	return refuse(r, value,
	              "must be seconds, or a text like \"90s\", \"15m\", \"6h\" or \"2d\", "
	              "of at most a year");
}

/* A text without bytes that have no place in a URL, a path or a message. */
static bool read_text(struct reading *r, const struct toml_value *value, size_t max_bytes,
                      struct str *out)
{
	if (value->type != TOML_IS_STRING)
		return refuse(r, value, "must be a text");
	if (value->text.n == 0 || value->text.n > max_bytes)
		return refuse(r, value, "is empty or too long");
	for (size_t i = 0; i < value->text.n; i++)
		if ((unsigned char)value->text.p[i] < 0x20 || value->text.p[i] == 0x7f)
			return refuse(r, value, "holds a control character");
	*out = value->text;
	return true;
}

static bool read_url(struct reading *r, const struct toml_value *value, struct str *out)
{
	struct str text = { 0 };

	if (!read_text(r, value, URL_MAX_BYTES, &text))
		return false;
	if (str_find_str(text, STR_LIT("://")) == STR_NONE && text.p[0] != '/')
		return refuse(r, value, "must be a URL or an absolute path");
	*out = text;
	return true;
}

static bool take_offline(struct reading *r, const struct toml_value *value)
{
	if (value->type != TOML_IS_BOOL)
		return refuse(r, value, "must be true or false");
	r->to->offline = value->integer != 0;
	return true;
}

static bool take_index_fresh(struct reading *r, const struct toml_value *value)
{
	return read_interval(r, value, &r->to->index_fresh_seconds);
}

static bool take_advisories_fresh(struct reading *r, const struct toml_value *value)
{
	return read_interval(r, value, &r->to->advisories_fresh_seconds);
}

static bool take_advisories(struct reading *r, const struct toml_value *value)
{
	struct str url = { 0 };

	if (!read_url(r, value, &url))
		return false;
	r->to->advisories_url = arena_cstr(r->arena, url);
	return true;
}

static bool read_path(struct reading *r, const struct toml_value *value, const char **out)
{
	struct str path = { 0 };

	if (!read_text(r, value, 4095, &path))
		return false;
	if (path.p[0] != '/')
		return refuse(r, value, "must be an absolute path");
	*out = arena_cstr(r->arena, path);
	return true;
}

static bool take_socket(struct reading *r, const struct toml_value *value)
{
	return read_path(r, value, &r->to->socket);
}

static bool take_knowledge(struct reading *r, const struct toml_value *value)
{
	return read_path(r, value, &r->to->knowledge);
}

/* Names of crates, which go on into the addresses of index files. */
static bool take_watch(struct reading *r, const struct toml_value *value)
{
	struct str_list names = { 0 };

	if (value->type != TOML_IS_ARRAY)
		return refuse(r, value, "must be a list of crates");
	for (const struct toml_value *v = value->first; v; v = v->next) {
		struct err ignored = { 0 };
		struct str path;

		if (v->type != TOML_IS_STRING || !index_path(r->arena, v->text, &path, &ignored))
			return err_set(r->err, ERR_INPUT,
			               "%s:%u: 'watch' must hold names of crates", r->file,
			               v->line);
		if (names.n == WATCH_MAX)
			return refuse(r, value, "holds more than 5000 crates");
		*vec_add(r->arena, &names) = v->text;
	}
	r->to->watch = names;
	return true;
}

static bool take_cache_bytes(struct reading *r, const struct toml_value *value)
{
	int64_t bytes = 0;

	if (!read_number(r, value, CACHE_LEAST, CACHE_MOST, &bytes))
		return false;
	r->to->cache_bytes = (size_t)bytes;
	return true;
}

static bool take_connections(struct reading *r, const struct toml_value *value)
{
	int64_t n = 0;

	if (!read_number(r, value, 1, CONNECTIONS_MOST, &n))
		return false;
	r->to->connections = (unsigned)n;
	return true;
}

static bool take_log(struct reading *r, const struct toml_value *value)
{
	static const struct {
		const char *word;
		enum log_level level;
	} levels[] = { { "error", LOG_LEVEL_ERROR },
		       { "warning", LOG_LEVEL_WARNING },
		       { "info", LOG_LEVEL_INFO },
		       { "debug", LOG_LEVEL_DEBUG } };

	for (size_t i = 0; value->type == TOML_IS_STRING && i < ARRAY_LEN(levels); i++) {
		if (!str_eq(value->text, str_of(levels[i].word)))
			continue;
		r->to->log_level = levels[i].level;
		return true;
	}
	return refuse(r, value, "must be one of \"error\", \"warning\", \"info\" and \"debug\"");
}

/* The refusal of a key that nobody knows, with the word that was probably meant. */
static bool unknown_key(struct reading *r, const struct toml_value *value, const char *nearest)
{
	if (nearest)
		return err_set(r->err, ERR_INPUT,
		               "%s:%u: unknown key '" STR_FMT "'; is '%s' meant?", r->file,
		               value->line, STR_ARG(value->key), nearest);
	return err_set(r->err, ERR_INPUT, "%s:%u: unknown key '" STR_FMT "'", r->file, value->line,
	               STR_ARG(value->key));
}

/* The name goes into messages and is looked up in lock files as it is written. */
static bool is_registry_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '-' && c != '_')
			return false;
	}
	return name.n > 0 && name.n <= CRATE_NAME_MAX;
}

static bool take_registry(struct reading *r, const struct toml_value *registry)
{
	struct daemon_registry found = { .name = registry->key };

	if (registry->type != TOML_IS_TABLE)
		return refuse(r, registry, "must be a table with an 'index'");
	if (!is_registry_name(registry->key))
		return refuse(r, registry, "is no name of a registry");
	for (const struct toml_value *v = registry->first; v; v = v->next) {
		if (!str_eq(v->key, STR_LIT("index")))
			return unknown_key(r, v, "index");
		if (!read_url(r, v, &found.index))
			return false;
	}
	if (found.index.n == 0)
		return refuse(r, registry, "has no 'index'");
	if (r->to->registries.n == REGISTRIES_MAX)
		return err_set(r->err, ERR_LIMIT, "%s:%u: more than %d registries", r->file,
		               registry->line, REGISTRIES_MAX);
	*vec_add(r->arena, &r->to->registries) = found;
	return true;
}

static bool take_registries(struct reading *r, const struct toml_value *value)
{
	if (value->type != TOML_IS_TABLE)
		return refuse(r, value, "must be a table of registries");
	for (const struct toml_value *v = value->first; v; v = v->next)
		if (!take_registry(r, v))
			return false;
	return true;
}

static const struct {
	const char *name;
	bool (*take)(struct reading *r, const struct toml_value *value);
} keys[] = {
	{ "offline", take_offline },
	{ "index-fresh", take_index_fresh },
	{ "advisories-fresh", take_advisories_fresh },
	{ "advisories", take_advisories },
	{ "socket", take_socket },
	{ "knowledge", take_knowledge },
	{ "cache-bytes", take_cache_bytes },
	{ "connections", take_connections },
	{ "log", take_log },
	{ "watch", take_watch },
	{ "registries", take_registries },
};

static bool take_key(struct reading *r, const struct toml_value *value)
{
	enum { NEAR = 3 };
	const char *nearest = NULL;
	size_t least = NEAR + 1;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct str name = str_of(keys[i].name);
		size_t distance = str_distance(value->key, name, NEAR);

		if (str_eq(value->key, name))
			return keys[i].take(r, value);
		if (distance < least) {
			least = distance;
			nearest = keys[i].name;
		}
	}
	return unknown_key(r, value, nearest);
}

struct config config_default(void)
{
	return (struct config){
		.index_fresh_seconds = 3600,
		.advisories_fresh_seconds = 6 * 3600,
		.advisories_url = "https://github.com/rustsec/advisory-db",
		.cache_bytes = CACHE_DEFAULT,
		.connections = 32,
		.log_level = LOG_LEVEL_INFO,
	};
}

bool config_parse(struct arena *arena, const char *name, struct str text, struct config *out,
                  struct err *err)
{
	struct config config = config_default();
	struct reading reading = { arena, name, &config, err };
	const struct toml_value *root = NULL;

	if (!toml_tree_parse(arena, text, CONFIG_VALUES_MAX, &root, err)) {
		err_prefix(err, "%s:", name);
		return false;
	}
	for (const struct toml_value *v = root->first; v; v = v->next)
		if (!take_key(&reading, v))
			return false;
	*out = config;
	return true;
}

bool config_load(struct arena *arena, const char *path, struct config *out, struct err *err)
{
	struct str text = { 0 };

	if (!file_read(arena, path, CONFIG_MAX_BYTES, &text, err)) {
		if (err->kind != ERR_ABSENT)
			return false;
		*err = (struct err){ 0 };
		*out = config_default();
		return true;
	}
	return config_parse(arena, path, text, out, err);
}
