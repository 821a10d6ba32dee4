/* audit/inquiry.h: the engine for one crate: a question and facts in, what it binds to out.
 *
 * It is answered as an audit of a project that depends on this crate alone: what cargo would lock
 * is chosen (audit/pick), resolved with the features asked for, and classified by the same rules.
 *
 *	inquiry_version → inquiry_open → while (inquiry_next(…) == 1) the caller fills what is
 *	needed → inquiry_run
 *
 * Source: design.md, "Commands" and "Classes". Threads: pure. Memory: the caller's arena. */
#ifndef RTAUDIT_AUDIT_INQUIRY_H
#define RTAUDIT_AUDIT_INQUIRY_H
#include "audit/pick.h"
#include "audit/rust_source.h"
#include "audit/runtime.h"

struct inquiry_question {
	struct str crate;         /* NAME or NAME@VERSION; parts of the version may be left out */
	struct str_list features; /* --features, each a list separated by commas or blanks */
	bool all_features, no_default_features;
	struct str target; /* empty: x86_64 Linux */
	int64_t at, now;   /* at == now: the present */
};

/* What the archive of the version itself says. */
struct inquiry_archive {
	bool is_known; /* a table says as much, without uses */
	struct str repository, license, no_std, no_std_cfg, links, edition, rust_version,
		build_script, vcs_sha1, vcs_path;
	struct source_use_list uses;
};

struct inquiry_answer {
	struct str name, vers, target;
	int64_t at, now;
	const struct package_facts *facts; /* of the crate */
	const struct graph *graph;         /* of what it is built from */
	/* of the crate: the target side, or the host's for a proc macro */
	uint32_t node;
	const struct runtime_verdict *runtime;
	struct runtime_use_list runtimes; /* of the whole tree */
	uint32_t built_n, async_n;        /* packages, the crate itself among them */
	/* "tokio ^1.20": dependencies of which no version is known */
	struct str_list unknown;
	struct str_list notes; /* sentences about what could not be had */
	int64_t index_at;      /* the oldest index facts used */
	enum known proc_macro;
	enum fact_from proc_macro_from;
	struct inquiry_archive archive; /* set by the caller of inquiry_run */
};

/* Whether a mark was known at the moment that the answer speaks of. */
bool inquiry_has_mark(const struct inquiry_answer *answer, const struct author_mark *mark);

struct inquiry;

/* The crate's name, ERR_USAGE where it cannot be one. */
MUST_CHECK bool inquiry_name(const struct inquiry_question *question, struct str *out,
                             struct err *err);
/* The version meant, among the releases of the crate: the newest that is neither yanked nor a
 * pre-release where none is named. ERR_USAGE, with the newest versions, where there is none. */
MUST_CHECK bool inquiry_version(struct arena *arena, const struct inquiry_question *question,
                                const struct pick_releases *releases, struct str *out,
                                struct err *err);
/* Always false: there is no such crate, but the nearest of `names`. ERR_USAGE. */
MUST_CHECK bool inquiry_no_crate(struct arena *arena, struct str name, const struct str_list *names,
                                 struct err *err);
/* `facts` are those of the version, with a summary. ERR_USAGE for an unknown feature or target,
 * with the nearest names. */
MUST_CHECK bool inquiry_open(struct arena *arena, const struct inquiry_question *question,
                             const struct wanted *root, const struct package_facts *facts,
                             const struct knowledge *knowledge, struct inquiry **out,
                             struct err *err);
/* As pick_next. */
MUST_CHECK int inquiry_next(struct inquiry *inquiry, struct pick_need *need, struct err *err);
/* ERR_USAGE where a dependency has no such feature as was asked of it ("tokio/rtt"). */
MUST_CHECK bool inquiry_run(struct arena *arena, struct inquiry *inquiry,
                            struct inquiry_answer *out, struct err *err);
#endif
