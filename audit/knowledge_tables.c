#include "audit/knowledge_tables.h"

#include "audit/knowledge_field.h"
#include "audit/limits.h"

static bool want_level(const struct toml_value *table, const char *key, enum level *out,
                       struct err *err)
{
	struct str word;

	if (!knowledge_want_str(table, key, &word, err))
		return false;
	if (!level_parse(word, out))
		return err_set(err, ERR_INPUT, "%u: unknown level '" STR_FMT "'", table->line,
		               STR_ARG(word));
	return true;
}

static bool read_rule(struct arena *arena, const struct toml_value *table, struct knowledge *out,
                      struct err *err)
{
	static const struct str KNOWN[] = { STR("name"),   STR("summary"), STR("why"),
		                            STR("fix"),    STR("levels"),  STR("sources"),
		                            STR("checked") };
	static const struct str LEVELS[] = { STR("direct"), STR("transitive"), STR("build"),
		                             STR("dev") };
	const struct toml_value *levels = toml_get(table, "levels");
	struct rule_text rule = { 0 };
	int64_t checked_at;
	bool added;

	if (levels == NULL || levels->type != TOML_IS_TABLE)
		return err_set(err, ERR_INPUT, "%u: a rule needs levels", table->line);
	if (!knowledge_keys(table, KNOWN, ARRAY_LEN(KNOWN), err) ||
	    !knowledge_keys(levels, LEVELS, ARRAY_LEN(LEVELS), err) ||
	    !knowledge_want_str(table, "name", &rule.name, err) ||
	    !knowledge_want_str(table, "summary", &rule.summary, err) ||
	    !knowledge_want_str(table, "why", &rule.why, err) ||
	    !knowledge_want_str(table, "fix", &rule.fix, err) ||
	    !knowledge_want_list(arena, table, "sources", &rule.sources, err) ||
	    !knowledge_want_date(table, "checked", &checked_at, err) ||
	    !want_level(levels, "direct", &rule.direct, err) ||
	    !want_level(levels, "transitive", &rule.transitive, err) ||
	    !want_level(levels, "build", &rule.build, err) ||
	    !want_level(levels, "dev", &rule.dev, err))
		return false;
	map_slot(&out->rule_by_name, arena, rule.name, (uint32_t)out->rules.n, &added);
	if (!added)
		return err_set(err, ERR_INPUT, "%u: the rule stands twice", table->line);
	*vec_add(arena, &out->rules) = rule;
	return true;
}

/* One kind of table, as an array of tables at the root of a file. */
struct table_reader {
	struct str key;
	bool (*read)(struct arena *, const struct toml_value *, struct knowledge *, struct err *);
	bool own; /* a user's file may hold it */
};

static bool check_root(const struct toml_value *root, const struct table_reader *readers, size_t n,
                       bool own, struct err *err)
{
	for (const struct toml_value *v = root->first; v != NULL; v = v->next) {
		bool is_known = false;

		for (size_t i = 0; i < n; i++)
			is_known = is_known ||
			           (str_eq(v->key, readers[i].key) && (!own || readers[i].own));
		if (!is_known)
			return err_set(err, ERR_INPUT, "%u: unknown table '" STR_FMT "'", v->line,
			               STR_ARG(v->key));
		for (const struct toml_value *one = v->first; one != NULL; one = one->next)
			if (v->type == TOML_IS_ARRAY && one->type != TOML_IS_TABLE)
				return err_set(err, ERR_INPUT, "%u: '" STR_FMT "' is no table",
				               one->line, STR_ARG(v->key));
		if (v->type != TOML_IS_ARRAY)
			return err_set(err, ERR_INPUT,
			               "%u: rows of '" STR_FMT "' stand below [[" STR_FMT "]]",
			               v->line, STR_ARG(v->key), STR_ARG(v->key));
	}
	return true;
}

