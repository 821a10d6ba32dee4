#include "audit/cargo_config.h"
#include "audit/limits.h"
#include "audit/lock_source.h"
#include <stdlib.h>

struct loader {
	struct arena *arena;
	struct cargo_config *out;
	struct str name;   /* of the file that is read */
	struct str folder; /* that its paths are relative to */
	size_t file;
};

/* What cargo calls crates.io in [source]. */
static struct str crates_io(void)
{
	return STR_LIT("crates-io");
}

/* Refuses what is no table, and one table more than there may be. */
static bool check_table(const struct loader *l, const struct toml_value *value, size_t n,
                        struct err *err)
{
	if (value->type != TOML_IS_TABLE) {
		err_set(err, ERR_INPUT, "'" STR_FMT "' is not a table", STR_ARG(value->key));
		return toml_field_at(l->name, value->line, err);
	}
	if (n >= CARGO_CONFIG_TABLES_MAX) {
		err_set(err, ERR_LIMIT, "more than %d tables of one kind", CARGO_CONFIG_TABLES_MAX);
		return toml_field_at(l->name, value->line, err);
	}
	return true;
}

static const struct config_source *find_source(const struct cargo_config *config, struct str name)
{
	for (size_t i = 0; i < config->sources.n; i++)
		if (str_eq(config->sources.p[i].name, name))
			return &config->sources.p[i];
	return NULL;
}

static struct config_source *source_of(struct loader *l, struct str name)
{
	for (size_t i = 0; i < l->out->sources.n; i++)
		if (str_eq(l->out->sources.p[i].name, name))
			return &l->out->sources.p[i];
	struct config_source *source = vec_add(l->arena, &l->out->sources);

	source->name = name;
	return source;
}

static struct config_registry *registry_of(struct loader *l, struct str name)
{
	for (size_t i = 0; i < l->out->registries.n; i++)
		if (str_eq(l->out->registries.p[i].name, name))
			return &l->out->registries.p[i];
	struct config_registry *registry = vec_add(l->arena, &l->out->registries);

	registry->name = name;
	return registry;
}

static struct config_target *target_of(struct loader *l, struct str key)
{
	for (size_t i = 0; i < l->out->targets.n; i++)
		if (str_eq(l->out->targets.p[i].key, key))
			return &l->out->targets.p[i];
	struct config_target *target = vec_add(l->arena, &l->out->targets);

	target->key = key;
	return target;
}

/* A path, made relative to the project. */
static bool read_path(const struct loader *l, const struct toml_value *table, const char *key,
                      struct str *out, struct err *err)
{
	struct str path = { 0 };
	int got = toml_field_str(table, key, l->name, &path, err);

	if (got == 1)
		*out = manifest_folder_join(l->arena, l->folder, path);
	return got >= 0;
}

static bool read_source(struct loader *l, const struct toml_value *table, struct err *err)
{
	if (!check_table(l, table, l->out->sources.n, err))
		return false;
	struct config_source *source = source_of(l, table->key);

	return toml_field_str(table, "registry", l->name, &source->registry, err) >= 0 &&
	       read_path(l, table, "local-registry", &source->local_registry, err) &&
	       read_path(l, table, "directory", &source->directory, err) &&
	       toml_field_str(table, "git", l->name, &source->git, err) >= 0 &&
	       toml_field_str(table, "replace-with", l->name, &source->replace_with, err) >= 0;
}

static bool read_registry(struct loader *l, const struct toml_value *table, struct err *err)
{
	if (!check_table(l, table, l->out->registries.n, err))
		return false;
	struct config_registry *registry = registry_of(l, table->key);
	int got = toml_field_str(table, "token", l->name, &registry->token, err);

	if (got == 1)
		registry->file = l->file;
	return got >= 0 && toml_field_str(table, "index", l->name, &registry->index, err) >= 0;
}

