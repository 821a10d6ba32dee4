#include "cli/project_files.h"
#include "audit/limits.h"
#include "audit/workspace.h"
#include "base/file.h"
#include "base/map.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* A glob walks through at most so many entries: a pattern such as "**" from a root with build
 * products would else never end. */
enum { GLOB_ENTRIES_MAX = 500000, GLOB_DEPTH_MAX = 32 };

struct walk {
	struct arena *arena;
	const char *folder;    /* of the project */
	struct str_list wants; /* paths and patterns, in the order they were met */
	struct map seen;       /* paths that were read or tried */
	struct map above;      /* folders above members, whose manifests are wanted already */
	struct parts *parts;
	size_t manifests, entries;
};

int project_file_read(struct arena *arena, const char *path, size_t max_bytes, struct str *out,
                      struct err *err)
{
	/* Without O_NONBLOCK the opening of a FIFO waits for somebody who writes. */
	CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat info = { 0 };

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ENXIO))
		return 0;
	if (fd < 0)
		return err_fail(err, ERR_IO, "%s: %m", path);
	if (fstat(fd, &info) == 0 && !S_ISREG(info.st_mode))
		return 0;
	return file_read_fd(arena, fd, path, max_bytes, out, err) ? 1 : -1;
}

/* Whether all that a member's manifest says of "workspace" is that it inherits. */
static bool only_inherits(struct str bytes)
{
	struct str word = STR_LIT("workspace");
	size_t at;

	while ((at = str_find_str(bytes, word)) != STR_NONE) {
		struct str value = { 0 }, name = { 0 };

		bytes = str_sub(bytes, at + word.n, bytes.n);
		if (!str_cut(str_sub(bytes, 0, 16), '=', &name, &value) || str_trim(name).n > 0 ||
		    !str_starts(str_trim(value), STR_LIT("true")))
			return false;
	}
	return true;
}

static bool is_key_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

/* The next `path = "…"` of a manifest, found by its bytes; *rest is what stands behind it. 1 and
 * its value, 0 where there is none, -1 where the word stands in a form that only a parse
 * understands. */
static int next_path(struct str bytes, struct str *value, struct str *rest)
{
	const struct str word = STR("path");
	size_t at;

	while ((at = str_find_str(bytes, word)) != STR_NONE) {
		bool is_part = at > 0 && is_key_byte(bytes.p[at - 1]);
		bool is_quoted = at > 0 && (bytes.p[at - 1] == '"' || bytes.p[at - 1] == '\'');

		bytes = str_sub(bytes, at + word.n, bytes.n);
		if (is_part || (bytes.n > 0 && is_key_byte(bytes.p[0])))
			continue;
		if (is_quoted || (bytes.n > 0 && bytes.p[0] == '.'))
			return -1;
		while (bytes.n > 0 && (bytes.p[0] == ' ' || bytes.p[0] == '\t'))
			bytes = str_sub(bytes, 1, bytes.n);
		if (bytes.n == 0 || bytes.p[0] != '=')
			continue; /* a word of a text */
		bytes = str_trim(str_sub(bytes, 1, bytes.n));
		if (!str_starts(bytes, STR_LIT("\"")) || str_starts(bytes, STR_LIT("\"\"\"")) ||
		    !str_cut(str_sub(bytes, 1, bytes.n), '"', value, rest) ||
		    str_find(*value, '\\') != STR_NONE)
			return -1;
		return 1;
	}
	return 0;
}

/* Adds the folders that a manifest's paths lead to; false where its bytes alone do not tell them.
 * What is no dependency (the source file of a binary, a comment) is only looked for in vain. */
static bool add_paths(struct walk *walk, struct str bytes, struct str folder)
{
	size_t before = walk->wants.n;
	struct str value = { 0 };
	int got;

	while ((got = next_path(bytes, &value, &bytes)) == 1) {
		struct str to = manifest_folder_join(walk->arena, folder, value);

		to = manifest_folder_join(walk->arena, to, STR_LIT("Cargo.toml"));
		if (!map_get(&walk->seen, to, &(uint32_t){ 0 }))
			*vec_add(walk->arena, &walk->wants) = to;
	}
	if (got < 0)
		walk->wants.n = before;
	return got == 0;
}

/* Adds what a manifest wants where its bytes tell it without a parse: it lies inside the project,
 * whose own workspace is all that it may inherit from, and names its paths plainly. Nearly all
 * members of a workspace are such, and a search for bytes costs a tenth of a parse. */
static bool add_wants_by_bytes(struct walk *walk, struct str bytes, struct str folder)
{
	bool is_inside = folder.n > 0 && folder.p[0] != '/' && !str_starts(folder, STR_LIT(".."));

	if (!is_inside || !only_inherits(bytes) || !add_paths(walk, bytes, folder))
		return false;
	for (size_t slash; (slash = str_find_last(folder, '/')) != STR_NONE;) {
		folder = str_sub(folder, 0, slash);
		if (!map_get(&walk->above, folder, &(uint32_t){ 0 })) {
			map_put(&walk->above, walk->arena, folder, 1);
			*vec_add(walk->arena, &walk->wants) =
				arena_printf(walk->arena, STR_FMT "/Cargo.toml", STR_ARG(folder));
		}
	}
	return true;
}

/* Adds what a manifest wants. A broken one is the daemon's to judge: it may be a fixture that is no
 * member. */
