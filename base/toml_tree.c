#include "base/toml_tree.h"
#include "base/map.h"

/* How a table or array came to be, which decides what may still be added to it. */
enum origin {
	FROM_PATH,   /* [a.b] made table a on its way: it may be defined once, by header or key */
	FROM_HEADER, /* [a], or an element of [[a]] */
	FROM_DOTTED_KEY,  /* a.b = 1 made table a: further dotted keys may add to it */
	FROM_VALUE,       /* { … } or [ … ]: complete where it ends */
	FROM_ARRAY_HEADER /* [[a]] made the array a: further headers of this kind add to it */
};

/* A table of more elements than this is searched through its index. */
enum { SEARCH_MAX = 12 };

/* What a table or array needs beyond its value. */
struct toml_table {
	enum origin origin;
	size_t depth;                                       /* of the root: 0 */
	struct toml_value *last;                            /* element */
	struct item_list VEC_OF(struct toml_value *) items; /* empty up to SEARCH_MAX elements */
	struct map index;                                   /* key → index into items */
};

/* The reading of one document. */
struct tree {
	struct arena *arena;
	size_t room; /* how many values may still be made */
	size_t max_values;
	struct toml_value *current; /* the table of the last header, or the root */
	struct toml_value
		*open[TOML_DEPTH_MAX + 1]; /* arrays and inline tables, the innermost last */
	size_t depth;                      /* how many are open */
	struct toml_value *parent;         /* of the value that comes next, and its key */
	struct str key;
	uint32_t key_line;
};

static struct toml_value *find(const struct toml_value *table, struct str key)
{
	const struct toml_table *info = table->private_;
	uint32_t at = 0;

	if (info->items.n > 0)
		return map_get(&info->index, key, &at) ? info->items.p[at] : NULL;
	for (struct toml_value *value = table->first; value; value = value->next)
		if (str_eq(value->key, key))
			return value;
	return NULL;
}

static void index_value(struct arena *arena, struct toml_table *info, struct toml_value *value)
{
	map_put(&info->index, arena, value->key, (uint32_t)info->items.n);
	*vec_add(arena, &info->items) = value;
}

/* Adds a value, *out, to a table or array; the caller has made sure that a table has no such key.
 * ERR_LIMIT where the document is too large or too deep. */
static bool add(struct tree *tree, struct toml_value *parent, struct str key, uint32_t line,
                struct toml_value **out, struct err *err)
{
	struct toml_table *info = parent->private_;

	if (tree->room == 0)
		return err_set(err, ERR_LIMIT, "%u: more than %zu values", line, tree->max_values);
	if (info->depth == TOML_DEPTH_MAX)
		return err_set(err, ERR_LIMIT, "%u: values nested more than %d deep", line,
		               (int)TOML_DEPTH_MAX);
	struct toml_value *value = arena_new(tree->arena, struct toml_value);

	tree->room--;
	value->line = line;
	value->key = key;
	if (info->last)
		info->last->next = value;
	else
		parent->first = value;
	info->last = value;
	parent->n++;
	if (parent->type == TOML_IS_TABLE && parent->n > SEARCH_MAX) {
		if (info->items.n == 0)
			for (struct toml_value *old = parent->first; old != value; old = old->next)
				index_value(tree->arena, info, old);
		index_value(tree->arena, info, value);
	}
	*out = value;
	return true;
}

/* Makes a table or array of a value just added to `parent`. */
static void make_container(struct tree *tree, struct toml_value *value, enum toml_type type,
                           enum origin origin, const struct toml_value *parent)
{
	struct toml_table *info = arena_new(tree->arena, struct toml_table);

	info->origin = origin;
	info->depth = parent ? parent->private_->depth + 1 : 0;
	value->type = type;
	value->private_ = info;
}

static bool refuse(struct err *err, uint32_t line, struct str key, const char *why,
                   const struct toml_value *old)
{
	key = str_sub(key, 0, 64);
	return err_set(err, ERR_INPUT, "%u: '" STR_FMT "' %s on line %u", line, STR_ARG(key), why,
	               old->line);
}

