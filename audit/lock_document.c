#include "audit/lock_document.h"
#include "audit/limits.h"
#include "base/toml.h"

enum section { SECTION_TOP, SECTION_PACKAGE, SECTION_UNUSED, SECTION_METADATA, SECTION_FOREIGN };

enum package_key { KEY_NAME, KEY_VERSION, KEY_SOURCE, KEY_CHECKSUM, KEY_DEPENDENCIES, KEY_REPLACE };

static const struct str package_keys[] = { STR("name"),     STR("version"),      STR("source"),
	                                   STR("checksum"), STR("dependencies"), STR("replace") };

struct reader {
	struct arena *arena;
	struct str bytes;
	struct toml toml;
	struct lock_document *out;
	enum section section;
	bool empty;                    /* nothing was read yet */
	struct lock_reference foreign; /* the first key or table that no lock has */
};

bool lock_document_at(const struct lock_document *document, uint32_t line, struct err *err)
{
	err_prefix(err, STR_FMT ":%u: ", STR_ARG(document->name), line);
	return false;
}

/* The line of the first mark that a version control system leaves in a file it could not merge, or
 * 0. */
static uint32_t conflict_line(struct str bytes)
{
	struct str line;

	for (uint32_t n = 1; bytes.n > 0; n++) {
		str_cut(bytes, '\n', &line, &bytes);
		if (str_starts(line, STR_LIT("<<<<<<<")) || str_starts(line, STR_LIT(">>>>>>>")))
			return n;
	}
	return 0;
}

/* 1 and a token, 0 at the end, -1. */
static int next_token(struct reader *r, struct toml_token *out, struct err *err)
{
	int got = toml_next(&r->toml, out, err);
	uint32_t conflict = got < 0 ? conflict_line(r->bytes) : 0;

	if (conflict > 0) {
		err_set(err, ERR_INPUT,
		        "an unresolved merge conflict; resolve it, or restore the file");
		lock_document_at(r->out, conflict, err);
	} else if (got < 0) {
		err_prefix(err, STR_FMT ":", STR_ARG(r->out->name));
	}
	return got;
}

static bool next_value(struct reader *r, struct toml_token *out, struct err *err)
{
	int got = next_token(r, out, err);

	return got == 0 ? err_set(err, ERR_BUG, "a key without a value") : got > 0;
}

static bool skip_value(struct reader *r, struct err *err)
{
	struct toml_token token = { 0 };
	size_t depth = 0;

	do {
		if (!next_value(r, &token, err))
			return false;
		if (token.kind == TOML_ARRAY || token.kind == TOML_INLINE)
			depth++;
		else if (token.kind == TOML_ARRAY_END || token.kind == TOML_INLINE_END)
			depth--;
	} while (depth > 0);
	return true;
}

static bool read_string(struct reader *r, struct str key, struct lock_reference *out,
                        struct err *err)
{
	struct toml_token token = { 0 };

	if (!next_value(r, &token, err))
		return false;
	if (token.kind != TOML_STRING) {
		err_set(err, ERR_INPUT, "'" STR_FMT "' is not a string", STR_ARG(key));
		return lock_document_at(r->out, token.line, err);
	}
	*out = (struct lock_reference){ token.text, token.line };
	return true;
}

static bool not_an_array(const struct reader *r, uint32_t line, struct err *err)
{
	err_set(err, ERR_INPUT, "'dependencies' is not an array of strings");
	return lock_document_at(r->out, line, err);
}

static bool add_dependency(struct reader *r, struct str text, uint32_t line, struct err *err)
{
	if (r->out->deps.n == LOCK_EDGES_MAX) {
		err_set(err, ERR_LIMIT, "more than %d dependencies in a lock", LOCK_EDGES_MAX);
		return lock_document_at(r->out, line, err);
	}
	*vec_add(r->arena, &r->out->deps) = (struct lock_reference){ text, line };
	return true;
}

/* The strings of an array go to the end of reader.deps. */
static bool read_dependencies(struct reader *r, struct raw_package *raw, struct err *err)
{
	struct toml_token token = { 0 };
	struct str text = { 0 };
	uint32_t line = 0;

	if (!next_value(r, &token, err))
		return false;
	raw->first_dep = r->out->deps.n;
	while (toml_plain_item(&r->toml, &text, &line))
		if (!add_dependency(r, text, line, err))
			return false;
	for (bool is_array = token.kind == TOML_ARRAY;;) {
		if (is_array && !next_value(r, &token, err))
			return false;
		if (is_array && token.kind == TOML_ARRAY_END)
			break;
		if (!is_array || token.kind != TOML_STRING)
			return not_an_array(r, token.line, err);
		if (!add_dependency(r, token.text, token.line, err))
			return false;
	}
	raw->dep_n = r->out->deps.n - raw->first_dep;
	return true;
}

