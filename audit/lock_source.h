/* audit/lock_source.h: where a package comes from, as Cargo.lock writes it, and when two such texts
 * name the same place.
 * Source: cargo's SourceId, CanonicalUrl and GitReference; the Cargo Book, "Package ID
 * Specifications".
 * Threads: pure. Memory: slices of the text; decoded git references in the caller's arena. */
#ifndef RTAUDIT_AUDIT_LOCK_SOURCE_H
#define RTAUDIT_AUDIT_LOCK_SOURCE_H
#include "base/arena.h"
#include "base/err.h"

enum source_kind {
	SOURCE_PATH,     /* no source: a member or a path dependency */
	SOURCE_REGISTRY, /* registry+URL: a git index, or crates.io under its old name */
	SOURCE_SPARSE,   /* sparse+URL */
	SOURCE_GIT,      /* git+URL?branch=…#commit */
	SOURCE_LOCAL_REGISTRY,
	SOURCE_DIRECTORY
};

struct lock_source {
	enum source_kind kind;
	struct str text;    /* as written; empty for SOURCE_PATH */
	struct str url;     /* without the kind; of SOURCE_GIT also without query and fragment */
	struct str git_ref; /* SOURCE_GIT: "branch=x", "tag=x", "rev=x", decoded; or empty */
	struct str commit;  /* SOURCE_GIT: what stands behind '#' */
	bool is_crates_io;  /* the registry that cargo calls crates-io, under any of its names */
};

/* Reads a `source` text. ERR_INPUT for one of an unknown kind. */
MUST_CHECK bool lock_source_parse(struct arena *arena, struct str text, struct lock_source *out,
                                  struct err *err);
/* Whether both name one place. The commit of a git source does not count, nor do the spellings of a
 * URL that cargo takes for one. */
bool lock_source_same(const struct lock_source *a, const struct lock_source *b);
/* Whether cargo takes two URLs (both without kind) for one: a '/' or ".git" at the end, and case on
 * github.com, make no difference. */
bool lock_source_same_url(struct str a, struct str b);
/* Whether an index URL ("sparse+…", "registry+…", or a git URL) is crates.io's. */
bool lock_source_is_crates_io(struct str index_url);
/* crates.io's sparse index as cargo writes it, "sparse+https://…/". */
struct str lock_source_crates_io_sparse(void);
/* The URL that stands for crates.io in every lock, whichever index was used. */
struct str lock_source_crates_io_git(void);
#endif
