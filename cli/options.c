#include "cli/options.h"
#include "cli/help.h"

enum flag_kind { FLAG_IS_SWITCH, FLAG_HAS_VALUE };

struct flag_row {
	const char *name;
	char letter; /* 0: none */
	enum flag_kind kind;
	const char *value;   /* what stands for the value in the help; "…" behind it: may be given
	                        again */
	const char *choices; /* the values that there are, or NULL */
	unsigned commands;
	const char *group;
	const char *help;
};

static const struct flag_row FLAGS[FLAG_COUNT] = {
	[FLAG_MANIFEST_PATH] = { "manifest-path", 0, FLAG_HAS_VALUE, "PATH", NULL, COMMAND_PROJECT,
	                         "The project",
	                         "the Cargo.toml of the project, or of a member of it" },
	[FLAG_CONFIG] = { "config", 0, FLAG_HAS_VALUE, "FILE", NULL, COMMAND_PROJECT, "The project",
	                  "the rules' levels and what is allowed (default: rtaudit.toml beside "
	                  "Cargo.lock)" },
	[FLAG_BASELINE] = { "baseline", 0, FLAG_HAS_VALUE, "FILE", NULL, COMMAND_JUDGE,
	                    "The project",
	                    "an earlier answer in JSON: what it already told does not fail again" },
	[FLAG_LOCKED] = { "locked", 0, FLAG_IS_SWITCH, NULL, NULL, COMMAND_PROJECT, "The project",
	                  "refuse a Cargo.lock that does not satisfy the manifests" },
	[FLAG_OFFLINE] = { "offline", 0, FLAG_IS_SWITCH, NULL, NULL, COMMAND_ALL, "The project",
	                   "never touch the network: answer with the facts that are here" },
	[FLAG_FROZEN] = { "frozen", 0, FLAG_IS_SWITCH, NULL, NULL, COMMAND_PROJECT, "The project",
	                  "the same as --locked --offline" },
	[FLAG_FEATURES] = { "features", 'F', FLAG_HAS_VALUE, "LIST…", NULL, COMMAND_FEATURES,
	                    "What is built",
	                    "features to activate, separated by commas or blanks" },
	[FLAG_ALL_FEATURES] = { "all-features", 0, FLAG_IS_SWITCH, NULL, NULL, COMMAND_FEATURES,
	                        "What is built", "activate all features" },
	[FLAG_NO_DEFAULT_FEATURES] = { "no-default-features", 0, FLAG_IS_SWITCH, NULL, NULL,
	                               COMMAND_FEATURES, "What is built",
	                               "do not activate the default features" },
	[FLAG_TARGET] = { "target", 0, FLAG_HAS_VALUE, "TRIPLE…", NULL, COMMAND_FEATURES,
	                  "What is built",
	                  "the platform to build for (default: build.target, else this machine; of "
	                  "`crate`: x86_64-unknown-linux-gnu)" },
	[FLAG_EDGES] = { "edges", 'e', FLAG_HAS_VALUE, "KINDS…", NULL, COMMAND_PROJECT,
	                 "What is built",
	                 "which dependencies to follow: normal, build, dev, all, no-normal, "
	                 "no-build, "
	                 "no-dev (default: normal,build)" },
	[FLAG_PACKAGE] = { "package", 'p', FLAG_HAS_VALUE, "SPEC…", NULL, COMMAND_PROJECT,
	                   "What is built", "only these members of the workspace" },
	[FLAG_WORKSPACE] = { "workspace", 0, FLAG_IS_SWITCH, NULL, NULL, COMMAND_PROJECT,
	                     "What is built", "all members (the default; also --all)" },
	[FLAG_EXCLUDE] = { "exclude", 0, FLAG_HAS_VALUE, "SPEC…", NULL, COMMAND_PROJECT,
	                   "What is built", "all members but these" },
	[FLAG_FAIL_ON] = { "fail-on", 0, FLAG_HAS_VALUE, "LEVEL", "error|warning|note|never",
	                   COMMAND_JUDGE, "The answer",
	                   "the least level that ends with status 1: error (default), warning, "
	                   "note or "
	                   "never" },
	[FLAG_INCLUDE_INACTIVE] = { "include-inactive", 0, FLAG_IS_SWITCH, NULL, NULL,
	                            COMMAND_JUDGE, "The answer",
	                            "let packages fail, too, that are locked but not built" },
	[FLAG_AT] = { "at", 0, FLAG_HAS_VALUE, "DATE", NULL, COMMAND_FEATURES, "The answer",
	              "answer with what was knowable on that day, such as 2025-08-01" },
	[FLAG_INDEX] = { "index", 0, FLAG_HAS_VALUE, "URL|DIR", NULL, COMMAND_SYNC, "Sources",
	                 "a registry's index: sparse, a git repository, or a tree of its files" },
	[FLAG_ADVISORIES] = { "advisories", 0, FLAG_HAS_VALUE, "URL|DIR", NULL, COMMAND_SYNC,
	                      "Sources",
	                      "an advisory database: a git repository or a checkout of it" },
	[FLAG_FACTS] = { "facts", 0, FLAG_HAS_VALUE, "FILE", NULL, COMMAND_SYNC, "Sources",
	                 "a table of manifest facts, as `rtaudit export --facts` writes it" },
	[FLAG_EXPORT_FACTS] = { "facts", 0, FLAG_IS_SWITCH, NULL, NULL, COMMAND_EXPORT, "Sources",
	                        "what is known of crates' manifests, as a table with tabs" },
	[FLAG_FORMAT] = { "format", 0, FLAG_HAS_VALUE, "FORMAT", NULL, COMMAND_ALL, "The answer",
	                  "text (default) or json; of audit also dot, a graph for Graphviz" },
	[FLAG_OUTPUT] = { "output", 'o', FLAG_HAS_VALUE, "FILE", NULL, COMMAND_ALL, "The answer",
	                  "write there instead of to standard output" },
	[FLAG_COLOR] = { "color", 0, FLAG_HAS_VALUE, "WHEN", "auto|always|never", COMMAND_ALL,
	                 "The answer", "auto (default: on a terminal), always or never" },
	[FLAG_QUIET] = { "quiet", 'q', FLAG_IS_SWITCH, NULL, NULL, COMMAND_ALL, "The answer",
	                 "say less: no progress, no hints" },
	[FLAG_VERBOSE] = { "verbose", 'v', FLAG_IS_SWITCH, NULL, NULL, COMMAND_ALL, "The answer",
	                   "say all: every finding, path and package" },
	[FLAG_HELP] = { "help", 'h', FLAG_IS_SWITCH, NULL, NULL, COMMAND_ALL, "Other",
	                "this help" },
	[FLAG_VERSION] = { "version", 'V', FLAG_IS_SWITCH, NULL, NULL, COMMAND_ALL, "Other",
	                   "name and version" },
};