/* One step of a header's path, before its last part: *at becomes the table `key` in it, made where
 * there is none. */
static bool descend_header(struct tree *tree, struct toml_value **at, struct str key, uint32_t line,
                           struct err *err)
{
	struct toml_value *value = find(*at, key);

	if (!value) {
		if (!add(tree, *at, key, line, &value, err))
			return false;
		make_container(tree, value, TOML_IS_TABLE, FROM_PATH, *at);
	}
	if (!value->private_)
		return refuse(err, line, key, "is no table; it was defined", value);
	if (value->private_->origin == FROM_VALUE)
		return refuse(err, line, key, "was completely defined", value);
	*at = value->type == TOML_IS_ARRAY ? value->private_->last : value;
	return true;
}

static bool open_table(struct tree *tree, struct toml_value *at, struct str key, uint32_t line,
                       struct err *err)
{
	struct toml_value *value = find(at, key);

	if (value) {
		if (!value->private_ || value->private_->origin != FROM_PATH)
			return refuse(err, line, key, "is already defined", value);
		value->private_->origin = FROM_HEADER;
		value->line = line;
	} else {
		if (!add(tree, at, key, line, &value, err))
			return false;
		make_container(tree, value, TOML_IS_TABLE, FROM_HEADER, at);
	}
	tree->current = value;
	return true;
}

static bool open_element(struct tree *tree, struct toml_value *at, struct str key, uint32_t line,
                         struct err *err)
{
	struct toml_value *array = find(at, key);

	if (!array) {
		if (!add(tree, at, key, line, &array, err))
			return false;
		make_container(tree, array, TOML_IS_ARRAY, FROM_ARRAY_HEADER, at);
	}
	if (!array->private_ || array->private_->origin != FROM_ARRAY_HEADER)
		return refuse(err, line, key, "is already defined, and not by [[ ]],", array);
	struct toml_value *element = NULL;

	if (!add(tree, array, (struct str){ 0 }, line, &element, err))
		return false;
	make_container(tree, element, TOML_IS_TABLE, FROM_HEADER, array);
	tree->current = element;
	return true;
}

static bool on_header(struct tree *tree, struct toml_value *root, const struct toml_token *token,
                      struct err *err)
{
	struct toml_value *at = root;
	size_t last = token->path_n - 1;

	for (size_t i = 0; i < last; i++)
		if (!descend_header(tree, &at, token->path[i], token->line, err))
			return false;
	if (token->kind == TOML_TABLE)
		return open_table(tree, at, token->path[last], token->line, err);
	return open_element(tree, at, token->path[last], token->line, err);
}

/* One step of a dotted key, before its last part. */
static bool descend_key(struct tree *tree, struct toml_value **at, struct str key, uint32_t line,
                        struct err *err)
{
	struct toml_value *value = find(*at, key);

	if (!value) {
		if (!add(tree, *at, key, line, &value, err))
			return false;
		make_container(tree, value, TOML_IS_TABLE, FROM_DOTTED_KEY, *at);
	} else if (value->type != TOML_IS_TABLE) {
		return refuse(err, line, key, "is no table; it was defined", value);
	} else if (value->private_->origin == FROM_PATH) {
		value->private_->origin = FROM_DOTTED_KEY;
	} else if (value->private_->origin != FROM_DOTTED_KEY) {
		return refuse(err, line, key, "was completely defined", value);
	}
	*at = value;
	return true;
}

static bool on_key(struct tree *tree, const struct toml_token *token, struct err *err)
{
	struct toml_value *at = tree->depth > 0 ? tree->open[tree->depth - 1] : tree->current;
	size_t last = token->path_n - 1;

	for (size_t i = 0; i < last; i++)
		if (!descend_key(tree, &at, token->path[i], token->line, err))
			return false;
	const struct toml_value *old = find(at, token->path[last]);

	if (old)
		return refuse(err, token->line, token->path[last], "is already defined", old);
	tree->parent = at;
	tree->key = token->path[last];
	tree->key_line = token->line;
	return true;
}

