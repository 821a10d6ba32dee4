#include "cli/help.h"

enum { WIDEST = 100, NARROWEST = 40, NAME_COLUMN = 12, VARIABLE_COLUMN = 20, STATUS_COLUMN = 5 };

static size_t clamp(size_t width)
{
	if (width == 0)
		return 80;
	return width > WIDEST ? WIDEST : width < NARROWEST ? NARROWEST : width;
}

/* How many columns UTF-8 takes, a character one column: the help has no wider ones. */
static size_t columns_of(struct str word)
{
	size_t columns = 0;

	for (size_t i = 0; i < word.n; i++)
		columns += ((unsigned char)word.p[i] & 0xc0) != 0x80;
	return columns;
}

void help_wrap(struct buf *to, struct str text, size_t column, size_t width)
{
	struct str word = { 0 };
	size_t at = column;

	while (text.n > 0) {
		str_cut(text, ' ', &word, &text);
		size_t columns = columns_of(word);

		if (at > column && at + 1 + columns > width) {
			buf_byte(to, '\n');
			buf_repeat(to, ' ', column);
			at = column;
		}
		if (at > column) {
			buf_byte(to, ' ');
			at++;
		}
		buf_put(to, word);
		at += columns;
	}
	buf_byte(to, '\n');
}

static void put_row(struct buf *to, const char *name, const char *text, size_t column, size_t width)
{
	size_t used = 2 + strlen(name);

	buf_printf(to, "  %s", name);
	buf_repeat(to, ' ', used < column ? column - used : 1);
	help_wrap(to, str_of(text), column, width);
}

static void put_paragraphs(struct buf *to, const char *text, size_t width)
{
	struct str rest = str_of(text), line = { 0 };

	while (rest.n > 0) {
		str_cut(rest, '\n', &line, &rest);
		help_wrap(to, line, 0, width);
	}
}

static void put_examples(struct buf *to, const char *examples)
{
	struct str rest = str_of(examples), line = { 0 };

	buf_text(to, "\nExamples:\n");
	while (rest.n > 0) {
		str_cut(rest, '\n', &line, &rest);
		buf_text(to, "  ");
		buf_put(to, line);
		buf_byte(to, '\n');
	}
}

static const struct {
	const char *status, *meaning;
} STATUSES[] = {
	{ "0", "nothing found at or above the level of --fail-on" },
	{ "1", "something was found" },
	{ "2", "wrong usage, or an input that cannot be read" },
	{ "3", "the facts needed could not be had: no daemon or no data" },
};

static void put_statuses(struct buf *to, size_t width)
{
	buf_text(to, "\nExit status:\n");
	for (size_t i = 0; i < ARRAY_LEN(STATUSES); i++)
		put_row(to, STATUSES[i].status, STATUSES[i].meaning, STATUS_COLUMN, width);
}

static const struct {
	const char *name, *meaning;
} VARIABLES[] = {
	{ "RTAUDIT_SOCKET", "the daemon's socket" },
	{ "RTAUDIT_HOME", "a folder for all of an instance: socket, database, configuration" },
	{ "CARGO_HOME", "where cargo's configuration and git checkouts are" },
	{ "NO_COLOR", "if not empty, no colours; so does CARGO_TERM_COLOR=never" },
};

void help_program(struct buf *to, size_t width)
{
	const struct command *command;

	width = clamp(width);
	help_wrap(to,
	          STR_LIT("rtaudit audits Rust projects: which async runtime each package is tied "
	                  "to, "
	                  "and which packages are abandoned, with the evidence for each word."),
	          0, width);
	buf_text(to, "\nUsage: rtaudit [COMMAND] [flags]\n"
	             "       cargo rtaudit [COMMAND] [flags]\n\nCommands:\n");
	for (size_t i = 0; (command = command_at(i)); i++)
		put_row(to, command->name, command->summary, NAME_COLUMN, width);
	buf_byte(to, '\n');
	help_wrap(to,
	          STR_LIT("`rtaudit COMMAND --help` lists the flags of a command; those of `audit` "
	                  "go "
	                  "without it. Facts come from rtauditd, a daemon that is started when "
	                  "there is "
	                  "none and ends by itself."),
	          0, width);
	put_examples(to, command_default()->examples);
	buf_text(to, "\nEnvironment:\n");
	for (size_t i = 0; i < ARRAY_LEN(VARIABLES); i++)
		put_row(to, VARIABLES[i].name, VARIABLES[i].meaning, VARIABLE_COLUMN, width);
	put_statuses(to, width);
}

void help_command(struct buf *to, const struct command *command, size_t width)
{
	width = clamp(width);
	buf_printf(to, "Usage: %s\n\n", command->usage);
	put_paragraphs(to, command->about, width);
	options_help(to, command->bit, width);
	put_examples(to, command->examples);
	put_statuses(to, width);
}
