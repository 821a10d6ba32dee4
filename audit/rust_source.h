/* audit/rust_source.h: what a source file of a crate says of std and of runtimes.
 *
 * It is read as tokens, not as a program: a path through a renamed dependency, a re-export or a
 * macro is not seen, and code that some cfg() leaves out is. So a path that is told is evidence
 * that the source names it, and its absence proves nothing.
 * Source: the Rust Reference, "Paths", "Use declarations", "Conditional compilation"; "The
 * no_std attribute".
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_RUST_SOURCE_H
#define RTAUDIT_AUDIT_RUST_SOURCE_H
#include "audit/facts.h"

enum {
	/* Segments of a path that are kept: tokio::net::TcpStream. */
	SOURCE_SEGMENTS = 3,
	/* Paths of one version; the richest of 4,200 archives has some 120. */
	SOURCE_USES_MAX = 256,
	SOURCE_PATH_MAX_BYTES = 128,
	SOURCE_TREE_DEPTH_MAX = 8
};

/* Paths of which mentions are told, each with its segments, and of all that begins with one:
 * knowledge/source_paths.tsv. */
struct source_paths VEC_OF(struct str_list);

/* A path that the source names outside tests. */
struct source_use {
	struct str path; /* at most SOURCE_SEGMENTS segments */
	uint32_t uses;   /* mentions */
	struct str file; /* of the first one */
	uint32_t line;
};
struct source_use_list VEC_OF(struct source_use);

/* Adds what `text`, the bytes of `file`, mentions of these paths outside of items under
 * #[cfg(test)] and #[test]. `file` is kept, and so must live as long as *to; of more paths than
 * SOURCE_USES_MAX the later are passed over. */
void source_uses_add(struct arena *arena, const struct source_paths *paths, struct str file,
                     struct str text, struct source_use_list *to);
/* Whether a crate whose root is `text` is without std: *cond is the condition of NO_STD_CFG, with
 * its white space evened out. Never NO_STD_UNKNOWN, except for a condition of more than
 * CFG_TEXT_MAX_BYTES. */
enum no_std source_no_std(struct arena *arena, struct str text, struct str *cond);
#endif
