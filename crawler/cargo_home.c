#include "crawler/cargo_home.h"
#include "audit/index_path.h"
#include "audit/limits.h"
#include "base/buf.h"
#include "base/file.h"
#include "crawler/cargo_hash.h"
#include <sys/stat.h>

/* Adds those of the folders below home/registry/KIND that are there. */
static void find_folders(struct arena *arena, const char *home, const char *kind,
                         const struct str_list *names, struct str_list *out)
{
	for (size_t i = 0; i < names->n; i++) {
		struct str folder = arena_printf(arena, "%s/registry/%s/" STR_FMT, home, kind,
		                                 STR_ARG(names->p[i]));
		struct stat st;

		if (stat(folder.p, &st) == 0 && S_ISDIR(st.st_mode))
			*vec_add(arena, out) = folder;
	}
}

void cargo_home_find(struct arena *arena, const char *home, const struct str_list *indexes,
                     struct cargo_home *out)
{
	struct str_list names = { 0 };

	*out = (struct cargo_home){ 0 };
	if (!home)
		return;
	for (size_t i = 0; i < indexes->n; i++)
		cargo_hash_folders(arena, indexes->p[i], &names);
	find_folders(arena, home, "index", &names, &out->index);
	find_folders(arena, home, "cache", &names, &out->cache);
	find_folders(arena, home, "src", &names, &out->src);
}

bool cargo_index_file_parse(struct arena *arena, struct str bytes, struct cargo_index_file *out,
                            struct err *err)
{
	struct cargo_index_file file = { 0 };
	struct str rest = bytes, text, line;
	struct str etag = STR("etag: "), modified = STR("last-modified: ");

	if (bytes.n < 5 || bytes.p[0] != 3 || (bytes.p[1] != 1 && bytes.p[1] != 2) ||
	    bytes.p[2] != 0 || bytes.p[3] != 0 || bytes.p[4] != 0)
		return err_set(err, ERR_INPUT,
		               "cargo's copy of an index file is of an unknown form");
	if (!str_cut(str_sub(bytes, 5, bytes.n), '\0', &text, &rest))
		return err_set(err, ERR_INPUT, "cargo's copy of an index file is cut off");
	if (str_starts(text, etag))
		file.etag = str_sub(text, etag.n, text.n);
	else if (str_starts(text, modified))
		file.last_modified = str_sub(text, modified.n, text.n);
	/* The lines are joined anew, in the order of the file: a copy, but then they read like any
	 * other. */
	char *lines = arena_alloc(arena, rest.n + 1);
	size_t n = 0;
	while (rest.n > 0) {
		if (!str_cut(rest, '\0', &text, &rest) || !str_cut(rest, '\0', &line, &rest))
			return err_set(err, ERR_INPUT, "cargo's copy of an index file is cut off");
		memcpy(lines + n, line.p, line.n);
		n += line.n;
		lines[n++] = '\n';
	}
	file.lines = (struct str){ lines, n };
	*out = file;
	return true;
}

/* The newest file of that path below the folders, if it was written after newer_than. */
static const char *newest(struct arena *arena, const struct str_list *folders, struct str path,
                          int64_t newer_than, int64_t *written_at)
{
	const char *found = NULL;

	for (size_t i = 0; i < folders->n; i++) {
		const char *full = file_join(arena, folders->p[i].p, path);
		struct stat st;

		if (stat(full, &st) != 0 || !S_ISREG(st.st_mode) || st.st_mtim.tv_sec <= newer_than)
			continue;
		newer_than = st.st_mtim.tv_sec;
		*written_at = st.st_mtim.tv_sec;
		found = full;
	}
	return found;
}

int cargo_home_index(struct arena *arena, const struct cargo_home *home, struct str name,
                     int64_t newer_than, struct cargo_index_file *out, struct err *err)
{
	struct str path, bytes;
	int64_t written_at = 0;

	if (home->index.n == 0)
		return 0;
	if (!index_path(arena, name, &path, err))
		return -1;
	const char *full =
		newest(arena, &home->index, arena_printf(arena, ".cache/" STR_FMT, STR_ARG(path)),
	               newer_than, &written_at);
	if (!full)
		return 0;
	if (!file_read(arena, full, INDEX_FILE_MAX_BYTES, &bytes, err) ||
	    !cargo_index_file_parse(arena, bytes, out, err))
		return -1;
	out->written_at = written_at;
	return 1;
}

/* "NAME-VERS" as part of a path: nothing but what crates and versions are made of. */
static bool folder_name(struct arena *arena, struct str name, struct str vers, const char *tail,
                        struct str *out, struct err *err)
{
	struct str path;

	if (!index_path(arena, name, &path, err))
		return false;
	for (size_t i = 0; i < vers.n; i++) {
		char c = vers.p[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      c == '.' || c == '-' || c == '+'))
			return err_set(err, ERR_INPUT, "byte 0x%02x in a version",
			               (unsigned char)c);
	}
	*out = arena_printf(arena, STR_FMT "-" STR_FMT "%s", STR_ARG(name), STR_ARG(vers), tail);
	return true;
}

static int read_one(struct arena *arena, const struct str_list *folders, struct str path,
                    size_t max_bytes, struct str *out, struct err *err)
{
	int64_t written_at = 0;
	const char *full = newest(arena, folders, path, -1, &written_at);

	if (!full)
		return 0;
	return file_read(arena, full, max_bytes, out, err) ? 1 : -1;
}

int cargo_home_archive(struct arena *arena, const struct cargo_home *home, struct str name,
                       struct str vers, struct str *out, struct err *err)
{
	struct str path;

	if (home->cache.n == 0)
		return 0;
	if (!folder_name(arena, name, vers, ".crate", &path, err))
		return -1;
	return read_one(arena, &home->cache, path, ARCHIVE_MAX_BYTES, out, err);
}

int cargo_home_manifest(struct arena *arena, const struct cargo_home *home, struct str name,
                        struct str vers, struct str *out, struct err *err)
{
	struct str path;

	if (home->src.n == 0)
		return 0;
	if (!folder_name(arena, name, vers, "/Cargo.toml", &path, err))
		return -1;
	return read_one(arena, &home->src, path, MANIFEST_MAX_BYTES, out, err);
}
