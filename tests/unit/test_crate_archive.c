#include "crawler/crate_archive.h"
#include "audit/limits.h"
#include "base/buf.h"
#include "tests/unit/packing.h"
#include <stdio.h>

#define MANIFEST "[package]\nname = \"demo\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\n"

#define ENTRY(path, text)                                                                          \
	{                                                                                          \
		path, STR(text), 0                                                                 \
	}
static const struct {
	struct packed_entry entries[3];
	size_t n;
	const char *text; /* NULL: accepted; else what the refusal says */
} archives[] = {
	{ { ENTRY("demo-1.0.0/Cargo.toml", MANIFEST) }, 1, NULL },
	{ { ENTRY("demo-1.0.0/src/lib.rs", "x"), ENTRY("demo-1.0.0/Cargo.toml", MANIFEST) },
	  2,
	  NULL },
	{ { ENTRY("../demo-1.0.0/Cargo.toml", MANIFEST),
	    ENTRY("/demo-1.0.0/Cargo.toml", MANIFEST) },
	  2,
	  "holds no demo-1.0.0/Cargo.toml" },
	{ { ENTRY("other-1.0.0/Cargo.toml", MANIFEST) }, 1, "holds no demo-1.0.0/Cargo.toml" },
	{ { { "demo-1.0.0/Cargo.toml", STR("/etc/passwd"), 'l' } },
	  1,
	  "holds no demo-1.0.0/Cargo.toml" },
	{ { ENTRY("demo-1.0.0/x", MANIFEST),
	    { "demo-1.0.0/Cargo.toml", STR("demo-1.0.0/x"), 'h' } },
	  2,
	  "holds no demo-1.0.0/Cargo.toml" },
	{ { ENTRY("demo-1.0.0/Cargo.toml", "[package]\nname = \"other\"\n") },
	  1,
	  "speaks of 'other'" },
	{ { ENTRY("demo-1.0.0/Cargo.toml", "[package\n") }, 1, "Cargo.toml of demo 1.0.0:1" },
	{ { ENTRY("demo-1.0.0/Cargo.toml", "") }, 1, "speaks of ''" },
};

static void only_the_manifest_of_that_version_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(archives); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct str bytes = pack(&arena, archives[i].entries, archives[i].n, false);
		struct sha256 cksum = sha256_of(bytes);
		struct manifest_fact fact = { 0 };
		struct err err = { 0 };
		bool ok = crate_archive_read(&arena, STR_LIT("demo"), STR_LIT("1.0.0"), bytes,
		                             &cksum, NULL, &fact, &err);

		if (ok != (archives[i].text == NULL))
			fail_msg("row %zu: %s", i, ok ? "accepted" : err.text);
		if (!ok && (err.kind != ERR_INPUT || !strstr(err.text, archives[i].text)))
			fail_msg("row %zu: %s", i, err.text);
		if (ok)
			assert_true(str_eq(fact.license, STR_LIT("MIT")));
	}
}

static void no_byte_is_unpacked_before_the_checksum(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str bytes = pack(&arena, archives[0].entries, 1, false);
	struct sha256 cksum = sha256_of(bytes);
	struct manifest_fact fact = { 0 };
	struct err err = { 0 };

	cksum.bytes[31] ^= 1;
	assert_false(crate_archive_read(&arena, STR_LIT("demo"), STR_LIT("1.0.0"), bytes, &cksum,
	                                NULL, &fact, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, "checksum"));
	for (size_t n = 0; n < bytes.n; n++) {
		struct str half = str_sub(bytes, 0, n);
		cksum = sha256_of(half);
		/* A cut archive may still hold its manifest whole; it must only not fall over. */
		IGNORE(crate_archive_read(&arena, STR_LIT("demo"), STR_LIT("1.0.0"), half, &cksum,
		                          NULL, &fact, &err));
	}
}