static bool read_root(struct arena *arena, struct str file, const struct table_reader *readers,
                      size_t n, struct knowledge *out, struct err *err)
{
	const struct toml_value *root, *rows;

	if (!toml_tree_parse(arena, file, KNOWLEDGE_VALUES_MAX, &root, err) ||
	    !check_root(root, readers, n, out->own_name.n > 0, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		for (rows = root->first; rows != NULL; rows = rows->next) {
			if (!str_eq(rows->key, readers[i].key))
				continue;
			for (const struct toml_value *one = rows->first; one != NULL;
			     one = one->next)
				if (!readers[i].read(arena, one, out, err))
					return false;
		}
	}
	return true;
}

bool knowledge_read_rules(struct arena *arena, struct str file, struct knowledge *out,
                          struct err *err)
{
	static const struct table_reader READERS[] = { { STR("rule"), read_rule, false } };

	return read_root(arena, file, READERS, ARRAY_LEN(READERS), out, err);
}

/* The source of a row as an answer gives it: with the place, where it is the user's. */
static struct str cite(struct arena *arena, const struct knowledge *out, uint32_t line,
                       struct str source)
{
	if (out->own_name.n == 0)
		return source;
	return arena_printf(arena, STR_FMT ":%u: " STR_FMT, STR_ARG(out->own_name), line,
	                    STR_ARG(source));
}

/* Adds "crate" or "crate REQUIREMENT" to the family of a runtime. */
static bool add_family(struct arena *arena, struct str text, uint32_t line, uint32_t number,
                       struct knowledge *out, struct err *err)
{
	struct family_row row = { .req = { .any = true }, .runtime = number };
	struct str req;

	if (str_cut(text, ' ', &row.crate, &req) && !knowledge_req(arena, req, line, &row.req, err))
		return false;
	if (!knowledge_is_crate_name(row.crate))
		return err_set(err, ERR_INPUT, "%u: '" STR_FMT "' is no name of a crate", line,
		               STR_ARG(row.crate));
	*vec_add(arena, &out->families) = row;
	return true;
}

static bool read_family(struct arena *arena, const struct toml_value *table,
                        struct runtime_info *info, uint32_t number, struct knowledge *out,
                        struct err *err)
{
	struct str_list family = { 0 };

	if (!knowledge_want_crate(table, "crate", &info->crate, err) ||
	    !knowledge_get_req(arena, table, "req", &info->req, err) ||
	    !knowledge_get_list(arena, table, "family", &family, err))
		return false;
	*vec_add(arena, &out->families) =
		(struct family_row){ info->crate, info->req, number, UINT32_MAX };
	for (size_t i = 0; i < family.n; i++)
		if (!add_family(arena, family.p[i], toml_get(table, "family")->line, number, out,
		                err))
			return false;
	return true;
}

static bool read_elsewhere(const struct toml_value *table, struct runtime_info *info,
                           struct err *err)
{
	if (!knowledge_want_verdict(table, "elsewhere", &info->elsewhere, err) ||
	    !knowledge_want_str(table, "why", &info->why, err))
		return false;
	info->abandoned = toml_get(table, "abandoned") != NULL;
	if (!info->abandoned)
		return true;
	return knowledge_want_date(table, "abandoned", &info->abandoned_at, err) &&
	       knowledge_want_str(table, "replacement", &info->replacement, err);
}

/* Small letters, digits, '-' and '.': classes join names with other signs. */
static bool is_runtime_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '.')
			return false;
	}
	return name.n > 0 && name.n <= CRATE_NAME_MAX && !str_eq(name, STR_LIT("none")) &&
	       !str_eq(name, STR_LIT("agnostic"));
}

