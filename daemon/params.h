/* daemon/params.h: the options of the small requests, which send no project.
 * Source: docs/protocol.md. Threads: pure. Memory: slices of the request's body. */
#ifndef RTAUDIT_DAEMON_PARAMS_H
#define RTAUDIT_DAEMON_PARAMS_H
#include "base/parcel.h"
#include "base/vec.h"

/* One option that a request knows: exactly one of the pointers is set. */
struct param {
	const char *name;
	struct str *value;       /* the last one given */
	struct str_list *values; /* all of them */
	bool *given;             /* a switch: true for "1" */
	unsigned *number;
};

/* Reads a body that holds options alone. ERR_USAGE for a part that is none, an option not in the
 * table, or a value that does not fit, naming it. */
MUST_CHECK bool params_read(struct arena *arena, struct str body, const struct param *params,
                            size_t n, struct err *err);
/* A format that a table of text or JSON has: true and *json; ERR_USAGE for any other word. Empty is
 * text. */
MUST_CHECK bool params_format(struct str format, bool *json, struct err *err);
#endif
