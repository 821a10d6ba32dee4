#include "db/fact_rack.h"
#include <stdio.h>
#include "tests/unit/unit.h"

/* A version on a shelf, with `bytes` of facts. */
static struct rack_version *put(struct fact_rack *rack, struct shelf *shelf, const char *name,
                                const char *vers, size_t bytes)
{
	struct wanted key = { STR("crates-io"), str_of(name), str_of(vers) };
	struct rack_version *version = shelf_add(shelf, &key);

	arena_alloc(&shelf->arena, bytes);
	version->facts.releases = (uint32_t)bytes;
	rack_put(rack, version);
	return version;
}

static struct rack_version *find(struct fact_rack *rack, const char *registry, const char *name,
                                 const char *vers)
{
	struct wanted key = { str_of(registry), str_of(name), str_of(vers) };

	return rack_find(rack, &key);
}

static void versions_are_found_by_registry_name_and_version(void **state)
{
	(void)state;
	struct fact_rack rack = { .max_bytes = 1 << 20 };
	struct shelf *shelf = shelf_make();

	assert_null(find(&rack, "crates-io", "a", "1.0.0"));
	struct rack_version *a = put(&rack, shelf, "a", "1.0.0", 8);
	struct rack_version *b = put(&rack, shelf, "a", "2.0.0", 8);
	put(&rack, shelf, "a", "1.0.0", 16); /* the first one stays */
	shelf_release(shelf);
	assert_ptr_equal(find(&rack, "crates-io", "a", "1.0.0"), a);
	assert_ptr_equal(find(&rack, "crates-io", "a", "2.0.0"), b);
	assert_null(find(&rack, "crates-io", "a", "1.0.1"));
	assert_null(find(&rack, "elsewhere", "a", "1.0.0"));
	assert_null(find(&rack, "crates-io", "aa", "1.0.0"));
	rack_free(&rack);
}

static void many_crates_are_found_after_growing(void **state)
{
	(void)state;
	struct fact_rack rack = { .max_bytes = 64 << 20 };
	char name[16];

	for (int i = 0; i < 2000; i++) {
		struct shelf *shelf = shelf_make();

		snprintf(name, sizeof name, "crate-%d", i);
		put(&rack, shelf, name, "1.0.0", (size_t)i + 1);
		shelf_release(shelf);
	}
	assert_int_equal(rack.crates, 2000);
	for (int i = 0; i < 2000; i++) {
		snprintf(name, sizeof name, "crate-%d", i);
		struct rack_version *version = find(&rack, "crates-io", name, "1.0.0");

		assert_non_null(version);
		assert_int_equal(version->facts.releases, i + 1);
	}
	rack_forget_all(&rack);
	assert_int_equal(rack.crates, 0);
	assert_int_equal(rack.bytes, 0);
	rack_free(&rack);
}

static void a_forgotten_crate_takes_its_versions_alone(void **state)
{
	(void)state;
	struct fact_rack rack = { .max_bytes = 1 << 20 };
	struct shelf *shelf = shelf_make();

	put(&rack, shelf, "a", "1.0.0", 8);
	put(&rack, shelf, "b", "1.0.0", 8);
	struct rack_version *old = put(&rack, shelf, "a", "2.0.0", 8);
	rack_forget_crate(&rack, STR_LIT("elsewhere"), STR_LIT("a"));
	assert_ptr_equal(find(&rack, "crates-io", "a", "2.0.0"), old);
	rack_forget_crate(&rack, STR_LIT("crates-io"), STR_LIT("a"));
	assert_null(find(&rack, "crates-io", "a", "1.0.0"));
	assert_null(find(&rack, "crates-io", "a", "2.0.0"));
	assert_non_null(find(&rack, "crates-io", "b", "1.0.0"));
	rack_forget_crate(&rack, STR_LIT("crates-io"), STR_LIT("b"));
	assert_int_equal(rack.crates, 0);
	assert_int_equal(rack.bytes, 0);
	/* Who holds the shelf still reads what lies on it. */
	assert_true(str_eq(old->key.vers, STR_LIT("2.0.0")));
	shelf_release(shelf);
	rack_free(&rack);
}

static void the_longest_unused_shelves_go_and_none_on_loan(void **state)
{
	(void)state;
	enum { SHELVES = 8, BYTES = 10000 };
	struct fact_rack rack = { .max_bytes = 4 * (BYTES + 2000) };
	struct shelf *shelves[SHELVES];
	char name[8];

	for (int i = 0; i < SHELVES; i++) {
		shelves[i] = shelf_make();
		snprintf(name, sizeof name, "c%d", i);
		put(&rack, shelves[i], name, "1.0.0", BYTES);
		if (i != 2)
			shelf_release(shelves[i]); /* shelf 2 is on loan */
	}
	assert_true(rack.bytes > SHELVES * BYTES);
	assert_non_null(find(&rack, "crates-io", "c0", "1.0.0"));
	rack_trim(&rack, rack.max_bytes);
	assert_true(rack.bytes <= rack.max_bytes);
	static const bool stays[SHELVES] = { true, false, true, false, false, false, true, true };
	for (int i = 0; i < SHELVES; i++) {
		snprintf(name, sizeof name, "c%d", i);
		if ((find(&rack, "crates-io", name, "1.0.0") != NULL) != stays[i])
			fail_msg("shelf %d %s", i, stays[i] ? "is gone" : "is there");
	}
	rack.max_bytes = 0;
	rack_trim(&rack, rack.max_bytes);
	assert_non_null(find(&rack, "crates-io", "c2", "1.0.0"));
	assert_null(find(&rack, "crates-io", "c7", "1.0.0"));
	shelf_release(shelves[2]);
	rack_trim(&rack, rack.max_bytes);
	assert_int_equal(rack.bytes, 0);
	rack_free(&rack);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_are_found_by_registry_name_and_version),
		cmocka_unit_test(many_crates_are_found_after_growing),
		cmocka_unit_test(a_forgotten_crate_takes_its_versions_alone),
		cmocka_unit_test(the_longest_unused_shelves_go_and_none_on_loan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