/* "tokio" is of class "tokio" or "other:tokio": the two words are found alike. */
static bool read_name(const struct toml_value *table, struct runtime_info *info, struct err *err)
{
	struct str other = STR_LIT("other:"), name;

	if (!knowledge_want_str(table, "name", &info->name, err) ||
	    !knowledge_want_str(table, "class", &info->klass, err))
		return false;
	name = info->klass;
	if (str_starts(name, other))
		name = str_sub(name, other.n, name.n);
	if (!is_runtime_name(info->name))
		return err_set(err, ERR_INPUT, "%u: '" STR_FMT "' is no name of a runtime",
		               toml_get(table, "name")->line, STR_ARG(info->name));
	if (!str_eq(name, info->name))
		return err_set(err, ERR_INPUT,
		               "%u: the class of '" STR_FMT "' is to be 'other:" STR_FMT "'",
		               toml_get(table, "class")->line, STR_ARG(info->name),
		               STR_ARG(info->name));
	return true;
}

/* The number of the runtime of that name: its place behind all others, or that of a compiled one
 * that the user's table replaces, whose family it no longer is. */
static bool place_runtime(const struct toml_value *table, const struct runtime_info *info,
                          struct knowledge *out, uint32_t *number, struct err *err)
{
	size_t compiled = out->own_name.n > 0 ? out->compiled.runtimes : 0;

	if (map_get(&out->words.number, info->name, number)) {
		if (*number >= compiled || out->runtimes.p[*number].is_own)
			return err_set(err, ERR_INPUT, "%u: the runtime stands twice", table->line);
		if (!str_eq(out->runtimes.p[*number].klass, info->klass))
			return err_set(err, ERR_INPUT,
			               "%u: the class of '" STR_FMT "' is '" STR_FMT "'",
			               table->line, STR_ARG(info->name),
			               STR_ARG(out->runtimes.p[*number].klass));
		for (size_t i = 0; i < out->compiled.families; i++)
			if (out->families.p[i].runtime == *number)
				out->families.p[i].runtime = RUNTIME_NONE;
		return true;
	}
	if (out->runtimes.n == KNOWLEDGE_RUNTIMES_MAX)
		return err_set(err, ERR_LIMIT, "%u: more than %d runtimes", table->line,
		               KNOWLEDGE_RUNTIMES_MAX);
	*number = (uint32_t)out->runtimes.n;
	return true;
}

static void add_word(struct arena *arena, struct knowledge *out, struct str word, uint32_t number)
{
	bool added;

	map_slot(&out->words.number, arena, word, number, &added);
	if (added)
		*vec_add(arena, &out->words.all) = word;
}

static bool read_runtime(struct arena *arena, const struct toml_value *table, struct knowledge *out,
                         struct err *err)
{
	static const struct str KNOWN[] = {
		STR("name"),      STR("class"),        STR("crate"),       STR("req"),
		STR("family"),    STR("includes"),     STR("coexists"),    STR("platform"),
		STR("needs_std"), STR("abandoned"),    STR("replacement"), STR("elsewhere"),
		STR("why"),       STR("on"),           STR("source"),      STR("checked"),
		STR("starts"),    STR("starts_alone"),
	};
	struct runtime_info info = { .is_own = out->own_name.n > 0 };
	uint32_t number;

	if (!knowledge_keys(table, KNOWN, ARRAY_LEN(KNOWN), err) || !read_name(table, &info, err) ||
	    !place_runtime(table, &info, out, &number, err) ||
	    !read_family(arena, table, &info, number, out, err) ||
	    !knowledge_get_list(arena, table, "starts", &info.starts, err) ||
	    !knowledge_get_list(arena, table, "starts_alone", &info.starts_alone, err) ||
	    !read_elsewhere(table, &info, err) ||
	    !knowledge_get_bool(table, "needs_std", &info.needs_std, err) ||
	    !knowledge_get_bool(table, "coexists", &info.coexists, err) ||
	    !knowledge_want_source(table, &info.source, err))
		return false;
	if (toml_get(table, "platform") != NULL &&
	    !knowledge_want_str(table, "platform", &info.platform, err))
		return false;
	info.source = cite(arena, out, table->line, info.source);
	add_word(arena, out, info.klass, number);
	add_word(arena, out, info.name, number);
	*(number == out->runtimes.n ? vec_add(arena, &out->runtimes) : &out->runtimes.p[number]) =
		info;
	return true;
}

