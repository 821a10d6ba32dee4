#include "cli/options.h"
#include "tests/fuzz/fuzz.h"

enum { ARGS_MAX = 64 };

/* A command line, one argument a line: read or refused; the word that may be a command is one of
 * its words. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str rest = { (const char *)data, size }, line = { 0 }, edges = { 0 };
	const char *args[ARGS_MAX + 1] = { 0 };
	struct options options = { 0 };
	struct err err = { 0 };
	size_t n = 0;

	while (rest.n > 0 && n < ARGS_MAX) {
		str_cut(rest, '\n', &line, &rest);
		args[n++] = arena_cstr(&arena, line);
	}
	size_t first = options_first_word(args);

	assert(first == STR_NONE || first < n);
	if (!options_parse(&arena, args, COMMAND_AUDIT, &options, &err)) {
		assert(err.kind == ERR_USAGE && err.text[0] != '\0');
		return 0;
	}
	assert(options.words.n <= n);
	if (options_edges(&arena, &options, &edges, &err))
		assert(edges.n >= strlen("dev") && edges.n <= strlen("normal,build,dev"));
	else
		assert(err.kind == ERR_USAGE);
	return 0;
}
