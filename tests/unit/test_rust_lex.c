#include "audit/rust_lex.h"
#include "base/arena.h"
#include "tests/unit/unit.h"

/* The tokens as words: names as they are, "T" for a text, "::", marks; "N:" the line before each. */
static const struct {
	const char *in, *out;
} cases[] = {
	{ "", "" },
	{ "fn main() {}", "fn main ( ) { }" },
	{ "a::b", "a :: b" },
	{ "a /* x /* y */ \" */ b", "a b" },
	{ "a // b\nc", "a c" },
	{ "/* open", "" },
	{ "\"a\\\"b\" c", "T c" },
	{ "\"open \\", "T" },
	{ "r\"a\\\" b", "T b" },
	{ "r#\"a\"b\"# c", "T c" },
	{ "br##\"a\"# \"## c", "T c" },
	{ "b'\\'' b\"x\" c\"y\" d", "T T T d" },
	{ "'a' '\\'' '\\u{1f}' '\xc3\xa9' b", "T T T T b" },
	{ "fn f<'a>(x: &'a str)", "fn f < > ( x : & str )" },
	{ "r#type r2 bar", "type r2 bar" },
	{ "1u32 0x1f 1.5 x", ". x" },
	{ "#!/usr/bin/env run\nx", "x" },
	{ "#![no_std]", "# ! [ no_std ]" },
	{ "\xef\xbb\xbf#![x]", "# ! [ x ]" },
	{ "\xc3\xa9t\xc3\xa9 x", "\xc3\xa9t\xc3\xa9 x" },
};

static void tokens_are_told_from_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct rust_lex lex = rust_lex_open(str_of(cases[i].in));
		struct str got = { 0 };

		for (;;) {
			struct rust_token token = rust_next(&lex);
			if (token.kind == RUST_END)
				break;
			struct str text = token.kind == RUST_TEXT ? STR_LIT("T") : token.text;
			got = arena_printf(&arena, STR_FMT "%s" STR_FMT, STR_ARG(got),
			                   got.n > 0 ? " " : "", STR_ARG(text));
		}
		if (!str_eq(got, str_of(cases[i].out)))
			fail_msg("%s: " STR_FMT, cases[i].in, STR_ARG(got));
	}
}

static void lines_are_counted_through_texts_and_comments(void **state)
{
	(void)state;
	struct rust_lex lex =
		rust_lex_open(STR_LIT("a\n\"x\ny\" b /* \n\n */ c r\"\n\" d // e\n'\n' f"));
	static const uint32_t lines[] = { 1, 2, 3, 5, 5, 6, 7, 8 };

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct rust_token token = rust_next(&lex);
		if (token.line != lines[i])
			fail_msg("token %zu (" STR_FMT ") in line %u", i, STR_ARG(token.text),
			         token.line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_are_told_from_text),
		cmocka_unit_test(lines_are_counted_through_texts_and_comments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