/* `includes` and `on` may name runtimes that stand further down. */
static bool read_others(struct arena *arena, const struct toml_value *table, struct knowledge *out,
                        struct err *err)
{
	struct str_list names = { 0 };
	struct str name;
	uint32_t number, inner;

	if (!knowledge_want_str(table, "name", &name, err) ||
	    !knowledge_get_list(arena, table, "includes", &names, err))
		return false;
	if (!map_get(&out->words.number, name, &number))
		return err_set(err, ERR_BUG, "%u: a runtime that was not read", table->line);
	struct runtime_info *info = &out->runtimes.p[number];
	if (!compat_list_parse(arena, toml_get(table, "on"), &out->words, &info->on, err))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		if (!map_get(&out->words.number, names.p[i], &inner))
			return err_set(err, ERR_INPUT, "%u: unknown runtime '" STR_FMT "'",
			               toml_get(table, "includes")->line, STR_ARG(names.p[i]));
		info->includes |= UINT64_C(1) << inner;
	}
	return true;
}

/* Adds a row, or refuses one for which another stands; a row of the user's takes the place of a
 * compiled one. */
static bool add_bind(struct arena *arena, const struct bind_row *row, uint32_t line,
                     struct knowledge *out, struct err *err)
{
	struct str condition = bind_row_condition(arena, row);
	bool added;
	uint32_t *at =
		map_slot(&out->bind_by_condition, arena, condition, (uint32_t)out->binds.n, &added);

	if (!added && (out->own_name.n == 0 || *at >= out->compiled.binds))
		return err_set(err, ERR_INPUT,
		               "%u: '" STR_FMT "' has a row for these versions and features", line,
		               STR_ARG(row->crate));
	if (!added)
		out->binds.p[*at].replaced = true;
	*at = (uint32_t)out->binds.n;
	*vec_add(arena, &out->binds) = *row;
	return true;
}

static bool read_bind(struct arena *arena, const struct toml_value *table, struct knowledge *out,
                      struct err *err)
{
	struct bind_row row;

	if (!bind_row_parse(arena, table, &out->words, &row, err))
		return false;
	row.source = cite(arena, out, table->line, row.source);
	return add_bind(arena, &row, table->line, out, err);
}

static bool read_bridge(struct arena *arena, const struct toml_value *table, struct knowledge *out,
                        struct err *err)
{
	struct bridge_row row;

	if (!bridge_row_parse(arena, table, &out->words, &row, err))
		return false;
	row.is_own = out->own_name.n > 0;
	row.source = cite(arena, out, table->line, row.source);
	for (size_t i = 0; i < out->bridges.n; i++) {
		const struct bridge_row *other = &out->bridges.p[i];

		if (other->from != row.from || other->on != row.on ||
		    !str_eq(other->crate, row.crate) || !str_eq(other->feature, row.feature))
			continue;
		if (other->is_own || !row.is_own)
			return err_set(err, ERR_INPUT, "%u: the bridge stands twice", table->line);
		out->bridges.p[i] = row;
		return true;
	}
	*vec_add(arena, &out->bridges) = row;
	return true;
}

/* The place of a row that speaks of these features of a crate: behind all others of its table, or
 * that of a compiled one that the user's row replaces. `n` is how many there are. */
static bool place_row(struct arena *arena, const char *table, const struct bind_row *condition,
                      uint32_t line, size_t n, struct knowledge *out, size_t *place,
                      struct err *err)
{
	struct str text = bind_row_condition(arena, condition);
	struct row_place *at;
	uint32_t *number;
	bool added;

