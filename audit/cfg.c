#include "audit/cfg.h"
#include "audit/limits.h" /* CFG_DEPTH_MAX, CFG_TEXT_MAX_BYTES */

enum token {
	TOKEN_END,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_COMMA,
	TOKEN_EQUALS,
	TOKEN_WORD,
	TOKEN_STRING
};

struct lexer {
	struct str whole, rest;
	enum token token; /* the token in front of `rest` */
	struct str text;  /* of a word, without r#, or of a string, without its quotes */
	bool raw;         /* a word written r#word: never an operator */
};

static bool is_word_start(char c)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word_byte(char c)
{
	return is_word_start(c) || (c >= '0' && c <= '9');
}

static bool refuse(const struct lexer *lexer, const char *wanted, struct err *err)
{
	static const char *const names[] = {
		[TOKEN_END] = "it ends",
		[TOKEN_OPEN] = "'(' stands there",
		[TOKEN_CLOSE] = "')' stands there",
		[TOKEN_COMMA] = "',' stands there",
		[TOKEN_EQUALS] = "'=' stands there",
		[TOKEN_WORD] = "a word stands there",
		[TOKEN_STRING] = "a string stands there",
	};

	return err_set(err, ERR_INPUT, "cfg expression '" STR_FMT "': %s is due where %s",
	               STR_ARG(lexer->whole), wanted, names[lexer->token]);
}

static bool refuse_byte(const struct lexer *lexer, char c, struct err *err)
{
	return err_set(err, ERR_INPUT, "cfg expression '" STR_FMT "': unexpected '%c'",
	               STR_ARG(lexer->whole), c);
}

static bool lex_word(struct lexer *lexer, struct err *err)
{
	struct str rest = lexer->rest;
	size_t n = 0;

	lexer->raw = rest.n > 1 && rest.p[0] == 'r' && rest.p[1] == '#';
	if (lexer->raw) {
		rest = str_sub(rest, 2, rest.n);
		if (rest.n == 0)
			return err_set(err, ERR_INPUT,
			               "cfg expression '" STR_FMT "' ends behind r#",
			               STR_ARG(lexer->whole));
		if (!is_word_start(rest.p[0]))
			return refuse_byte(lexer, rest.p[0], err);
	}
	while (n < rest.n && is_word_byte(rest.p[n]))
		n++;
	lexer->token = TOKEN_WORD;
	lexer->text = (struct str){ rest.p, n };
	lexer->rest = str_sub(rest, n, rest.n);
	return true;
}

/* There are no escapes: a string ends at the next quote. */
static bool lex_string(struct lexer *lexer, struct err *err)
{
	struct str inside = str_sub(lexer->rest, 1, lexer->rest.n);

	if (!str_cut(inside, '"', &lexer->text, &lexer->rest))
		return err_set(err, ERR_INPUT,
		               "cfg expression '" STR_FMT "': a string does not end",
		               STR_ARG(lexer->whole));
	lexer->token = TOKEN_STRING;
	return true;
}

/* Moves on to the next token. Only the space is white. */
static bool lex(struct lexer *lexer, struct err *err)
{
	static const struct {
		char c;
		enum token token;
	} single[] = { { '(', TOKEN_OPEN },
		       { ')', TOKEN_CLOSE },
		       { ',', TOKEN_COMMA },
		       { '=', TOKEN_EQUALS } };

	while (lexer->rest.n > 0 && lexer->rest.p[0] == ' ')
		lexer->rest = str_sub(lexer->rest, 1, lexer->rest.n);
	lexer->text = (struct str){ 0 };
	lexer->raw = false;
	if (lexer->rest.n == 0) {
		lexer->token = TOKEN_END;
		return true;
	}
	char c = lexer->rest.p[0];
	if (is_word_start(c))
		return lex_word(lexer, err);
	if (c == '"')
		return lex_string(lexer, err);
	for (size_t i = 0; i < ARRAY_LEN(single); i++) {
		if (single[i].c != c)
			continue;
		lexer->token = single[i].token;
		lexer->rest = str_sub(lexer->rest, 1, lexer->rest.n);
		return true;
	}
	return refuse_byte(lexer, c, err);
}

static bool expect(struct lexer *lexer, enum token token, const char *wanted, struct err *err)
{
	if (lexer->token != token)
		return refuse(lexer, wanted, err);
	return lex(lexer, err);
}

/* word, or word = "string" */
static bool parse_item(struct lexer *lexer, struct cfg_item *out, struct err *err)
{
	struct cfg_item item = { .key = lexer->text };

	if (!expect(lexer, TOKEN_WORD, "a word", err))
		return false;
	if (lexer->token == TOKEN_EQUALS) {
		if (!lex(lexer, err))
			return false;
		item.value = lexer->text;
		item.has_value = true;
		if (!expect(lexer, TOKEN_STRING, "a string", err))
			return false;
	}
	*out = item;
	return true;
}

static bool start(struct lexer *lexer, struct str text, struct err *err)
{
	*lexer = (struct lexer){ .whole = text, .rest = text };
	if (text.n > CFG_TEXT_MAX_BYTES)
		return err_set(err, ERR_LIMIT, "cfg expression of %zu bytes", text.n);
	return lex(lexer, err);
}

static bool parse_expr(struct lexer *lexer, struct arena *arena, int depth, struct cfg_expr *expr,
                       struct err *err);

