#include "crawler/git_handles.h"

void git_handles_open(struct git_handles *handles, struct gitrepo *repo, size_t n)
{
	const char *path = git_repository_path(repo->repository);

	*handles = (struct git_handles){ 0 };
	pthread_mutex_init(&handles->lock, NULL);
	pthread_cond_init(&handles->returned, NULL);
	while (path && handles->opened_n < n && handles->opened_n < GIT_HANDLES_MAX &&
	       git_repository_open_bare(&handles->opened[handles->opened_n], path) == 0)
		handles->opened_n++;
	for (size_t i = 0; i < handles->opened_n; i++)
		handles->free[handles->free_n++] = handles->opened[i];
	if (handles->free_n == 0)
		handles->free[handles->free_n++] = repo->repository;
}

void git_handles_close(struct git_handles *handles)
{
	if (handles->free_n == 0)
		return;
	for (size_t i = 0; i < handles->opened_n; i++)
		git_repository_free(handles->opened[i]);
	pthread_cond_destroy(&handles->returned);
	pthread_mutex_destroy(&handles->lock);
	*handles = (struct git_handles){ 0 };
}

git_repository *git_handles_lend(struct git_handles *handles)
{
	pthread_mutex_lock(&handles->lock);
	while (handles->free_n == 0)
		pthread_cond_wait(&handles->returned, &handles->lock);
	git_repository *repository = handles->free[--handles->free_n];
	pthread_mutex_unlock(&handles->lock);
	return repository;
}

void git_handles_return(struct git_handles *handles, git_repository *repository)
{
	pthread_mutex_lock(&handles->lock);
	handles->free[handles->free_n++] = repository;
	pthread_cond_signal(&handles->returned);
	pthread_mutex_unlock(&handles->lock);
}
