#include "audit/lockfile.h"
#include "audit/limits.h"
#include "base/buf.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */
#include <stdio.h>

#define CRATES_IO "registry+https://github.com/rust-lang/crates.io-index"
#define SUM "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef"
#define PACKAGE(name, vers, source)                                                                \
	"[[package]]\nname = \"" name "\"\nversion = \"" vers "\"\nsource = \"" source "\"\n"
#define LOCAL(name, vers, deps)                                                                    \
	"[[package]]\nname = \"" name "\"\nversion = \"" vers "\"\ndependencies = [" deps "]\n"

/* A lock as one line: "a 1.0.0 -> b 1.0.0, b 2.0.0; b 1.0.0; …". */
static struct str shape(struct arena *arena, const struct lockfile *lock)
{
	struct str out = { 0 };

	for (uint32_t i = 0; i < lock->n; i++) {
		const struct locked_package *package = &lock->packages[i];

		out = arena_printf(arena, STR_FMT "%s" STR_FMT " " STR_FMT, STR_ARG(out),
		                   i > 0 ? "; " : "", STR_ARG(package->name),
		                   STR_ARG(package->vers));
		for (uint32_t k = 0; k < package->dep_n; k++) {
			const struct locked_package *dep = &lock->packages[package->deps[k]];
			out = arena_printf(arena, STR_FMT "%s" STR_FMT " " STR_FMT "%s",
			                   STR_ARG(out), k > 0 ? ", " : " -> ", STR_ARG(dep->name),
			                   STR_ARG(dep->vers),
			                   dep->source.kind == SOURCE_GIT ? " git" : "");
		}
	}
	return out;
}

static const struct {
	const char *what, *text;
	uint32_t version;
	const char *shape;
} good[] = {
	{ "an empty workspace", "version = 4\n", 4, "" },
	{ "a comment and a version", "# by cargo\r\nversion = 3\r\n", 3, "" },
	{ "order is made where it is missing",
	  "version = 4\n" LOCAL("b", "1.10.0", "\"a\"") LOCAL("b", "1.9.0", "\"a\",\"b 1.10.0\"")
	          LOCAL("a", "1.0.0-rc.1", ""),
	  4, "a 1.0.0-rc.1; b 1.9.0 -> a 1.0.0-rc.1, b 1.10.0; b 1.10.0 -> a 1.0.0-rc.1" },
	{ "each dependency counts once",
	  "version = 3\n" LOCAL("a", "1.0.0", "\"b\", \"b 1.0.0\",\n \"b\",")
	          LOCAL("b", "1.0.0", ""),
	  3, "a 1.0.0 -> b 1.0.0; b 1.0.0" },
	{ "a cycle", "version = 4\n" LOCAL("a", "1.0.0", "\"b\"") LOCAL("b", "1.0.0", "\"a\""), 4,
	  "a 1.0.0 -> b 1.0.0; b 1.0.0 -> a 1.0.0" },
	{ "version 1 with its root",
	  "[root]\nname = \"r\"\nversion = \"0.1.0\"\ndependencies = [\n \"a 1.0.0 (" CRATES_IO
	  ")\",\n]\n\n" PACKAGE("a", "1.0.0",
	                        CRATES_IO) "\n[metadata]\n\"checksum a 1.0.0 (" CRATES_IO
	                                   ")\" = \"" SUM "\"\n",
	  1, "a 1.0.0; r 0.1.0 -> a 1.0.0" },
	{ "version 2 leaves out what is clear",
	  LOCAL("r", "0.1.0", "\"a\"") PACKAGE("a", "1.0.0", CRATES_IO) "checksum = \"" SUM "\"\n",
	  2, "a 1.0.0; r 0.1.0 -> a 1.0.0" },
	{ "version 2 without any checksum", LOCAL("r", "0.1.0", "\"a\"") LOCAL("a", "1.0.0", ""), 2,
	  "a 1.0.0; r 0.1.0 -> a 1.0.0" },
	{ "one package alone, version 2 by its end",
	  "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n", 2, "a 1.0.0" },
	{ "one package alone, version 1 by its end",
	  "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n\n", 1, "a 1.0.0" },
	{ "CRLF",
	  "version = 4\r\n\r\n[[package]]\r\nname = \"a\"\r\nversion = \"1.0.0\"\r\ndependencies = "
	  "[\r\n \"b\",\r\n]\r\n\r\n[[package]]\r\nname = \"b\"\r\nversion = \"1.0.0\"\r\n",
	  4, "a 1.0.0 -> b 1.0.0; b 1.0.0" },
	{ "without a source the local package is meant",
	  "version = 4\n" LOCAL("r", "0.1.0", "\"a 1.0.0\"") LOCAL("a", "1.0.0", "")
	          PACKAGE("a", "1.0.0", "git+https://example.org/a#1"),
	  4, "a 1.0.0; a 1.0.0; r 0.1.0 -> a 1.0.0" },
	{ "a git source is found without its commit",
	  "version = 4\n" LOCAL("r", "0.1.0", "\"a 1.0.0 (git+https://example.org/a?tag=x)\"")
	          PACKAGE("a", "1.0.0", CRATES_IO)
	                  PACKAGE("a", "1.0.0", "git+https://example.org/a?tag=x#1")
	                          PACKAGE("a", "1.0.0", "git+https://example.org/a?tag=y#1"),
	  4, "a 1.0.0; a 1.0.0; a 1.0.0; r 0.1.0 -> a 1.0.0 git" },
	{ "a git source is found with its commit",
	  LOCAL("r", "0.1.0", "\"a 1.0.0 (git+https://example.org/a#2)\"")
	          PACKAGE("a", "1.0.0", "git+https://example.org/a#1")
	                  PACKAGE("a", "1.0.0", "git+https://example.org/a#2"),
	  1, "a 1.0.0; a 1.0.0; r 0.1.0 -> a 1.0.0 git" },
	{ "branch master was the default branch",
	  LOCAL("r", "0.1.0", "\"a 1.0.0 (git+https://example.org/a)\"")
	          PACKAGE("a", "1.0.0", "git+https://example.org/a?branch=master#1"),
	  1, "a 1.0.0; r 0.1.0 -> a 1.0.0 git" },
	{ "what is not known is passed over",
	  "version = 4\nnote = { a = [1, {b = 2}] }\n" LOCAL(
		  "a", "1.0.0", "") "extra = [[1], [2]]\n[x.y]\nz = 1\n",
	  4, "a 1.0.0" },
};

