#include "crawler/crate_archive.h"
#include "audit/limits.h"
#include "base/toml_tree.h"
#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

static enum known is_proc_macro(const struct toml_value *root)
{
	const struct toml_value *lib = toml_get(root, "lib");
	const struct toml_value *types = toml_get(lib, "crate-type");

	if (toml_get_bool(lib, "proc-macro", false) || toml_get_bool(lib, "proc_macro", false))
		return KNOWN_YES;
	if (!types)
		types = toml_get(lib, "crate_type");
	if (types && types->type == TOML_IS_ARRAY)
		for (const struct toml_value *at = types->first; at; at = at->next)
			if (at->type == TOML_IS_STRING && str_eq(at->text, STR_LIT("proc-macro")))
				return KNOWN_YES;
	return KNOWN_NO;
}

static struct str text_of(struct arena *arena, const struct toml_value *table, const char *key)
{
	struct str text = { 0 };

	IGNORE(!toml_get_str(table, key, &text)); /* absent or no text: empty */
	return arena_str(arena, text);
}

static struct str license_of(struct arena *arena, const struct toml_value *package)
{
	struct str license = text_of(arena, package, "license");

	if (license.n > 0)
		return license;
	struct str file = text_of(arena, package, "license-file");
	return file.n > 0 ? arena_printf(arena, "file:" STR_FMT, STR_ARG(file)) : file;
}

static struct str build_script_of(const struct toml_value *package)
{
	const struct toml_value *build = toml_get(package, "build");

	if (!build)
		return (struct str){ 0 };
	return build->type == TOML_IS_STRING || build->integer != 0 ? STR_LIT("yes")
	                                                            : STR_LIT("no");
}

bool crate_manifest_read(struct arena *arena, struct str name, struct str vers, struct str bytes,
                         struct manifest_fact *out, struct err *err)
{
	const struct toml_value *root;

	if (!toml_tree_parse(arena, bytes, MANIFEST_VALUES_MAX, &root, err)) {
		err_prefix(err, "Cargo.toml of " STR_FMT " " STR_FMT ":", STR_ARG(name),
		           STR_ARG(vers));
		return false;
	}
	const struct toml_value *package = toml_get(root, "package");
	if (!package)
		package = toml_get(root, "project");
	struct str said = text_of(arena, package, "name");
	if (!str_eq(said, name))
		return err_set(err, ERR_INPUT,
		               "Cargo.toml of " STR_FMT " " STR_FMT " speaks of '" STR_FMT "'",
		               STR_ARG(name), STR_ARG(vers),
		               STR_ARG(str_sub(said, 0, CRATE_NAME_MAX)));
	*out = (struct manifest_fact){
		.name = name,
		.vers = vers,
		.from = FACT_FROM_ARCHIVE,
		.proc_macro = is_proc_macro(root),
		.repository = text_of(arena, package, "repository"),
		.license = license_of(arena, package),
		.maintenance_badge =
			text_of(arena, toml_get(toml_get(root, "badges"), "maintenance"), "status"),
		.links = text_of(arena, package, "links"),
		.edition = text_of(arena, package, "edition"),
		.rust_version = text_of(arena, package, "rust-version"),
		.build_script = build_script_of(package),
		.homepage = text_of(arena, package, "homepage"),
		.description = text_of(arena, package, "description"),
	};
	return true;
}

/* The bytes of the entry that the reader stands at. */
static bool read_entry(struct archive *reader, struct arena *arena, int64_t size, struct str *out,
                       struct err *err)
{
	char *bytes = arena_alloc(arena, (size_t)size + 1);
	size_t n = 0;

	while (n < (size_t)size) {
		la_ssize_t got = archive_read_data(reader, bytes + n, (size_t)size - n);
		if (got <= 0)
			return err_set(err, ERR_INPUT, "the archive is cut off");
		n += (size_t)got;
	}
	*out = (struct str){ bytes, n };
	return true;
}

/* Whether the reader stands at the regular file `path`; links of any kind are none. */
static bool is_file(struct archive_entry *entry, const char *path)
{
	const char *at = archive_entry_pathname(entry);

	return at && strcmp(at, path) == 0 && archive_entry_filetype(entry) == AE_IFREG &&
	       !archive_entry_hardlink(entry) && !archive_entry_symlink(entry);
}

/* Reads on to the entry `path`. Sizes are those of the headers, so that a bomb is not unpacked
 * first. */
static bool find_entry(struct archive *reader, struct arena *arena, const char *path,
                       struct str *out, struct err *err)
{
	struct archive_entry *entry;
	int64_t unpacked = 0;
	int got;

