#include "audit/platform.h"
#include "audit/platform_table.h"
#include "tests/unit/unit.h"
#include <stdlib.h>

/* The expectations of this file were printed by rustc 1.95.0; tests/check/platform_table compares
 * all targets. */

static int cmp_texts(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* A set as sorted lines, joined by spaces. */
static struct str set_text(struct arena *arena, const struct cfg_set *set)
{
	struct str *lines = arena_array(arena, set->n, sizeof *lines);
	struct str text = { 0 };

	for (size_t i = 0; i < set->n; i++) {
		const struct cfg_item *item = &set->p[i];

		lines[i] = item->has_value ? arena_printf(arena, STR_FMT "=\"" STR_FMT "\"",
		                                          STR_ARG(item->key), STR_ARG(item->value))
		                           : item->key;
	}
	qsort(lines, set->n, sizeof *lines, cmp_texts);
	for (size_t i = 0; i < set->n; i++)
		text = arena_printf(arena, STR_FMT "%s" STR_FMT, STR_ARG(text), i > 0 ? " " : "",
		                    STR_ARG(lines[i]));
	return text;
}

static struct cfg_set set_of(struct arena *arena, const char *triple)
{
	struct cfg_set set = { 0 };
	struct err err = { 0 };

	if (!platform_cfg(arena, str_of(triple), &set, &err))
		fail_msg("%s", err.text);
	return set;
}

static const struct {
	const char *triple, *set;
} known[] = {
	{ "x86_64-unknown-linux-gnu",
	  "debug_assertions panic=\"unwind\" target_abi=\"\" target_arch=\"x86_64\" "
	  "target_endian=\"little\" target_env=\"gnu\" target_family=\"unix\" "
	  "target_feature=\"fxsr\" target_feature=\"sse\" target_feature=\"sse2\" "
	  "target_has_atomic=\"16\" target_has_atomic=\"32\" target_has_atomic=\"64\" "
	  "target_has_atomic=\"8\" target_has_atomic=\"ptr\" target_os=\"linux\" "
	  "target_pointer_width=\"64\" target_vendor=\"unknown\" unix" },
	{ "thumbv6m-none-eabi",
	  "debug_assertions panic=\"abort\" target_abi=\"eabi\" target_arch=\"arm\" "
	  "target_endian=\"little\" target_env=\"\" target_os=\"none\" "
	  "target_pointer_width=\"32\" target_vendor=\"unknown\"" },
};

static void sets_are_those_of_rustc(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct cfg_set set = set_of(&arena, known[i].triple);
		struct str text = set_text(&arena, &set);

		if (!str_eq(text, str_of(known[i].set)))
			fail_msg("%s: " STR_FMT, known[i].triple, STR_ARG(text));
	}
}

static void the_table_is_whole(void **state)
{
	(void)state;
	assert_int_equal(platform_row_n, 320);
	for (size_t i = 0; i < platform_row_n; i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		char triple[PLATFORM_TRIPLE_BYTES + 1] = { 0 };
		struct cfg_set set;

		memcpy(triple, platform_rows[i].triple, PLATFORM_TRIPLE_BYTES);
		set = set_of(&arena, triple); /* by binary search: the rows are sorted */
		assert_true(set.n > 6);
		for (size_t j = 0; j < PLATFORM_ITEMS_MAX; j++)
			assert_true(platform_rows[i].items[j] <= platform_item_n);
	}
	for (size_t i = 0; i < platform_arch_n; i++) {
		const struct platform_arch *arch = &platform_archs[i];

		for (size_t j = 0; j < (size_t)arch->n * PLATFORM_IMPLIES_MAX; j++)
			assert_true(platform_features[arch->first + j / PLATFORM_IMPLIES_MAX]
			                    .implies[j % PLATFORM_IMPLIES_MAX] <= arch->n);
	}
}

static void the_host_is_a_platform(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct cfg_set set = { 0 };
	struct err err = { 0 };

	if (!platform_cfg(&arena, platform_host(), &set, &err))
		fail_msg("%s", err.text);
}

static const struct {
	const char *triple, *error;
} unknown[] = {
	{ "x86_64-unkown-linux-gnu",
	  "unknown target 'x86_64-unkown-linux-gnu'; is 'x86_64-unknown-linux-gnu' meant?" },
	{ "wasm32-unknown-unknow",
	  "unknown target 'wasm32-unknown-unknow'; is 'wasm32-unknown-unknown' meant?" },
	{ "my-own-board.json", "unknown target 'my-own-board.json'" },
	{ "", "unknown target ''" },
	{ "x86_64-unknown-linux-gnu\x1b", "unknown target 'x86_64-unknown-linux-gnu\\x1b'; is "
	                                  "'x86_64-unknown-linux-gnu' meant?" },
};

static void unknown_targets_are_refused_with_the_nearest(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(unknown); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct cfg_set set = { 0 };
		struct err err = { 0 };

		if (platform_cfg(&arena, str_of(unknown[i].triple), &set, &err))
			fail_msg("%s: accepted", unknown[i].triple);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_string_equal(err.text, unknown[i].error);
		assert_int_equal(set.n, 0);
	}
}

