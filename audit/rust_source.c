#include "audit/rust_source.h"
#include "audit/limits.h"
#include "audit/rust_lex.h"

struct scan {
	struct arena *arena;
	const struct source_paths *paths;
	struct str file;
	struct source_use_list *to;
	struct rust_lex lex;
	struct rust_token token; /* that stands at */
};

/* The segments of a path so far. */
struct path {
	struct str at[SOURCE_SEGMENTS];
	size_t n;
};

static void step(struct scan *scan)
{
	scan->token = rust_next(&scan->lex);
}

static bool has_prefix(const struct path *path, const struct str_list *row)
{
	if (row->n > path->n)
		return false;
	for (size_t i = 0; i < row->n; i++)
		if (!str_eq(row->p[i], path->at[i]))
			return false;
	return true;
}

static bool is_watched(const struct scan *scan, const struct path *path)
{
	for (size_t i = 0; i < scan->paths->n; i++)
		if (has_prefix(path, &scan->paths->p[i]))
			return true;
	return false;
}

static bool is_head(const struct source_paths *paths, struct str name)
{
	for (size_t i = 0; i < paths->n; i++)
		if (str_eq(paths->p[i].p[0], name))
			return true;
	return false;
}

static void note(struct scan *scan, const struct path *path, uint32_t line)
{
	char text[SOURCE_PATH_MAX_BYTES];
	size_t n = 0;

	if (!is_watched(scan, path))
		return;
	for (size_t i = 0; i < path->n; i++) {
		if (path->at[i].n + 2 > sizeof text - n)
			return;
		if (i > 0) {
			text[n++] = ':';
			text[n++] = ':';
		}
		memcpy(text + n, path->at[i].p, path->at[i].n);
		n += path->at[i].n;
	}
	for (size_t i = 0; i < scan->to->n; i++) {
		struct source_use *use = &scan->to->p[i];
		if (str_eq(use->path, (struct str){ text, n })) {
			use->uses += use->uses < UINT32_MAX;
			return;
		}
	}
	if (scan->to->n < SOURCE_USES_MAX)
		*vec_add(scan->arena, scan->to) =
			(struct source_use){ arena_str(scan->arena, (struct str){ text, n }), 1,
			                     scan->file, line };
}

/* Reads on from a segment, or from the braces of a use declaration, which hold paths again. */
static void read_path(struct scan *scan, struct path path, unsigned depth)
{
	uint32_t line = scan->token.line;
	bool is_path = false;

	for (;;) {
		if (rust_is_mark(&scan->token, '{') && depth < SOURCE_TREE_DEPTH_MAX) {
			step(scan);
			while (scan->token.kind != RUST_END && !rust_is_mark(&scan->token, '}')) {
				size_t at = scan->lex.at;
				read_path(scan, path, depth + 1);
				if (scan->lex.at == at)
					step(scan);
			}
			step(scan);
			return;
		}
		if (scan->token.kind != RUST_NAME)
			break;
		if (path.n < SOURCE_SEGMENTS && !rust_is_name(&scan->token, STR_LIT("self")))
			path.at[path.n++] = scan->token.text;
		is_path = path.n > 1; /* a crate's name alone may be a variable's */
		step(scan);
		if (scan->token.kind != RUST_SEP)
			break;
		step(scan);
	}
	if (is_path)
		note(scan, &path, line);
	/* `as name`, `*` and whatever else stands before the next of the braces */
	while (depth > 0 && scan->token.kind != RUST_END && !rust_is_mark(&scan->token, ',') &&
	       !rust_is_mark(&scan->token, '}') && !rust_is_mark(&scan->token, ';'))
		step(scan);
	if (depth > 0 && rust_is_mark(&scan->token, ','))
		step(scan);
}

/* Behind the `[` of an attribute: reads to its end, and tells of its own path (#[tokio::main]).
 * True for one that keeps its item for tests: cfg(test), cfg(all(test, …)), or any path that ends
 * in `test`. */
static bool read_attribute(struct scan *scan)
{
	bool is_cfg = rust_is_name(&scan->token, STR_LIT("cfg")), has_test = false, other = false;
	uint32_t line = scan->token.line;
	struct rust_token last = { 0 };
	struct path path = { 0 };

	for (size_t depth = 1; depth > 0 && scan->token.kind != RUST_END; step(scan)) {
		const struct rust_token *token = &scan->token;

		if (rust_is_mark(token, '[') || rust_is_mark(token, '(')) {
			depth++;
		} else if (rust_is_mark(token, ']') || rust_is_mark(token, ')')) {
			depth--;
		} else if (token->kind == RUST_NAME && depth == 1) {
			last = *token;
			if (path.n < SOURCE_SEGMENTS)
				path.at[path.n++] = token->text;
		}
		has_test = has_test || rust_is_name(token, STR_LIT("test"));
		other = other || rust_is_name(token, STR_LIT("not")) ||
		        rust_is_name(token, STR_LIT("any"));
	}
	if (is_cfg)
		return has_test && !other;
	if (rust_is_name(&last, STR_LIT("test")))
		return true;
	note(scan, &path, line);
	return false;
}

/* Passes the item that attributes were read of. */
static void pass_item(struct scan *scan)
{
	size_t depth = 0;

	for (; scan->token.kind != RUST_END; step(scan)) {
		const struct rust_token *token = &scan->token;

		if (rust_is_mark(token, '{') || rust_is_mark(token, '(') ||
		    rust_is_mark(token, '[')) {
			depth++;
		} else if (rust_is_mark(token, '}') || rust_is_mark(token, ')') ||
		           rust_is_mark(token, ']')) {
			if (depth == 0)
				return; /* the end of what holds it */
			depth--;
			if (depth == 0 && rust_is_mark(token, '}'))
				break;
		} else if (depth == 0 && rust_is_mark(token, ';')) {
			break;
		}
	}
	step(scan);
}

