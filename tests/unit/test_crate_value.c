#include "db/crate_value.h"
#include "audit/limits.h"
#include "base/file.h"
#include "db/crate_pack.h"
#include "tests/unit/index_lines.h"
#include "tests/unit/temp_db.h"
#include <spawn.h>
#include <sys/wait.h>

/* The value of lines; yanks get a date, the last version is marked removed. */
static struct str pack(struct arena *arena, const struct entry_list *entries, struct buf *to)
{
	struct kept_version *kept = arena_array(arena, entries->n, sizeof *kept);
	struct err err = { 0 };

	for (size_t i = 0; i < entries->n; i++)
		kept[i] = (struct kept_version){ entries->p[i],
			                         entries->p[i].yanked ? 1700000000 + (int64_t)i : 0,
			                         i + 1 == entries->n };
	assert_ok(crate_pack(to, kept, entries->n, &err), err);
	return buf_str(to);
}

static void assert_round_trip(const char *name, struct str lines, size_t max_bytes)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf bytes = buf_make(INDEX_FILE_MAX_BYTES);
	struct entry_list entries = entries_of(&arena, lines);
	struct str packed = pack(&arena, &entries, &bytes);
	struct crate_value value = { 0 };
	struct err err = { 0 };

	assert_ok(crate_value_open(&arena, packed, &value, &err), err);
	assert_int_equal(value.n, entries.n);
	for (uint32_t i = 0; i < value.n; i++) {
		CLEANUP(arena_free) struct arena version = { 0 };
		struct index_entry got = { 0 };
		const struct crate_head *head = &value.heads[i];

		assert_ok(crate_value_entry(&value, &version, i, i % 2 == 0, &got, &err), err);
		const char *difference = entry_difference(&entries.p[i], &got);
		if (difference)
			fail_msg("%s " STR_FMT ": another %s", name, STR_ARG(entries.p[i].vers),
			         difference);
		assert_int_equal(head->yanked_at,
		                 entries.p[i].yanked ? 1700000000 + (int64_t)i : 0);
		assert_int_equal(head->removed, i + 1 == value.n);
		assert_int_equal(crate_value_find(&value, entries.p[i].vers), i);
	}
	if (packed.n > max_bytes)
		fail_msg("%s takes %zu bytes, more than %zu", name, packed.n, max_bytes);
}

static void every_version_comes_back(void **state)
{
	(void)state;
	assert_round_trip("demo", str_of(DEMO_LINES), 600);
	assert_round_trip("nothing", STR_LIT(""), 32);
}

/* Each version changes one requirement of many, as crates of one workspace do. */
static void long_chains_come_back_and_stay_small(void **state)
{
	(void)state;
	CLEANUP(buf_free) struct buf lines = buf_make(1 << 20);

	for (int i = 0; i < 300; i++) {
		buf_printf(&lines,
		           "{\"name\":\"demo\",\"vers\":\"1.%d.0\",\"cksum\":\"" CKSUM_B
		           "\",\"deps\":[",
		           i);
		for (int dep = 0; dep < 8; dep++)
			buf_printf(&lines,
			           "%s{\"name\":\"dep-%d\",\"req\":\"^1.%d\",\"features\":[],"
			           "\"optional\":false,"
			           "\"default_features\":true,\"target\":null,\"kind\":\"normal\"}",
			           dep ? "," : "", dep, dep == i % 8 ? i : dep);
		buf_text(&lines, "],\"features\":{},\"yanked\":false}\n");
	}
	assert_round_trip("chain", buf_str(&lines), 300 * 60);
}

static void a_version_that_is_not_there_is_not_found(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf bytes = buf_make(INDEX_FILE_MAX_BYTES);
	struct entry_list entries = entries_of(&arena, str_of(DEMO_LINES));
	static const char *const absent[] = { "9.9.9", "1.0.0-rc.1", "1.0.0+build.7",
		                              "1.0",   "",           "1.0.0 " };
	struct crate_value value = { 0 };
	struct err err = { 0 };

	assert_ok(crate_value_open(&arena, pack(&arena, &entries, &bytes), &value, &err), err);
	for (size_t i = 0; i < ARRAY_LEN(absent); i++)
		if (crate_value_find(&value, str_of(absent[i])) != UINT32_MAX)
			fail_msg("'%s' is found", absent[i]);
}

/* Opens and reads all of it; what is refused must be refused as damaged. True where nothing was. */
static bool reads(struct str bytes)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct crate_value value = { 0 };
	struct err err = { 0 };
	bool ok = crate_value_open(&arena, bytes, &value, &err);

	for (uint32_t i = 0; ok && i < value.n; i++) {
		struct index_entry entry = { 0 };
		ok = crate_value_entry(&value, &arena, i, i % 2 == 0, &entry, &err);
	}
	if (!ok) {
		assert_int_equal(err.kind, ERR_STORE);
		assert_true(str_starts(str_of(err.text), STR_LIT("the stored value is damaged")));
	}
	return ok;
}