static bool read_version(struct reader *r, struct err *err)
{
	struct toml_token token = { 0 };

	if (!next_value(r, &token, err))
		return false;
	if (token.kind != TOML_INTEGER || token.integer < 1) {
		err_set(err, ERR_INPUT, "'version' of a lock is not a number from 1 to 4");
		return lock_document_at(r->out, token.line, err);
	}
	if (token.integer > 4) {
		err_set(err, ERR_INPUT,
		        "a lock of version " STR_FMT
		        ", made by a newer cargo; versions 1 to 4 are known",
		        STR_ARG(token.text));
		return lock_document_at(r->out, token.line, err);
	}
	r->out->version = (uint32_t)token.integer;
	return true;
}

enum { CHECKSUM_DIGITS = 64 };

/* Whether all CHECKSUM_DIGITS bytes are hexadecimal. Without a branch a byte: a lock has as many of
 * these as of all others, and so the compiler looks at 16 at once. */
static bool are_digits(const char *p)
{
	unsigned char strange = 0;

	for (size_t i = 0; i < CHECKSUM_DIGITS; i++) {
		unsigned char c = (unsigned char)p[i];

		strange |= (unsigned char)(c - '0') > 9 && (unsigned char)((c | 0x20) - 'a') > 5;
	}
	return strange == 0;
}

bool lock_document_set_checksum(const struct lock_document *document,
                                struct locked_package *package, const struct lock_reference *value,
                                struct err *err)
{
	if (value->text.n != CHECKSUM_DIGITS || !are_digits(value->text.p)) {
		err_set(err, ERR_INPUT,
		        "checksum '" STR_FMT "' does not have 64 hexadecimal digits",
		        STR_ARG(value->text));
		return lock_document_at(document, value->line, err);
	}
	package->checksum = value->text;
	return true;
}

/* Most packages have the source of the one before. */
static bool set_source(struct reader *r, const struct raw_package_list *list,
                       const struct lock_reference *value, struct err *err)
{
	struct locked_package *package = &list->p[list->n - 1].package;
	const struct lock_source *before =
		list->n > 1 ? &list->p[list->n - 2].package.source : NULL;

	if (before && str_eq(before->text, value->text)) {
		package->source = *before;
		return true;
	}
	return lock_source_parse(r->arena, value->text, &package->source, err) ||
	       lock_document_at(r->out, value->line, err);
}

static bool is_package_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] <= ' ' || name.p[i] == '"' || name.p[i] == 127)
			return false;
	return name.n > 0;
}

static bool set_text(struct reader *r, const struct raw_package_list *list, enum package_key key,
                     const struct lock_reference *value, struct err *err)
{
	struct raw_package *raw = &list->p[list->n - 1];

	switch (key) {
	case KEY_NAME:
		raw->package.name = value->text;
		if (is_package_name(value->text))
			return true;
		err_set(err, ERR_INPUT, "'" STR_FMT "' is no package name", STR_ARG(value->text));
		return lock_document_at(r->out, value->line, err);
	case KEY_VERSION:
		raw->package.vers = value->text;
		return semver_parse(value->text, &raw->package.version, err) ||
		       lock_document_at(r->out, value->line, err);
	case KEY_SOURCE:
		return set_source(r, list, value, err);
	case KEY_CHECKSUM:
		r->out->has_checksums = true;
		return lock_document_set_checksum(r->out, &raw->package, value, err);
	case KEY_REPLACE:
		raw->replace = *value;
		return true;
	case KEY_DEPENDENCIES:
		break;
	}
	return true;
}

/* Which key of a package it is; ARRAY_LEN(package_keys) for one that is passed over. */
static size_t find_package_key(struct str key)
{
	size_t which = 0;

	while (which < ARRAY_LEN(package_keys) && !str_eq(key, package_keys[which]))
		which++;
	return which;
}

/* Notes that the last package of a list has that key. */
static bool note_key(const struct reader *r, struct raw_package *raw, size_t which, uint32_t line,
                     struct err *err)
{
	if (raw->seen & 1u << which) {
		err_set(err, ERR_INPUT, "'" STR_FMT "' stands twice in one package",
		        STR_ARG(package_keys[which]));
		return lock_document_at(r->out, line, err);
	}
	raw->seen |= 1u << which;
	return true;
}

