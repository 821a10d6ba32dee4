#include "audit/policy_file.h"

#include "audit/limits.h"
#include "base/toml_tree.h"
#include "base/when.h"

/* What every reader here needs. */
struct reading {
	struct arena *arena;
	struct str name; /* of the file, for messages */
	struct policy *policy;
};

static bool refuse(const struct reading *at, uint32_t line, const char *what, struct str word,
                   struct err *err)
{
	return err_set(err, ERR_INPUT, STR_FMT ":%u: %s '" STR_FMT "'", STR_ARG(at->name), line,
	               what, STR_ARG(word));
}

/* As refuse, with the nearest of the words that would have been right. */
static bool refuse_word(const struct reading *at, uint32_t line, const char *what, struct str word,
                        const struct str *known, size_t n, struct err *err)
{
	struct str_nearest near = { .word = word, .below = 4 };

	for (size_t i = 0; i < n; i++)
		str_nearest_offer(&near, known[i]);
	if (near.name.n == 0)
		return refuse(at, line, what, word, err);
	return err_set(err, ERR_INPUT, STR_FMT ":%u: %s '" STR_FMT "'; did you mean '" STR_FMT "'?",
	               STR_ARG(at->name), line, what, STR_ARG(word), STR_ARG(near.name));
}

static bool is_one_of(struct str word, const struct str *known, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(word, known[i]))
			return true;
	return false;
}

static bool check_keys(const struct reading *at, const struct toml_value *table,
                       const struct str *known, size_t n, struct err *err)
{
	for (const struct toml_value *v = table->first; v != NULL; v = v->next)
		if (!is_one_of(v->key, known, n))
			return refuse_word(at, v->line, "unknown key", v->key, known, n, err);
	return true;
}

bool fail_on_parse(struct str word, enum level *out)
{
	if (str_eq(word, STR_LIT("never"))) {
		*out = LEVEL_ALLOW;
		return true;
	}
	return !str_eq(word, STR_LIT("allow")) && level_parse(word, out);
}

static bool read_fail_on(const struct reading *at, const struct toml_value *value, struct err *err)
{
	static const struct str WORDS[] = { STR("error"), STR("warning"), STR("note"),
		                            STR("never") };

	if (value == NULL)
		return true;
	if (value->type != TOML_IS_STRING)
		return refuse(at, value->line, "a text is wanted for", value->key, err);
	if (!fail_on_parse(value->text, &at->policy->fail_on))
		return refuse_word(at, value->line,
		                   "fail-on is none of error, warning, note, never:", value->text,
		                   WORDS, ARRAY_LEN(WORDS), err);
	return true;
}

static bool read_stale_days(const struct reading *at, const struct toml_value *value,
                            struct err *err)
{
	if (value == NULL)
		return true;
	if (value->type != TOML_IS_INTEGER || value->integer < 1 || value->integer > STALE_DAYS_MAX)
		return err_set(err, ERR_INPUT, STR_FMT ":%u: stale-days is no number from 1 to %d",
		               STR_ARG(at->name), value->line, STALE_DAYS_MAX);
	at->policy->stale_days = value->integer;
	return true;
}

static bool read_level(const struct reading *at, const struct toml_value *value, enum level *out,
                       struct err *err)
{
	static const struct str WORDS[] = { STR("error"), STR("warning"), STR("note"),
		                            STR("allow") };

	if (value->type != TOML_IS_STRING)
		return refuse(at, value->line, "a level is wanted for", value->key, err);
	if (!level_parse(value->text, out))
		return refuse_word(at, value->line, "unknown level", value->text, WORDS,
		                   ARRAY_LEN(WORDS), err);
	return true;
}

/* The names of all rules, for messages. */
static struct str *rule_names(const struct reading *at, size_t *n)
{
	const struct knowledge *knowledge = at->policy->knowledge;

	*n = knowledge_rule_count(knowledge);
	struct str *names = arena_array(at->arena, *n, sizeof *names);
	for (size_t i = 0; i < *n; i++)
		names[i] = knowledge_rule_at(knowledge, i)->name;
	return names;
}

static bool find_rule(const struct reading *at, uint32_t line, struct str name,
                      const struct rule_text **out, struct err *err)
{
	const struct rule_text *rule = knowledge_rule(at->policy->knowledge, name);
	size_t n;

	if (rule == NULL) {
		const struct str *names = rule_names(at, &n);
		return refuse_word(at, line, "unknown rule", name, names, n, err);
	}
	*out = rule;
	return true;
}

/* rule = "level", or rule = { direct = "level", … }. */
static bool read_rule_levels(const struct reading *at, const struct toml_value *value,
                             struct err *err)
{
	static const struct str REACHES[REACH_N] = { STR("direct"), STR("transitive"), STR("build"),
		                                     STR("dev") };
	const struct rule_text *rule;
	enum level level;

	if (!find_rule(at, value->line, value->key, &rule, err))
		return false;
	struct policy_levels *levels =
		&at->policy->levels[knowledge_rule_number(at->policy->knowledge, rule)];
	if (value->type != TOML_IS_TABLE) {
		if (!read_level(at, value, &level, err))
			return false;
		for (size_t i = 0; i < REACH_N; i++) {
			levels->is_set[i] = true;
			levels->level[i] = level;
		}
		return true;
	}
	if (!check_keys(at, value, REACHES, REACH_N, err))
		return false;
	for (const struct toml_value *one = value->first; one != NULL; one = one->next) {
		size_t reach = 0;

		while (!str_eq(one->key, REACHES[reach]))
			reach++;
		if (!read_level(at, one, &levels->level[reach], err))
			return false;
		levels->is_set[reach] = true;
	}
	return true;
}

