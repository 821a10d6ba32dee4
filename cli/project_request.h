/* cli/project_request.h: the request of the commands that read a project.
 * Source: docs/protocol.md, "Parts of a project". Threads: one. Memory: the caller's arena. */
#ifndef RTAUDIT_CLI_PROJECT_REQUEST_H
#define RTAUDIT_CLI_PROJECT_REQUEST_H
#include "cli/options.h"
#include "cli/parts.h"

/* Gathers the project that `word` names and adds the options of the command line. ERR_USAGE for
 * flags that contradict each other, and the kinds of gather_project. */
MUST_CHECK bool project_request(struct arena *arena, const struct options *options, struct str word,
                                struct parts *out, struct err *err);

/* The same, with the lock that `old` names as the one to compare with. */
MUST_CHECK bool project_request_pair(struct arena *arena, const struct options *options,
                                     struct str old, struct str word, struct parts *out,
                                     struct err *err);

/* Adds what says how an answer is shown: format, width and color (of a text for a terminal),
 * verbose, quiet. */
void request_add_view(struct arena *arena, const struct options *options, struct parts *parts);
/* Features, target, date and --offline for a question about one crate. ERR_USAGE for a date that is
 * none. */
MUST_CHECK bool request_add_features(struct arena *arena, const struct options *options,
                                     struct parts *parts, struct err *err);
#endif
