#include "audit/knowledge_tables.h"

#include "base/when.h"

static bool want_str(const struct toml_value *table, const char *key, struct str *out,
                     struct err *err)
{
	if (toml_get_str(table, key, out) && out->n > 0)
		return true;
	return err_set(err, ERR_INPUT, "%u: '%s' is missing or no text", table->line, key);
}

static bool get_str_list(struct arena *arena, const struct toml_value *table, const char *key,
                         struct str_list *out, struct err *err)
{
	const struct toml_value *value = toml_get(table, key);

	if (value == NULL)
		return true;
	if (value->type != TOML_IS_ARRAY)
		return err_set(err, ERR_INPUT, "%u: '%s' is no list", value->line, key);
	for (const struct toml_value *one = value->first; one != NULL; one = one->next) {
		if (one->type != TOML_IS_STRING || one->text.n == 0)
			return err_set(err, ERR_INPUT, "%u: '%s' holds something else than text",
			               one->line, key);
		*vec_add(arena, out) = one->text;
	}
	return true;
}

static bool want_level(const struct toml_value *table, const char *key, enum level *out,
                       struct err *err)
{
	struct str word;

	if (!want_str(table, key, &word, err))
		return false;
	if (!level_parse(word, out))
		return err_set(err, ERR_INPUT, "%u: unknown level '" STR_FMT "'", table->line,
		               STR_ARG(word));
	return true;
}

static bool read_rule(struct arena *arena, const struct toml_value *table, struct knowledge *out,
                      struct err *err)
{
	const struct toml_value *levels = toml_get(table, "levels");
	struct rule_text rule = { 0 };
	bool added;

	if (levels == NULL || levels->type != TOML_IS_TABLE)
		return err_set(err, ERR_INPUT, "%u: a rule needs levels", table->line);
	if (!want_str(table, "name", &rule.name, err) ||
	    !want_str(table, "summary", &rule.summary, err) ||
	    !want_str(table, "why", &rule.why, err) || !want_str(table, "fix", &rule.fix, err) ||
	    !get_str_list(arena, table, "sources", &rule.sources, err) ||
	    !want_level(levels, "direct", &rule.direct, err) ||
	    !want_level(levels, "transitive", &rule.transitive, err) ||
	    !want_level(levels, "build", &rule.build, err) ||
	    !want_level(levels, "dev", &rule.dev, err))
		return false;
	if (rule.sources.n == 0)
		return err_set(err, ERR_INPUT, "%u: a rule without a source", table->line);
	map_slot(&out->rule_by_name, arena, rule.name, (uint32_t)out->rules.n, &added);
	if (!added)
		return err_set(err, ERR_INPUT, "%u: the rule stands twice", table->line);
	*vec_add(arena, &out->rules) = rule;
	return true;
}

bool knowledge_read_rules(struct arena *arena, struct str file, struct knowledge *out,
                          struct err *err)
{
	const struct toml_value *root;

	if (!toml_tree_parse(arena, file, KNOWLEDGE_VALUES_MAX, &root, err))
		return false;
	const struct toml_value *rules = toml_get(root, "rule");
	for (const struct toml_value *one = rules == NULL ? NULL : rules->first; one != NULL;
	     one = one->next)
		if (!read_rule(arena, one, out, err))
			return false;
	return true;
}

/* Adds "crate" or "crate REQUIREMENT" to the family of the runtime that is read. */
static bool add_family(struct arena *arena, struct str text, uint32_t line, struct knowledge *out,
                       struct err *err)
{
	struct family_row row = { .req = { .any = true }, .runtime = (uint32_t)out->runtimes.n };
	struct str req;

	if (str_cut(text, ' ', &row.crate, &req) && !semver_req_parse(arena, req, &row.req, err)) {
		err_prefix(err, "%u: ", line);
		return false;
	}
	*vec_add(arena, &out->families) = row;
	return true;
}

static bool read_family(struct arena *arena, const struct toml_value *table,
                        struct runtime_info *info, struct knowledge *out, struct err *err)
{
	struct str_list family = { 0 };
	struct str req;

	info->req.any = true;
	if (toml_get_str(table, "req", &req) && !semver_req_parse(arena, req, &info->req, err)) {
		err_prefix(err, "%u: ", table->line);
		return false;
	}
	*vec_add(arena, &out->families) =
		(struct family_row){ info->crate, info->req, (uint32_t)out->runtimes.n,
		                     UINT32_MAX };
	if (!get_str_list(arena, table, "family", &family, err))
		return false;
	for (size_t i = 0; i < family.n; i++)
		if (!add_family(arena, family.p[i], table->line, out, err))
			return false;
	return true;
}

static bool read_elsewhere(struct arena *arena, const struct toml_value *table,
                           struct runtime_info *info, struct err *err)
{
	const struct toml_value *abandoned = toml_get(table, "abandoned");
	struct str word;

