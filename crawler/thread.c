#include "crawler/thread.h"
#include <errno.h>
#include <signal.h>

bool thread_start(pthread_t *out, const char *name, void *(*run)(void *owner), void *owner,
                  struct err *err)
{
	sigset_t all, before;
	pthread_t thread;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int rc = pthread_create(&thread, NULL, run, owner);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc != 0) {
		errno = rc;
		return err_set(err, ERR_IO, "the thread '%s' cannot start: %m", name);
	}
	pthread_setname_np(thread, name);
	*out = thread;
	return true;
}
