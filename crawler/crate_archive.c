#include "crawler/crate_archive.h"
#include "audit/limits.h"
#include "base/buf.h"
#include "crawler/manifest_read.h"
#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

/* One reading of an archive. */
struct reading {
	struct arena *arena;
	struct str name, vers, folder; /* "NAME-VERS/" */
	const struct source_paths *paths;
	struct archive *reader;
	struct buf entry; /* the bytes of the entry that is read, where they need not stay */
	/* What was found so far; p is NULL for what was not. */
	struct str manifest, vcs, root_path, root, readme_path, readme;
	struct manifest_fact fact;
	struct source_use_list uses;
	bool is_late; /* the manifest stood behind files that it may name */
};

static void reading_free(struct reading *reading)
{
	archive_read_free(reading->reader);
	buf_free(&reading->entry);
	*reading = (struct reading){ 0 };
}

/* The path of a regular file below the archive's own folder, and empty for everything else: links
 * of any kind, paths that lead out, names that are no text. */
static struct str file_path(const struct reading *reading, struct archive_entry *entry)
{
	struct str path = str_of(archive_entry_pathname(entry)), part, rest;

	if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) ||
	    archive_entry_symlink(entry) || !str_starts(path, reading->folder) ||
	    path.n > ARCHIVE_PATH_MAX_BYTES || !str_is_utf8(path))
		return (struct str){ 0 };
	path = str_sub(path, reading->folder.n, path.n);
	for (rest = path; rest.n > 0;) {
		str_cut(rest, '/', &part, &rest);
		if (part.n == 0 || str_eq(part, STR_LIT(".")) || str_eq(part, STR_LIT("..")))
			return (struct str){ 0 };
		for (size_t i = 0; i < part.n; i++)
			if ((unsigned char)part.p[i] < 0x20 || part.p[i] == 0x7f)
				return (struct str){ 0 };
	}
	return path;
}

/* The bytes of the entry that the reader stands at, at most max_bytes of them. */
static bool read_entry(struct reading *reading, size_t max_bytes, struct str *out, struct err *err)
{
	struct buf *to = &reading->entry;

	to->n = 0;
	while (to->n < max_bytes) {
		size_t want = max_bytes - to->n < 64 << 10 ? max_bytes - to->n : 64 << 10;
		char *room = buf_room(to, want);
		if (!room)
			return buf_done(to, "the archive", err);
		la_ssize_t got = archive_read_data(reading->reader, room, want);
		if (got < 0)
			return err_set(err, ERR_INPUT, "the archive is cut off");
		if (got == 0)
			break;
		to->n += (size_t)got;
	}
	*out = buf_str(to);
	return true;
}

/* The same, for as long as the arena lives. */
static bool keep_entry(struct reading *reading, size_t max_bytes, struct str *out, struct err *err)
{
	struct str bytes;

	if (!read_entry(reading, max_bytes, &bytes, err))
		return false;
	*out = arena_str(reading->arena, bytes);
	return true;
}

static bool is_readme(const struct reading *reading, struct str path)
{
	if (reading->readme_path.n > 0)
		return str_eq(path, reading->readme_path);
	return path.n >= 6 && str_eq_nocase(str_sub(path, 0, 6), STR_LIT("readme")) &&
	       str_find(path, '/') == STR_NONE;
}

static bool is_rust(struct str path)
{
	return str_ends(path, STR_LIT(".rs"));
}

/* Source that only tests, benchmarks, examples and building need. */
static bool is_beside(struct str path)
{
	static const struct str FOLDERS[] = { STR("tests/"), STR("benches/"), STR("examples/"),
		                              STR("fuzz/") };

	for (size_t i = 0; i < ARRAY_LEN(FOLDERS); i++)
		if (str_starts(path, FOLDERS[i]))
			return true;
	return str_eq(path, STR_LIT("build.rs")) ||
	       str_find_str(path, STR_LIT("/tests/")) != STR_NONE ||
	       str_ends(path, STR_LIT("tests.rs")) || str_ends(path, STR_LIT("/test.rs")) ||
	       str_ends(path, STR_LIT("_test.rs"));
}

/* The paths that the manifest names. A README that it does not name, or refuses, may be there all
 * the same: older versions of cargo packed what lay there. */
static bool read_manifest(struct reading *reading, int64_t size, struct err *err)
{
	if (size > MANIFEST_MAX_BYTES)
		return err_set(err, ERR_LIMIT, "its manifest is larger than %d bytes",
		               MANIFEST_MAX_BYTES);
	if (!keep_entry(reading, MANIFEST_MAX_BYTES, &reading->manifest, err))
		return false;
	struct manifest_paths paths = { 0 };
	if (!manifest_read(reading->arena, reading->name, reading->vers, reading->manifest,
	                   &reading->fact, &paths, err))
		return false;
	reading->root_path = paths.root;
	reading->readme_path = paths.readme;
	return true;
}

static bool read_source(struct reading *reading, struct str path, int64_t size, struct err *err)
{
	struct str text;

	/* Generated bindings; nothing that is looked for is written by a generator. */
	if (size > SOURCE_MAX_BYTES)
		return true;
	if (!read_entry(reading, SOURCE_MAX_BYTES, &text, err))
		return false;
	if (str_eq(path, reading->root_path) && !reading->root.p)
		reading->root = arena_str(reading->arena, text);
	if (reading->paths && !is_beside(path))
		source_uses_add(reading->arena, reading->paths, arena_str(reading->arena, path),
		                text, &reading->uses);
	return true;
}

