/* cli/main.c: rtaudit's command line, and the one place where an error is told. */
#include "base/arena.h"
#include "cli/command.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include <stdio.h>
#include <unistd.h>

enum { HELP_MAX_BYTES = 1 << 20 };

static bool print_help(const struct command *command, struct err *err)
{
	CLEANUP(buf_free) struct buf text = buf_make(HELP_MAX_BYTES);
	size_t width = terminal_width(STDOUT_FILENO);

	if (command)
		help_command(&text, command, width);
	else
		help_program(&text, width);
	return buf_done(&text, "the help", err) &&
	       output_write((struct str){ 0 }, buf_str(&text), err);
}

/* `rtaudit help [COMMAND]`, which people type. */
static bool help_on(const struct str_list *words, struct err *err)
{
	const struct command *command = NULL;

	if (words->n > 1) {
		command = command_find(words->p[1]);
		if (!command)
			return err_set(err, ERR_USAGE, "there is no command '" STR_FMT "'",
			               STR_ARG(words->p[1]));
	}
	return print_help(command, err);
}

/* A word that is neither command nor file, but nearly a command's name, is a mistyped command. */
static bool check_word(struct str word, struct err *err)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct command *nearest = NULL;

	if (str_find(word, '/') == STR_NONE && access(arena_cstr(&arena, word), F_OK) != 0)
		nearest = command_nearest(word);
	if (nearest)
		return err_set(err, ERR_USAGE,
		               "no command and no file '" STR_FMT "'; did you mean '%s'?",
		               STR_ARG(word), nearest->name);
	return true;
}

/* Takes the command's name out of the arguments; NULL where there is none. */
static const struct command *take_command(const char **args)
{
	size_t at = options_first_word(args);
	const struct command *command = at == STR_NONE ? NULL : command_find(str_of(args[at]));

	for (size_t i = at; command && args[i]; i++)
		args[i] = args[i + 1];
	return command;
}

static bool run(struct arena *arena, const char **args, int *status, struct err *err)
{
	const struct command *named = take_command(args);
	const struct command *command = named ? named : command_default();
	struct options options = { 0 };

	if (!options_parse(arena, args, command->bit, &options, err))
		return false;
	if (options.given[FLAG_HELP])
		return print_help(named, err);
	if (options.given[FLAG_VERSION])
		return output_write((struct str){ 0 }, STR_LIT("rtaudit " RTAUDIT_VERSION "\n"),
		                    err);
	if (!named && options.words.n > 0 && !options.word_is_late) {
		if (str_eq(options.words.p[0], STR_LIT("help")))
			return help_on(&options.words, err);
		if (!check_word(options.words.p[0], err))
			return false;
	}
	if (options.words.n > command->words_max)
		return err_set(err, ERR_USAGE, "%s takes no '" STR_FMT "' (usage: %s)",
		               command->name, STR_ARG(options.words.p[command->words_max]),
		               command->usage);
	return command->run(arena, &options, status, err);
}

int main(int argc, char **argv)
{
	static struct arena arena; /* of the process: the kernel frees it faster */
	const char **args = arena_array(&arena, (size_t)argc + 1, sizeof *args);
	struct str name = str_of(argc > 0 ? argv[0] : "");
	struct err err = { 0 };
	int status = 0, from = 1;

	/* cargo calls `cargo-rtaudit rtaudit …` for `cargo rtaudit …`. */
	if (str_ends(name, STR_LIT("cargo-rtaudit")) && argc > 1 &&
	    str_eq(str_of(argv[1]), STR_LIT("rtaudit")))
		from = 2;
	for (int i = from; i < argc; i++)
		args[i - from] = argv[i];
	if (run(&arena, args, &status, &err))
		return status;
	dprintf(STDERR_FILENO, "rtaudit: %s\n", err.text);
	return err_exit_status(err.kind);
}
