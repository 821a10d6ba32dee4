#include "audit/readme.h"

struct reader {
	struct arena *arena;
	struct str in;
	size_t at;
	struct readme *out;
	struct words VEC_OF(struct readme_word) words;
	size_t first; /* word of the sentence that is read */
	size_t from;  /* byte at which it begins */
	uint32_t block;
	bool is_heading, is_item, begins_block, is_code, after_comma;
	size_t link_first; /* word behind the last `[`; SIZE_MAX: none is open */
};

static char peek(const struct reader *reader, size_t ahead)
{
	return ahead < reader->in.n - reader->at ? reader->in.p[reader->at + ahead] : '\0';
}

static bool is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Ends the sentence before the byte that is next. */
static void end_sentence(struct reader *reader, bool is_question)
{
	size_t n = reader->words.n - reader->first;

	if (n > 0 && reader->out->sentences.n < README_SENTENCES_MAX) {
		*vec_add(reader->arena, &reader->out->sentences) = (struct readme_sentence){
			.n = n,
			.text = str_trim(str_sub(reader->in, reader->from, reader->at)),
			.block = reader->block,
			.is_heading = reader->is_heading,
			.is_item = reader->is_item,
			.is_question = is_question,
			.begins_block = reader->begins_block,
		};
		reader->begins_block = false;
	}
	reader->first = reader->words.n;
	reader->from = reader->at;
	reader->after_comma = false;
}

static void end_block(struct reader *reader)
{
	end_sentence(reader, false);
	reader->block++;
	reader->begins_block = true;
	reader->is_heading = reader->is_item = false;
	reader->is_code = false;
	reader->link_first = SIZE_MAX;
}

/* Passes over everything up to and with `end`, or to the end of the text. */
static void pass_to(struct reader *reader, struct str end)
{
	size_t found = str_find_str(str_sub(reader->in, reader->at, reader->in.n), end);

	reader->at = found == STR_NONE ? reader->in.n : reader->at + found + end.n;
}

/* The address between the brackets that are next, "(" to ")" or `<` to `>`. */
static struct str read_address(struct reader *reader, char close)
{
	size_t from = ++reader->at;

	while (reader->at < reader->in.n && peek(reader, 0) != close && peek(reader, 0) != '\n')
		reader->at++;
	struct str address = str_sub(reader->in, from, reader->at);
	if (peek(reader, 0) == close)
		reader->at++;
	return str_trim(address);
}

/* At `![`: a picture is its address. */
static void read_picture(struct reader *reader)
{
	while (reader->at < reader->in.n && peek(reader, 0) != ']' && peek(reader, 0) != '\n')
		reader->at++;
	if (peek(reader, 0) != ']' || peek(reader, 1) != '(')
		return;
	reader->at++;
	*vec_add(reader->arena, &reader->out->pictures) = read_address(reader, ')');
}

/* At `<`: a comment, a tag, or an address. */
static void read_angle(struct reader *reader)
{
	size_t from = reader->at;

	if (str_starts(str_sub(reader->in, from, reader->in.n), STR_LIT("<!--"))) {
		pass_to(reader, STR_LIT("-->"));
		return;
	}
	if (!is_word_byte(peek(reader, 1)) && peek(reader, 1) != '/') {
		reader->at++;
		return;
	}
	struct str tag = read_address(reader, '>');
	size_t src = str_find_str(tag, STR_LIT("src=\""));
	if (src != STR_NONE) {
		struct str address = str_sub(tag, src + 5, tag.n), rest;
		str_cut(address, '"', &address, &rest);
		*vec_add(reader->arena, &reader->out->pictures) = address;
	}
	if (str_starts(tag, STR_LIT("h1")) || str_starts(tag, STR_LIT("h2"))) {
		end_block(reader);
		reader->is_heading = true;
	} else if (str_starts(tag, STR_LIT("/h")) || str_starts(tag, STR_LIT("p")) ||
	           str_starts(tag, STR_LIT("/p"))) {
		end_block(reader);
	}
}

/* At `]`: the words since the `[` lead somewhere. */
static void end_link(struct reader *reader)
{
	size_t first = reader->link_first;
	struct str url = { 0 };

	reader->at++;
	reader->link_first = SIZE_MAX;
	if (peek(reader, 0) == '(')
		url = read_address(reader, ')');
	else if (peek(reader, 0) == '[')
		IGNORE(read_address(reader, ']').n > 0); /* a name of an address further down */
	for (size_t i = first; i < reader->words.n; i++) {
		reader->words.p[i].url = url;
		reader->words.p[i].is_link = reader->words.n == first + 1;
	}
}

