/* audit/platform_table.h: what rustc knows of its targets, generated into audit/platform_table.c; only
 * audit/platform reads it.
 * Source: rustc 1.95.0, asked by tests/tools/make_platform_table.py.
 * The rows hold their texts in place: pointers would be relocated at every start of a program.
 * Threads: constant. */
#ifndef RTAUDIT_AUDIT_PLATFORM_TABLE_H
#define RTAUDIT_AUDIT_PLATFORM_TABLE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PLATFORM_TRIPLE_BYTES = 36, /* texts that are longer do not compile */
	PLATFORM_KEY_BYTES = 24,
	PLATFORM_VALUE_BYTES = 20,
	PLATFORM_FEATURE_BYTES = 36,
	PLATFORM_ARCH_BYTES = 16,
	PLATFORM_ITEMS_MAX = 48,
	PLATFORM_IMPLIES_MAX = 32,
	PLATFORM_CRT_KEYS = 4
};

/* Any line of `rustc --print cfg`. */
struct platform_item {
	char key[PLATFORM_KEY_BYTES], value[PLATFORM_VALUE_BYTES];
	bool has_value;
};

/* A target, sorted by triple. items are counted from 1 on; 0 ends them. */
struct platform_row {
	char triple[PLATFORM_TRIPLE_BYTES];
	unsigned char items[PLATFORM_ITEMS_MAX];
};

/* A target feature of an architecture. implies: what it switches on, directly or not, itself included
 * where it is stable (rustc prints no other), counted from 1 on within the architecture; 0 ends them. */
struct platform_feature {
	char name[PLATFORM_FEATURE_BYTES];
	bool stable;
	unsigned char implies[PLATFORM_IMPLIES_MAX];
};

struct platform_arch {
	char name[PLATFORM_ARCH_BYTES]; /* target_arch */
	uint16_t first, n;              /* in platform_features */
};

extern const struct platform_item platform_items[];
extern const size_t platform_item_n;
extern const struct platform_row platform_rows[];
extern const size_t platform_row_n;
extern const struct platform_feature platform_features[];
extern const struct platform_arch platform_archs[];
extern const size_t platform_arch_n;
/* The items of target_os, _env, _abi and _vendor of targets that heed -C target-feature=±crt-static. */
extern const unsigned char platform_crt_static[][PLATFORM_CRT_KEYS];
extern const size_t platform_crt_static_n;
#endif
