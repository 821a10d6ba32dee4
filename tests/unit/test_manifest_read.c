#include "crawler/manifest_read.h"
#include "tests/unit/unit.h"

#define MANIFEST                                                                                   \
	"[package]\nname = \"demo\"\nversion = \"1.0.0\"\nedition = \"2021\"\nrust-version = "     \
	"\"1.60\"\n"                                                                               \
	"license = \"MIT\"\nrepository = \"https://example.org/r\"\nlinks = \"z\"\nbuild = "       \
	"\"build.rs\"\n"                                                                           \
	"[badges.maintenance]\nstatus = \"deprecated\"\n"

static struct manifest_fact read_manifest(struct arena *arena, const char *text)
{
	struct manifest_fact fact = { 0 };
	struct manifest_paths paths;
	struct err err = { 0 };

	if (!manifest_read(arena, STR_LIT("demo"), STR_LIT("1.0.0"), str_of(text), &fact, &paths,
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

static const struct {
	const char *text, *root, *readme;
} named[] = {
	{ "", "src/lib.rs", "" },
	{ "readme = \"./docs/R.md\"\n[lib]\npath = \"./lib.rs\"\n", "lib.rs", "docs/R.md" },
	{ "readme = false\n[lib]\npath = 7\n", "src/lib.rs", "" },
};

static void the_files_that_it_names_are_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(named); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct str text =
			arena_printf(&arena, "[package]\nname = \"demo\"\n%s", named[i].text);
		struct manifest_fact fact;
		struct manifest_paths paths;
		struct err err = { 0 };

		assert_true(manifest_read(&arena, STR_LIT("demo"), STR_LIT("1.0.0"), text, &fact,
		                          &paths, &err));
		assert_true(str_eq(paths.root, str_of(named[i].root)));
		assert_true(str_eq(paths.readme, str_of(named[i].readme)));
	}
}

#define SHA "0123456789abcdef0123456789abcdef01234567"
static const struct {
	const char *bytes, *sha1, *path;
} commits[] = {
	{ "{\"git\":{\"sha1\":\"" SHA "\"},\"path_in_vcs\":\"a/b\"}", SHA, "a/b" },
	{ "{\"git\":{\"sha1\":\"" SHA "\",\"dirty\":true}}", SHA, "" },
	{ "{\"git\":{\"sha1\":\"$(x)\"},\"path_in_vcs\":\"\"}", "", "" },
	{ "{\"git\":{\"sha1\":\"" SHA "\"}", "", "" },
	{ "", "", "" },
	{ "[]", "", "" },
};

static void the_commit_is_read_where_one_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(commits); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct manifest_fact fact = { 0 };

		manifest_read_vcs(&arena, str_of(commits[i].bytes), &fact);
		if (!str_eq(fact.vcs_sha1, str_of(commits[i].sha1)) ||
		    !str_eq(fact.vcs_path, str_of(commits[i].path)))
			fail_msg("%s: " STR_FMT " " STR_FMT, commits[i].bytes,
			         STR_ARG(fact.vcs_sha1), STR_ARG(fact.vcs_path));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_manifest_says_what_it_says),
		cmocka_unit_test(every_way_to_be_a_proc_macro_is_known),
		cmocka_unit_test(the_files_that_it_names_are_told),
		cmocka_unit_test(the_commit_is_read_where_one_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