static bool read_package_key(struct reader *r, const struct raw_package_list *list, struct str key,
                             uint32_t line, struct err *err)
{
	struct raw_package *raw = &list->p[list->n - 1];
	struct lock_reference value = { 0 };
	size_t which = find_package_key(key);

	if (which == ARRAY_LEN(package_keys))
		return skip_value(r, err);
	if (!note_key(r, raw, which, line, err))
		return false;
	if (which == KEY_DEPENDENCIES)
		return read_dependencies(r, raw, err);
	return read_string(r, key, &value, err) &&
	       set_text(r, list, (enum package_key)which, &value, err);
}

/* The lines `key = "text"` that follow in a package: as cargo writes them, nearly all but the
 * dependencies. */
static bool read_plain_pairs(struct reader *r, const struct raw_package_list *list, struct err *err)
{
	struct lock_reference value = { 0 };
	struct str key = { 0 };

	while (toml_plain_pair(&r->toml, &key, &value.text, &value.line)) {
		size_t which = find_package_key(key);

		if (which == ARRAY_LEN(package_keys))
			continue;
		if (which == KEY_DEPENDENCIES)
			return not_an_array(r, value.line, err);
		if (!note_key(r, &list->p[list->n - 1], which, value.line, err) ||
		    !set_text(r, list, (enum package_key)which, &value, err))
			return false;
	}
	return true;
}

static bool read_metadata_key(struct reader *r, struct str key, struct err *err)
{
	const struct str prefix = STR("checksum ");
	struct lock_reference value = { 0 };

	if (!read_string(r, key, &value, err))
		return false;
	if (!str_starts(key, prefix) || str_eq(value.text, STR_LIT("<none>")))
		return true;
	if (r->out->checksums.n == LOCK_PACKAGES_MAX) {
		err_set(err, ERR_LIMIT, "more than %d checksums in a lock", LOCK_PACKAGES_MAX);
		return lock_document_at(r->out, value.line, err);
	}
	*vec_add(r->arena, &r->out->checksums) =
		(struct lock_checksum){ { str_sub(key, prefix.n, key.n), value.line }, value.text };
	return true;
}

static bool skip_foreign(struct reader *r, struct str key, uint32_t line, struct err *err)
{
	if (r->foreign.line == 0)
		r->foreign = (struct lock_reference){ key, line };
	return skip_value(r, err);
}

static bool read_key(struct reader *r, const struct toml_token *token, struct err *err)
{
	struct str key = token->path[0];

	if (token->path_n > 1)
		return r->section == SECTION_TOP ? skip_foreign(r, key, token->line, err)
		                                 : skip_value(r, err);
	switch (r->section) {
	case SECTION_TOP:
		if (str_eq(key, STR_LIT("version")))
			return read_version(r, err);
		return skip_foreign(r, key, token->line, err);
	case SECTION_PACKAGE:
		return read_package_key(r, &r->out->packages, key, token->line, err);
	case SECTION_UNUSED:
		return read_package_key(r, &r->out->unused, key, token->line, err);
	case SECTION_METADATA:
		return read_metadata_key(r, key, err);
	case SECTION_FOREIGN:
		break;
	}
	return skip_value(r, err);
}

/* Whether the last package of a list, which ends here, is whole. */
static bool check_last(const struct reader *r, const struct raw_package_list *list, struct err *err)
{
	const struct raw_package *raw = list->n > 0 ? &list->p[list->n - 1] : NULL;

	if (!raw || (raw->seen & 1u << KEY_NAME && raw->seen & 1u << KEY_VERSION))
		return true;
	if (raw->seen & 1u << KEY_NAME)
		err_set(err, ERR_INPUT, "package '" STR_FMT "' has no version",
		        STR_ARG(raw->package.name));
	else
		err_set(err, ERR_INPUT, "a package without a name");
	return lock_document_at(r->out, raw->package.line, err);
}

static bool begin_package(struct reader *r, struct raw_package_list *list, uint32_t line,
                          struct err *err)
{
	if (!check_last(r, list, err))
		return false;
	if (list->n == LOCK_PACKAGES_MAX) {
		err_set(err, ERR_LIMIT, "more than %d packages in a lock", LOCK_PACKAGES_MAX);
		return lock_document_at(r->out, line, err);
	}
	struct raw_package *raw = vec_add(r->arena, list);

	raw->package.line = line;
	raw->package.replace = PACKAGE_NONE;
	return read_plain_pairs(r, list, err);
}