/* The kind of the refusal of an archive whose checksum is right; ERR_NONE where it is read. */
static enum err_kind refusal(struct arena *arena, struct str bytes, struct manifest_fact *fact)
{
	struct sha256 cksum = sha256_of(bytes);
	struct err err = { 0 };

	IGNORE(crate_archive_read(arena, STR_LIT("demo"), STR_LIT("1.0.0"), bytes, &cksum, NULL,
	                          fact, &err)); /* err says it */
	return err.kind;
}

static void a_manifest_or_an_archive_that_is_too_large_is_refused(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		size_t n = MANIFEST_MAX_BYTES + more;
		char *text = arena_alloc(&arena, n);
		struct manifest_fact fact;

		memset(text, '\n', n);
		memcpy(text, MANIFEST, strlen(MANIFEST));
		const struct packed_entry entry = { "demo-1.0.0/Cargo.toml", { text, n }, 0 };
		assert_int_equal(refusal(&arena, pack(&arena, &entry, 1, false), &fact),
		                 more ? ERR_LIMIT : ERR_NONE);
		struct str huge = { arena_alloc(&arena, (size_t)ARCHIVE_MAX_BYTES + more),
			            (size_t)ARCHIVE_MAX_BYTES + more };
		assert_int_equal(refusal(&arena, huge, &fact), more ? ERR_LIMIT : ERR_INPUT);
	}
}

/* A tar header of that name and claimed size, without contents behind it. */
static void put_header(struct buf *to, const char *name, uint64_t size)
{
	char *block = buf_room(to, 512);
	unsigned sum = 0;

	memset(block, 0, 512);
	snprintf(block, 100, "%s", name);
	snprintf(block + 100, 8, "0000644");
	if (size < UINT64_C(1) << 33) {
		snprintf(block + 124, 12, "%011llo", (unsigned long long)size);
	} else {
		block[124] = (char)0x80; /* in base 256 */
		for (int i = 0; i < 8; i++)
			block[135 - i] = (char)(size >> 8 * i);
	}
	memcpy(block + 148, "        ", 8);
	block[156] = '0';
	memcpy(block + 257, "ustar\00000", 8);
	for (int i = 0; i < 512; i++)
		sum += (unsigned char)block[i];
	snprintf(block + 148, 7, "%06o", sum);
	to->n += 512;
}

static void too_many_entries_are_refused(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		CLEANUP(buf_free)
		struct buf tar = buf_make(((size_t)ARCHIVE_ENTRIES_MAX + 8) * 512);
		struct manifest_fact fact;

		for (size_t i = 0; i < ARCHIVE_ENTRIES_MAX - 1 + more; i++)
			put_header(&tar, "demo-1.0.0/a", 0);
		put_header(&tar, "demo-1.0.0/Cargo.toml", strlen(MANIFEST));
		char *block = buf_room(&tar, 512);
		memset(block, 0, 512);
		memcpy(block, MANIFEST, strlen(MANIFEST));
		tar.n += 512;
		assert_int_equal(refusal(&arena, gzip_of(&arena, buf_str(&tar)), &fact),
		                 more ? ERR_LIMIT : ERR_NONE);
	}
}

static const struct {
	const char *name;
	uint64_t size;
	enum err_kind kind;
} claims[] = {
	/* what is claimed and not there is a cut archive; what is too much is refused unread */
	{ "demo-1.0.0/Cargo.toml", 100, ERR_INPUT },
	{ "demo-1.0.0/Cargo.toml", UINT64_C(10) << 30, ERR_LIMIT },
	{ "demo-1.0.0/data", ARCHIVE_UNPACKED_MAX_BYTES, ERR_INPUT },
	{ "demo-1.0.0/data", (uint64_t)ARCHIVE_UNPACKED_MAX_BYTES + 1, ERR_LIMIT },
	{ "demo-1.0.0/data", UINT64_C(10) << 30, ERR_LIMIT },
	{ "demo-1.0.0/src/lib.rs", UINT64_C(1) << 62, ERR_LIMIT },
};

