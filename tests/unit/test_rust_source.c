#include "audit/rust_source.h"
#include "audit/limits.h"
#include "tests/unit/unit.h"
#include <stdio.h>

static struct source_paths paths_of(struct arena *arena)
{
	static const char *rows[][3] = { { "tokio", NULL, NULL },
		                         { "std", "net", NULL },
		                         { "std", "thread", "sleep" } };
	struct source_paths paths = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str_list *row = vec_add(arena, &paths);
		for (size_t s = 0; s < SOURCE_SEGMENTS && rows[i][s]; s++)
			*vec_add(arena, row) = str_of(rows[i][s]);
	}
	return paths;
}

/* Each path with its mentions and first line. */
static const struct {
	const char *in, *out;
} cases[] = {
	{ "use tokio::net::TcpStream;", "tokio::net::TcpStream 1 1" },
	{ "\nfn f() { tokio::spawn(async {}); tokio::spawn(g()); }", "tokio::spawn 2 2" },
	{ "use tokio::{spawn, net::{TcpStream, self}, time::sleep as s, sync::*};",
	  "tokio::spawn 1 1|tokio::net::TcpStream 1 1|tokio::net 1 1|tokio::time::sleep 1 1|"
	  "tokio::sync 1 1" },
	{ "use std::{fs, net};\nuse std::thread;", "std::net 1 1" },
	{ "std::thread::sleep(d); std::thread::park()", "std::thread::sleep 1 1" },
	{ "use ::tokio::io;", "tokio::io 1 1" },
	{ "crate::tokio::spawn(); self::tokio::io::x; x.tokio::y", "tokio::y 1 1" },
	{ "// tokio::spawn\n/* tokio::spawn */ \"tokio::spawn\"", "" },
	{ "#[tokio::main]\nasync fn main() {}", "tokio::main 1 1" },
	{ "#[tokio::test]\nasync fn t() { tokio::spawn(x) } tokio::io", "tokio::io 1 2" },
	{ "#[cfg(test)]\nmod t { use tokio::net; fn f() { tokio::a() } }\nuse tokio::fs;",
	  "tokio::fs 1 3" },
	{ "#[cfg(all(test, unix))] use tokio::net::{a, b}; tokio::c", "tokio::c 1 1" },
	{ "#[cfg(not(test))] use tokio::net;", "tokio::net 1 1" },
	{ "#[cfg(any(test, feature = \"x\"))] use tokio::net;", "tokio::net 1 1" },
	{ "#[test]\nfn t() -> [u8; 2] { tokio::a() }\ntokio::b", "tokio::b 1 3" },
	{ "#![cfg(test)]\nuse tokio::net;", "" },
	{ "mod m { #[cfg(test)] }\ntokio::b", "tokio::b 1 2" },
	{ "tokio::a::b::c::d", "tokio::a::b 1 1" },
	{ "tokio::runtime::Builder::<u8>::new()", "tokio::runtime::Builder 1 1" },
	{ "use tokio::{", "" },
	{ "use tokio::{a, {b}};", "tokio::a 1 1|tokio::b 1 1" },
	{ "use tokio::{{{{{{{{{{{{x}}}}}}}}}}}};", "" },
	{ "tokio", "" },
	{ "not_tokio::spawn(); tokio_x::y()", "" },
};

static void mentions_outside_tests_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct source_paths paths = paths_of(&arena);
		struct source_use_list uses = { 0 };
		struct str got = { 0 };

		source_uses_add(&arena, &paths, STR_LIT("src/a.rs"), str_of(cases[i].in), &uses);
		for (size_t u = 0; u < uses.n; u++) {
			assert_true(str_eq(uses.p[u].file, STR_LIT("src/a.rs")));
			got = arena_printf(&arena, STR_FMT "%s" STR_FMT " %u %u", STR_ARG(got),
			                   u > 0 ? "|" : "", STR_ARG(uses.p[u].path),
			                   uses.p[u].uses, uses.p[u].line);
		}
		if (!str_eq(got, str_of(cases[i].out)))
			fail_msg("%s: " STR_FMT, cases[i].in, STR_ARG(got));
	}
}