	for (size_t n = 0; (got = archive_read_next_header(reader, &entry)) == ARCHIVE_OK; n++) {
		int64_t size = archive_entry_size(entry);
		if (n == ARCHIVE_ENTRIES_MAX)
			return err_set(err, ERR_LIMIT, "the archive has more than %d entries",
			               ARCHIVE_ENTRIES_MAX);
		if (is_file(entry, path)) {
			if (size < 0 || size > MANIFEST_MAX_BYTES)
				return err_set(err, ERR_LIMIT,
				               "its manifest is larger than %d bytes",
				               MANIFEST_MAX_BYTES);
			return read_entry(reader, arena, size, out, err);
		}
		if (size < 0 || size > ARCHIVE_UNPACKED_MAX_BYTES - unpacked)
			return err_set(err, ERR_LIMIT, "the archive unpacks to more than %d bytes",
			               ARCHIVE_UNPACKED_MAX_BYTES);
		unpacked += size;
	}
	if (got == ARCHIVE_EOF)
		return err_set(err, ERR_INPUT, "the archive holds no %s", path);
	return err_set(err, ERR_INPUT, "the archive is damaged");
}

static bool open_and_find(struct arena *arena, const char *path, struct str bytes, struct str *out,
                          struct err *err)
{
	struct archive *reader = archive_read_new();

	if (!reader)
		abort();
	archive_read_support_filter_gzip(reader);
	archive_read_support_format_tar(reader);
	bool ok = archive_read_open_memory(reader, bytes.p, bytes.n) == ARCHIVE_OK
	                  ? find_entry(reader, arena, path, out, err)
	                  : err_set(err, ERR_INPUT, "it is no gzipped tar archive");
	archive_read_free(reader);
	return ok;
}

bool crate_archive_read(struct arena *arena, struct str name, struct str vers, struct str bytes,
                        const struct sha256 *cksum, struct manifest_fact *out, struct err *err)
{
	struct sha256 got = sha256_of(bytes);
	struct str path = arena_printf(arena, STR_FMT "-" STR_FMT "/Cargo.toml", STR_ARG(name),
	                               STR_ARG(vers));
	struct str manifest;
	bool ok = bytes.n <= ARCHIVE_MAX_BYTES;

	if (!ok)
		err_set(err, ERR_LIMIT, "it is larger than %d bytes", ARCHIVE_MAX_BYTES);
	else if (!sha256_eq(&got, cksum))
		ok = err_set(err, ERR_INPUT, "its checksum is not that of the index");
	else
		ok = open_and_find(arena, path.p, bytes, &manifest, err);
	if (!ok) {
		err_prefix(err, "archive of " STR_FMT " " STR_FMT ": ", STR_ARG(name),
		           STR_ARG(vers));
		return false;
	}
	return crate_manifest_read(arena, name, vers, manifest, out, err);
}

static bool prepare(struct ingest_item *base, struct err *err)
{
	struct archive_item *item = (struct archive_item *)base;
	bool ok = item->is_manifest
	                  ? crate_manifest_read(&item->arena, item->name, item->vers, item->bytes,
	                                        &item->fact, err)
	                  : crate_archive_read(&item->arena, item->name, item->vers, item->bytes,
	                                       &item->cksum, &item->fact, err);

	item->fact.registry = item->registry;
	item->fact.seen_at = item->seen_at;
	return ok;
}

static bool write_item(struct ingest_item *base, struct db *writer, struct err *err)
{
	return store_fact_put(writer, &((struct archive_item *)base)->fact, err);
}

static void done(struct ingest_item *base)
{
	struct archive_item *item = (struct archive_item *)base;

	if (base->err.kind == ERR_NONE && item->cache)
		fact_cache_forget_crate(item->cache, item->registry, item->name);
	if (item->told)
		item->told(item);
	archive_item_free(&item);
}

struct archive_item *archive_item_new(struct str registry, struct str name, struct str vers)
{
	struct archive_item *item = calloc(1, sizeof *item);

	if (!item)
		abort();
	item->item = (struct ingest_item){
		.prepare = prepare, .write = write_item, .done = done, .cost_bytes = 64 << 10
	};
	item->registry = arena_str(&item->arena, registry);
	item->name = arena_str(&item->arena, name);
	item->vers = arena_str(&item->arena, vers);
	return item;
}

void archive_item_free(struct archive_item **item)
{
	if (!*item)
		return;
	buf_free(&(*item)->owned);
	arena_free(&(*item)->arena);
	free(*item);
	*item = NULL;
}
