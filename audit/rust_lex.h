/* audit/rust_lex.h: the tokens of a Rust source file, as far as names must be told from text.
 *
 * Comments, lifetimes and numbers are passed over; what no token begins with is a mark of one byte.
 * Nothing is refused: a file that is not Rust gives tokens too, and an open text ends with the
 * file.
 * Source: the Rust Reference, "Lexical structure". Threads: pure. Memory: slices of the input. */
#ifndef RTAUDIT_AUDIT_RUST_LEX_H
#define RTAUDIT_AUDIT_RUST_LEX_H
#include "base/str.h"

enum rust_kind {
	RUST_END,
	RUST_NAME, /* an identifier or a keyword; r#name without its r# */
	RUST_TEXT, /* any string or character literal */
	RUST_SEP,  /* :: */
	RUST_MARK  /* one byte */
};

struct rust_token {
	enum rust_kind kind;
	struct str text; /* as it stands there */
	uint32_t line;   /* from 1 */
};

struct rust_lex {
	struct str in;
	size_t at;     /* the next byte to read */
	uint32_t line; /* of it */
};

/* At the start of a file, behind its byte order mark and its `#!` line. */
struct rust_lex rust_lex_open(struct str in);
struct rust_token rust_next(struct rust_lex *lex);
bool rust_is_mark(const struct rust_token *token, char mark);
bool rust_is_name(const struct rust_token *token, struct str name);
/* A byte that an identifier may hold; any that is not ASCII is one. */
bool rust_is_name_byte(char c);
#endif
