#include "crawler/crate_archive.h"
#include "audit/limits.h"
#include "tests/unit/packing.h"

#define MANIFEST                                                                                   \
	"[package]\nname = \"demo\"\nversion = \"1.0.0\"\nedition = \"2021\"\nrust-version = "     \
	"\"1.60\"\n"                                                                               \
	"license = \"MIT\"\nrepository = \"https://example.org/r\"\nlinks = \"z\"\nbuild = "       \
	"\"build.rs\"\n"                                                                           \
	"[badges.maintenance]\nstatus = \"deprecated\"\n"

static struct manifest_fact read_manifest(struct arena *arena, const char *text)
{
	struct manifest_fact fact = { 0 };
	struct err err = { 0 };

	if (!crate_manifest_read(arena, STR_LIT("demo"), STR_LIT("1.0.0"), str_of(text), &fact,
	                         &err))
		fail_msg("%s", err.text);
	return fact;
}

static void a_manifest_says_what_it_says(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct manifest_fact fact = read_manifest(&arena, MANIFEST);

	assert_true(str_eq(fact.license, STR_LIT("MIT")));
	assert_true(str_eq(fact.repository, STR_LIT("https://example.org/r")));
	assert_true(str_eq(fact.links, STR_LIT("z")));
	assert_true(str_eq(fact.edition, STR_LIT("2021")));
	assert_true(str_eq(fact.rust_version, STR_LIT("1.60")));
	assert_true(str_eq(fact.build_script, STR_LIT("yes")));
	assert_true(str_eq(fact.maintenance_badge, STR_LIT("deprecated")));
	assert_int_equal(fact.from, FACT_FROM_ARCHIVE);
	assert_int_equal(fact.proc_macro, KNOWN_NO);
}

static const struct {
	const char *lib;
	enum known known;
} macros[] = {
	{ "[lib]\nproc-macro = true\n", KNOWN_YES },
	{ "[lib]\nproc_macro = true\n", KNOWN_YES },
	{ "[lib]\ncrate-type = [\"rlib\", \"proc-macro\"]\n", KNOWN_YES },
	{ "[lib]\ncrate_type = [\"proc-macro\"]\n", KNOWN_YES },
	{ "[lib]\nproc-macro = false\n", KNOWN_NO },
	{ "[lib]\ncrate-type = [\"cdylib\"]\n", KNOWN_NO },
	{ "[lib]\nproc-macro = \"yes\"\n", KNOWN_NO },
	{ "", KNOWN_NO },
};

static void every_way_to_be_a_proc_macro_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(macros); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct str text =
			arena_printf(&arena, "[package]\nname = \"demo\"\nlicense-file = \"L\"\n%s",
		                     macros[i].lib);
		struct manifest_fact fact = read_manifest(&arena, text.p);

		if (fact.proc_macro != macros[i].known)
			fail_msg("%s", macros[i].lib);
		assert_true(str_eq(fact.license, STR_LIT("file:L")));
	}
}

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
		                             &cksum, &fact, &err);

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
	                                &fact, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, "checksum"));
	for (size_t n = 0; n < bytes.n; n++) {
		struct str half = str_sub(bytes, 0, n);
		cksum = sha256_of(half);
		/* A cut archive may still hold its manifest whole; it must only not fall over. */
		IGNORE(crate_archive_read(&arena, STR_LIT("demo"), STR_LIT("1.0.0"), half, &cksum,
		                          &fact, &err));
	}
}

static void bombs_are_refused_by_their_headers(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str big = { arena_alloc(&arena, MANIFEST_MAX_BYTES + 1), MANIFEST_MAX_BYTES + 1 };
	const struct packed_entry manifest[] = { { "demo-1.0.0/Cargo.toml", big, 0 } };
	struct str bytes = pack(&arena, manifest, 1, false);
	struct sha256 cksum = sha256_of(bytes);
	struct manifest_fact fact = { 0 };
	struct err err = { 0 };

	assert_false(crate_archive_read(&arena, STR_LIT("demo"), STR_LIT("1.0.0"), bytes, &cksum,
	                                &fact, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	err = (struct err){ 0 };
	struct str huge = { big.p, (size_t)ARCHIVE_MAX_BYTES + 1 };
	big.p = arena_alloc(&arena, huge.n);
	huge.p = big.p;
	cksum = sha256_of(huge);
	assert_false(crate_archive_read(&arena, STR_LIT("demo"), STR_LIT("1.0.0"), huge, &cksum,
	                                &fact, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_manifest_says_what_it_says),
		cmocka_unit_test(every_way_to_be_a_proc_macro_is_known),
		cmocka_unit_test(only_the_manifest_of_that_version_is_read),
		cmocka_unit_test(no_byte_is_unpacked_before_the_checksum),
		cmocka_unit_test(bombs_are_refused_by_their_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
