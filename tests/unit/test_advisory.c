#include "audit/advisory.h"
#include "audit/limits.h"
#include "base/file.h"
#include "tests/unit/unit.h"
#include <stdlib.h>

#define HEAD "id = \"RUSTSEC-2020-0001\"\npackage = \"a\"\ndate = \"2020-01-02\"\n"
#define MD(toml) "```toml\n[advisory]\n" HEAD toml "```\n\n# A title\n\nText.\n"
#define VERSIONS(toml) MD("[versions]\n" toml)

static struct advisory advisory_of(struct arena *arena, const char *text)
{
	struct advisory advisory = { 0 };
	struct err err = { 0 };

	if (!advisory_parse(arena, str_of(text), &advisory, &err))
		fail_msg("%s", err.text);
	return advisory;
}

static void a_file_is_taken_apart(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct advisory a = advisory_of(
		&arena,
		"```toml\n[advisory]\nid = \"RUSTSEC-2021-0124\"\npackage = \"tokio\"\n"
		"date = \"2021-11-16\"\nurl = \"https://example.org/1\"\n"
		"references = [\"https://example.org/2\"]\ncategories = [\"memory-corruption\"]\n"
		"keywords = [\"race\", \"channel\"]\naliases = [\"CVE-2021-45710\"]\n"
		"related = [\"RUSTSEC-2020-0001\", \"RUSTSEC-2020-0002\"]\n"
		"cvss = \"CVSS:3.1/AV:N\"\nwithdrawn = \"2022-01-01\"\nlicense = \"CC-BY-4.0\"\n\n"
		"[affected]\nos = [\"linux\", \"macos\"]\narch = [\"x86\"]\n"
		"functions = { \"tokio::a::b\" = [\"< 1\"] }\n\n"
		"[versions]\npatched = [\">= 1.8.4, < 1.9.0\", \">= 1.13.1\"]\n"
		"unaffected = [\"< 0.1.14\"]\n```\n\n#  Data race  \n\n# No title\n");

	assert_true(str_eq(a.id, STR_LIT("RUSTSEC-2021-0124")));
	assert_true(str_eq(a.package, STR_LIT("tokio")));
	assert_true(str_eq(a.title, STR_LIT("Data race")));
	assert_true(str_eq(a.url, STR_LIT("https://example.org/1")));
	assert_true(str_eq(a.cvss, STR_LIT("CVSS:3.1/AV:N")));
	assert_int_equal(a.kind, ADVISORY_VULNERABILITY);
	assert_int_equal(a.date_at, 1637020800);
	assert_int_equal(a.withdrawn_at, 1640995200);
	assert_true(a.is_crates_io);
	assert_int_equal(a.aliases.n, 1);
	assert_int_equal(a.related.n, 2);
	assert_int_equal(a.references.n, 1);
	assert_int_equal(a.categories.n, 1);
	assert_int_equal(a.keywords.n, 2);
	assert_true(str_eq(a.keywords.p[1], STR_LIT("channel")));
	assert_int_equal(a.affected_os.n, 2);
	assert_int_equal(a.affected_arch.n, 1);
	assert_int_equal(a.patched.n, 2);
	assert_int_equal(a.patched.p[0].n, 2);
	assert_true(str_eq(a.patched_text.p[1], STR_LIT(">= 1.13.1")));
	assert_int_equal(a.unaffected.n, 1);
}

