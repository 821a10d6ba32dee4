#include "report/style.h"
#include "tests/unit/unit.h"

static const struct {
	const char *what, *text, *expected;
	unsigned width, at, indent;
	bool color;
} cases[] = {
	{ "no width, no wrap", "one two three", "one two three", 0, 0, 2, false },
	{ "wraps at blanks", "one two three", "one two\n  three", 9, 0, 2, false },
	{ "starts in a column", "one two", "one\n  two", 9, 4, 2, false },
	{ "a long word stands alone", "aaaaaaaaaaaa b", "aaaaaaaaaaaa\n b", 6, 0, 1, false },
	{ "columns are characters", "\xc3\xa4\xc3\xa4\xc3\xa4 \xc3\xa4\xc3\xa4",
	  "\xc3\xa4\xc3\xa4\xc3\xa4 \xc3\xa4\xc3\xa4", 6, 0, 0, false },
	{ "no colour over a line end", "one two", "\033[2mone\033[0m\n \033[2mtwo\033[0m", 4, 0, 1,
	  true },
	{ "foreign bytes are harmless", "a\033[31mb", "a\\x1b[31mb", 0, 0, 0, false },
	{ "nothing is nothing", "", "", 10, 0, 0, true },
};

static void text_is_wrapped_and_made_harmless(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_free) struct buf buf = buf_make(1000);
		struct style style = { &buf, cases[i].width, cases[i].color };

		style_wrap(&style, TONE_DIM, cases[i].at, cases[i].indent, str_of(cases[i].text));
		if (!str_eq(buf_str(&buf), str_of(cases[i].expected)))
			fail_msg("%s: got '" STR_FMT "'", cases[i].what, STR_ARG(buf_str(&buf)));
	}
}

static void cells_are_filled_up(void **state)
{
	CLEANUP(buf_free) struct buf buf = buf_make(1000);
	struct style style = { &buf, 0, false };

	(void)state;
	style_cell(&style, TONE_PLAIN, STR_LIT("ab"), 4);
	style_cell(&style, TONE_PLAIN, STR_LIT("abcdef"), 4);
	assert_true(str_eq(buf_str(&buf), STR_LIT("ab  abcdef")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_wrapped_and_made_harmless),
		cmocka_unit_test(cells_are_filled_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