/* The words of a text, split at white space. */
static void add_words(struct arena *arena, struct str text, struct str_list *list)
{
	size_t begin = 0;

	for (size_t i = 0; i <= text.n; i++) {
		if (i < text.n && str_trim(str_sub(text, i, i + 1)).n > 0)
			continue;
		if (i > begin)
			*vec_add(arena, list) = str_sub(text, begin, i);
		begin = i + 1;
	}
}

/* A key that is a text or an array. A text takes the place of the one of a file farther away;
 * elements of an array are added behind those. */
static bool merge_list(const struct loader *l, const struct toml_value *value, bool split,
                       struct str_list *list, bool *is_array, struct err *err)
{
	bool array = value && value->type == TOML_IS_ARRAY;
	struct str_list more = { 0 };

	if (!value)
		return true;
	if (list->n > 0 && array != *is_array) {
		err_set(err, ERR_INPUT,
		        "'" STR_FMT "' is a text in one file and an array in another",
		        STR_ARG(value->key));
		return toml_field_at(l->name, value->line, err);
	}
	*is_array = array;
	if (array) {
		if (!toml_field_list(l->arena, value, l->name, &more, err))
			return false;
		for (size_t i = 0; i < more.n; i++)
			*vec_add(l->arena, list) = more.p[i];
		return true;
	}
	if (value->type != TOML_IS_STRING) {
		err_set(err, ERR_INPUT, "'" STR_FMT "' is neither a text nor an array",
		        STR_ARG(value->key));
		return toml_field_at(l->name, value->line, err);
	}
	*list = (struct str_list){ 0 };
	if (split)
		add_words(l->arena, value->text, list);
	else
		*vec_add(l->arena, list) = value->text;
	return true;
}

static bool read_target(struct loader *l, const struct toml_value *table, struct err *err)
{
	struct cfg_platform platform = { 0 };
	struct err why = { 0 };

	if (!check_table(l, table, l->out->targets.n, err))
		return false;
	if (!cfg_platform_parse(l->arena, table->key, &platform, &why)) {
		/* Cargo lets it match nothing. */
		*vec_add(l->arena, &l->out->notes) = arena_printf(
			l->arena, STR_FMT ":%u: [target.'" STR_FMT "'] matches nothing: %s",
			STR_ARG(l->name), table->line, STR_ARG(table->key), why.text);
		return true;
	}
	struct config_target *target = target_of(l, table->key);

	target->platform = platform;
	return merge_list(l, toml_get(table, "rustflags"), true, &target->rustflags,
	                  &target->is_array, err);
}

/* Reads every table of [key]. */
static bool read_each(struct loader *l, const struct toml_value *root, const char *key,
                      bool (*read)(struct loader *, const struct toml_value *, struct err *),
                      struct err *err)
{
	const struct toml_value *table = NULL;

	if (toml_field_table(root, key, l->name, &table, err) < 0)
		return false;
	for (const struct toml_value *one = table ? table->first : NULL; one; one = one->next)
		if (!read(l, one, err))
			return false;
	return true;
}

/* A patch of the same crate takes the place of one in a file farther away. */
static bool read_patches(struct loader *l, const struct toml_value *root, struct err *err)
{
	const struct toml_value *table = NULL;
	struct manifest_patch_list found = { 0 }, *patches = &l->out->patches;

	if (toml_field_table(root, "patch", l->name, &table, err) < 0 ||
	    (table && !manifest_read_patches(l->arena, table, l->name, l->folder, &found, err)))
		return false;
	for (size_t i = 0; i < found.n; i++) {
		size_t at = 0;

		while (at < patches->n && !(str_eq(patches->p[at].source, found.p[i].source) &&
		                            str_eq(patches->p[at].dep.name, found.p[i].dep.name)))
			at++;
		if (at == CARGO_CONFIG_TABLES_MAX)
			return err_set(err, ERR_LIMIT, STR_FMT ": more than %d patches",
			               STR_ARG(l->name), CARGO_CONFIG_TABLES_MAX);
		if (at == patches->n)
			vec_add(l->arena, patches);
		patches->p[at] = found.p[i];
	}
	return true;
}

