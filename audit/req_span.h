/* audit/req_span.h: a requirement as a range of numbers, for the versions and requirements that are
 * simple enough, which nearly all are: two comparisons instead of a walk over comparators in memory
 * that is not at hand.
 * Source: as audit/semver, which decides wherever this says nothing.
 * Threads: pure. Memory: none. */
#ifndef RTAUDIT_AUDIT_REQ_SPAN_H
#define RTAUDIT_AUDIT_REQ_SPAN_H
#include "audit/semver.h"

/* Packed versions from <= v < to fit, and no other packed one. to 0: the requirement has no such
 * form. */
struct req_span {
	uint64_t from, to;
};

/* No packed version: a pre-release, or a number that does not fit. */
#define REQ_SPAN_NO_VERSION UINT64_MAX

/* A version as a number in the order of versions, build metadata left out; or
 * REQ_SPAN_NO_VERSION. */
uint64_t req_span_pack(const struct version *version);
struct req_span req_span_of(const struct req *req);
/* Whether no version can meet the requirement (">=2, <1"); false where that is not easily told. */
bool req_span_is_empty(const struct req *req);

/* What semver_req_matches says of requirement and version; `span` and `packed` are what this module
 * makes of them. */
static inline bool req_span_matches(struct req_span span, const struct req *req, uint64_t packed,
                                    const struct version *version)
{
	if (span.to != 0 && packed != REQ_SPAN_NO_VERSION)
		return span.from <= packed && packed < span.to;
	return semver_req_matches(req, version);
}
#endif