/* A value of a key, or an element of the innermost array. */
static bool add_value(struct tree *tree, const struct toml_token *token, struct toml_value **out,
                      struct err *err)
{
	struct toml_value *open = tree->depth > 0 ? tree->open[tree->depth - 1] : NULL;

	if (open && open->type == TOML_IS_ARRAY)
		return add(tree, open, (struct str){ 0 }, token->line, out, err);
	return add(tree, tree->parent, tree->key, tree->key_line, out, err);
}

static bool on_scalar(struct tree *tree, const struct toml_token *token, enum toml_type type,
                      struct err *err)
{
	struct toml_value *value = NULL;

	if (!add_value(tree, token, &value, err))
		return false;
	value->type = type;
	value->text = token->text;
	value->integer = token->integer;
	return true;
}

static bool on_container(struct tree *tree, const struct toml_token *token, enum toml_type type,
                         struct err *err)
{
	struct toml_value *value = NULL;

	if (!add_value(tree, token, &value, err))
		return false;
	bool in_array = tree->depth > 0 && tree->open[tree->depth - 1]->type == TOML_IS_ARRAY;

	make_container(tree, value, type, FROM_VALUE,
	               in_array ? tree->open[tree->depth - 1] : tree->parent);
	tree->open[tree->depth++] = value;
	return true;
}

static bool on_token(struct tree *tree, struct toml_value *root, const struct toml_token *token,
                     struct err *err)
{
	switch (token->kind) {
	case TOML_TABLE:
	case TOML_TABLE_ARRAY:
		return on_header(tree, root, token, err);
	case TOML_KEY:
		return on_key(tree, token, err);
	case TOML_STRING:
		return on_scalar(tree, token, TOML_IS_STRING, err);
	case TOML_INTEGER:
		return on_scalar(tree, token, TOML_IS_INTEGER, err);
	case TOML_FLOAT:
		return on_scalar(tree, token, TOML_IS_FLOAT, err);
	case TOML_BOOL:
		return on_scalar(tree, token, TOML_IS_BOOL, err);
	case TOML_DATETIME:
		return on_scalar(tree, token, TOML_IS_DATETIME, err);
	case TOML_ARRAY:
		return on_container(tree, token, TOML_IS_ARRAY, err);
	case TOML_INLINE:
		return on_container(tree, token, TOML_IS_TABLE, err);
	case TOML_ARRAY_END:
	case TOML_INLINE_END:
		tree->depth--;
		return true;
	}
	return err_set(err, ERR_BUG, "%u: a token of unknown kind", token->line);
}

bool toml_tree_parse(struct arena *arena, struct str in, size_t max_values,
                     const struct toml_value **out, struct err *err)
{
	struct tree tree = { .arena = arena, .room = max_values, .max_values = max_values };
	struct toml reader = toml_open(arena, in);
	struct toml_value *root = arena_new(arena, struct toml_value);
	struct toml_token token = { 0 };
	int got = 0;

	root->line = 1;
	make_container(&tree, root, TOML_IS_TABLE, FROM_HEADER, NULL);
	tree.current = root;
	while ((got = toml_next(&reader, &token, err)) == 1)
		if (!on_token(&tree, root, &token, err))
			return false;
	if (got < 0)
		return false;
	*out = root;
	return true;
}

const struct toml_value *toml_get(const struct toml_value *table, const char *key)
{
	return table && table->type == TOML_IS_TABLE ? find(table, str_of(key)) : NULL;
}

bool toml_get_str(const struct toml_value *table, const char *key, struct str *out)
{
	const struct toml_value *value = toml_get(table, key);

	if (!value || value->type != TOML_IS_STRING)
		return false;
	*out = value->text;
	return true;
}

bool toml_get_bool(const struct toml_value *table, const char *key, bool otherwise)
{
	const struct toml_value *value = toml_get(table, key);

	return value && value->type == TOML_IS_BOOL ? value->integer != 0 : otherwise;
}
