#include "crawler/pack_order.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/vec.h"
#include "tests/unit/temp_git.h"

enum { BLOBS = 40, LINES = 50 };

/* A repository with one pack of blobs that differ a little from one another. */
struct world {
	struct arena arena;
	struct temp_db temp;
	struct temp_git git;
	const char *folder; /* of the packs */
	git_oid ids[BLOBS];
	struct str index, pack;
};

static void world_open(struct world *world)
{
	git_packbuilder *builder = NULL;
	struct str_list names = { 0 };
	struct err err = { 0 };

	*world = (struct world){ .temp = temp_db_make() };
	const char *repository = file_join(&world->arena, world->temp.folder, STR_LIT("r.git"));
	temp_git_make(&world->git, repository);
	assert_git(git_packbuilder_new(&builder, world->git.repository));
	for (int i = 0; i < BLOBS; i++) {
		struct buf text = buf_make(1 << 20);

		for (int k = 0; k <= LINES + i; k++)
			buf_printf(&text, "%d: line %d of a file\n", i % 4, k * k);
		assert_git(git_blob_create_from_buffer(&world->ids[i], world->git.repository,
		                                       text.p, text.n));
		assert_git(git_packbuilder_insert(builder, &world->ids[i], "name"));
		buf_free(&text);
	}
	world->folder = file_join(&world->arena, repository, STR_LIT("objects/pack"));
	assert_git(git_packbuilder_write(builder, world->folder, 0, NULL, NULL));
	git_packbuilder_free(builder);
	assert_ok(file_list(&world->arena, world->folder, 10, &names, &err), err);
	for (size_t i = 0; i < names.n; i++) {
		struct str *out =
			str_ends(names.p[i], STR_LIT(".idx")) ? &world->index : &world->pack;

		assert_ok(file_read(&world->arena,
		                    file_join(&world->arena, world->folder, names.p[i]), 1 << 20,
		                    out, &err),
		          err);
	}
}

static void world_close(struct world *world)
{
	temp_git_free(&world->git);
	temp_db_free(&world->temp);
	arena_free(&world->arena);
}

static void every_base_comes_before_what_is_packed_against_it(void **state)
{
	(void)state;
	struct world world;
	size_t deltas = 0, turn[BLOBS + 1] = { 0 };

	world_open(&world);
	git_oid ids[BLOBS + 1];
	memcpy(ids, world.ids, sizeof world.ids);
	ids[BLOBS] = (git_oid){ { 7 } }; /* in no pack */
	const uint32_t *order = pack_order_make(&world.arena, world.folder, ids, BLOBS + 1);

	for (size_t i = 0; i <= BLOBS; i++) {
		assert_in_range(order[i], 0, BLOBS);
		assert_int_equal(turn[order[i]], 0);
		turn[order[i]] = i + 1;
	}
	assert_int_equal(order[BLOBS], BLOBS);
	for (size_t i = 0; i < BLOBS; i++) {
		uint64_t at = pack_order_place(world.index, &ids[i]);
		uint64_t base = pack_order_base(world.index, world.pack, at);

		assert_true(at >= 12);
		deltas += base != 0;
		for (size_t k = 0; base != 0 && k < BLOBS; k++)
			if (pack_order_place(world.index, &ids[k]) == base && turn[k] >= turn[i])
				fail_msg("%zu is read before its base %zu", i, k);
	}
	assert_true(deltas > BLOBS / 2);
	world_close(&world);
}

static void what_is_cut_off_or_damaged_costs_the_order_alone(void **state)
{
	(void)state;
	struct world world;
	git_oid stranger = { { 7 } };

	world_open(&world);
	uint64_t at = pack_order_place(world.index, &world.ids[3]);

	assert_int_equal(pack_order_place(world.index, &stranger), 0);
	assert_int_equal(pack_order_place(str_sub(world.index, 0, 1031), &world.ids[3]), 0);
	/* too short for its 40 names, checksums and places */
	assert_int_equal(
		pack_order_place(str_sub(world.index, 0, 1032 + 40 * 28 - 1), &world.ids[3]), 0);
	assert_int_equal(pack_order_place(str_sub(world.index, 0, 1032 + 40 * 28), &world.ids[3]),
	                 at);
	assert_int_equal(pack_order_base(world.index, world.pack, world.pack.n), 0);
	assert_int_equal(pack_order_base(world.index, STR_LIT("\xe1"), 0), 0);
	/* a distance that leads before the pack, one without an end, one that is whole */
	assert_int_equal(pack_order_base(world.index, STR_LIT("xx\x61\x05"), 2), 0);
	assert_int_equal(pack_order_base(world.index, STR_LIT("xx\x61\xff\xff"), 2), 0);
	assert_int_equal(pack_order_base(world.index, STR_LIT("xx\x61\x01"), 2), 1);
	const uint32_t *order = pack_order_make(&world.arena, "/nonexistent", world.ids, BLOBS);
	for (size_t i = 0; i < BLOBS; i++)
		assert_int_equal(order[i], i);
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_base_comes_before_what_is_packed_against_it),
		cmocka_unit_test(what_is_cut_off_or_damaged_costs_the_order_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
