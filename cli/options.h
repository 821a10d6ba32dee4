/* cli/options.h: the one table of flags, and the command line read by it.
 *
 * Flags are named as cargo names them. `--flag value`, `--flag=value`, `-f value`, `-fvalue`,
 * `-f=value` and switches written together (`-qv`) are the same to it; `--` ends the flags. A flag
 * may stand before or behind the command. Where a flag that takes one value stands twice, the last
 * one counts. Source: cargo-tree(1), section "Options"; the rest is ours. Threads: pure. Memory:
 * values are slices of argv. */
#ifndef RTAUDIT_CLI_OPTIONS_H
#define RTAUDIT_CLI_OPTIONS_H
#include "base/buf.h"
#include "base/vec.h"

/* The commands, as bits: a row of the table of flags says which of them know it. */
enum command_bit {
	COMMAND_AUDIT = 1,
	COMMAND_WHY = 2,
	COMMAND_SYNC = 4,
	COMMAND_STATUS = 8,
	COMMAND_EXPLAIN = 16,
	COMMAND_EXPORT = 32,
	COMMAND_CRATE = 64,
	COMMAND_DIFF = 128,
	COMMAND_JUDGE = COMMAND_AUDIT | COMMAND_DIFF,       /* those that findings fail */
	COMMAND_PROJECT = COMMAND_JUDGE | COMMAND_WHY,      /* those that read a project */
	COMMAND_FEATURES = COMMAND_PROJECT | COMMAND_CRATE, /* those that resolve features */
	COMMAND_ALL = 255
};

enum flag {
	FLAG_MANIFEST_PATH,
	FLAG_CONFIG,
	FLAG_BASELINE,
	FLAG_LOCKED,
	FLAG_OFFLINE,
	FLAG_FROZEN,
	FLAG_FEATURES,
	FLAG_ALL_FEATURES,
	FLAG_NO_DEFAULT_FEATURES,
	FLAG_TARGET,
	FLAG_EDGES,
	FLAG_PACKAGE,
	FLAG_WORKSPACE,
	FLAG_EXCLUDE,
	FLAG_FAIL_ON,
	FLAG_INCLUDE_INACTIVE,
	FLAG_AT,
	FLAG_INDEX,
	FLAG_ADVISORIES,
	FLAG_FACTS,
	FLAG_EXPORT_FACTS,
	FLAG_FORMAT,
	FLAG_OUTPUT,
	FLAG_COLOR,
	FLAG_QUIET,
	FLAG_VERBOSE,
	FLAG_HELP,
	FLAG_VERSION,
	FLAG_COUNT
};

struct options {
	unsigned given[FLAG_COUNT];         /* how often each flag stands there */
	struct str_list values[FLAG_COUNT]; /* its values, in their order; none for a switch */
	struct str_list words;              /* what is no flag */
	bool word_is_late;                  /* the first word stands behind `--` */
};

/* The command line without the program's name; `args` ends as argv does. Only flags that `commands`
 * (bits) know are taken. ERR_USAGE, naming the nearest flag where one is mistyped. */
MUST_CHECK bool options_parse(struct arena *arena, const char *const *args, unsigned commands,
                              struct options *out, struct err *err);

/* The first word that is no flag and no flag's value, before any `--`: where a command may stand.
 * Its index in `args`, or STR_NONE. Unknown flags are taken for switches. */
size_t options_first_word(const char *const *args);

/* The last value of a flag, empty where it was not given. */
struct str options_value(const struct options *options, enum flag flag);

/* Turns what -e/--edges lists into "normal,build,dev" with only those that are meant, as cargo-tree
 * reads them: "all", "no-dev" and the like; "features" and "no-proc-macro", which change only how
 * cargo draws its tree, are refused. Not given: normal,build. ERR_USAGE. */
MUST_CHECK bool options_edges(struct arena *arena, const struct options *options, struct str *out,
                              struct err *err);

/* The table's help for one command, two columns, `width` columns wide. */
void options_help(struct buf *to, unsigned command, size_t width);
#endif