	if (!want_str(table, "elsewhere", &word, err) || !want_str(table, "why", &info->why, err) ||
	    !compat_list_parse(arena, toml_get(table, "on"), &info->on, err))
		return false;
	if (!verdict_parse(word, &info->elsewhere))
		return err_set(err, ERR_INPUT, "%u: unknown verdict '" STR_FMT "'", table->line,
		               STR_ARG(word));
	if (abandoned == NULL)
		return true;
	info->abandoned = true;
	return when_parse(abandoned->text, &info->abandoned_at, err) &&
	       want_str(table, "replacement", &info->replacement, err);
}

static bool read_runtime(struct arena *arena, const struct toml_value *table, struct knowledge *out,
                         struct err *err)
{
	struct runtime_info info = { .needs_std = toml_get_bool(table, "needs_std", false),
		                     .coexists = toml_get_bool(table, "coexists", false) };
	uint32_t number = (uint32_t)out->runtimes.n;

	if (number == KNOWLEDGE_RUNTIMES_MAX)
		return err_set(err, ERR_INPUT, "%u: more than %d runtimes", table->line,
		               KNOWLEDGE_RUNTIMES_MAX);
	if (!want_str(table, "name", &info.name, err) ||
	    !want_str(table, "class", &info.klass, err) ||
	    !want_str(table, "crate", &info.crate, err) ||
	    !want_str(table, "source", &info.source, err) ||
	    !read_family(arena, table, &info, out, err) ||
	    !read_elsewhere(arena, table, &info, err))
		return false;
	if (toml_get(table, "platform") != NULL &&
	    !want_str(table, "platform", &info.platform, err))
		return false;
	map_put(&out->runtime_by_word, arena, info.klass, number);
	map_put(&out->runtime_by_word, arena, info.name, number);
	*vec_add(arena, &out->runtimes) = info;
	return true;
}

/* `includes` may name runtimes that stand further down. */
static bool read_includes(struct arena *arena, const struct toml_value *table, uint32_t number,
                          struct knowledge *out, struct err *err)
{
	struct str_list names = { 0 };
	uint32_t inner;

	if (!get_str_list(arena, table, "includes", &names, err))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		if (!map_get(&out->runtime_by_word, names.p[i], &inner))
			return err_set(err, ERR_INPUT, "%u: unknown runtime '" STR_FMT "'",
			               table->line, STR_ARG(names.p[i]));
		out->runtimes.p[number].includes |= UINT64_C(1) << inner;
	}
	return true;
}

static bool read_bind(struct arena *arena, const struct toml_value *table, struct knowledge *out,
                      struct err *err)
{
	struct bind_row row;

	if (!bind_row_parse(arena, table, &out->runtime_by_word, &row, err))
		return false;
	*vec_add(arena, &out->binds) = row;
	return true;
}

/* A [[words]] table is a row a name. */
static bool read_words(struct arena *arena, const struct toml_value *table, struct knowledge *out,
                       struct err *err)
{
	struct bind_row row = { .req = { .any = true }, .passes = true, .vocabulary = true };
	struct str_list crates = { 0 };
	struct compat_row embassy = { .runtime = STR_LIT("embassy") };
	struct str klass, word;

	if (!want_str(table, "class", &klass, err) || !want_str(table, "why", &row.why, err) ||
	    !want_str(table, "source", &row.source, err) ||
	    !get_str_list(arena, table, "crates", &crates, err))
		return false;
	if (!bind_class_parse(klass, &out->runtime_by_word, &row.kind, &row.runtimes) ||
	    row.runtimes != 0)
		return err_set(err, ERR_INPUT, "%u: words are agnostic or none", table->line);
	if (toml_get_str(table, "embassy", &word)) {
		embassy.why = row.why;
		if (!verdict_parse(word, &embassy.verdict))
			return err_set(err, ERR_INPUT, "%u: unknown verdict '" STR_FMT "'",
			               table->line, STR_ARG(word));
		*vec_add(arena, &row.compat) = embassy;
	}
	for (size_t i = 0; i < crates.n; i++) {
		row.crate = crates.p[i];
		*vec_add(arena, &out->binds) = row;
	}
	return true;
}

static bool read_plain(struct arena *arena, const struct toml_value *table, struct knowledge *out,
                       struct err *err)
{
	struct plain_class plain = { 0 };
	struct str klass, verdict, embassy;

	(void)arena;
	if (!want_str(table, "class", &klass, err) || !want_str(table, "verdict", &verdict, err) ||
	    !want_str(table, "why", &plain.why, err) ||
	    !want_str(table, "embassy", &embassy, err) ||
	    !want_str(table, "embassy_why", &plain.embassy_why, err))
		return false;
	if (!verdict_parse(verdict, &plain.verdict) || !verdict_parse(embassy, &plain.embassy))
		return err_set(err, ERR_INPUT, "%u: unknown verdict", table->line);
	enum bind_kind kind = BIND_RUNTIME;
	uint64_t runtimes;
	if (!str_eq(klass, STR_LIT("bound")) &&
	    !bind_class_parse(klass, &out->runtime_by_word, &kind, &runtimes))
		return err_set(err, ERR_INPUT, "%u: unknown class '" STR_FMT "'", table->line,
		               STR_ARG(klass));
	out->plain[kind] = plain;
	return true;
}

static bool read_finished(struct arena *arena, const struct toml_value *table,
                          struct knowledge *out, struct err *err)
{
	struct str_list crates = { 0 };
	struct str text;