	text = arena_printf(arena, "%s " STR_FMT, table, STR_ARG(text));
	number = map_slot(&out->place_by_condition, arena, text, (uint32_t)out->places.n, &added);
	if (added)
		*vec_add(arena, &out->places) = (struct row_place){ (uint32_t)n, false };
	at = &out->places.p[*number];
	if (!added && (at->is_own || out->own_name.n == 0))
		return err_set(err, ERR_INPUT, "%u: the %s stands twice", line, table);
	at->is_own = out->own_name.n > 0;
	*place = at->row;
	return true;
}

static bool read_poller(struct arena *arena, const struct toml_value *table, struct knowledge *out,
                        struct err *err)
{
	struct poller_row row;
	size_t n = out->pollers.n, place;

	if (!poller_row_parse(arena, table, &out->words, &row, err))
		return false;
	struct bind_row of = { .crate = row.crate, .req = row.req, .any = row.any };
	row.source = cite(arena, out, table->line, row.source);
	if (!place_row(arena, "poller", &of, table->line, n, out, &place, err))
		return false;
	*(place == n ? vec_add(arena, &out->pollers) : &out->pollers.p[place]) = row;
	return true;
}

static bool read_starter(struct arena *arena, const struct toml_value *table, struct knowledge *out,
                         struct err *err)
{
	struct starter_row row;
	size_t n = out->starters.n, place;

	if (!starter_row_parse(arena, table, &out->words, &row, err))
		return false;
	struct bind_row of = { .crate = row.crate, .req = row.req, .any = row.any };
	row.source = cite(arena, out, table->line, row.source);
	if (!place_row(arena, "starter", &of, table->line, n, out, &place, err))
		return false;
	*(place == n ? vec_add(arena, &out->starters) : &out->starters.p[place]) = row;
	return true;
}

static bool read_blocking(struct arena *arena, const struct toml_value *table,
                          struct knowledge *out, struct err *err)
{
	struct blocking_row row;
	size_t n = out->blocking.n, place;

	if (!blocking_row_parse(arena, table, &out->words, &row, err))
		return false;
	struct bind_row of = { .crate = row.crate, .req = row.req, .any = row.any };
	row.source = cite(arena, out, table->line, row.source);
	if (!place_row(arena, "blocking", &of, table->line, n, out, &place, err))
		return false;
	*(place == n ? vec_add(arena, &out->blocking) : &out->blocking.p[place]) = row;
	return true;
}

/* The line of a list's element. */
static uint32_t line_of(const struct toml_value *list, size_t i)
{
	const struct toml_value *one = list->first;

	for (; i > 0; i--)
		one = one->next;
	return one->line;
}

/* Names of crates, none of them twice. */
static bool want_crates(struct arena *arena, const struct toml_value *table, struct str_list *out,
                        struct err *err)
{
	if (!knowledge_want_list(arena, table, "crates", out, err))
		return false;
	for (size_t i = 0; i < out->n; i++)
		if (!knowledge_is_crate_name(out->p[i]))
			return err_set(err, ERR_INPUT, "%u: '" STR_FMT "' is no name of a crate",
			               line_of(toml_get(table, "crates"), i), STR_ARG(out->p[i]));
	return true;
}

/* A [[words]] table is a row a name. */
static bool read_words(struct arena *arena, const struct toml_value *table, struct knowledge *out,
                       struct err *err)
{
	static const struct str KNOWN[] = { STR("class"),  STR("embassy"), STR("why"),
		                            STR("crates"), STR("source"),  STR("checked") };
	struct bind_row row = { .req = { .any = true }, .passes = true, .vocabulary = true };
	struct compat_row embassy = { .runtime = STR_LIT("embassy") };
	struct str_list crates = { 0 };
	struct str klass;