static void locks_of_every_version_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct lockfile lock = { 0 };
		struct err err = { 0 };

		if (!lockfile_parse(&arena, str_of(good[i].text), STR_LIT("Cargo.lock"), &lock,
		                    &err))
			fail_msg("%s: %s", good[i].what, err.text);
		struct str got = shape(&arena, &lock);
		if (lock.version != good[i].version || !str_eq(got, str_of(good[i].shape)))
			fail_msg("%s: version %u, " STR_FMT, good[i].what, lock.version,
			         STR_ARG(got));
	}
}

static const struct {
	const char *what, *text, *message;
} bad[] = {
	{ "nothing", "", "Cargo.lock: the file is empty, not a lock" },
	{ "only a comment", "# hello\n", "Cargo.lock: the file is empty, not a lock" },
	{ "a manifest", "\n[package]\nname = \"a\"\nversion = \"1.0.0\"\n",
	  "Cargo.lock:2: this is a manifest (Cargo.toml), not a lock (Cargo.lock)" },
	{ "a virtual manifest", "[workspace]\nmembers = [\"a\"]\n",
	  "Cargo.lock:1: this is a manifest (Cargo.toml), not a lock (Cargo.lock)" },
	{ "a configuration", "version = 2\n[advisories]\nignore = []\n",
	  "Cargo.lock:2: this is TOML but not a lock: it has 'advisories' and no [[package]]" },
	{ "only metadata", "[metadata]\n",
	  "Cargo.lock: the file has no [[package]]: it is not a lock" },
	{ "no TOML", "{ \"packages\": [] }\n", "Cargo.lock:1: " },
	{ "NUL bytes would end a text", "version = 4\n\x01\n", "Cargo.lock:2: " },
	{ "version 5", "# x\nversion = 5\n",
	  "Cargo.lock:2: a lock of version 5, made by a newer cargo; versions 1 to 4 are known" },
	{ "version 0", "version = 0\n",
	  "Cargo.lock:1: 'version' of a lock is not a number from 1 to 4" },
	{ "version as text", "version = \"4\"\n",
	  "Cargo.lock:1: 'version' of a lock is not a number from 1 to 4" },
	{ "a conflict between packages",
	  "version = 4\n" LOCAL("a", "1.0.0", "") "<<<<<<< HEAD\n" LOCAL("b", "1.0.0",
	                                                                 "") "=======\n>>>>>>> x\n",
	  "Cargo.lock:6: an unresolved merge conflict; resolve it, or restore the file" },
	{ "a conflict in an array",
	  "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\ndependencies = "
	  "[\n<<<<<<< HEAD\n \"b\",\n=======\n>>>>>>> x\n]\n",
	  "Cargo.lock:6: an unresolved merge conflict; resolve it, or restore the file" },
	{ "cut off", "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0", "Cargo.lock:4: " },
	{ "no version", "version = 4\n[[package]]\nname = \"tokio\"\n\n[[package]]\nname = \"b\"\n",
	  "Cargo.lock:2: package 'tokio' has no version" },
	{ "no version at the end", "version = 4\n[[package]]\nname = \"tokio\"\n",
	  "Cargo.lock:2: package 'tokio' has no version" },
	{ "no name", "version = 4\n[[package]]\nversion = \"1.0.0\"\n",
	  "Cargo.lock:2: a package without a name" },
	{ "an empty name", "version = 4\n" LOCAL("", "1.0.0", ""),
	  "Cargo.lock:3: '' is no package name" },
	{ "a name with a blank", "version = 4\n" LOCAL("a b", "1.0.0", ""),
	  "Cargo.lock:3: 'a b' is no package name" },
	{ "a name that is a number", "version = 4\n[[package]]\nname = 1\n",
	  "Cargo.lock:3: 'name' is not a string" },
	{ "a key twice", "version = 4\n[[package]]\nname = \"a\"\nname = \"b\"\n",
	  "Cargo.lock:4: 'name' stands twice in one package" },
	{ "no semver", "version = 4\n" LOCAL("a", "1.0", ""), "Cargo.lock:4: " },
	{ "an unknown source", "version = 4\n" PACKAGE("a", "1.0.0", "svn+x"),
	  "Cargo.lock:5: source 'svn+x' is of an unknown kind" },
	{ "a short checksum",
	  "version = 4\n" PACKAGE("a", "1.0.0", CRATES_IO) "checksum = \"12\"\n",
	  "Cargo.lock:6: checksum '12' does not have 64 hexadecimal digits" },
	{ "twice",
	  "version = 4\n" LOCAL("a", "1.0.0", "") LOCAL("b", "1.0.0", "") LOCAL("a", "1.0.0", ""),
	  "Cargo.lock:10: package 'a 1.0.0' stands in line 2 already" },
	{ "a dangling dependency", "version = 4\n" LOCAL("a", "1.0.0", "\n \"b\",\n"),
	  "Cargo.lock:6: package 'a' depends on 'b', which is not in the lock" },
	{ "a dangling version",
	  "version = 4\n" LOCAL("a", "1.0.0", "\"b 2.0.0\"") LOCAL("b", "1.0.0", ""),
	  "Cargo.lock:5: package 'a' depends on 'b 2.0.0', which is not in the lock" },
	{ "a dangling source",
	  "version = 4\n" LOCAL("a", "1.0.0", "\"b 1.0.0 (git+https://example.org/b)\"")
	          PACKAGE("b", "1.0.0", CRATES_IO),
	  "Cargo.lock:5: package 'a' depends on 'b 1.0.0 (git+https://example.org/b)', which is "
	  "not in the lock" },
	{ "two versions fit",
	  "version = 4\n" LOCAL("a", "1.0.0", "\"b\"") LOCAL("b", "1.0.0", "")
	          LOCAL("b", "2.0.0", ""),
	  "Cargo.lock:5: package 'a' depends on 'b', which fits 2 packages of the lock" },
	{ "two sources fit",
	  "version = 4\n" LOCAL("a", "1.0.0", "\"b 1.0.0\"") PACKAGE("b", "1.0.0", CRATES_IO)
	          PACKAGE("b", "1.0.0", "git+https://example.org/b#1"),
	  "Cargo.lock:5: package 'a' depends on 'b 1.0.0', which fits 2 packages of the lock" },
	{ "a dependency that is a number", "version = 4\n" LOCAL("a", "1.0.0", "1"),
	  "Cargo.lock:5: 'dependencies' is not an array of strings" },
	{ "dependencies that are a text",
	  "version = 4\n[[package]]\nname=\"a\"\nversion=\"1.0.0\"\ndependencies=\"b\"",
	  "Cargo.lock:5: 'dependencies' is not an array of strings" },
	{ "a source without brackets", "version = 4\n" LOCAL("a", "1.0.0", "\"b 1.0.0 x\""),
	  "Cargo.lock:5: 'b 1.0.0 x' is not written as \"name version (source)\"" },
	{ "a dangling replacement",
	  "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nreplace = \"b 1.0.0\"\n",
	  "Cargo.lock:5: package 'a' depends on 'b 1.0.0', which is not in the lock" },
	{ "metadata that is no text",
	  LOCAL("a", "1.0.0", "") "[metadata]\n\"checksum a 1.0.0\" = 1\n",
	  "Cargo.lock:6: 'checksum a 1.0.0' is not a string" },
};