	if (!want_str(table, "why", &text, err) || !want_str(table, "source", &text, err) ||
	    !get_str_list(arena, table, "crates", &crates, err))
		return false;
	for (size_t i = 0; i < crates.n; i++)
		map_put(&out->finished, arena, crates.p[i], 1);
	return true;
}

bool knowledge_read_tables(struct arena *arena, struct str file, struct knowledge *out,
                           struct err *err)
{
	static const struct {
		const char *key;
		bool (*read)(struct arena *, const struct toml_value *, struct knowledge *,
		             struct err *);
	} TABLES[] = {
		{ "runtime", read_runtime }, { "bind", read_bind },         { "words", read_words },
		{ "plain", read_plain },     { "finished", read_finished },
	};
	const struct toml_value *root, *rows;
	uint32_t number = (uint32_t)out->runtimes.n;

	if (!toml_tree_parse(arena, file, KNOWLEDGE_VALUES_MAX, &root, err))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(TABLES); i++) {
		rows = toml_get(root, TABLES[i].key);
		for (const struct toml_value *one = rows == NULL ? NULL : rows->first; one != NULL;
		     one = one->next)
			if (!TABLES[i].read(arena, one, out, err))
				return false;
	}
	rows = toml_get(root, "runtime");
	for (const struct toml_value *one = rows == NULL ? NULL : rows->first; one != NULL;
	     one = one->next)
		if (!read_includes(arena, one, number++, out, err))
			return false;
	return true;
}

bool knowledge_read_proc_macros(struct arena *arena, struct str file, struct knowledge *out,
                                struct err *err)
{
	struct str line, name, is;
	uint32_t number = 0;

	while (file.n > 0) {
		str_cut(file, '\n', &line, &file);
		number++;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		str_cut(line, '\t', &name, &is);
		if (!str_eq(is, STR_LIT("yes")) && !str_eq(is, STR_LIT("no")))
			return err_set(err, ERR_INPUT, "%u: neither yes nor no", number);
		map_put(&out->proc_macros, arena, name, is.n == 3 ? KNOWN_YES : KNOWN_NO);
	}
	return true;
}

static bool read_reqs(struct arena *arena, struct str text, struct str_list *texts,
                      struct req_list *reqs, struct err *err)
{
	while (text.n > 0) {
		struct str one;

		str_cut(text, '|', &one, &text);
		one = str_trim(one);
		*vec_add(arena, texts) = one;
		if (!semver_req_parse(arena, one, vec_add(arena, reqs), err))
			return false;
	}
	return true;
}

static bool read_unmaintained_line(struct arena *arena, struct str line, struct knowledge *out,
                                   struct err *err)
{
	struct advisory *advisory = arena_new(arena, struct advisory);
	struct str date, patched, unaffected;

	*advisory = (struct advisory){ .kind = ADVISORY_UNMAINTAINED, .is_crates_io = true };
	str_cut(line, '\t', &advisory->package, &line);
	str_cut(line, '\t', &advisory->id, &line);
	str_cut(line, '\t', &date, &line);
	str_cut(line, '\t', &patched, &line);
	str_cut(line, '\t', &unaffected, &line);
	if (!when_parse(date, &advisory->date_at, err) ||
	    !read_reqs(arena, patched, &advisory->patched_text, &advisory->patched, err) ||
	    !read_reqs(arena, unaffected, &advisory->unaffected_text, &advisory->unaffected, err))
		return false;
	map_put(&out->replacements_by_id, arena, advisory->id, (uint32_t)out->replacements.n);
	*vec_add(arena, &out->replacements) = line;

	struct advisory_set *set = &out->advisories;
	uint32_t *first = map_slot(&set->first, arena, advisory->package, UINT32_MAX, NULL);
	set->rows[set->n] = (struct advisory_row){ advisory, advisory->date_at, *first };
	*first = set->n++;
	return true;
}

/* The first line tells of which commit the table was made: "# … HASH DATE". */
static bool read_made_at(struct str line, int64_t *out, struct err *err)
{
	size_t blank = str_find_last(line, ' ');

	if (blank == STR_NONE)
		return err_set(err, ERR_INPUT, "no date");
	return when_parse(str_sub(line, blank + 1, line.n), out, err);
}

bool knowledge_read_unmaintained(struct arena *arena, struct str file, struct knowledge *out,
                                 struct err *err)
{
	struct str line, rest = file;
	uint32_t number = 1, lines = 0;

	while (str_cut(rest, '\n', &line, &rest))
		lines++;
	out->advisories.rows = arena_array(arena, lines + 1, sizeof *out->advisories.rows);
	str_cut(file, '\n', &line, &file);
	if (!read_made_at(line, &out->advisories_at, err)) {
		err_prefix(err, "%u: ", number);
		return false;
	}
	while (file.n > 0) {
		str_cut(file, '\n', &line, &file);
		number++;
		if (line.n == 0 || line.p[0] == '#' ||
		    read_unmaintained_line(arena, line, out, err))
			continue;
		err_prefix(err, "%u: ", number);
		return false;
	}
	return true;
}