static bool read_build(struct loader *l, const struct toml_value *root, struct err *err)
{
	const struct toml_value *build = NULL, *registry = NULL;
	struct cargo_config *out = l->out;
	struct str token = { 0 };

	if (toml_field_table(root, "build", l->name, &build, err) < 0 ||
	    toml_field_table(root, "registry", l->name, &registry, err) < 0 ||
	    !merge_list(l, toml_get(build, "rustflags"), true, &out->build_rustflags,
	                &out->build_rustflags_is_array, err) ||
	    !merge_list(l, toml_get(build, "target"), false, &out->build_targets,
	                &out->build_targets_is_array, err) ||
	    toml_field_str(registry, "default", l->name, &out->default_registry, err) < 0)
		return false;
	int got = toml_field_str(registry, "token", l->name, &token, err);

	if (got == 1) {
		struct config_registry *entry = registry_of(l, crates_io());

		entry->token = token;
		entry->file = l->file;
	}
	return got >= 0;
}

/* A number or a truth value, as text. */
static bool read_plain(const struct loader *l, const struct toml_value *table, const char *key,
                       enum toml_type type, struct str *out, struct err *err)
{
	const struct toml_value *value = table ? toml_get(table, key) : NULL;

	if (!value)
		return true;
	if (value->type != type || value->integer < 0) {
		err_set(err, ERR_INPUT, "'%s' is not %s", key,
		        type == TOML_IS_BOOL ? "true or false" : "a number from 0 on");
		return toml_field_at(l->name, value->line, err);
	}
	*out = type == TOML_IS_BOOL ? value->integer ? STR_LIT("true") : STR_LIT("false")
	                            : arena_printf(l->arena, "%lld", (long long)value->integer);
	return true;
}

static bool read_network(struct loader *l, const struct toml_value *root, struct err *err)
{
	const struct toml_value *http = NULL, *net = NULL;
	struct config_network *out = &l->out->network;

	return toml_field_table(root, "http", l->name, &http, err) >= 0 &&
	       toml_field_table(root, "net", l->name, &net, err) >= 0 &&
	       (!http || read_path(l, http, "cainfo", &out->cainfo, err)) &&
	       toml_field_str(http, "proxy", l->name, &out->proxy, err) >= 0 &&
	       read_plain(l, http, "timeout", TOML_IS_INTEGER, &out->timeout, err) &&
	       read_plain(l, http, "low-speed-limit", TOML_IS_INTEGER, &out->low_speed_limit,
	                  err) &&
	       read_plain(l, http, "multiplexing", TOML_IS_BOOL, &out->multiplexing, err) &&
	       read_plain(l, net, "retry", TOML_IS_INTEGER, &out->retry, err) &&
	       read_plain(l, net, "offline", TOML_IS_BOOL, &out->offline, err);
}

static bool read_file(struct loader *l, const struct project_file *file, struct err *err)
{
	const struct toml_value *root = NULL;

	l->name = file->path;
	l->folder = manifest_folder_join(l->arena, file->path, STR_LIT("../.."));
	if (file->bytes.n > CARGO_CONFIG_MAX_BYTES)
		return err_set(err, ERR_LIMIT,
		               STR_FMT ": %zu bytes; a configuration has at most %d",
		               STR_ARG(l->name), file->bytes.n, CARGO_CONFIG_MAX_BYTES);
	if (!toml_tree_parse(l->arena, file->bytes, MANIFEST_VALUES_MAX, &root, err)) {
		err_prefix(err, STR_FMT ":", STR_ARG(l->name));
		return false;
	}
	return read_each(l, root, "source", read_source, err) &&
	       read_each(l, root, "registries", read_registry, err) &&
	       read_each(l, root, "target", read_target, err) && read_build(l, root, err) &&
	       read_network(l, root, err) && read_patches(l, root, err);
}

