#include "cli/gather.h"
#include "audit/cargo_config.h"
#include "audit/limits.h"
#include "base/file.h"
#include "cli/checkouts.h"
#include "cli/locate.h"
#include "cli/project_files.h"
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

/* A file that the user named: that it is not there is an error of the input, not a fact that is
 * missing. */
static bool read_named(struct arena *arena, const char *path, size_t max_bytes, struct str *out,
                       struct err *err)
{
	if (file_read(arena, path, max_bytes, out, err))
		return true;
	if (err->kind == ERR_ABSENT)
		err->kind = ERR_INPUT;
	return false;
}

static bool read_lock(struct arena *arena, const struct located *located, struct str *out,
                      struct err *err)
{
	if (!located->lock)
		return file_read_fd(arena, STDIN_FILENO, located->lock_name.p, LOCK_MAX_BYTES, out,
		                    err);
	if (located->lock_was_named)
		return read_named(arena, located->lock, LOCK_MAX_BYTES, out, err);
	int got = project_file_read(arena, located->lock, LOCK_MAX_BYTES, out, err);

	if (got == 0)
		return err_set(err, ERR_INPUT, "%s: not a regular file", located->lock);
	return got > 0;
}

/* Files that include others that include others. */
enum { INCLUDE_DEPTH_MAX = 8 };

/* A configuration file, and behind it, since a nearer one wins, those that it includes, the last of
 * them first. `left` bounds how many there may be in all: one may include itself. */
static bool add_config(struct arena *arena, const char *path, struct str bytes, unsigned depth,
                       size_t *left, struct parts *parts, struct err *err)
{
	struct str_list includes = { 0 };

	if (!parts_add(arena, parts, "config", str_of(path), bytes, err))
		return false;
	if (depth < INCLUDE_DEPTH_MAX)
		includes = cargo_config_includes(arena, bytes);
	for (size_t i = includes.n; i-- > 0;) {
		size_t slash = str_find_last(str_of(path), '/');
		const char *folder = arena_cstr(arena, str_sub(str_of(path), 0, slash)), *file;
		struct str more = { 0 };
		int got;

		file = str_starts(includes.p[i], STR_LIT("/"))
		               ? arena_cstr(arena, includes.p[i])
		               : file_join(arena, folder, includes.p[i]);
		if (*left == 0)
			return true;
		got = project_file_read(arena, file, CARGO_CONFIG_MAX_BYTES, &more, err);
		*left -= 1;
		if (got < 0 ||
		    (got > 0 && !add_config(arena, file, more, depth + 1, left, parts, err)))
			return false;
	}
	return true;
}

/* The configuration in one folder: `config` goes before `config.toml` where both are there, as in
 * cargo. */
static bool add_config_in(struct arena *arena, const char *folder, struct parts *parts,
                          struct err *err)
{
	static const char *const NAMES[] = { "config", "config.toml" };

	for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
		const char *path = file_join(arena, folder, str_of(NAMES[i]));
		struct str bytes = { 0 };
		int got = project_file_read(arena, path, CARGO_CONFIG_MAX_BYTES, &bytes, err);

		if (got < 0)
			return false;
		size_t left = CARGO_CONFIG_FILES_MAX / 2;
		if (got > 0)
			return add_config(arena, path, bytes, 0, &left, parts, err);
	}
	return true;
}

/* From the project's folder upwards, then $CARGO_HOME where it was not on the way. */
static bool add_configs(struct arena *arena, const char *from, const char *cargo_home,
                        struct parts *parts, struct err *err)
{
	struct str at = str_of(from);
	char real_home[PATH_MAX];
	bool has_home = false;

	if (cargo_home && realpath(cargo_home, real_home))
		cargo_home = real_home;
	for (;;) {
		const char *folder = file_join(arena, arena_cstr(arena, at), STR_LIT(".cargo"));
		size_t slash = str_find_last(at, '/');

		has_home |= cargo_home && strcmp(folder, cargo_home) == 0;
		if (!add_config_in(arena, folder, parts, err))
			return false;
		if (slash == STR_NONE || at.n <= 1)
			break;
		at = str_sub(at, 0, slash == 0 ? 1 : slash);
	}
	return !cargo_home || has_home || add_config_in(arena, cargo_home, parts, err);
}