static void older_and_newer_formats_are_read(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct version v = { 1, 0, 0, { 0 }, { 0 } };
	struct advisory a =
		advisory_of(&arena, "```toml\n" HEAD "[versions]\npatched = []\n```\n# T\n");

	assert_true(str_eq(a.title, STR_LIT("T")));
	assert_true(advisory_affects(&a, &v));
	a = advisory_of(&arena,
	                "[advisory]\n" HEAD "title = \"Old\"\ndescription = \"\"\"\nText\n"
	                "\"\"\"\naffected_os = [\"windows\"]\n"
	                "patched_versions = [\">= 1\"]\nunaffected_versions = [\"< 0.5\"]\n");
	assert_true(str_eq(a.title, STR_LIT("Old")));
	assert_int_equal(a.affected_os.n, 1);
	assert_false(advisory_affects(&a, &v));
	a = advisory_of(&arena, "[advisory]\n" HEAD "unaffected_versions = [\"> 1.0.0\"]\n");
	assert_true(advisory_affects(&a, &v));
	a = advisory_of(&arena, "[advisory]\n" HEAD "[versions]\npatched = [\">= 1\"]\n");
	assert_false(advisory_affects(&a, &v));
}

static const struct {
	const char *informational;
	enum advisory_kind kind;
} kinds[] = {
	{ "unmaintained", ADVISORY_UNMAINTAINED },
	{ "unsound", ADVISORY_UNSOUND },
	{ "notice", ADVISORY_NOTICE },
	{ "something-new", ADVISORY_NOTICE },
};

static void kinds_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct str text =
			arena_printf(&arena, MD("informational = \"%s\"\n[versions]\npatched=[]\n"),
		                     kinds[i].informational);

		assert_int_equal(advisory_of(&arena, text.p).kind, kinds[i].kind);
	}
}

static const struct {
	const char *toml;
	bool is_crates_io;
} sources[] = {
	{ MD("[versions]\npatched=[]\n"), true },
	{ MD("collection = \"crates\"\n[versions]\npatched=[]\n"), true },
	{ MD("collection = \"rust\"\n[versions]\npatched=[]\n"), false },
	{ MD("source = \"registry+https://example.org/index\"\n[versions]\npatched=[]\n"), false },
};

static void other_registries_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };

		if (advisory_of(&arena, sources[i].toml).is_crates_io != sources[i].is_crates_io)
			fail_msg("%s", sources[i].toml);
	}
}

/* What the crate rustsec says, 0.34: a pre-release is a version like others. */
static const struct {
	const char *file;
	const char *yes, *no; /* affected and not affected versions, separated by spaces */
} affected[] = {
	{ VERSIONS("patched = []\n"), "0.0.0 1.0.0-a 9.9.9", "" },
	{ VERSIONS("patched = [\">= 1.2.3\"]\n"), "1.2.2 1.2.3-rc.1 1.2.3-0",
	  "1.2.3 1.2.3+b 1.2.4-a" },
	{ VERSIONS("patched = [\">= 1.2.3-rc.2\"]\n"), "1.2.3-rc.1", "1.2.3-rc.2 1.2.3 1.3.0-a" },
	{ VERSIONS("patched = [\"> 1.2.3\"]\n"), "1.2.3 1.2.3+b", "1.2.4-0 1.2.4" },
	{ VERSIONS("patched = [\"> 1\"]\n"), "1.0.0", "1.0.1" },
	{ VERSIONS("patched = [\">= 2\"]\nunaffected = [\"< 1\"]\n"), "1.0.0 1.5.0-a 2.0.0-a",
	  "0.9.9 1.0.0-a 2.0.0" },
	{ VERSIONS("patched = []\nunaffected = [\"<= 1.2\"]\n"), "1.2.1 1.2.1-a 1.3.0",
	  "1.2.0 1.2.0-a" },
	{ VERSIONS("patched = [\"^1.2.3\"]\n"), "1.2.2 1.2.3-a 2.0.0-0 2.0.0", "1.2.3 1.9.0-a" },
	{ VERSIONS("patched = [\"0.3.4\"]\n"), "0.3.3 0.4.0-0 0.4.0", "0.3.4 0.3.5-a" },
	{ VERSIONS("patched = [\"^0.0.4\"]\n"), "0.0.3 0.0.5-0 0.0.5", "0.0.4" },
	{ VERSIONS("patched = [\"^0.0\"]\n"), "0.1.0-0 0.1.0", "0.0.0 0.0.9" },
	{ VERSIONS("patched = [\"^0\"]\n"), "1.0.0-0 1.0.0", "0.0.0 0.9.0" },
	{ VERSIONS("patched = [\"~1.2.3\"]\n"), "1.2.2 1.3.0-0 1.3.0", "1.2.3 1.2.4-a" },
	{ VERSIONS("patched = [\"~1\"]\n"), "0.9.9 2.0.0-0", "1.0.0 1.9.9" },
	{ VERSIONS("patched = [\"=1.2.3\"]\n"), "1.2.3-a 1.2.4", "1.2.3 1.2.3+b" },
	{ VERSIONS("patched = [\"=1.2\"]\n"), "1.2.1", "1.2.0" },
	{ VERSIONS("patched = [\"*\"]\n"), "", "0.0.0 1.0.0-a" },
	{ VERSIONS("patched = [\"^1.4.2\", \">= 1.3.5, < 1.4.0-0\"]\n"), "1.4.0-0 1.4.1 1.3.4",
	  "1.3.5 1.3.9 1.4.2" },
	{ VERSIONS("patched = [\"^18446744073709551615.1\"]\n"), "1.0.0 18446744073709551615.0.9",
	  "18446744073709551615.1.0" },
};