static void what_is_no_lock_is_told_with_its_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct lockfile lock = { .version = 99 };
		struct err err = { 0 };

		if (lockfile_parse(&arena, str_of(bad[i].text), STR_LIT("Cargo.lock"), &lock, &err))
			fail_msg("%s: accepted", bad[i].what);
		/* What ends in a colon and a blank is the TOML reader's sentence. */
		if (!str_starts(str_of(err.text), str_of(bad[i].message)) ||
		    (!str_ends(str_of(bad[i].message), STR_LIT(": ")) &&
		     strcmp(err.text, bad[i].message) != 0))
			fail_msg("%s: %s", bad[i].what, err.text);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_int_equal(lock.version, 99);
	}
}

static void fields_of_a_package_are_kept(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct lockfile lock = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_true(lockfile_parse(
			    &arena,
			    STR_LIT("version = 3\n" PACKAGE(
				    "a", "1.0.0",
				    CRATES_IO) "replace = \"a 1.0.0 (git+https://"
	                                       "example.org/a)\"\n" PACKAGE(
						       "a", "1.0.0",
						       "git+https://example.org/a?rev=12#1234")
	                                               PACKAGE("b", "2.0.0+x",
	                                                       CRATES_IO) "checksum = \"" SUM "\"\n"
	                                                                  "[[patch.unused]]\nname "
	                                                                  "= \"c\"\nversion = "
	                                                                  "\"3.0.0\"\n"),
			    STR_LIT("Cargo.lock"), &lock, &err) == false);
	assert_string_equal(err.text, "Cargo.lock:6: package 'a' depends on 'a 1.0.0 "
	                              "(git+https://example.org/a)', which is not in the lock");
	assert_true(lockfile_parse(
		&arena,
		STR_LIT("version = 3\n" PACKAGE(
			"a", "1.0.0",
			CRATES_IO) "replace = \"a 1.0.0 (git+https://"
	                           "example.org/a?rev=12)\"\n" PACKAGE(
					   "a", "1.0.0", "git+https://example.org/a?rev=12#1234")
	                                   PACKAGE("b", "2.0.0+x",
	                                           CRATES_IO) "checksum = \"" SUM "\"\n"
	                                                      "[[patch.unused]]\nname = "
	                                                      "\"c\"\nversion = \"3.0.0\"\n"),
		STR_LIT("Cargo.lock"), &lock, &err));
	assert_int_equal(lock.n, 3);
	assert_int_equal(lock.unused_n, 1);
	assert_true(str_eq(lock.unused_patches[0].name, STR_LIT("c")));
	const struct locked_package *git = &lock.packages[0], *a = &lock.packages[1],
				    *b = &lock.packages[2];
	assert_int_equal(git->source.kind, SOURCE_GIT);
	assert_int_equal(git->line, 7);
	assert_int_equal(git->replace, PACKAGE_NONE);
	assert_true(str_eq(git->source.commit, STR_LIT("1234")));
	assert_int_equal(a->replace, 0);
	assert_true(a->source.is_crates_io);
	assert_true(str_eq(b->vers, STR_LIT("2.0.0+x")));
	assert_true(str_eq(b->version.build, STR_LIT("x")));
	assert_true(str_eq(b->checksum, STR_LIT(SUM)));
}