/* Flags separated by spaces; `more` and `less` are the items that come and go. */
static const struct {
	const char *triple, *flags, *more, *less;
} flag_cases[] = {
	{ "x86_64-unknown-linux-gnu", "-g -Clto -C link-arg=-s --cap-lints warn", "", "" },
	{ "x86_64-unknown-linux-gnu", "--cfg tokio_unstable --cfg=a=\"b\" --cfg unix",
	  "tokio_unstable a=\"b\"", "" },
	{ "x86_64-unknown-linux-gnu", "--cfg proc_macro --cfg a-b --cfg", "", "" },
	{ "x86_64-unknown-linux-gnu", "-C panic=abort", "panic=\"abort\"", "panic=\"unwind\"" },
	{ "x86_64-unknown-linux-gnu", "--codegen=panic=abort --codegen panic=unwind", "", "" },
	{ "x86_64-unknown-linux-gnu", "-O", "", "debug_assertions" },
	{ "x86_64-unknown-linux-gnu", "-O -Copt-level=0", "", "" },
	{ "x86_64-unknown-linux-gnu", "-C opt_level=s", "", "debug_assertions" },
	{ "x86_64-unknown-linux-gnu", "-O -C debug-assertions", "", "" },
	{ "x86_64-unknown-linux-gnu", "-C debug-assertions=off", "", "debug_assertions" },
	{ "x86_64-unknown-linux-gnu", "-Ctarget-feature=+avx,+nonsense,avx2",
	  "target_feature=\"avx\" target_feature=\"sse3\" target_feature=\"ssse3\" "
	  "target_feature=\"sse4.1\" target_feature=\"sse4.2\"",
	  "" },
	{ "x86_64-unknown-linux-gnu", "-C target-feature=+sse4.1,-ssse3", "target_feature=\"sse3\"",
	  "" },
	{ "x86_64-unknown-linux-gnu", "-C target_feature=+sse4.1 -C target-feature=-sse2", "",
	  "target_feature=\"sse2\"" },
	{ "x86_64-unknown-linux-gnu", "-C target-feature=-fxsr,+fxsr", "", "" },
	{ "x86_64-unknown-linux-gnu", "-C target-feature=+crt-static",
	  "target_feature=\"crt-static\"", "" },
	{ "x86_64-unknown-linux-gnu", "-C target-feature=+crt-static,-crt-static",
	  "target_feature=\"crt-static\"", "" },
	{ "x86_64-unknown-linux-musl", "-C target-feature=-crt-static", "",
	  "target_feature=\"crt-static\"" },
	{ "x86_64-apple-darwin", "-C target-feature=+crt-static", "", "" },
	{ "x86_64-pc-windows-gnu", "-C target-feature=+crt-static", "", "" },
	{ "x86_64-pc-windows-msvc", "-C target-feature=+crt-static",
	  "target_feature=\"crt-static\"", "" },
	{ "thumbv6m-none-eabi", "-C target-feature=+avx", "", "" },
	{ "riscv64gc-unknown-linux-gnu", "-C target-feature=+zkn",
	  "target_feature=\"zkn\" target_feature=\"zbkb\" target_feature=\"zbkc\" "
	  "target_feature=\"zbkx\" target_feature=\"zkne\" target_feature=\"zknd\" "
	  "target_feature=\"zknh\"",
	  "" },
	{ "x86_64-unknown-linux-gnu", "-C target-cpu=native -C", "", "" },
};

static void split(struct arena *arena, const char *text, struct str_list *out)
{
	struct str rest = str_of(text);

	while (rest.n > 0)
		str_cut(rest, ' ', vec_add(arena, out), &rest);
}

static bool has_line(struct arena *arena, const struct cfg_set *set, struct str line)
{
	for (size_t i = 0; i < set->n; i++) {
		struct cfg_set one = { &set->p[i], 1, 1 };

		if (str_eq(set_text(arena, &one), line))
			return true;
	}
	return false;
}

static void flags_change_sets_as_in_rustc(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(flag_cases); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct str_list flags = { 0 }, more = { 0 }, less = { 0 };
		struct cfg_set set = set_of(&arena, flag_cases[i].triple);
		size_t before = set.n;

		split(&arena, flag_cases[i].flags, &flags);
		split(&arena, flag_cases[i].more, &more);
		split(&arena, flag_cases[i].less, &less);
		platform_apply_rustflags(&arena, &set, &flags);
		if (set.n != before + more.n - less.n)
			fail_msg("%s: %zu items", flag_cases[i].flags, set.n);
		for (size_t j = 0; j < more.n; j++)
			if (!has_line(&arena, &set, more.p[j]))
				fail_msg("%s: no " STR_FMT, flag_cases[i].flags,
				         STR_ARG(more.p[j]));
		for (size_t j = 0; j < less.n; j++)
			if (has_line(&arena, &set, less.p[j]))
				fail_msg("%s: has " STR_FMT, flag_cases[i].flags,
				         STR_ARG(less.p[j]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_are_those_of_rustc),
		cmocka_unit_test(the_table_is_whole),
		cmocka_unit_test(the_host_is_a_platform),
		cmocka_unit_test(unknown_targets_are_refused_with_the_nearest),
		cmocka_unit_test(flags_change_sets_as_in_rustc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