static bool read_levels(const struct reading *at, const struct toml_value *table, struct err *err)
{
	if (table == NULL)
		return true;
	if (table->type != TOML_IS_TABLE)
		return refuse(at, table->line, "a table is wanted for", table->key, err);
	for (const struct toml_value *one = table->first; one != NULL; one = one->next)
		if (!read_rule_levels(at, one, err))
			return false;
	return true;
}

/* The text of a key of [[allow]], where it is there. */
static bool allow_text(const struct reading *at, const struct toml_value *table, const char *key,
                       struct str *out, struct err *err)
{
	const struct toml_value *value = toml_get(table, key);
	bool is_date = str_eq(str_of(key), STR_LIT("expires"));

	if (value == NULL)
		return true;
	if ((value->type != TOML_IS_STRING && !(is_date && value->type == TOML_IS_DATETIME)) ||
	    value->text.n == 0)
		return refuse(at, value->line, "a text is wanted for", value->key, err);
	*out = value->text;
	return true;
}

static bool allow_values(const struct reading *at, const struct toml_value *table,
                         struct allowance *allow, struct err *err)
{
	const struct rule_text *rule;
	struct str version = { 0 };

	if (!allow_text(at, table, "rule", &allow->rule, err) ||
	    !allow_text(at, table, "crate", &allow->crate, err) ||
	    !allow_text(at, table, "version", &version, err) ||
	    !allow_text(at, table, "id", &allow->id, err) ||
	    !allow_text(at, table, "reason", &allow->reason, err) ||
	    !allow_text(at, table, "expires", &allow->expires, err))
		return false;
	if (allow->rule.n > 0 &&
	    !find_rule(at, toml_get(table, "rule")->line, allow->rule, &rule, err))
		return false;
	if (version.n > 0 && !semver_req_parse(at->arena, version, &allow->version, err)) {
		err_prefix(err, STR_FMT ":%u: ", STR_ARG(at->name),
		           toml_get(table, "version")->line);
		return false;
	}
	if (allow->expires.n > 0 && !when_parse(allow->expires, &allow->expires_at, err)) {
		err_prefix(err, STR_FMT ":%u: ", STR_ARG(at->name),
		           toml_get(table, "expires")->line);
		return false;
	}
	return true;
}

static bool read_allowance(const struct reading *at, const struct toml_value *table,
                           struct err *err)
{
	static const struct str KEYS[] = { STR("rule"), STR("crate"),  STR("version"),
		                           STR("id"),   STR("reason"), STR("expires") };
	struct allowance allow = { .version = { .any = true } };

	if (table->type != TOML_IS_TABLE)
		return err_set(err, ERR_INPUT, STR_FMT ":%u: allow is no [[allow]] table",
		               STR_ARG(at->name), table->line);
	if (!check_keys(at, table, KEYS, ARRAY_LEN(KEYS), err) ||
	    !allow_values(at, table, &allow, err))
		return false;
	if (allow.crate.n == 0 && allow.id.n == 0)
		return err_set(err, ERR_INPUT,
		               STR_FMT
		               ":%u: [[allow]] needs a crate or an advisory's id; a whole rule is "
		               "switched off in [levels]",
		               STR_ARG(at->name), table->line);
	if (allow.reason.n == 0)
		return err_set(err, ERR_INPUT, STR_FMT ":%u: [[allow]] needs a reason",
		               STR_ARG(at->name), table->line);
	allow.place = arena_printf(at->arena, STR_FMT ":%u", STR_ARG(at->name), table->line);
	*vec_add(at->arena, &at->policy->allowances) = allow;
	return true;
}

bool policy_file_read(struct arena *arena, struct str name, struct str bytes, struct policy *policy,
                      struct err *err)
{
	static const struct str KEYS[] = { STR("fail-on"), STR("levels"), STR("allow"),
		                           STR("stale-days") };
	struct reading at = { arena, name.n > 0 ? name : STR_LIT("rtaudit.toml"), policy };
	const struct toml_value *root;

	if (bytes.n > POLICY_MAX_BYTES)
		return err_set(err, ERR_LIMIT, STR_FMT ": more than %d bytes", STR_ARG(at.name),
		               POLICY_MAX_BYTES);
	if (!toml_tree_parse(arena, bytes, POLICY_VALUES_MAX, &root, err)) {
		err_prefix(err, STR_FMT ":", STR_ARG(at.name));
		return false;
	}
	if (!check_keys(&at, root, KEYS, ARRAY_LEN(KEYS), err) ||
	    !read_fail_on(&at, toml_get(root, "fail-on"), err) ||
	    !read_stale_days(&at, toml_get(root, "stale-days"), err) ||
	    !read_levels(&at, toml_get(root, "levels"), err))
		return false;
	const struct toml_value *allow = toml_get(root, "allow");
	if (allow == NULL)
		return true;
	if (allow->type != TOML_IS_ARRAY)
		return err_set(err, ERR_INPUT, STR_FMT ":%u: write [[allow]], not [allow]",
		               STR_ARG(at.name), allow->line);
	for (const struct toml_value *one = allow->first; one != NULL; one = one->next)
		if (!read_allowance(&at, one, err))
			return false;
	return true;
}