static bool add_environment(struct arena *arena, struct parts *parts, struct err *err)
{
	static const char *const NAMES[] = { "CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS",
		                             "CARGO_BUILD_RUSTFLAGS", "CARGO_BUILD_TARGET" };

	for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
		const char *value = getenv(NAMES[i]);

		if (value && !parts_add(arena, parts, "env", str_of(NAMES[i]), str_of(value), err))
			return false;
	}
	for (char **one = environ; *one; one++) {
		struct str name, value;

		if (str_cut(str_of(*one), '=', &name, &value) &&
		    str_starts(name, STR_LIT("CARGO_TARGET_")) &&
		    str_ends(name, STR_LIT("_RUSTFLAGS")) &&
		    name.n > strlen("CARGO_TARGET_RUSTFLAGS") &&
		    !parts_add(arena, parts, "env", name, value, err))
			return false;
	}
	return true;
}

/* --config, or rtaudit.toml in the folder of the lock. */
static bool add_policy(struct arena *arena, struct str named, const char *folder,
                       struct parts *parts, struct err *err)
{
	const char *path = named.n > 0 ? arena_cstr(arena, named) : NULL;
	struct str bytes = { 0 };

	if (path) {
		if (!read_named(arena, path, POLICY_MAX_BYTES, &bytes, err))
			return false;
		return parts_add(arena, parts, "policy", named, bytes, err);
	}
	path = file_join(arena, folder, STR_LIT("rtaudit.toml"));
	int got = project_file_read(arena, path, POLICY_MAX_BYTES, &bytes, err);

	if (got <= 0)
		return got == 0;
	return parts_add(arena, parts, "policy", str_of(locate_display(arena, path)), bytes, err);
}

static bool add_baseline(struct arena *arena, struct str named, struct parts *parts,
                         struct err *err)
{
	struct str bytes = { 0 };

	if (named.n == 0)
		return true;
	return read_named(arena, arena_cstr(arena, named), RESPONSE_MAX_BYTES, &bytes, err) &&
	       parts_add(arena, parts, "baseline", named, bytes, err);
}

/* The lock to compare with. The manifests of its git packages are wanted, too: *locks becomes the
 * text of both. */
static bool add_old_lock(struct arena *arena, struct str word, struct parts *parts,
                         struct str *locks, struct err *err)
{
	struct located located = { 0 };
	struct str lock = { 0 };

	if (word.n == 0)
		return true;
	if (!locate_project(arena, word, (struct str){ 0 }, &located, err) ||
	    !read_lock(arena, &located, &lock, err) ||
	    !parts_add(arena, parts, "old-lock", located.lock_name, lock, err))
		return false;
	*locks = arena_printf(arena, STR_FMT "\n" STR_FMT, STR_ARG(*locks), STR_ARG(lock));
	return true;
}

/* The absolute folder of the lock, or the current one for standard input. */
static const char *folder_of(struct arena *arena, const struct located *located)
{
	const char *path = located->folder ? located->folder : located->lock;
	char *real = realpath(path ? path : ".", NULL);
	struct str folder = str_of(real);

	if (!real)
		return "/";
	if (!located->folder && located->lock) {
		size_t slash = str_find_last(folder, '/');

		folder = str_sub(folder, 0, slash == 0 ? 1 : slash);
	}
	path = arena_cstr(arena, folder);
	free(real);
	return path;
}

bool gather_project(struct arena *arena, const struct gather_from *from, struct parts *out,
                    struct err *err)
{
	struct located located = { 0 };
	struct parts parts = { 0 };
	struct str lock = { 0 };
	const char *cargo_home = locate_cargo_home(arena), *folder;

	if (!locate_project(arena, from->word, from->manifest_path, &located, err) ||
	    !read_lock(arena, &located, &lock, err) ||
	    !parts_add(arena, &parts, "lock", located.lock_name, lock, err) ||
	    !add_old_lock(arena, from->old_lock, &parts, &lock, err))
		return false;
	folder = folder_of(arena, &located);
	if (located.folder && (!project_files_add(arena, located.folder, &parts, err) ||
	                       !checkouts_add(arena, lock, cargo_home, &parts, err)))
		return false;
	if (located.folder)
		parts_option(arena, &parts, "folder", str_of(folder));
	if (!add_configs(arena, folder, cargo_home, &parts, err) ||
	    !add_environment(arena, &parts, err) ||
	    !add_policy(arena, from->policy, folder, &parts, err) ||
	    !add_baseline(arena, from->baseline, &parts, err))
		return false;
	*out = parts;
	return true;
}