static void check_affected(size_t row, const struct advisory *advisory, const char *list, bool yes)
{
	struct str rest = str_of(list), word;

	while (rest.n > 0) {
		struct version v = { 0 };
		struct err err = { 0 };

		str_cut(rest, ' ', &word, &rest);
		assert_true(semver_parse(word, &v, &err));
		if (advisory_affects(advisory, &v) != yes)
			fail_msg("row %zu: " STR_FMT, row, STR_ARG(word));
	}
}

static void versions_are_affected_as_rustsec_has_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(affected); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct advisory a = advisory_of(&arena, affected[i].file);

		check_affected(i, &a, affected[i].yes, true);
		check_affected(i, &a, affected[i].no, false);
	}
}

static const struct {
	const char *text, *error;
} wrong[] = {
	{ "", "1: no 'id'" },
	{ "```toml\n", "1: the TOML behind ```toml does not end" },
	{ "```toml\nid = 1\n```\nNo heading\n", "1: no '# ' heading behind the TOML" },
	{ "```toml\nid = 1\n```\n# T\n", "2: 'id' is no text" },
	{ "```toml\nid = \"R\"\nid = \"S\"\n```\n# T\n", "3: 'id' is already defined on line 2" },
	{ "```toml\n[advisory]\nid = \"R\"\n```\n# T\n", "2: no 'package'" },
	{ "```toml\n[advisory]\nid = \"R\"\npackage = \"a\"\n```\n# T\n", "2: no 'date'" },
	{ "```toml\n[advisory]\ndate = \"2020\"\n```\n# T\n", "3: 'date' is no date" },
	{ MD("aliases = \"CVE\"\n"), "6: 'aliases' is no list of texts" },
	{ MD("aliases = [1]\n"), "6: 'aliases' is no list of texts" },
	{ MD(""), "1: no 'patched' versions" },
	{ VERSIONS("unaffected = []\n"), "6: no 'patched' versions" },
	{ VERSIONS("patched = [\"TODO\"]\n"),
	  "7: requirement 'TODO': unexpected 'T' at its major number" },
	{ VERSIONS("patched = [\"1.*\"]\n"), "7: '1.*' is no range of versions" },
	{ VERSIONS("patched = [\"> 1, > 2\"]\n"), "7: '> 1, > 2' is no range of versions" },
	{ VERSIONS("patched = [\"< 1, < 2\"]\n"), "7: '< 1, < 2' is no range of versions" },
	{ VERSIONS("patched = [\"^1, < 2\"]\n"), "7: '^1, < 2' is no range of versions" },
	{ VERSIONS("patched = [\"=1.0.0, < 2\"]\n"), "7: '=1.0.0, < 2' is no range of versions" },
	{ VERSIONS("patched = [\"> 2, < 1\"]\n"), "7: '> 2, < 1' is no range of versions" },
	{ VERSIONS("patched = [\">= 1, < 1\"]\n"), "7: '>= 1, < 1' is no range of versions" },
	{ VERSIONS("patched = []\n[affected]\nos = [2]\n"), "9: 'os' is no list of texts" },
};

