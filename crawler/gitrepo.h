/* crawler/gitrepo.h: git repositories: opened where they lie, unpacked from a bundle, fetched from
 * a URL.
 *
 * Nothing is ever checked out, no hook runs, no configuration of the repository is obeyed: objects
 * are read. libgit2 1.5 has no network timeout: gitrepo_fetch may hang in a read until the peer
 * answers, so only a thread that nobody joins without a deadline may call it. `https_proxy`,
 * GIT_SSL_CAINFO, SSL_CERT_FILE and SSL_CERT_DIR are honoured.
 * Source: libgit2's reference; gitformat-bundle(5), versions 2 and 3.
 * Threads: a repository belongs to one thread at a time. Memory: its own, freed by
 * gitrepo_close. */
#ifndef RTAUDIT_CRAWLER_GITREPO_H
#define RTAUDIT_CRAWLER_GITREPO_H
#include "base/arena.h"
#include "base/err.h"
#include "base/stop.h"
#include <git2.h>
#include <stdatomic.h>

enum {
	/* The advisory database has 5 MB and 18,000 objects after nine years. */
	GITREPO_FETCH_MAX_BYTES = 512 << 20,
	GITREPO_OBJECTS_MAX = 5000000
};

/* How far a fetch is; may be read while it goes on. */
struct gitrepo_progress {
	atomic_uint received, total; /* objects */
};

struct gitrepo {
	git_repository *repository;
	git_oid head;    /* the commit to read */
	char *temporary; /* a folder that goes with it; NULL */
};

/* Opens a bare or normal repository at exactly this path (its HEAD is what counts). 1, 0 where
 * there is no repository, -1 with ERR_IO or ERR_INPUT. */
MUST_CHECK int gitrepo_open(struct gitrepo *out, const char *path, struct err *err);
/* The head of a bundle: a line of magic, capabilities (@), prerequisites (-), references, an empty
 * line. */
struct gitrepo_bundle {
	size_t pack_at; /* where the pack begins */
	git_oid head;   /* HEAD, else the first branch */
	bool has_head;
};
/* Reads it; `path` stands in messages. ERR_INPUT for what gitrepo_open_bundle refuses. */
MUST_CHECK bool gitrepo_bundle_parse(struct str bytes, const char *path, struct gitrepo_bundle *out,
                                     struct err *err);
/* Whether the file begins like a bundle. */
bool gitrepo_is_bundle(const char *path);
/* Unpacks a bundle into a new folder below `folder`, which gitrepo_close removes. ERR_INPUT for one
 * that is damaged, needs commits that it does not hold, or holds no branch; ERR_LIMIT, ERR_IO,
 * ERR_STOPPED. */
MUST_CHECK bool gitrepo_open_bundle(struct gitrepo *out, const char *path, const char *folder,
                                    const struct stop *stop, struct err *err);
/* Either of the two, whichever lies at that path: 1, 0 where neither does, -1. */
MUST_CHECK int gitrepo_open_path(struct gitrepo *out, const char *path, const char *folder,
                                 const struct stop *stop, struct err *err);
/* What cargo's configuration says beside the environment; each may be NULL. */
struct gitrepo_network {
	const char *proxy;       /* of the environment and git's configuration otherwise */
	const char *authorities; /* a file of certificates, unless the environment names one */
};
/* Brings the bare repository in `folder` (made where there is none) to what HEAD of `url` is now.
 * Only https, and http to loopback. `network` and `progress` may be NULL. ERR_INPUT for another
 * address, ERR_NETWORK, ERR_LIMIT, ERR_IO, ERR_STOPPED. */
MUST_CHECK bool gitrepo_fetch(struct gitrepo *out, const char *folder, const char *url,
                              const struct gitrepo_network *network, const struct stop *stop,
                              struct gitrepo_progress *progress, struct err *err);
/* Accepts { 0 } and leaves it. */
void gitrepo_close(struct gitrepo *repo);

/* Git's order of the entries of a tree, where '/' ends the name of a folder. */
int gitrepo_entry_cmp(const git_tree_entry *a, const git_tree_entry *b);

/* Sets the error from libgit2's last one: "WHAT: its sentence". Returns false. */
bool gitrepo_error(struct err *err, enum err_kind kind, const char *what);
#endif
