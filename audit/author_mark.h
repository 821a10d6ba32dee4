/* audit/author_mark.h: where the author of a crate says that nobody should begin with it any more.
 *
 * Three places are read: `badges.maintenance`, the description, and the beginning of the README
 * with its pictures. A mark must speak of the crate itself: a deprecated function, a version that
 * is no longer maintained, another crate that this one replaces, and what may happen later are
 * none. What was measured of it on real crates stands in docs/measurements.md.
 * Source: the Cargo Book, "The badges section"; repostatus.org; the READMEs of crates that RustSec
 * calls unmaintained.
 * Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_AUTHOR_MARK_H
#define RTAUDIT_AUDIT_AUTHOR_MARK_H
#include "audit/readme.h"

enum mark_kind {
	MARK_DEPRECATED,
	MARK_UNMAINTAINED,
	MARK_MOVED,     /* it goes on under another name, and a successor is named */
	MARK_SUPERSEDED /* another crate took its place */
};
enum mark_place { MARK_IN_BADGE, MARK_IN_DESCRIPTION, MARK_IN_README };

enum { MARK_TEXT_MAX_BYTES = 240 };

struct author_mark {
	enum mark_kind kind;
	enum mark_place place;
	struct str text;       /* the sentence, in UTF-8 and one line */
	struct str successors; /* names of crates, separated by blanks; mostly empty */
	int64_t seen_at;       /* when this was first seen; 0: not set by author_marks_read */
};
struct author_mark_list VEC_OF(struct author_mark);

struct author_words {
	struct str name; /* of the crate */
	struct str badge, description, readme;
};
/* The marks, at most one a place. */
void author_marks_read(struct arena *arena, const struct author_words *words,
                       struct author_mark_list *out);
const char *mark_kind_name(enum mark_kind kind);    /* "deprecated" */
const char *mark_place_name(enum mark_place place); /* "readme" */
bool mark_kind_parse(struct str word, enum mark_kind *out);
bool mark_place_parse(struct str word, enum mark_place *out);
#endif