static void paths_beyond_the_ceiling_are_passed_over(void **state)
{
	(void)state;
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct source_paths paths = paths_of(&arena);
	struct source_use_list uses = { 0 };
	char *text = arena_alloc(&arena, (SOURCE_USES_MAX + 1) * 16);
	size_t n = 0;

	for (int i = 0; i <= SOURCE_USES_MAX; i++)
		n += (size_t)snprintf(text + n, 16, "tokio::a%d;", i);
	source_uses_add(&arena, &paths, STR_LIT("a.rs"), (struct str){ text, n }, &uses);
	assert_int_equal(uses.n, SOURCE_USES_MAX);
	/* A path that is too long is none; others go on. */
	char *longer = arena_alloc(&arena, SOURCE_PATH_MAX_BYTES + 32);
	memset(longer, 'x', SOURCE_PATH_MAX_BYTES + 16);
	memcpy(longer, "tokio::", 7);
	memcpy(longer + SOURCE_PATH_MAX_BYTES + 1, "; tokio::b", 11);
	uses = (struct source_use_list){ 0 };
	source_uses_add(&arena, &paths, STR_LIT("a.rs"), str_of(longer), &uses);
	assert_int_equal(uses.n, 1);
	assert_true(str_eq(uses.p[0].path, STR_LIT("tokio::b")));
}

static const struct {
	const char *in;
	enum no_std no_std;
	const char *cond;
} roots[] = {
	{ "", NO_STD_NO, "" },
	{ "//! Doc\n#![no_std]\nuse x;", NO_STD_ALWAYS, "" },
	{ "#![cfg_attr(not(feature = \"std\"), no_std)]", NO_STD_CFG, "not(feature = \"std\")" },
	{ "#![cfg_attr(docsrs, feature(doc_cfg))]\n#![cfg_attr(not(test), deny(x), no_std)]",
	  NO_STD_CFG, "not(test)" },
	{ "#![cfg_attr(all(not(test),\n\tnot(doc)), no_std)]", NO_STD_CFG,
	  "all(not(test), not(doc))" },
	{ "#![cfg_attr(a, no_std)]\n#![cfg_attr(b, no_std)]", NO_STD_CFG, "any(a, b)" },
	{ "#![cfg_attr(a, no_std)]\n#![no_std]", NO_STD_ALWAYS, "" },
	{ "#![cfg_attr(no_std, deny(x))]", NO_STD_NO, "" },
	{ "#![cfg_attr(a, feature(no_std))]", NO_STD_NO, "" },
	{ "#![doc = \"#![no_std]\"]\n// #![no_std]\nuse x;\n#![no_std]", NO_STD_NO, "" },
	{ "#![cfg_attr(a, no_std", NO_STD_NO, "" },
	{ "#![cfg_attr(", NO_STD_NO, "" },
	{ "#!", NO_STD_NO, "" },
};

static void a_root_says_whether_it_needs_std(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct str cond;
		enum no_std got = source_no_std(&arena, str_of(roots[i].in), &cond);

		if (got != roots[i].no_std || !str_eq(cond, str_of(roots[i].cond)))
			fail_msg("%s: %d " STR_FMT, roots[i].in, got, STR_ARG(cond));
	}
}

static void a_condition_of_many_bytes_is_unknown(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		char *cond = arena_alloc(&arena, CFG_TEXT_MAX_BYTES + 2);
		struct str got;

		memset(cond, 'a', CFG_TEXT_MAX_BYTES + more);
		struct str text = arena_printf(&arena, "#![cfg_attr(%s, no_std)]", cond);
		assert_int_equal(source_no_std(&arena, text, &got),
		                 more == 0 ? NO_STD_CFG : NO_STD_UNKNOWN);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mentions_outside_tests_are_found),
		cmocka_unit_test(paths_beyond_the_ceiling_are_passed_over),
		cmocka_unit_test(a_root_says_whether_it_needs_std),
		cmocka_unit_test(a_condition_of_many_bytes_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