static bool is_inner_byte(const struct reader *reader)
{
	char c = peek(reader, 0), after = peek(reader, 1);

	if (is_word_byte(c))
		return true;
	/* the dot of 1.0, the colons of a path, the hyphen of a name */
	return (c == '-' || c == '_' || c == '.' || c == '\'' || c == '/' || c == ':' || c == '@' ||
	        c == '#' || c == '~') &&
	       (is_word_byte(after) || (c == ':' && (after == ':' || after == '/')) ||
	        (c == '/' && after == '/'));
}

static void read_word(struct reader *reader)
{
	size_t from = reader->at;

	while (reader->at < reader->in.n && is_inner_byte(reader))
		reader->at++;
	struct str text = str_sub(reader->in, from, reader->at);
	struct readme_word *word = vec_add(reader->arena, &reader->words);

	*word = (struct readme_word){ .text = text,
		                      .is_code = reader->is_code,
		                      .after_comma = reader->after_comma };
	if (str_starts(text, STR_LIT("http://")) || str_starts(text, STR_LIT("https://")))
		word->url = text;
	word->is_macro = reader->is_code && peek(reader, 0) == '!';
	reader->after_comma = false;
}

/* What begins a line: a heading, an item, a quotation, a fence. */
static void begin_line(struct reader *reader)
{
	while (peek(reader, 0) == ' ' || peek(reader, 0) == '\t' || peek(reader, 0) == '>')
		reader->at++;
	struct str rest = str_sub(reader->in, reader->at, reader->in.n);
	char c = peek(reader, 0);

	if (str_starts(rest, STR_LIT("```")) || str_starts(rest, STR_LIT("~~~"))) {
		struct str fence = str_sub(rest, 0, 3);
		end_block(reader);
		reader->at += 3;
		pass_to(reader, fence);
		pass_to(reader, STR_LIT("\n"));
		reader->at -= reader->at < reader->in.n ? 1 : 0;
		reader->from = reader->at;
	} else if (c == '#') {
		end_block(reader);
		while (peek(reader, 0) == '#')
			reader->at++;
		reader->is_heading = true;
		reader->from = reader->at;
	} else if (c == '\n' || c == '\r') {
		end_block(reader);
	} else if (c == '|' || ((c == '-' || c == '*' || c == '+') && peek(reader, 1) == ' ')) {
		end_block(reader);
		reader->is_item = true;
	} else if (str_starts(rest, STR_LIT("===")) || str_starts(rest, STR_LIT("---"))) {
		/* the line above was a heading */
		reader->is_heading = reader->words.n > reader->first;
		end_block(reader);
	}
}

static void read_mark(struct reader *reader)
{
	char c = peek(reader, 0), after = peek(reader, 1);

	if (c == '`') {
		reader->is_code = !reader->is_code;
	} else if (c == '[') {
		reader->link_first = reader->words.n;
		reader->after_comma = reader->after_comma || after != '`';
	} else if (c == ',' || c == ';' || c == '(' || c == ')' || c == ':' || c == '-' ||
	           (unsigned char)c >= 0x80) {
		reader->after_comma = true;
	}
	reader->at++;
	bool is_end = after == ' ' || after == '\n' || after == '\r' || after == '\0' ||
	              after == '*' || after == '_' || after == ')' || after == '"';
	if ((c == '.' || c == '!' || c == '?') && is_end && !reader->is_code)
		end_sentence(reader, c == '?');
}

void readme_read(struct arena *arena, struct str text, struct readme *out)
{
	struct reader reader = { .arena = arena,
		                 .in = str_sub(text, 0, README_READ_BYTES),
		                 .out = out,
		                 .begins_block = true,
		                 .link_first = SIZE_MAX };

	*out = (struct readme){ 0 };
	begin_line(&reader);
	while (reader.at < reader.in.n && reader.words.n < README_WORDS_MAX) {
		char c = peek(&reader, 0);

		if (c == '\n') {
			reader.at++;
			if (reader.is_heading)
				end_block(&reader);
			begin_line(&reader);
		} else if (c == '!' && peek(&reader, 1) == '[') {
			read_picture(&reader);
		} else if (c == '<' && !reader.is_code) {
			read_angle(&reader);
		} else if (c == ']' && reader.link_first != SIZE_MAX) {
			end_link(&reader);
		} else if (is_word_byte(c)) {
			read_word(&reader);
		} else {
			read_mark(&reader);
		}
	}
	end_block(&reader);
	/* The list of words has grown; where each sentence stands in it is known now. */
	size_t at = 0;
	for (size_t i = 0; i < out->sentences.n; i++) {
		out->sentences.p[i].words = reader.words.p + at;
		at += out->sentences.p[i].n;
	}
}

bool readme_is_among(struct str word, const struct str *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(word, list[i]))
			return true;
	return false;
}
