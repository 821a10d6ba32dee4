/* base/stop.h: asks work under way to end. Threads: any may raise, any may look. */
#ifndef RTAUDIT_BASE_STOP_H
#define RTAUDIT_BASE_STOP_H
#include <stdatomic.h>
#include <stdbool.h>

struct stop {
	atomic_bool raised;
};

void stop_raise(struct stop *stop);
/* False also for NULL: work that nobody can stop. */
bool stop_is_raised(const struct stop *stop);
#endif