static void what_a_header_claims_is_not_believed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(claims); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		CLEANUP(buf_free) struct buf tar = buf_make(8 << 10);
		struct manifest_fact fact;

		put_header(&tar, claims[i].name, claims[i].size);
		enum err_kind kind = refusal(&arena, gzip_of(&arena, buf_str(&tar)), &fact);
		if (kind != claims[i].kind)
			fail_msg("%s of %llu: %d", claims[i].name,
			         (unsigned long long)claims[i].size, kind);
	}
}

static void bombs_are_refused(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct manifest_fact fact;
	struct str good = pack(&arena, archives[0].entries, 1, false);
	/* A gzip within a gzip is not unpacked again. */
	assert_int_equal(refusal(&arena, good, &fact), ERR_NONE);
	assert_int_equal(refusal(&arena, gzip_of(&arena, good), &fact), ERR_INPUT);
	/* Nor is what is no gzip at all. */
	assert_int_equal(refusal(&arena, STR_LIT("demo-1.0.0/Cargo.toml"), &fact), ERR_INPUT);
	assert_int_equal(refusal(&arena, (struct str){ 0 }, &fact), ERR_INPUT);
	/* 256 MB of nothing in some 256 KB, twice. */
	struct str zeros = { arena_alloc(&arena, 257 << 20), 257 << 20 };
	const struct packed_entry entries[] = { { "demo-1.0.0/a", zeros, 0 },
		                                { "demo-1.0.0/b", zeros, 0 },
		                                archives[0].entries[0] };
	struct str bomb = pack(&arena, entries, 3, false);
	assert_true(bomb.n < 2 << 20);
	assert_int_equal(refusal(&arena, bomb, &fact), ERR_LIMIT);
	assert_int_equal(refusal(&arena, pack(&arena, entries + 1, 2, false), &fact), ERR_NONE);
}

static void a_cut_archive_is_refused(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	char *noise = arena_alloc(&arena, 100000);
	uint32_t seed = 7;
	for (size_t i = 0; i < 100000; i++) {
		seed = seed * 1664525 + 1013904223;
		noise[i] = (char)(seed >> 24);
	}
	const struct packed_entry entries[] = { archives[0].entries[0],
		                                { "demo-1.0.0/b", { noise, 100000 }, 0 } };
	struct str whole = pack(&arena, entries, 2, false);
	struct manifest_fact fact;

	assert_int_equal(refusal(&arena, whole, &fact), ERR_NONE);
	assert_int_equal(refusal(&arena, str_sub(whole, 0, whole.n / 2), &fact), ERR_INPUT);
}

#define ROOT "#![cfg_attr(not(feature = \"std\"), no_std)]\nuse tokio::net::TcpStream;\n"
static const struct packed_entry FILES[] = {
	{ "demo-1.0.0/Cargo.toml",
	  STR("[package]\nname = \"demo\"\ndescription = \"Deprecated\"\nreadme = \"docs/R.md\"\n"
	      "[lib]\npath = \"lib/root.rs\"\n"),
	  0 },
	{ "demo-1.0.0/.cargo_vcs_info.json",
	  STR("{\"git\":{\"sha1\":\"0123456789abcdef\"},\"path_in_vcs\":\"kits/demo\"}"), 0 },
	{ "demo-1.0.0/README.md", STR("This crate is deprecated; use `wrong`."), 0 },
	{ "demo-1.0.0/docs/R.md", STR("\xff This crate is unmaintained; use `right`."), 0 },
	{ "demo-1.0.0/lib/root.rs", STR(ROOT), 0 },
	{ "demo-1.0.0/src/lib.rs", STR("#![no_std]"), 0 },
	{ "demo-1.0.0/lib/a/tests.rs", STR("use tokio::test_only;"), 0 },
	{ "demo-1.0.0/tests/t.rs", STR("use tokio::test_only;"), 0 },
	{ "demo-1.0.0/build.rs", STR("use tokio::build_only;"), 0 },
	{ "demo-1.0.0/lib/../../x.rs", STR("use tokio::escaped;"), 0 },
	{ "other-1.0.0/x.rs", STR("use tokio::elsewhere;"), 0 },
	{ "/demo-1.0.0/x.rs", STR("use tokio::rooted;"), 0 },
	{ "demo-1.0.0/lib/l.rs", STR("/etc/passwd"), 'l' },
	{ "demo-1.0.0/lib/\x1b[31m.rs", STR("use tokio::coloured;"), 0 },
	{ "demo-1.0.0/lib/b.rs", STR("\xff\xfe tokio::net::TcpStream \xff"), 0 },
};

