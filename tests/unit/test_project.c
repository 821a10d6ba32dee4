#include "audit/project.h"
#include "audit/limits.h"
#include "base/parcel.h"
#include "tests/unit/unit.h" /* cmocka, and what it wants included before it */

struct part {
	const char *kind, *name, *value;
};

static struct str body_of(struct buf *buf, const struct part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		parcel_put(buf, parts[i].kind, str_of(parts[i].name), str_of(parts[i].value));
	return buf_str(buf);
}

static const struct part whole[] = {
	{ "lock", "dir/Cargo.lock", "version = 4\n" },
	{ "manifest", "Cargo.toml", "[package]" },
	{ "manifest", "a/Cargo.toml", "[workspace]" },
	{ "git-manifest", "git+https://example.org/a#1\nCargo.toml", "A" },
	{ "git-manifest", "git+https://example.org/b#1\nCargo.toml", "B" },
	{ "git-manifest", "git+https://example.org/a#1\nsub/Cargo.toml", "A2" },
	{ "config", ".cargo/config.toml", "near" },
	{ "config", "/home/x/.cargo/config.toml", "far" },
	{ "env", "RUSTFLAGS", "" },
	{ "env", "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-O" },
	{ "env", "CARGO_BUILD_TARGET", "x86_64-unknown-linux-gnu" },
	{ "policy", "rtaudit.toml", "p" },
	{ "baseline", "old.json", "{}" },
	{ "old-lock", "old.lock", "o" },
	{ "option", "features", "a,b c" },
	{ "option", "features", "d" },
	{ "option", "target", "wasm32-unknown-unknown" },
	{ "option", "package", "x@1.0.0" },
	{ "option", "exclude", "y" },
	{ "option", "all-features", "1" },
	{ "option", "no-default-features", "1" },
	{ "option", "locked", "1" },
	{ "option", "offline", "1" },
	{ "option", "include-inactive", "1" },
	{ "option", "verbose", "1" },
	{ "option", "quiet", "0" },
	{ "option", "color", "1" },
	{ "option", "edges", "normal,dev" },
	{ "option", "at", "1970-01-02" },
	{ "option", "fail-on", "note" },
	{ "option", "format", "json" },
	{ "option", "width", "80" },
	{ "option", "crate", "tokio" },
};

static void every_part_has_its_place(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf buf = buf_make(1 << 20);
	struct project p = { 0 };
	struct err err = { 0 };

	(void)state;
	if (!project_parse(&arena, body_of(&buf, whole, ARRAY_LEN(whole)), &p, &err))
		fail_msg("%s", err.text);
	assert_true(str_eq(p.lock_name, STR_LIT("dir/Cargo.lock")) &&
	            str_eq(p.lock, STR_LIT("version = 4\n")));
	assert_int_equal(p.files.n, 2);
	assert_true(str_eq(p.files.p[1].path, STR_LIT("a/Cargo.toml")));
	assert_int_equal(p.checkouts.n, 2);
	assert_true(str_eq(p.checkouts.p[0].source, STR_LIT("git+https://example.org/a#1")));
	assert_int_equal(p.checkouts.p[0].files.n, 2);
	assert_true(str_eq(p.checkouts.p[0].files.p[1].bytes, STR_LIT("A2")));
	assert_int_equal(p.configs.n, 2);
	assert_true(str_eq(p.configs.p[0].bytes, STR_LIT("near")));
	assert_true(p.env.rustflags.p && p.env.rustflags.n == 0);
	assert_null(p.env.encoded_rustflags.p);
	assert_null(p.env.build_rustflags.p);
	assert_true(str_eq(p.env.build_target, STR_LIT("x86_64-unknown-linux-gnu")));
	assert_true(str_eq(p.policy_name, STR_LIT("rtaudit.toml")) &&
	            str_eq(p.policy, STR_LIT("p")));
	assert_true(str_eq(p.baseline_name, STR_LIT("old.json")) &&
	            str_eq(p.baseline, STR_LIT("{}")));
	assert_true(str_eq(p.old_lock_name, STR_LIT("old.lock")) &&
	            str_eq(p.old_lock, STR_LIT("o")));
}

