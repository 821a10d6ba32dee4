#include "cli/command.h"
#include "cli/commands.h"

static const struct command COMMANDS[] = {
	{ "audit", COMMAND_AUDIT, 1, "rtaudit [audit] [Cargo.lock | DIR | -] [flags]",
	  "audit a project (the default command)",
	  "Tells which async runtimes the packages of a project need, with the features that are "
	  "really on, where they are mixed, and which packages are abandoned, each with the "
	  "evidence, "
	  "the path that brings it in and what to do about it.\n"
	  "\n"
	  "PATH is a Cargo.lock, a folder, or - for standard input; without it the project of the "
	  "current folder is audited, found as cargo finds it. With the manifests beside the lock "
	  "the features are exactly those that cargo builds with; a lock alone is answered, too, "
	  "and "
	  "what was assumed is said. Packages that are locked but not built are listed apart.",
	  "rtaudit                                    the project of the current folder\n"
	  "rtaudit --fail-on warning -q               for CI: fail on warnings, too\n"
	  "rtaudit -F tls --target aarch64-unknown-linux-gnu\n"
	  "rtaudit --format json -o audit.json        for programs\n"
	  "rtaudit --format dot -o audit.dot          what binds to a runtime; dot -Tsvg draws it\n"
	  "git show main:Cargo.lock | rtaudit -       a lock from anywhere",
	  cmd_audit },
	{ "why", COMMAND_WHY, 2, "rtaudit why CRATE[@VERSION] [Cargo.lock | DIR | -] [flags]",
	  "every reason a package is in the tree",
	  "Tells the paths from the members of the workspace to a package, with the features that "
	  "pull it in; for one that is locked but not built, what would bring it in.",
	  "rtaudit why async-std\n"
	  "rtaudit why tokio@0.2.25 --target x86_64-pc-windows-msvc",
	  cmd_why },
	{ "diff", COMMAND_DIFF, 2, "rtaudit diff OLD [NEW] [flags]",
	  "what a change of the lock adds and removes",
	  "Audits two locks with the same facts and tells what the change between them does: "
	  "packages that come, go or move, findings that are new, worse or gone, runtimes that "
	  "come "
	  "or go, abandoned crates that come in. The status is 1 where a finding at or above "
	  "--fail-on is new.\n"
	  "\n"
	  "OLD and NEW are locks, folders, or - for standard input; without NEW it is the lock of "
	  "the current folder's project. The manifests beside NEW serve both: what OLD holds and "
	  "they name no more counts with its default features, and is said.",
	  "git show HEAD:Cargo.lock | rtaudit diff -     what the working tree changes\n"
	  "git show main:Cargo.lock | rtaudit diff - Cargo.lock --fail-on warning\n"
	  "rtaudit diff before.lock Cargo.lock --format json",
	  cmd_diff },
	{ "crate", COMMAND_CRATE, 1, "rtaudit crate NAME[@VERSION] [flags]",
	  "which runtime one crate needs, and where it works",
	  "Tells what a crate of crates.io binds to with the features that are asked for, how "
	  "hard, "
	  "and what becomes of it on each runtime, with the evidence. Its dependencies are those "
	  "that "
	  "cargo would lock today (or on the day of --at): the newest that fit.\n"
	  "\n"
	  "Without VERSION the newest one is meant; 1 or 1.2 means the newest of that line.",
	  "rtaudit crate tokio --no-default-features -F rt,net   what features bind\n"
	  "rtaudit crate async-std@1 --at 2024-01-01             as of a day\n"
	  "rtaudit crate tokio@0.2 --format json                 for programs",
	  cmd_crate },
	{ "sync", COMMAND_SYNC, 64, "rtaudit sync [flags]", "bring the daemon's facts up to date",
	  "Pulls the registry's index and the advisory database now; an audit does the same by "
	  "itself when its facts are too old. With --index, --advisories or --facts it pulls from "
	  "there instead, once: folders serve machines without network.",
	  "rtaudit sync\n"
	  "rtaudit sync --offline --index ./index --advisories ./advisory-db --facts facts.tsv.gz",
	  cmd_sync },
	{ "status", COMMAND_STATUS, 0, "rtaudit status [flags]",
	  "the daemon, its sources, ages and sizes",
	  "Tells what the daemon knows, how old it is, and what went wrong when it was last "
	  "updated.",
	  "rtaudit status", cmd_status },
	{ "explain", COMMAND_EXPLAIN, 1, "rtaudit explain [RULE] [flags]",
	  "what a rule means and what to do about it",
	  "Tells what a rule looks for, why it matters, how to fix what it finds, and how to allow "
	  "it. "
	  "Without RULE it lists them all.",
	  "rtaudit explain mixed-runtimes", cmd_explain },
	{ "export", COMMAND_EXPORT, 0, "rtaudit export --facts [-o FILE]",
	  "write what is known, for another machine",
	  "Writes the facts about crates' manifests as a table, one crate version a line, columns "
	  "separated by tabs: `rtaudit sync --facts FILE` reads it on a machine without network.",
	  "rtaudit export --facts -o facts.tsv", cmd_export },
};

const struct command *command_at(size_t i)
{
	return i < ARRAY_LEN(COMMANDS) ? &COMMANDS[i] : NULL;
}

const struct command *command_default(void)
{
	return &COMMANDS[0];
}

const struct command *command_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(COMMANDS); i++)
		if (str_eq(name, str_of(COMMANDS[i].name)))
			return &COMMANDS[i];
	return NULL;
}

const struct command *command_nearest(struct str word)
{
	const struct command *nearest = NULL;
	size_t best = 3; /* two edits make a typo, three another word */

	for (size_t i = 0; i < ARRAY_LEN(COMMANDS); i++) {
		size_t distance = str_distance(word, str_of(COMMANDS[i].name), best);

		if (distance < best) {
			nearest = &COMMANDS[i];
			best = distance;
		}
	}
	return nearest;
}