static bool read_header(struct reader *r, const struct toml_token *token, struct err *err)
{
	struct str head = token->path[0];
	bool is_array = token->kind == TOML_TABLE_ARRAY, alone = token->path_n == 1;

	if (alone && is_array && str_eq(head, STR_LIT("package"))) {
		r->section = SECTION_PACKAGE;
		return begin_package(r, &r->out->packages, token->line, err);
	}
	if (alone && !is_array && str_eq(head, STR_LIT("root"))) {
		r->section = SECTION_PACKAGE;
		return begin_package(r, &r->out->packages, token->line, err);
	}
	if (alone && !is_array && str_eq(head, STR_LIT("metadata"))) {
		r->section = SECTION_METADATA;
		return true;
	}
	bool is_patch = str_eq(head, STR_LIT("patch"));

	if (is_patch && is_array && token->path_n == 2 &&
	    str_eq(token->path[1], STR_LIT("unused"))) {
		r->section = SECTION_UNUSED;
		return begin_package(r, &r->out->unused, token->line, err);
	}
	r->section = SECTION_FOREIGN;
	if (alone && !is_array && str_eq(head, STR_LIT("package"))) {
		err_set(err, ERR_INPUT, "this is a manifest (Cargo.toml), not a lock (Cargo.lock)");
		return lock_document_at(r->out, token->line, err);
	}
	if (r->foreign.line == 0)
		r->foreign = (struct lock_reference){ head, token->line };
	return true;
}

/* A lock without packages is one only where cargo could have written it: an empty workspace. */
static bool check_is_lock(const struct reader *r, struct err *err)
{
	static const struct str of_manifests[] = {
		STR("workspace"),
		STR("dependencies"),
		STR("dev-dependencies"),
		STR("build-dependencies"),
		STR("project"),
		STR("features"),
		STR("target"),
		STR("patch"),
		STR("profile"),
		STR("lib"),
		STR("bin"),
	};

	if (r->out->packages.n > 0 || (r->out->version > 0 && r->foreign.line == 0))
		return true;
	if (r->empty)
		return err_set(err, ERR_INPUT, STR_FMT ": the file is empty, not a lock",
		               STR_ARG(r->out->name));
	if (r->foreign.line == 0)
		return err_set(err, ERR_INPUT,
		               STR_FMT ": the file has no [[package]]: it is not a lock",
		               STR_ARG(r->out->name));
	for (size_t i = 0; i < ARRAY_LEN(of_manifests); i++) {
		if (!str_eq(r->foreign.text, of_manifests[i]))
			continue;
		err_set(err, ERR_INPUT, "this is a manifest (Cargo.toml), not a lock (Cargo.lock)");
		return lock_document_at(r->out, r->foreign.line, err);
	}
	err_set(err, ERR_INPUT,
	        "this is TOML but not a lock: it has '" STR_FMT "' and no [[package]]",
	        STR_ARG(r->foreign.text));
	return lock_document_at(r->out, r->foreign.line, err);
}

static bool read_document(struct reader *r, struct err *err)
{
	struct toml_token token = { 0 };
	int got;

	while ((got = next_token(r, &token, err)) > 0) {
		bool is_key = token.kind == TOML_KEY;

		r->empty = false;
		if (!(is_key ? read_key(r, &token, err) : read_header(r, &token, err)))
			return false;
	}
	return got == 0 && check_last(r, &r->out->packages, err) &&
	       check_last(r, &r->out->unused, err) && check_is_lock(r, err);
}

bool lock_document_read(struct arena *arena, struct str bytes, struct str name,
                        struct lock_document *out, struct err *err)
{
	struct reader r = { .arena = arena, .bytes = bytes, .out = out, .empty = true };

	*out = (struct lock_document){ .name = name };
	if (bytes.n > LOCK_MAX_BYTES)
		return err_set(err, ERR_LIMIT, STR_FMT ": %zu bytes; a lock has at most %d",
		               STR_ARG(name), bytes.n, LOCK_MAX_BYTES);
	/* A package takes some 260 bytes of a lock, a dependency 60; room for them at once saves
	 * copies. */
	out->packages.cap = bytes.n / 256 + 4;
	out->packages.p = arena_array(arena, out->packages.cap, sizeof *out->packages.p);
	out->deps.cap = bytes.n / 56 + 4;
	out->deps.p = arena_array(arena, out->deps.cap, sizeof *out->deps.p);
	r.toml = toml_open(arena, bytes);
	return read_document(&r, err);
}