/* Behind all, any or not: its operands in parentheses. `not` takes one without a comma behind it;
 * the others any number, a last comma being optional. */
static bool parse_operands(struct lexer *lexer, struct arena *arena, int depth,
                           struct cfg_expr *expr, struct err *err)
{
	const struct cfg_expr **last = &expr->first;
	bool more = true;

	if (!lex(lexer, err) || !expect(lexer, TOKEN_OPEN, "'('", err))
		return false;
	while (more && (expr->op == CFG_NOT || lexer->token != TOKEN_CLOSE)) {
		struct cfg_expr *operand = arena_new(arena, struct cfg_expr);

		if (!parse_expr(lexer, arena, depth + 1, operand, err))
			return false;
		*last = operand;
		last = &operand->next;
		more = expr->op != CFG_NOT && lexer->token == TOKEN_COMMA;
		if (more && !lex(lexer, err))
			return false;
	}
	return expect(lexer, TOKEN_CLOSE, "')'", err);
}

/* The operator that a word stands for, or CFG_ITEM. */
static enum cfg_op operator_of(const struct lexer *lexer)
{
	static const struct {
		struct str word;
		enum cfg_op op;
	} operators[] = { { STR("all"), CFG_ALL },
		          { STR("any"), CFG_ANY },
		          { STR("not"), CFG_NOT } };

	for (size_t i = 0; i < ARRAY_LEN(operators); i++)
		if (!lexer->raw && str_eq(lexer->text, operators[i].word))
			return operators[i].op;
	return CFG_ITEM;
}

static bool parse_expr(struct lexer *lexer, struct arena *arena, int depth, struct cfg_expr *expr,
                       struct err *err)
{
	if (depth > CFG_DEPTH_MAX)
		return err_set(err, ERR_LIMIT, "cfg expression nested deeper than %d",
		               CFG_DEPTH_MAX);
	expr->op = operator_of(lexer);
	if (expr->op != CFG_ITEM)
		return parse_operands(lexer, arena, depth, expr, err);
	if (!parse_item(lexer, &expr->item, err))
		return false;
	/* As cargo: r#true is true as well, and true = "x" is an item. */
	if (!expr->item.has_value && str_eq(expr->item.key, STR_LIT("true")))
		expr->op = CFG_TRUE;
	else if (!expr->item.has_value && str_eq(expr->item.key, STR_LIT("false")))
		expr->op = CFG_FALSE;
	return true;
}

/* Cargo lets letters and digits of any script pass; which characters of other scripts are letters
 * makes no difference to a name that no target has. */
static bool check_triple(struct str text, struct err *err)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (!is_word_byte(c) && c != '-' && c != '.' && (unsigned char)c < 0x80)
			return err_set(err, ERR_INPUT, "target '" STR_FMT "': unexpected '%c'",
			               STR_ARG(text), c);
	}
	return true;
}

bool cfg_platform_parse(struct arena *arena, struct str text, struct cfg_platform *out,
                        struct err *err)
{
	struct lexer lexer;

	if (!str_starts(text, STR_LIT("cfg(")) || !str_ends(text, STR_LIT(")"))) {
		if (!check_triple(text, err))
			return false;
		*out = (struct cfg_platform){ .triple = text };
		return true;
	}
	struct cfg_expr *expr = arena_new(arena, struct cfg_expr);
	if (!start(&lexer, str_sub(text, 4, text.n - 1), err) ||
	    !parse_expr(&lexer, arena, 1, expr, err))
		return false;
	if (lexer.token != TOKEN_END)
		return refuse(&lexer, "the end", err);
	*out = (struct cfg_platform){ .expr = expr };
	return true;
}

bool cfg_item_parse(struct str text, struct cfg_item *out, struct err *err)
{
	struct lexer lexer;
	struct cfg_item item;

	if (!start(&lexer, text, err) || !parse_item(&lexer, &item, err))
		return false;
	if (lexer.token != TOKEN_END)
		return refuse(&lexer, "the end", err);
	*out = item;
	return true;
}

/* Asked some thousand times an audit against sets of 30 or so: the lengths rule out nearly all. */
static bool set_has(const struct cfg_set *set, const struct cfg_item *wanted)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct cfg_item *item = &set->p[i];

		if (item->key.n == wanted->key.n && item->value.n == wanted->value.n &&
		    item->has_value == wanted->has_value && str_eq(item->key, wanted->key) &&
		    str_eq(item->value, wanted->value))
			return true;
	}
	return false;
}

bool cfg_is_true(const struct cfg_expr *expr, const struct cfg_set *set)
{
	switch (expr->op) {
	case CFG_ITEM:
		return set_has(set, &expr->item);
	case CFG_ALL:
		for (const struct cfg_expr *e = expr->first; e; e = e->next)
			if (!cfg_is_true(e, set))
				return false;
		return true;
	case CFG_ANY:
		for (const struct cfg_expr *e = expr->first; e; e = e->next)
			if (cfg_is_true(e, set))
				return true;
		return false;
	case CFG_NOT:
		return !cfg_is_true(expr->first, set);
	case CFG_TRUE:
		return true;
	case CFG_FALSE:
		return false;
	}
	return false;
}

bool cfg_platform_matches(const struct cfg_platform *platform, struct str triple,
                          const struct cfg_set *set)
{
	return platform->expr ? cfg_is_true(platform->expr, set) : str_eq(platform->triple, triple);
}