static void add_wants(struct walk *walk, struct str bytes, struct str folder, struct str path)
{
	/* What a parse leaves behind is many times what is wanted of it. */
	CLEANUP(arena_free) struct arena scratch = { 0 };
	struct str_list wants = { 0 };
	struct err ignored = { 0 };

	if (add_wants_by_bytes(walk, bytes, folder))
		return;
	IGNORE(workspace_wants(&scratch, bytes, folder, path, &wants, &ignored));
	for (size_t i = 0; i < wants.n; i++)
		if (!map_get(&walk->seen, wants.p[i], &(uint32_t){ 0 }))
			*vec_add(walk->arena, &walk->wants) = arena_str(walk->arena, wants.p[i]);
}

/* Reads one manifest and adds what it wants. 1 it was there (now or before), 0 it is not, -1. */
static int visit(struct walk *walk, struct str path, struct err *err)
{
	struct str bytes = { 0 }, folder = { 0 };
	bool is_new = false;
	uint32_t *there = map_slot(&walk->seen, walk->arena, path, 0, &is_new);
	size_t slash = str_find_last(path, '/');

	if (!is_new)
		return (int)*there;
	int got = project_file_read(walk->arena, file_join(walk->arena, walk->folder, path),
	                            MANIFEST_MAX_BYTES, &bytes, err);
	if (got <= 0)
		return got;
	*there = 1;
	if (walk->manifests++ == WORKSPACE_MEMBERS_MAX)
		return err_fail(err, ERR_LIMIT, "the project has more than %d manifests",
		                WORKSPACE_MEMBERS_MAX);
	if (!parts_add(walk->arena, walk->parts, "manifest", path, bytes, err))
		return -1;
	if (slash != STR_NONE)
		folder = str_sub(path, 0, slash);
	add_wants(walk, bytes, folder, path);
	return 1;
}

static bool is_glob(struct str text)
{
	return str_find(text, '*') != STR_NONE || str_find(text, '?') != STR_NONE ||
	       str_find(text, '[') != STR_NONE;
}

static bool expand(struct walk *walk, struct str done, struct str pattern, unsigned depth,
                   struct err *err);

/* Tries each entry of a folder for the first part of a pattern. "**" stands for no folder or for
 * any number of them. */
static bool expand_entries(struct walk *walk, struct str done, struct str first, struct str rest,
                           struct str whole, unsigned depth, struct err *err)
{
	struct str_list names = { 0 };
	const char *folder = file_join(walk->arena, walk->folder, done);
	bool is_deep = str_eq(first, STR_LIT("**"));
	struct err list_err = { 0 };

	if (is_deep && !expand(walk, done, rest, depth + 1, err))
		return false;
	if (!file_list(walk->arena, folder, GLOB_ENTRIES_MAX - walk->entries, &names, &list_err)) {
		if (list_err.kind != ERR_LIMIT)
			return true; /* no folder, or one that may not be read: nothing in it fits
			              */
		*err = list_err;
		return false;
	}
	walk->entries += names.n;
	for (size_t i = 0; i < names.n; i++) {
		struct str name = names.p[i];

		if (!is_deep && !workspace_glob_matches(first, name))
			continue;
		struct str below = done.n == 0 ? name
		                               : arena_printf(walk->arena, STR_FMT "/" STR_FMT,
		                                              STR_ARG(done), STR_ARG(name));
		/* Build products are large, and no member lies among them. */
		if (is_deep && (str_eq(name, STR_LIT("target")) || str_eq(name, STR_LIT(".git"))))
			continue;
		if (!expand(walk, below, is_deep ? whole : rest, depth + 1, err))
			return false;
	}
	return true;
}

/* Reads every manifest that fits `pattern` below the folder `done`. */
static bool expand(struct walk *walk, struct str done, struct str pattern, unsigned depth,
                   struct err *err)
{
	struct str first = { 0 }, rest = { 0 };

	if (depth > GLOB_DEPTH_MAX)
		return true;
	while (str_cut(pattern, '/', &first, &rest) && !is_glob(first)) {
		done = done.n == 0 ? first
		                   : arena_printf(walk->arena, STR_FMT "/" STR_FMT, STR_ARG(done),
		                                  STR_ARG(first));
		pattern = rest;
	}
	if (!is_glob(pattern)) {
		struct str path = done.n == 0 ? pattern
		                              : arena_printf(walk->arena, STR_FMT "/" STR_FMT,
		                                             STR_ARG(done), STR_ARG(pattern));
		return visit(walk, path, err) >= 0;
	}
	if (!file_is_folder(
		    file_join(walk->arena, walk->folder, done.n == 0 ? STR_LIT(".") : done)))
		return true;
	return expand_entries(walk, done, first, rest, pattern, depth, err);
}

bool project_files_add(struct arena *arena, const char *folder, struct parts *parts,
                       struct err *err)
{
	struct walk walk = { .arena = arena, .folder = folder, .parts = parts };

	*vec_add(arena, &walk.wants) = STR_LIT("Cargo.toml");
	for (size_t i = 0; i < walk.wants.n; i++) {
		struct str want = walk.wants.p[i];
		int there = visit(&walk, want, err);

		if (there < 0)
			return false;
		/* A folder may be called "a[1]": only what is no file is a pattern. */
		if (there == 0 && is_glob(want) && !expand(&walk, (struct str){ 0 }, want, 0, err))
			return false;
	}
	return true;
}