static void checksums_of_version_1_find_their_package(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct lockfile lock = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_true(lockfile_parse(
		&arena,
		STR_LIT(PACKAGE("a", "1.0.0", CRATES_IO) PACKAGE(
			"b", "1.0.0",
			CRATES_IO) "[metadata]\nother = \"x\"\n\"checksum a 1.0.0 (" CRATES_IO
	                           ")\" = \"" SUM "\"\n\"checksum b 1.0.0 (" CRATES_IO
	                           ")\" = \"<none>\"\n"
	                           "\"checksum gone 1.0.0 (" CRATES_IO ")\" = \"" SUM "\"\n"),
		STR_LIT("Cargo.lock"), &lock, &err));
	assert_int_equal(lock.version, 1);
	assert_true(str_eq(lock.packages[0].checksum, STR_LIT(SUM)));
	assert_int_equal(lock.packages[1].checksum.n, 0);
}

/* A lock one step above a ceiling: a head, n times an item with its number behind it where it ends
 * in '.', and an end. */
static void refuses_above(const char *head, size_t n, const char *item, const char *end,
                          const char *message)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf text = buf_make(LOCK_MAX_BYTES);
	struct lockfile lock = { 0 };
	struct err err = { 0 };

	buf_text(&text, head);
	for (size_t i = 0; i < n; i++) {
		buf_text(&text, item);
		if (str_ends(str_of(item), STR_LIT(".")))
			buf_printf(&text, "%zu\"\n", i);
	}
	buf_text(&text, end);
	assert_true(buf_done(&text, "lock", &err));
	assert_false(lockfile_parse(&arena, buf_str(&text), STR_LIT("Cargo.lock"), &lock, &err));
	assert_string_equal(err.text, message);
	assert_int_equal(err.kind, ERR_LIMIT);
}