static void what_is_no_advisory_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct advisory a = { .date_at = 7 };
		struct err err = { 0 };

		if (advisory_parse(&arena, str_of(wrong[i].text), &a, &err))
			fail_msg("%s: accepted", wrong[i].text);
		assert_int_equal(err.kind, ERR_INPUT);
		if (strcmp(err.text, wrong[i].error) != 0)
			fail_msg("row %zu: %s", i, err.text);
		assert_int_equal(a.date_at, 7);
	}
}

static void size_and_values_have_ceilings(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	static const char head[] = "[advisory]\n" HEAD "keywords = [";
	char *text = arena_alloc(&arena, ADVISORY_MAX_BYTES + 1);
	struct advisory a;
	struct err err = { 0 };

	memset(text, '\n', ADVISORY_MAX_BYTES + 1);
	memcpy(text, head, sizeof head - 1);
	text[sizeof head - 1] = ']';
	assert_true(advisory_parse(&arena, (struct str){ text, ADVISORY_MAX_BYTES }, &a, &err));
	assert_false(
		advisory_parse(&arena, (struct str){ text, ADVISORY_MAX_BYTES + 1 }, &a, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	for (size_t i = 0; i <= ADVISORY_VALUES_MAX; i++)
		memcpy(text + sizeof head - 1 + 3 * i, "'',", 3);
	text[sizeof head - 1 + 3 * (ADVISORY_VALUES_MAX + 1)] = ']';
	err = (struct err){ 0 };
	assert_false(advisory_parse(&arena, (struct str){ text, ADVISORY_MAX_BYTES }, &a, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

static void parse_crate_folder(const char *folder, size_t *parsed)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str_list names = { 0 };
	struct err err = { 0 };

	if (!file_list(&arena, folder, 1000, &names, &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < names.n; i++) {
		const char *path = file_join(&arena, folder, names.p[i]);
		struct advisory advisory;
		struct str bytes;

		if (!file_read(&arena, path, ADVISORY_MAX_BYTES, &bytes, &err) ||
		    !advisory_parse(&arena, bytes, &advisory, &err))
			fail_msg("%s: %s", path, err.text);
		if (!str_starts(names.p[i], advisory.id) ||
		    !str_ends(str_of(folder), advisory.package))
			fail_msg("%s: id or package is not that of its place", path);
		++*parsed;
	}
}

/* tests/check/advisory_db says where a clone is. */
static void the_whole_database_is_read(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	const char *root = getenv("RTAUDIT_TEST_ADVISORIES");
	struct str_list crates = { 0 };
	struct err err = { 0 };
	size_t parsed = 0;

	if (!root) {
		print_message("skipped: RTAUDIT_TEST_ADVISORIES names no advisory database\n");
		skip();
	}
	if (!file_list(&arena, root, 100000, &crates, &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < crates.n; i++)
		parse_crate_folder(file_join(&arena, root, crates.p[i]), &parsed);
	print_message("%zu advisories of %zu crates\n", parsed, crates.n);
	assert_true(parsed > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_taken_apart),
		cmocka_unit_test(older_and_newer_formats_are_read),
		cmocka_unit_test(kinds_are_told_apart),
		cmocka_unit_test(other_registries_are_told_apart),
		cmocka_unit_test(versions_are_affected_as_rustsec_has_it),
		cmocka_unit_test(what_is_no_advisory_is_refused),
		cmocka_unit_test(size_and_values_have_ceilings),
		cmocka_unit_test(the_whole_database_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