	if (!knowledge_keys(table, KNOWN, ARRAY_LEN(KNOWN), err) ||
	    !knowledge_want_str(table, "class", &klass, err) ||
	    !knowledge_want_str(table, "why", &row.why, err) ||
	    !knowledge_want_source(table, &row.source, err) ||
	    !want_crates(arena, table, &crates, err))
		return false;
	if (!bind_class_parse(klass, &out->words, &row.kind, &row.runtimes) || row.runtimes != 0)
		return err_set(err, ERR_INPUT, "%u: words are agnostic or none",
		               toml_get(table, "class")->line);
	if (toml_get(table, "embassy") != NULL) {
		embassy.why = row.why;
		if (!knowledge_want_verdict(table, "embassy", &embassy.verdict, err))
			return false;
		*vec_add(arena, &row.compat) = embassy;
	}
	row.source = cite(arena, out, table->line, row.source);
	for (size_t i = 0; i < crates.n; i++) {
		row.crate = crates.p[i];
		if (!add_bind(arena, &row, line_of(toml_get(table, "crates"), i), out, err))
			return false;
	}
	return true;
}

static bool read_plain(struct arena *arena, const struct toml_value *table, struct knowledge *out,
                       struct err *err)
{
	static const struct str KNOWN[] = { STR("class"), STR("verdict"), STR("why"),
		                            STR("embassy"), STR("embassy_why") };
	struct plain_class plain = { 0 };
	enum bind_kind kind = BIND_RUNTIME;
	uint64_t runtimes;
	struct str klass;

	(void)arena;
	if (!knowledge_keys(table, KNOWN, ARRAY_LEN(KNOWN), err) ||
	    !knowledge_want_str(table, "class", &klass, err) ||
	    !knowledge_want_verdict(table, "verdict", &plain.verdict, err) ||
	    !knowledge_want_str(table, "why", &plain.why, err) ||
	    !knowledge_want_verdict(table, "embassy", &plain.embassy, err) ||
	    !knowledge_want_str(table, "embassy_why", &plain.embassy_why, err))
		return false;
	if (!str_eq(klass, STR_LIT("bound")) &&
	    !bind_class_parse(klass, &out->words, &kind, &runtimes))
		return err_set(err, ERR_INPUT, "%u: unknown class '" STR_FMT "'", table->line,
		               STR_ARG(klass));
	out->plain[kind] = plain;
	return true;
}

/* A user may repeat what is compiled in: it says the same. */
static bool read_finished(struct arena *arena, const struct toml_value *table,
                          struct knowledge *out, struct err *err)
{
	static const struct str KNOWN[] = { STR("crates"), STR("why"), STR("source"),
		                            STR("checked") };
	struct str_list crates = { 0 };
	struct str text;
	bool added;

	if (!knowledge_keys(table, KNOWN, ARRAY_LEN(KNOWN), err) ||
	    !knowledge_want_str(table, "why", &text, err) ||
	    !knowledge_want_source(table, &text, err) || !want_crates(arena, table, &crates, err))
		return false;
	for (size_t i = 0; i < crates.n; i++) {
		map_slot(&out->finished, arena, crates.p[i], 1, &added);
		if (!added && out->own_name.n == 0)
			return err_set(err, ERR_INPUT, "%u: '" STR_FMT "' stands twice",
			               line_of(toml_get(table, "crates"), i), STR_ARG(crates.p[i]));
	}
	return true;
}

bool knowledge_read_tables(struct arena *arena, struct str file, struct knowledge *out,
                           struct err *err)
{
	/* The order in which they are read: all others may name runtimes. */
	static const struct table_reader READERS[] = {
		{ STR("runtime"), read_runtime, true },   { STR("runtime"), read_others, true },
		{ STR("bind"), read_bind, true },         { STR("words"), read_words, true },
		{ STR("bridge"), read_bridge, true },     { STR("poller"), read_poller, true },
		{ STR("starter"), read_starter, true },   { STR("blocking"), read_blocking, true },
		{ STR("finished"), read_finished, true }, { STR("plain"), read_plain, false },
	};

	return read_root(arena, file, READERS, ARRAY_LEN(READERS), out, err);
}