struct str_list cargo_config_includes(struct arena *arena, struct str bytes)
{
	const struct toml_value *root = NULL;
	struct str_list out = { 0 };
	struct err passed_over = { 0 };

	if (str_find_str(bytes, STR_LIT("include")) == STR_NONE ||
	    bytes.n > CARGO_CONFIG_MAX_BYTES ||
	    !toml_tree_parse(arena, bytes, MANIFEST_VALUES_MAX, &root, &passed_over))
		return out;
	const struct toml_value *list = toml_get(root, "include");
	for (const struct toml_value *one = list ? list->first : NULL; one; one = one->next) {
		const struct toml_value *path =
			one->type == TOML_IS_TABLE ? toml_get(one, "path") : one;

		if (path && path->type == TOML_IS_STRING)
			*vec_add(arena, &out) = path->text;
	}
	return out;
}

/* A source says in exactly one way where it is; crates-io may leave that out. And what replaces a
 * source may be a registry, which gets an entry as a source here. */
static bool finish_sources(struct loader *l, struct err *err)
{
	for (size_t i = 0; i < l->out->sources.n; i++) {
		const struct config_source source = l->out->sources.p[i];
		int ways = (source.registry.n > 0) + (source.local_registry.n > 0) +
		           (source.directory.n > 0) + (source.git.n > 0);

		if (ways > 1 || (ways == 0 && !str_eq(source.name, crates_io())))
			return err_set(err, ERR_INPUT,
			               "[source." STR_FMT
			               "] has %s registry, local-registry, directory and git",
			               STR_ARG(source.name),
			               ways > 1 ? "more than one of" : "none of");
		struct str index = cargo_config_registry_index(l->out, source.replace_with);

		if (index.n > 0 && !find_source(l->out, source.replace_with))
			source_of(l, source.replace_with)->registry = index;
	}
	return true;
}

static int compare_targets(const void *a, const void *b)
{
	const struct config_target *x = a, *y = b;

	return str_cmp(x->key, y->key);
}

bool cargo_config_load(struct arena *arena, const struct project_file_list *files,
                       struct cargo_config *out, struct err *err)
{
	struct cargo_config config = { 0 };
	struct loader l = { .arena = arena, .out = &config };

	if (files->n > CARGO_CONFIG_FILES_MAX)
		return err_set(err, ERR_LIMIT, "more than %d configuration files",
		               CARGO_CONFIG_FILES_MAX);
	for (l.file = files->n; l.file-- > 0;)
		if (!read_file(&l, &files->p[l.file], err))
			return false;
	if (!finish_sources(&l, err))
		return false;
	if (config.targets.n > 1)
		qsort(config.targets.p, config.targets.n, sizeof *config.targets.p,
		      compare_targets);
	*out = config;
	return true;
}

static void add_all(struct arena *arena, const struct str_list *from, struct str_list *to)
{
	for (size_t i = 0; i < from->n; i++)
		*vec_add(arena, to) = from->p[i];
}

/* The text between each two bytes `separator`, also the empty ones. */
static struct str_list split(struct arena *arena, struct str text, char separator)
{
	struct str_list out = { 0 };
	struct str part;

	while (text.n > 0) {
		bool more = str_cut(text, separator, &part, &text);

		*vec_add(arena, &out) = part;
		if (more && text.n == 0)
			*vec_add(arena, &out) = STR_LIT("");
	}
	return out;
}

/* Whether `name`, from an environment variable, is the triple in upper case with '_' for '-' and
 * '.'. */
static bool is_name_of(struct str name, struct str triple)
{
	if (name.n != triple.n)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = triple.p[i];

		c = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c == '-' || c == '.' ? '_' : c;
		if (name.p[i] != c)
			return false;
	}
	return true;
}

static const struct project_file *find_target_env(const struct cargo_env *env, struct str triple)
{
	for (size_t i = 0; i < env->target_rustflags.n; i++)
		if (is_name_of(env->target_rustflags.p[i].path, triple))
			return &env->target_rustflags.p[i];
	return NULL;
}

