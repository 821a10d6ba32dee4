/* audit/asked_feature.h: features of dependencies that a command line asks for, "tokio/rt". Whether
 * they exist is known only once it is known which package each dependency means.
 * Source: cargo refuses a version that lacks a feature which is asked of it; "a?/b" asks only where
 * something else brings the dependency in, and is left alone.
 * Threads: pure. Memory: none. */
#ifndef RTAUDIT_AUDIT_ASKED_FEATURE_H
#define RTAUDIT_AUDIT_ASKED_FEATURE_H
#include "audit/resolve.h"

/* ERR_USAGE, with the nearest name, where a package that a dependency of the root means has no such
 * feature; packages of which nothing is known are passed over. */
MUST_CHECK bool asked_features_exist(const struct summary *const *summaries,
                                     const struct links *links, const struct resolve_root *root,
                                     struct err *err);
#endif