/* Second names, which cargo has too. */
static const struct {
	const char *name;
	enum flag flag;
} ALIASES[] = {
	{ "all", FLAG_WORKSPACE },
	{ "colour", FLAG_COLOR },
};

static size_t find_long(struct str name, unsigned commands)
{
	for (size_t i = 0; i < FLAG_COUNT; i++)
		if ((FLAGS[i].commands & commands) && str_eq(name, str_of(FLAGS[i].name)))
			return i;
	for (size_t i = 0; i < ARRAY_LEN(ALIASES); i++)
		if ((FLAGS[ALIASES[i].flag].commands & commands) &&
		    str_eq(name, str_of(ALIASES[i].name)))
			return ALIASES[i].flag;
	return STR_NONE;
}

static size_t find_letter(char letter, unsigned commands)
{
	for (size_t i = 0; i < FLAG_COUNT; i++)
		if ((FLAGS[i].commands & commands) && FLAGS[i].letter == letter)
			return i;
	return STR_NONE;
}

static bool unknown_flag(struct str name, unsigned commands, struct err *err)
{
	size_t nearest = STR_NONE, best = 3;

	if (find_long(name, COMMAND_ALL) != STR_NONE)
		return err_set(err, ERR_USAGE, "this command knows no flag '--" STR_FMT "'",
		               STR_ARG(name));
	for (size_t i = 0; i < FLAG_COUNT; i++) {
		size_t distance = str_distance(name, str_of(FLAGS[i].name), best - 1);

		if ((FLAGS[i].commands & commands) && distance < best) {
			nearest = i;
			best = distance;
		}
		if (best == 0)
			break;
	}
	if (nearest != STR_NONE)
		return err_set(err, ERR_USAGE, "unknown flag '--" STR_FMT "'; did you mean '--%s'?",
		               STR_ARG(name), FLAGS[nearest].name);
	return err_set(err, ERR_USAGE, "unknown flag '--" STR_FMT "' (--help lists them all)",
	               STR_ARG(name));
}

