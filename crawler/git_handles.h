/* crawler/git_handles.h: handles of one repository for several reading threads, each used by one at
 * a time: libgit2 keeps its bases of deltas a handle, behind a lock.
 * Threads: any. Memory: its own. */
#ifndef RTAUDIT_CRAWLER_GIT_HANDLES_H
#define RTAUDIT_CRAWLER_GIT_HANDLES_H
#include "crawler/gitrepo.h"
#include <pthread.h>

enum { GIT_HANDLES_MAX = 4 };

struct git_handles {
	pthread_mutex_t lock;
	pthread_cond_t returned;
	git_repository *free[GIT_HANDLES_MAX]; /* under lock, as free_n */
	size_t free_n, opened_n;
	git_repository *opened[GIT_HANDLES_MAX]; /* by us */
};

/* Opens up to n handles of a repository that lies in a folder; one of a bundle has one handle. */
void git_handles_open(struct git_handles *handles, struct gitrepo *repo, size_t n);
/* Accepts { 0 } and leaves it. All must have been returned. */
void git_handles_close(struct git_handles *handles);
git_repository *git_handles_lend(struct git_handles *handles);
void git_handles_return(struct git_handles *handles, git_repository *repository);
#endif