static bool read_one(struct reading *reading, struct archive_entry *entry, struct err *err)
{
	struct str path = file_path(reading, entry);
	int64_t size = archive_entry_size(entry);

	if (str_eq(path, STR_LIT("Cargo.toml")) && !reading->manifest.p)
		return read_manifest(reading, size, err);
	if (str_eq(path, STR_LIT(".cargo_vcs_info.json")) && !reading->vcs.p)
		return keep_entry(reading, VCS_INFO_MAX_BYTES, &reading->vcs, err);
	bool is_source = is_rust(path);
	reading->is_late = reading->is_late ||
	                   (!reading->manifest.p && (is_source || is_readme(reading, path)));
	if (is_readme(reading, path) && (!reading->readme.p || reading->readme_path.n > 0))
		return keep_entry(reading, README_READ_BYTES, &reading->readme, err);
	return !is_source || read_source(reading, path, size, err);
}

/* Reads all entries once. Sizes are those of the headers, so that a bomb is not unpacked first. */
static bool read_entries(struct reading *reading, struct err *err)
{
	struct archive_entry *entry;
	int64_t unpacked = 0;
	int got;

	for (size_t n = 0;; n++) {
		got = archive_read_next_header(reading->reader, &entry);
		if (got == ARCHIVE_EOF)
			return true;
		if (got != ARCHIVE_OK && got != ARCHIVE_WARN)
			return err_set(err, ERR_INPUT, "the archive is damaged");
		if (n == ARCHIVE_ENTRIES_MAX)
			return err_set(err, ERR_LIMIT, "the archive has more than %d entries",
			               ARCHIVE_ENTRIES_MAX);
		int64_t size = archive_entry_size(entry);
		/* Headers may be long, too: those of one entry hold a megabyte. */
		if (size < 0 || size > ARCHIVE_UNPACKED_MAX_BYTES - unpacked ||
		    archive_filter_bytes(reading->reader, 0) > ARCHIVE_UNPACKED_MAX_BYTES)
			return err_set(err, ERR_LIMIT, "the archive unpacks to more than %d bytes",
			               ARCHIVE_UNPACKED_MAX_BYTES);
		unpacked += size;
		if (!read_one(reading, entry, err))
			return false;
	}
}

/* One filter and one format, named and not guessed: a gzip within a gzip is refused. */
static bool open_archive(struct reading *reading, struct str bytes, struct err *err)
{
	archive_read_free(reading->reader);
	reading->reader = archive_read_new();
	if (!reading->reader)
		abort();
	archive_read_support_format_tar(reading->reader);
	if (archive_read_append_filter(reading->reader, ARCHIVE_FILTER_GZIP) != ARCHIVE_OK ||
	    archive_read_open_memory(reading->reader, bytes.p, bytes.n) != ARCHIVE_OK)
		return err_set(err, ERR_INPUT, "it is no gzipped tar archive");
	return true;
}

/* What the files say that stand beside the manifest. */
static void conclude(struct reading *reading)
{
	struct manifest_fact *fact = &reading->fact;
	struct author_words words = { .name = reading->name,
		                      .badge = fact->maintenance_badge,
		                      .description = fact->description,
		                      .readme = reading->readme };
	enum no_std no_std = NO_STD_UNKNOWN;

	if (reading->root.p)
		no_std = source_no_std(reading->arena, reading->root, &fact->no_std_cfg);
	fact->no_std = no_std == NO_STD_ALWAYS ? STR_LIT("yes")
	               : no_std == NO_STD_CFG  ? STR_LIT("cfg")
	               : no_std == NO_STD_NO   ? STR_LIT("no")
	               : reading->root.p       ? (struct str){ 0 }
	                                       : STR_LIT("no-lib");
	manifest_read_vcs(reading->arena, reading->vcs, fact);
	author_marks_read(reading->arena, &words, &fact->marks);
	fact->uses = reading->uses;
	fact->is_whole = true;
}

static bool read_archive(struct reading *reading, struct str bytes, struct err *err)
{
	if (!open_archive(reading, bytes, err) || !read_entries(reading, err))
		return false;
	if (!reading->manifest.p)
		return err_set(err, ERR_INPUT, "the archive holds no " STR_FMT "Cargo.toml",
		               STR_ARG(reading->folder));
	if (reading->is_late) {
		reading->root = reading->readme = (struct str){ 0 };
		reading->uses = (struct source_use_list){ 0 };
		if (!open_archive(reading, bytes, err) || !read_entries(reading, err))
			return false;
	}
	conclude(reading);
	return true;
}

bool crate_archive_read(struct arena *arena, struct str name, struct str vers, struct str bytes,
                        const struct sha256 *cksum, const struct source_paths *paths,
                        struct manifest_fact *out, struct err *err)
{
	CLEANUP(reading_free)
	struct reading reading = {
		.arena = arena,
		.name = name,
		.vers = vers,
		.folder =
			arena_printf(arena, STR_FMT "-" STR_FMT "/", STR_ARG(name), STR_ARG(vers)),
		.paths = paths,
		.entry = buf_make(SOURCE_MAX_BYTES + (64 << 10)),
		.root_path = STR_LIT("src/lib.rs"),
	};
	struct sha256 got = sha256_of(bytes);
	bool ok = bytes.n <= ARCHIVE_MAX_BYTES;

	if (!ok)
		err_set(err, ERR_LIMIT, "it is larger than %d bytes", ARCHIVE_MAX_BYTES);
	else if (!sha256_eq(&got, cksum))
		ok = err_set(err, ERR_INPUT, "its checksum is not that of the index");
	else
		ok = read_archive(&reading, bytes, err);
	if (!ok) {
		err_prefix(err, "archive of " STR_FMT " " STR_FMT ": ", STR_ARG(name),
		           STR_ARG(vers));
		return false;
	}
	*out = reading.fact;
	return true;
}