static bool is_choice(const char *choices, struct str value)
{
	struct str rest = str_of(choices), one = { 0 };

	while (rest.n > 0) {
		str_cut(rest, '|', &one, &rest);
		if (str_eq(one, value))
			return true;
	}
	return false;
}

static bool add_value(struct arena *arena, size_t flag, struct str value, struct options *out,
                      struct err *err)
{
	if (FLAGS[flag].choices && !is_choice(FLAGS[flag].choices, value))
		return err_set(err, ERR_USAGE, "--%s takes %s, not '" STR_FMT "'", FLAGS[flag].name,
		               FLAGS[flag].choices, STR_ARG(value));
	if (value.n == 0 && flag != FLAG_FEATURES)
		return err_set(err, ERR_USAGE, "the value of --%s is empty", FLAGS[flag].name);
	out->given[flag]++;
	*vec_add(arena, &out->values[flag]) = value;
	return true;
}

static bool no_value(size_t flag, struct err *err)
{
	struct str name = str_of(FLAGS[flag].value);
	struct str more = STR_LIT("…");

	if (str_ends(name, more))
		name.n -= more.n;
	return err_set(err, ERR_USAGE, "--%s needs a value: --%s " STR_FMT, FLAGS[flag].name,
	               FLAGS[flag].name, STR_ARG(name));
}

/* --name, --name=value or --name value; *args is moved to the last argument used. */
static bool parse_long(struct arena *arena, const char *const **args, unsigned commands,
                       struct options *out, struct err *err)
{
	struct str name = { 0 }, value = { 0 };
	bool has_value = str_cut(str_of(**args + 2), '=', &name, &value);
	size_t flag = find_long(name, commands);

	if (flag == STR_NONE)
		return unknown_flag(name, commands, err);
	if (FLAGS[flag].kind == FLAG_IS_SWITCH) {
		if (has_value)
			return err_set(err, ERR_USAGE, "--%s takes no value", FLAGS[flag].name);
		out->given[flag]++;
		return true;
	}
	if (!has_value) {
		if (!(*args)[1])
			return no_value(flag, err);
		value = str_of(*++*args);
	}
	return add_value(arena, flag, value, out, err);
}

/* -qv, -Fvalue, -F=value or -F value. */
static bool parse_letters(struct arena *arena, const char *const **args, unsigned commands,
                          struct options *out, struct err *err)
{
	for (const char *at = **args + 1; *at; at++) {
		size_t flag = find_letter(*at, commands);

		if (flag == STR_NONE)
			return err_set(err, ERR_USAGE, "unknown flag '-%c' (--help lists them all)",
			               *at);
		if (FLAGS[flag].kind == FLAG_IS_SWITCH) {
			out->given[flag]++;
			continue;
		}
		struct str value = str_of(at + 1);

		if (value.n == 0) {
			if (!(*args)[1])
				return no_value(flag, err);
			value = str_of(*++*args);
		} else if (value.p[0] == '=') {
			value = str_sub(value, 1, value.n);
		}
		return add_value(arena, flag, value, out, err);
	}
	return true;
}

bool options_parse(struct arena *arena, const char *const *args, unsigned commands,
                   struct options *out, struct err *err)
{
	struct options options = { 0 };
	bool flags_ended = false;

	for (; *args; args++) {
		const char *arg = *args;

		if (flags_ended || arg[0] != '-' || arg[1] == '\0') {
			options.word_is_late |= flags_ended && options.words.n == 0;
			*vec_add(arena, &options.words) = str_of(arg);
		} else if (arg[1] != '-') {
			if (!parse_letters(arena, &args, commands, &options, err))
				return false;
		} else if (arg[2] == '\0') {
			flags_ended = true;
		} else if (!parse_long(arena, &args, commands, &options, err)) {
			return false;
		}
	}
	*out = options;
	return true;
}

/* Whether the argument behind this one is its value. */
static bool takes_next(const char *arg)
{
	struct str name = { 0 }, value = { 0 };

	if (arg[1] == '-') {
		bool has_value = str_cut(str_of(arg + 2), '=', &name, &value);
		size_t flag = find_long(name, COMMAND_ALL);

		return !has_value && flag != STR_NONE && FLAGS[flag].kind == FLAG_HAS_VALUE;
	}
	for (const char *at = arg + 1; *at; at++) {
		size_t flag = find_letter(*at, COMMAND_ALL);

		if (flag != STR_NONE && FLAGS[flag].kind == FLAG_HAS_VALUE)
			return at[1] == '\0';
	}
	return false;
}