/* At a `#`. */
static void read_hash(struct scan *scan)
{
	step(scan);
	bool is_inner = rust_is_mark(&scan->token, '!');
	if (is_inner)
		step(scan);
	if (!rust_is_mark(&scan->token, '['))
		return;
	step(scan);
	if (!read_attribute(scan))
		return;
	if (is_inner)
		scan->token.kind = RUST_END; /* the whole file is a test */
	else
		pass_item(scan);
}

/* Whether lexing the file can find anything: its paths are written with `::` behind a name. */
static bool may_mention(const struct source_paths *paths, struct str text)
{
	for (size_t at = 0;;) {
		size_t found = str_find_str(str_sub(text, at, text.n), STR_LIT("::"));

		if (found == STR_NONE)
			return false;
		size_t end = at + found, from = end;
		while (from > at && rust_is_name_byte(text.p[from - 1]))
			from--;
		if (is_head(paths, str_sub(text, from, end)))
			return true;
		at = end + 2;
	}
}

void source_uses_add(struct arena *arena, const struct source_paths *paths, struct str file,
                     struct str text, struct source_use_list *to)
{
	struct scan scan = { arena, paths, file, to, rust_lex_open(text), { 0 } };
	enum rust_kind before = RUST_END, last = RUST_END;

	if (!may_mention(paths, text))
		return;
	step(&scan);
	while (scan.token.kind != RUST_END) {
		/* `::name` begins a path, `outer::name` goes on with one */
		bool begins = last != RUST_SEP || before != RUST_NAME;

		if (rust_is_mark(&scan.token, '#')) {
			read_hash(&scan);
			before = last = RUST_MARK;
		} else if (begins && scan.token.kind == RUST_NAME &&
		           is_head(paths, scan.token.text)) {
			read_path(&scan, (struct path){ 0 }, 0);
			before = last = RUST_MARK;
		} else {
			before = last;
			last = rust_is_name(&scan.token, STR_LIT("use")) ? RUST_MARK
			                                                 : scan.token.kind;
			step(&scan);
		}
	}
}

/* White space, also of several lines, as one blank. */
static struct str even(struct arena *arena, struct str text)
{
	char *to = arena_alloc(arena, text.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool is_blank = c == ' ' || (c >= '\t' && c <= '\r');

		if (!is_blank)
			to[n++] = c;
		else if (n > 0 && to[n - 1] != ' ')
			to[n++] = ' ';
	}
	return str_trim((struct str){ to, n });
}

/* Behind `cfg_attr(`: its condition, and whether no_std is among what it adds. Reads to its end. */
static bool read_cfg_attr(struct rust_lex *lex, struct str *cond)
{
	size_t depth = 1, from = lex->at, to = 0;
	bool adds = false;

	while (depth > 0) {
		size_t before = lex->at;
		struct rust_token token = rust_next(lex);

		if (token.kind == RUST_END)
			return false;
		if (rust_is_mark(&token, '(') || rust_is_mark(&token, '['))
			depth++;
		else if (rust_is_mark(&token, ')') || rust_is_mark(&token, ']'))
			depth--;
		else if (depth == 1 && to == 0 && rust_is_mark(&token, ','))
			to = before;
		else if (depth == 1 && to != 0 && rust_is_name(&token, STR_LIT("no_std")))
			adds = true;
	}
	*cond = str_sub(lex->in, from, to);
	return adds;
}

/* Behind `#![`: reads to the `]`. */
static enum no_std read_inner(struct arena *arena, struct rust_lex *lex, struct str_list *conds)
{
	struct rust_token token = rust_next(lex);
	enum no_std said = NO_STD_NO;
	struct str cond;

	if (rust_is_name(&token, STR_LIT("no_std")))
		said = NO_STD_ALWAYS;
	bool is_cfg = rust_is_name(&token, STR_LIT("cfg_attr"));
	for (size_t depth = 1; depth > 0 && token.kind != RUST_END;) {
		token = rust_next(lex);
		if (is_cfg && rust_is_mark(&token, '(')) {
			is_cfg = false;
			if (!read_cfg_attr(lex, &cond))
				continue;
			*vec_add(arena, conds) = even(arena, cond);
			said = NO_STD_CFG;
		} else if (rust_is_mark(&token, '(') || rust_is_mark(&token, '[')) {
			depth++;
		} else if (rust_is_mark(&token, ')') || rust_is_mark(&token, ']')) {
			depth--;
		}
	}
	return said;
}

enum no_std source_no_std(struct arena *arena, struct str text, struct str *cond)
{
	struct rust_lex lex = rust_lex_open(text);
	struct str_list conds = { 0 };

	*cond = (struct str){ 0 };
	for (;;) {
		struct rust_token hash = rust_next(&lex), bang = rust_next(&lex),
				  open = rust_next(&lex);
		if (!rust_is_mark(&hash, '#') || !rust_is_mark(&bang, '!') ||
		    !rust_is_mark(&open, '['))
			break;
		if (read_inner(arena, &lex, &conds) == NO_STD_ALWAYS)
			return NO_STD_ALWAYS;
	}
	if (conds.n == 0)
		return NO_STD_NO;
	struct str all = conds.n == 1 ? conds.p[0]
	                              : arena_printf(arena, "any(" STR_FMT ")",
	                                             STR_ARG(str_list_join(arena, &conds, ", ")));
	if (all.n > CFG_TEXT_MAX_BYTES)
		return NO_STD_UNKNOWN;
	*cond = all;
	return NO_STD_CFG;
}
