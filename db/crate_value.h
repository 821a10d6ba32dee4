/* db/crate_value.h: all versions of a crate as one compact value.
 *
 * The whole of crates.io is 2.4 GB as JSON, nearly all of it repetition: the versions of a crate
 * have almost the same dependencies and features. So each text, dependency and feature of a crate
 * is kept once, and a version's list of them as what differs from that of an earlier version. One
 * version is read without the others: lists build on each other over at most
 * CRATE_VALUE_CHAIN_MAX links.
 *
 *	format byte · checksum of all that follows (8 bytes, the lowest first)
 *	texts       table: names, requirements, platforms, what stands behind the numbers of a
 *	            version
 *	shapes      table: a dependency without its requirement: flags, name, [package],
 *	            [platform], [registry], number of features, features; each a text
 *	deps        number, width of a shape, width of a text, then pairs (shape, requirement) of
 *	            these widths
 *	features    table: name, number of values, values; each a text
 *	dep lists, feature lists   tables: how many lists before it stands the one it builds on
 *	            (0: none), steps
 *	heads       number of versions, of checksums, then a row a version, see head_flag
 *	checksums   32 bytes each, of the versions that have one
 *
 * db/list_delta writes and applies the steps, db/crate_pack writes the value.
 * Source: this project's own format, measured on the index files of 3,173 crates. The first byte
 * changes with the format; a value of another format is an error, and the crate is fetched again.
 * Threads: pure. Memory: the caller's arenas; slices of the value where it says so. */
#ifndef RTAUDIT_DB_CRATE_VALUE_H
#define RTAUDIT_DB_CRATE_VALUE_H
#include "audit/index_entry.h"
#include "db/packed.h"

enum {
	CRATE_VALUE_FORMAT = 1,
	CRATE_VALUE_PREFIX = 9, /* format byte and checksum */
	CRATE_VALUE_CHAIN_MAX = 24,
	INDEX_V_MAX = 2 /* `v` of index lines: cargo skips what is above */
};

/* Flags of a dependency's shape; its kind, normal, build or dev, stands in bits 2 and 3. */
enum shape_flag {
	SHAPE_OPTIONAL = 1,
	SHAPE_DEFAULT_FEATURES = 2,
	SHAPE_KIND_SHIFT = 2,
	SHAPE_RENAMED = 16,
	SHAPE_PLATFORM = 32,
	SHAPE_REGISTRY = 64
};

/* A row of heads: flags, major, minor, patch, [tail: a text], dependency list, feature list,
 * publish date, [yank date], [links], [rust version], [v]. A list is 0: that of the version before;
 * 1: the next one that none had yet; else its number + 2. A date is 0: not known; else what it
 * differs from the last known one of its sort, folded, + 1. links and rust version are a text + 1,
 * or 0 for none, where they changed. */
enum head_flag {
	HEAD_YANKED = 1,
	HEAD_REMOVED = 2,
	HEAD_CKSUM = 4,
	HEAD_TAIL = 8,
	HEAD_LINKS = 16,
	HEAD_RUST_VERSION = 32,
	HEAD_V = 64 /* v is not 1 */
};

/* What is known of a version without reading its dependencies. */
struct crate_head {
	uint64_t major, minor, patch;
	struct str tail; /* "-rc.1+build" or empty; a slice of the value */
	int64_t published_at, yanked_at;
	bool yanked, removed, has_cksum;
	uint32_t cksum, dep_list, feature_list; /* numbers in the value */
	struct str links, rust_version;         /* slices of the value */
	uint32_t v;
};

struct crate_value {
	uint32_t n; /* versions, in the order of the index file */
	const struct crate_head *heads;
	struct packed_table texts, shapes, features, dep_lists, feature_lists;
	uint32_t dep_n;
	uint32_t shape_width, req_width; /* bytes of each in `deps` */
	struct str deps, cksums;
	struct arena *arena;
};

/* Opens a value; *out refers to `bytes` and to `arena`, which also takes what reading needs.
 * ERR_STORE for a damaged value. */
MUST_CHECK bool crate_value_open(struct arena *arena, struct str bytes, struct crate_value *out,
                                 struct err *err);
/* Reads version i into *out. With `copies`, its texts live in `arena`, else they are slices of the
 * value. entry.name is left empty: the value does not repeat the crate's name. ERR_STORE for a
 * damaged value. */
MUST_CHECK bool crate_value_entry(const struct crate_value *value, struct arena *arena, uint32_t i,
                                  bool copies, struct index_entry *out, struct err *err);
/* The number of the version with this text, or UINT32_MAX. */
uint32_t crate_value_find(const struct crate_value *value, struct str vers);
/* The version's text, and the same as a version whose slices are those of the head. */
struct str crate_head_vers(struct arena *arena, const struct crate_head *head);
struct version crate_head_version(const struct crate_head *head);
#endif