/* What [target.TRIPLE] or, where is_cfg, the [target.'cfg(…)'] that match say. */
static void add_target_flags(struct arena *arena, const struct cargo_config *config,
                             struct str triple, const struct cfg_set *set, bool is_cfg,
                             struct str_list *out)
{
	for (size_t i = 0; i < config->targets.n; i++) {
		const struct config_target *target = &config->targets.p[i];

		if ((target->platform.expr != NULL) == is_cfg &&
		    cfg_platform_matches(&target->platform, triple, set))
			add_all(arena, &target->rustflags, out);
	}
}

struct str_list cargo_config_rustflags(struct arena *arena, const struct cargo_config *config,
                                       const struct cargo_env *env, struct str triple,
                                       const struct cfg_set *set)
{
	struct str_list out = { 0 };

	if (env->encoded_rustflags.p)
		return split(arena, env->encoded_rustflags, '\x1f');
	if (env->rustflags.p) {
		add_words(arena, env->rustflags, &out);
		return out;
	}
	const struct project_file *by_env = find_target_env(env, triple);
	add_target_flags(arena, config, triple, set, false, &out);
	if (by_env)
		add_words(arena, by_env->bytes, &out);
	if (set)
		add_target_flags(arena, config, triple, set, true, &out);
	if (out.n > 0)
		return out;
	add_all(arena, &config->build_rustflags, &out);
	add_words(arena, env->build_rustflags, &out);
	return out;
}

struct str_list cargo_config_targets(struct arena *arena, const struct cargo_config *config,
                                     const struct cargo_env *env)
{
	struct str_list out = { 0 };

	if (!env->build_target.p || config->build_targets_is_array)
		add_all(arena, &config->build_targets, &out);
	if (config->build_targets_is_array)
		add_words(arena, env->build_target, &out);
	else if (env->build_target.n > 0)
		*vec_add(arena, &out) = env->build_target;
	return out;
}

struct str cargo_config_registry_index(const struct cargo_config *config, struct str name)
{
	for (size_t i = 0; i < config->registries.n; i++)
		if (str_eq(config->registries.p[i].name, name))
			return config->registries.p[i].index;
	return (struct str){ 0 };
}

/* The source with a URL; crates.io's is "crates-io", whatever its entry says. */
static const struct config_source *source_at(const struct cargo_config *config, struct str url)
{
	if (lock_source_is_crates_io(url))
		return find_source(config, crates_io());
	if (str_starts(url, STR_LIT("registry+")) || str_starts(url, STR_LIT("git+")))
		url = str_sub(url, str_find(url, '+') + 1, url.n);
	for (size_t i = 0; i < config->sources.n; i++) {
		const struct config_source *source = &config->sources.p[i];

		if ((source->registry.n > 0 && lock_source_same_url(source->registry, url)) ||
		    (source->git.n > 0 && lock_source_same_url(source->git, url)))
			return source;
	}
	return NULL;
}

bool cargo_config_replaced(const struct cargo_config *config, struct str name_or_url,
                           const struct config_source **out, struct err *err)
{
	const struct config_source *source = find_source(config, name_or_url);

	if (!source)
		source = source_at(config, name_or_url);
	for (size_t steps = 0; source && source->replace_with.n > 0; steps++) {
		const struct config_source *next = find_source(config, source->replace_with);

		if (steps > config->sources.n)
			return err_set(err, ERR_INPUT,
			               "[source." STR_FMT "] is replaced with itself in the end",
			               STR_ARG(source->name));
		if (!next && !str_eq(source->replace_with, crates_io()))
			return err_set(err, ERR_INPUT,
			               "[source." STR_FMT "] is replaced with '" STR_FMT
			               "', which is not defined",
			               STR_ARG(source->name), STR_ARG(source->replace_with));
		source = next;
	}
	*out = source;
	return true;
}