static void every_damaged_byte_is_noticed(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf bytes = buf_make(INDEX_FILE_MAX_BYTES);
	struct entry_list entries = entries_of(&arena, str_of(DEMO_LINES));
	struct str packed = pack(&arena, &entries, &bytes);

	assert_true(reads(packed));
	for (size_t i = 0; i < packed.n; i++) {
		bytes.p[i] = (char)(bytes.p[i] ^ 0x10);
		if (reads(packed))
			fail_msg("byte %zu does not count", i);
		bytes.p[i] = (char)(bytes.p[i] ^ 0x10);
		if (reads(str_sub(packed, 0, i)))
			fail_msg("%zu bytes are enough", i);
	}
}

/* Puts the right checksum on damaged bytes, so that the reader behind it must defend itself. */
static void seal(struct str bytes, char *p)
{
	uint64_t sum = packed_checksum(str_sub(bytes, CRATE_VALUE_PREFIX, bytes.n));

	for (size_t i = 0; i < 8; i++)
		p[1 + i] = (char)(unsigned char)(sum >> (8 * i));
}

static void sealed_damage_never_crashes(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf bytes = buf_make(INDEX_FILE_MAX_BYTES);
	struct entry_list entries = entries_of(&arena, str_of(DEMO_LINES));
	struct str packed = pack(&arena, &entries, &bytes);
	static const unsigned char values[] = { 0, 1, 2, 3, 0x7f, 0x80, 0xff };
	size_t refused = 0;

	for (size_t i = CRATE_VALUE_PREFIX; i < packed.n; i++) {
		char was = bytes.p[i];
		for (size_t v = 0; v < ARRAY_LEN(values); v++) {
			bytes.p[i] = (char)values[v];
			seal(packed, bytes.p);
			refused += reads(packed) ? 0 : 1;
		}
		bytes.p[i] = was;
		struct str cut = str_sub(packed, 0, i);
		seal(cut, bytes.p);
		assert_false(reads(cut));
	}
	assert_true(refused > packed.n);
}

static void a_version_text_must_be_its_numbers(void **state)
{
	(void)state;
	CLEANUP(buf_free) struct buf bytes = buf_make(INDEX_FILE_MAX_BYTES);
	struct kept_version kept = {
		.entry = { .vers = STR("01.0.0"), .version = { .major = 1 }, .v = 1 }
	};
	struct err err = { 0 };

	assert_false(crate_pack(&bytes, &kept, 1, &err));
	assert_int_equal(err.kind, ERR_INPUT);
}

/* Crates of the sample that differ in what makes them large. */
static const char *const SAMPLE[] = {
	"se/rd/serde",     "to/ki/tokio",      "we/b-/web-sys", "wi/nd/windows-sys",
	"li/bc/libc",      "sy/n/syn",         "cl/ap/clap",    "op/en/openssl-sys",
	"ac/ti/actix-web", "as/yn/async-std",  "be/vy/bevy",    "ra/nd/rand",
	"ru/st/rustls",    "aw/s-/aws-config", "3/n/num",       "re/qw/reqwest",
};

/* Unpacks the sample into the folder; false where there is none, or no tar or zstd. */
static bool unpack_sample(const char *folder)
{
	char archive[] = TEST_SHARED "/data/sparse-index.tar.zst";
	char tar[] = "tar", zstd[] = "--zstd", xf[] = "-xf", in[] = "-C";
	char *to = strdup(folder), *arguments[] = { tar, zstd, xf, archive, in, to, NULL };
	pid_t child = 0;
	int status = -1;

	if (file_is_regular(archive) &&
	    posix_spawnp(&child, "tar", NULL, NULL, arguments, environ) == 0)
		waitpid(child, &status, 0);
	free(to);
	return status == 0;
}

static void the_sample_comes_back_in_an_eighth_of_its_size(void **state)
{
	(void)state;
	CLEANUP(temp_db_free) struct temp_db temp = temp_db_make();
	size_t found = 0;

	if (!unpack_sample(temp.folder)) {
		print_message("skipped: no " TEST_SHARED
		              "/data/sparse-index.tar.zst, or no tar or zstd\n");
		skip();
	}
	for (size_t i = 0; i < ARRAY_LEN(SAMPLE); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		char path[1024];
		struct str lines = { 0 };
		struct err err = { 0 };

		snprintf(path, sizeof path, "%s/%s", temp.folder, SAMPLE[i]);
		if (!file_read(&arena, path, INDEX_FILE_MAX_BYTES, &lines, &err))
			continue;
		found++;
		assert_round_trip(SAMPLE[i], lines, lines.n / 8);
	}
	assert_true(found >= 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_version_comes_back),
		cmocka_unit_test(long_chains_come_back_and_stay_small),
		cmocka_unit_test(a_version_that_is_not_there_is_not_found),
		cmocka_unit_test(every_damaged_byte_is_noticed),
		cmocka_unit_test(sealed_damage_never_crashes),
		cmocka_unit_test(a_version_text_must_be_its_numbers),
		cmocka_unit_test(the_sample_comes_back_in_an_eighth_of_its_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