static void all_of_an_archive_is_told(void **state)
{
	(void)state;
	for (int reverse = 0; reverse < 2; reverse++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct packed_entry entries[ARRAY_LEN(FILES)];
		struct str_list row = { 0 };
		*vec_add(&arena, &row) = STR_LIT("tokio");
		const struct source_paths paths = { &row, 1, 1 };
		struct manifest_fact fact;
		struct err err = { 0 };

		/* In any order: cargo's has changed with its versions. */
		for (size_t i = 0; i < ARRAY_LEN(FILES); i++)
			entries[reverse ? ARRAY_LEN(FILES) - 1 - i : i] = FILES[i];
		struct str bytes = pack(&arena, entries, ARRAY_LEN(FILES), false);
		struct sha256 cksum = sha256_of(bytes);
		if (!crate_archive_read(&arena, STR_LIT("demo"), STR_LIT("1.0.0"), bytes, &cksum,
		                        &paths, &fact, &err))
			fail_msg("%s", err.text);
		assert_true(fact.is_whole);
		assert_true(str_eq(fact.vcs_sha1, STR_LIT("0123456789abcdef")));
		assert_true(str_eq(fact.vcs_path, STR_LIT("kits/demo")));
		assert_true(str_eq(fact.no_std, STR_LIT("cfg")));
		assert_true(str_eq(fact.no_std_cfg, STR_LIT("not(feature = \"std\")")));
		assert_int_equal(fact.marks.n, 2);
		assert_int_equal(fact.marks.p[0].place, MARK_IN_DESCRIPTION);
		assert_int_equal(fact.marks.p[1].kind, MARK_UNMAINTAINED);
		assert_true(str_eq(fact.marks.p[1].successors, STR_LIT("right")));
		assert_int_equal(fact.uses.n, 1);
		assert_true(str_eq(fact.uses.p[0].path, STR_LIT("tokio::net::TcpStream")));
		assert_int_equal(fact.uses.p[0].uses, 2);
	}
}

static void a_crate_without_a_library_says_so(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct packed_entry entries[] = {
		archives[0].entries[0], { "demo-1.0.0/src/main.rs", STR("#![no_std]"), 0 }
	};
	struct manifest_fact fact;

	assert_int_equal(refusal(&arena, pack(&arena, entries, 2, false), &fact), ERR_NONE);
	assert_true(str_eq(fact.no_std, STR_LIT("no-lib")));
	assert_int_equal(fact.marks.n + fact.uses.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_manifest_of_that_version_is_read),
		cmocka_unit_test(no_byte_is_unpacked_before_the_checksum),
		cmocka_unit_test(a_manifest_or_an_archive_that_is_too_large_is_refused),
		cmocka_unit_test(too_many_entries_are_refused),
		cmocka_unit_test(what_a_header_claims_is_not_believed),
		cmocka_unit_test(bombs_are_refused),
		cmocka_unit_test(a_cut_archive_is_refused),
		cmocka_unit_test(all_of_an_archive_is_told),
		cmocka_unit_test(a_crate_without_a_library_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