size_t options_first_word(const char *const *args)
{
	for (size_t i = 0; args[i]; i++) {
		if (args[i][0] != '-' || args[i][1] == '\0')
			return i;
		if (strcmp(args[i], "--") == 0)
			return STR_NONE;
		if (takes_next(args[i]) && args[i + 1])
			i++;
	}
	return STR_NONE;
}

struct str options_value(const struct options *options, enum flag flag)
{
	const struct str_list *values = &options->values[flag];

	return values->n > 0 ? values->p[values->n - 1] : (struct str){ 0 };
}

static const char *const EDGE_NAMES[] = { "normal", "build", "dev" };

enum { EDGE_BITS_ALL = 7, EDGE_BITS_DEFAULT = 3 };

/* The bit of "normal", "build" or "dev", all of them for "all"; 0 for any other word. */
static unsigned edge_bits(struct str word)
{
	for (unsigned i = 0; i < ARRAY_LEN(EDGE_NAMES); i++)
		if (str_eq(word, str_of(EDGE_NAMES[i])))
			return 1u << i;
	return str_eq(word, STR_LIT("all")) ? EDGE_BITS_ALL : 0;
}

/* Adds one word to what is asked for and what is taken away. */
static bool add_edge(struct str word, unsigned *with, unsigned *without, struct err *err)
{
	bool is_no = str_starts(word, STR_LIT("no-"));
	unsigned bits = edge_bits(is_no ? str_sub(word, 3, word.n) : word);

	if (bits == 0 || (is_no && bits == EDGE_BITS_ALL))
		return err_set(
			err, ERR_USAGE,
			"--edges takes normal, build, dev, all, no-normal, no-build and no-dev, "
			"not '" STR_FMT "'",
			STR_ARG(word));
	*(is_no ? without : with) |= bits;
	if (*with && *without)
		return err_set(err, ERR_USAGE,
		               "--edges: no-normal, no-build and no-dev do not go together with "
		               "normal, build, dev and all");
	return true;
}

bool options_edges(struct arena *arena, const struct options *options, struct str *out,
                   struct err *err)
{
	const struct str_list *lists = &options->values[FLAG_EDGES];
	unsigned with = 0, without = 0;

	for (size_t i = 0; i < lists->n; i++) {
		struct str rest = lists->p[i], word = { 0 };

		for (bool more = true; more;) {
			more = str_cut(rest, ',', &word, &rest);
			if (!add_edge(word, &with, &without, err))
				return false;
		}
	}
	if (lists->n == 0)
		with = EDGE_BITS_DEFAULT;
	else if (without)
		with = EDGE_BITS_ALL & ~without;
	struct str text = { 0 };

	for (unsigned i = 0; i < ARRAY_LEN(EDGE_NAMES); i++)
		if (with & 1u << i)
			text = arena_printf(arena, STR_FMT "%s%s", STR_ARG(text),
			                    text.n > 0 ? "," : "", EDGE_NAMES[i]);
	if (text.n == 0)
		return err_set(err, ERR_USAGE, "--edges leaves no dependencies to follow");
	*out = text;
	return true;
}

enum { HELP_COLUMN = 30 };

static void put_flag(struct buf *to, const struct flag_row *row, size_t width)
{
	size_t from = to->n, used = 0;

	if (row->letter)
		buf_printf(to, "  -%c, --%s", row->letter, row->name);
	else
		buf_printf(to, "      --%s", row->name);
	if (row->value)
		buf_printf(to, " %s", row->value);
	used = to->n - from;
	if (row->value && str_ends(str_of(row->value), STR_LIT("…")))
		used -= 2; /* three bytes, one column */
	if (used + 2 > HELP_COLUMN) {
		buf_byte(to, '\n');
		used = 0;
	}
	buf_repeat(to, ' ', HELP_COLUMN - used);
	help_wrap(to, str_of(row->help), HELP_COLUMN, width);
}

void options_help(struct buf *to, unsigned command, size_t width)
{
	static const char *const GROUPS[] = { "Sources", "The project", "What is built",
		                              "The answer", "Other" };

	for (size_t g = 0; g < ARRAY_LEN(GROUPS); g++) {
		bool has_title = false;

		for (size_t i = 0; i < FLAG_COUNT; i++) {
			if (!(FLAGS[i].commands & command) ||
			    strcmp(FLAGS[i].group, GROUPS[g]) != 0)
				continue;
			if (!has_title)
				buf_printf(to, "\n%s:\n", GROUPS[g]);
			has_title = true;
			put_flag(to, &FLAGS[i], width);
		}
	}
}