static void every_option_has_its_place(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf buf = buf_make(1 << 20);
	struct project p = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_true(project_parse(&arena, body_of(&buf, whole, ARRAY_LEN(whole)), &p, &err));
	assert_int_equal(p.options.features.n, 4);
	assert_true(str_eq(p.options.features.p[2], STR_LIT("c")) &&
	            str_eq(p.options.features.p[3], STR_LIT("d")));
	assert_true(str_eq(p.options.targets.p[0], STR_LIT("wasm32-unknown-unknown")));
	assert_true(str_eq(p.options.packages.p[0], STR_LIT("x@1.0.0")));
	assert_true(str_eq(p.options.exclude.p[0], STR_LIT("y")));
	assert_true(p.options.all_features && p.options.no_default_features && p.options.locked);
	assert_true(p.options.offline && p.options.include_inactive);
	assert_int_equal(p.options.edges, EDGE_NORMAL | EDGE_DEV);
	assert_int_equal(p.options.at, 86400);
	assert_true(str_eq(p.options.fail_on, STR_LIT("note")));
	assert_true(str_eq(p.view.format, STR_LIT("json")) &&
	            str_eq(p.view.crate, STR_LIT("tokio")));
	assert_int_equal(p.view.width, 80);
	assert_true(p.view.color && p.view.verbose && !p.view.quiet);
}

static void nothing_said_is_the_default(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct project p = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_true(project_parse(&arena, (struct str){ 0 }, &p, &err));
	assert_int_equal(p.options.edges, EDGE_NORMAL | EDGE_BUILD);
	assert_int_equal(p.lock.n, 0);
	assert_null(p.env.rustflags.p);
	assert_int_equal(p.options.at, 0);
	assert_int_equal(p.view.width, 0);
}

static const struct {
	struct part part;
	const char *message;
} bad[] = {
	{ { "secret", "x", "y" }, "unknown part 'secret'" },
	{ { "option", "force", "1" }, "unknown option 'force'" },
	{ { "option", "locked", "yes" }, "a switch that is neither 0 nor 1: 'locked'" },
	{ { "option", "locked", "" }, "a switch that is neither 0 nor 1: 'locked'" },
	{ { "option", "edges", "normal,host" },
	  "of normal, build, dev and all, edges are made; not of 'host'" },
	{ { "option", "edges", "" }, "no value for option 'edges'" },
	{ { "option", "target", "" }, "no value for option 'target'" },
	{ { "option", "package", "" }, "no value for option 'package'" },
	{ { "option", "width", "wide" }, "a width that is no number: 'wide'" },
	{ { "option", "width", "4294967296" }, "a width that is no number: '4294967296'" },
	{ { "option", "at", "soon" }, "option 'at': " },
	{ { "env", "PATH", "/" }, "unknown environment variable 'PATH'" },
	{ { "git-manifest", "git+x", "" }, "a git-manifest without source and path: 'git+x'" },
	{ { "lock", "again", "" }, "more than one part of kind 'lock'" },
};

static void what_is_not_known_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		CLEANUP(buf_free) struct buf buf = buf_make(1 << 20);
		const struct part parts[] = { { "lock", "Cargo.lock", "" }, bad[i].part };
		struct project p = { .options.at = 99 };
		struct err err = { 0 };

		if (project_parse(&arena, body_of(&buf, parts, 2), &p, &err))
			fail_msg("%s %s is accepted", bad[i].part.kind, bad[i].part.name);
		if (!str_starts(str_of(err.text), str_of(bad[i].message)))
			fail_msg("%s", err.text);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_int_equal(p.options.at, 99);
	}
}

static void a_body_that_is_no_parcel_is_refused(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct project p = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_false(project_parse(&arena, STR_LIT("hello"), &p, &err));
	assert_int_equal(err.kind, ERR_USAGE);
}

static void refuses_above(size_t n, const char *kind, const char *name, const char *value)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(buf_free) struct buf buf = buf_make(64 << 20);
	struct project p = { 0 };
	struct err err = { 0 };

	for (size_t i = 0; i < n; i++)
		parcel_put(&buf, kind, str_of(name), str_of(value));
	assert_true(project_parse(&arena, buf_str(&buf), &p, &err));
	parcel_put(&buf, kind, str_of(name), str_of(value));
	assert_true(buf_done(&buf, "request", &err));
	assert_false(project_parse(&arena, buf_str(&buf), &p, &err));
	if (err.kind != ERR_LIMIT)
		fail_msg("%s %s: %s", kind, name, err.text);
}

static void ceilings_hold(void **state)
{
	(void)state;
	refuses_above(WORKSPACE_MEMBERS_MAX, "manifest", "Cargo.toml", "");
	refuses_above(GIT_MANIFESTS_MAX, "git-manifest", "s\nCargo.toml", "");
	refuses_above(CARGO_CONFIG_FILES_MAX, "config", ".cargo/config.toml", "");
	refuses_above(TARGETS_MAX, "option", "target", "t");
	refuses_above(OPTION_VALUES_MAX, "option", "package", "p");
	refuses_above(OPTION_VALUES_MAX / 2, "option", "features", "a,b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_part_has_its_place),
		cmocka_unit_test(every_option_has_its_place),
		cmocka_unit_test(nothing_said_is_the_default),
		cmocka_unit_test(what_is_not_known_is_named),
		cmocka_unit_test(a_body_that_is_no_parcel_is_refused),
		cmocka_unit_test(ceilings_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