static void packages_are_found_by_name(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		uint32_t first, n;
	} rows[] = { { "a", 0, 1 }, { "b", 1, 2 },  { "c", 3, 1 },
		     { "", 0, 0 },  { "aa", 1, 0 }, { "d", 4, 0 } };
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct lockfile lock;
	struct err err = { 0 };

	assert_true(lockfile_parse(&arena,
	                           STR_LIT("version = 4\n"
	                                   "[[package]]\nname = \"c\"\nversion = \"1.0.0\"\n"
	                                   "[[package]]\nname = \"b\"\nversion = \"2.0.0\"\n"
	                                   "[[package]]\nname = \"b\"\nversion = \"1.0.0\"\n"
	                                   "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n"),
	                           STR_LIT("Cargo.lock"), &lock, &err));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str name = str_of(rows[i].name);
		uint32_t first = lockfile_first(&lock, name), n = 0;

		while (lockfile_names(&lock, first + n, name))
			n++;
		if (first != rows[i].first || n != rows[i].n)
			fail_msg("%s: %u packages from %u", rows[i].name, n, first);
	}
	lock.n = 0;
	assert_int_equal(lockfile_first(&lock, STR_LIT("a")), 0);
}

static void ceilings_hold(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf text = buf_make(LOCK_MAX_BYTES + 1);
	struct lockfile lock = { 0 };
	struct err err = { 0 };

	(void)state;
	refuses_above("", LOCK_PACKAGES_MAX + 1, "[[package]]\nname=\"a\"\nversion=\"1.9.", "",
	              "Cargo.lock:150001: more than 50000 packages in a lock");
	refuses_above("[[package]]\nname=\"a\"\nversion=\"1.0.0\"\ndependencies=[",
	              LOCK_EDGES_MAX + 1, "\"b\",\n", "]",
	              "Cargo.lock:1000004: more than 1000000 dependencies in a lock");
	refuses_above("", LOCK_SAME_VERSION_MAX + 1,
	              "[[package]]\nname=\"a\"\nversion=\"1.0.0\"\nsource=\"sparse+https://"
	              "example.org/9.",
	              "", "Cargo.lock:37: more than 16 packages 'a 1.0.0'");
	refuses_above("", LOCK_SAME_NAME_MAX + 1, "[[package]]\nname=\"a\"\nversion=\"1.9.", "",
	              "Cargo.lock:3001: more than 1000 packages 'a'");
	for (size_t i = 0; i < LOCK_REGISTRIES_MAX + 1; i++)
		buf_printf(&text,
		           "[[package]]\nname=\"a%zu\"\nversion=\"1.0.0\"\n"
		           "source=\"sparse+https://example.org/%zu/\"\n",
		           i, i);
	assert_false(lockfile_parse(&arena, buf_str(&text), STR_LIT("Cargo.lock"), &lock, &err));
	if (!str_ends(str_of(err.text), STR_LIT(": more than 1000 registries in a lock")))
		fail_msg("%s", err.text);
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_clear(&text);
	buf_repeat(&text, '\n', LOCK_MAX_BYTES + 1);
	assert_false(lockfile_parse(&arena, buf_str(&text), STR_LIT("Cargo.lock"), &lock, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

/* The corpus: every lock is read, or refused for what its table says of it. */
static struct str read_whole(struct arena *arena, const char *path)
{
	FILE *file = fopen(path, "re");
	struct buf text = buf_make(LOCK_MAX_BYTES);
	struct str out;
	size_t got = 1;

	if (!file)
		return (struct str){ 0 };
	for (char *room; got > 0 && (room = buf_room(&text, 65536)); text.n += got)
		got = fread(room, 1, 65536, file);
	fclose(file);
	out = arena_str(arena, buf_str(&text));
	buf_free(&text);
	return out;
}

static struct str column(struct str line, size_t i)
{
	struct str field = { 0 };

	for (size_t k = 0; k <= i; k++)
		str_cut(line, '\t', &field, &line);
	return field;
}

static void check_lock(struct arena *arena, const char *path, struct str vers, uint64_t packages,
                       bool broken, const uint64_t *edges)
{
	struct lockfile lock = { 0 };
	struct err err = { 0 };
	uint64_t edge_n = 0;
	bool ok = lockfile_parse(arena, read_whole(arena, path), str_of(path), &lock, &err);

	if (ok == broken)
		fail_msg("%s: %s", path, broken ? "accepted" : err.text);
	if (broken) {
		assert_int_equal(err.kind, ERR_INPUT);
		assert_true(str_starts(str_of(err.text), str_of(path)));
		return;
	}
	if (lock.n != packages)
		fail_msg("%s: %u packages", path, lock.n);
	if (lock.version != (uint32_t)(vers.p[vers.n - 1] - '0'))
		fail_msg("%s: version %u", path, lock.version);
	for (uint32_t i = 0; i < lock.n; i++)
		edge_n += lock.packages[i].dep_n;
	if (edges && edge_n != *edges)
		fail_msg("%s: %zu edges", path, (size_t)edge_n);
}

static void every_lock_of_the_corpus_is_read(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str rows = read_whole(&arena, TEST_SHARED "/data/corpus/locks.tsv"), row;
	size_t n = 0;

	(void)state;
	if (rows.n == 0) {
		print_message("skipped: no corpus at " TEST_SHARED "\n");
		skip();
	}
	str_cut(rows, '\n', &row, &rows);
	for (; str_cut(rows, '\n', &row, &rows) && row.n > 0; n++) {
		struct str path = arena_printf(&arena, TEST_SHARED "/data/corpus/locks/" STR_FMT,
		                               STR_ARG(column(row, 0)));
		uint64_t packages = 0, edges = 0;

		assert_true(str_to_u64(column(row, 6), &packages) &&
		            str_to_u64(column(row, 9), &edges));
		packages += str_starts(column(row, 8),
		                       STR_LIT("root")); /* the table counts [[package]] */
		check_lock(&arena, path.p, column(row, 5), packages, column(row, 10).n > 0, &edges);
	}
	assert_int_equal(n, 72);
}

static void every_project_of_the_corpus_is_read(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct str rows = read_whole(&arena, TEST_SHARED "/data/corpus/corpus.tsv"), row;
	size_t n = 0;

	(void)state;
	if (rows.n == 0) {
		print_message("skipped: no corpus at " TEST_SHARED "\n");
		skip();
	}
	str_cut(rows, '\n', &row, &rows);
	for (; str_cut(rows, '\n', &row, &rows) && row.n > 0; n++) {
		struct str path = arena_printf(
			&arena, TEST_SHARED "/data/corpus/" STR_FMT "/ws/" STR_FMT "/Cargo.lock",
			STR_ARG(column(row, 0)), STR_ARG(column(row, 5)));
		uint64_t packages = 0;

		assert_true(str_to_u64(column(row, 7), &packages));
		check_lock(&arena, path.p, column(row, 6), packages, false, NULL);
	}
	assert_int_equal(n, 26);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(locks_of_every_version_are_read),
		cmocka_unit_test(what_is_no_lock_is_told_with_its_line),
		cmocka_unit_test(fields_of_a_package_are_kept),
		cmocka_unit_test(checksums_of_version_1_find_their_package),
		cmocka_unit_test(packages_are_found_by_name),
		cmocka_unit_test(ceilings_hold),
		cmocka_unit_test(every_lock_of_the_corpus_is_read),
		cmocka_unit_test(every_project_of_the_corpus_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
