#include "base/stop.h"
#include <stddef.h>

void stop_raise(struct stop *stop)
{
	atomic_store(&stop->raised, true);
}

bool stop_is_raised(const struct stop *stop)
{
	return stop && atomic_load(&stop->raised);
}
