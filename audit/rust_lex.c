#include "audit/rust_lex.h"

bool rust_is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || (unsigned char)c >= 0x80;
}

bool rust_is_mark(const struct rust_token *token, char mark)
{
	return token->kind == RUST_MARK && token->text.p[0] == mark;
}

bool rust_is_name(const struct rust_token *token, struct str name)
{
	return token->kind == RUST_NAME && str_eq(token->text, name);
}

/* The byte `ahead` of the next one; 0 behind the end. */
static char peek(const struct rust_lex *lex, size_t ahead)
{
	return ahead < lex->in.n - lex->at ? lex->in.p[lex->at + ahead] : '\0';
}

static void pass(struct rust_lex *lex, size_t n)
{
	for (; n > 0 && lex->at < lex->in.n; n--)
		if (lex->in.p[lex->at++] == '\n')
			lex->line++;
}

static void pass_line(struct rust_lex *lex)
{
	size_t end = str_find(str_sub(lex->in, lex->at, lex->in.n), '\n');

	lex->at = end == STR_NONE ? lex->in.n : lex->at + end;
}

/* Comments of this kind stand in one another. */
static void pass_block(struct rust_lex *lex)
{
	size_t depth = 0;

	while (lex->at < lex->in.n) {
		char c = peek(lex, 0), after = peek(lex, 1);
		bool opens = c == '/' && after == '*', closes = c == '*' && after == '/';

		pass(lex, opens || closes ? 2 : 1);
		depth += opens;
		if (closes && --depth == 0)
			return;
	}
}

static void pass_blanks(struct rust_lex *lex)
{
	for (;;) {
		char c = peek(lex, 0);

		if (c == '/' && peek(lex, 1) == '/')
			pass_line(lex);
		else if (c == '/' && peek(lex, 1) == '*')
			pass_block(lex);
		else if (c == ' ' || (c >= '\t' && c <= '\r'))
			pass(lex, 1);
		else
			return;
	}
}

static void pass_quoted(struct rust_lex *lex, char quote)
{
	pass(lex, 1);
	while (lex->at < lex->in.n && peek(lex, 0) != quote)
		pass(lex, peek(lex, 0) == '\\' ? 2 : 1);
	pass(lex, 1);
}

/* At the quote, with `hashes` # before it: nothing is escaped. */
static void pass_raw(struct rust_lex *lex, size_t hashes)
{
	pass(lex, 1);
	while (lex->at < lex->in.n) {
		bool is_quote = peek(lex, 0) == '"';
		size_t n = 0;

		pass(lex, 1);
		while (is_quote && n < hashes && peek(lex, n) == '#')
			n++;
		if (is_quote && n == hashes) {
			pass(lex, n);
			return;
		}
	}
}

/* Passes the literal that begins with the letters b, c or r, if one does. */
static bool pass_prefixed(struct rust_lex *lex)
{
	size_t n = 0, hashes = 0;

	if (peek(lex, 0) == 'b' || peek(lex, 0) == 'c')
		n++;
	bool is_raw = peek(lex, n) == 'r';
	n += is_raw;
	while (is_raw && peek(lex, n + hashes) == '#')
		hashes++;
	char quote = peek(lex, n + hashes);
	if (n == 0 || (quote != '"' && (quote != '\'' || is_raw)))
		return false;
	pass(lex, n + hashes);
	if (is_raw)
		pass_raw(lex, hashes);
	else
		pass_quoted(lex, quote);
	return true;
}

/* At a ': a character, or a lifetime, which is passed and is no token. */
static bool pass_character(struct rust_lex *lex)
{
	size_t n = 1;

	if (peek(lex, 1) != '\\') {
		/* the bytes of one character */
		n = 2;
		while (((unsigned char)peek(lex, n) & 0xc0) == 0x80)
			n++;
		if (peek(lex, n) != '\'') {
			pass(lex, 1);
			while (rust_is_name_byte(peek(lex, 0)))
				pass(lex, 1);
			return false;
		}
	}
	pass_quoted(lex, '\'');
	return true;
}

struct rust_lex rust_lex_open(struct str in)
{
	struct rust_lex lex = { .in = in, .line = 1 };

	if (str_starts(in, STR_LIT("\xef\xbb\xbf")))
		lex.at = 3;
	if (peek(&lex, 0) == '#' && peek(&lex, 1) == '!' && peek(&lex, 2) != '[')
		pass_line(&lex);
	return lex;
}

static void pass_word(struct rust_lex *lex)
{
	while (rust_is_name_byte(peek(lex, 0)))
		lex->at++;
}

struct rust_token rust_next(struct rust_lex *lex)
{
	for (;;) {
		pass_blanks(lex);
		size_t from = lex->at;
		struct rust_token token = { .kind = RUST_MARK, .line = lex->line };
		char c = peek(lex, 0);

		if (from == lex->in.n) {
			token.kind = RUST_END;
		} else if (c >= '0' && c <= '9') {
			pass_word(lex);
			continue;
		} else if (c == '\'') {
			if (!pass_character(lex))
				continue;
			token.kind = RUST_TEXT;
		} else if (c == '"') {
			pass_quoted(lex, '"');
			token.kind = RUST_TEXT;
		} else if (pass_prefixed(lex)) {
			token.kind = RUST_TEXT;
		} else if (rust_is_name_byte(c)) {
			if (c == 'r' && peek(lex, 1) == '#' && rust_is_name_byte(peek(lex, 2)))
				from = lex->at += 2;
			pass_word(lex);
			token.kind = RUST_NAME;
		} else if (c == ':' && peek(lex, 1) == ':') {
			lex->at += 2;
			token.kind = RUST_SEP;
		} else {
			pass(lex, 1);
		}
		token.text = str_sub(lex->in, from, lex->at);
		return token;
	}
}
